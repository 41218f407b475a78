"""Where the parts of the window's sum lie, at the origin: as large as the place allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.core.scene import LabState
from explorer.drawing.boards import SMALLEST_WITH_NUMBERS
from explorer.drawing.grid import BETWEEN, CAPTION, Board, Cells
from explorer.drawing.palette import GRID

OPERATOR: Final = 5 * GRID
NARROW: Final = 2.5 * GRID
"""Width of a sign where there are several channels."""
SUM: Final = 4 * GRID
"""Width of the sign before the sum of all channels in a list."""
RESULT: Final = 12 * GRID
NARROW_RESULT: Final = 9 * GRID
PARTIAL: Final = 5.5 * GRID
LARGEST_TAP: Final = 48.0
SMALLEST_TAP: Final = 0.5
NARROWEST_BLOCK: Final = 14 * GRID
"""Width that a board of the sum takes at least, for the words above it."""
NARROWEST_OF_MANY: Final = 5.5 * GRID
SLICE: Final = 3 * GRID
"""Side of a slice of the kernel in the list of channels."""
SLICES_APART: Final = GRID / 2
MOST_NUMBERED: Final = 16
"""Channels of a list that have room for a number each; of more a colour tells what each gives."""


class BenchPlaces(NamedTuple):
    """The last fields of `explorer.drawing.layout.Layout`."""

    window: tuple[Board, ...]
    kernel: tuple[Board, ...]
    partial: tuple[QRectF, ...]
    result: QRectF
    stamp: tuple[Board, ...] = ()
    total: Board | None = None
    large: Board | None = None


@dataclass(frozen=True)
class WindowBench:
    """The window's sum with a line for each channel, at the origin."""

    width: float
    height: float
    tap: float
    cells: Cells
    read: int
    blocks: int
    block: float
    columns: int

    @property
    def group(self) -> float:
        """Width of one channel's line: its boards, the signs between them and its part."""
        return self.blocks * self.block + _signs(self.read, self.blocks)

    def placed(self, corner: QPointF) -> BenchPlaces:
        """Return the places with the top left corner of the whole at `corner`."""
        windows, kernels, partials = [], [], []
        caption, operator = CAPTION if self.read > 1 else 0, _operator(self.read)
        tall = self.cells.shape[0] * self.tap
        for i in range(self.read):
            x = corner.x() + i % self.columns * (self.group + operator)
            y = corner.y() + i // self.columns * (tall + BETWEEN + caption) + caption
            windows.append(Board.of(self.cells, x, y, self.tap))
            x += self.block
            if self.blocks == 2:
                x += operator
                kernels.append(Board.of(self.cells, x, y, self.tap))
                x += self.block
            if self.read > 1:
                middle = y + tall / 2
                partials.append(QRectF(x + operator, middle - 1.5 * GRID, PARTIAL, 3 * GRID))
        x = corner.x() + self.width - RESULT
        result = QRectF(x, corner.y() + self.height / 2 - 3 * GRID, RESULT, 6 * GRID)
        return BenchPlaces(tuple(windows), tuple(kernels), tuple(partials), result)


@dataclass(frozen=True)
class ListBench:
    """One channel of the window's sum large, and what each gives in a list, at the origin."""

    width: float
    height: float
    tap: float
    cells: Cells
    read: int
    columns: int

    @property
    def slice(self) -> float:
        """Side of a slice."""
        if self.read <= MOST_NUMBERED:
            return SLICE
        return 2 * GRID if self.read <= 2 * MOST_NUMBERED else 1.25 * GRID

    @property
    def partial(self) -> float:
        """Width of what says what a channel gives, with the gap behind it."""
        return PARTIAL if self.read <= MOST_NUMBERED else 1.25 * GRID

    def placed(self, corner: QPointF) -> BenchPlaces:
        """Return the places with the top left corner of the whole at `corner`."""
        x, y = corner.x(), corner.y()
        (h, w), middle = self.cells.shape, y + self.height / 2
        window = Board.of(self.cells, x, middle - h * self.tap / 2, self.tap)
        x += w * self.tap + NARROW
        large = Board.of(self.cells, x, window.y, self.tap)
        x += w * self.tap + NARROW
        side, beside = self.slice, self.partial
        small = side / max(h, w)
        lines = ceil(self.read / self.columns)
        top = middle - (lines * (side + SLICES_APART) - SLICES_APART) / 2
        kernels, partials = [], []
        for i in range(self.read):
            left = x + i // lines * (side + beside)
            line = top + i % lines * (side + SLICES_APART)
            inset = (side - w * small) / 2, (side - h * small) / 2
            kernels.append(Board.of(self.cells, left + inset[0], line + inset[1], small))
            partials.append(QRectF(left + side, line, beside, side))
        left = corner.x() + self.width - NARROW_RESULT
        result = QRectF(left, middle - 3 * GRID, NARROW_RESULT, 6 * GRID)
        return BenchPlaces((window,), tuple(kernels), tuple(partials), result, large=large)


