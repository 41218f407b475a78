"""From the last numbers of a network to how likely each class is."""

from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.core.layers import Array, Softmax
from explorer.core.network.stack import Network

MOST_ANSWERS: Final = 1000
"""As many classes as ImageNet has."""


def probabilities(network: Network, output: Array) -> npt.NDArray[np.float32] | None:
    """Return how likely each class is, float32 (K,), adding up to 1.

    Scores and logarithms of shares go through a softmax, which leaves the latter what they stand
    for; a network that ends in a Softmax has said it already. None where `output` is no row of
    finite numbers, and where there are more than `MOST_ANSWERS`.
    """
    if output.ndim != 1 or len(output) > MOST_ANSWERS or not np.isfinite(output).all():
        return None
    if network.layers and isinstance(network.layers[-1], Softmax):
        return output.astype(np.float32)
    raised = np.exp(output.astype(np.float64) - output.max())
    shares: npt.NDArray[np.float32] = (raised / raised.sum()).astype(np.float32)
    return shares
