"""The kernels of a layer as small boards on one scale: a gallery, a table of both channels, rows.

A kernel is meant by (out channel, in channel).
"""

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.drawing.boards import font
from explorer.drawing.colour import picture, span
from explorer.drawing.grid import Board
from explorer.drawing.palette import GRID, SMALL, Palette

GAP: Final = GRID + GRID // 2
CAPTION: Final = 2 * GRID

LABELS: Final = 2 * GRID + GRID // 2
"""Room for the numbers of the channels at the left of a table, and above it."""
NEAR: Final = 2
"""Pixels between two kernels of a table, and three times as many between large ones."""
LARGE: Final = 28
SMALLEST: Final = 9
LARGEST: Final = 48
"""Pixels that a kernel of a table is wide and high."""
TWO_FIGURES: Final = 15
"""Pixels from a kernel to the next that a number below 100 needs."""
LINE: Final = GRID + GRID // 2
"""Pixels that a row of weights is high, with the gap to the next."""


def gallery(count: int, kernel: tuple[int, int], width: float, height: float) -> list[Board]:
    """Lay `count` kernels of a size (h, w) out in rows, as large as the place allows."""
    best: list[Board] = []
    for columns in range(1, count + 1):
        rows = ceil(count / columns)
        across = (width - (columns - 1) * GAP) / (columns * kernel[1])
        down = (height - rows * CAPTION - (rows - 1) * GAP) / (rows * kernel[0])
        cell = min(across, down)
        if best and cell <= best[0].cell:
            continue
        step = kernel[1] * cell + GAP, kernel[0] * cell + CAPTION + GAP
        left = (width - columns * step[0] + GAP) / 2
        best = [
            Board(left + i % columns * step[0], i // columns * step[1], cell, kernel)
            for i in range(count)
        ]
    return best


@dataclass(frozen=True)
class Gallery:
    """One kernel per output channel, its number below it."""

    boards: tuple[Board, ...]

    @classmethod
    def of(cls, shape: tuple[int, ...], width: float, height: float) -> "Gallery":
        """Lay the kernels of a weight (out, 1, h, w) out in a place."""
        count, _, h, w = shape
        return cls(tuple(gallery(count, (h, w), width - 1, height)))

    def box(self, out: int, into: int = 0) -> QRectF:
        """Return where a kernel lies."""
        return self.boards[out].rect

    def at(self, point: QPointF) -> Pair | None:
        """Return the kernel at a point, its caption included."""
        for out, board in enumerate(self.boards):
            if board.cell > 0 and board.rect.adjusted(0, 0, 1, CAPTION).contains(point):
                return out, 0
        return None

    def seen(self, visible: QRectF) -> tuple[range, range]:
        """Return the channels, out and in, of those that may reach into `visible`."""
        return range(len(self.boards)), range(1)


@dataclass(frozen=True)
class Table:
    """A row per output channel, a column per input channel, as high as it needs to be."""

    outs: int
    ins: int
    side: int

    @classmethod
    def of(cls, shape: tuple[int, ...], width: float) -> "Table":
        """Lay the kernels of a weight (out, in, h, w) out over a width."""
        outs, ins = shape[:2]
        step = floor((width - LABELS - 1) / ins)
        side = step - 3 * NEAR
        if side < LARGE:
            side = min(step - NEAR, LARGE - 1)
        return cls(outs, ins, min(max(side, SMALLEST), LARGEST))

    @property
    def step(self) -> int:
        """Pixels from a kernel to the next."""
        return self.side + (3 * NEAR if self.side >= LARGE else NEAR)

    @property
    def size(self) -> Pair:
        """(width, height) of all of it."""
        return LABELS + self.ins * self.step + 1, LABELS + self.outs * self.step + 1

    def box(self, out: int, into: int) -> QRectF:
        """Return where a kernel lies."""
        left, top = LABELS + into * self.step, LABELS + out * self.step
        return QRectF(left, top, self.side, self.side)

    def at(self, point: QPointF) -> Pair | None:
        """Return the kernel at a point."""
        out, into = (floor((at - LABELS) / self.step) for at in (point.y(), point.x()))
        return (out, into) if 0 <= out < self.outs and 0 <= into < self.ins else None

    def seen(self, visible: QRectF) -> tuple[range, range]:
        """Return the channels, out and in, of those that may reach into `visible`."""
        outs = _reached(visible.top(), visible.bottom(), self.step, self.outs)
        return outs, _reached(visible.left(), visible.right(), self.step, self.ins)


@dataclass(frozen=True)
class Rows:
    """A line per output: for kernels that are long rows of weights, one below the other."""

    outs: int
    width: float

    @classmethod
    def of(cls, shape: tuple[int, ...], width: float) -> "Rows":
        """Lay the kernels of a weight (out, 1, 1, w) out over a width."""
        return cls(shape[0], width - LABELS - 1)

    @property
    def size(self) -> Pair:
        """(width, height) of all of it."""
        return floor(self.width) + LABELS + 1, self.outs * LINE + 1

    def box(self, out: int, into: int = 0) -> QRectF:
        """Return where a kernel lies."""
        return QRectF(LABELS, out * LINE, self.width, LINE - NEAR)

    def at(self, point: QPointF) -> Pair | None:
        """Return the kernel at a point."""
        out = floor(point.y() / LINE)
        return (out, 0) if 0 <= out < self.outs and point.x() >= 0 else None

    def seen(self, visible: QRectF) -> tuple[range, range]:
        """Return the channels, out and in, of those that may reach into `visible`."""
        top, bottom = visible.top() + LABELS, visible.bottom() + LABELS
        return _reached(top, bottom, LINE, self.outs), range(1)


Lying = Gallery | Table | Rows
"""Where the kernels of a layer lie."""


def _reached(low: float, high: float, step: int, count: int) -> range:
    first = max(floor((low - LABELS) / step), 0)
    return range(first, min(floor((high - LABELS) / step) + 1, count))


def draw_kernels(
    painter: QPainter,
    weight: Array,
    palette: Palette,
    lying: Lying,
    visible: QRectF,
    chosen: Pair | None = None,
    pointed: Pair | None = None,
) -> None:
    """Draw those kernels of a weight (out, in, h, w) that reach into `visible`."""
    h, w = weight.shape[2:]
    outs, ins = lying.seen(visible)
    if not outs or not ins:
        return
    shown = weight[outs.start : outs.stop, ins.start : ins.stop]
    # One picture of all of them: each board shows a part of it.
    together = shown.transpose(0, 2, 1, 3).reshape(len(outs) * h, len(ins) * w)
    every = picture(together, palette.map_weight, *span(weight, signed=True))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.border), 1))
    frames: list[QRectF] = []
    for row, out in enumerate(outs):
        for column, into in enumerate(ins):
            box = lying.box(out, into)
            if box.width() > 0 and box.intersects(visible):
                painter.drawImage(box, every, QRectF(column * w, row * h, w, h))
                frames.append(box)
    # Each call lets Python's lock go, and a thread that trains takes it.
    painter.drawRects(frames)
    for kernel, colour, wide in ((pointed, palette.text, 1), (chosen, palette.focus_window, 2)):
        if kernel is not None:
            painter.setPen(QPen(QColor(colour), wide))
            painter.drawRect(lying.box(*kernel))
    here = chosen if pointed is None else pointed
    if isinstance(lying, Table):
        _draw_channels(painter, palette, lying, visible, here)
    elif isinstance(lying, Rows):
        _draw_lines(painter, palette, lying, visible, here)
    else:
        _draw_numbers(painter, palette, lying, here)


