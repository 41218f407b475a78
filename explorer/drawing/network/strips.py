"""Numbers in a row: strips of cells, with the numbers in them where there is room."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.boards import Scale, font
from explorer.drawing.colour import ink, levels, picture
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.words import short

ROOM_FOR_A_NUMBER = 13.0
"""Height of a cell in which a number can be written."""
ROOM_FOR_A_GAP = 5.0
"""Height of a cell which can spare a line between itself and the next one."""
LARGEST_TYPE = 15.0
SMALLEST_TYPE = 7.0


def draw_numbers(sheet: Sheet, column: Column, values: Array) -> None:
    """Draw numbers in a row as a strip of cells, with the numbers where there is room for them."""
    boxes, view, painter = column.boxes, sheet.view, sheet.painter
    assert boxes is not None
    (scale,) = sheet.scales(column.place, values)
    flat = values[: boxes.count]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.border), 1))
    for number, strip in enumerate(strips(column)):
        part = flat[number * boxes.rows : (number + 1) * boxes.rows]
        place = sheet.sharp(strip)
        _draw_strip(sheet, part, scale, place, view.rect(strip).top())
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
    if boxes.height * view.zoom >= ROOM_FOR_A_NUMBER:
        _write_numbers(sheet, column, flat, scale, boxes.seen(sheet.seen))


def _draw_strip(sheet: Sheet, values: Array, scale: Scale, place: QRect, top: float) -> None:
    """Draw what can be seen of a strip as one image, a pixel wide and as high as it is shown."""
    edges = np.round(np.linspace(top, place.bottom() + 1, len(values) + 1)).astype(int)
    body = sheet.body
    first = max(int(np.searchsorted(edges, body.top(), "right")) - 1, 0)
    last = min(int(np.searchsorted(edges, body.bottom(), "left")), len(values))
    if first >= last or edges[first] == edges[last]:
        return
    start, edges = int(edges[first]), edges[first : last + 1] - edges[first]
    heights = np.diff(edges)
    rows = np.repeat(values[first:last], heights)[:, None]
    lit = np.ones(rows.shape, bool)
    if heights.min() >= ROOM_FOR_A_GAP:
        lit[edges[1:] - 1] = False
    shown = picture(rows, scale.anchors, scale.low, scale.high, lit)
    sheet.painter.drawImage(QRect(place.left(), start, place.width(), len(rows)), shown)


def strips(column: Column) -> list[QRectF]:
    """Return where the strips of a row of numbers lie."""
    boxes = column.boxes
    assert boxes is not None
    found = []
    for first in range(0, boxes.count, boxes.rows):
        last = min(first + boxes.rows, boxes.count) - 1
        found.append(boxes.box(first).united(boxes.box(last)))
    return found


def _write_numbers(
    sheet: Sheet, column: Column, values: Array, scale: Scale, seen: list[int]
) -> None:
    boxes, painter = column.boxes, sheet.painter
    assert boxes is not None
    colours = ink(scale.anchors)
    places = levels(values, scale.low, scale.high)
    across, tall = boxes.width * sheet.view.zoom, boxes.height * sheet.view.zoom
    texts = [short(value) for value in values.tolist()]
    longest = max(map(len, texts), default=1)
    size = min(tall * 0.6, across * 1.5 / max(longest, 2), LARGEST_TYPE)
    if size < SMALLEST_TYPE:
        return
    painter.setFont(font(size))
    for index in seen:
        painter.setPen(colours[places[index]])
        rect = sheet.view.rect(boxes.box(index))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, texts[index])
