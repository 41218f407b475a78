"""Where the boards of the Lab lie on a canvas: input and output above, the arithmetic below.

Every input channel has a board of its own; of the output one channel is shown large and all of
them as thumbnails. Below there is a line for each input channel that is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from explorer.core.scene import LabState
from explorer.drawing.bench_layout import LARGEST_TAP, window_bench
from explorer.drawing.grid import (
    BETWEEN,
    CAPTION,
    LARGEST_CELL,
    SMALLEST_CELL,
    Block,
    Board,
    Cells,
    fitting,
)
from explorer.drawing.palette import GRID
from explorer.drawing.stamping_layout import plain_input, stamp_bench, stamped_area

MARGIN: Final = 3 * GRID
GAP: Final = 6 * GRID
TITLE: Final = 6 * GRID
LEGEND: Final = 5 * GRID
THUMB: Final = 5 * GRID
"""Largest side of a thumbnail."""
THUMBS_SHARE: Final = 0.3
OUTPUT_RATIO: Final = 2.5
"""How many times larger the cells of the output may be than those of several inputs."""
BENCH_SHARE: Final = 0.36
BENCH_SHARE_OF_MANY: Final = 0.46
ENLARGED: Final = 1.2
"""How much larger the canvas is taken when there is no room."""
MOST_ENLARGED: Final = 1.5
"""For the sake of a window's cells; words would become too small."""
SMALLEST_SEEN: Final = 8.0
"""Pixels of a cell of the window: boards of smaller ones have no room for their titles."""


@dataclass(frozen=True)
class Layout:
    """The places of everything.

    Attributes
    ----------
    input
        A board for each input channel.
    output
        The output channel that is looked at, with what is cropped of it where input cells stamp;
        None where the layer does not fit.
    thumbs
        A thumbnail for each output channel, none where there is only one.
    window, kernel, partial
        For each input channel that is read: what the window sees, or the cell that stamps, the
        slice of the kernel that it meets (none without weights), and where their sum stands (none
        for a single channel).
    result
        Where the output cell's number stands, or the words on what becomes of a stamp.
    stamp
        The stamp of each input channel, where input cells stamp.
    total
        The sum of the stamps of several channels.
    large
        The slice of the kernel of the channel that is shown large, where there is no room for all
        to be; `window` is that of this channel alone then.
    """

    input: tuple[Board, ...]
    output: Board | None
    thumbs: tuple[Board, ...]
    window: tuple[Board, ...]
    kernel: tuple[Board, ...]
    partial: tuple[QRectF, ...]
    result: QRectF
    stamp: tuple[Board, ...] = ()
    total: Board | None = None
    large: Board | None = None

    def zoomed(self, zoom: float, offset: QPointF) -> Layout:
        """Return everything as it lies after a zoom about the origin and a shift."""

        def board(this: Board | None) -> Board | None:
            return None if this is None else this.zoomed(zoom, offset)

        def boards(these: Iterable[Board]) -> tuple[Board, ...]:
            return tuple(this.zoomed(zoom, offset) for this in these)

        def place(rect: QRectF) -> QRectF:
            return QRectF(rect.topLeft() * zoom + offset, rect.size() * zoom)

        return Layout(
            boards(self.input),
            board(self.output),
            boards(self.thumbs),
            boards(self.window),
            boards(self.kernel),
            tuple(place(rect) for rect in self.partial),
            place(self.result),
            boards(self.stamp),
            board(self.total),
            board(self.large),
        )


def kernel_boards(state: LabState, layout: Layout) -> Iterator[tuple[int, Board]]:
    """Yield every slice of the kernel that is shown, a large one first, with its input channel."""
    if layout.large is not None:
        yield state.shown_channel, layout.large
    yield from zip(state.read_channels, layout.kernel, strict=False)


def arrange(state: LabState, width: float, height: float) -> Layout:
    """Lay the boards of `state` out on a canvas of `width` × `height` pixels.

    Where there is no room for all the lines of words, everything is as on a larger canvas, smaller;
    where the window would be very small, if that helps.
    """
    width, height = max(width, 1.0), max(height, 1.0)
    larger, first = 1.0, None
    while first is None or larger <= MOST_ENLARGED:
        layout = _arranged(state, larger * width, larger * height)
        if layout is not None:
            layout = layout if larger == 1.0 else layout.zoomed(1 / larger, QPointF())
            if not layout.window or layout.window[0].cell >= SMALLEST_SEEN:
                return layout
            first = first or layout
        larger *= ENLARGED
    return first


