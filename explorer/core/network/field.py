"""The receptive field: what a cell deep inside a network sees of the picture.

Two ways to say it. `Field` is the arithmetic of the texts: size, jump and start, carried from layer
to layer (Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural
networks"). `trace_back` lists the very rows and columns that one cell reads, borders and padding
included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING, Final

import numpy as np

from explorer.core.geometry import AdaptiveAxis, AnyAxis, Pair, TransposedAxis
from explorer.core.layers import BatchNorm2d, Flatten, Layer, Linear, Module, Shape
from explorer.core.layers.softmax import Shares

if TYPE_CHECKING:
    from explorer.core.network.flow import Place

Ratios = tuple[Fraction, Fraction]
"""(h, w) of what need not be whole."""

_NONE: Ratios = (Fraction(0), Fraction(0))


@dataclass(frozen=True)
class Field:
    """What a cell sees, counted in pixels of the picture, per axis (h, w).

    Attributes
    ----------
    size
        From the first to the last pixel; larger than the picture where it reaches into padding.
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
    if isinstance(layer, Flatten):
        first, last = layer.ends(shape)
        if first == last:
            return field
        h, w = (axis if axis < first else max(first, axis - last + first) for axis in field.where)
        return replace(field, laid=maps, where=(h, w))
    mixed = _mixed(layer, shape)
    if mixed:
        cells = zip(field.where, maps, strict=True)
        return _along(field, [_whole(side) if axis in mixed else _SAME for axis, side in cells])
    if isinstance(layer, Layer) and len(shape) == 3:
        return _along(field, [_step(axis) for axis in layer.axes(maps)])
    return field


def _mixed(layer: Module, shape: Shape) -> tuple[int, ...]:
    """Return the axes of `shape` along which each number is made of all that there are."""
    match layer:
        case Linear():
            return (len(shape) - 1,)
        case Shares():
            return (layer.axis(shape),)
        case BatchNorm2d(track_running_stats=False):
            return (1, 2)
    return ()


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


@dataclass(frozen=True)
class Region:
    """The cells of a map, or of the picture, that one cell further on is made of.

    They are the crossings of some rows with some columns, in every channel that is read. Where the
    map has no rows and columns, as behind a Flatten, `rows` are the numbers and `columns` is (0,);
    of two axes they are the places along the first and the second.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def trace_back(places: Sequence[Place], last: int, at: tuple[int, int, int]) -> tuple[Region, ...]:
    """Follow one output cell of the layer at place `last` back to the picture.

    Parameters
    ----------
    places
        From `explorer.core.network.flow`; everything flows up to `last`.
    at
        (channel, row, column); of numbers in a row (index, 0, 0); of two axes the place along the
        second is the row or the column, the other being 0.

    Returns
    -------
    tuple of Region
        What it reads of the picture first, then of the output of each layer up to `last`.
    """
    output = places[last].output
    assert output is not None
    channel, row, column = at
    match len(output):
        case 3:
            region = Region((row,), (column,))
        case 2:
            region = Region((channel,), (max(row, column),))
        case _:
            region = Region((channel,), (0,))
    regions = [region]
    for place in reversed(places[: last + 1]):
        assert place.input is not None
        region = _before(place.layer, place.input, region)
        regions.append(region)
    return tuple(reversed(regions))


_NOTHING: Final = Region((), ())


def _before(layer: Module, shape: Shape, region: Region) -> Region:
    """Return what of an input of `shape` the `region` of the output is made of."""
    rows, columns = region.rows, region.columns
    if not rows or not columns:  # it reads padding only, and no cell of any map before
        return _NOTHING
    if isinstance(layer, Flatten):
        return _unlaid(layer, shape, region)
    if mixed := _mixed(layer, shape):
        first = max(0, len(shape) - 2)  # the axis of the rows
        rows = tuple(range(shape[first])) if first in mixed else rows
        columns = tuple(range(shape[-1])) if first + 1 in mixed else columns
    elif isinstance(layer, Layer) and len(shape) == 3:
        vertical, horizontal = layer.axes((shape[1], shape[2]))
        rows, columns = _read(vertical, rows), _read(horizontal, columns)
    return Region(rows, columns)


def _unlaid(layer: Flatten, shape: Shape, region: Region) -> Region:
    """Return which cells of an input of `shape` lie, in a row, at a `region`."""
    first, last = layer.ends(shape)
    if first == last:
        return region
    # Of three axes the first are the channels, which are not told apart.
    sides = [region.rows, region.columns][: len(layer.output_shape(shape))]
    apart = np.unravel_index(np.array(sides[first]), shape[first : last + 1])
    found = [tuple(np.unique(axis).tolist()) for axis in apart]
    rows, columns = [*sides[:first], *found, *sides[first + 1 :]][-2:]
    return Region(rows, columns)


def _read(axis: AnyAxis, cells: tuple[int, ...]) -> tuple[int, ...]:
    found = {axis.source(at) for index in cells for at in axis.window(index)}
    return tuple(sorted(cell for cell in found if cell is not None))
