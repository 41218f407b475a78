"""A network with its weights, run by torch: what every layer makes of a picture."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from math import prod
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from explorer.core.layers import Array, Module
from explorer.core.network.stack import Network

if TYPE_CHECKING:
    from torch import Tensor, nn

Weights = Mapping[str, Array]
"""What ``state_dict`` holds, float32, by its names."""

Off = Literal["identity", "zeros"]
"""What a layer does that is switched off: hand on its input, or nothing but zeros."""

FEW: Final = 500_000
"""Weights that are drawn in a few milliseconds."""

_SEEDING: Final = threading.Lock()
"""Held by whoever draws from torch's global generator, which all threads share."""


def modules(network: Network, seed: int) -> OrderedDict[str, nn.Module]:
    """Make torch's modules on the CPU, with torch's own initialisation.

    The same seed gives the same weights. torch's global generators stay as they were, on every
    device. In place of a layer that torch does not even make there is one without weights, which
    refuses with torch's words whatever it gets.
    """
    import torch

    with _SEEDING, torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which seeds the generators of all accelerators as well.
        torch.default_generator.manual_seed(seed)
        made = [_made(layer) for layer in network.layers]
    return OrderedDict(zip(network.names, made, strict=True))


def _made(layer: Module) -> nn.Module:
    try:
        return layer.as_torch()
    except ValueError as error:
        refusal = error
    from torch import nn

    class Refusing(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise refusal

    return Refusing()


def initial_weights(network: Network, seed: int) -> dict[str, Array]:
    """Return the weights that a network begins with, by the names of ``state_dict``.

    There are none of layers that torch does not make, such as those with groups that do not divide.
    """
    return {
        f"{name}.{part}": tensor.numpy()
        for name, module in modules(network, seed).items()
        for part, tensor in module.state_dict().items()
    }


def _give_room(module: nn.Module) -> None:
    """Put memory that holds no numbers yet in place of the tensors of a module without any.

    ``to_empty`` does so too, but imports SymPy: a second and 35 MB, the first time.
    """
    import torch

    room = module.state_dict()
    room.update({part: torch.empty(tensor.shape) for part, tensor in room.items()})
    module.load_state_dict(room, assign=True)


class Runner:
    """A network on the CPU in ``eval()``, ready to be run again and again once it has weights.

    Parameters
    ----------
    network
        Only layers up to the first that does not fit can be run.
    """

    def __init__(self, network: Network) -> None:
        import torch

        self.network = network
        # Many numbers are not drawn only for `load` to write over them; a few take less time than
        # to do without.
        is_large = sum(map(prod, network.state_shapes.values())) > FEW
        with torch.device("meta") if is_large else nullcontext():
            self._modules = modules(network, 0)
        for module in self._modules.values():
            if is_large:
                _give_room(module)
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

    def stages(self, batch: Tensor, off: Mapping[str, Off] | None = None) -> Iterator[Tensor]:
        """Yield what comes out of each layer for pictures of shape (N, C, H, W).

        Parameters
        ----------
        off
            The layers that are switched off, by name.

        Raises
        ------
        RuntimeError, ValueError, IndexError
            As for `outputs`.
        """
        return (after for _, after in self._links(batch, off or {}, gradients=False))

    def links(
        self, batch: Tensor, off: Mapping[str, Off] | None = None
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield what goes into each layer and what comes out of it, as `stages` does.

        Each input is cut off from the layer before: gradients are asked for layer by layer.
        """
        return self._links(batch, off or {}, gradients=True)

    def _links(
        self, batch: Tensor, off: Mapping[str, Off], *, gradients: bool
    ) -> Iterator[tuple[Tensor, Tensor]]:
        import torch

        now = batch
        for name, module in self._modules.items():
            before = now.detach().requires_grad_(gradients)
            # Closed before the yield: whoever iterates has their own.
            with torch.set_grad_enabled(gradients):
                now = module(before)
                match off.get(name):
                    case "identity" if now.shape == before.shape:
                        now = before
                    case "zeros" | "identity":
                        now = torch.zeros_like(now)
            yield before, now
