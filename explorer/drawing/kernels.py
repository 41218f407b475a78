"""The kernels of a layer as a gallery of small boards, all on one scale."""

from math import ceil
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.layers import Array
from explorer.drawing.boards import font
from explorer.drawing.colour import picture, span
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID, SMALL, Palette

GAP: Final = GRID + GRID // 2
CAPTION: Final = 2 * GRID


def gallery(count: int, kernel: tuple[int, int], width: float, height: float) -> list[Board]:
    """Lay `count` kernels of a size (h, w) out in rows, as large as the place allows."""
    best: list[Board] = []
    for columns in range(1, count + 1):
        rows = ceil(count / columns)
        across = (width - (columns - 1) * GAP) / (columns * kernel[1])
        down = (height - rows * CAPTION - (rows - 1) * GAP) / (rows * kernel[0])
        cell = min(across, down)
        if best and cell <= best[0].cell:
            continue
        step = kernel[1] * cell + GAP, kernel[0] * cell + CAPTION + GAP
        left = (width - columns * step[0] + GAP) / 2
        best = [
            Board(left + i % columns * step[0], i // columns * step[1], cell, kernel)
            for i in range(count)
        ]
    return best


def draw_kernels(painter: QPainter, weight: Array, palette: Palette, place: QRectF) -> None:
    """Draw the first input channel's slice of every kernel of `weight` (out, in, h, w)."""
    count, _, h, w = weight.shape
    # One picture of all kernels, one below the other: each board shows a part of it.
    column = weight[:, 0].reshape(count * h, w)
    every = picture(column, palette.map_weight, *span(weight, signed=True))
    frame, ink = QPen(QColor(palette.border), 1), QColor(palette.muted)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font(SMALL))
    for number, board in enumerate(gallery(count, (h, w), place.width() - 1, place.height())):
        if board.cell <= 0:
            return
        painter.drawImage(board.rect, every, QRectF(0, number * h, w, h))
        painter.setPen(frame)
        painter.drawRect(board.rect)
        painter.setPen(ink)
        below = QRectF(board.rect.left(), board.rect.bottom(), board.rect.width(), CAPTION)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(number))
