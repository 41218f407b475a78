"""What lies where: the inverse of the layout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from PySide6.QtCore import QPointF, QRectF

from explorer.core.network.state import PICTURE, Spot
from explorer.drawing.network.layout import HEADER, Column, FlowLayout
from explorer.drawing.network.view import View
from explorer.drawing.palette import GRID

SMALLEST_CELL: Final = 0.5
"""Pixels of the screen that a cell must have for somebody to mean it."""
TOGGLE: Final = 2.0 * GRID
"""Side of what folds a layer."""

Part = Literal["header", "toggle", "layer", "map", "cell"]


@dataclass(frozen=True)
class Hit:
    """What is at a point.

    Attributes
    ----------
    part
        The header of a layer, what folds it, its column beside the maps, a map whose cells are too
        small to be meant, or a cell.
    channel
        Of the map, or of the cell.
    spot
        The cell.
    """

    part: Part
    place: int
    channel: int | None = None
    spot: Spot | None = None


def hit(layout: FlowLayout, view: View, width: float, point: QPointF) -> Hit | None:
    """Return what is at a point of the screen, `width` pixels of which can be seen."""
    world = view.world(point)
    if point.y() < HEADER:
        for column in layout.columns:
            header = header_rect(layout, view, column, width)
            if header.contains(point):
                on_toggle = column.place != PICTURE and toggle_rect(header).contains(point)
                return Hit("toggle" if on_toggle else "header", column.place)
        return None
    found = at(layout, world)
    if found is None or found.spot is None:
        return found
    boxes = layout.column(found.place).boxes
    assert boxes is not None
    if boxes.cell_size * view.zoom < SMALLEST_CELL and boxes.shape != (1, 1):
        return Hit("map", found.place, found.channel)
    return found


def at(layout: FlowLayout, world: QPointF) -> Hit | None:
    """Return what is at a point of the layout, however small it is on the screen."""
    for column in layout.columns:
        if not column.x <= world.x() <= column.x + column.width:
            continue
        found = None if column.boxes is None else column.boxes.at(world)
        if found is None and len(column.bars) == column.content.count:
            number = next((i for i, bar in enumerate(column.bars) if bar.contains(world)), None)
            found = None if number is None else (number, 0, 0)
        if found is not None:
            return Hit("cell", column.place, found[0], Spot(column.place, *found))
        return Hit("layer", column.place) if column.area.contains(world) else None
    return None


def header_rect(layout: FlowLayout, view: View, column: Column, width: float) -> QRectF:
    """Return what can be seen of the header of a column on a screen of a `width`.

    It reaches half way to its neighbours, for maps may be narrower than what is to be said.
    """
    number = column.place + 1
    left, right = column.x, column.x + column.width
    if number:
        before = layout.columns[number - 1]
        left = (left + before.x + before.width) / 2
    else:
        left = 0.0
    if number + 1 < len(layout.columns):
        right = (right + layout.columns[number + 1].x) / 2
    else:
        right = layout.size.width()
    # Symmetric, so that its words are over the middle of the column.
    middle = column.x + column.width / 2
    half = min(middle - left, right - middle)
    area = view.rect(QRectF(middle - half, 0, 2 * half, 0))
    return QRectF(area.left(), 0, area.width(), HEADER).intersected(QRectF(0, 0, width, HEADER))


def toggle_rect(header: QRectF) -> QRectF:
    """Return where that which folds a layer is in its header."""
    return QRectF(header.center().x() - TOGGLE / 2, header.top(), TOGGLE, TOGGLE)
