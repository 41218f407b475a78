"""The cells that are held: each has a colour, and a number where there are several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.scene import Focus, LabState
from explorer.core.trace import Trace, trace
from explorer.drawing.boards import font
from explorer.drawing.layout import Layout, kernel_boards
from explorer.drawing.palette import SMALL, Palette
from explorer.drawing.tracing import outline

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

RADIUS: Final = 8.5
"""Of the number of a pin, in pixels."""


def pin_colour(palette: Palette, number: int) -> str:
    """Return the colour of the pin with a number, counted from 0."""
    return palette.pins[number % len(palette.pins)]


def draw_pins(painter: QPainter, frame: Frame) -> None:
    """Frame the cells that are held, and around what they have to do with.

    The one in focus, which is explained, has its frame already; its number is a filled disc.
    """
    state, layout = frame.state, frame.layout
    numbers: list[tuple[QPointF, str, Palette, bool]] = []
    for number, pin in enumerate(state.pins):
        palette = replace(frame.palette, focus_window=pin_colour(frame.palette, number))
        explained = pin == state.focus
        around: list[QRectF] = []
        cells = list(_cells(state, layout, pin))
        if not explained:
            around = list(_blocks(state, layout, pin, trace(state.layer, state.size, pin)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.focus_window), 2, Qt.PenStyle.DashLine))
            painter.drawRects(around)
            for cell in cells:
                outline(painter, cell, palette)
        # Above a board stands its title, so they are below; a cell's is not where a block's is.
        corners = [cell.bottomRight() for cell in cells] + [block.bottomLeft() for block in around]
        numbers += [(corner, str(number + 1), palette, explained) for corner in corners]
    if len(state.pins) > 1:
        for corner, text, palette, explained in numbers:
            _draw_number(painter, corner, text, palette, filled=explained)


def _cells(state: LabState, layout: Layout, pin: Focus) -> Iterator[QRectF]:
    """Yield where the cell itself lies, where it is shown at all."""
    if pin.board == "output":
        if layout.output is not None and pin.channel == state.channel:
            yield layout.output.cell_rect(*pin.cell)
    elif pin.board == "input":
        board = layout.input[pin.channel]
        if board.index(pin.cell) is not None:
            yield board.cell_rect(*pin.cell)
    else:
        for channel, board in kernel_boards(state, layout):
            if channel == pin.channel:
                yield board.cell_rect(*pin.cell)


def _blocks(state: LabState, layout: Layout, pin: Focus, traced: Trace) -> Iterator[QRectF]:
    """Yield the blocks that the cells lie in that it has to do with."""
    if pin.board == "output":
        boards = [layout.input[channel] for channel in state.read_channels]
        rows, columns = traced.rows.inputs, traced.columns.inputs
    else:
        rows, columns = traced.rows.outputs, traced.columns.outputs
        reads = pin.board == "input" and pin.channel in state.read_channels
        reads = reads and layout.input[pin.channel].index(pin.cell) is not None
        boards = [layout.output] if reads and layout.output is not None else []
    for board in boards:
        if (block := board.around(rows, columns)) is not None:
            yield block


def _draw_number(
    painter: QPainter, middle: QPointF, text: str, palette: Palette, *, filled: bool
) -> None:
    """Draw a disc with a number."""
    colour, ground = QColor(palette.focus_window), QColor(palette.surface)
    painter.setPen(QPen(ground if filled else colour, 1.5))
    painter.setBrush(colour if filled else ground)
    painter.drawEllipse(middle, RADIUS, RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(font(SMALL, QFont.Weight.DemiBold))
    painter.setPen(ground if filled else colour)
    disc = QRectF(middle.x() - RADIUS, middle.y() - RADIUS, 2 * RADIUS, 2 * RADIUS)
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, text)
