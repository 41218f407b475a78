"""The window's sum: what it sees, the weights that this meets, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.cell import Cell, number
from explorer.core.geometry import TransposedAxis
from explorer.drawing.boards import (
    COPY_OPACITY,
    TITLE_UP,
    draw_caption,
    draw_fillers,
    draw_grid,
    draw_legend_in_line,
    draw_title,
    draw_values,
    fitting_text,
    font,
    hatch_padding,
    uncovered,
    width_of,
)
from explorer.drawing.grid import CAPTION, Board
from explorer.drawing.palette import GRID, HEADING, Palette
from explorer.drawing.tints import draw_tints
from explorer.drawing.tracing import outline, spotlight

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

BESIDE_THE_POINT = 0.3
"""Opacity of the sum while another cell than an output is traced."""

translate = QCoreApplication.translate


def draw_slices(painter: QPainter, frame: Frame) -> None:
    """Draw the kernel that makes the output channel, a slice for each input channel it reads."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    weight = state.used_weight
    if weight is None or not layout.kernel:
        return
    slices = state.layer.kernel_for(weight, state.channel)
    for board, values in zip(layout.kernel, slices, strict=False):
        draw_values(painter, board, values, frame.kernel_scale, frame.viewport)
        draw_grid(painter, board, palette, frame.viewport)
        if state.tints:
            with uncovered(painter, board):
                draw_tints(painter, board)
    title = translate("canvas", "Kernel, turned") if state.flip else translate("canvas", "Kernel")
    shape = " × ".join(str(n) for n in state.layer.weight_shape or ())
    note = translate("canvas", "weight {shape}").format(shape=shape)
    room = layout.stamp[0].x - layout.kernel[0].x - GRID if layout.stamp else inf
    if width_of(note, font(12)) > room:
        note = shape if width_of(shape, font(12)) <= room else ""
    first = above(layout.kernel)
    draw_title(painter, first, title, note, palette, room)
    end = width_of(title, font(HEADING, QFont.Weight.DemiBold)) + 1.5 * GRID
    start = first.place.topLeft() + QPointF(end, -TITLE_UP)
    free = min(first.place.left() + room, frame.viewport.right()) - start.x() - GRID
    draw_legend_in_line(painter, start, frame.kernel_scale, palette, free)


def light_slices(
    painter: QPainter, frame: Frame, rows: Iterable[int], columns: Iterable[int]
) -> None:
    """Veil all weights but where `rows` and `columns` cross, and all that the focus never meets."""
    state, layout = frame.state, frame.layout
    painter.setOpacity(1.0)
    for channel, board in zip(state.read_channels, layout.kernel, strict=False):
        met = state.focus is not None and state.focus.board == "output"
        met = met or (state.focus is not None and state.focus.channel == channel)
        lit = (rows, columns) if met else ((), ())
        spotlight(painter, board, *lit, frame.leading)


def above(boards: tuple[Board, ...]) -> Board:
    """Return the first board, moved up to where the captions begin if there are any."""
    return boards[0].raised(CAPTION if len(boards) > 1 else 0)


def draw_bench(painter: QPainter, frame: Frame) -> None:
    """Draw the arithmetic of the cell that the window makes."""
    apart, state, layout, palette = frame.taken_apart, frame.state, frame.layout, frame.palette
    if apart is None:
        return
    beside = frame.traced is not None and state.focus is not None and state.focus.board != "output"
    painter.setOpacity(BESIDE_THE_POINT if beside else 1.0)
    for line, channel in enumerate(state.read_channels):
        _draw_line(painter, frame, apart, line, channel)
    place = translate("canvas", "for output ({row}, {column})").format(
        row=apart.at[1], column=apart.at[2]
    )
    titles: tuple[str, ...] = (translate("canvas", "Window"), "")
    room = inf
    if isinstance(state.axes[0], TransposedAxis):
        # Shown in the order of the weights, which runs against that of the board.
        titles = (translate("canvas", "Window, turned"), *titles)
    if layout.kernel:
        room = layout.kernel[0].x - layout.window[0].x - GRID
    title = fitting_text(titles, font(HEADING, QFont.Weight.DemiBold), room)
    place = fitting_text((place, ""), font(12), room)
    draw_title(painter, above(layout.window), title, place, palette)
    if beside and frame.traced is not None:
        light_slices(painter, frame, frame.traced.rows.taps, frame.traced.columns.taps)
        painter.setOpacity(BESIDE_THE_POINT)
    draw_result(painter, layout.result, apart, palette)
    painter.setOpacity(1.0)


