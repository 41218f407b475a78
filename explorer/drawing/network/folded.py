"""Columns without maps: a layer that is folded, one that does not fit, and those behind it."""

from __future__ import annotations

from math import inf

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.network.glyphs import draw_glyph
from explorer.drawing.network.hit import header_rect
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.words import fitting, write
from explorer.drawing.palette import GRID, RADIUS

translate = QCoreApplication.translate

MOST_PARTS = 128
"""So many bars there are at most in a folded layer."""


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
    shares = sheet.images.kept(values, activity)
    inside = body.adjusted(4, 6, -4, -6)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    step = min(inside.height() / len(shares), GRID)
    top = inside.center().y() - step * len(shares) / 2
    thick = step - 1 if step >= 3 else step
    for index, share in enumerate(shares.tolist()):
        bar = QRectF(inside.left(), top + index * step, max(share * inside.width(), 1), thick)
        painter.fillRect(bar, QColor(palette.control))


def activity(values: Array) -> np.ndarray:
    """Return how far each map is from zero on the whole, 0 to 1; of very many some together."""
    flat = np.abs(np.nan_to_num(values.reshape(len(values), -1))).astype(np.float64)
    strengths = flat.mean(axis=1)
    if len(strengths) > MOST_PARTS:
        strengths = np.array([part.max() for part in np.array_split(strengths, MOST_PARTS)])
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
    # Where it would lie on the maps beside it, the sign and the header say it alone.
    room = header_rect(sheet.layout, sheet.view, column, inf).width() - GRID / 2
    words, size = fitting((translate("network", "does not fit"),), room)
    line = QRectF(body.center().x() - room / 2, body.bottom() + 4, room, 2 * GRID - 2)
    write(painter, line, words, palette.warning, size)
