"""From the last numbers of a network to how likely each class is."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.core.layers import Array, Gives
from explorer.core.network.flow import Place

MOST_ANSWERS: Final = 1000
"""As many classes as ImageNet has."""


def gives(places: Sequence[Place], off: Collection[str] = ()) -> Gives:
    """Return what comes out of a network: its last layer says it.

    A Flatten behind it only lays the numbers in a row, and a layer that is switched off, by its
    name, says nothing.
    """
    for place in reversed(places):
        said = None if place.name in off else place.layer.gives(place.input or ())
        if said is not None:
            return said
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
