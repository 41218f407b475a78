"""One frame of the Lab: a pure function of a state, what torch made of it, and a size.

What does not move is drawn once per state (`still`) and shown again for every step; `moving` adds
the window, the cells reached so far and what is traced.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPainterPath, QPen, QPixmap

from explorer.core.arithmetic import Evaluation, cell
from explorer.core.cell import Cell, number
from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.presets import DIGIT
from explorer.core.scene import BoardName, Focus, LabState
from explorer.core.trace import Trace, trace
from explorer.drawing.boards import (
    SMALLEST_WITH_GRID,
    Scale,
    draw_grid,
    draw_legend,
    draw_padding,
    draw_title,
    draw_values,
    font,
)
from explorer.drawing.colour import picture, span
from explorer.drawing.layout import TITLE, Board, Layout
from explorer.drawing.palette import Palette

GHOST_OPACITY = 0.16
REST = 0.35
"""Share of the way from cell to cell for which the window rests on a cell."""
BESIDE_THE_POINT = 0.3
"""Opacity of the sum below while another cell than an output is traced."""
MOST_MARKED = 11 * 11
"""Cells that are framed at most: as many as the largest window has."""


translate = QCoreApplication.translate


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything that a picture of the Lab is drawn from."""

    state: LabState
    evaluation: Evaluation
    layout: Layout
    palette: Palette
    viewport: QRectF

    @property
    def _is_picture(self) -> bool:
        return self.state.sample == DIGIT

    @cached_property
    def input_scale(self) -> Scale:
        """How the numbers of the input are coloured."""
        if self._is_picture:
            return Scale(self.palette.map_picture, 0.0, 255.0)
        return Scale(self.palette.map_signed, *span(self.state.input, signed=True))

    @cached_property
    def output_scale(self) -> Scale:
        """How the numbers of the output are coloured: pooling keeps the input's colours."""
        output, scale = self.evaluation.output, self.input_scale
        if output is None:
            return scale
        low, high = span(output, signed=True)
        if self.state.weight is not None:
            return Scale(self.palette.map_signed, low, high)
        if high <= scale.high:
            return scale
        return Scale(scale.anchors, low if scale.low < 0 else 0.0, high)

    @cached_property
    def kernel_scale(self) -> Scale:
        """How weights are coloured, by other colours than data."""
        weight = self.state.weight
        return Scale(self.palette.map_weight, *span(_nonempty(weight), signed=True))

    @cached_property
    def taken_apart(self) -> Cell | None:
        """The output cell whose arithmetic is shown."""
        state, output = self.state, self.evaluation.output
        if output is None:
            return None
        at = (0, *state.cell)
        return cell(state.layer, state.input, state.weight, state.bias, output, at)

    @cached_property
    def traced(self) -> Trace | None:
        """What belongs to the cell that is pointed at."""
        state = self.state
        if state.focus is None or not state.fits:
            return None
        return trace(state.layer, state.size, state.focus)


def _nonempty(values: Array | None) -> Array:
    return np.zeros(1) if values is None else values


