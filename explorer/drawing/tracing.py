"""The window on its way, and what belongs to the cell that is pointed at."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from explorer.core.geometry import AnyAxis
from explorer.core.scene import LabState
from explorer.core.trace import Trace
from explorer.drawing.boards import (
    SMALLEST_WITH_GRID,
    SMALLEST_WITH_NUMBERS,
    VEIL_OPACITY,
    draw_faint,
    uncovered,
)
from explorer.drawing.grid import BETWEEN, Board
from explorer.drawing.input_boards import draw_faint_input
from explorer.drawing.layout import LEGEND, TITLE
from explorer.drawing.palette import Palette
from explorer.drawing.tints import draw_tinted_window

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

REST = 0.6
"""Share of the way from cell to cell for which the window rests on a cell."""
HOLE_OPACITY = 0.85
"""Of the veil over cells within a window that no weight meets."""
MARKED_TAP = 2.5
"""Width of the frame of a cell that a weight meets, between others that none does."""
MOST_MARKED = 11 * 11
"""Cells that are framed at most: as many as the largest window has."""


def draw_window(painter: QPainter, frame: Frame) -> None:
    """Draw the window where it is, the cell that it makes, and the beam between them."""
    state, layout, palette = frame.state, frame.layout, frame.palette
    assert layout.output is not None
    row, column = glide(state)
    (top, height), (left, width) = (
        _block(axis, at) for axis, at in zip(state.axes, (row, column), strict=True)
    )
    cell_rect = layout.output.cell_rect(row, column)
    if layout.output.shown is not None:
        cell_rect = cell_rect.intersected(layout.output.rect)
    holes = [_offsets(axis, int(at)) for axis, at in zip(state.axes, (row, column), strict=True)]
    read = [layout.input[channel] for channel in state.read_channels]
    for board in read:
        window = board.cell_rect(top, left, height, width)
        if board.shown is not None:
            window = window.intersected(board.rect)
        if board is read[-1]:
            draw_rays(painter, window, cell_rect, frame)
        taps = [board.cell_rect(top + i, left + j) for i in holes[0] for j in holes[1]]
        sparse = len(holes[0]) < height or len(holes[1]) < width
        if sparse:
            _veil_holes(painter, window, taps, palette)
        if state.tints and state.weight is not None:
            draw_tinted_window(painter, state, board, top, left)
        elif sparse:
            mark_cells(painter, taps, palette, MARKED_TAP)
        outline(painter, window, palette)
    outline(painter, cell_rect, palette)
    apart = frame.taken_apart
    if apart is not None and apart.winner is not None and state.step == int(state.step):
        term = apart.terms[apart.winner]
        _mark_winner(painter, layout.input[term.channel].cell_rect(*term.position), palette)


def _veil_holes(painter: QPainter, window: QRectF, taps: list[QRectF], palette: Palette) -> None:
    """Veil the cells of a window that it passes over."""
    holes = QPainterPath()
    holes.addRect(window)
    for tap in taps:
        holes.addRect(tap)  # odd and even: what lies in both is none of it
    veil = QColor(palette.surface)
    veil.setAlphaF(HOLE_OPACITY)
    painter.save()
    painter.setClipRect(window, Qt.ClipOperation.IntersectClip)
    painter.fillPath(holes, veil)
    painter.restore()


def glide(state: LabState) -> tuple[float, float]:
    """Return the (row, column) of the window or of the cell that stamps, between two on the way."""
    columns = state.course[1]
    last = state.steps - 1
    index = min(int(state.step), last)
    share = min(max(state.step - index - REST, 0.0) / (1 - REST), 1.0)
    share = share * share * (3 - 2 * share)
    row, column = divmod(index, columns)
    next_row, next_column = divmod(min(index + 1, last), columns)
    return row + share * (next_row - row), column + share * (next_column - column)


def _block(axis: AnyAxis, at: float) -> tuple[float, float]:
    """Return where the window number `at` begins and how many positions it covers."""
    low = int(at)
    high, share = min(low + 1, axis.output - 1), at - low
    start = axis.start(low) + share * (axis.start(high) - axis.start(low))
    return start, axis.span(low) + share * (axis.span(high) - axis.span(low))


def _offsets(axis: AnyAxis, index: int) -> list[int]:
    """Return how far behind the beginning of a window each of its cells lies."""
    window = axis.window(index)
    return sorted(position - min(window) for position in window)


def draw_rays(painter: QPainter, window: QRectF, cell_rect: QRectF, frame: Frame) -> None:
    """Draw the beam from a window to the cell that it makes, in the gap between the boards.

    From a cell that stamps to its stamp all the same.
    """
    layout, palette = frame.layout, frame.leading
    assert layout.output is not None
    if window.isEmpty() or cell_rect.isEmpty():  # still covered
        return
    gap = QPainterPath()
    gap.addRect(frame.viewport)
    # Among several boards the beam would show in the slits between them.
    slit = BETWEEN / 2 if len(layout.input) > 1 else 0.0
    places = [board.rect.adjusted(-slit, 0, slit, slit) for board in layout.input]
    covered = QPainterPath()
    covered.setFillRule(Qt.FillRule.WindingFill)
    for place in (*places, layout.output.rect):
        covered.addRect(place.adjusted(0, -TITLE, 0, LEGEND))
    for board in layout.thumbs:
        covered.addRect(board.rect.adjusted(-slit, -LEGEND, slit, slit))
    gap = gap.subtracted(covered)
    painter.save()
    painter.setClipPath(gap)
    beam = QPainterPath(window.topRight())
    beam.lineTo(cell_rect.topLeft())
    beam.lineTo(cell_rect.bottomLeft())
    beam.lineTo(window.bottomRight())
    beam.closeSubpath()
    fill = QColor(palette.focus_window)
    fill.setAlphaF(0.10)
    painter.fillPath(beam, fill)
    line = QColor(palette.focus_window)
    line.setAlphaF(0.55)
    painter.setPen(QPen(line, 1))
    painter.drawLine(window.topRight(), cell_rect.topLeft())
    painter.drawLine(window.bottomRight(), cell_rect.bottomLeft())
    painter.restore()


def outline(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Frame `rect` with a halo, so that it stands out on any colour of a ramp."""
    if rect.isEmpty():
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.surface, 5.0), (palette.focus_window, 2.5)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRoundedRect(rect, 2, 2)


