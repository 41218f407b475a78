"""One frozen dataclass per torch module, with torch's own parameter names.

A new kind is a new dataclass here (and its picture in `explorer.drawing`): sliders, menus, code,
proof and tests find it in `GROUPS` where it slides a window, as the Lab shows it, and else in
`MODULE_GROUPS`.
"""

from explorer.core.layers.adaptive import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from explorer.core.layers.base import Layer
from explorer.core.layers.conv import Conv2d
from explorer.core.layers.dropout import Dropout, Dropout2d
from explorer.core.layers.linear import Flatten, Linear
from explorer.core.layers.module import Gives, LayerError, Module, Parameter, Places, Shape
from explorer.core.layers.normalisation import BatchNorm2d, GroupNorm
from explorer.core.layers.pointwise import ELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh
from explorer.core.layers.pooling import AvgPool2d, MaxPool2d
from explorer.core.layers.power import LPPool2d
from explorer.core.layers.softmax import LogSoftmax, Softmax
from explorer.core.layers.transposed import ConvTranspose2d
from explorer.core.layers.windows import Array, Taps, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

GROUPS: tuple[tuple[Text, tuple[type[Layer], ...]], ...] = (
    (
        text(QT_TRANSLATE_NOOP("core", "Convolution")),
        (Conv2d, ConvTranspose2d),
    ),
    (
        text(QT_TRANSLATE_NOOP("core", "Pooling")),
        (MaxPool2d, AvgPool2d, AdaptiveMaxPool2d, AdaptiveAvgPool2d, LPPool2d),
    ),
    (
        text(QT_TRANSLATE_NOOP("core", "Activation")),
        (ReLU, LeakyReLU, ELU, SiLU, Sigmoid, Tanh, Softmax, LogSoftmax),
    ),
)
"""The kinds of layers of the Lab under the titles by which they are offered, in order."""

OPERATIONS: dict[str, type[Layer]] = {kind.__name__: kind for _, kinds in GROUPS for kind in kinds}
"""All of them by torch's names."""

MODULE_GROUPS: tuple[tuple[Text, tuple[type[Module], ...]], ...] = (
    *GROUPS,
    (
        text(QT_TRANSLATE_NOOP("core", "Normalisation and dropout")),
        (BatchNorm2d, GroupNorm, Dropout, Dropout2d),
    ),
    (
        text(QT_TRANSLATE_NOOP("core", "Flatten and linear")),
        (Flatten, Linear),
    ),
)
"""Every kind of module that a network may have, likewise."""

MODULES: dict[str, type[Module]] = {
    kind.__name__: kind for _, kinds in MODULE_GROUPS for kind in kinds
}
"""All of them by torch's names."""

__all__ = [
    "ELU",
    "GROUPS",
    "MODULES",
    "MODULE_GROUPS",
    "OPERATIONS",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Array",
    "AvgPool2d",
    "BatchNorm2d",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "Gives",
    "GroupNorm",
    "LPPool2d",
    "Layer",
    "LayerError",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "Module",
    "Parameter",
    "Places",
    "ReLU",
    "Shape",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Taps",
    "Windows",
]