def _draw_numbers(painter: QPainter, palette: Palette, lying: Gallery, here: Pair | None) -> None:
    for out, board in enumerate(lying.boards):
        if board.cell > 0:
            rect = board.rect
            below = QRectF(rect.left(), rect.bottom(), rect.width(), CAPTION)
            _draw_number(painter, palette, below, out, here is not None and here[0] == out)


def _draw_channels(
    painter: QPainter, palette: Palette, table: Table, visible: QRectF, here: Pair | None
) -> None:
    """Draw the numbers at the edges; those above stay in sight while the rows scroll."""
    outs, ins = table.seen(visible.adjusted(0, -LABELS, 0, 0))
    for out in outs:
        box = table.box(out, 0)
        if box.intersects(visible.adjusted(0, -LABELS, table.size[0], 0)):
            left = QRectF(0, box.top(), LABELS - GRID // 2, box.height())
            _draw_number(painter, palette, left, out, here is not None and here[0] == out)
    top = visible.top()
    painter.fillRect(QRectF(0, top, table.size[0], LABELS - NEAR), QColor(palette.surface))
    every = 1 if table.step >= TWO_FIGURES or table.ins <= 10 else 5
    for into in ins:
        is_here = here is not None and here[1] == into
        # The number of the one that is looked at is there in any case, and has its room.
        near = here is not None and abs(here[1] - into) < 2 and not is_here
        if every > 1 and not is_here and (into % every or near):
            continue
        box = table.box(0, into)
        above = QRectF(box.left() - GRID, top, box.width() + 2 * GRID, LABELS - NEAR)
        _draw_number(painter, palette, above, into, is_here)


def _draw_lines(
    painter: QPainter, palette: Palette, rows: Rows, visible: QRectF, here: Pair | None
) -> None:
    for out in rows.seen(visible)[0]:
        box = rows.box(out)
        left = QRectF(0, box.top(), LABELS - GRID // 2, box.height())
        _draw_number(painter, palette, left, out, here is not None and here[0] == out)


def _draw_number(
    painter: QPainter, palette: Palette, place: QRectF, number: int, is_here: bool
) -> None:
    painter.setFont(font(SMALL, QFont.Weight.DemiBold if is_here else QFont.Weight.Normal))
    painter.setPen(QColor(palette.text if is_here else palette.muted))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(number))