def still(painter: QPainter, frame: Frame) -> None:
    """Draw all that stays while the window moves."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    state, layout, palette = frame.state, frame.layout, frame.palette
    vertical, horizontal = state.layer.axes(state.size)
    board = layout.input
    if board.shape != state.size:
        inside = board.cell_rect(
            -vertical.padding, -horizontal.padding, vertical.padded, horizontal.padded
        )
        draw_padding(painter, board, palette, inside)
        if vertical.padding_mode != "zeros" and state.fits:
            _draw_copies(painter, frame)
    draw_values(painter, board, state.input[0], frame.input_scale, frame.viewport)
    draw_grid(painter, board, palette)
    painter.setPen(QPen(QColor(palette.control), 1.5))
    painter.drawRect(board.cell_rect(0, 0, *state.size))
    draw_title(painter, board, translate("canvas", "Input"), _input_note(frame), palette)
    draw_legend(painter, board, frame.input_scale, palette)

    if layout.kernel is not None and state.weight is not None:
        draw_values(painter, layout.kernel, state.weight[0, 0], frame.kernel_scale, frame.viewport)
        draw_grid(painter, layout.kernel, palette)
        draw_title(
            painter,
            layout.kernel,
            translate("canvas", "Kernel"),
            _size(layout.kernel.shape),
            palette,
        )
    if layout.output is not None:
        draw_title(
            painter,
            layout.output,
            translate("canvas", "Output"),
            _size(layout.output.shape),
            palette,
        )
        _draw_ghost(painter, frame, layout.output)


def _draw_ghost(painter: QPainter, frame: Frame, board: Board) -> None:
    """Draw the output as it is before the window has come: pale."""
    painter.fillRect(board.rect, QColor(frame.palette.ghost))
    values, scale = frame.evaluation.output, frame.output_scale
    if values is not None:
        painter.setOpacity(GHOST_OPACITY)
        painter.drawImage(board.rect, picture(values[0], scale.anchors, scale.low, scale.high))
        painter.setOpacity(1.0)
        draw_legend(painter, board, scale, frame.palette)
    draw_grid(painter, board, frame.palette)


def _size(size: Pair) -> str:
    return f"{size[0]} × {size[1]}"


def _input_note(frame: Frame) -> str:
    board, size = frame.layout.input, frame.state.size
    axes = frame.state.layer.axes(size)
    padded = axes[0].padded, axes[1].padded
    note = _size(size)
    if padded != size:
        note += translate("canvas", ", padded {size}").format(size=_size(padded))
    if board.shape != padded:
        note += translate("canvas", ", windows reach {size}").format(size=_size(board.shape))
    return note


def _draw_copies(painter: QPainter, frame: Frame) -> None:
    """Show in the padding, paler, the values that its mode copies there."""
    board, state = frame.layout.input, frame.state
    axes = state.layer.axes(state.size)
    rows, columns = (
        [axis.source(position) for position in range(-axis.padding, axis.size + axis.padding)]
        for axis in axes
    )
    copies = state.input[0][np.ix_(rows, columns)]  # type: ignore[arg-type]
    shifted = Board(board.x, board.y, board.cell, board.shape)
    painter.setOpacity(0.55)
    draw_values(painter, shifted, copies, frame.input_scale, frame.viewport)
    painter.setOpacity(1.0)


def result(frame: Frame, ratio: float) -> QPixmap | None:
    """Return the whole output as a picture, to be uncovered step by step."""
    board, values = frame.layout.output, frame.evaluation.output
    if board is None or values is None:
        return None
    place = board.rect.intersected(frame.viewport).toAlignedRect()
    if place.isEmpty():
        return None
    pixmap = QPixmap(place.size() * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(-place.topLeft())
    draw_values(painter, board, values[0], frame.output_scale, frame.viewport)
    draw_grid(painter, board, frame.palette)
    painter.end()
    return pixmap


def moving(painter: QPainter, frame: Frame, output: QPixmap | None) -> None:
    """Draw what changes from step to step; `output` is what `result` returned."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if frame.layout.output is not None:
        if output is not None:
            _uncover(painter, frame, frame.layout.output, output)
        if frame.traced is None:
            _draw_window(painter, frame)
        else:
            _draw_trace(painter, frame, frame.traced)
    _draw_bench(painter, frame)


def _uncover(painter: QPainter, frame: Frame, board: Board, output: QPixmap) -> None:
    """Show of the output what the window has reached, and what is traced."""
    traced = frame.traced.outputs if frame.traced is not None else frozenset()
    painter.save()
    if len(traced) < frame.state.windows:
        painter.setClipPath(_reached(board, int(frame.state.step), traced))
    corner = board.rect.intersected(frame.viewport).toAlignedRect().topLeft()
    painter.drawPixmap(corner, output)
    painter.restore()


def _reached(board: Board, step: int, traced: frozenset[Pair]) -> QPainterPath:
    """Return the output cells up to and including number `step`, and those in `traced`."""
    rows, columns = divmod(step + 1, board.shape[1])
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRect(board.cell_rect(0, 0, rows, board.shape[1]))
    path.addRect(board.cell_rect(rows, 0, 1, columns))
    for at in traced:
        path.addRect(board.cell_rect(*at))
    return path


def _glide(state: LabState) -> tuple[float, float]:
    """Return the (row, column) of the window in output cells, between two cells on the way."""
    columns = state.output_size[1]
    last = state.windows - 1
    index = min(int(state.step), last)
    share = min(max(state.step - index - REST, 0.0) / (1 - REST), 1.0)
    share = share * share * (3 - 2 * share)
    row, column = divmod(index, columns)
    next_row, next_column = divmod(min(index + 1, last), columns)
    return row + share * (next_row - row), column + share * (next_column - column)


def _draw_window(painter: QPainter, frame: Frame) -> None:
    state, layout = frame.state, frame.layout
    assert layout.output is not None
    axes = state.layer.axes(state.size)
    row, column = _glide(state)
    top = row * axes[0].stride - axes[0].padding
    left = column * axes[1].stride - axes[1].padding
    window = layout.input.cell_rect(top, left, axes[0].extent, axes[1].extent)
    cell_rect = layout.output.cell_rect(row, column)
    _draw_rays(painter, window, cell_rect, frame)
    if axes[0].dilation > 1 or axes[1].dilation > 1:
        read = product(
            range(0, axes[0].extent, axes[0].dilation), range(0, axes[1].extent, axes[1].dilation)
        )
        _mark(painter, [layout.input.cell_rect(top + i, left + j) for i, j in read], frame.palette)
    _outline(painter, window, frame.palette)
    _outline(painter, cell_rect, frame.palette)


def _draw_rays(painter: QPainter, window: QRectF, cell_rect: QRectF, frame: Frame) -> None:
    """Draw the beam from a window to the cell that it makes, in the gap between the boards."""
    layout, palette = frame.layout, frame.palette
    assert layout.output is not None
    gap = QPainterPath()
    gap.addRect(frame.viewport)
    for board in (layout.input, layout.output):
        covered = QPainterPath()
        covered.addRect(board.rect.adjusted(0, -TITLE, 0, 0))
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


