"""Where everything lies: a column for the picture and for each layer, as large as there is room.

The unit is a pixel at zoom 1, at which all of it can be seen in the place that it was laid out for,
unless there are so many layers that they would become too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.core.layers import Shape
from explorer.core.network.state import PICTURE, Spot
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.palette import GRID

HEADER: Final = 7.5 * GRID
"""Height of the line of headers, in pixels of the screen: it does not zoom."""
MARGIN: Final = 2.0 * GRID
FOOT: Final = 2.5 * GRID
"""Room below what a column holds."""
NEAR: Final = GRID / 2
"""Between two maps."""
LEAST_BETWEEN: Final = 1.5 * GRID
MOST_BETWEEN: Final = 7.0 * GRID
"""Between two columns."""
AIR: Final = 0.45
"""What is between two columns at least, in relation to the largest maps."""
WIDEST_AIR: Final = 5.0 * GRID
NARROWEST: Final = 4.5 * GRID
"""Width of a column."""
WIDEST_HEADER: Final = 12.0 * GRID
WIDEST_EMPTY: Final = 6.0 * GRID
"""Width of what is said of a layer that nothing comes out of."""
SLIM: Final = 3.0 * GRID
"""Width of a collapsed column."""
LARGEST: Final = 22.0 * GRID
"""Side of a map."""
SMALLEST: Final = 14.0
LEAST_PICTURE: Final = 6.0 * GRID
MOST_LARGE: Final = 3
"""A picture of so many channels is never smaller than that."""
SMALL_MAP: Final = 18.0
"""Side below which a map does not become smaller for having fewer cells."""
COMFORTABLE: Final = 44.0
"""So large maps are good to look at, and headers may have some of the room."""
SHOWN_MAPS: Final = 64
SHOWN_NUMBERS: Final = 1024
THINNEST: Final = 1.25
"""Height of a number in a row of very many."""
THICKEST: Final = 22.0
STRIP: Final = 2.5 * GRID
"""Width of a number."""
BARS: Final = 15.0 * GRID
"""Width of the bars of an answer, with the names before and the shares behind them."""
MOST_CLASSES: Final = 26
"""With more classes than that, only the surest have a bar."""
SUREST: Final = 10
SHRINK: Final = 1 / 3
"""The power of their size with which maps become smaller."""
LEAST_SHARE: Final = 0.5

Kind = Literal["maps", "numbers", "slim", "empty"]


@dataclass(frozen=True)
class Content:
    """What a column holds.

    Attributes
    ----------
    count
        All maps, or numbers.
    shape
        Of one map.
    share
        Its side, in relation to the largest map.
    words
        Width of what is written in its header.
    answer
        How many bars there are beside the numbers.
    """

    place: int
    kind: Kind
    count: int = 0
    shape: tuple[int, int] = (1, 1)
    share: float = 1.0
    words: float = 0.0
    answer: int = 0

    @property
    def shown(self) -> int:
        """So many of them are shown."""
        return min(self.count, SHOWN_MAPS if self.kind == "maps" else SHOWN_NUMBERS)


@dataclass(frozen=True)
class Column:
    """Where a layer lies.

    Attributes
    ----------
    boxes
        Of the maps or the numbers, None where there are none to be seen.
    bars
        Where the bars of the answer lie, one below the other.
    """

    content: Content
    x: float
    width: float
    body: QRectF
    boxes: Boxes | None = None
    bars: tuple[QRectF, ...] = ()

    @property
    def place(self) -> int:
        """The place of the layer, -1 for the picture."""
        return self.content.place

    @property
    def more(self) -> int:
        """How many maps or numbers are not shown."""
        return 0 if self.boxes is None else self.content.count - self.boxes.count

    @property
    def area(self) -> QRectF:
        """All that it covers, with the line below."""
        return QRectF(self.x, self.body.top(), self.width, self.body.height() + FOOT)


@dataclass(frozen=True)
class FlowLayout:
    """The columns, the picture first, and how large all of it is."""

    columns: tuple[Column, ...]
    size: QSizeF

    def column(self, place: int) -> Column:
        """Return the column of a layer, or of the picture."""
        return self.columns[place + 1]

    def map_rect(self, place: int, channel: int) -> QRectF | None:
        """Return where a map, or a number, lies; None where it is not shown."""
        boxes = self.column(place).boxes
        return boxes.box(channel) if boxes is not None and 0 <= channel < boxes.count else None

    def spot_rect(self, spot: Spot) -> QRectF | None:
        """Return where a cell lies; None where it is not shown."""
        column = self.column(spot.place)
        if column.boxes is None:
            return None
        index, row, across = spot.channel, spot.row, spot.column
        h, w = column.boxes.shape
        if not (0 <= index < column.boxes.count and 0 <= row < h and 0 <= across < w):
            return None
        return column.boxes.cell(index, row, across)


def arrange(scene: FlowScene, width: float, height: float) -> FlowLayout:
    """Lay a network out for a place of so many pixels, the headers included."""
    return _arranged(_contents(scene), round(width), round(height))


def _contents(scene: FlowScene) -> tuple[Content, ...]:
    """Return what the columns hold, the picture first."""
    places = range(PICTURE, len(scene.places))
    shapes = [scene.shape(place) for place in places]
    sides = [max(shape[1:]) for shape in shapes if shape is not None and len(shape) == 3]
    largest = max(sides, default=1)
    found = []
    for place, shape in zip(places, shapes, strict=True):
        if place in scene.collapsed:
            found.append(Content(place, "slim", 0 if shape is None else shape[0]))
        elif shape is None:
            words = min(_words(scene, place, ()), WIDEST_EMPTY)
            found.append(Content(place, "empty", words=words))
        else:
            last = place == len(scene.places) - 1 and scene.has_answer
            found.append(_holding(place, shape, largest, _words(scene, place, shape), last))
    return tuple(found)


def _holding(place: int, shape: Shape, largest: int, words: float, answer: bool) -> Content:
    if len(shape) == 1:
        bars = 0 if not answer else shape[0] if shape[0] <= MOST_CLASSES else SUREST
        return Content(place, "numbers", shape[0], words=words, answer=bars)
    h, w = (1, shape[1]) if len(shape) == 2 else shape[1:3]
    share = max((max(h, w) / max(largest, h, w)) ** SHRINK, LEAST_SHARE)
    return Content(place, "maps", shape[0], (h, w), share, words)


def _words(scene: FlowScene, place: int, shape: Shape) -> float:
    """Return about how wide the header of a column is in full."""
    name = 5 if place == PICTURE else len(scene.places[place].name)
    kind = 0 if place == PICTURE else len(type(scene.places[place].layer).__name__)
    longest = max(7.5 * name + 2 * GRID, 6.0 * kind, 5.5 * len(size_of(shape)))
    return min(longest, WIDEST_HEADER)


def size_of(shape: Shape) -> str:
    """Return a shape as it is written: ``"10 × 24 × 24"``."""
    return " × ".join(map(str, shape))


@lru_cache(maxsize=16)
def _arranged(contents: tuple[Content, ...], width: int, height: int) -> FlowLayout:
    room, tall = width - 2 * MARGIN, max(height - HEADER - 2 * GRID - FOOT, 8.0 * GRID)
    least = _needed(contents, SMALLEST, tall, 0.0)
    if least > room:
        # Then it is laid out for a larger place, which is seen from further away.
        room, tall = least, tall * least / max(room, 1.0)
    side, share = _side(contents, room, tall)
    widths = [_width(content, side, tall, share) for content in contents]
    spare = (room - sum(widths)) / max(len(contents) - 1, 1)
    between = float(int(min(max(spare, _air(side)), MOST_BETWEEN)))
    grown = _grown(contents, widths, side, tall)
    columns = []
    x = MARGIN
    for content, across in zip(contents, widths, strict=True):
        columns.append(_column(content, x, across, min(grown[content], grown[None]), tall))
        x += across + between
    return FlowLayout(tuple(columns), QSizeF(x - between + MARGIN, tall + 2 * GRID + FOOT))


def _side(contents: Sequence[Content], room: float, tall: float) -> tuple[float, float]:
    """Return the side of the largest maps, and how much of their width the headers get."""
    whole = _largest_side(contents, room, tall, 0.0)
    for share in (1.0, 0.75, 0.5, 0.25):
        side = _largest_side(contents, room, tall, share)
        if side >= max(min(0.85 * whole, COMFORTABLE), SMALLEST):
            return side, share
    return max(whole, SMALLEST), 0.0


def _grown(
    contents: Sequence[Content], widths: Sequence[float], side: float, tall: float
) -> dict[Content | None, float]:
    """Return how large the largest maps could be for each column to have what room it has.

    For None: how large they may be, so that maps of more cells are not smaller than others.
    """
    found: dict[Content | None, float] = {None: LARGEST}
    for content, width in zip(contents, widths, strict=True):
        found[content] = side
        if content.kind == "maps":
            tried = (float(at) for at in range(int(LARGEST), int(side), -1))
            fits = (at for at in tried if _boxes(content, at, tall).rect.width() <= width)
            found[content] = next(fits, side)
    maps = [content for content in contents if content.kind == "maps" and content.place >= 0]
    most = max((content.share for content in maps), default=1.0)
    largest = [found[content] for content in maps if content.share == most]
    found[None] = max(min(largest, default=side), side)
    return found


def _largest_side(contents: Sequence[Content], room: float, tall: float, share: float) -> float:
    """Return the side of the largest maps for which there is room, or 0."""
    low, high = 0.0, LARGEST
    while high - low > 0.5:
        side = (low + high) / 2
        if side <= SMALLEST or _needed(contents, side, tall, share) <= room:
            low = side
        else:
            high = side
    side = float(int(low))
    return side if side >= SMALLEST else 0.0


def _needed(contents: Sequence[Content], side: float, tall: float, share: float) -> float:
    """Return how wide all columns are together, as near to each other as they may be."""
    widths = [_width(content, side, tall, share) for content in contents]
    return sum(widths) + _air(side) * (len(contents) - 1)


def _air(side: float) -> float:
    """Return how far two columns are from each other at least."""
    return min(max(AIR * side, LEAST_BETWEEN), WIDEST_AIR)


def _width(content: Content, side: float, tall: float, share: float) -> float:
    """Return how wide a column is with maps of a `side`; `share` of its header has room."""
    if content.kind == "slim":
        return SLIM
    least = NARROWEST + share * max(content.words - NARROWEST, 0.0)
    if content.kind == "empty":
        return max(least, side * LEAST_SHARE)
    boxes = _boxes(content, side, tall)
    bars = GRID + BARS if content.answer else 0.0
    return max(least, boxes.rect.width() + bars)


def _boxes(content: Content, side: float, tall: float) -> Boxes:
    """Return the boxes of a column with their corner at (0, 0)."""
    count = content.shown
    if content.kind == "numbers":
        columns = ceil(count * THINNEST / tall)
        rows = ceil(count / columns)
        height = min(THICKEST, tall / rows)
        return Boxes(0, 0, count, columns, rows, STRIP, height, (0.0, 2.0), down=True)
    h, w = content.shape
    if content.place == PICTURE and count <= MOST_LARGE:
        side = max(side, LEAST_PICTURE)
    # Small maps are not as much smaller as they are, and not at all where all are small.
    cell = max(side * content.share, min(side, SMALL_MAP)) / max(h, w)
    across, down = max(w * cell, 4.0), max(h * cell, 4.0)
    fitting = max(int((tall + NEAR) / (down + NEAR)), 1)
    columns = _even(count, ceil(count / fitting))
    rows = ceil(count / columns)
    return Boxes(0, 0, count, columns, rows, across, down, (NEAR, NEAR), content.shape)


def _even(count: int, least: int) -> int:
    """Return a number of columns, `least` or little more, that all rows have if there is one."""
    more = range(least, min(least + 2, count) + 1)
    return next((columns for columns in more if count % columns == 0), least)


def _column(content: Content, x: float, width: float, side: float, tall: float) -> Column:
    """Return a column whose left edge is at `x`, with what it holds in its middle."""
    if content.kind in ("slim", "empty"):
        high = tall if content.kind == "slim" else min(side, tall)
        across = width if content.kind == "slim" else min(width, side)
        body = QRectF(x + (width - across) / 2, GRID + (tall - high) / 2, across, high)
        return Column(content, x, width, body)
    boxes = _boxes(content, side, tall)
    rect = boxes.rect
    bars = GRID + BARS if content.answer else 0.0
    body = QRectF(0, 0, rect.width() + bars, rect.height())
    body.moveTopLeft(QPointF(x + (width - body.width()) / 2, GRID + (tall - body.height()) / 2))
    boxes = replace(boxes, x=body.left(), y=body.top())
    beside = QRectF(boxes.rect.right() + GRID, 0, BARS, 0)
    return Column(content, x, width, body, boxes, _bars(content, boxes, beside))


def _bars(content: Content, boxes: Boxes, beside: QRectF) -> tuple[QRectF, ...]:
    if content.answer == boxes.count:
        rows = [boxes.box(index) for index in range(boxes.count)]
    else:
        first = boxes.rect.center().y() - content.answer * THICKEST / 2
        rows = [
            QRectF(0, first + number * THICKEST, 0, THICKEST) for number in range(content.answer)
        ]
    return tuple(QRectF(beside.left(), row.top(), BARS, row.height()) for row in rows)
