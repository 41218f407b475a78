"""The record of a run, as a page draws it."""

from array import array
from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.training.checkpoint import Checkpoint
from explorer.training.checkpoints import Checkpoints
from explorer.training.events import Change, Evaluated
from explorer.training.mailbox import Mail
from explorer.training.reports import GradientNorms

SMOOTHING = 0.8
"""How much of the running mean stays from one step to the next: about 5 steps count.

More would be calmer, but come late where the loss falls, as it does in the first hundred steps.
"""


GESTURE = 0.5
"""Seconds of training between two settings of a slider that is being dragged, at most."""
MOST_NORMS = 1000
"""How many gradients are remembered; when there are more, every other one is let go."""


class History:
    """Everything that the mails of one run brought.

    Parameters
    ----------
    start
        Where the run goes on from, when it is not the beginning.

    Attributes
    ----------
    first_step
        Steps that were taken before the first of this run.
    epochs
        One entry per epoch that has ended.
    changes
        What was set anew in the course of the run.
    norms
        Gradients from the first step to the last.
    checkpoints
        Moments to which the run can be brought back.
    """

    def __init__(self, start: Checkpoint | None = None) -> None:
        self.first_step = 0 if start is None else start.step
        self._steps_per_epoch: int | None = None
        self.epochs: list[Evaluated] = []
        self.changes: list[Change] = []
        self.norms: list[GradientNorms] = []
        self.checkpoints = Checkpoints()
        if start is not None:
            self.checkpoints.add(start)
        # Seconds of training at some of the steps; in between it went on evenly.
        self._timed_steps = array("d", [self.first_step])
        self._times = array("d", [0.0 if start is None else start.training_seconds])
        self._losses = array("d")
        self._smoothed = array("d")
        self._running = 0.0

    def add(self, mail: Mail) -> bool:
        """Take over a mail's numbers and return whether there were any."""
        for loss in mail.losses:
            self._losses.append(loss)
            self._running = SMOOTHING * self._running + (1 - SMOOTHING) * loss
            # At the beginning the running mean still contains the zero that it started from.
            self._smoothed.append(self._running / (1 - SMOOTHING ** len(self._losses)))
        if mail.started is not None:
            self._steps_per_epoch = mail.started.steps_per_epoch
        if mail.losses:
            self._timed_steps.append(self.last_step)
            self._times.append(mail.seconds)
        self.epochs.extend(mail.epochs)
        self.changes.extend(mail.changes)
        for checkpoint in mail.checkpoints:
            self.checkpoints.add(checkpoint)
        self.norms.extend(mail.norms)
        if len(self.norms) > MOST_NORMS:
            del self.norms[1:-1:2]
        return bool(mail.losses or mail.epochs or mail.changes)

    @property
    def steps_per_epoch(self) -> int | None:
        """As the run has told, or as its tests tell; None as long as neither has."""
        if self._steps_per_epoch is None and self.epochs:
            return self.epochs[-1].step // self.epochs[-1].epoch
        return self._steps_per_epoch

    @steps_per_epoch.setter
    def steps_per_epoch(self, steps: int | None) -> None:
        self._steps_per_epoch = steps

    @property
    def last_step(self) -> int:
        """Steps that were taken in all, those before this run included."""
        return self.first_step + len(self._losses)

    @property
    def losses(self) -> npt.NDArray[np.float64]:
        """A copy of the training loss of every step, the one after ``first_step`` first."""
        return np.array(self._losses)

    @property
    def settled(self) -> list[Change]:
        """What was set anew, where it came to rest: a slider sets dozens of values on its way.

        Nobody has noted for how long the run paused, so that of values which are set between single
        batches only the last counts.
        """
        times = self.seconds_at([change.step for change in self.changes]).tolist()
        found: list[tuple[float, Change]] = []
        for time, change in zip(times, self.changes, strict=True):
            if found and found[-1][1].name == change.name and time - found[-1][0] <= GESTURE:
                found.pop()
            found.append((time, change))
        return [change for _, change in found]

    def seconds_at(self, steps: Sequence[float] | npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return how many seconds of training had passed after each of these steps, (S,)."""
        return np.asarray(np.interp(steps, self._timed_steps, self._times))

    @property
    def newest(self) -> float | None:
        """The last value of ``smoothed``; None before the first step."""
        return self._smoothed[-1] if self._smoothed else None

    @property
    def smoothed(self) -> npt.NDArray[np.float64]:
        """A copy of the running mean of ``losses``, as long as they are."""
        return np.array(self._smoothed)


def thin(
    values: npt.NDArray[np.float64], points: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Reduce a curve to about ``points`` points that look the same.

    Of each bucket the smallest and the largest value stay, so that no spike is lost.

    Parameters
    ----------
    values
        The loss of each step, (N,).
    points
        The largest number of points to return, at least 2.

    Returns
    -------
    steps, values
        Steps counted from 1 and their values, both (P,) with P <= ``points``.
    """
    count = len(values)
    if count <= points:
        return np.arange(1, count + 1), values
    size = ceil(count / (points // 2))
    # Repeating the last value fills the last bucket; the first of equal values is the one found.
    buckets = np.pad(values, (0, -count % size), mode="edge").reshape(-1, size)
    first = np.arange(0, count, size)
    kept = np.zeros(buckets.size, bool)
    kept[first + buckets.argmin(axis=1)] = kept[first + buckets.argmax(axis=1)] = True
    indices = np.flatnonzero(kept)
    return indices + 1, values[indices]
