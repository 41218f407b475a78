"""One frame of the Lab: a pure function of a state, what torch made of it, and a size.

What does not move is drawn once per state (`still`) and shown again for every step; `moving` adds
the window, the cells reached so far and what is traced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPixmap

from explorer.core.arithmetic import Evaluation, cell
from explorer.core.cell import Cell, flat_index
from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.scene import BoardName, Focus, LabState
from explorer.core.stamping import complete, reached, stamped, sums
from explorer.core.trace import Trace, trace
from explorer.core.usage import usage
from explorer.drawing.bench import draw_bench
from explorer.drawing.boards import (
    Scale,
    draw_grid,
    draw_legend,
    draw_title,
    draw_values,
    fitting_text,
    font,
    size_text,
    uncovered,
    width_of,
)
from explorer.drawing.colour import ink, levels, picture, span
from explorer.drawing.explained import draw_explained
from explorer.drawing.grid import Board
from explorer.drawing.input_boards import draw_inputs
from explorer.drawing.layout import Layout, kernel_boards
from explorer.drawing.palette import GRID, HEADING, MAP_GREY, MAPS_RGB, SMALL, Palette, faded
from explorer.drawing.pins import draw_pins, pin_colour
from explorer.drawing.slices import draw_slices
from explorer.drawing.stamping import (
    draw_added,
    draw_cropped,
    draw_kept,
    draw_stamp,
    stamped_notes,
)
from explorer.drawing.stamping_bench import draw_stamp_bench
from explorer.drawing.thumbs import draw_thumbs
from explorer.drawing.tracing import draw_trace, draw_window

GHOST_OPACITY = 0.16
SMALLEST_WITH_INDEX = 36.0
"""Side of an output cell from which on it has room for its number and an index."""

translate = QCoreApplication.translate


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything that a picture of the Lab is drawn from."""

    state: LabState
    evaluation: Evaluation
    layout: Layout
    palette: Palette
    viewport: QRectF

    @cached_property
    def usage(self) -> Array:
        """How many windows read each cell of the input, (h, w)."""
        return usage(self.state.layer, self.state.size).astype(np.float32)

    @cached_property
    def input_scales(self) -> tuple[Scale, ...]:
        """How the numbers of each input channel are coloured."""
        state, palette = self.state, self.palette
        if state.usage and state.fits:
            return (Scale(palette.map_count, 0.0, float(self.usage.max())),) * state.channels
        return self.value_scales

    @cached_property
    def value_scales(self) -> tuple[Scale, ...]:
        """The same, but never those of the counts."""
        state, palette = self.state, self.palette
        if not state.is_picture:
            scale = Scale(palette.map_signed, *span(state.input, signed=True))
            return (scale,) * state.channels
        if state.channels == len(MAPS_RGB):
            return tuple(Scale(anchors, 0.0, 255.0) for anchors in MAPS_RGB)
        ramp = MAP_GREY if state.sample == "picture" else palette.map_picture
        return (Scale(ramp, 0.0, 255.0),) * state.channels

    @cached_property
    def output_scale(self) -> Scale:
        """How the numbers of the output are coloured: pooling keeps the input's colours."""
        output, state = self.evaluation.output, self.state
        scale = self.value_scales[min(state.channel, state.channels - 1)]
        if output is None:
            return scale
        low, high = span(output, signed=True)
        if state.weight is not None or not state.layer.keeps_range:
            return Scale(self.palette.map_signed, low, high)
        if high <= scale.high:
            return scale
        return Scale(scale.anchors, low if scale.low < 0 else 0.0, high)

    @cached_property
    def kernel_scale(self) -> Scale:
        """How weights are coloured, by other colours than data."""
        weight = self.state.weight
        values = np.zeros(1) if weight is None else weight
        return Scale(self.palette.map_weight, *span(values, signed=True))

    @cached_property
    def taken_apart(self) -> Cell | None:
        """The output cell whose arithmetic is shown."""
        state, output = self.state, self.evaluation.output
        if output is None:
            return None
        at = (state.channel, *state.cell)
        return cell(state.layer, state.input, state.used_weight, state.bias, output, at)

    @cached_property
    def traced(self) -> Trace | None:
        """What belongs to the cell that is pointed at."""
        state = self.state
        if state.focus is None or not state.fits:
            return None
        if state.focus.board == "input":
            board = self.layout.input[state.focus.channel]
            if board.index(state.focus.cell) is None:  # a zero between plain cells
                return None
        return trace(state.layer, state.size, state.focus)

    @property
    def traces_all(self) -> bool:
        """Whether every output cell has to do with the cell that is pointed at."""
        if self.traced is None:
            return False
        outputs = len(self.traced.rows.outputs) * len(self.traced.columns.outputs)
        return outputs == self.state.windows

    @cached_property
    def leading(self) -> Palette:
        """The palette with the frame of the cell in focus in the colour of its pin."""
        pins = self.state.pins
        if self.state.focus not in pins:
            return self.palette
        colour = pin_colour(self.palette, pins.index(self.state.focus))
        return replace(self.palette, focus_window=colour)

    @cached_property
    def beside_the_point(self) -> Frame:
        """The frame in paler colours, for what another cell than the traced one is made of."""
        return replace(self, palette=faded(self.palette))

    @cached_property
    def output(self) -> Array | None:
        """The output channel looked at, with what is cropped of it where input cells stamp."""
        state, output = self.state, self.evaluation.output
        if output is None:
            return None
        return complete(state, output) if state.stamps else output[state.channel]

    @property
    def so_far(self) -> tuple[Array, np.ndarray]:
        """The output as far as it has come, and which of its cells have come, where torch is."""
        state = self.state
        assert self.output is not None
        if not state.stamps:
            order = np.arange(state.windows).reshape(state.output_size)
            return self.output, order <= int(state.step)
        (rows, columns), count = stamped(state), int(state.step) + 1
        if count >= state.steps:
            return self.output, np.ones(self.output.shape, bool)
        return sums(state, rows, columns, count), reached(state, rows, columns, count)


