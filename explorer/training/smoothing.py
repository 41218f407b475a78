"""The running mean of a curve that grows, at a cost that grows only with what is new."""

from math import ceil, log
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

NEGLIGIBLE: Final = 1e-17
"""A share of a number that is lost in its rounding."""


class Smoother:
    """Takes over a growing curve and keeps its exponentially weighted mean.

    After N values it is the mean of all of them, in which each counts `amount` times as much as the
    one after it.

    Parameters
    ----------
    amount
        From 0 (as it is) to below 1.

    Raises
    ------
    ValueError
        When the amount is out of range.
    """

    def __init__(self, amount: float) -> None:
        if not 0 <= amount < 1:
            raise ValueError(f"amount cannot be {amount}; choose a number from 0 to below 1.")
        self.amount = amount
        self._reach = 0 if amount == 0 else ceil(log(NEGLIGIBLE) / log(amount))
        """How many values back something counts at all."""
        self._count = 0
        self._running = 0.0
        self._values = np.empty(128)

    @property
    def values(self) -> Numbers:
        """The smoothed curve so far, (N,), which must not be changed."""
        return self._values[: self._count]

    def update(self, curve: Numbers) -> Numbers:
        """Smooth what is new of a curve (N,) that begins as the one before, and return all of it.

        Only what comes after the values that were there before is looked at.
        """
        begin, end = self._count, len(curve)
        if end > len(self._values):
            longer = np.empty(max(end, 2 * len(self._values)))
            longer[:begin] = self._values[:begin]
            self._values = longer
        if end > begin:
            self._values[begin:end] = self._go_on(curve[begin:end])
            # At the beginning the running mean still contains the zero that it started from.
            early = np.arange(begin + 1.0, min(end, self._reach) + 1)
            self._values[begin : begin + len(early)] /= 1 - self.amount**early
        self._count = max(begin, end)
        return self.values

    def _go_on(self, new: Numbers) -> Numbers:
        """Return the running mean after each new value.

        By the prefix sums of Hillis and Steele: a value that contains what came up to `reach` steps
        before it contains twice as much once the one `reach` before it is added.
        """
        means = (1 - self.amount) * new
        means[0] += self.amount * self._running
        reach = 1
        while reach < min(len(new), self._reach):
            means[reach:] = means[reach:] + self.amount**reach * means[:-reach]
            reach *= 2
        self._running = float(means[-1])
        return means
