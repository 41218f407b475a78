"""While input cells stamp: which output cell is the one that is taken apart beside the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.drawing.boards import (
    SMALLEST_WITH_NUMBERS,
    TITLE_UP,
    fitting_text,
    font,
    legend_width,
    width_of,
)
from explorer.drawing.palette import GRID, SMALL
from explorer.drawing.stamping import output_padding

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

SWATCH: Final = 10.0
"""Side of the small frame beside the words."""

translate = QCoreApplication.translate


def draw_explained(painter: QPainter, frame: Frame, title: float) -> None:
    """Mark the output cell that is taken apart beside the canvas, and say which it is.

    Unless it is pointed at: then it has its frame. `title` is the width of the output's.
    """
    state, board, colour = frame.state, frame.layout.output, QColor(frame.palette.accent)
    if board is None or frame.taken_apart is None or board.shown is not None:
        return
    if state.focus is not None and state.focus.board == "output":
        return
    dashed = QPen(colour, 2, Qt.PenStyle.CustomDashLine)
    dashed.setDashPattern([2, 1.5])
    # Of a small cell the frame lies around it, or nothing would be left to see.
    inset = 2.5 if board.cell >= SMALLEST_WITH_NUMBERS else -1.0
    here = board.cell_rect(*state.cell).adjusted(inset, inset, -inset, -inset)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(frame.palette.surface), 3), dashed):
        painter.setPen(pen)
        painter.drawRect(here)
    where = translate("canvas", "({row}, {column})").format(row=state.cell[0], column=state.cell[1])
    words = translate("canvas", "This cell: {cell}").format(cell=where), where
    corner = board.place.topLeft() + QPointF(title + 2 * GRID, -TITLE_UP)
    if not _draw_key(painter, frame, corner, words):
        # Right of the legend, below the words on what `output_padding` adds.
        down = (4 if any(output_padding(state)) else 2) * GRID
        corner = board.place.bottomLeft() + QPointF(legend_width(board) + 2 * GRID, down)
        _draw_key(painter, frame, corner, words)


def _draw_key(painter: QPainter, frame: Frame, corner: QPointF, words: tuple[str, ...]) -> bool:
    """Write the first of `words` that fits behind a small dashed frame, and tell whether one did.

    `corner` is where the frame begins, on the base line of the words.
    """
    typeface = font(SMALL)
    start = corner + QPointF(SWATCH + GRID / 2, 0)
    room = frame.viewport.right() - GRID - start.x()
    label = fitting_text(words, typeface, room)
    if width_of(label, typeface) > room:
        return False
    painter.drawRect(QRectF(corner.x(), corner.y() - SWATCH + 1, SWATCH, SWATCH))
    painter.setFont(typeface)
    painter.setPen(QColor(frame.palette.accent))
    painter.drawText(start, label)
    return True
