"""What the columns hold: maps, numbers in a row, a folded layer, or nothing."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.boards import draw_lines, draw_values
from explorer.drawing.grid import Board
from explorer.drawing.network.feet import draw_foot
from explorer.drawing.network.folded import draw_empty, draw_slim
from explorer.drawing.network.images import thinning
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.strips import draw_numbers, strips
from explorer.drawing.network.words import type_of
from explorer.drawing.palette import SMALL

ROOM_FOR_A_NUMBER = 26.0
"""Side of a cell in which a number can be read."""
ROOM_FOR_LINES = 14.0
"""Side of a cell that can be told from its neighbours by a line."""
NEARLY = 0.01
ROOM_FOR_A_CAPTION = 13.0
SMOOTH_BELOW = 3.0
"""Pixels of a cell below which its edges are softened: they could not all be equally wide."""


def draw_column(sheet: Sheet, column: Column) -> None:
    """Draw what a column holds, and the line below it."""
    kind = column.content.kind
    if kind == "slim":
        draw_slim(sheet, column)
    elif kind == "empty":
        draw_empty(sheet, column)
    else:
        values = sheet.scene.values(column.place)
        if values is None:
            _draw_ghosts(sheet, column)
        elif kind == "numbers":
            draw_numbers(sheet, column, values)
        else:
            draw_maps(sheet, column, values)
        draw_foot(sheet, column, values)


def draw_maps(sheet: Sheet, column: Column, values: Array) -> None:
    """Draw those maps that can be seen, with numbers where there is room for them."""
    boxes, view, painter = column.boxes, sheet.view, sheet.painter
    assert boxes is not None
    h, w = boxes.shape
    shown = values[: boxes.count].reshape(boxes.count, h, w)
    scales = sheet.scales(column.place, values)
    cell = boxes.cell_size * view.zoom
    seen = sheet.boxes(boxes)
    square = abs(h * boxes.width - w * boxes.height) < NEARLY
    if cell < ROOM_FOR_A_NUMBER or not square:
        ratio = painter.device().devicePixelRatio()
        thin = thinning(cell * ratio, min(h, w))
        images = sheet.images.maps(values, scales, thin, boxes.count)
        smooth = cell * ratio < SMOOTH_BELOW
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for index, rect in seen:
            painter.drawImage(rect, images[index])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    if cell >= ROOM_FOR_LINES and square:
        for index, _ in seen:
            corner = view.rect(boxes.box(index)).topLeft()
            board = Board(corner.x(), corner.y(), cell, (h, w))
            if cell >= ROOM_FOR_A_NUMBER:
                draw_values(painter, board, shown[index], scales[index % len(scales)], sheet.body)
            draw_lines(painter, board, sheet.palette, sheet.body)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(sheet.palette.border), 1))
    painter.drawRects([rect for _, rect in seen])
    if boxes.gap[0] * view.zoom >= ROOM_FOR_A_CAPTION and boxes.count > 1:
        _draw_captions(sheet, seen)


def _draw_captions(sheet: Sheet, seen: list[tuple[int, QRect]]) -> None:
    painter = sheet.painter
    painter.setFont(type_of(SMALL))
    painter.setPen(QColor(sheet.palette.muted))
    for index, rect in seen:
        painter.drawText(rect.topLeft() - QPoint(0, 3), str(index))


def _draw_ghosts(sheet: Sheet, column: Column) -> None:
    """Draw boxes where it is not known what came out."""
    boxes, painter = column.boxes, sheet.painter
    assert boxes is not None
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(QColor(sheet.palette.ghost))
    painter.setPen(QPen(QColor(sheet.palette.border), 1))
    if column.content.kind == "numbers":
        areas = strips(column)
    else:
        areas = [boxes.box(index) for index in boxes.seen(sheet.seen)]
    painter.drawRects([sheet.sharp(area) for area in areas])