def still(painter: QPainter, frame: Frame) -> None:
    """Draw all that stays while the window moves."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layout, palette = frame.layout, frame.palette
    draw_inputs(painter, frame)
    draw_slices(painter, frame)
    if layout.output is not None:
        title, note, room = _words(frame, layout.output)
        draw_title(painter, layout.output, title, note, palette, room)
        _draw_ghost(painter, frame, layout.output)
        draw_thumbs(painter, frame)


def _words(frame: Frame, board: Board) -> tuple[str, str, float]:
    """Return the title of the output, its sizes, and the room that there is for them."""
    state, count = frame.state, len(frame.layout.thumbs)
    titles: tuple[str, ...] = (translate("canvas", "Output"),)
    notes = stamped_notes(state) if state.stamps else (size_text(board.shape),)
    if count and state.stamps:
        long = translate("canvas", "Output, channel {channel} of {count}")
        short = translate("canvas", "Output {channel} of {count}")
        titles = tuple(text.format(channel=state.channel, count=count) for text in (long, short))
    elif count:
        note = translate("canvas", "channel {channel} of {count}, {size}")
        short = translate("canvas", "{channel} of {count}, {size}")
        given = {"channel": state.channel, "count": count, "size": notes[0]}
        notes = note.format(**given), short.format(**given), notes[0]
    room = max(frame.viewport.right(), board.place.right()) - board.place.left() - GRID
    title = fitting_text(titles, font(HEADING, QFont.Weight.DemiBold), room)
    return title, fitting_text(notes, font(12), room), room


def _draw_ghost(painter: QPainter, frame: Frame, board: Board) -> None:
    """Draw the output as it is before the window has come: pale."""
    painter.fillRect(board.rect, QColor(frame.palette.ghost))
    values, scale = frame.output, frame.output_scale
    if values is not None:
        painter.setOpacity(GHOST_OPACITY)
        shown = picture(values, scale.anchors, scale.low, scale.high)
        with uncovered(painter, board):
            painter.drawImage(board.whole, shown)
        painter.setOpacity(1.0)
        draw_legend(painter, board, scale, frame.palette, frame.viewport)
    if frame.state.stamps:
        draw_cropped(painter, frame, board)
    draw_grid(painter, board, frame.palette, frame.viewport)
    if frame.state.stamps:
        draw_kept(painter, frame)


def result(frame: Frame, ratio: float) -> QPixmap | None:
    """Return the whole output as a picture, to be uncovered step by step."""
    board, values = frame.layout.output, frame.output
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
    draw_values(painter, board, values, frame.output_scale, frame.viewport)
    if frame.state.tells_indices and board.cell >= SMALLEST_WITH_INDEX:
        _draw_indices(painter, frame, board)
    if frame.state.stamps:
        draw_cropped(painter, frame, board)
    draw_grid(painter, board, frame.palette, frame.viewport)
    painter.end()
    return pixmap


def _draw_indices(painter: QPainter, frame: Frame, board: Board) -> None:
    """Write into the corner of each output cell which cell of the input was the largest."""
    state, output, scale = frame.state, frame.evaluation.output, frame.output_scale
    assert output is not None
    inks = ink(scale.anchors)
    painter.setFont(font(min(board.cell / 4, SMALL)))
    rows, columns = board.seen(frame.viewport)
    places = levels(output[state.channel], scale.low, scale.high)
    for row, column in product(rows, columns):
        at = (state.channel, row, column)
        apart = cell(state.layer, state.input, None, None, output, at)
        if apart.taken is None:
            continue
        painter.setPen(inks[places[row, column]])
        place = board.cell_rect(row, column).adjusted(0, 0, -3, -2)
        corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(place, corner, str(flat_index(apart.taken, state.size[1])))


def moving(painter: QPainter, frame: Frame, output: QPixmap | None) -> None:
    """Draw what changes from step to step; `output` is what `result` returned."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    state, layout = frame.state, frame.layout
    if layout.output is not None:
        if output is not None:
            (draw_added if state.stamps else _uncover)(painter, frame, output)
        if frame.traced is not None:
            draw_trace(painter, frame, frame.traced)
        elif not state.stamps:
            draw_window(painter, frame)
        if state.stamps:
            draw_stamp(painter, frame)
            title, note, _ = _words(frame, layout.output)
            heading = font(HEADING, QFont.Weight.DemiBold)
            draw_explained(painter, frame, (width_of(title, heading), width_of(note, font(12))))
    (draw_stamp_bench if state.stamps else draw_bench)(painter, frame)
    if layout.output is not None:
        draw_pins(painter, frame)