def _outline(painter: QPainter, rect: QRectF, palette: Palette) -> None:
    """Frame `rect` with a halo, so that it stands out on any colour of a ramp."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.surface, 5.0), (palette.focus_window, 2.5)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRoundedRect(rect, 2, 2)


def _mark(painter: QPainter, rects: list[QRectF], palette: Palette) -> None:
    """Frame cells of one size inside of their edges."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.focus_window), 1.5))
    inset = min(1.0, rects[0].width() / 8) if rects else 0.0
    painter.drawRects([rect.adjusted(inset, inset, -inset, -inset) for rect in rects])


def _spotlight(painter: QPainter, board: Board, cells: frozenset[Pair], palette: Palette) -> None:
    """Veil all of `board` but `cells`, and mark those where marks do not hide the picture."""
    veil = QImage(board.shape[1], board.shape[0], QImage.Format.Format_ARGB32_Premultiplied)
    colour = QColor(palette.surface)
    colour.setAlphaF(0.62)
    veil.fill(colour)
    for row, column in cells:
        veil.setPixel(column - board.first[1], row - board.first[0], 0)
    painter.drawImage(board.rect, veil)
    if board.cell >= SMALLEST_WITH_GRID and len(cells) <= MOST_MARKED:
        _mark(painter, [board.cell_rect(*at) for at in cells], palette)


def _draw_trace(painter: QPainter, frame: Frame, traced: Trace) -> None:
    layout, palette, focus = frame.layout, frame.palette, frame.state.focus
    assert layout.output is not None and focus is not None
    _spotlight(painter, layout.input, traced.inputs, palette)
    _spotlight(painter, layout.output, traced.outputs, palette)
    if focus.board == "output":
        rows, columns = zip(*traced.inputs, strict=True)
        block = layout.input.cell_rect(
            min(rows),
            min(columns),
            max(rows) - min(rows) + 1,
            max(columns) - min(columns) + 1,
        )
        _draw_rays(painter, block, layout.output.cell_rect(*focus.cell), frame)
        _outline(painter, block, palette)
        _outline(painter, layout.output.cell_rect(*focus.cell), palette)
    elif focus.board == "input":
        _outline(painter, layout.input.cell_rect(*focus.cell), palette)


def _draw_bench(painter: QPainter, frame: Frame) -> None:
    """Draw the window's numbers, the weights that they meet, and what comes of it."""
    apart, state, layout, palette = frame.taken_apart, frame.state, frame.layout, frame.palette
    if apart is None:
        return
    beside = frame.traced is not None and state.focus is not None and state.focus.board != "output"
    board = layout.window
    painter.setOpacity(BESIDE_THE_POINT if beside else 1.0)
    count = board.shape[0] * board.shape[1]
    values = np.array([term.value for term in apart.terms[:count]]).reshape(board.shape)
    draw_values(painter, board, values, frame.input_scale, frame.viewport)
    for term in apart.terms[:count]:
        if term.source is None:
            hatch = QColor(palette.padding)
            hatch.setAlphaF(0.6)
            place = board.cell_rect(*term.tap[1:])
            painter.fillRect(place, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    draw_grid(painter, board, palette)
    if apart.winner is not None:
        _outline(painter, board.cell_rect(*apart.terms[apart.winner].tap[1:]), palette)
    draw_title(painter, board, translate("canvas", "Window"), _where(apart.at), palette)

    if layout.kernel is not None:
        _draw_operator(painter, board.rect, layout.kernel.rect.left(), "×", palette)
        _draw_operator(painter, layout.kernel.rect, layout.result.left(), "=", palette)
        if beside and frame.traced is not None:
            painter.setOpacity(1.0)
            _spotlight(painter, layout.kernel, frame.traced.taps, palette)
            painter.setOpacity(BESIDE_THE_POINT)
    else:
        sign = state.layer.sign(apart)
        _draw_operator(painter, board.rect, layout.result.left(), sign, palette)
    _draw_result(painter, layout.result, apart, palette)
    painter.setOpacity(1.0)


def _where(at: tuple[int, int, int]) -> str:
    return translate("canvas", "for output ({row}, {column})").format(row=at[1], column=at[2])


def _draw_operator(
    painter: QPainter, left: QRectF, right: float, sign: str, palette: Palette
) -> None:
    painter.setFont(font(22 if len(sign) == 1 else 16, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.muted))
    place = QRectF(left.right(), left.top(), right - left.right(), left.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)


def _draw_result(painter: QPainter, place: QRectF, apart: Cell, palette: Palette) -> None:
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


def hit(layout: Layout, point: QPointF) -> Focus | None:
    """Return the cell under `point`, or None."""
    boards: tuple[tuple[BoardName, Board | None], ...] = (
        ("input", layout.input),
        ("output", layout.output),
        ("kernel", layout.kernel),
    )
    for name, board in boards:
        if board is not None and (found := board.at(point)) is not None:
            return Focus(name, found)
    return None
