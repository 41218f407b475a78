"""Networks with what they make of a picture, for the tests of what is shown of them."""

import functools

import numpy as np
import numpy.typing as npt
import torch

from explorer.training import networks
from explorer.training.in_lab import Moment
from explorer.training.pixels import normalise
from explorer.training.reports import Answer, Kernels, Maps

STEP = 1234


def digit(seed: int = 0) -> npt.NDArray[np.uint8]:
    """Return a picture without any order, uint8 (28, 28)."""
    return np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)


@functools.cache
def moment_of(network: str, seed: int = 0, step: int = STEP) -> Moment:
    """Return a network as its seed made it, with a picture run through it by torch."""
    module = networks.build(network, seed).eval()
    picture = digit(seed)
    kernels = tuple(
        Kernels(name, step, layer.weight.detach().numpy(), layer.bias.detach().numpy())
        for name, layer in module.named_children()
        if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None
    )
    with torch.no_grad():
        outs = list(module.stages(normalise(torch.from_numpy(picture)[None])))
    maps = tuple(Maps(name, out[0].numpy()) for name, out in outs if out.dim() == 4)
    answer = Answer(picture, step, outs[-1][1][0].softmax(0).numpy(), maps)
    return Moment(network, kernels, answer)
