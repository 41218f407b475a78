"""A colour for every weight: on the kernel, and on the cell that it meets."""

from itertools import product

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.geometry import Pair
from explorer.core.scene import LabState
from explorer.drawing.grid import Board

THICKEST = 3.0


def tint(tap: Pair, shape: Pair) -> QColor:
    """Return the colour of a weight: once around the wheel of hues, row by row."""
    number, count = tap[0] * shape[1] + tap[1], shape[0] * shape[1]
    return QColor.fromHsvF(number / count, 0.85, 0.85)


def draw_tints(painter: QPainter, board: Board) -> None:
    """Frame each cell of a kernel, or of the numbers under it, in the colour of its weight."""
    for tap in product(range(board.shape[0]), range(board.shape[1])):
        _frame(painter, board.cell_rect(*tap), tint(tap, board.shape))


def draw_tinted_window(
    painter: QPainter, state: LabState, board: Board, top: float, left: float
) -> None:
    """Frame the cells under a window that begins at (top, left) in the colours of the weights."""
    rows, columns = (
        [position - min(axis.window(0)) for position in axis.window(0)] for axis in state.axes
    )
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        colour = tint((i, j), (len(rows), len(columns)))
        _frame(painter, board.cell_rect(top + row, left + column), colour)


def _frame(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    width = min(THICKEST, rect.width() / 5)
    inset = width / 2 + 0.5
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width))
    painter.drawRect(rect.adjusted(inset, inset, -inset, -inset))
