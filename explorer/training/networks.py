"""The networks for MNIST, to be read from top to bottom.

All take normalised images, float32 (N, 1, 28, 28), and return (N, K): one column for each of K
classes, ten where nothing else is said.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Final, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.data.digits import CLASSES
from explorer.training.errors import SettingsError
from explorer.training.settings import one_of


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
        kept = torch.empty(input.shape).bernoulli_(1 - self.p, generator=self.generator)
        return input * kept.div_(1 - self.p).to(input.device)


class DigitNetwork(nn.Sequential):
    """Named layers, one after the other, with the loss that belongs to the last of them."""

    def loss(
        self, output: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
    ) -> Tensor:
        """Return the scalar loss of outputs (N, K) for the digits (N,) that they should be."""
        ends_in_log_probabilities = isinstance(self[-1], nn.LogSoftmax)
        loss = F.nll_loss if ends_in_log_probabilities else F.cross_entropy
        return loss(output, target, reduction=reduction)

    def stages(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """Run images (N, 1, 28, 28) through; yield each layer's name and what comes out of it."""
        for name, layer in self.named_children():
            x = layer(x)
            yield name, x


def _classic(classes: int) -> DigitNetwork:
    """Make two convolutions, two linear layers and a log-softmax: 21,840 parameters."""
    layers = OrderedDict[str, nn.Module](
        #                                                  N x 1 x 28 x 28
        conv1=nn.Conv2d(1, 10, kernel_size=5),  #          N x 10 x 24 x 24
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),  #                          N x 10 x 12 x 12
        conv2=nn.Conv2d(10, 20, kernel_size=5),  #         N x 20 x 8 x 8
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),  #                          N x 20 x 4 x 4
        flatten=nn.Flatten(),  #                           N x 320
        fc1=nn.Linear(320, 50),  #                         N x 50
        relu3=nn.ReLU(),
        fc2=nn.Linear(50, classes),  #                     N x K
        log_softmax=nn.LogSoftmax(dim=1),  #               N x K, log-probabilities
    )
    return DigitNetwork(layers)


def _compact(classes: int) -> DigitNetwork:
    """Make two convolutions, pooled before their ReLU, and a linear layer: 8,490 parameters."""
    layers = OrderedDict[str, nn.Module](
        #                                                  N x 1 x 28 x 28
        conv1=nn.Conv2d(1, 10, kernel_size=5),  #          N x 10 x 24 x 24
        pool1=nn.MaxPool2d(2),  #                          N x 10 x 12 x 12
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(10, 20, kernel_size=5),  #         N x 20 x 8 x 8
        pool2=nn.MaxPool2d(2),  #                          N x 20 x 4 x 4
        relu2=nn.ReLU(),
        flatten=nn.Flatten(),  #                           N x 320
        fc=nn.Linear(320, classes),  #                     N x K
    )
    return DigitNetwork(layers)


def _lenet5(classes: int) -> DigitNetwork:
    """Make a convolutional encoder and three linear layers: 61,706 parameters.

    LeNet-5 (LeCun et al. 1998) as it is built today: with ReLU, maxima and every map connected.
    """
    layers = OrderedDict[str, nn.Module](
        #                                                  N x 1 x 28 x 28
        conv1=nn.Conv2d(1, 6, kernel_size=5, padding=2),  # N x 6 x 28 x 28
        relu1=nn.ReLU(),
        pool1=nn.MaxPool2d(2),  #                          N x 6 x 14 x 14
        conv2=nn.Conv2d(6, 16, kernel_size=5),  #          N x 16 x 10 x 10
        relu2=nn.ReLU(),
        pool2=nn.MaxPool2d(2),  #                          N x 16 x 5 x 5
        flatten=nn.Flatten(),  #                           N x 400
        fc1=nn.Linear(400, 120),  #                        N x 120
        relu3=nn.ReLU(),
        fc2=nn.Linear(120, 84),  #                         N x 84
        relu4=nn.ReLU(),
        fc3=nn.Linear(84, classes),  #                     N x K
    )
    return DigitNetwork(layers)


def _sprint(classes: int) -> DigitNetwork:
    """Make two wide convolutions and a linear layer: 18,378 parameters.

    It comes to 99 % within few passes over the digits, and each is cheap: channels in sixteens are
    what processors like.
    """
    layers = OrderedDict[str, nn.Module](
        #                                                  N x 1 x 28 x 28
        conv1=nn.Conv2d(1, 16, kernel_size=5),  #          N x 16 x 24 x 24
        pool1=nn.MaxPool2d(2),  #                          N x 16 x 12 x 12
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(16, 32, kernel_size=5),  #         N x 32 x 8 x 8
        pool2=nn.MaxPool2d(2),  #                          N x 32 x 4 x 4
        relu2=nn.ReLU(),
        flatten=nn.Flatten(),  #                           N x 512
        fc=nn.Linear(512, classes),  #                     N x K
    )
    return DigitNetwork(layers)


NETWORKS: Final[dict[str, Callable[[int], DigitNetwork]]] = {
    "classic": _classic,
    "compact": _compact,
    "lenet5": _lenet5,
    "sprint": _sprint,
}


_SEEDING: Final = threading.Lock()
"""Held by whoever draws from torch's global generator, which all threads share."""


def build(name: str, seed: int, dropout: float = 0.0, classes: int = CLASSES) -> DigitNetwork:
    """Make a network on the CPU, with torch's own initialisation.

    Parameters
    ----------
    name
        One of ``explorer.training.settings.NETWORK_NAMES``.
    seed
        The same seed gives the same weights. torch's global generators stay as they
        were, on every device.
    dropout
        The share of its inputs that the last linear layer does without, drawn anew each time.
    classes
        How many answers it gives.

    Raises
    ------
    SettingsError
        When there is no network of that name.
    """
    if name not in NETWORKS:
        raise SettingsError(f"There is no network '{name}'; choose {one_of(list(NETWORKS))}.")
    with _SEEDING, torch.random.fork_rng(devices=[]):
        # Not torch.manual_seed, which seeds the generators of all accelerators as well.
        torch.default_generator.manual_seed(seed)
        network = NETWORKS[name](classes)
    return _with_dropout(network, dropout) if dropout else network


def _with_dropout(network: DigitNetwork, p: float) -> DigitNetwork:
    layers = OrderedDict[str, nn.Module](network.named_children())
    last = [name for name, layer in layers.items() if isinstance(layer, nn.Linear)][-1]
    result = OrderedDict[str, nn.Module]()
    for name, layer in layers.items():
        if name == last:
            result["dropout"] = SeededDropout(p)
        result[name] = layer
    return DigitNetwork(result)
