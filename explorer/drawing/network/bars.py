"""The answer at the end: for each class a bar as long as it is likely."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from explorer.drawing.answer import THINNEST, percent
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.words import type_of, width
from explorer.drawing.palette import GRID, SMALL

LEAST_ROW = 4.0
ROOM_FOR_WORDS = 9.0
"""Height of a row in which a bar can be seen, and words can be read."""
LARGEST_TYPE = 15.0
THICK = 20.0
MOST_FOR_NAMES = 0.5


def draw_bars(sheet: Sheet, column: Column) -> None:
    """Draw name, bar and share of every class, or of the surest ones."""
    answer = sheet.scene.answer
    if answer is None or not column.bars:
        return
    shares = np.nan_to_num(answer.probabilities.astype(np.float64)).clip(0, 1)
    classes = classes_of(column, shares)
    highest = int(shares.argmax()) if np.isfinite(answer.probabilities).all() else -1
    row_height = column.bars[0].height() * sheet.view.zoom
    wide = column.bars[0].width() * sheet.view.zoom
    if row_height < LEAST_ROW or wide < 3 * GRID:
        return
    size = min(max(row_height * 0.5, min(SMALL, row_height)), LARGEST_TYPE)
    written = row_height >= ROOM_FOR_WORDS
    longest = max(width(name, size, bold=True) for name in answer.names) + GRID
    before = min(longest, wide * MOST_FOR_NAMES) if written else 0.0
    behind = width("99.9 %", size, bold=True) + GRID if written and wide >= 11 * GRID else 0.0
    thick = max(min(row_height * 0.6, THICK), 2.0)
    painter, palette = sheet.painter, sheet.palette
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, area in zip(classes, column.bars, strict=True):
        row = sheet.view.rect(area)
        first = number == highest
        colour = QColor(palette.accent if first else palette.muted)
        top, room = round(row.center().y() - thick / 2), max(wide - before - behind, 1.0)
        track = QRectF(row.left() + before, top, room, thick)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.sunken))
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(QColor(palette.accent if first else palette.control))
        track.setWidth(max(shares[number] * room, THINNEST))
        painter.drawRoundedRect(track, 2, 2)
        if not written:
            continue
        type_ = type_of(size, bold=first)
        painter.setFont(type_)
        painter.setPen(colour)
        label = QRectF(row.left(), row.top(), before - GRID / 2, row.height())
        name = answer.names[number]
        if width(name, size, first) > label.width():
            dots = Qt.TextElideMode.ElideRight
            name = QFontMetricsF(type_).elidedText(name, dots, label.width())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(label, middle | Qt.AlignmentFlag.AlignLeft, name)
        if behind:
            share = QRectF(row.right() - behind, row.top(), behind, row.height())
            words = percent(float(shares[number]))
            painter.drawText(share, middle | Qt.AlignmentFlag.AlignRight, words)


def classes_of(column: Column, shares: np.ndarray) -> list[int]:
    """Return which class each of the bars is for."""
    if len(column.bars) == len(shares):
        return list(range(len(shares)))
    surest = np.argsort(-shares, kind="stable")[: len(column.bars)]
    return [int(index) for index in surest]
