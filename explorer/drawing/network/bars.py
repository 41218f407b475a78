"""The answer at the end: for each class a bar as long as it is likely."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.drawing.answer import THINNEST, percent
from explorer.drawing.boards import font
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.palette import GRID, SMALL

PERCENT = 5.0 * GRID
"""Room for the share, behind the bar."""
MOST_FOR_NAMES = 0.5


def draw_bars(sheet: Sheet, column: Column) -> None:
    """Draw name, bar and share of every class, or of the surest ones."""
    answer = sheet.scene.answer
    if answer is None or not column.bars:
        return
    shares = np.nan_to_num(answer.probabilities.astype(np.float64)).clip(0, 1)
    classes = classes_of(column, shares)
    highest = int(shares.argmax()) if np.isfinite(answer.probabilities).all() else -1
    bold = QFontMetricsF(font(SMALL, QFont.Weight.DemiBold))
    zoom = sheet.view.zoom
    wide = column.bars[0].width() * zoom
    names = min(max(map(bold.horizontalAdvance, answer.names)) + GRID, wide * MOST_FOR_NAMES)
    painter, palette = sheet.painter, sheet.palette
    for number, area in zip(classes, column.bars, strict=True):
        row = sheet.view.rect(area)
        if row.height() < 4 or wide < 3 * GRID:
            continue
        first = number == highest
        written = row.height() >= 9
        behind = PERCENT if wide >= 11 * GRID and written else 0.0
        before = names if written else 0.0
        track = QRectF(row.left() + before, 0, max(wide - before - behind, 1), 0)
        thick = max(min(row.height() - 6, 14.0 * max(zoom, 1.0)), 2.0)
        track = QRectF(track.left(), round(row.center().y() - thick / 2), track.width(), thick)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.sunken))
        painter.drawRoundedRect(track, 2, 2)
        bar = QRectF(track)
        bar.setWidth(max(shares[number] * track.width(), THINNEST))
        painter.setBrush(QColor(palette.accent if first else palette.control))
        painter.drawRoundedRect(bar, 2, 2)
        if not written:
            continue
        weight = QFont.Weight.DemiBold if first else QFont.Weight.Normal
        painter.setFont(font(min(SMALL, row.height()), weight))
        painter.setPen(QColor(palette.accent if first else palette.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        name = bold.elidedText(answer.names[number], Qt.TextElideMode.ElideRight, before - 4)
        label = QRectF(row.left(), row.top(), before - 4, row.height())
        painter.drawText(label, middle | Qt.AlignmentFlag.AlignLeft, name)
        if behind:
            place = QRectF(track.right(), row.top(), behind, row.height())
            words = percent(float(shares[number]))
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, words)


def classes_of(column: Column, shares: np.ndarray) -> list[int]:
    """Return which class each of the bars is for."""
    if len(column.bars) == len(shares):
        return list(range(len(shares)))
    surest = np.argsort(-shares, kind="stable")[: len(column.bars)]
    return [int(index) for index in surest]
