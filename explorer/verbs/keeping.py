"""Keeping a run in its file while it goes on in the terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.training.errors import SaveError
from explorer.training.events import Evaluated, Event, Step
from explorer.training.mailbox import Mail
from explorer.training.record import Record
from explorer.training.runfile import save_run

if TYPE_CHECKING:
    from explorer.training.engine import Run


class Keeper:
    """Writes a run's file after every epoch, so that a crash loses one at most.

    Parameters
    ----------
    record
        What the run was before it went on; it grows.
    path
        The file.

    Attributes
    ----------
    epoch
        The last one that the file holds; None while nothing has been written.
    trouble
        Why the file could not be written the last time; None when it could.
    """

    def __init__(self, training: "Run", record: Record, path: Path) -> None:
        self.path = path
        self.epoch: int | None = None
        self.trouble: SaveError | None = None
        self._training = training
        self._record = record
        self._losses: list[float] = []
        self._changes_told = 0

    def take(self, event: Event) -> None:
        """Note what has happened, and write the file where an epoch has ended.

        A file that cannot be written is no reason to stop: the next epoch tries again.
        """
        if isinstance(event, Step):
            self._losses += event.losses
        elif isinstance(event, Evaluated):
            checkpoint = self._training.checkpoint()
            self._record.history.add(
                Mail(
                    first_step=self._record.history.last_step + 1,
                    losses=tuple(self._losses),
                    epochs=(event,),
                    kernels=None,
                    started=None,
                    progress=None,
                    status=None,
                    seconds=self._training.training_seconds,
                    changes=tuple(self._training.changes[self._changes_told :]),
                    norms=(self._training.gradient_norms(),),
                )
            )
            self._losses.clear()
            self._changes_told = len(self._training.changes)
            try:
                save_run(self._record, checkpoint, self.path)
                self.epoch, self.trouble = event.epoch, None
            except SaveError as error:
                self.trouble = error
