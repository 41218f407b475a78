"""Input cells that stamp: the output as far as it has come, what is cropped, the stamp's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from explorer.core.geometry import AnyAxis, Pair, TransposedAxis, written
from explorer.core.scene import LabState
from explorer.core.stamping import reached, sums
from explorer.drawing.boards import (
    draw_lines,
    draw_values,
    font,
    legend_width,
    size_text,
    width_of,
)
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.drawing.stamping_layout import stamped_area
from explorer.drawing.tracing import draw_rays, glide, mark_cells, outline

if TYPE_CHECKING:
    from explorer.drawing.frame import Frame

CROPPED_VEIL = 0.5
CROPPED_HATCH = 0.5
"""Opacities of what lies over the cells that `padding` crops."""

translate = QCoreApplication.translate


def stamped_notes(state: LabState) -> tuple[str, ...]:
    """Return the sizes of the output, and what is cropped of all that is stamped; also shorter."""
    area, kept = stamped_area(state).shape, state.output_size
    note = size_text(kept)
    if area != kept:
        note = translate("canvas", "{kept} of {all}").format(kept=note, all=size_text(area))
    (top, bottom), (left, right) = (_cropped(axis) for axis in state.axes)
    if not (top or bottom or left or right):
        return (note,)
    if top == bottom == left == right:
        sides = translate("canvas", ", {top} cropped on each side")
    elif (top, bottom) == (left, right):
        sides = translate("canvas", ", {top} cropped before, {bottom} behind")
    else:
        sides = translate("canvas", ", cropped {top} + {bottom} rows, {left} + {right} columns")
    return note + sides.format(top=top, bottom=bottom, left=left, right=right), note


def _cropped(axis: AnyAxis) -> Pair:
    """Return how many positions `padding` crops before and behind."""
    assert isinstance(axis, TransposedAxis)
    return axis.padding, max(0, axis.padding - axis.output_padding)


def output_padding(state: LabState) -> Pair:
    """Return how many rows and columns `output_padding` adds."""
    vertical, horizontal = state.axes
    assert isinstance(vertical, TransposedAxis) and isinstance(horizontal, TransposedAxis)
    return vertical.output_padding, horizontal.output_padding


def draw_cropped(painter: QPainter, frame: Frame, board: Board) -> None:
    """Veil and hatch on `board`, all of the output's or a part, what `padding` crops."""
    cropped = QPainterPath()
    cropped.addRect(board.rect)
    kept = QPainterPath()
    kept.addRect(board.cell_rect(0, 0, *frame.state.output_size))
    cropped = cropped.subtracted(kept)
    veil = QColor(frame.palette.surface)
    veil.setAlphaF(CROPPED_VEIL)
    painter.fillPath(cropped, veil)
    painter.fillPath(cropped, cropped_brush(frame.palette))


def cropped_brush(palette: Palette) -> QBrush:
    """Return the hatch of what is cropped: it leans the other way than that of padding."""
    colour = QColor(palette.padding)
    colour.setAlphaF(CROPPED_HATCH)
    return QBrush(colour, Qt.BrushStyle.FDiagPattern)


def draw_kept(painter: QPainter, frame: Frame) -> None:
    """Frame the output within all that is stamped, and mark what `output_padding` adds to it."""
    board, (h, w) = frame.layout.output, frame.state.output_size
    assert board is not None
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if board.shape != (h, w):
        painter.setPen(QPen(QColor(frame.palette.control), 1.5))
        painter.drawRect(board.cell_rect(0, 0, h, w))
    if any(output_padding(frame.state)):
        _draw_output_padding(painter, frame, board)


def _draw_output_padding(painter: QPainter, frame: Frame, board: Board) -> None:
    """Mark beside and below `board` the rows and columns that `output_padding` adds."""
    (h, w), (rows, columns) = frame.state.output_size, output_padding(frame.state)
    colour = QColor(frame.palette.output_padding)
    bracket = QPen(colour, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    painter.setFont(font(SMALL))
    away = GRID / 2
    if rows:
        added = board.cell_rect(h - rows, 0, rows)
        x = board.rect.right() + away
        painter.setPen(bracket)
        painter.drawLine(QLineF(x, added.top(), x, added.bottom()))
        painter.setPen(colour)
        beside = QRectF(x + away, added.center().y() - GRID, 2 * GRID, 2 * GRID)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(beside, flags, f"+{rows}")
    if columns:
        added = board.cell_rect(0, w - columns, 1, columns)
        y = board.rect.bottom() + away
        painter.setPen(bracket)
        painter.drawLine(QLineF(added.left(), y, added.right(), y))
    label = f"output_padding {written((rows, columns))}"
    free = board.rect.width() - legend_width(board) - GRID
    if width_of(label, font(SMALL)) <= free:
        painter.setPen(colour)
        below = QRectF(board.x, board.rect.bottom() + GRID, board.rect.width(), 2 * GRID)
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, label)


