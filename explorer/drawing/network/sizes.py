"""How large maps can be for all columns to have room, and how wide the columns are then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final

from explorer.core.geometry import Pair
from explorer.core.network.state import PICTURE
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.contents import LEAST_SHARE, Content
from explorer.drawing.palette import GRID

NEAR: Final = GRID / 2
"""Between two maps."""
LEAST_BETWEEN: Final = 1.5 * GRID
MOST_BETWEEN: Final = 7.0 * GRID
"""Between two columns."""
AIR: Final = 0.45
"""What is between two columns at least, in relation to the largest maps."""
WIDEST_AIR: Final = 5.0 * GRID
NARROWEST: Final = 4.5 * GRID
"""Width of a column which has room for a short name."""
CROWDED: Final = 3.0 * GRID
"""Width of one whose name stands upright."""
SLIM: Final = 3.0 * GRID
"""Width of a collapsed column."""
LARGEST: Final = 22.0 * GRID
"""Side of a map."""
SMALLEST: Final = 14.0
LEAST_PICTURE: Final = 6.0 * GRID
MOST_LARGE: Final = 3
"""A picture of so many channels is never smaller than that."""
LEAST_BOX: Final = 4.0
"""Side of a map that is much longer than it is wide."""
SMALL_MAP: Final = 18.0
"""Side below which a map does not become smaller for having fewer cells."""
COMFORTABLE: Final = 44.0
"""So large maps are good to look at, and headers may have some of the room."""
FURTHER: Final = 1.05
THINNEST: Final = 1.25
"""Height of a number in a row of very many."""
THICKEST: Final = 22.0
LEAST_BAR: Final = 11.5 * GRID
BAR: Final = 16.0 * GRID
"""Width of a bar of an answer with its share."""
STRIP: Final = 2.5 * GRID
"""Width of a number."""


@dataclass(frozen=True)
class Sizes:
    """How large everything is.

    Attributes
    ----------
    sides
        For each column the side of the largest maps, which its own are a share of.
    widths
        Of the columns.
    between
        Two columns.
    tall
        The height of the highest column.
    """

    sides: tuple[float, ...]
    widths: tuple[float, ...]
    between: float
    tall: float


def sizes_for(contents: Sequence[Content], room: float, tall: float) -> Sizes:
    """Return the largest sizes for which there is room, or those of a larger place."""
    room = max(room, 1.0)
    while _needed(contents, SMALLEST, tall, -1.0) > room:
        # It is laid out for a larger place then, and seen from further away.
        room, tall = room * FURTHER, tall * FURTHER
    side, share = _side(contents, room, tall)
    widths = tuple(_width(content, side, tall, share) for content in contents)
    spare = (room - sum(widths)) / max(len(contents) - 1, 1)
    between = float(int(min(max(spare, _air(side)), MOST_BETWEEN)))
    return Sizes(_grown(contents, widths, side, tall), widths, between, tall)


def _side(contents: Sequence[Content], room: float, tall: float) -> tuple[float, float]:
    """Return the side of the largest maps, and how much of their width the headers get.

    -1 is nothing at all, 0 enough for short names, 1 all that they need.
    """
    whole = _largest_side(contents, room, tall, 0.0)
    for share in (1.0, 0.75, 0.5, 0.25, 0.0):
        side = _largest_side(contents, room, tall, share)
        if side >= max(min(0.85 * whole, COMFORTABLE), SMALLEST):
            return side, share
    return max(_largest_side(contents, room, tall, -1.0), SMALLEST), -1.0


def _largest_side(contents: Sequence[Content], room: float, tall: float, share: float) -> float:
    """Return the side of the largest maps for which there is room, or 0."""
    low, high = int(SMALLEST) - 1, int(LARGEST)
    while low < high:
        side = (low + high + 1) // 2
        if _needed(contents, side, tall, share) <= room:
            low = side
        else:
            high = side - 1
    return float(low) if low >= SMALLEST else 0.0


def _needed(contents: Sequence[Content], side: float, tall: float, share: float) -> float:
    """Return how wide all columns are together, as near to each other as they may be."""
    widths = [_width(content, side, tall, share) for content in contents]
    return sum(widths) + _air(side) * (len(contents) - 1)


def _air(side: float) -> float:
    """Return how far two columns are from each other at least."""
    return min(max(AIR * side, LEAST_BETWEEN), WIDEST_AIR)


def _grown(
    contents: Sequence[Content], widths: Sequence[float], side: float, tall: float
) -> tuple[float, ...]:
    """Return for each column a side, not below `side`, with which it fills its width.

    Maps of more cells stay larger than others for all that.
    """
    could = [
        _fitting(content, width, side, tall) if content.kind == "maps" else side
        for content, width in zip(contents, widths, strict=True)
    ]
    maps = [
        (content.share, at)
        for content, at in zip(contents, could, strict=True)
        if content.kind == "maps" and content.place != PICTURE
    ]
    most = max((share for share, _ in maps), default=1.0)
    limit = min((at for share, at in maps if share == most), default=side)
    return tuple(min(at, limit) for at in could)


def _fitting(content: Content, width: float, side: float, tall: float) -> float:
    """Return the largest side with which a column is not wider than that."""
    for larger in range(int(LARGEST), int(side), -1):
        if boxes_of(content, larger, tall).across <= width:
            return float(larger)
    return side


def _width(content: Content, side: float, tall: float, share: float) -> float:
    """Return how wide a column is with maps of a `side`; its header gets a `share`."""
    if content.kind == "slim":
        return SLIM
    more = max(content.words - NARROWEST, 0.0) if share > 0 else NARROWEST - CROWDED
    least = NARROWEST + share * more
    if content.kind == "empty":
        return max(least, side * LEAST_SHARE)
    bar = LEAST_BAR + max(share, 0.0) * (BAR - LEAST_BAR)
    bars = GRID + content.names + bar if content.answer else 0.0
    return max(least, boxes_of(content, side, tall).across + bars)


def boxes_of(content: Content, side: float, tall: float) -> Boxes:
    """Return the boxes of a column, their corner at (0, 0), with largest maps of a `side`."""
    if content.kind == "numbers":
        return _strip(content.shown, tall)
    if content.place == PICTURE and content.count <= MOST_LARGE:
        side = max(side, LEAST_PICTURE)
    # Small maps are not as much smaller as they are, and not at all where all are small.
    return _maps(
        content.shown, content.shape, max(side * content.share, min(side, SMALL_MAP)), tall
    )


@lru_cache(maxsize=8192)
def _maps(count: int, shape: Pair, side: float, tall: float) -> Boxes:
    h, w = shape
    across, down = (max(cells * side / max(h, w), LEAST_BOX) for cells in (w, h))
    fitting = max(int((tall + NEAR) / (down + NEAR)), 1)
    columns = _even(count, ceil(count / fitting))
    return Boxes(0, 0, count, columns, ceil(count / columns), across, down, (NEAR, NEAR), shape)


@lru_cache(maxsize=256)
def _strip(count: int, tall: float) -> Boxes:
    columns = ceil(count * THINNEST / tall)
    rows = ceil(count / columns)
    height = min(THICKEST, tall / rows)
    return Boxes(0, 0, count, columns, rows, STRIP, height, (0.0, NEAR / 2), down=True)


def _even(count: int, least: int) -> int:
    """Return a number of columns, `least` or little more, that all rows have if there is one."""
    for columns in range(least, min(least + 2, count) + 1):
        if count % columns == 0:
            return columns
    return least
