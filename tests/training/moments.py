"""Networks with what they make of a picture, for the tests of what is shown of them."""

import functools

import numpy as np
import numpy.typing as npt
import torch

from explorer.training import networks
from explorer.training.in_lab import Moment
from explorer.training.pixels import normalise
from explorer.training.reports import Answer, Kernels, Maps
from explorer.training.stages import convolutions_of

STEP = 1234


def digit(seed: int = 0) -> npt.NDArray[np.uint8]:
    """Return a picture without any order, uint8 (28, 28)."""
    return np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)


@functools.cache
def moment_of(network: str, seed: int = 0, step: int = STEP) -> Moment:
    """Return a network as its seed made it, with a picture run through it by torch."""
    module = networks.build(network, seed).eval()
    picture = digit(seed)
    with torch.no_grad():
        outs = list(module.stages(normalise(torch.from_numpy(picture)[None])))
    maps = tuple(Maps(name, out[0].numpy()) for name, out in outs if out.dim() == 4)
    weights = {
        f"{one.layer}.{part}": tensor.detach().numpy()
        for one in maps
        for part, tensor in module.get_submodule(one.layer).state_dict().items()
    }
    return Moment(network, Answer(picture, step, outs[-1][1][0].softmax(0).numpy(), maps, weights))


def kernels_of(found: Moment) -> tuple[Kernels, ...]:
    """Return what the convolutions of a network have learned."""
    weights = found.answer.weights
    return tuple(
        Kernels(name, found.answer.step, weights[f"{name}.weight"], weights.get(f"{name}.bias"))
        for name in convolutions_of(found.network)
    )
