"""The window's sum: what it sees, the weights that this meets, and what comes of it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.cell import Cell, flat_index, number
from explorer.core.geometry import Pair
from explorer.core.scene import LabState
from explorer.drawing.bench_layout import MOST_NUMBERED
from explorer.drawing.boards import (
    COPY_OPACITY,
    draw_caption,
    draw_fillers,
    draw_grid,
    draw_title,
    fitting_text,
    font,
    hatch_padding,
    uncovered,
    width_of,
)
from explorer.drawing.colour import picture, span
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.drawing.slices import above, draw_slice, draw_taps, light_slices, order
from explorer.drawing.tints import draw_tints
from explorer.drawing.tracing import outline

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

SMALLEST_PART = 7.0
"""Pixels from which on a number of the list can be read."""

translate = QCoreApplication.translate


def draw_bench(painter: QPainter, frame: Frame) -> None:
    """Draw the arithmetic of the cell that the window makes."""
    apart, state, layout, palette = frame.taken_apart, frame.state, frame.layout, frame.palette
    if apart is None:
        return
    lit = frame
    beside = frame.traced is not None and state.focus is not None and state.focus.board != "output"
    if beside:
        frame = frame.beside_the_point
        palette = frame.palette
    if layout.large is not None:
        _draw_list(painter, frame, apart)
    else:
        for line, channel in enumerate(state.read_channels):
            _draw_line(painter, frame, apart, line, channel)
    _draw_words(painter, frame, apart)
    if beside and lit.traced is not None:
        light_slices(painter, lit, lit.traced.rows.taps, lit.traced.columns.taps)
    draw_result(painter, layout.result, apart, palette)
    if state.tells_indices and apart.taken is not None:
        _draw_index(painter, layout.result, apart.taken, state.size[1], palette)


def _draw_words(painter: QPainter, frame: Frame, apart: Cell) -> None:
    """Write above the first window what it is, and below what is done with its numbers."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    place = translate("canvas", "for output ({row}, {column})").format(
        row=apart.at[1], column=apart.at[2]
    )
    notes: tuple[str, ...] = (place, "")
    kernel = layout.large or (layout.kernel[0] if layout.kernel else None)
    room = inf if kernel is None else kernel.x - layout.window[0].x - GRID
    if layout.large is not None:
        name = translate("canvas", "channel {channel}").format(channel=state.shown_channel)
        notes = (f"{name}, {place}", name, *notes)
    # The narrowest board has its title still, up to that of the kernel.
    title = translate("canvas", "Window")
    note = fitting_text(notes, font(12), room)
    draw_title(painter, above(layout.window), title, note, palette, room + GRID / 2)
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.muted))
    lowest = layout.window[-1].rect
    start = QPointF(lowest.left(), lowest.bottom() + 2 * GRID)
    end = layout.result if layout.large is None else layout.kernel[0].rect
    free = end.left() - GRID - start.x()
    words = taps_apart(state)
    if layout.kernel:
        how = translate("canvas", "multiply cell by cell, then add")
        words = (*(f"{word}; {how}" for word in words), *words, how)
        words = (*words, translate("canvas", "cell by cell, then add"))
    painter.drawText(start, fitting_text((*words, ""), font(SMALL), free))


def taps_apart(state: LabState) -> tuple[str, ...]:
    """Return how far apart on the input the cells of the window lie, nothing where they touch."""
    apart = tuple(getattr(state.layer, "dilation", (1, 1)))
    if apart == (1, 1):
        return ()
    if apart[0] == apart[1]:
        return (translate("canvas", "taps {n} cells apart").format(n=apart[0]),)
    words = translate("canvas", "taps {rows} × {columns} cells apart")
    return (words.format(rows=apart[0], columns=apart[1]),)


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
        draw_operator(painter, board.rect, kernel.left(), "·", palette)
        end = kernel
    if layout.partial:
        part = layout.partial[line]
        draw_operator(painter, end, part.left(), state.layer.part_sign, palette)
        painter.setFont(font(14, QFont.Weight.DemiBold))
        painter.setPen(QColor(palette.text))
        painter.drawText(part, Qt.AlignmentFlag.AlignCenter, number(apart.partial(channel)))
        if last:
            right = max(place.right() for place in layout.partial)
            tall = QRectF(right, layout.result.top(), 0, layout.result.height())
            # What is added up is an exponential already.
            sign = state.layer.sign(apart).removesuffix(" eˣ") if state.weight is None else "Σ ="
            draw_operator(painter, tall, layout.result.left(), sign, palette)
        else:
            following = layout.window[line + 1].rect
            if following.top() == board.rect.top():
                draw_operator(painter, part, following.left(), "+", palette)
    elif layout.kernel:
        draw_operator(painter, end, layout.result.left(), "=", palette)
    else:
        draw_operator(painter, end, layout.result.left(), state.layer.sign(apart), palette)


