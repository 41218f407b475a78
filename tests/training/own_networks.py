"""Networks of one's own, small enough to be trained in a test, and what PyTorch makes of them."""

from typing import Any, Final

from torch import nn

from explorer.core.network import Network
from explorer.core.network.naming import name_of, network_named
from explorer.core.network.source import sequential


def _own(*layers: str) -> str:
    """Return the source of a network as settings keep it."""
    return name_of(network_named(f"nn.Sequential({', '.join(layers)})"))


OWN: Final = {
    "normed": _own(
        "nn.Conv2d(1, 6, 5, bias=False)",
        "nn.BatchNorm2d(6)",
        "nn.ReLU()",
        "nn.MaxPool2d(4)",
        "nn.Flatten()",
        "nn.Linear(216, 10)",
    ),
    "dropping": _own(
        "nn.Conv2d(1, 6, 5, stride=2)",
        "nn.Dropout2d(0.3)",
        "nn.Tanh()",
        "nn.AvgPool2d(2)",
        "nn.Flatten()",
        "nn.Dropout(0.2)",
        "nn.Linear(216, 10)",
        "nn.LogSoftmax(dim=1)",
    ),
    "convolutional": _own(
        "nn.Conv2d(1, 6, 3, stride=2)",
        "nn.BatchNorm2d(6, momentum=0.3)",
        "nn.LeakyReLU(0.1)",
        "nn.Conv2d(6, 10, 3, stride=2, groups=2)",
        "nn.AdaptiveAvgPool2d(1)",
        "nn.Flatten()",
    ),
    "one_cell": _own(
        "nn.Conv2d(1, 8, 5, stride=3, padding='valid', padding_mode='zeros')",
        "nn.ReLU(inplace=True)",
        "nn.AdaptiveMaxPool2d((1, 1))",
        "nn.BatchNorm2d(8)",
        "nn.Flatten()",
        "nn.Linear(8, 10, bias=False)",
        "nn.Softmax(dim=-1)",
    ),
    "normed_answers": _own(
        "nn.AvgPool2d(2)",
        "nn.Conv2d(1, 10, 5, stride=2)",
        "nn.BatchNorm2d(10)",
        "nn.AdaptiveMaxPool2d(1)",
        "nn.Flatten()",
    ),
    "group_normed": _own(
        "nn.Conv2d(1, 6, 5, stride=2)",
        "nn.GroupNorm(3, 6)",
        "nn.ReLU()",
        "nn.Conv2d(6, 10, 3, stride=3)",
        "nn.GroupNorm(2, 10, affine=False)",
        "nn.AdaptiveAvgPool2d(1)",
        "nn.Flatten()",
    ),
    "no_kernels": _own("nn.Flatten()", "nn.Linear(784, 10)", "nn.ReLU()", "nn.Linear(10, 10)"),
    "transposed": _own(
        "nn.Conv2d(1, 2, 5, stride=4, padding=2, padding_mode='circular')",
        "nn.SiLU()",
        "nn.ConvTranspose2d(2, 4, 2, stride=2, groups=2)",
        "nn.BatchNorm2d(4, affine=False)",
        "nn.ELU()",
        "nn.LPPool2d(2, 2)",
        "nn.ConvTranspose2d(4, 10, 1)",
        "nn.AdaptiveAvgPool2d(1)",
        "nn.Flatten()",
    ),
}
"""Sources by a word for what is special."""


def plain(network: Network, *, names: bool = True) -> nn.Sequential:
    """Return what PyTorch makes of the source that is written of a network."""
    made: dict[str, Any] = {}
    exec(sequential(network, names=names), made)
    model = made["model"]
    assert isinstance(model, nn.Sequential)
    return model
