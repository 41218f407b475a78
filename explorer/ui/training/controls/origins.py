"""What a new run can start from: the runs on the page, and weights that have been opened."""

from dataclasses import dataclass, field, replace
from typing import Final

from explorer.training.checkpoint import Checkpoint
from explorer.training.forking import fits
from explorer.ui.training.controls.origin_field import Origin
from explorer.ui.training.runs.shown import Runs

MOST_FILES: Final = 5


@dataclass(frozen=True, eq=False)
class Start:
    """Somewhere to start from: some weights, and the network that they belong to."""

    origin: Origin
    checkpoint: Checkpoint
    network: str


@dataclass(eq=False)
class Origins:
    """Finds what can be started from; of files it remembers the last few."""

    _files: list[Start] = field(default_factory=list)

    def open(self, checkpoint: Checkpoint, network: str, name: str) -> str:
        """Remember weights from a file and return their key."""
        origin = Origin(f"file {name}", name)
        others = [start for start in self._files if start.origin.key != origin.key]
        self._files = [*others, Start(origin, checkpoint, network)][-MOST_FILES:]
        return origin.key

    def starts(self, runs: Runs) -> list[Start]:
        """Return all there are: the chosen run as it is looked at, and the ends of the others."""
        found: list[Start] = []
        for run, name in zip(runs.all, runs.names(), strict=True):
            is_chosen = run is runs.chosen
            checkpoint = runs.checkpoint() if is_chosen else run.last
            # A run that goes on has no end yet.
            if checkpoint is not None and not (run.is_live and not (is_chosen and runs.moment)):
                origin = Origin(f"run {run.number}", f"{name}, step {checkpoint.step:,}")
                found.append(Start(origin, checkpoint, run.record.settings.network))
        return [*found, *self._files]

    def offered(self, runs: Runs, classes: int) -> list[Origin]:
        """Return what is told of them where the data has so many classes."""
        return [
            replace(start.origin, has_head=fits(start.network, start.checkpoint, classes))
            for start in self.starts(runs)
        ]

    def start(self, runs: Runs, key: str) -> Start | None:
        """Return what a key stands for, if it is still there."""
        return next((start for start in self.starts(runs) if start.origin.key == key), None)
