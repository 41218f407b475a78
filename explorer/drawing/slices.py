"""The kernel, a slice for each input channel: as it meets the window, turned or not."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF
from PySide6.QtGui import QFont, QPainter

from explorer.core.layers import Array
from explorer.core.scene import LabState
from explorer.drawing.boards import (
    TITLE_UP,
    Scale,
    draw_faint,
    draw_grid,
    draw_legend_in_line,
    draw_title,
    draw_values,
    fitting_text,
    font,
    uncovered,
    width_of,
)
from explorer.drawing.grid import CAPTION, Board
from explorer.drawing.layout import kernel_boards
from explorer.drawing.palette import GRID, HEADING
from explorer.drawing.tints import draw_tints
from explorer.drawing.tracing import spotlight

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

translate = QCoreApplication.translate


def draw_slices(painter: QPainter, frame: Frame) -> None:
    """Draw the kernel that makes the output channel, a slice for each input channel it reads."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    if state.used_weight is None or not layout.kernel:
        return
    for line, board in enumerate(layout.kernel):
        draw_slice(painter, frame, board, line)
    room = wide = layout.stamp[0].x - layout.kernel[0].x - GRID if layout.stamp else inf
    first = above(layout.kernel)
    if layout.large is not None:
        first, listed = layout.large, layout.kernel[0]
        room, beyond = (end - first.x - GRID for end in (listed.x, layout.result.left()))
        # A list that is hardly taller than the large board leaves the title the place above it.
        wide = beyond if listed.y > first.y - 1.5 * GRID else room
    title = fitting_text(_kernel_titles(state), font(HEADING, QFont.Weight.DemiBold), wide)
    shape = " × ".join(str(n) for n in state.layer.weight_shape or ())
    note = translate("canvas", "weight {shape}").format(shape=shape)
    if width_of(note, font(12)) > room:
        note = shape if width_of(shape, font(12)) <= room else ""
    draw_title(painter, first, title, note, palette, wide)
    end = width_of(title, font(HEADING, QFont.Weight.DemiBold)) + 1.5 * GRID
    start = first.place.topLeft() + QPointF(end, -TITLE_UP)
    free = min(first.place.left() + wide, frame.viewport.right()) - start.x() - GRID
    draw_legend_in_line(painter, start, frame.kernel_scale, palette, free)


def _kernel_titles(state: LabState) -> tuple[str, ...]:
    """Return what the kernel is called as it is shown, and shorter."""
    kernel = translate("canvas", "Kernel")
    if state.flip and state.turns_kernel:
        return translate("canvas", "Kernel, turned twice"), kernel
    if state.flip or state.turns_kernel:
        return (translate("canvas", "Kernel, turned"),)
    return (kernel,)


def draw_slice(painter: QPainter, frame: Frame, board: Board, line: int) -> None:
    """Draw the slice that meets input channel number `line` of those that are read."""
    state = frame.state
    assert state.used_weight is not None
    values = state.layer.kernel_for(state.used_weight, state.channel)[line]
    draw_taps(painter, frame, board, values, frame.kernel_scale)
    draw_grid(painter, board, frame.palette, frame.viewport)
    if state.tints:
        with uncovered(painter, board):
            draw_tints(painter, board)


def draw_taps(
    painter: QPainter,
    frame: Frame,
    board: Board,
    values: Array,
    scale: Scale,
    mask: np.ndarray | None = None,
) -> None:
    """Draw a number for each weight, shape (kernel_h, kernel_w), on a board turned or not."""
    way = order(board)
    where = None if mask is None else mask[way]
    draw_values(painter, board.counted, values[way], scale, frame.viewport, where)


def order(board: Board) -> tuple[slice, slice]:
    """Return in which order the rows and columns of a kernel lie on `board`."""
    return slice(None, None, board.pitch[0]), slice(None, None, board.pitch[1])


def light_slices(
    painter: QPainter, frame: Frame, rows: Iterable[int], columns: Iterable[int]
) -> None:
    """Veil all weights but where `rows` and `columns` cross, and all that the focus never meets."""
    state, layout = frame.state, frame.layout
    if state.used_weight is None or not layout.kernel:
        return
    slices = state.layer.kernel_for(state.used_weight, state.channel)
    for channel, board in kernel_boards(state, layout):
        met = state.focus is not None and state.focus.board == "output"
        met = met or (state.focus is not None and state.focus.channel == channel)
        lit = (rows, columns) if met else ((), ())
        veiled = spotlight(painter, board, *lit, frame.leading)
        values = slices[state.read_channels.index(channel)][order(board)]
        scale, palette = frame.kernel_scale, frame.palette
        draw_faint(painter, board.counted, values, scale, frame.viewport, veiled, palette)


def above(boards: tuple[Board, ...]) -> Board:
    """Return the first board, moved up to where the captions begin if there are any."""
    return boards[0].raised(CAPTION if len(boards) > 1 else 0)
