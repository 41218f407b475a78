"""Runs as they are kept beside each other."""

from dataclasses import dataclass, field, replace

import numpy as np

from explorer.data.digits import CLASSES
from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.settings import Settings
from explorer.training.shapes import class_count


@dataclass(eq=False)
class Record:
    """A run as a page keeps it, whether it goes on, has ended or was read from a file."""

    settings: Settings
    history: History
    _is_tuned: bool | None = field(default=None, init=False, repr=False)
    """None until the first moment has been looked at."""

    @property
    def class_count(self) -> int:
        """How many classes its network tells apart; ten as long as nothing is known of it."""
        network = self.settings.network
        counts = (class_count(network, moment.weights) for moment in self.history.checkpoints)
        return next((count for count in counts if count is not None), CLASSES)

    @property
    def begins_at(self) -> int:
        """Steps that were taken before the first of this run."""
        return self.history.first_step

    @property
    def start(self) -> Checkpoint | None:
        """The moment before the first step; None where it was not kept."""
        first = next(iter(self.history.checkpoints), None)
        return first if first is not None and first.step == self.begins_at else None

    @property
    def settings_at_start(self) -> Settings:
        """The settings, with the rates that were set when the first of the steps began.

        Where a run goes on from another, it does so with what was set there.
        """
        start = self.start
        if start is None:
            return self.settings
        return replace(
            self.settings,
            lr=start.lr,
            momentum=start.momentum,
            weight_decay=start.weight_decay,
        )

    @property
    def frozen_at_start(self) -> frozenset[str]:
        """The layers that did not learn in the first of the steps."""
        frozen = frozenset[str]() if self.start is None else self.start.frozen
        for change in self.history.changes:
            if change.name == "frozen" and change.step <= self.begins_at:
                assert isinstance(change.value, tuple)
                frozen = frozenset(change.value)
        return frozen

    @property
    def is_tuned(self) -> bool:
        """Whether it began at step 0 with weights that had learned something already."""
        if self._is_tuned is None and self.start is not None:
            self._is_tuned = self.begins_at == 0 and _have_learned(self.start)
        return bool(self._is_tuned)


def _have_learned(start: Checkpoint) -> bool:
    """Tell weights that have moved from those that PyTorch draws for a new layer.

    A new layer's weights and biases are uniform within 1 / sqrt(n) around 0, with n inputs to each
    output (``torch.nn.Linear`` and ``Conv2d``). The first steps take some of them further.
    """
    for name, weight in start.weights.items():
        layer, _, kind = name.rpartition(".")
        if kind != "weight" or weight.ndim < 2:
            continue
        bound = 1.0001 / np.sqrt(weight[0].size)
        arrays = (weight, start.weights.get(f"{layer}.bias", weight[:0]))
        if any(array.size and np.abs(array).max() > bound for array in arrays):
            return True
    return False
