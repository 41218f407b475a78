"""How much of the runs the plots show: changes in strides, for new axes cost more than curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, log10
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

STRIDE: Final = 1.5
"""By how much the axis of the steps grows when the curve has come to its end."""
FIRST: Final = {"step": 100.0, "epoch": 1.0, "time": 2.0}
"""How much of each axis is shown at the beginning."""
BEYOND: Final = 1.012
"""Beyond the end there is room for half a mark."""
LEAST_LOSS: Final = 1e-8
"""A logarithmic scale ends here at the latest: below are only rounding errors, and zero."""
GUESSING: Final = 2.5
"""A little more than the loss of ten classes by chance, ln 10."""

ROUND: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
SAMPLE: Final = 2000
"""So many losses say well enough where nearly all of them are."""
NEARLY_ALL: Final = 0.95
HEADROOM: Final = 1.5
"""A loss may be so many times as large as nearly all others; what is above is off the scale."""
FIRST_HEADROOM: Final = 2.5
"""As much for the way down from guessing, which belongs to a short run."""
APART: Final = 2.0
"""Of several runs none takes more than so many times the scale that the half of them need."""
MOST_DECADES: Final = 4
"""Powers of ten of the learning rates that can be seen: a schedule may end with nearly nothing."""
A_LITTLE: Final = 1e-9
"""What the logarithm of a round number may be wrong by."""
LOG_ROOM: Final = 10.0
"""On a logarithmic scale there is room for so many times as much."""


@dataclass(frozen=True)
class Extent:
    """The ranges of the axes, or what one run needs of them.

    Attributes
    ----------
    right
        The end of the common axis, which begins at 0: steps, epochs or seconds.
    loss
        The largest loss that can be seen; the smallest one is 0.
    low
        The smallest loss that can be seen on a logarithmic scale.
    accuracy
        The smallest accuracy that can be seen, in per cent; the largest one is 100.
    rates
        The powers of ten between which the learning rates are; the wrong way round where there
        are none.
    """

    right: float = FIRST["step"]
    loss: float = GUESSING
    low: float = 0.1
    accuracy: float = 80.0
    rates: tuple[float, float] = (inf, -inf)


@dataclass(frozen=True)
class Need:
    """What a run needs of the axes.

    Attributes
    ----------
    limit
        Where it will end; infinite where nobody knows, None when it has ended.
    extent
        Its own end and its extremes, with no room around them.
    """

    extent: Extent
    limit: float | None = None


def highest(losses: Numbers, tests: Numbers, log: bool) -> float:
    """Return the largest loss worth seeing: one spike must not make all else flat.

    Parameters
    ----------
    losses, tests
        Of each step and of each test.
    """
    some = losses[:: 1 + len(losses) // SAMPLE]
    some, tests = some[np.isfinite(some)], tests[np.isfinite(tests)]
    most = max(_at_share(NEARLY_ALL, some), _at_share(0.5, tests))
    most = max(HEADROOM * most, min(FIRST_HEADROOM * most, GUESSING))
    top = max(float(some.max(initial=0.0)), float(tests.max(initial=0.0)))
    return min(top, max(LOG_ROOM * most, GUESSING) if log else most)


def _at_share(share: float, values: Numbers) -> float:
    """Return the value that a share of all does not exceed; 0 where there is none.

    NumPy's quantile and median load masked arrays first, for 40 ms in the middle of a run.
    """
    return float(np.sort(values)[round(share * (len(values) - 1))]) if len(values) else 0.0


def lowest(smoothed: Numbers) -> float:
    """Return the smallest loss worth seeing on a logarithmic scale, of the smoothed ones.

    Single steps go far below, and would take half of the scale.
    """
    positive = smoothed[smoothed > 2 * LEAST_LOSS]
    return float(positive.min(initial=inf))


def together(needs: Sequence[Need], axis: str, before: Extent | None, log: bool) -> Extent:
    """Return an extent for all runs; as before where that still does.

    Parameters
    ----------
    before
        The extent until now; None to begin anew.
    """
    if not needs:
        return Extent(right=FIRST[axis])
    start = before or Extent(right=FIRST[axis], loss=0.0)
    wanted = _round(_loss([need.extent.loss for need in needs], log))
    low = 0.1
    while low > min(need.extent.low for need in needs):
        low /= 2
    least = min(need.extent.accuracy for need in needs)
    runs = any(need.limit is not None for need in needs)
    return Extent(
        right=_right(needs, axis, start.right),
        # While it learns the scale does not follow each little way down.
        loss=start.loss if runs and wanted <= start.loss < 2 * wanted else wanted,
        low=low,
        accuracy=80.0 if least >= 80 else max(0.0, 10 * (least // 10)),
        rates=_rates([need.extent.rates for need in needs]),
    )


def _rates(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return whole powers of ten, which stay while a schedule goes its way between them."""
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    if low > high:
        return low, high
    bottom, top = floor(low + A_LITTLE), ceil(high - A_LITTLE)
    return float(max(bottom, top - MOST_DECADES)), float(max(top, bottom + 1))


def _right(needs: Sequence[Need], axis: str, before: float) -> float:
    """End with the longest run; before one that goes on is room to grow."""
    ended = [need.extent.right for need in needs if need.limit is None]
    right = BEYOND * max((end for end in ended if isfinite(end)), default=0.0)
    for need in needs:
        end = need.extent.right
        if need.limit is None or not isfinite(end) or end <= right:
            continue
        strided = max(before, FIRST[axis])
        while strided < end:
            strided *= STRIDE
        right = max(right, min(strided, BEYOND * max(need.limit, end)))
    return right or FIRST[axis]


def _loss(tops: Sequence[float], log: bool) -> float:
    usual = sorted(tops)[(len(tops) - 1) // 2]
    most = max(GUESSING, APART * usual * (LOG_ROOM if log else 1))
    return max(tops) if len(tops) == 1 else min(max(tops), most)


def _round(loss: float) -> float:
    """Return a round number that is not smaller; the usual scale where there is no loss."""
    if not loss > LEAST_LOSS:
        return GUESSING
    power = 10.0 ** floor(log10(loss))
    return next((step * power for step in ROUND if step * power >= loss), 10 * power)
