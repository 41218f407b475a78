"""Networks as torch runs and trains them.

All take normalised images, float32 (N, 1, 28, 28), and return (N, K): one column for each of K
classes, ten where nothing else is said.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.core.layers import Gives
from explorer.core.network import Network
from explorer.core.network.naming import network_named
from explorer.core.network.running import modules
from explorer.data.digits import CLASSES
from explorer.training.errors import SettingsError
from explorer.training.learnable import gives, problem
from explorer.training.settings import check_network


class SeededDropout(nn.Dropout):
    """Dropout that draws from a generator of its own, so that a run can be repeated.

    Attributes
    ----------
    generator
        On the CPU, so that every device drops the same; torch's global one where it is None.
    """

    generator: torch.Generator | None = None

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name
        if not self.training:
            return input
        # CUDA fetches it from pinned memory while the CPU goes on; torch leaves it alone till then.
        is_pinned = input.device.type == "cuda"
        kept = torch.empty(input.shape, pin_memory=is_pinned)
        kept.bernoulli_(1 - self.p, generator=self.generator)
        # Where all are dropped there is nothing to divide.
        return input * kept.div_(1 - self.p or 1).to(input.device, non_blocking=is_pinned)


class SeededDropout2d(nn.Dropout2d):
    """Dropout of whole channels of maps (N, C, H, W), likewise from a generator of its own."""

    generator: torch.Generator | None = None

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - torch's name
        if not self.training:
            return input
        is_pinned = input.device.type == "cuda"
        kept = torch.empty(*input.shape[:2], 1, 1, pin_memory=is_pinned)
        kept.bernoulli_(1 - self.p, generator=self.generator)
        return input * kept.div_(1 - self.p or 1).to(input.device, non_blocking=is_pinned)


def nll_of_probabilities(probabilities: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Return the negative log-likelihood of the digits (N,) under probabilities (N, K).

    A probability that is 0 in float32 counts as the smallest number above it, and has no gradient:
    its image teaches nothing. A LogSoftmax in place of the Softmax loses nothing.
    """
    logarithms = probabilities.clamp_min(torch.finfo(probabilities.dtype).tiny).log()
    return F.nll_loss(logarithms, target, reduction=reduction)


class DigitNetwork(nn.Sequential):
    """Named layers, one after the other, with the loss that belongs to what they give.

    Attributes
    ----------
    gives
        What comes out: scores of any size, or what a LogSoftmax or a Softmax makes of them.
    """

    def __init__(self, layers: "OrderedDict[str, nn.Module]", gives: Gives = "scores") -> None:
        super().__init__(layers)
        self.gives = gives

    def train(self, mode: bool = True) -> "DigitNetwork":
        """Let all layers learn, or none; those that are frozen stay as in ``eval()``.

        A batch normalisation that is frozen takes the statistics that it has, and gathers no more.
        """
        super().train(mode)
        for layer in self.children():
            parameters = list(layer.parameters())
            if parameters and not any(parameter.requires_grad for parameter in parameters):
                layer.eval()
        return self

    def loss(
        self, output: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
    ) -> Tensor:
        """Return the scalar loss of outputs (N, K) for the digits (N,) that they should be.

        It is the negative log-likelihood, whatever the network gives. After a Softmax that is
        `nll_of_probabilities`, and not what PyTorch's cross-entropy would make of it, which takes
        probabilities for scores and draws a second softmax from them.
        """
        if self.gives == "probabilities":
            return nll_of_probabilities(output, target, reduction)
        loss = F.nll_loss if self.gives == "log_probabilities" else F.cross_entropy
        return loss(output, target, reduction=reduction)

    def probabilities(self, output: Tensor) -> Tensor:
        """Return what outputs (N, K) say as probabilities."""
        # Log-probabilities stay what they are: their exponentials add up to one already.
        return output if self.gives == "probabilities" else output.softmax(1)

    def stages(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Run images (N, 1, 28, 28) through; yield each layer's name and what comes out of it."""
        for name, layer in self.named_children():
            x = layer(x)
            yield name, x


def described(name: str, classes: int = CLASSES) -> Network:
    """Return a network that tells so many classes apart, as it is described.

    Parameters
    ----------
    name
        As in ``explorer.training.settings.Settings``.

    Raises
    ------
    SettingsError
        When there is no such network, or it cannot tell so many apart.
    """
    network = network_named(check_network(name))
    why = problem(network, classes)
    if why is not None:
        raise SettingsError(f"The network cannot tell {classes} classes apart. {why}")
    return network.with_classes(classes)


def build(name: str, seed: int, dropout: float = 0.0, classes: int = CLASSES) -> DigitNetwork:
    """Make a network on the CPU, with torch's own initialisation.

    Parameters
    ----------
    name
        As in ``explorer.training.settings.Settings``.
    seed
        The same seed gives the same weights. torch's global generators stay as they
        were, on every device.
    dropout
        The share of its inputs that the layer which gives the answers does without, drawn anew
        each time.
    classes
        How many answers it gives.

    Raises
    ------
    SettingsError
        When there is no such network, or it cannot tell so many classes apart.
    """
    network = described(name, classes)
    layers = OrderedDict[str, nn.Module]()
    for layer, module in modules(network, seed).items():
        if dropout and layer == network.head:
            # The network's own have a number where there are several, so one of the names is free.
            free = "dropout" if "dropout" not in network.names else "head_dropout"
            layers[free] = SeededDropout(dropout)
        layers[layer] = _repeatable(module)
    return DigitNetwork(layers, gives(network))


def _repeatable(module: nn.Module) -> nn.Module:
    """Return a module that draws from a generator of its own, where it draws at all."""
    match module:
        case nn.Dropout():
            return SeededDropout(module.p)
        case nn.Dropout2d():
            return SeededDropout2d(module.p)
    return module