def _arranged(state: LabState, width: float, height: float) -> Layout | None:
    read = max(len(state.read_channels), 1)
    room = height - 2 * MARGIN - 2 * TITLE - LEGEND
    across = width - 2 * MARGIN
    share = BENCH_SHARE if read == 1 else BENCH_SHARE_OF_MANY
    wanted = min(share * room, read * (state.axes[0].kernel * LARGEST_TAP + BETWEEN + CAPTION))

    upper = _upper(state, across, room - wanted)
    bench = (stamp_bench if state.stamps else window_bench)(state, across, room - upper.height)
    spare = room - upper.height - bench.height
    if spare < -MARGIN / 2 or max(upper.width, bench.width) > width:
        return None

    top = MARGIN + TITLE + max(0.0, spare / 3)
    corner = QPointF((width - upper.width) / 2, top)
    lower = top + upper.height + LEGEND + TITLE + max(0.0, spare / 3)
    below = QPointF((width - bench.width) / 2, lower)
    return Layout(*upper.placed(corner), **bench.placed(below)._asdict())


@dataclass(frozen=True)
class _Upper:
    """The boards of input and output, at the origin."""

    width: float
    height: float
    inputs: Block
    output: Block | None
    thumbs: Block | None

    def placed(self, corner: QPointF) -> tuple[tuple[Board, ...], Board | None, tuple[Board, ...]]:
        def centred(height: float) -> float:
            return corner.y() + (self.height - height) / 2

        boards = self.inputs.placed(corner.x(), centred(self.inputs.height))
        if self.output is None:
            return boards, None, ()
        x = corner.x() + self.inputs.width + GAP
        strip = 0.0 if self.thumbs is None else LEGEND + self.thumbs.height
        y = centred(self.output.height + strip)
        (output,) = self.output.placed(x, y)
        if self.thumbs is None:
            return boards, output, ()
        return boards, output, self.thumbs.placed(x, y + self.output.height + LEGEND)


def _upper(state: LabState, across: float, tall: float) -> _Upper:
    """Return input and output with the largest cells that fit into `across` × `tall`.

    One input and one output have cells of one size, so that one sees what shrinks; of several,
    the output that is looked at may have larger ones.
    """
    before = plain_input(state) if state.stamps else _under_windows(state)
    count, makes = state.channels, state.output_channels
    if not state.fits:
        inputs = fitting(count, before, across, tall, LARGEST_CELL)
        return _Upper(inputs.width, inputs.height, inputs, None, None)
    after = stamped_area(state) if state.stamps else Cells(state.output_size)
    (h, w), (out_h, out_w) = before.shape, after.shape
    if count == makes == 1:
        cell = min((across - GAP) / (w + out_w), tall / max(h, out_h), LARGEST_CELL)
        inputs = Block(1, 1, max(cell, SMALLEST_CELL), before)
        output = Block(1, 1, inputs.cell, after)
        width = inputs.width + GAP + output.width
        return _Upper(width, max(inputs.height, output.height), inputs, output, None)
    share = min(max(count * w / (count * w + 2 * out_w), 0.4), 0.62)
    inputs = fitting(count, before, share * (across - GAP), tall, LARGEST_CELL)
    beside = across - GAP - inputs.width
    thumbs = None
    if makes > 1:
        small = Cells(state.output_size)
        thumbs = fitting(makes, small, beside, THUMBS_SHARE * tall, THUMB / max(small.shape))
        tall -= LEGEND + thumbs.height
    largest = max(OUTPUT_RATIO * inputs.cell, 1.0)
    output = fitting(1, after, beside, tall, min(LARGEST_CELL, largest))
    strip = 0.0 if thumbs is None else LEGEND + thumbs.height
    width = inputs.width + GAP + max(output.width, 0.0 if thumbs is None else thumbs.width)
    return _Upper(width, max(inputs.height, output.height + strip), inputs, output, thumbs)


def _under_windows(state: LabState) -> Cells:
    """Return the input with the padding, the zeros and the overhang that windows reach."""
    vertical, horizontal = state.axes
    return Cells((vertical.shown, horizontal.shown), (vertical.first, horizontal.first))
