"""The boards of the input: real cells, zeros between them, padding, copies and overhang."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.core.geometry import AnyAxis, Pair, TransposedAxis
from explorer.core.layers import Array
from explorer.core.scene import LabState
from explorer.drawing.boards import (
    COPY_OPACITY,
    SMALLEST_WITH_NUMBERS,
    VEIL_OPACITY,
    draw_caption,
    draw_faint,
    draw_fillers,
    draw_grid,
    draw_legend,
    draw_padding,
    draw_title,
    draw_values,
    fitting_text,
    font,
    hatch_padding,
    legend_width,
    size_text,
    width_of,
)
from explorer.drawing.grid import CAPTION, Board
from explorer.drawing.palette import GRID, MAPS_RGB, SMALL

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

SWATCH = 10.0
"""Side of the square before the words on a kind of zeros."""
translate = QCoreApplication.translate


def draw_inputs(painter: QPainter, frame: Frame) -> None:
    """Draw every channel of the input, with the title above and the legend below."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    for channel, board in enumerate(layout.input):
        _draw_input(painter, frame, board, channel)
    many = len(layout.input) > 1
    above = layout.input[0].raised(CAPTION if many else 0)
    title = translate("canvas", "Input")
    if state.usage and state.fits:
        title = translate("canvas", "Windows per cell")
        if state.stamps:
            title = translate("canvas", "Outputs per cell")
    room = inf if layout.output is None else layout.output.x - above.x - 2 * GRID
    note = fitting_text(input_notes(frame), font(12), room)
    draw_title(painter, above, title, note, palette, room)
    lowest = max(layout.input, key=lambda board: (round(board.whole.bottom()), -board.x))
    scale = frame.input_scales[layout.input.index(lowest)]
    draw_legend(painter, lowest, scale, palette, frame.viewport)
    draw_zeros_key(painter, frame, lowest)


def _stretched(state: LabState) -> Pair | None:
    """Return the (h, w) of a stretched input that is shown, from real cell to real cell."""
    vertical, horizontal = state.axes
    if state.stamps or not isinstance(vertical, TransposedAxis):
        return None
    assert isinstance(horizontal, TransposedAxis)
    return vertical.stretched, horizontal.stretched


def draw_zeros_key(painter: QPainter, frame: Frame, board: Board) -> None:
    """Say below a stretched input which zeros lie between its cells and which around them.

    Right of the colours or, where there is no room, below them.
    """
    stretched, palette, typeface = _stretched(frame.state), frame.palette, font(SMALL)
    if stretched is None or stretched == frame.state.size or not frame.state.fits:
        return
    keys = [translate("canvas", "zeros between")]
    if stretched != board.shape:
        keys.append(translate("canvas", "padding"))
    widths = [SWATCH + GRID / 2 + width_of(key, typeface) + 1.5 * GRID for key in keys]
    place = board.place
    corner = place.bottomLeft() + QPointF(legend_width(board) + 2 * GRID, 2.25 * GRID)
    if corner.x() + sum(widths) > place.right() + 3 * GRID:
        corner = place.bottomLeft() + QPointF(0, 6 * GRID)
        if sum(widths) > place.width() + 3 * GRID:
            return
    painter.setFont(typeface)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for key, width, hatched in zip(keys, widths, (False, True), strict=False):
        swatch = QRectF(corner.x(), corner.y() - SWATCH + 1, SWATCH, SWATCH)
        painter.fillRect(swatch, QColor(palette.sunken))
        if hatched:
            hatch_padding(painter, swatch, palette)
        painter.setPen(QPen(QColor(palette.control), 1))
        painter.drawRect(swatch)
        painter.setPen(QColor(palette.muted))
        painter.drawText(corner + QPointF(SWATCH + GRID / 2, 0), key)
        corner += QPointF(width, 0)


@dataclass(frozen=True, eq=False)
class _Contents:
    """What stands in the cells of a board, each of its shape."""

    values: Array
    real: np.ndarray
    copied: np.ndarray
    zeros: np.ndarray
    """Where an empty cell of padding shows its zero."""

    @staticmethod
    def of(frame: Frame, channel: int) -> _Contents:
        state = frame.state
        rows, columns = _positions(state)
        counted = state.usage and state.fits
        values = frame.usage if counted else state.input[channel]
        real = rows.real[:, None] & columns.real[None, :]
        filled = rows.filled[:, None] & columns.filled[None, :]
        zeros = (rows.is_inside[:, None] & columns.is_inside[None, :]) & ~filled
        zeros &= state.layer.counts(False, True) and not state.usage
        copied = filled & ~real & (state.fits and not state.usage)
        return _Contents(values[np.ix_(rows.source, columns.source)], real, copied, zeros)


def _positions(state: LabState) -> tuple[_Positions, _Positions]:
    vertical, horizontal = state.axes
    if state.stamps:
        return _Positions.plain(vertical.size), _Positions.plain(horizontal.size)
    return _Positions.of(vertical), _Positions.of(horizontal)


def draw_faint_input(
    painter: QPainter, frame: Frame, board: Board, channel: int, veiled: np.ndarray
) -> None:
    """Write what stands under a veil once more, faint; `veiled` tells where, shape (h, w)."""
    if board.cell < SMALLEST_WITH_NUMBERS:
        return
    board, palette = board.counted, frame.palette
    inside, scale = _Contents.of(frame, channel), frame.input_scales[channel]
    numbers = veiled & (inside.real | inside.copied)
    draw_faint(painter, board, inside.values, scale, frame.viewport, numbers, palette)
    zeros = veiled & inside.zeros
    draw_fillers(painter, board, zeros, "0", palette, frame.viewport, palette.control)


