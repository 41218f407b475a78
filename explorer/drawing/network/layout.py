"""Where everything lies: a column for the picture and for each layer, as large as there is room.

The unit is a pixel at zoom 1, at which all of it can be seen in the place that it was laid out for,
unless there are so many layers that they would become too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.core.network.state import Spot
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.contents import Content, contents_of
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.network.sizes import THICKEST, boxes_of, sizes_for
from explorer.drawing.palette import GRID

HEADER: Final = 7.5 * GRID
"""Height of the line of headers, in pixels of the screen: it does not zoom."""
MARGIN: Final = 2.0 * GRID
FOOT: Final = 2.5 * GRID
"""Room below what a column holds."""


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
    return _arranged(contents_of(scene), round(width), round(height))


@lru_cache(maxsize=16)
def _arranged(contents: tuple[Content, ...], width: int, height: int) -> FlowLayout:
    room, tall = width - 2 * MARGIN, max(height - HEADER - 2 * GRID - FOOT, 8.0 * GRID)
    sizes = sizes_for(contents, room, tall)
    columns = []
    x = MARGIN
    for content, across, side in zip(contents, sizes.widths, sizes.sides, strict=True):
        columns.append(_column(content, x, across, side, sizes.tall))
        x += across + sizes.between
    size = QSizeF(x - sizes.between + MARGIN, sizes.tall + 2 * GRID + FOOT)
    return FlowLayout(tuple(columns), size)


def _column(content: Content, x: float, width: float, side: float, tall: float) -> Column:
    """Return a column whose left edge is at `x`, with what it holds in its middle."""
    if content.kind in ("slim", "empty"):
        high = tall if content.kind == "slim" else min(side, tall)
        across = width if content.kind == "slim" else min(width, side)
        body = QRectF(x + (width - across) / 2, GRID + (tall - high) / 2, across, high)
        return Column(content, x, width, body)
    boxes = boxes_of(content, side, tall)
    rect = boxes.rect
    body = QRectF(0, 0, width if content.answer else rect.width(), rect.height())
    body.moveTopLeft(QPointF(x + (width - body.width()) / 2, GRID + (tall - body.height()) / 2))
    boxes = replace(boxes, x=body.left(), y=body.top())
    left = boxes.rect.right() + GRID
    return Column(content, x, width, body, boxes, _bars(content, boxes, left, body.right()))


def _bars(content: Content, boxes: Boxes, left: float, right: float) -> tuple[QRectF, ...]:
    if content.answer == boxes.count:
        rows = [boxes.box(index) for index in range(boxes.count)]
    else:
        first = boxes.rect.center().y() - content.answer * THICKEST / 2
        rows = [
            QRectF(0, first + number * THICKEST, 0, THICKEST) for number in range(content.answer)
        ]
    return tuple(QRectF(left, row.top(), right - left, row.height()) for row in rows)
