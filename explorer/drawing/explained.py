"""While input cells stamp: whose stamp it is, and which output cell is taken apart beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.geometry import Pair
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
NOTE_UP: Final = 9
"""How far above a board the base line of its sizes lies."""

translate = QCoreApplication.translate


def draw_explained(painter: QPainter, frame: Frame, widths: tuple[float, float]) -> None:
    """Say of both frames on the output which they are: the stamp, and the cell taken apart.

    That cell is marked here, unless it is pointed at: then it has its frame. `widths` are those of
    the output's title and of the line below it.
    """
    state, board = frame.state, frame.layout.output
    if board is None or frame.taken_apart is None or board.shown is not None:
        return
    if state.focus is not None and state.focus.board == "output":
        return
    stamp = QPen(QColor(frame.leading.focus_window), 2)
    dashed = QPen(QColor(frame.palette.accent), 2, Qt.PenStyle.CustomDashLine)
    dashed.setDashPattern([2, 1.5])
    # Of a small cell the frame lies around it, or nothing would be left to see.
    inset = 2.5 if board.cell >= SMALLEST_WITH_NUMBERS else -1.0
    here = board.cell_rect(*state.cell).adjusted(inset, inset, -inset, -inset)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (QPen(QColor(frame.palette.surface), 3), dashed):
        painter.setPen(pen)
        painter.drawRect(here)
    keys = [(dashed, _words(state.cell, explained=True), widths[0], TITLE_UP)]
    if frame.traced is None or (state.focus is not None and state.focus.board == "input"):
        keys.append((stamp, _words(state.stamper, explained=False), widths[1], NOTE_UP))
    right = frame.viewport.right() - GRID
    start = max(width for _, _, width, _ in keys) + 2 * GRID
    room = right - board.place.left() - start
    above = all(_width(words[-1]) <= room for _, words, _, _ in keys)
    # Else right of the legend, below the words on what `output_padding` adds.
    lower = (4 if any(output_padding(state)) else 2) * GRID
    for line, (pen, words, _, up) in enumerate(keys):
        corner = board.place.topLeft() + QPointF(start, -up)
        if not above:
            beside = legend_width(board) + 2 * GRID
            down = lower + line * 2 * GRID
            corner = board.place.bottomLeft() + QPointF(beside, down)
        _draw_key(painter, corner, words, pen, right - corner.x())


def _words(cell: Pair, *, explained: bool) -> tuple[str, ...]:
    """Return what a frame is, and shorter."""
    if explained:
        long = translate("canvas", "explained: output ({row}, {column})")
        short = translate("canvas", "output ({row}, {column})")
    else:
        long = translate("canvas", "stamp of input ({row}, {column})")
        short = translate("canvas", "stamp ({row}, {column})")
    return tuple(words.format(row=cell[0], column=cell[1]) for words in (long, short))


def _width(words: str) -> float:
    return SWATCH + GRID / 2 + width_of(words, font(SMALL))


def _draw_key(
    painter: QPainter, corner: QPointF, words: tuple[str, ...], pen: QPen, room: float
) -> None:
    """Write the first of `words` that fits behind a small frame, nothing where none does.

    `corner` is where the frame begins, on the base line of the words.
    """
    typeface = font(SMALL)
    room -= SWATCH + GRID / 2
    label = fitting_text(words, typeface, room)
    if width_of(label, typeface) > room:
        return
    painter.setPen(pen)
    painter.drawRect(QRectF(corner.x(), corner.y() - SWATCH + 1, SWATCH, SWATCH))
    painter.setFont(typeface)
    painter.setPen(pen.color())
    painter.drawText(corner + QPointF(SWATCH + GRID / 2, 0), label)
