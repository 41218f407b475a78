"""What a layer costs: the numbers it has to learn and the multiplications of one picture.

One multiply-add is one multiplication with the addition that follows it, which torch's FLOP counter
takes for two operations. As there, a weight that falls on padding is counted like any other, and
a bias is not: it only adds.
"""

from dataclasses import dataclass
from math import gcd, prod
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array, Conv2d, ConvTranspose2d, Layer, Module

FLOAT_ERROR: Final = 1e-6
"""Deviation from an outer product, relative to the largest weight, that float32 makes by itself."""


def parameters(layer: Module) -> int:
    """Return how many weights and biases the layer learns; 0 for pooling."""
    return sum(map(prod, layer.weight_shapes().values()))


def multiply_adds(layer: Layer, channels: int, size: Pair) -> int:
    """Return the multiply-adds that one picture takes.

    Every weight works once at every place: a convolution has as many places as output cells, a
    transposed one, which stamps its kernel, as many as input cells, also where the stamp is
    cropped. Pooling multiplies nothing: comparisons, sums, powers and the division of a mean are
    not counted.

    Parameters
    ----------
    layer
        Any layer.
    channels, size
        C and (h, w) of the input.

    Returns
    -------
    int
        Half of what ``torch.utils.flop_counter.FlopCounterMode`` counts; 0 where torch refuses
        the input.
    """
    shape = (channels, *size)
    return 0 if layer.shape_problem(shape) is not None else layer.multiply_adds(shape)


def receptive_field(layer: Layer) -> Pair:
    """Return how many input cells, from the first to the last, one output cell may look at.

    For a window that slides it is the window's extent, ``dilation · (kernel_size − 1) + 1``. For a
    transposed convolution only the taps that meet a real cell count: every
    ``stride / gcd(stride, dilation)``-th one, and these meet cells that are
    ``dilation / gcd(stride, dilation)`` apart.

    Raises
    ------
    TypeError
        For adaptive pooling, whose windows follow from the size of the input.
    """
    if not hasattr(layer, "kernel_size"):
        raise TypeError(
            f"Ask an axis of {type(layer).__name__} for its window: it depends on the input."
        )
    h, w = (_field(layer, i) for i in (0, 1))
    return h, w


def _field(layer: Layer, i: int) -> int:
    kernel: int = layer.setting("kernel_size")[i]
    dilation: int = layer.setting("dilation")[i] if hasattr(layer, "dilation") else 1
    if not isinstance(layer, ConvTranspose2d):
        return dilation * (kernel - 1) + 1
    shared = gcd(layer.stride[i], dilation)
    taps = -(-kernel // (layer.stride[i] // shared))
    return dilation // shared * (taps - 1) + 1


@dataclass(frozen=True)
class Cost:
    """One way from an input to an output: its layers, one after the other, and their cost."""

    layers: tuple[Layer, ...]
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Comparison:
    """A full convolution beside the two ways to take it apart, all with the same shapes.

    Attributes
    ----------
    full
        Every output channel looks at every input channel through a slice of its own.
    depthwise_separable
        Each input channel by itself (``groups = in_channels``), then a 1×1 convolution.
    spatially_separable
        The kernel's height first (kh×1), which adds up the input channels, then its width (1×kw)
        in each output channel by itself. It does what the full one does where `is_separable`.
    """

    full: Cost
    depthwise_separable: Cost
    spatially_separable: Cost


def compare(layer: Conv2d, size: Pair) -> Comparison:
    """Return what `layer` costs without groups, and taken apart in both ways.

    Parameters
    ----------
    layer
        Its kernel, stride, padding and dilation are those of all three; a bias is added once, by
        the last step.
    size
        (h, w) of the input.
    """
    inner = layer.in_channels
    full = layer.with_(groups=1)
    depthwise = full.with_(out_channels=inner, groups=inner, bias=False)
    pointwise = Conv2d(inner, layer.out_channels, (1, 1), bias=layer.bias)
    down = _along(full, 0).with_(bias=False)
    outer = layer.out_channels
    across = _along(full, 1).with_(in_channels=outer, groups=outer)
    return Comparison(
        full=cost((full,), inner, size),
        depthwise_separable=cost((depthwise, pointwise), inner, size),
        spatially_separable=cost((down, across), inner, size),
    )


def is_separable(weight: Array) -> bool:
    """Tell whether each kernel is a column times a row, within what float32 rounds.

    All slices of a kernel must share the row: their sums go through it together.

    Parameters
    ----------
    weight
        Shape (out_channels, in_channels, h, w).
    """
    return bool(weight.size) and all(map(_is_outer_product, weight.astype(np.float64)))


def _is_outer_product(kernel: Array) -> bool:
    """Tell whether `kernel`, (C, h, w), has rank 1 with its slices one below the other."""
    rows = kernel.reshape(-1, kernel.shape[-1])
    row, column = divmod(int(abs(rows).argmax()), rows.shape[1])
    largest = rows[row, column]
    if not np.isfinite(rows).all() or largest == 0:
        return False
    made = np.outer(rows[:, column], rows[row] / largest)
    return bool(abs(rows - made).max() <= FLOAT_ERROR * abs(largest))


def at_once(first: Conv2d, second: Conv2d) -> Conv2d:
    """Return the full convolution that does two steps in one, where both have no dilation."""
    kernel = tuple(a + b - 1 for a, b in zip(first.kernel_size, second.kernel_size, strict=True))
    return first.with_(
        out_channels=second.out_channels, kernel_size=kernel, groups=1, bias=second.bias
    )


def cost(layers: tuple[Layer, ...], channels: int, size: Pair) -> Cost:
    """Return what `layers` cost together for an input of `channels` and `size` (h, w)."""
    multiplications = 0
    for layer in layers:
        multiplications += multiply_adds(layer, channels, size)
        channels, size = layer.output_channels(channels), layer.out_size(size)
    return Cost(layers, sum(map(parameters, layers)), multiplications)


def _along(layer: Conv2d, i: int) -> Conv2d:
    """Return `layer` with the settings of one axis, as if nothing happened along the other."""

    def only(pair: Pair, rest: int) -> Pair:
        return (pair[0], rest) if i == 0 else (rest, pair[1])

    # The words 'same' and 'valid' hold for each axis by itself.
    padding = layer.padding if isinstance(layer.padding, str) else only(layer.padding, 0)
    return layer.with_(
        kernel_size=only(layer.kernel_size, 1),
        stride=only(layer.stride, 1),
        padding=padding,
        dilation=only(layer.dilation, 1),
    )
