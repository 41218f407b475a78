"""The networks for MNIST, to be read from top to bottom.

Both take normalised images, float32 (N, 1, 28, 28), and return (N, 10): one column per digit.
"""

from abc import abstractmethod
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.training.errors import SettingsError


class DigitNetwork(nn.Module):
    """A network together with the loss that belongs to its last layer."""

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Return one number per digit, (N, 10), for images (N, 1, 28, 28)."""

    @abstractmethod
    def loss(
        self, output: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
    ) -> Tensor:
        """Return the scalar loss of outputs (N, 10) for the digits (N,) that they should be."""


class Classic(DigitNetwork):
    """Two convolutions, two linear layers and a log-softmax: 21,840 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x: Tensor) -> Tensor:
        #                             N x  1 x 28 x 28
        x = F.relu(self.conv1(x))  #  N x 10 x 24 x 24
        x = F.max_pool2d(x, 2)  #     N x 10 x 12 x 12
        x = F.relu(self.conv2(x))  #  N x 20 x  8 x  8
        x = F.max_pool2d(x, 2)  #     N x 20 x  4 x  4
        x = x.flatten(1)  #           N x 320
        x = F.relu(self.fc1(x))  #    N x 50
        x = self.fc2(x)  #            N x 10
        return F.log_softmax(x, 1)  # N x 10, log-probabilities

    def loss(
        self, output: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
    ) -> Tensor:
        return F.nll_loss(output, target, reduction=reduction)


class Compact(DigitNetwork):
    """Two convolutions, each pooled before its ReLU, and one linear layer: 8,490 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.fc = nn.Linear(320, 10)

    def forward(self, x: Tensor) -> Tensor:
        #                             N x  1 x 28 x 28
        x = self.conv1(x)  #          N x 10 x 24 x 24
        x = F.max_pool2d(x, 2)  #     N x 10 x 12 x 12
        x = F.relu(x)
        x = self.conv2(x)  #          N x 20 x  8 x  8
        x = F.max_pool2d(x, 2)  #     N x 20 x  4 x  4
        x = F.relu(x)
        x = x.flatten(1)  #           N x 320
        scores: Tensor = self.fc(x)  # N x 10
        return scores

    def loss(
        self, output: Tensor, target: Tensor, reduction: Literal["mean", "sum"] = "mean"
    ) -> Tensor:
        return F.cross_entropy(output, target, reduction=reduction)


def build(name: str, seed: int) -> DigitNetwork:
    """Make a network on the CPU, with torch's own initialisation.

    Parameters
    ----------
    name
        One of ``explorer.training.settings.NETWORK_NAMES``.
    seed
        The same seed gives the same weights. torch's global generator stays as it was.

    Raises
    ------
    SettingsError
        When there is no network of that name.
    """
    kinds: dict[str, type[DigitNetwork]] = {"classic": Classic, "compact": Compact}
    if name not in kinds:
        raise SettingsError(f"There is no network '{name}'; choose {' or '.join(kinds)}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return kinds[name]()


def first_weight(network: nn.Module) -> Tensor:
    """Return the kernels of the first convolution, (out_channels, in_channels, h, w), detached."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            return module.weight.detach()
    raise ValueError("the network has no Conv2d")
