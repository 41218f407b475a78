"""The stamps of one input cell: its number, times the kernel, and what comes of it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.core.cell import number
from explorer.core.geometry import AnyAxis, TransposedAxis
from explorer.core.layers import Array
from explorer.core.scene import LabState
from explorer.core.stamping import stamps
from explorer.core.trace import Trace
from explorer.drawing.bench import draw_operator, draw_result
from explorer.drawing.boards import draw_caption, draw_grid, draw_title, draw_values, font, width_of
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID
from explorer.drawing.slices import above, light_slices
from explorer.drawing.stamping import cropped_brush

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

translate = QCoreApplication.translate


def draw_stamp_bench(painter: QPainter, frame: Frame) -> None:
    """Draw the arithmetic of the cell that stamps; the kernel is there already."""
    state, layout = frame.state, frame.layout
    if frame.evaluation.output is None:
        return
    focus = state.focus if frame.traced is not None else None
    beside = focus is not None and focus.board != "input"
    if beside and frame.traced is not None:
        light_slices(painter, frame, *_used_taps(state, frame.traced))
    lit = frame
    if beside:
        frame = frame.beside_the_point
    scaled = stamps(state)
    for line, channel in enumerate(state.read_channels):
        _draw_line(painter, frame, line, channel, scaled[line])
    _draw_titles(painter, frame)
    if layout.total is not None:
        _draw_total(painter, frame, layout.total, scaled)
    if focus is not None and focus.board == "output":
        _draw_traced(painter, lit)
    else:
        _draw_words(painter, frame)


def _used_taps(state: LabState, traced: Trace) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the rows and columns of the traced weights.

    Of an output cell those alone that real cells meet.
    """
    rows, columns = traced.rows.taps, traced.columns.taps
    if state.focus is None or state.focus.board != "output":
        return rows, columns
    down, across = (
        [axis.source(position) is not None for position in axis.window(at)]
        for axis, at in zip(state.axes, state.focus.cell, strict=True)
    )
    return tuple(i for i in rows if down[i]), tuple(j for j in columns if across[j])


def _draw_line(painter: QPainter, frame: Frame, line: int, channel: int, stamp: Array) -> None:
    """Draw what one input channel stamps: its cell, the slice and their product."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    board, kernel = layout.window[line], layout.kernel[line]
    value = state.input[(channel, *state.stamper)].reshape(1, 1)
    draw_values(painter, board, value, frame.value_scales[channel], frame.viewport)
    draw_grid(painter, board, palette, frame.viewport)
    draw_operator(painter, board.rect, kernel.x, "·", palette)
    draw_operator(painter, kernel.rect, layout.stamp[line].x, "=", palette)
    _draw_stamp(painter, frame, layout.stamp[line], stamp)
    if len(layout.kernel) > 1:
        name = translate("canvas", "channel {channel}").format(channel=channel)
        draw_caption(painter, kernel, name, palette.muted)


def _draw_stamp(painter: QPainter, frame: Frame, board: Board, stamp: Array) -> None:
    """Draw numbers that are added to the output, hatched where they are cropped."""
    state = frame.state
    draw_values(painter, board, stamp, frame.output_scale, frame.viewport)
    hatch = cropped_brush(frame.palette)
    down, across = (
        [0 <= at < axis.output for at in _stamp(axis, cell)]
        for axis, cell in zip(state.axes, state.stamper, strict=True)
    )
    for (i, row), (j, column) in product(enumerate(down), enumerate(across)):
        if not (row and column):
            painter.fillRect(board.cell_rect(i, j), hatch)
    draw_grid(painter, board, frame.palette, frame.viewport)


def _stamp(axis: AnyAxis, cell: int) -> tuple[int, ...]:
    assert isinstance(axis, TransposedAxis)
    return axis.stamp(cell)


def _draw_titles(painter: QPainter, frame: Frame) -> None:
    """Write above the boards of the first line what they are; the kernel has its title already."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    top = above(layout.kernel).y
    value, stamp = layout.window[0], layout.stamp[0]
    row, column = state.stamper
    title = translate("canvas", "Cell")
    note = translate("canvas", "({row}, {column})").format(row=row, column=column)
    room = layout.kernel[0].x - value.x  # the kernel's title is higher where that is little
    draw_title(painter, value, title, note, palette, room)
    row, column = (_stamp(axis, at)[0] for axis, at in zip(state.axes, state.stamper, strict=True))
    title = translate("canvas", "Stamp")
    where = translate("canvas", "({row}, {column})").format(row=row, column=column)
    where = where.replace("-", "−")
    note = translate("canvas", "from output {cell}").format(cell=where)
    following = layout.result.right() if layout.total is None else layout.total.x - GRID
    room = following - stamp.x
    if width_of(note, font(12)) > room:
        note = where
    draw_title(painter, stamp.raised(stamp.y - top), title, note, palette, room)


def _draw_total(painter: QPainter, frame: Frame, board: Board, scaled: Array) -> None:
    """Draw the sum of the stamps of all channels."""
    with np.errstate(invalid="ignore"):
        _draw_stamp(painter, frame, board, scaled.sum(axis=0))
    rightmost = max(stamp.rect.right() for stamp in frame.layout.stamp)
    before = QRectF(rightmost, board.y, 0, board.rect.height())
    draw_operator(painter, before, board.x, "Σ =", frame.palette)
    room = frame.layout.result.right() - board.x
    draw_title(painter, board, translate("canvas", "Sum"), "", frame.palette, room)


def _draw_traced(painter: QPainter, frame: Frame) -> None:
    """Draw the number of the output cell that is pointed at, in place of the words."""
    apart, place = frame.taken_apart, frame.layout.result
    assert apart is not None
    where = translate("canvas", "output ({row}, {column})").format(
        row=apart.at[1], column=apart.at[2]
    )
    box = QRectF(place.left(), place.center().y() - 2.5 * GRID, place.width(), 5 * GRID)
    draw_result(painter, box, apart, frame.palette)
    painter.setFont(font(12))
    painter.setPen(QColor(frame.palette.muted))
    over = QRectF(box.left(), box.top() - 2.5 * GRID, box.width(), 2.5 * GRID)
    painter.drawText(over, Qt.AlignmentFlag.AlignCenter, where)


def _draw_words(painter: QPainter, frame: Frame) -> None:
    """Say what becomes of the stamp."""
    state, palette = frame.state, frame.palette
    words = translate("canvas", "is added to the output")
    if state.bias is not None:
        bias = number(float(state.bias[state.channel]))
        words += "\n" + translate("canvas", "(bias {bias}: in every cell from the start)").format(
            bias=bias
        )
    place, flags = frame.layout.result, int(Qt.AlignmentFlag.AlignVCenter)
    flags |= Qt.TextFlag.TextWordWrap
    painter.setFont(font(12))
    painter.setPen(QColor(palette.muted))
    if painter.boundingRect(place, flags, words).height() <= place.height():
        painter.drawText(place, flags, words)