def mark_cells(
    painter: QPainter, rects: list[QRectF], palette: Palette, width: float = 1.5
) -> None:
    """Frame cells of one size inside of their edges."""
    side = rects[0].width() if rects else 0.0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.focus_window), min(width, max(side / 5, 1.0))))
    inset = min(1.0, side / 8)
    painter.drawRects([rect.adjusted(inset, inset, -inset, -inset) for rect in rects])


def _mark_winner(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Mark the cell of a window that is its maximum."""
    inset = min(3.0, rect.width() / 8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.focus_window), min(3.0, rect.width() / 6)))
    painter.drawEllipse(rect.adjusted(inset, inset, -inset, -inset))


def spotlight(
    painter: QPainter,
    board: Board,
    rows: Iterable[int],
    columns: Iterable[int],
    palette: Palette,
) -> np.ndarray:
    """Veil all of `board` but where `rows` and `columns` cross.

    Those cells are marked where marks do not hide the picture.

    Returns
    -------
    np.ndarray
        Which cells are veiled now, counted from the top left one.
    """
    colour = QColor(palette.surface)
    colour.setAlphaF(VEIL_OPACITY)
    veil = np.full(board.shape, colour.rgba(), np.uint32)
    down, across = board.places(rows, 0), board.places(columns, 1)
    veil[np.ix_(down, across)] = 0
    h, w = board.shape
    image = QImage(veil.data, w, h, 4 * w, QImage.Format.Format_ARGB32)
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    with uncovered(painter, board):
        painter.drawImage(board.whole, image)
    if board.cell >= SMALLEST_WITH_GRID and len(down) * len(across) <= MOST_MARKED:
        cells = [board.counted.cell_rect(*at) for at in product(down, across)]
        mark_cells(painter, cells, palette)
    veiled: np.ndarray = veil > 0
    return veiled


def draw_trace(painter: QPainter, frame: Frame, traced: Trace) -> None:
    """Show on input and output what the cell in focus has to do with."""
    state, layout, palette = frame.state, frame.layout, frame.leading
    focus = state.focus
    assert layout.output is not None and focus is not None
    if focus.board == "output":
        lit: frozenset[int] = frozenset(state.read_channels)
    else:
        lit = frozenset({focus.channel}) & frozenset(state.read_channels)
    for channel, board in enumerate(layout.input):
        alone = focus.board == "input" and channel == focus.channel
        read = channel in lit or alone
        rows, columns = (line.inputs if read else () for line in (traced.rows, traced.columns))
        veiled = spotlight(painter, board, rows, columns, palette)
        draw_faint_input(painter, frame, board, channel, veiled)
    rows, columns = (line.outputs if lit else () for line in (traced.rows, traced.columns))
    veiled = spotlight(painter, layout.output, rows, columns, palette)
    if frame.output is not None and layout.output.cell >= SMALLEST_WITH_NUMBERS:
        values, there = frame.so_far
        scale, place = frame.output_scale, layout.output
        draw_faint(painter, place, values, scale, frame.viewport, veiled & there, palette)
    if focus.board == "output":
        made = layout.output.cell_rect(*focus.cell)
        for channel in state.read_channels:
            # Of a plain input no cell may be read at all.
            block = layout.input[channel].around(traced.rows.inputs, traced.columns.inputs)
            if block is not None:
                if channel == state.read_channels[-1]:
                    draw_rays(painter, block, made, frame)
                outline(painter, block, palette)
        outline(painter, made, palette)
    elif focus.board == "input":
        board = layout.input[focus.channel]
        here = board.cell_rect(*focus.cell)
        _draw_origin(painter, frame, board, here)
        outline(painter, here, palette)


def _draw_origin(painter: QPainter, frame: Frame, board: Board, here: QRectF) -> None:
    """Lead from a padded cell to the real one that it copies."""
    focus, axes = frame.state.focus, frame.state.axes
    assert focus is not None
    at = [axis.source(position) for axis, position in zip(axes, focus.cell, strict=True)]
    padded = any(axis.is_padding(p) for axis, p in zip(axes, focus.cell, strict=True))
    if at[0] is None or at[1] is None or not padded:
        return
    there = board.cell_rect(at[0], at[1])
    painter.setPen(QPen(QColor(frame.leading.focus_window), 2, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(here.center()), QPointF(there.center()))
    outline(painter, there, frame.leading)
