"""The receptive field: what a cell deep inside a network sees of the picture.

Two ways to say it. `Field` is the arithmetic of the texts: size, jump and start, carried from layer
to layer (Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural
networks"). `trace_back` lists the very rows and columns that one cell reads, borders and padding
included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING

from explorer.core.geometry import AdaptiveAxis, AnyAxis, TransposedAxis
from explorer.core.layers import Flatten, Layer, Linear, Module, Shape
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
    """

    size: Ratios = (Fraction(1), Fraction(1))
    jump: Ratios = (Fraction(1), Fraction(1))
    start: Ratios = _NONE


def after(field: Field, layer: Module, shape: Shape) -> Field:
    """Return the field behind `layer`, which gets an input of `shape`."""
    if len(shape) != 3 or isinstance(layer, Flatten):
        return field
    if isinstance(layer, Linear):
        return _along(field, [(Fraction(shape[2]), Fraction(0), Fraction(0))] * 2)
    if not isinstance(layer, Layer):
        return field
    return _along(field, [_step(axis) for axis in layer.axes((shape[1], shape[2]))])


_Step = tuple[Fraction, Fraction, Fraction]
"""Cells of the input that a window spans, from one to the next, and to the middle of the first."""


def _along(field: Field, steps: Sequence[_Step]) -> Field:
    parts = [
        (size + (extent - 1) * jump, jump * stride, start + first * jump)
        for size, jump, start, (extent, stride, first) in zip(
            field.size, field.jump, field.start, steps, strict=True
        )
    ]
    (size_h, jump_h, start_h), (size_w, jump_w, start_w) = parts
    return Field((size_h, size_w), (jump_h, jump_w), (start_h, start_w))


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
    map has no rows and columns, as behind a Flatten, `rows` are the numbers and `columns` is (0,).
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
        (channel, row, column); of numbers in a row (index, 0, 0).

    Returns
    -------
    tuple of Region
        What it reads of the picture first, then of the output of each layer up to `last`.
    """
    output = places[last].output
    assert output is not None
    channel, row, column = at
    region = Region((row,), (column,)) if len(output) == 3 else Region((channel,), (0,))
    regions = [region]
    for place in reversed(places[: last + 1]):
        assert place.input is not None
        region = _before(place.layer, place.input, region)
        regions.append(region)
    return tuple(reversed(regions))


def _before(layer: Module, shape: Shape, region: Region) -> Region:
    """Return what of an input of `shape` the `region` of the output is made of."""
    whole = (
        Region(tuple(range(shape[1])), tuple(range(shape[2])))
        if len(shape) == 3
        else Region(tuple(range(shape[0])), (0,))
    )
    if isinstance(layer, Flatten) and layer.output_shape(shape) != shape:
        if len(shape) != 3 or len(layer.output_shape(shape)) != 1:
            return whole
        cells = [divmod(index % (shape[1] * shape[2]), shape[2]) for index in region.rows]
        return Region(*(tuple(sorted(set(side))) for side in zip(*cells, strict=True)))
    if isinstance(layer, Linear | Shares):
        return whole if isinstance(layer, Linear) or len(shape) == 1 else region
    if isinstance(layer, Layer) and len(shape) == 3:
        axes = layer.axes((shape[1], shape[2]))
        rows, columns = (
            _read(axis, cells)
            for axis, cells in zip(axes, (region.rows, region.columns), strict=True)
        )
        return Region(rows, columns)
    return region


def _read(axis: AnyAxis, cells: tuple[int, ...]) -> tuple[int, ...]:
    found = {axis.source(at) for index in cells for at in axis.window(index)}
    return tuple(sorted(cell for cell in found if cell is not None))
