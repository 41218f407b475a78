"""How much of the runs the plots show: grows in strides, for new axes cost more than new curves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

STRIDE: Final = 1.5
"""By how much the axis of the steps grows when the curve has come to its end."""
FIRST: Final = {"step": 100.0, "epoch": 1.0, "time": 2.0}
"""How much of each axis is shown at the beginning."""
LEAST_LOSS: Final = 1e-8
"""A logarithmic scale ends here at the latest: below are only rounding errors, and zero."""


@dataclass(frozen=True)
class Extent:
    """The ranges of the axes.

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
    lr
        The largest learning rate that can be seen; the smallest one is 0.
    """

    right: float = FIRST["step"]
    loss: float = 2.5
    low: float = 0.1
    accuracy: float = 80.0
    lr: float = 0.0

    def grown(
        self,
        right: float,
        losses: npt.NDArray[np.float64],
        smoothed: npt.NDArray[np.float64],
        accuracies: Sequence[float],
        lr: float = 0.0,
    ) -> "Extent":
        """Return an extent that holds everything; itself where it does so already.

        Of the losses the largest has to be seen, and on a logarithmic scale the smallest of the
        smoothed ones: single batches go far below, and would take half of the scale.
        """
        extent = self
        while extent.right < right < np.inf:
            extent = replace(extent, right=extent.right * STRIDE)
        finite = losses[np.isfinite(losses)]
        highest = float(finite.max(initial=0.0))
        if extent.loss < highest:
            extent = replace(extent, loss=1.25 * highest)
        positive = smoothed[smoothed > 2 * LEAST_LOSS]
        lowest = float(positive.min(initial=extent.low))
        while extent.low > lowest:
            extent = replace(extent, low=extent.low / 2)
        least = min(accuracies, default=100.0)
        if least < extent.accuracy:
            extent = replace(extent, accuracy=max(0.0, 10 * (least // 10)))
        if extent.lr < lr:
            extent = replace(extent, lr=lr)
        return extent