def _draw_input(painter: QPainter, frame: Frame, board: Board, channel: int) -> None:
    state, palette = frame.state, frame.palette
    rows, columns = _positions(state)
    if state.stamps:
        board = board.counted
    if board.shape != state.size:
        padded = board.cell_rect(*board.first, rows.inside, columns.inside)
        draw_padding(painter, board, palette, padded)
        if (stretched := _stretched(state)) is not None:
            between = board.cell_rect(0, 0, *stretched).intersected(board.rect)
            painter.fillRect(between, QColor(palette.sunken))
    inside, scale = _Contents.of(frame, channel), frame.input_scales[channel]
    if inside.copied.any():
        painter.setOpacity(COPY_OPACITY)
        draw_values(painter, board, inside.values, scale, frame.viewport, inside.copied)
        painter.setOpacity(1.0)
    draw_fillers(painter, board, inside.zeros, "0", palette, frame.viewport)
    mask = None if inside.real.all() else inside.real
    draw_values(painter, board, inside.values, scale, frame.viewport, mask)
    draw_grid(painter, board, palette, frame.viewport)
    painter.setPen(QPen(QColor(palette.control), 1.5))
    (top, height), (left, width) = rows.block, columns.block
    painter.drawRect(board.cell_rect(top, left, height, width).intersected(board.rect))
    if state.channels > 1:
        name = _channel_name(state, channel)
        if width_of(name, font(SMALL)) > board.rect.width():
            name = str(channel)
        if width_of(name, font(SMALL)) <= board.rect.width() + GRID / 2:
            draw_caption(painter, board, name, palette.muted)
        if state.fits and channel not in state.read_channels:
            veil = QColor(palette.surface)
            veil.setAlphaF(VEIL_OPACITY)
            painter.fillRect(board.rect.adjusted(-1, -1, 1, 1), veil)
            draw_faint_input(painter, frame, board, channel, np.ones(board.shape, bool))


@dataclass(frozen=True, eq=False)
class _Positions:
    """What stands at each position of a board, along one axis."""

    source: np.ndarray
    """The real cell whose value stands there, 0 for none."""
    real: np.ndarray
    """Whether it is that cell itself."""
    filled: np.ndarray
    """Whether it is that cell or a copy."""
    inside: int
    """How many positions there are before the overhang."""
    block: tuple[int, int]
    """The first real position, and how many there are up to the last one."""

    @property
    def is_inside(self) -> np.ndarray:
        """Whether a position lies before the overhang."""
        return np.arange(len(self.source)) < self.inside

    @staticmethod
    def plain(size: int) -> _Positions:
        """Return the positions of real cells alone."""
        real = np.full(size, True)
        return _Positions(np.arange(size), real, real, size, (0, size))

    @staticmethod
    @lru_cache(maxsize=16)
    def of(axis: AnyAxis) -> _Positions:
        """Return the positions that windows slide over."""
        positions = range(axis.first, axis.first + axis.shown)
        # Of padding that torch refuses, a copy may lead anywhere.
        sources = (axis.source(position) for position in positions)
        found = [s if s is not None and 0 <= s < axis.size else None for s in sources]
        real = np.array(
            [
                s is not None and not axis.is_padding(p)
                for s, p in zip(found, positions, strict=True)
            ]
        )
        places = np.flatnonzero(real)
        return _Positions(
            np.array([0 if s is None else s for s in found]),
            real,
            np.array([s is not None for s in found]),
            axis.shown - max(0, axis.overhang),
            (axis.first + int(places[0]), int(places[-1] - places[0]) + 1),
        )


def _channel_name(state: LabState, channel: int) -> str:
    if state.is_picture and state.channels == len(MAPS_RGB):
        colours = (
            translate("canvas", "red"),
            translate("canvas", "green"),
            translate("canvas", "blue"),
        )
        return translate("canvas", "channel {channel}, {colour}").format(
            channel=channel, colour=colours[channel]
        )
    return translate("canvas", "channel {channel}").format(channel=channel)


def input_notes(frame: Frame) -> tuple[str, ...]:
    """Return the sizes of the input, in words and short: stretched, padded, with overhang."""
    board, state = frame.layout.input[0], frame.state
    reached, note = state.size, size_text(state.size)
    if state.channels > 1:
        note = f"{state.channels} × {note}"
    short = note
    if state.stamps:
        return (note,)
    vertical, horizontal = state.axes
    stages = [(translate("canvas", ", padded {size}"), (vertical.padded, horizontal.padded))]
    if isinstance(vertical, TransposedAxis) and isinstance(horizontal, TransposedAxis):
        stretched = vertical.stretched, horizontal.stretched
        stages.insert(0, (translate("canvas", ", stretched to {size}"), stretched))
    stages.append((translate("canvas", ", windows reach {size}"), board.shape))
    for words, size in stages:
        if size != reached:
            note += words.format(size=size_text(size))
            short += f" → {size_text(size)}"
            reached = size
    ends = size_text(reached)
    return note, short, short.split(" → ")[0] + (f" → {ends}" if reached != state.size else "")
