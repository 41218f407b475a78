"""How much of a run the plots show: grows in strides, for new axes cost more than new curves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

STRIDE = 1.5
"""By how much the axis of the steps grows when the curve has come to its end."""


@dataclass(frozen=True)
class Extent:
    """The ranges of the axes.

    Attributes
    ----------
    steps
        The last step that can be seen; the first one is 0.
    loss
        The largest loss that can be seen; the smallest one is 0.
    accuracy
        The smallest accuracy that can be seen, in per cent; the largest one is 100.
    """

    steps: float = 100.0
    loss: float = 2.5
    accuracy: float = 80.0

    def grown(
        self, steps: int, losses: npt.NDArray[np.float64], accuracies: Sequence[float]
    ) -> "Extent":
        """Return an extent that holds everything; itself where it does so already."""
        extent = self
        while extent.steps < steps:
            extent = replace(extent, steps=round(extent.steps * STRIDE))
        finite = losses[np.isfinite(losses)]
        highest = float(finite.max(initial=0.0))
        if extent.loss < highest:
            extent = replace(extent, loss=1.25 * highest)
        lowest = min(accuracies, default=100.0)
        if lowest < extent.accuracy:
            extent = replace(extent, accuracy=max(0.0, 10 * (lowest // 10)))
        return extent
