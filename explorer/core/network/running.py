"""A network with its weights, run by torch: what every layer makes of a picture."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from explorer.core.layers import Array
from explorer.core.network.stack import Network

if TYPE_CHECKING:
    from torch import Tensor, nn

Weights = Mapping[str, Array]
"""What ``state_dict`` holds, float32, by its names."""

Off = Literal["identity", "zeros"]
"""What a layer does that is switched off: hand on its input, or nothing but zeros."""

_SEEDING: Final = threading.Lock()
"""Held by whoever draws from torch's global generator, which all threads share."""


def modules(network: Network, seed: int) -> OrderedDict[str, nn.Module]:
    """Make torch's modules on the CPU, with torch's own initialisation.

    The same seed gives the same weights. torch's global generators stay as they were, on every
    device.
    """
    import torch

    with _SEEDING, torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which seeds the generators of all accelerators as well.
        torch.default_generator.manual_seed(seed)
        made = [layer.as_torch() for layer in network.layers]
    return OrderedDict(zip(network.names, made, strict=True))


def initial_weights(network: Network, seed: int) -> dict[str, Array]:
    """Return the weights that a network begins with, by the names of ``state_dict``."""
    return {
        f"{name}.{part}": tensor.numpy().copy()
        for name, module in modules(network, seed).items()
        for part, tensor in module.state_dict().items()
    }


class Runner:
    """A network on the CPU in ``eval()``, ready to be run again and again.

    Parameters
    ----------
    network
        Only layers up to the first that does not fit can be run.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._modules = modules(network, 0)
        for module in self._modules.values():
            module.eval()

    def load(self, weights: Weights) -> None:
        """Take over weights, each of the shape that the network gives it."""
        import torch

        for name, module in self._modules.items():
            own = module.state_dict()
            for part, tensor in own.items():
                tensor.copy_(torch.from_numpy(np.array(weights[f"{name}.{part}"], np.float32)))

    def outputs(self, x: Array, off: Mapping[str, Off] | None = None) -> Iterator[Array]:
        """Yield what comes out of each layer for a picture of shape (C, H, W).

        Parameters
        ----------
        off
            The layers that are switched off, by name.

        Raises
        ------
        RuntimeError, ValueError, IndexError
            torch's own refusal, at the layer that does not fit.
        """
        import torch

        batch = torch.from_numpy(np.array(x, np.float32)).unsqueeze(0)
        for output in self.stages(batch, off):
            yield output[0].numpy().copy()

    def stages(
        self, batch: Tensor, off: Mapping[str, Off] | None = None, *, gradients: bool = False
    ) -> Iterator[Tensor]:
        """Yield what comes out of each layer for pictures of shape (N, C, H, W).

        Parameters
        ----------
        off
            The layers that are switched off, by name.
        gradients
            Whether they can be asked for afterwards.

        Raises
        ------
        RuntimeError, ValueError, IndexError
            As for `outputs`.
        """
        import torch

        now = batch
        for name, module in self._modules.items():
            before = now
            # Closed before the yield: whoever iterates has their own.
            with torch.set_grad_enabled(gradients):
                now = module(before)
                match (off or {}).get(name):
                    case "identity" if now.shape == before.shape:
                        now = before
                    case "zeros" | "identity":
                        now = torch.zeros_like(now)
            yield now
