"""One frozen dataclass per torch layer, with torch's own parameter names.

A new kind of layer is a new dataclass here (and its picture in `explorer.drawing`): sliders, code,
proof and tests find it in `OPERATIONS`.
"""

from explorer.core.layers.base import OPERATIONS, Array, Layer, LayerError, Parameter, Windows
from explorer.core.layers.conv import Conv2d
from explorer.core.layers.pooling import AvgPool2d, MaxPool2d

__all__ = [
    "OPERATIONS",
    "Array",
    "AvgPool2d",
    "Conv2d",
    "Layer",
    "LayerError",
    "MaxPool2d",
    "Parameter",
    "Windows",
]
