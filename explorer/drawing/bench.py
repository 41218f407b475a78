"""The window's sum: what it sees, the weights that this meets, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from explorer.core.cell import Cell, number
from explorer.core.geometry import Pair, TransposedAxis
from explorer.drawing.boards import draw_caption, draw_grid, draw_title, draw_values, font, width_of
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
            draw_tints(painter, board)
    title = translate("canvas", "Kernel, turned") if state.flip else translate("canvas", "Kernel")
    shape = " × ".join(str(n) for n in state.layer.weight_shape or ())
    note = translate("canvas", "weight {shape}").format(shape=shape)
    room = layout.stamp[0].x - layout.kernel[0].x - GRID if layout.stamp else inf
    if width_of(note, font(12)) > room:
        note = shape if width_of(shape, font(12)) <= room else ""
    draw_title(painter, above(layout.kernel), title, note, palette, room)


def light_slices(painter: QPainter, frame: Frame, taps: frozenset[Pair]) -> None:
    """Veil all weights but `taps`, and a slice that the cell in focus never meets altogether."""
    state, layout = frame.state, frame.layout
    painter.setOpacity(1.0)
    for channel, board in zip(state.read_channels, layout.kernel, strict=False):
        met = state.focus is not None and state.focus.board == "output"
        met = met or (state.focus is not None and state.focus.channel == channel)
        spotlight(painter, board, taps if met else frozenset(), frame.palette)


def above(boards: tuple[Board, ...]) -> Board:
    """Return the first board, moved up to where the captions begin if there are any."""
    return replace(boards[0], y=boards[0].y - (CAPTION if len(boards) > 1 else 0))


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
    title, room = translate("canvas", "Window"), inf
    if isinstance(state.axes[0], TransposedAxis):
        # Shown in the order of the weights, which runs against that of the board.
        title = translate("canvas", "Window, turned")
    if layout.kernel:
        room = layout.kernel[0].x - layout.window[0].x - GRID
    if width_of(place, font(12)) > room:
        place = ""
    if width_of(title, font(HEADING, QFont.Weight.DemiBold)) > room:
        title = ""
    draw_title(painter, above(layout.window), title, place, palette)
    if beside and frame.traced is not None:
        light_slices(painter, frame, frame.traced.taps)
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
    """Draw the numbers under the window in one channel."""
    palette = frame.palette
    values, there = np.zeros(board.shape), np.zeros(board.shape, bool)
    terms = apart.of_channel(channel)
    for term in terms:
        values[term.tap[1:]], there[term.tap[1:]] = term.value, True
    if not there.all():
        painter.fillRect(board.rect, QColor(palette.sunken))
    draw_values(painter, board, values, frame.value_scales[channel], frame.viewport, there)
    hatch = QColor(palette.padding)
    hatch.setAlphaF(0.6)
    for term in terms:
        if term.source is None:
            place = board.cell_rect(*term.tap[1:])
            painter.fillRect(place, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    draw_grid(painter, board, palette, frame.viewport)
    if frame.state.tints and frame.state.weight is not None:
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
