"""From the last numbers of a network to how likely each class is."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from explorer.core.layers import Array, Flatten, LogSoftmax, Softmax
from explorer.core.network.flow import Place

MOST_ANSWERS: Final = 1000
"""As many classes as ImageNet has."""

Gives = Literal["scores", "log_probabilities", "probabilities"]
"""What comes out of a network for each class."""


def gives(places: Sequence[Place], off: Collection[str] = ()) -> Gives:
    """Return what comes out of a network: its last layer says it.

    A Flatten behind it only lays the numbers in a row, and a layer that is switched off, by its
    name, says nothing.
    """
    for place in reversed(places):
        if place.name in off or isinstance(place.layer, Flatten):
            continue
        layer, shape = place.layer, place.input or ()
        if isinstance(layer, LogSoftmax) and layer.axis(shape) == 0:
            return "log_probabilities"
        if isinstance(layer, Softmax) and layer.axis(shape) == 0:
            return "probabilities"
        break
    return "scores"


def probabilities(output: Array, given: Gives) -> npt.NDArray[np.float32] | None:
    """Return how likely each class is, float32 (K,), adding up to 1.

    Scores and logarithms of shares go through a softmax, which leaves the latter what they stand
    for; a network that gives probabilities has said it already. None where `output` is no row of
    finite numbers, and where there are more than `MOST_ANSWERS`.
    """
    if output.ndim != 1 or len(output) > MOST_ANSWERS or not np.isfinite(output).all():
        return None
    if given == "probabilities":
        return output.astype(np.float32)
    raised = np.exp(output.astype(np.float64) - output.max())
    shares: npt.NDArray[np.float32] = (raised / raised.sum()).astype(np.float32)
    return shares
