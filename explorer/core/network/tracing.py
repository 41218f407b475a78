"""Which cells one cell deep inside a network is made of, borders and padding included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.core.geometry import AnyAxis
from explorer.core.layers import Layer, Module, Shape
from explorer.core.network.flow import Place


@dataclass(frozen=True)
class Region:
    """The cells of a map, or of the picture, that one cell further on is made of.

    They are the crossings of some rows with some columns, in every channel that is read. Where the
    map has no rows and columns, as behind a Flatten, `rows` are the numbers and `columns` is (0,);
    of two axes they are the places along the first and the second. A group of numbers in a row is
    none in the maps before where it ends within a line: there it is the smallest one around it.
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
    if (ends := layer.laid(shape)) is not None:
        return _unlaid(ends, shape, region)
    if across := layer.mixed(shape):
        first = max(0, len(shape) - 2)  # the axis of the rows
        if first in across:
            rows = tuple(range(shape[first])) if first else _read_first(layer, shape, rows)
        columns = tuple(range(shape[-1])) if first + 1 in across else columns
    elif isinstance(layer, Layer) and len(shape) == 3:
        vertical, horizontal = layer.axes((shape[1], shape[2]))
        rows, columns = _read(vertical, rows), _read(horizontal, columns)
    return Region(rows, columns)


def _read_first(layer: Module, shape: Shape, rows: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is read of the first axis, which may be in groups."""
    parts = {layer.channels_read(row, shape) for row in rows}
    return tuple(sorted({index for part in parts for index in part}))


def _unlaid(ends: tuple[int, int], shape: Shape, region: Region) -> Region:
    """Return which cells of an input of `shape` lie, in a row, at a `region`.

    Parameters
    ----------
    ends
        The first and the last axis that were laid in the row.
    """
    first, last = ends
    # Of three axes the first are the channels, which are not told apart.
    sides = [region.rows, region.columns][: len(shape) - (last - first)]
    apart = np.unravel_index(np.array(sides[first]), shape[first : last + 1])
    found = [tuple(np.unique(axis).tolist()) for axis in apart]
    rows, columns = [*sides[:first], *found, *sides[first + 1 :]][-2:]
    return Region(rows, columns)


def _read(axis: AnyAxis, cells: tuple[int, ...]) -> tuple[int, ...]:
    found = {axis.source(at) for index in cells for at in axis.window(index)}
    return tuple(sorted(cell for cell in found if cell is not None))
