"""What the columns hold: maps, numbers in a row, a folded layer, or nothing."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.core.cell import number
from explorer.core.layers import Array
from explorer.drawing.boards import (
    SMALLEST_WITH_NUMBERS,
    Scale,
    draw_lines,
    draw_values,
    fitting_text,
    font,
)
from explorer.drawing.colour import ink, levels, picture, ramp
from explorer.drawing.grid import Board
from explorer.drawing.network.glyphs import draw_glyph
from explorer.drawing.network.images import thinning
from explorer.drawing.network.layout import FOOT, Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.palette import GRID, RADIUS, SMALL

translate = QCoreApplication.translate

ROOM_FOR_A_NUMBER = 13.0
"""Height of a cell in which a number can be written."""
ROOM_FOR_A_GAP = 5.0
"""Height of a cell which can spare a line between itself and the next one."""
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
        _draw_foot(sheet, column, values)


def draw_maps(sheet: Sheet, column: Column, values: Array) -> None:
    """Draw those maps that can be seen, with numbers where there is room for them."""
    boxes, view, painter = column.boxes, sheet.view, sheet.painter
    assert boxes is not None
    h, w = boxes.shape
    shown = values[: boxes.count].reshape(boxes.count, h, w)
    scales = sheet.scales(column.place, values)
    cell = boxes.cell_size * view.zoom
    seen = sheet.boxes(boxes)
    if cell < SMALLEST_WITH_NUMBERS:
        ratio = painter.device().devicePixelRatio()
        thin = thinning(cell * ratio, min(h, w))
        images = sheet.images.maps(values, scales, thin, boxes.count)
        smooth = cell * ratio < SMOOTH_BELOW
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for index, rect in seen:
            painter.drawImage(rect, images[index])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    else:
        for index, _ in seen:
            corner = view.rect(boxes.box(index)).topLeft()
            board = Board(corner.x(), corner.y(), cell, (h, w))
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
    painter.setFont(font(SMALL))
    painter.setPen(QColor(sheet.palette.muted))
    for index, rect in seen:
        painter.drawText(rect.topLeft() - QPoint(0, 3), str(index))


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
    seen = boxes.seen(sheet.seen)
    if tall >= ROOM_FOR_A_NUMBER:
        _write_numbers(sheet, column, flat, scale, seen)
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
    size = min(tall * 0.6, across * 1.5 / max(longest, 2), 15.0)
    if size < 7:
        return
    painter.setFont(font(size))
    for index in seen:
        painter.setPen(colours[places[index]])
        rect = sheet.view.rect(boxes.box(index))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, texts[index])


def short(value: float) -> str:
    """Return a number in three digits that count."""
    return number(float(f"{value:.3g}"))


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


def _draw_foot(sheet: Sheet, column: Column, values: Array | None) -> None:
    """Write below a column how many more there are, and else from where to where it goes."""
    room = column.width * sheet.view.zoom + 2 * GRID
    if column.more:
        full = translate("network", "+{count} more").format(count=f"{column.more:,}")
        words: tuple[str, ...] = (full, f"+{column.more}")
    elif values is not None and values.size and column.place >= 0:
        low, high = sheet.images.limits(values)
        words = (f"{short(low)} … {short(high)}",)
    else:
        return
    body = sheet.view.rect(column.body)
    place = QRectF(body.center().x() - room / 2, body.bottom() + 3, room, FOOT - 3)
    text = fitting_text((*words, ""), font(SMALL), room)
    sheet.painter.setFont(font(SMALL))
    sheet.painter.setPen(QColor(sheet.palette.muted))
    top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter
    sheet.painter.drawText(place, top, text)


def draw_slim(sheet: Sheet, column: Column) -> None:
    """Draw a folded layer: a bar for each of its maps, as long as the map is active."""
    painter, palette = sheet.painter, sheet.palette
    body = QRectF(sheet.sharp(column.body))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(QColor(palette.ghost))
    painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS / 2, RADIUS / 2)
    values = sheet.scene.values(column.place)
    if values is None or not values.size:
        return
    shares = activity(values)
    inside = body.adjusted(4, 6, -4, -6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    step = min(inside.height() / len(shares), GRID)
    top = inside.center().y() - step * len(shares) / 2
    thick = step - 1 if step >= 3 else step
    for index, share in enumerate(shares.tolist()):
        bar = QRectF(inside.left(), top + index * step, max(share * inside.width(), 1), thick)
        painter.fillRect(bar, QColor(palette.control))


def activity(values: Array, most: int = 128) -> np.ndarray:
    """Return how far each map is from zero on the whole, 0 to 1; of very many some together."""
    flat = np.abs(np.nan_to_num(values.reshape(len(values), -1))).astype(np.float64)
    strengths = flat.mean(axis=1)
    if len(strengths) > most:
        strengths = np.array([part.max() for part in np.array_split(strengths, most)])
    highest = strengths.max(initial=0.0)
    result: np.ndarray = strengths / highest if highest > 0 else strengths
    return result


def draw_empty(sheet: Sheet, column: Column) -> None:
    """Draw a layer that nothing comes out of: the one that does not fit, or one behind it."""
    painter, palette = sheet.painter, sheet.palette
    broken = column.place == sheet.scene.breaks
    body = QRectF(sheet.sharp(column.body)).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(palette.warning if broken else palette.border), 1.5 if broken else 1)
    pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(QColor(palette.warning_soft) if broken else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(body, RADIUS / 2, RADIUS / 2)
    if not broken:
        return
    draw_glyph(painter, "warning", body.center(), palette.warning)
    words = translate("network", "does not fit")
    type_ = font(SMALL)
    wide = QFontMetricsF(type_).horizontalAdvance(words)
    place = QRectF(body.center().x() - wide, body.bottom() + 4, 2 * wide, 2 * GRID)
    painter.setFont(type_)
    painter.setPen(QColor(palette.warning))
    painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
