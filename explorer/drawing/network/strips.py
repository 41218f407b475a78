"""Numbers in a row: strips of cells, with the numbers in them where there is room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.boards import Scale, font
from explorer.drawing.colour import ink, levels, picture, ramp
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
    tall = boxes.height * view.zoom
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if tall >= ROOM_FOR_A_GAP:
        places = levels(flat, scale.low, scale.high)
        colours = [QColor(*rgb) for rgb in ramp(scale.anchors)[places].tolist()]
        for index, rect in sheet.boxes(boxes):
            painter.fillRect(rect.adjusted(0, 0, 0, -1), colours[index])
    else:
        for number_, strip in enumerate(strips(column)):
            part = flat[number_ * boxes.rows : (number_ + 1) * boxes.rows, None]
            shown = picture(part, scale.anchors, scale.low, scale.high)
            painter.drawImage(sheet.sharp(strip), shown)
    if tall >= ROOM_FOR_A_NUMBER:
        _write_numbers(sheet, column, flat, scale, boxes.seen(sheet.seen))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.border), 1))
    for strip in strips(column):
        painter.drawRect(sheet.sharp(strip).adjusted(-1, -1, 0, 0))


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
