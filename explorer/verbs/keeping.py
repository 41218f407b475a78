"""Keeping a run in its files while it goes on in the terminal, and at its end."""

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import SaveError
from explorer.training.events import Evaluated, Event, Failed, Step
from explorer.training.mailbox import Mail
from explorer.training.record import Record
from explorer.training.retold import until
from explorer.training.runfile import save_run
from explorer.verbs.terminal import complain, say

if TYPE_CHECKING:
    from explorer.training.engine import Run

PAUSE: Final = 50
"""Remembering a moment takes time; so many times as long goes by until the next: 2 % at most."""


class Keeper:
    """Writes a run's file after every epoch, and all its files where it ends, wherever that is.

    A run that has diverged is kept as it was after its last test: the batches since then have
    ruined it.

    Parameters
    ----------
    record
        What the run was before it went on; it grows.
    path
        The file of the run, if it is to be kept.
    weights_path
        The file for its weights alone, if they are wanted.
    """

    def __init__(
        self, training: "Run", record: Record, path: Path | None, weights_path: Path | None
    ) -> None:
        self._training = training
        self._record = record
        self._path = path
        self._weights_path = weights_path
        self._is_wanted = path is not None or weights_path is not None
        self._losses: list[float] = []
        self._changes_told = 0
        self._moment: Checkpoint | None = None
        """The last one with sound weights."""
        self._tested: Checkpoint | None = None
        """The last of them after a test."""
        self._has_diverged = False
        self._written: Checkpoint | None = None
        self._has_warned = False
        self._due = 0.0

    def take(self, event: Event) -> str | None:
        """Note what has happened, and write the file of the run where an epoch has ended.

        A file that cannot be written is no reason to stop: the next epoch tries again. The first
        time it comes back as a sentence.
        """
        if not self._is_wanted:
            return None
        if isinstance(event, Step):
            self._losses += event.losses
            began = time.perf_counter()
            if began >= self._due:
                self._remember()
                now = time.perf_counter()
                self._due = now + PAUSE * (now - began)
        elif isinstance(event, Evaluated):
            self._remember(event)
            trouble = self._write_run()
            if trouble is not None and not self._has_warned:
                self._has_warned = True
                return f"{trouble} The run goes on, and each epoch tries again."
        elif isinstance(event, Failed) and event.diverged:
            self._go_back()
        return None

    def _remember(self, *epochs: Evaluated) -> None:
        """Note where the run is now; to be called between two events.

        Parameters
        ----------
        epochs
            The one that ends here, if one does.
        """
        losses = (*self._losses, *self._training.read_losses())
        checkpoint = self._training.checkpoint()
        self._record.history.add(
            Mail(
                first_step=self._record.history.last_step + 1,
                losses=losses,
                epochs=epochs,
                kernels=None,
                started=None,
                progress=None,
                status=None,
                seconds=self._training.training_seconds,
                changes=tuple(self._training.changes[self._changes_told :]),
                norms=(self._training.gradient_norms(),) if epochs else (),
            )
        )
        self._losses.clear()
        self._changes_told = len(self._training.changes)
        if _is_sound(checkpoint):
            self._moment = checkpoint
            if epochs:
                self._tested = checkpoint

    def _go_back(self) -> None:
        """Forget what came after the last test."""
        self._has_diverged, self._moment = True, self._tested
        if self._tested is not None:
            self._record.history = until(self._record.history, self._tested)

    def remember_end(self) -> None:
        """Note where the run has come to its end or is to stop."""
        last = self._moment
        if self._is_wanted and (last is None or last.step < self._training.step):
            self._remember()

    def finish(self) -> bool:
        """Write the files as they are to stay and say so; return whether all could be written."""
        if not self._is_wanted:
            return True
        if self._moment is None or self._moment.step == 0:
            early = "within its first batches"
            if self._has_diverged:
                early = "before an epoch was complete"
            say(f"Nothing new is kept, for the run ended {early}.")
            return True
        troubles = [self._write_run(), self._write_weights()]
        reached = self._reached(self._moment)
        if self._path is not None and troubles[0] is None:
            say(f"The run{f' up to {reached}' if reached else ''} is in {self._path}")
        if self._weights_path is not None and troubles[1] is None:
            say(f"The weights{f' as of {reached}' if reached else ''} are in {self._weights_path}")
        for trouble in troubles:
            if trouble is not None:
                complain(trouble)
        return troubles == [None, None]

    def say_what_is_written(self) -> None:
        """Say how far the file of the run goes, if there is one."""
        if self._written is not None:
            reached = self._reached(self._written)
            say(f"The run{f' up to {reached}' if reached else ''} is in {self._path}")

    def _write_run(self) -> SaveError | None:
        moment = self._moment
        if self._path is None or moment is None or moment is self._written:
            return None
        try:
            save_run(self._record, moment, self._path)
        except SaveError as error:
            return error
        self._written = moment
        return None

    def _write_weights(self) -> SaveError | None:
        # Late, because it loads torch.
        from explorer.training.weights import export_weights

        if self._weights_path is None or self._moment is None:
            return None
        network = self._training.settings.network
        try:
            export_weights(self._moment.weights, self._weights_path, network)
        except SaveError as error:
            return error
        return None

    def _reached(self, moment: Checkpoint) -> str:
        """Return how far a run has come, and an empty text for one at its end."""
        total = self._training.total_steps
        epoch, steps = divmod(moment.step, self._training.steps_per_epoch)
        if steps or not moment.is_tested:
            return f"batch {moment.step:,} of {total:,}"
        return "" if moment.step == total else f"epoch {epoch}"


def _is_sound(moment: Checkpoint) -> bool:
    arrays = (*moment.weights.values(), *moment.moments.values())
    return math.isfinite(moment.epoch_loss) and all(np.isfinite(array).all() for array in arrays)
