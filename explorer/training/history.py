"""The record of a run, as a page draws it."""

from array import array
from math import ceil

import numpy as np
import numpy.typing as npt

from explorer.training.events import Evaluated
from explorer.training.mailbox import Mail

SMOOTHING = 0.95
"""How much of the running mean stays from one step to the next: about 20 steps count."""


class History:
    """Everything that the mails of one run brought.

    Attributes
    ----------
    epochs
        One entry per epoch that has ended.
    """

    def __init__(self) -> None:
        self.epochs: list[Evaluated] = []
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
        self.epochs.extend(mail.epochs)
        return bool(mail.losses or mail.epochs)

    @property
    def losses(self) -> npt.NDArray[np.float64]:
        """A copy of the training loss of every step; ``losses[0]`` belongs to step 1."""
        return np.array(self._losses)

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
    extremes = np.concatenate((first + buckets.argmin(axis=1), first + buckets.argmax(axis=1)))
    indices = np.unique(extremes)
    return indices + 1, values[indices]
