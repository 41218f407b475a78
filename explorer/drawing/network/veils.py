"""A veil over what has nothing to do with a cell, and frames around what has."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.core.geometry import Pair
from explorer.core.network.tracing import Region
from explorer.drawing.palette import Palette

VEIL = 0.62
MOST_FRAMES = 16
"""Of more parts of a map, only what is around them has a frame."""
MOST_BLOCKS = 64
"""With more rectangles than that in a map, only what is around them is drawn."""
Block = tuple[int, int, int, int]
"""First and last row, first and last column."""


class Veils:
    """Gathers what is veiled and what is framed, to be drawn at once."""

    def __init__(self) -> None:
        self._veils: list[QRect] = []
        self._parts = QPainterPath()
        self._frames: list[QRect] = []
        self._parts.setFillRule(Qt.FillRule.OddEvenFill)

    def frame(self, area: QRect) -> None:
        """Frame what is lit as a whole."""
        self._frames.append(area)

    def veil(self, area: QRect, lit: Sequence[QRect] = ()) -> None:
        """Veil an area but for the parts of it that are lit, which have frames."""
        if len(lit) <= MOST_FRAMES:
            self._frames += lit
        else:
            self._frames.append(lit[0].united(lit[-1]))
        if not lit:
            self._veils.append(area)
        elif len(lit) == 1:
            self._veils += _around(area, lit[0])
        else:
            for part in (area, *lit):
                self._parts.addRect(QRectF(part))

    def draw(self, painter: QPainter, palette: Palette) -> None:
        """Draw all of it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        cover = QColor(palette.surface)
        cover.setAlphaF(VEIL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(cover)
        painter.drawRects(self._veils)
        painter.fillPath(self._parts, cover)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.focus_window), 1))
        painter.drawRects(self._frames)


def _around(area: QRect, part: QRect) -> list[QRect]:
    """Return the up to four rectangles that an area is without a part that lies in it."""
    left, top, wide, tall = area.x(), area.y(), area.width(), area.height()
    x, y, w, h = part.x(), part.y(), part.width(), part.height()
    found = []
    if y > top:
        found.append(QRect(left, top, wide, y - top))
    if y + h < top + tall:
        found.append(QRect(left, y + h, wide, top + tall - y - h))
    if x > left:
        found.append(QRect(left, y, x - left, h))
    if x + w < left + wide:
        found.append(QRect(x + w, y, left + wide - x - w, h))
    return found


def within(area: QRect, block: Block, shape: Pair) -> QRect:
    """Return where a block of the cells of a map lies, on whole pixels."""
    top, bottom = (round(row * area.height() / shape[0]) for row in (block[0], block[1] + 1))
    left, right = (round(column * area.width() / shape[1]) for column in (block[2], block[3] + 1))
    x, y = area.x() + left, area.y() + top
    return QRect(x, y, max(right - left, 1), max(bottom - top, 1))


def blocks_of(region: Region) -> list[Block]:
    """Return the rectangles that a region consists of."""
    rows, columns = runs(region.rows), runs(region.columns)
    if len(rows) * len(columns) > MOST_BLOCKS:
        rows, columns = [(rows[0][0], rows[-1][1])], [(columns[0][0], columns[-1][1])]
    return [(*row, *column) for row in rows for column in columns]


def runs(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the first and the last of those that follow each other, in order."""
    found: list[tuple[int, int]] = []
    for value in numbers:
        if found and found[-1][1] == value - 1:
            found[-1] = (found[-1][0], value)
        else:
            found.append((value, value))
    return found
