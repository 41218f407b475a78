"""The line below a column: how many maps are not shown, or from where to where its numbers go."""

from __future__ import annotations

from math import inf, isfinite

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.colour import LEVELS, ramp
from explorer.drawing.network.hit import header_rect
from explorer.drawing.network.layout import Column
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.words import fitting, short, width, write
from explorer.drawing.palette import GRID, SMALL

translate = QCoreApplication.translate

LEGEND = 3.0 * GRID
"""Width of the colours between the smallest and the largest number."""
ROOM_FOR_A_LEGEND = 10.0 * GRID
NOTHING = 1e-12
"""What the highest of numbers that are not above zero is taken for."""


def draw_foot(sheet: Sheet, column: Column, values: Array | None) -> None:
    """Write below a column how many more there are, and else from where to where it goes."""
    header = header_rect(sheet.layout, sheet.view, column, inf)
    room = header.width() - GRID / 2
    body = sheet.view.rect(column.body)
    line = QRectF(body.center().x() - room / 2, body.bottom() + 4, room, 2 * GRID - 2)
    if column.more:
        full = translate("network", "+{count} more").format(count=f"{column.more:,}")
        text, size = fitting((full, f"+{column.more}"), room)
        write(sheet.painter, line, text, sheet.palette.muted, size)
    elif values is not None and values.size and column.place >= 0:
        _draw_ends(sheet, column, values, line)


def _draw_ends(sheet: Sheet, column: Column, values: Array, line: QRectF) -> None:
    """Write the smallest and the largest number, with the colours between them if there is room."""
    low, high = sheet.images.limits(values)
    ends = short(low), short(0.0 if high <= NOTHING else high)
    painter, palette = sheet.painter, sheet.palette
    if ends[0] == ends[1]:
        full = translate("network", "all {number}").format(number=ends[0])
        text, size = fitting((full, ends[0]), line.width())
        write(painter, line, text, palette.muted, size)
        return
    before, behind = (width(text) for text in ends)
    whole = before + behind + LEGEND + GRID
    if whole > line.width() or line.width() < ROOM_FOR_A_LEGEND:
        limit = short(max(abs(low), abs(high)))
        forms = (" … ".join(ends), "…".join(ends), *((f"±{limit}",) if low < 0 < high else ()))
        text, size = fitting(forms, line.width())
        write(painter, line, text, palette.muted, size)
        return
    left = line.center().x() - whole / 2
    bar = QRectF(left + before + GRID / 2, line.center().y() - 3, LEGEND, 6)
    (scale,) = sheet.scales(column.place, values)
    span = (scale.high - scale.low) or 1.0
    table, colours = ramp(scale.anchors), QLinearGradient(bar.topLeft(), bar.topRight())
    for step in range(9):
        share = (low + (high - low) * step / 8 - scale.low) / span
        level = min(max(int(share * (LEVELS - 1)), 0), LEVELS - 1) if isfinite(share) else 0
        colours.setColorAt(step / 8, QColor(*table[level].tolist()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(colours)
    painter.drawRoundedRect(bar, 2, 2)
    write(painter, QRectF(left, line.top(), before, line.height()), ends[0], palette.muted, SMALL)
    right = QRectF(bar.right() + GRID / 2, line.top(), behind, line.height())
    write(painter, right, ends[1], palette.muted, SMALL)
