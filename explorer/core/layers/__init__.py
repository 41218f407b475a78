"""One frozen dataclass per torch layer, with torch's own parameter names.

A new kind of layer is a new dataclass here (and its picture in `explorer.drawing`): sliders, code,
proof and tests find it in `OPERATIONS`.
"""

from explorer.core.layers.adaptive import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from explorer.core.layers.base import Layer, LayerError, Parameter
from explorer.core.layers.conv import Conv2d
from explorer.core.layers.pooling import AvgPool2d, MaxPool2d
from explorer.core.layers.power import LPPool2d
from explorer.core.layers.transposed import ConvTranspose2d
from explorer.core.layers.windows import Array, Taps, Windows

OPERATIONS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        Conv2d,
        ConvTranspose2d,
        MaxPool2d,
        AvgPool2d,
        AdaptiveMaxPool2d,
        AdaptiveAvgPool2d,
        LPPool2d,
    )
}
"""Every kind of layer by torch's name, in the order in which they are offered."""

__all__ = [
    "OPERATIONS",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Array",
    "AvgPool2d",
    "Conv2d",
    "ConvTranspose2d",
    "LPPool2d",
    "Layer",
    "LayerError",
    "MaxPool2d",
    "Parameter",
    "Taps",
    "Windows",
]