def _draw_line(painter: QPainter, frame: Frame, apart: Cell, line: int, channel: int) -> None:
    """Draw what one input channel gives: window, slice and, among several, their sum."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    board = layout.window[line]
    _draw_seen(painter, frame, apart, board, channel)
    if len(layout.window) > 1:
        name = translate("canvas", "channel {channel}").format(channel=channel)
        draw_caption(painter, board, name, palette.muted)
    end, last = board.rect, line == len(layout.window) - 1
    if layout.kernel:
        kernel = layout.kernel[line].rect
        draw_operator(painter, board.rect, kernel.left(), "×", palette)
        end = kernel
    if layout.partial:
        part = layout.partial[line]
        draw_operator(painter, end, part.left(), "=", palette)
        painter.setFont(font(14, QFont.Weight.DemiBold))
        painter.setPen(QColor(palette.text))
        painter.drawText(part, Qt.AlignmentFlag.AlignCenter, number(apart.partial(channel)))
        if last:
            right = max(place.right() for place in layout.partial)
            tall = QRectF(right, layout.result.top(), 0, layout.result.height())
            draw_operator(painter, tall, layout.result.left(), "Σ =", palette)
        else:
            following = layout.window[line + 1].rect
            if following.top() == board.rect.top():
                draw_operator(painter, part, following.left(), "+", palette)
    elif layout.kernel:
        draw_operator(painter, end, layout.result.left(), "=", palette)
    else:
        draw_operator(painter, end, layout.result.left(), state.layer.sign(apart), palette)


def _draw_seen(painter: QPainter, frame: Frame, apart: Cell, board: Board, channel: int) -> None:
    """Draw the numbers under the window in one channel, those in padding as on the input."""
    state, palette, scale = frame.state, frame.palette, frame.value_scales[channel]
    values = np.zeros(board.shape)
    real, copied, zero, idle = (np.zeros(board.shape, bool) for _ in range(4))
    terms = apart.of_channel(channel)
    for term in terms:
        tap = term.tap[1:]
        values[tap] = term.value
        padded = any(
            axis.is_padding(at) for axis, at in zip(state.axes, term.position, strict=True)
        )
        if term.source is None:
            (zero if term.counts else idle)[tap] = True
        else:
            (copied if padded else real)[tap] = True
    with uncovered(painter, board):
        if len(terms) < values.size:
            painter.fillRect(board.rect, QColor(palette.sunken))
        for row, column in np.argwhere(copied | zero | idle).tolist():
            hatch_padding(painter, board.cell_rect(row, column), palette)
    draw_fillers(painter, board, zero, "0", palette, frame.viewport)
    draw_fillers(painter, board, idle, "–", palette, frame.viewport)
    if copied.any():
        opacity = painter.opacity()
        painter.setOpacity(opacity * COPY_OPACITY)
        draw_values(painter, board, values, scale, frame.viewport, copied)
        painter.setOpacity(opacity)
    draw_values(painter, board, values, scale, frame.viewport, real)
    draw_grid(painter, board, palette, frame.viewport)
    if state.tints and state.weight is not None:
        with uncovered(painter, board):
            draw_tints(painter, board)
    if apart.winner is not None:
        outline(painter, board.cell_rect(*apart.terms[apart.winner].tap[1:]), palette)


def draw_operator(
    painter: QPainter, left: QRectF, right: float, sign: str, palette: Palette
) -> None:
    """Write a sign between the place `left` and what begins at `right`."""
    painter.setFont(font(22 if len(sign) == 1 else 16, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.muted))
    place = QRectF(left.right(), left.top(), right - left.right(), left.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, sign)


def draw_result(painter: QPainter, place: QRectF, apart: Cell, palette: Palette) -> None:
    """Draw the number of an output cell, and below it the bias that is in it."""
    painter.setBrush(QColor(palette.accent_soft))
    painter.setPen(QPen(QColor(palette.accent), 1.5))
    painter.drawRoundedRect(place, 8, 8)
    painter.setPen(QColor(palette.text))
    shown = number(apart.result)
    painter.setFont(font(min(22, 1.3 * place.width() / max(len(shown), 1)), QFont.Weight.DemiBold))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
    if apart.bias is not None:
        painter.setFont(font(12))
        painter.setPen(QColor(palette.muted))
        note = translate("canvas", "with bias {bias}").format(bias=number(apart.bias))
        below = QRectF(place.left(), place.bottom() + 2, place.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, note)
