"""The receptive field: what a cell deep inside a network sees of the picture.

It is the arithmetic of the texts: size, jump and start, carried from layer to layer (Araujo, Norris
and Sim 2019, "Computing receptive fields of convolutional neural networks"). The very rows and
columns that one cell reads, borders and padding included, are in `explorer.core.network.tracing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

from explorer.core.geometry import AdaptiveAxis, AnyAxis, Pair, TransposedAxis
from explorer.core.layers import Layer, Module, Shape

Ratios = tuple[Fraction, Fraction]
"""(h, w) of what need not be whole."""

_NONE: Ratios = (Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Field:
    """What a cell sees, counted in pixels of the picture, per axis (h, w).

    Attributes
    ----------
    size
        From the first to the last pixel; larger than the picture where it reaches into padding. Of
        a group of numbers in a row it is that of all of them.
    jump
        From the field of one cell to that of the next; 0 where one cell sees all that there is.
    start
        The middle of the field of the first cell; 0 is the middle of the first pixel.
    laid
        (h, w) of the last maps where their cells have been laid in a row; else None.
    where
        On which axes of the shape, without the batch, their rows and columns lie.
    """

    size: Ratios = (Fraction(1), Fraction(1))
    jump: Ratios = (Fraction(1), Fraction(1))
    start: Ratios = _NONE
    laid: Pair | None = None
    where: Pair = (1, 2)


def after(field: Field, layer: Module, shape: Shape) -> Field:
    """Return the field behind `layer`, which gets an input of `shape`."""
    maps = (shape[1], shape[2]) if len(shape) == 3 else field.laid
    assert maps is not None
    if (ends := layer.laid(shape)) is not None:
        first, last = ends
        h, w = (axis if axis < first else max(first, axis - last + first) for axis in field.where)
        return replace(field, laid=maps, where=(h, w))
    if across := layer.mixed(shape):
        cells = zip(field.where, maps, strict=True)
        return _along(field, [_whole(side) if axis in across else _SAME for axis, side in cells])
    if isinstance(layer, Layer) and len(shape) == 3:
        return _along(field, [_step(axis) for axis in layer.axes(maps)])
    return field


_Step = tuple[Fraction, Fraction, Fraction]
"""Cells of the input that a window spans, from one to the next, and to the middle of the first."""

_SAME: _Step = (Fraction(1), Fraction(1), Fraction(0))


def _whole(side: int) -> _Step:
    return Fraction(side), Fraction(0), Fraction(side - 1, 2)


def _along(field: Field, steps: Sequence[_Step]) -> Field:
    parts = [
        (size + (extent - 1) * jump, jump * stride, start + first * jump)
        for size, jump, start, (extent, stride, first) in zip(
            field.size, field.jump, field.start, steps, strict=True
        )
    ]
    (size_h, jump_h, start_h), (size_w, jump_w, start_w) = parts
    return replace(field, size=(size_h, size_w), jump=(jump_h, jump_w), start=(start_h, start_w))


def _step(axis: AnyAxis) -> _Step:
    """Return the extent, the stride and the middle of the first window of an axis."""
    if isinstance(axis, TransposedAxis):
        # The window slides over the stretched input, of which every stride-th cell is real.
        shared = gcd(axis.stride, axis.dilation)
        taps = -(-axis.kernel // (axis.stride // shared))
        extent = axis.dilation // shared * (taps - 1) + 1
        middle = Fraction(2 * axis.padding - axis.extent + 1, 2 * axis.stride)
        return Fraction(extent), Fraction(1, axis.stride), middle
    window = axis.window(0)
    middle = Fraction(window[0] + window[-1], 2)
    if isinstance(axis, AdaptiveAxis):
        return Fraction(axis.kernel), Fraction(axis.size, axis.output), middle
    return Fraction(axis.extent), Fraction(axis.stride), middle