def draw_added(painter: QPainter, frame: Frame, output: QPixmap) -> None:
    """Show what has been stamped so far, and of what is traced how it ends.

    Rows that no later cell reaches have their last numbers, which `output` shows; only those that
    the stamp at work touches are added up anew.
    """
    state, board = frame.state, frame.layout.output
    assert board is not None
    count = state.place[0] * state.size[1] + state.place[1] + 1
    vertical = state.axes[0]
    begun = state.place[0] * vertical.stride - vertical.padding
    painter.save()
    if count < state.steps:
        _draw_begun(painter, frame, range(begun, begun + vertical.extent), count)
        done = QPainterPath()
        done.setFillRule(Qt.FillRule.WindingFill)
        done.addRect(board.cell_rect(*board.first, begun - board.first[0], board.shape[1]))
        if frame.traces_all:
            done.addRect(board.cell_rect(0, 0, *state.output_size))
        elif frame.traced is not None:
            for at in frame.traced.outputs:
                done.addRect(board.cell_rect(*at))
        painter.setClipPath(done)
    corner = board.rect.intersected(frame.viewport).toAlignedRect().topLeft()
    painter.drawPixmap(corner, output)
    painter.restore()
    draw_kept(painter, frame)


def _draw_begun(painter: QPainter, frame: Frame, rows: range, count: int) -> None:
    """Draw the sums of the first `count` stamps in `rows`, where they have touched a cell."""
    state, board = frame.state, frame.layout.output
    assert board is not None
    seen_rows, columns = board.seen(frame.viewport)
    rows = range(max(rows.start, seen_rows.start), min(rows.stop, seen_rows.stop))
    if not rows or not columns:
        return
    part = board.part(rows, columns)
    place = part.rect.intersected(board.rect).intersected(frame.viewport).toAlignedRect()
    if place.isEmpty():
        return
    ratio = painter.device().devicePixelRatio()
    layer = QPixmap(place.size() * ratio)
    layer.setDevicePixelRatio(ratio)
    layer.fill(Qt.GlobalColor.transparent)
    over = QPainter(layer)
    over.setRenderHint(QPainter.RenderHint.Antialiasing)
    over.translate(-place.topLeft())
    values = sums(state, rows, columns, count)
    touched = reached(state, rows, columns, count)
    draw_values(over, part, values, frame.output_scale, frame.viewport, touched)
    # Hatch and lines lie only where there is a number by now.
    over.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
    draw_cropped(over, frame, part)
    edge = part.cell
    draw_lines(over, board, frame.palette, part.rect.adjusted(-edge, -edge, edge, edge))
    over.end()
    painter.drawPixmap(place.topLeft(), layer)


def draw_stamp(painter: QPainter, frame: Frame) -> None:
    """Frame the cell that stamps, and the block of the output that it adds to."""
    state, layout, focus = frame.state, frame.layout, frame.state.focus
    assert layout.output is not None
    leads = frame.traced is None
    if leads:
        row, column = glide(state)
    elif focus is not None and focus.board == "input" and focus.channel in state.read_channels:
        row, column = state.stamper
    else:
        return
    vertical, horizontal = state.axes
    top = row * vertical.stride - vertical.padding
    left = column * horizontal.stride - horizontal.padding
    stamp = layout.output.cell_rect(top, left, vertical.extent, horizontal.extent)
    stamping = state.read_channels if leads or focus is None else (focus.channel,)
    for channel in stamping:
        here = layout.input[channel].counted.cell_rect(row, column)
        if channel == stamping[-1]:
            draw_rays(painter, here, stamp, frame)
        if leads:  # what is traced has its frame
            outline(painter, here, frame.leading)
    outline(painter, stamp, frame.leading)
    if vertical.dilation > 1 or horizontal.dilation > 1:
        taps = [
            layout.output.cell_rect(top + i * vertical.dilation, left + j * horizontal.dilation)
            for i in range(vertical.kernel)
            for j in range(horizontal.kernel)
        ]
        mark_cells(painter, taps, frame.leading)