def _draw_list(painter: QPainter, frame: Frame, apart: Cell) -> None:
    """Draw one channel's part of the sum large, and beside it what every channel gives."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    large, shown = layout.large, state.shown_channel
    assert large is not None
    window = layout.window[0]
    _draw_seen(painter, frame, apart, window, shown)
    draw_slice(painter, frame, large, state.read_channels.index(shown))
    draw_operator(painter, window.rect, large.x, "·", palette)
    draw_operator(painter, large.rect, layout.kernel[0].rect.left(), "→", palette)
    few = len(layout.partial) <= MOST_NUMBERED
    bounds = span(np.array([amount for _, amount in apart.partials]), signed=True)
    for channel, board, place in zip(
        state.read_channels, layout.kernel, layout.partial, strict=True
    ):
        chosen = channel == shown
        if few:
            _draw_part(painter, apart, place, channel, chosen, palette)
        else:
            bar = place.adjusted(1, 0, -place.width() / 2, 0)
            part = np.full((1, 1), apart.partial(channel))
            painter.drawImage(bar, picture(part, palette.map_signed, *bounds))
        if chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(board.rect.adjusted(-1, -1, 1, 1))
    right = max(place.right() for place in layout.partial)
    tall = QRectF(right, layout.result.top(), 0, layout.result.height())
    draw_operator(painter, tall, layout.result.left(), "Σ =", palette)


def _draw_part(
    painter: QPainter, apart: Cell, place: QRectF, channel: int, chosen: bool, palette: Palette
) -> None:
    """Write what a channel of the list gives, and its number where there is room for both."""
    part, inner = number(apart.partial(channel)), place.adjusted(4, 0, -2, 0)
    weight = QFont.Weight.DemiBold if chosen else QFont.Weight.Normal
    pixels = min(13.0, 13 * inner.width() / max(width_of(part, font(13, weight)), 1))
    painter.setFont(font(pixels, weight))
    if pixels < SMALLEST_PART:  # zooming in shows it
        return
    painter.setPen(QColor(palette.accent if chosen else palette.text))
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, part)
    free = inner.width() - width_of(part, painter.font()) - 4
    painter.setFont(font(SMALL))
    if width_of(str(channel), painter.font()) <= free:
        painter.setPen(QColor(palette.muted))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, f"{channel}")


def _draw_seen(painter: QPainter, frame: Frame, apart: Cell, board: Board, channel: int) -> None:
    """Draw the numbers under the window in one channel, those in padding as on the input."""
    state, palette, scale = frame.state, frame.palette, frame.value_scales[channel]
    values = np.zeros(board.shape)
    real, copied, zero, idle, put_in = (np.zeros(board.shape, bool) for _ in range(5))
    terms = apart.of_channel(channel)
    for term in terms:
        tap = term.tap[1:]
        values[tap] = term.value
        padded = any(
            axis.is_padding(at) for axis, at in zip(state.axes, term.position, strict=True)
        )
        if term.source is None:
            (zero if term.counts else idle)[tap] = True
            put_in[tap] = state.is_put_in(term.position)
        else:
            (copied if padded else real)[tap] = True
    with uncovered(painter, board):
        if len(terms) < values.size:
            painter.fillRect(board.rect, QColor(palette.sunken))
        for row, column in np.argwhere(copied | zero | idle).tolist():
            if put_in[row, column]:
                painter.fillRect(board.cell_rect(row, column), QColor(palette.sunken))
            else:
                hatch_padding(painter, board.cell_rect(row, column), palette)
    way = order(board)
    draw_fillers(painter, board, zero[way], "0", palette, frame.viewport)
    draw_fillers(painter, board, idle[way], "–", palette, frame.viewport)
    if copied.any():
        opacity = painter.opacity()
        painter.setOpacity(opacity * COPY_OPACITY)
        draw_taps(painter, frame, board, values, scale, copied)
        painter.setOpacity(opacity)
    draw_taps(painter, frame, board, values, scale, real)
    draw_grid(painter, board, palette, frame.viewport)
    if state.tints and state.weight is not None:
        with uncovered(painter, board):
            draw_tints(painter, board)
    special = state.layer.own(apart) if apart.winner is None else apart.winner
    if special is not None and apart.terms[special].channel == channel:
        outline(painter, board.cell_rect(*apart.terms[special].tap[1:]), palette)


def draw_operator(
    painter: QPainter, left: QRectF, right: float, sign: str, palette: Palette
) -> None:
    """Write a sign between the place `left` and what begins at `right`."""
    pixels = {"·": 40}.get(sign, 22 if len(sign) == 1 else 16)
    painter.setFont(font(pixels, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.muted))
    place = QRectF(left.right(), left.top(), right - left.right(), left.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, sign)


def _draw_index(
    painter: QPainter, place: QRectF, taken: Pair, width: int, palette: Palette
) -> None:
    """Write below a maximum the index of its cell, and how that is counted."""
    words = translate("canvas", "index {index} = {row}·{width} + {column}").format(
        index=flat_index(taken, width), row=taken[0], width=width, column=taken[1]
    )
    painter.setFont(font(12))
    painter.setPen(QColor(palette.text))
    below = QRectF(place.left(), place.bottom() + 2, place.width(), 18)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)


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
        notes = translate("canvas", "with bias {bias}"), translate("canvas", "bias {bias}")
        said = tuple(note.format(bias=number(apart.bias)) for note in notes)
        below = QRectF(place.left(), place.bottom() + 2, place.width(), 18)
        note = fitting_text(said, font(12), place.width() + 2 * GRID)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, note)