def _uncover(painter: QPainter, frame: Frame, output: QPixmap) -> None:
    """Show of the output what the window has reached, and what is traced."""
    board = frame.layout.output
    assert board is not None
    painter.save()
    if not frame.traces_all:
        painter.setClipPath(_reached(board, int(frame.state.step), frame.traced))
    corner = board.rect.intersected(frame.viewport).toAlignedRect().topLeft()
    painter.drawPixmap(corner, output)
    painter.restore()


def _reached(board: Board, step: int, traced: Trace | None) -> QPainterPath:
    """Return the output cells up to and including number `step`, and those that are traced."""
    rows, columns = divmod(step + 1, board.shape[1])
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRect(board.cell_rect(0, 0, rows, board.shape[1]))
    path.addRect(board.cell_rect(rows, 0, 1, columns))
    for at in traced.outputs if traced is not None else ():
        path.addRect(board.cell_rect(*at))
    return path


def hit(state: LabState, layout: Layout, point: QPointF) -> Focus | None:
    """Return the cell under `point`, or None; what is cropped of the output is no cell."""
    output = () if layout.output is None else ((state.channel, layout.output),)
    boards: tuple[tuple[BoardName, tuple[tuple[int, Board], ...]], ...] = (
        ("input", tuple(enumerate(layout.input))),
        ("output", output),
        ("kernel", tuple(kernel_boards(state, layout))),
    )
    for name, numbered in boards:
        for channel, board in numbered:
            found = board.at(point)
            if found is not None and (name != "output" or _is_kept(state, found)):
                return Focus(name, found, channel)
    return None


def _is_kept(state: LabState, cell: Pair) -> bool:
    return all(0 <= at < size for at, size in zip(cell, state.output_size, strict=True))
