"""What can be seen of a network while it learns; each function asks an accelerator once."""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from explorer.training.networks import DigitNetwork
from explorer.training.pixels import normalise
from explorer.training.reports import Answer, GradientNorms, Kernels, Maps
from explorer.training.transfer import as_arrays


def kernels(network: DigitNetwork, step: int) -> tuple[Kernels, ...]:
    """Return what every convolution has learned, from the first one on."""
    layers = {
        name: layer for name, layer in network.named_children() if isinstance(layer, nn.Conv2d)
    }
    arrays = as_arrays(
        {
            f"{name}.{part}": parameter
            for name, layer in layers.items()
            for part, parameter in layer.named_parameters()
        }
    )
    return tuple(
        Kernels(name, step, arrays[f"{name}.weight"], arrays.get(f"{name}.bias")) for name in layers
    )


def gradient_norms(network: DigitNetwork, step: int) -> GradientNorms:
    """Return how long the gradients of the last step are, layer by layer."""
    norms: dict[str, Tensor] = {}
    for name, layer in network.named_children():
        if has_weights(layer):
            weights = list(layer.parameters())
            parts = [weight.grad.norm() for weight in weights if weight.grad is not None]
            norms[name] = torch.stack(parts).norm() if parts else weights[0].new_zeros(())
    lengths: list[float] = torch.stack(list(norms.values())).tolist()
    return GradientNorms(step, tuple(zip(norms, lengths, strict=True)))


@torch.no_grad()
def answer(network: DigitNetwork, step: int, picture: npt.NDArray[np.uint8]) -> Answer:
    """Show the network a picture, uint8 (28, 28), in ``eval()``."""
    was_training = network.training
    network.eval()
    device = next(network.parameters()).device
    x = normalise(torch.tensor(picture, device=device).unsqueeze(0))  # (1, 1, 28, 28)
    outputs = dict(network.stages(x))
    maps = {name: out[0] for name, out in outputs.items() if out.dim() == 4}
    weights = {
        f"{name}.{part}": tensor
        for name, layer in network.named_children()
        if name in maps
        for part, tensor in layer.state_dict().items()
    }
    shares = network.probabilities(list(outputs.values())[-1])[0]
    network.train(was_training)
    arrays = as_arrays({**maps, **weights, "": shares})
    return Answer(
        picture,
        step,
        arrays[""],
        tuple(Maps(name, arrays[name]) for name in maps),
        {name: arrays[name] for name in weights},
    )


def has_weights(layer: nn.Module) -> bool:
    """Return whether it has anything to learn."""
    return next(layer.parameters(), None) is not None
