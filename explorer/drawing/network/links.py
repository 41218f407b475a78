"""What leads from a column to the next: a ribbon, and lines to a channel from those it reads."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.core.network.state import PICTURE
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.palette import GRID

INSET = GRID / 2
"""Between a ribbon and what it leads to."""
LINE_OPACITY = 0.7


def draw_ribbons(sheet: Sheet) -> None:
    """Draw a pale ribbon from each column to the next; a broken line to what does not fit."""
    painter, palette = sheet.painter, sheet.palette
    seen = sheet.seen
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for before, after in pairwise(sheet.layout.columns):
        if after.x < seen.left() or before.x + before.width > seen.right():
            continue
        left, right = sheet.view.rect(before.body), sheet.view.rect(after.body)
        if sheet.scene.shape(before.place) is None or sheet.scene.shape(after.place) is None:
            _draw_broken(sheet, left, right)
            continue
        painter.fillPath(ribbon(left, right), QColor(palette.ghost))


def _draw_broken(sheet: Sheet, left: QRectF, right: QRectF) -> None:
    pen = QPen(QColor(sheet.palette.border), 1, Qt.PenStyle.DashLine)
    sheet.painter.setPen(pen)
    y = left.center().y()
    start, end = QPointF(left.right() + INSET, y), QPointF(right.left() - INSET, y)
    if start.x() < end.x():
        sheet.painter.drawLine(start, end)


def ribbon(left: QRectF, right: QRectF) -> QPainterPath:
    """Return the outline from the right side of an area to the left side of another."""
    x, end = left.right() + INSET, right.left() - INSET
    path = QPainterPath()
    if x >= end:
        return path
    half = (end - x) / 2
    path.moveTo(x, left.top())
    path.cubicTo(x + half, left.top(), end - half, right.top(), end, right.top())
    path.lineTo(end, right.bottom())
    path.cubicTo(end - half, right.bottom(), x + half, left.bottom(), x, left.bottom())
    path.closeSubpath()
    return path


def draw_lines_to(sheet: Sheet, place: int, channel: int, channels: frozenset[int]) -> None:
    """Draw lines to a channel from the channels of the column before it that it reads."""
    target = sheet.layout.map_rect(place, channel)
    if place == PICTURE or target is None:
        return
    before = sheet.layout.column(place - 1)
    end_area = sheet.view.rect(target)
    end = QPointF(end_area.left(), end_area.center().y())
    colour = QColor(sheet.palette.focus_window)
    colour.setAlphaF(LINE_OPACITY)
    painter = sheet.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for start in starts(sheet, before, channels):
        if start.x() >= end.x():
            continue
        half = (end.x() - start.x()) / 2
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(half, 0), end - QPointF(half, 0), end)
        painter.setPen(QPen(colour, 1))
        painter.drawPath(path)


def starts(sheet: Sheet, before: Column, channels: frozenset[int]) -> list[QPointF]:
    """Return where the lines begin: at the map itself, or of many at the edge of their column."""
    boxes = before.boxes
    if boxes is None:
        body = sheet.view.rect(before.body)
        return [QPointF(body.right(), body.center().y())]
    shown = sorted(channel for channel in channels if channel < boxes.count)
    if before.content.kind == "numbers" and len(shown) > 1:
        return _strip_ends(sheet, before, shown)
    areas = [sheet.view.rect(boxes.box(channel)) for channel in shown]
    if len(areas) == 1:
        return [QPointF(areas[0].right(), areas[0].center().y())]
    edge = sheet.view.rect(before.body).right()
    rows = sorted({area.center().y() for area in areas})
    return [QPointF(edge, y) for y in rows]


MOST_LINES = 24


def _strip_ends(sheet: Sheet, before: Column, shown: list[int]) -> list[QPointF]:
    """Return points at the right edge of a strip, of very many numbers only some."""
    boxes = before.boxes
    assert boxes is not None
    edge = sheet.view.rect(before.body).right()
    rows = sorted({index % boxes.rows for index in shown})
    step = max(len(rows) // MOST_LINES, 1)
    height = boxes.height * sheet.view.zoom
    top = sheet.view.rect(before.body).top()
    return [QPointF(edge, top + (row + 0.5) * height) for row in rows[::step]]
