"""A run as the curves draw it, and where its steps lie on the axis below them."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.training.curve_table import CurveTable, known_lr
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.record import Record

Numbers = npt.NDArray[np.float64]

AXES: Final = ("step", "epoch", "time")
"""What can lie on the axis: steps, epochs, or seconds of training."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One of the runs that are shown together.

    Attributes
    ----------
    name
        What tells it from the others.
    place
        Which of the colours and symbols for runs it has, from 0 on.
    record
        The run itself, which may still be going on.
    chosen
        Whether it is the one that the page is about.
    steps_per_epoch
        None where only the history knows it, or nobody before the first epoch has ended.
    visible
        Whether its curves are to be drawn.
    running
        Whether it is still under way, or waits in a pause.
    number
        By which it is known; it stays when others go, and no other run has had it.
    """

    name: str
    place: int
    record: Record
    chosen: bool
    steps_per_epoch: int | None = None
    visible: bool = True
    running: bool = False
    number: int = 1

    @property
    def history(self) -> History:
        """What the run has told so far."""
        return self.record.history

    @property
    def epoch_steps(self) -> int | None:
        """Steps of an epoch; None as long as that cannot be known."""
        known = self.steps_per_epoch or self.history.steps_per_epoch
        if known is None and self.history.epochs:
            last = self.history.epochs[-1]
            return last.step // last.epoch
        return known

    def along(self, axis: str, steps: npt.NDArray[Any]) -> Numbers:
        """Return where steps lie on an axis, one of `AXES`; not a number where nobody knows."""
        if axis == "time":
            return self.history.seconds_at(steps)
        if axis == "epoch":
            return np.asarray(steps / (self.epoch_steps or np.nan), np.float64)
        return np.asarray(steps, np.float64)

    def step_at(self, axis: str, x: float) -> int:
        """Return the step of this run that is nearest to a place on the axis.

        It is between the one before its first and its last.
        """
        first, last = self.history.first_step, self.history.last_step
        place = bisect_left(range(first, last), x, key=lambda step: self._at(axis, step + 0.5))
        return first + place

    def _at(self, axis: str, step: float) -> float:
        return float(self.along(axis, np.array([step]))[0])

    def place_of(self, axis: str, x: float) -> float | None:
        """Return the step that would lie at a place on the axis, on a straight line.

        None where the run has not come far enough to tell.
        """
        first, last = self.history.first_step, self.history.last_step
        begin, end = self._at(axis, first), self._at(axis, last)
        if not end > begin:
            return None
        return first + (x - begin) / (end - begin) * (last - first)

    def tested_by(self, step: int) -> Evaluated | None:
        """Return the last test that took place up to a step, if there was any."""
        return next((test for test in reversed(self.history.epochs) if test.step <= step), None)

    def lr(self, steps: npt.NDArray[np.int64]) -> Numbers:
        """Return the learning rate of each of these steps; not a number where nobody knows."""
        return known_lr(
            self.record.settings_at_start, self.history.changes, steps, self.epoch_steps
        )

    def table(self, losses: Numbers, smoothed: Numbers) -> CurveTable:
        """Return the curves as they are now, with these losses and what was made of them."""
        history = self.history
        steps = np.arange(history.first_step + 1, history.first_step + len(losses) + 1)
        return CurveTable(
            name=self.name,
            settings=self.record.settings_at_start,
            first_step=history.first_step,
            seconds=history.seconds_at(steps),
            losses=losses.copy(),
            smoothed=smoothed.copy(),
            epochs=tuple(history.epochs),
            changes=tuple(history.changes),
            steps_per_epoch=self.epoch_steps,
        )
