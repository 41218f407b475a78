"""Grids of numbers: cells in colour, digits that can be read on them, padding, legends."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QLinearGradient, QPainter, QPen

from explorer.core.cell import number
from explorer.core.layers import Array
from explorer.drawing.colour import LEVELS, ink, levels, picture, ramp
from explorer.drawing.layout import Board
from explorer.drawing.palette import GRID, HEADING, SMALL, Palette

SMALLEST_WITH_NUMBERS: Final = 22.0
SMALLEST_WITH_GRID: Final = 6.0


@dataclass(frozen=True)
class Scale:
    """How numbers become colours: a ramp and the range that it spans."""

    anchors: tuple[str, ...]
    low: float
    high: float


def font(pixels: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the application's typeface at a size in pixels, with digits of one width."""
    made = QFont()
    made.setPixelSize(max(1, round(pixels)))
    made.setWeight(weight)
    if hasattr(made, "setFeature"):
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def draw_values(
    painter: QPainter, board: Board, values: Array, scale: Scale, visible: QRectF
) -> None:
    """Draw `values` (h, w) with its top left cell at row 0, column 0 of `board`."""
    h, w = values.shape
    place = board.cell_rect(0, 0, h, w)
    painter.drawImage(place, picture(values, scale.anchors, scale.low, scale.high))
    if board.cell >= SMALLEST_WITH_NUMBERS:
        _draw_numbers(painter, board, values, scale, visible)


def _draw_numbers(
    painter: QPainter, board: Board, values: Array, scale: Scale, visible: QRectF
) -> None:
    places, colours = levels(values, scale.low, scale.high), ink(scale.anchors)
    texts = [[number(v) for v in row] for row in values.tolist()]
    longest = max(len(t) for row in texts for t in row)
    painter.setFont(font(min(board.cell * 0.36, board.cell * 1.45 / max(longest, 2), 17)))
    for (row, column), place in np.ndenumerate(places):
        rect = board.cell_rect(row, column)
        if rect.intersects(visible):
            painter.setPen(colours[place])
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, texts[row][column])


def draw_grid(painter: QPainter, board: Board, palette: Palette) -> None:
    """Draw the lines between the cells of `board`, where there is room for them."""
    if board.cell >= SMALLEST_WITH_GRID:
        line = QColor(palette.border)
        line.setAlphaF(min(1.0, board.cell / 24))
        _draw_lines(painter, board, line)
    painter.setPen(QPen(QColor(palette.control), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(board.rect)


def _draw_lines(painter: QPainter, board: Board, line: QColor) -> None:
    """Draw the inner lines one pixel wide; without antialiasing they are sharp, and fast."""
    rect, (rows, columns) = board.rect, board.shape
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for i in range(1, rows):
        y = rect.top() + i * board.cell
        painter.fillRect(QRectF(rect.left(), y - 0.5, rect.width(), 1), line)
    # Upright lines are painted row by row, which takes Qt 50 times as long. So all of them are one
    # row of pixels, drawn out to the height of the board.
    ratio = painter.device().devicePixelRatio()
    left, right = floor(rect.left() * ratio), ceil(rect.right() * ratio)
    row = QImage(right - left, 1, QImage.Format.Format_ARGB32_Premultiplied)
    row.fill(Qt.GlobalColor.transparent)
    for j in range(1, columns):
        row.setPixelColor(round((rect.left() + j * board.cell) * ratio) - left, 0, line)
    place = QRectF(left / ratio, rect.top(), (right - left) / ratio, rect.height())
    painter.drawImage(place, row)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def draw_padding(painter: QPainter, board: Board, palette: Palette, inside: QRectF) -> None:
    """Fill `board` as padding up to `inside` and as overhang beyond it, each with its hatch."""
    for place, name, pattern in (
        (board.rect, palette.control, Qt.BrushStyle.DiagCrossPattern),
        (inside, palette.padding, Qt.BrushStyle.BDiagPattern),
    ):
        painter.fillRect(place, QColor(palette.sunken))
        hatch = QColor(name)
        hatch.setAlphaF(0.45)
        painter.fillRect(place, QBrush(hatch, pattern))


def draw_title(painter: QPainter, board: Board, title: str, note: str, palette: Palette) -> None:
    """Write a title above `board`, and its sizes in a smaller line below the title."""
    corner = board.rect.topLeft()
    painter.setFont(font(HEADING, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.text))
    painter.drawText(corner - QPointF(0, 26), title)
    painter.setFont(font(12))
    painter.setPen(QColor(palette.muted))
    painter.drawText(corner - QPointF(0, 9), note)


def draw_legend(painter: QPainter, board: Board, scale: Scale, palette: Palette) -> None:
    """Draw the colours below `board` with their smallest number, zero and largest number."""
    rect = board.rect
    bar = QRectF(
        rect.left(), rect.bottom() + 1.25 * GRID, min(max(rect.width(), 96.0), 176.0), GRID
    )
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    table = ramp(scale.anchors)
    for i in range(0, LEVELS, 15):
        gradient.setColorAt(i / (LEVELS - 1), QColor(*(int(c) for c in table[i])))
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(QBrush(gradient))
    painter.drawRoundedRect(bar, 3, 3)
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.muted))
    below = QRectF(bar.left(), bar.bottom() + 2, bar.width(), 2 * GRID)
    painter.drawText(below, Qt.AlignmentFlag.AlignLeft, number(scale.low))
    painter.drawText(below, Qt.AlignmentFlag.AlignRight, number(scale.high))
    if scale.low < 0 < scale.high and bar.width() > 100:
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, "0")
