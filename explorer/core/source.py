"""Layer to PyTorch source text: the line that makes it, or a snippet that runs as it stands."""

import dataclasses
from typing import Final

import numpy as np

from explorer.core.geometry import written
from explorer.core.layers import Array, Layer, Module

_POSITIONAL: Final = (
    "in_channels",
    "out_channels",
    "output_size",
    "norm_type",
    "in_features",
    "out_features",
    "num_features",
    "negative_slope",
    "p",
)
"""What nobody writes by name; each stands at the front of its layer's parameters."""

_FLIP: Final = (
    "    # A true convolution turns the kernel by half a turn; torch itself does not flip it.",
    "    layer.weight.copy_(layer.weight.flip(-2, -1))",
)


def source(layer: Module) -> str:
    """Return the line of PyTorch that makes `layer`, leaving out what is torch's default."""
    arguments = []
    for field in dataclasses.fields(layer):
        value = getattr(layer, field.name)
        if value == field.default:
            continue
        # torch reads None for both sides only where each side says so.
        is_pair = isinstance(value, tuple) and value != (None, None)
        shown = written(value) if is_pair else repr(value)
        positional = field.name in _POSITIONAL
        arguments.append(shown if positional else f"{field.name}={shown}")
    return f"nn.{type(layer).__name__}({', '.join(arguments)})"


def runnable(
    layer: Layer,
    shape: tuple[int, ...],
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    flip: bool = False,
) -> str:
    """Return a snippet that makes `layer`, runs it on random numbers and prints the shape.

    Parameters
    ----------
    layer
        The layer. If torch refuses it, running the snippet says so.
    shape
        The input's shape, (N, C, H, W).
    weight, bias
        Numbers to copy into the layer, in float32 and without loss: `weight` of the layer's
        ``weight_shape``, `bias` of as many numbers as there are output channels. Without them,
        and for a layer that has none, torch draws its own.
    flip
        Whether the weights, as they are given here or drawn, are turned by half a turn: true
        convolution.
    """
    copies = []
    if weight is not None and layer.weight_shape is not None:
        copies.append(_copy("weight", weight))
    if bias is not None and layer.has_bias:
        copies.append(_copy("bias", bias))
    if flip and layer.weight_shape is not None:
        copies += _FLIP
    lines = ["import torch", "from torch import nn", "", f"layer = {source(layer)}"]
    if copies:
        lines += ["with torch.no_grad():", *copies, ""]
    result = "y, indices" if getattr(layer, "return_indices", False) else "y"
    lines += [
        f"x = torch.randn({', '.join(map(str, shape))})",
        f"{result} = layer(x)",
        "print(tuple(y.shape))",
    ]
    return "\n".join(lines) + "\n"


def _copy(name: str, values: Array) -> str:
    return f"    layer.{name}.copy_(torch.tensor({_table(values.astype(np.float32), 4)}))"


def _table(values: Array, indent: int) -> str:
    """Return `values` as nested lists, a row to a line."""
    if values.ndim == 1:
        return f"[{', '.join(map(_number, values))}]"
    inner = " " * (indent + 4)
    rows = "".join(f"{inner}{_table(row, indent + 4)},\n" for row in values)
    return f"[\n{rows}{' ' * indent}]"


def _number(value: np.float32) -> str:
    if not np.isfinite(value):
        return f'float("{value}")'
    short = str(value)
    # Python reads a float64 first: nearly always, the few digits survive the second rounding.
    return short if np.float32(float(short)) == value else repr(float(value))