def window_bench(state: LabState, across: float, tall: float) -> WindowBench | ListBench:
    """Return the sum with the largest cells that fit into `across` × `tall`.

    Where the numbers of several channels could not be read, one of them is large beside a list.
    """
    lines = _lines_bench(state, across, tall)
    if lines.read == 1 or lines.blocks == 1 or lines.tap >= SMALLEST_WITH_NUMBERS:
        return lines
    listed = _list_bench(state, across, tall)
    return listed if listed.tap > lines.tap or lines.read > MOST_NUMBERED else lines


def under_window(state: LabState) -> Cells:
    """Return the cells of the kernel as the window meets them."""
    h, w = state.axes[0].kernel, state.axes[1].kernel
    return Cells((h, w), (h - 1, w - 1), (-1, -1)) if state.turns_kernel else Cells((h, w))


def _operator(read: int) -> float:
    return OPERATOR if read == 1 else NARROW


def _signs(read: int, blocks: int) -> float:
    """Return the width of what is no board in the line of a channel."""
    return (blocks - 1) * _operator(read) + (_operator(read) + PARTIAL if read > 1 else 0)


def _lines_bench(state: LabState, across: float, tall: float) -> WindowBench:
    cells = under_window(state)
    read = max(len(state.read_channels), 1)
    blocks = 2 if state.weight is not None else 1
    last = RESULT + (OPERATOR if blocks == 2 else 2 * OPERATOR)
    signs, caption = _signs(read, blocks), CAPTION if read > 1 else 0

    def free(columns: int) -> float:
        return across - last - (columns - 1) * _operator(read) - columns * signs

    best: tuple[float, int] | None = None
    for columns in range(1, read + 1):
        lines = ceil(read / columns)
        tap = min(
            free(columns) / (columns * blocks * cells.shape[1]),
            (tall - lines * caption - (lines - 1) * BETWEEN) / (lines * cells.shape[0]),
            LARGEST_TAP,
        )
        if best is None or tap > best[0]:
            best = tap, columns
    assert best is not None
    tap, columns = max(best[0], SMALLEST_TAP), best[1]
    # Where it fits, a small board leaves room for the words above it.
    least = NARROWEST_BLOCK if read == 1 else NARROWEST_OF_MANY
    least = min(least, free(columns) / (columns * blocks))
    block = max(cells.shape[1] * tap, least)
    width = columns * (blocks * block + signs) + (columns - 1) * _operator(read) + last
    lines = ceil(read / columns)
    height = lines * (cells.shape[0] * tap + caption) + (lines - 1) * BETWEEN
    return WindowBench(width, height, tap, cells, read, blocks, block, columns)


def _list_bench(state: LabState, across: float, tall: float) -> ListBench:
    cells, read = under_window(state), len(state.read_channels)
    made = ListBench(0.0, 0.0, 0.0, cells, read, 1)
    each = made.slice + SLICES_APART
    columns = ceil(read / max(1, int((tall + SLICES_APART) // each)))
    lines = ceil(read / columns)
    beside = 2 * NARROW + columns * (made.slice + made.partial) + SUM + NARROW_RESULT
    tap = min((across - beside) / (2 * cells.shape[1]), tall / cells.shape[0], LARGEST_TAP)
    tap = max(tap, SMALLEST_TAP)
    width = 2 * cells.shape[1] * tap + beside
    height = max(cells.shape[0] * tap, lines * each - SLICES_APART)
    return replace(made, width=width, height=height, tap=tap, columns=columns)
