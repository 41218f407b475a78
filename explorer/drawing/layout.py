"""Where the boards of the Lab lie on a canvas: input and output above, the window's sum below."""

from dataclasses import dataclass, replace
from math import floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import Pair
from explorer.core.scene import LabState
from explorer.drawing.palette import GRID

MARGIN: Final = 3 * GRID
GAP: Final = 6 * GRID
TITLE: Final = 6 * GRID
LEGEND: Final = 5 * GRID
OPERATOR: Final = 5 * GRID
RESULT: Final = 12 * GRID
LARGEST_CELL: Final = 56.0
LARGEST_TAP: Final = 48.0
BENCH_SHARE: Final = 0.36
NARROWEST_BLOCK: Final = 14 * GRID
"""Width that a board of the sum takes at least, for the words above it."""


@dataclass(frozen=True)
class Board:
    """A grid of square cells; `first` is the (row, column) of its top left one."""

    x: float
    y: float
    cell: float
    shape: Pair
    first: Pair = (0, 0)

    @property
    def rect(self) -> QRectF:
        """The whole board."""
        return QRectF(self.x, self.y, self.shape[1] * self.cell, self.shape[0] * self.cell)

    def cell_rect(self, row: float, column: float, rows: float = 1, columns: float = 1) -> QRectF:
        """Return the place of a cell, or of a block of cells that begins there."""
        return QRectF(
            self.x + (column - self.first[1]) * self.cell,
            self.y + (row - self.first[0]) * self.cell,
            columns * self.cell,
            rows * self.cell,
        )

    def at(self, point: QPointF) -> Pair | None:
        """Return the (row, column) under `point`, or None outside of the board."""
        row = floor((point.y() - self.y) / self.cell)
        column = floor((point.x() - self.x) / self.cell)
        if 0 <= row < self.shape[0] and 0 <= column < self.shape[1]:
            return row + self.first[0], column + self.first[1]
        return None

    def zoomed(self, zoom: float, offset: QPointF) -> "Board":
        """Return the board as it lies after a zoom about the origin and a shift."""
        x, y = self.x * zoom + offset.x(), self.y * zoom + offset.y()
        return replace(self, x=x, y=y, cell=self.cell * zoom)


@dataclass(frozen=True)
class Layout:
    """The places of everything; `output` is None where the layer does not fit."""

    input: Board
    output: Board | None
    window: Board
    kernel: Board | None
    result: QRectF

    def zoomed(self, zoom: float, offset: QPointF) -> "Layout":
        """Return everything as it lies after a zoom about the origin and a shift."""
        corner = self.result.topLeft() * zoom + offset
        return Layout(
            self.input.zoomed(zoom, offset),
            None if self.output is None else self.output.zoomed(zoom, offset),
            self.window.zoomed(zoom, offset),
            None if self.kernel is None else self.kernel.zoomed(zoom, offset),
            QRectF(corner, self.result.size() * zoom),
        )


def arrange(state: LabState, width: float, height: float) -> Layout:
    """Lay the boards of `state` out on a canvas of `width` × `height` pixels."""
    axes = state.layer.axes(state.size)
    first = (-axes[0].padding, -axes[1].padding)
    fits = state.fits
    read = [axis.padded + (axis.overhang if fits else 0) for axis in axes]
    rows, columns = read
    out_rows, out_columns = state.output_size
    taps = axes[0].kernel, axes[1].kernel

    room = height - 2 * MARGIN - 2 * TITLE - LEGEND
    across = width - 2 * MARGIN
    wanted = min(BENCH_SHARE * room, taps[0] * LARGEST_TAP)
    cell = _cell(across - (GAP if fits else 0), columns + out_columns, room - wanted, rows)
    if fits:
        cell = min(cell, _cell(across - GAP, columns + out_columns, room - wanted, out_rows))
    tall = max(rows, out_rows) * cell

    blocks = 2 if state.weight is not None else 1
    extra = 2 * OPERATOR + RESULT
    tap = min((across - extra) / (blocks * taps[1]), (room - tall) / taps[0], LARGEST_TAP)
    tap = max(tap, 4.0)
    spare = max(0.0, room - tall - taps[0] * tap)

    top = MARGIN + TITLE + spare / 3
    left = (width - (columns + out_columns) * cell - (GAP if fits else 0)) / 2
    input_board = Board(left, top + (tall - rows * cell) / 2, cell, (rows, columns), first)
    output_board = None
    if fits:
        x = left + columns * cell + GAP
        output_board = Board(x, top + (tall - out_rows * cell) / 2, cell, (out_rows, out_columns))

    bench = top + tall + LEGEND + TITLE + spare / 3
    # Where it fits, a small board leaves room for the words above it.
    block = max(taps[1] * tap, min(NARROWEST_BLOCK, (across - extra) / blocks))
    left = (width - blocks * block - extra) / 2
    window_board = Board(left, bench, tap, taps)
    x = left + block + OPERATOR
    kernel_board = None
    if state.weight is not None:
        kernel_board = Board(x, bench, tap, taps)
        x += block
    x += OPERATOR
    result = QRectF(x, bench + taps[0] * tap / 2 - 3 * GRID, RESULT, 6 * GRID)
    return Layout(input_board, output_board, window_board, kernel_board, result)


def _cell(across: float, columns: int, tall: float, rows: int) -> float:
    return max(2.0, min(across / columns, tall / max(rows, 1), LARGEST_CELL))
