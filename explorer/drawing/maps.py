"""The maps of every layer as rows of small boards, layer below layer, one scale per layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.cell import number
from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.drawing.boards import font
from explorer.drawing.colour import picture, span
from explorer.drawing.palette import GRID, SMALL, Palette

GAP: Final = GRID // 2
HEADING: Final = 2 * GRID + GRID // 2
BELOW: Final = GRID + GRID // 2
"""Room between the boards of a layer and the heading of the next."""
SIDE: Final = 36.0
"""About as wide is the box of a map where there is little room."""
LARGE: Final = 40.0
"""So wide it is at least in a large place."""
LARGEST: Final = 112.0
"""And at most: a larger one shows no more."""
WIDE: Final = 50 * GRID
"""Pixels from which on a place is a large one."""
SEEN: Final = 7.0
"""Pixels that the frame around a cell is wide at least."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What came out of a layer.

    Attributes
    ----------
    values
        float32 (C, h, w).
    signed
        Whether they are on both sides of zero; otherwise they are drawn as ink on paper.
    note
        What else there is to say of it beside its shape, or an empty text.
    """

    name: str
    values: Array
    signed: bool
    note: str = ""

    @property
    def shape(self) -> str:
        """The sizes in words: ``"10 × 24 × 24"``."""
        return " × ".join(map(str, self.values.shape))


@dataclass(frozen=True)
class Mark:
    """A cell of a map of a layer, each by its number."""

    layer: int
    channel: int
    cell: Pair


@dataclass(frozen=True)
class Place:
    """Where a layer lies: a heading, and below it its boxes, so many in a row."""

    top: float
    side: float
    columns: int
    count: int

    @property
    def bottom(self) -> float:
        """Where the last row of boxes ends."""
        rows = ceil(self.count / self.columns)
        return self.top + HEADING + rows * (self.side + GAP) - GAP

    def box(self, index: int) -> QRectF:
        """Return the square that a map is drawn in."""
        row, column = divmod(index, self.columns)
        step = self.side + GAP
        return QRectF(column * step, self.top + HEADING + row * step, self.side, self.side)


def arrange(counts: Sequence[int], width: float, height: float = 0.0) -> list[Place]:
    """Lay out layers of so many maps, one below the other, over the whole width.

    In a wide place the boxes are as large as they can be with all layers in sight, within
    `height`. Where that would make them too small, they are larger and the layers longer.
    """
    if width < WIDE:
        return _in_columns(counts, width, max(int((width + GAP) / (SIDE + GAP)), 1))
    most = int((width + GAP) / (LARGE + GAP))
    for columns in range(1, most + 1):
        places = _in_columns(counts, width, columns)
        if not places or places[-1].bottom <= height:
            return places
    rows = [ceil(count / most) for count in counts]
    # As few columns as there can be without another row: the boxes fill the width.
    fewest = max(ceil(count / row) for count, row in zip(counts, rows, strict=True))
    return _in_columns(counts, width, fewest)


def _in_columns(counts: Sequence[int], width: float, columns: int) -> list[Place]:
    side = (width - 1 - (columns - 1) * GAP) / columns
    if width >= WIDE:
        side = min(side, LARGEST)
    places: list[Place] = []
    for count in counts:
        top = places[-1].bottom + BELOW if places else 0.0
        places.append(Place(top, side, columns, count))
    return places


def mark_at(
    layers: Sequence[Layer], width: float, point: QPointF, height: float = 0.0
) -> Mark | None:
    """Return the cell at a point, or None between the maps."""
    for index, (layer, place) in enumerate(_placed(layers, width, height)):
        if not place.top + HEADING <= point.y() <= place.bottom:
            continue
        count, h, w = layer.values.shape
        for channel in range(count):
            board = _board(place.box(channel), h, w)
            if board.contains(point):
                row = int((point.y() - board.top()) / board.height() * h)
                column = int((point.x() - board.left()) / board.width() * w)
                return Mark(index, channel, (min(row, h - 1), min(column, w - 1)))
    return None


def map_rect(layers: Sequence[Layer], width: float, mark: Mark, height: float = 0.0) -> QRectF:
    """Return where the map of a mark lies."""
    layer, place = _placed(layers, width, height)[mark.layer]
    return _board(place.box(mark.channel), *layer.values.shape[1:])


def cell_rect(layers: Sequence[Layer], width: float, mark: Mark, height: float = 0.0) -> QRectF:
    """Return where the cell of a mark lies."""
    h, w = layers[mark.layer].values.shape[1:]
    board = map_rect(layers, width, mark, height)
    down, across = board.height() / h, board.width() / w
    row, column = mark.cell
    return QRectF(board.left() + column * across, board.top() + row * down, across, down)


def draw_maps(
    painter: QPainter,
    layers: Sequence[Layer],
    palette: Palette,
    width: float,
    visible: QRectF,
    chosen: Mark | None = None,
    pointed: Mark | None = None,
    height: float = 0.0,
) -> None:
    """Draw all layers that reach into `visible`, and frames around the marks."""
    frame = QPen(QColor(palette.border), 1)
    for layer, place in _placed(layers, width, height):
        if place.bottom < visible.top() or place.top > visible.bottom():
            continue
        count, h, w = layer.values.shape
        low, high = span(layer.values, layer.signed)
        anchors = palette.map_signed if layer.signed else palette.map_picture
        _draw_heading(painter, layer, (low, high), palette, QRectF(0, place.top, width, HEADING))
        # One picture of all maps, one below the other: each board shows a part of it.
        every = picture(layer.values.reshape(count * h, w), anchors, low, high)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(frame)
        boards = [_board(place.box(index), h, w) for index in range(count)]
        for index, board in enumerate(boards):
            painter.drawImage(board, every, QRectF(0, index * h, w, h))
        painter.drawRects(boards)
    if pointed is not None:
        painter.setPen(QPen(QColor(palette.text), 1))
        painter.drawRect(map_rect(layers, width, pointed, height))
    if chosen is not None:
        painter.setPen(QPen(QColor(palette.focus_window), 1))
        painter.drawRect(map_rect(layers, width, chosen, height))
        painter.setPen(QPen(QColor(palette.focus_window), 2))
        painter.drawRect(_seen(cell_rect(layers, width, chosen, height)))


def _placed(layers: Sequence[Layer], width: float, height: float) -> list[tuple[Layer, Place]]:
    places = arrange([len(layer.values) for layer in layers], width, height)
    return list(zip(layers, places, strict=True))


def _seen(cell: QRectF) -> QRectF:
    """Return a frame around a cell, large enough to be seen."""
    side = max(cell.width(), cell.height(), SEEN)
    frame = QRectF(0, 0, side, side)
    frame.moveCenter(cell.center())
    return frame


def _board(box: QRectF, h: int, w: int) -> QRectF:
    """Return the largest part of a box in the proportions of a map."""
    cell = min(box.width() / w, box.height() / h)
    return QRectF(box.left(), box.top(), w * cell, h * cell)


def _draw_heading(
    painter: QPainter,
    layer: Layer,
    ends: tuple[float, float],
    palette: Palette,
    place: QRectF,
) -> None:
    line = place.adjusted(0, 0, 0, -GAP)
    middle, left, right = (
        Qt.AlignmentFlag.AlignVCenter,
        Qt.AlignmentFlag.AlignLeft,
        Qt.AlignmentFlag.AlignRight,
    )
    painter.setFont(font(SMALL, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.text))
    painter.drawText(line, middle | left, layer.name)
    beside = painter.fontMetrics().horizontalAdvance(layer.name) + GRID
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.muted))
    written = " … ".join(number(_short(end)) for end in ends)
    painter.drawText(line, middle | right, written)
    width = painter.fontMetrics().horizontalAdvance
    words = f"{layer.shape} · {layer.note}" if layer.note else layer.shape
    if layer.note and beside + width(words) + GRID + width(written) > line.width():
        words = layer.note
    painter.drawText(line.adjusted(beside, 0, 0, 0), middle | left, words)


def _short(value: float) -> float:
    """Round to three digits that count, so that numbers which change all the time stay short."""
    return float(f"{value:.3g}")
