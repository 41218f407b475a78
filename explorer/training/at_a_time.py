"""How many images a network looks at in one go where it learns nothing from them."""

from typing import Final

import torch
from torch import Tensor

from explorer.core.network import Network, total
from explorer.core.network.flow import FLOAT_BYTES
from explorer.core.network.presets import DIGIT
from explorer.training.devices import give_back
from explorer.training.failures import is_out_of_memory
from explorer.training.networks import DigitNetwork
from explorer.training.pixels import normalise

BATCH: Final = 200
"""Small enough for the caches of a CPU, where larger ones are slower, and for a prompt stop."""

ACCELERATED_BATCH: Final = 2_000
"""An accelerator takes as long for one as for the other, up to where it is busy."""

MOST_NUMBERS: Final = 64_000_000
"""That all layers together may make of a batch on a CPU, where more of them are slower as well."""

MOST_ACCELERATED_NUMBERS: Final = 256_000_000
"""A gigabyte, of which the layers that are done are given back at once."""


def at_a_time(network: Network, device: torch.device) -> int:
    """Return how many images a network looks at in one go, less of a large network."""
    batch, most = BATCH, MOST_NUMBERS
    if device.type != "cpu":
        batch, most = ACCELERATED_BATCH, MOST_ACCELERATED_NUMBERS
    numbers = total(network, DIGIT).activation_bytes // FLOAT_BYTES
    return min(max(most // max(numbers, 1), 1), batch)


def looked_at(network: DigitNetwork, images: Tensor, size: int) -> tuple[Tensor, int]:
    """Show a network the first of many images, and fewer where the memory is used up.

    Parameters
    ----------
    images
        uint8 (M, 28, 28), on the network's device.
    size
        At most so many of them.

    Returns
    -------
    tuple
        What the network gives for the first images, (B, K), and how many are to be shown next.
    """
    while True:
        try:
            with torch.no_grad():
                return network(normalise(images[:size])), size
        except (RuntimeError, MemoryError) as error:
            if size == 1 or not is_out_of_memory(error):
                raise
        # Out here the traceback is gone, and with it the tensors that it held.
        give_back(images.device)
        size = -(-min(size, len(images)) // 2)
