"""Where things lie while input cells stamp: the plain input, the stamped area, the stamps' sum."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import Pair
from explorer.core.scene import LabState
from explorer.core.stamping import stamped
from explorer.drawing.bench_layout import (
    LARGEST_TAP,
    NARROW,
    NARROWEST_BLOCK,
    SMALLEST_TAP,
    SUM,
    BenchPlaces,
)
from explorer.drawing.grid import BETWEEN, CAPTION, Board, Cells
from explorer.drawing.palette import GRID

NARROWEST_VALUE: Final = 10 * GRID
"""Width that the cell that stamps takes at least, for the words above it."""
NARROWEST_OF_MANY: Final = 4.5 * GRID
"""The same where there are several channels."""
WORDS: Final = 14 * GRID
TALLEST_WORDS: Final = 9 * GRID


def plain_input(state: LabState) -> Cells:
    """Return the real cells of the input alone, numbered as on the stretched one."""
    vertical, horizontal = state.axes
    return Cells(state.size, pitch=(vertical.stride, horizontal.stride))


def stamped_area(state: LabState) -> Cells:
    """Return all that is stamped, and what `output_padding` adds, in positions of the output."""
    rows, columns = stamped(state)
    return Cells((len(rows), len(columns)), (rows.start, columns.start))


@dataclass(frozen=True)
class StampBench:
    """The stamps of one input cell and their sum, at the origin."""

    width: float
    height: float
    tap: float
    taps: Pair
    read: int
    columns: int
    value: float
    """Width that is kept for the cell that stamps."""
    block: float
    """Width that is kept for a slice of the kernel, and for a stamp."""

    def placed(self, corner: QPointF) -> BenchPlaces:
        """Return the places with the top left corner of the whole at `corner`."""
        values, kernels, stamps = [], [], []
        caption = CAPTION if self.read > 1 else 0
        group = self.value + 2 * self.block + 2 * NARROW
        line = self.taps[0] * self.tap + BETWEEN + caption
        for i in range(self.read):
            x = corner.x() + i % self.columns * (group + NARROW)
            y = corner.y() + i // self.columns * line + caption
            middle = y + (self.taps[0] - 1) * self.tap / 2
            values.append(Board(x, middle, self.tap, (1, 1)))
            x += self.value + NARROW
            kernels.append(Board(x, y, self.tap, self.taps))
            x += self.block + NARROW
            stamps.append(Board(x, y, self.tap, self.taps))
        middle = corner.y() + (self.height + caption) / 2
        end = corner.x() + self.width - WORDS
        total = None
        if self.read > 1:
            x = end - 2 * GRID - self.block
            total = Board(x, middle - self.taps[0] * self.tap / 2, self.tap, self.taps)
        words = QRectF(end, middle - TALLEST_WORDS / 2, WORDS, TALLEST_WORDS)
        return BenchPlaces(tuple(values), tuple(kernels), (), words, tuple(stamps), total)


def stamp_bench(state: LabState, across: float, tall: float) -> StampBench:
    """Return the stamps with the largest cells that fit into `across` × `tall`."""
    taps = state.axes[0].kernel, state.axes[1].kernel
    read = max(len(state.read_channels), 1)
    caption = CAPTION if read > 1 else 0
    best: tuple[float, int] | None = None
    for columns in range(1, read + 1):
        lines = ceil(read / columns)
        free = across - _signs(read, columns)
        tap = min(
            free / (columns * (1 + 2 * taps[1]) + (taps[1] if read > 1 else 0)),
            (tall - lines * caption - (lines - 1) * BETWEEN) / (lines * taps[0]),
            LARGEST_TAP,
        )
        if best is None or tap > best[0]:
            best = tap, columns
    assert best is not None
    tap, columns = max(best[0], SMALLEST_TAP), best[1]
    value, block = tap, taps[1] * tap
    if read == 1:
        # Where it fits, small boards leave room for the words above them.
        wanted = max(value, NARROWEST_VALUE), max(block, NARROWEST_BLOCK)
        lacking = wanted[0] - value + 2 * (wanted[1] - block)
        spare = max(0.0, across - _signs(read, columns) - value - 2 * block)
        share = min(1.0, spare / lacking) if lacking else 0.0
        value += share * (wanted[0] - value)
        block += share * (wanted[1] - block)
    else:
        spare = across - columns * (value + 2 * block) - block - _signs(read, columns)
        value += min(max(0.0, NARROWEST_OF_MANY - value), max(0.0, spare) / columns)
    lines = ceil(read / columns)
    width = columns * (value + 2 * block) + (block if read > 1 else 0) + _signs(read, columns)
    height = lines * (taps[0] * tap + caption) + (lines - 1) * BETWEEN
    return StampBench(width, height, tap, taps, read, columns, value, block)


def _signs(read: int, columns: int) -> float:
    """Return the width of what is no board: signs, and the words behind the last board."""
    between = 2 * columns * NARROW + (columns - 1) * NARROW
    return between + (SUM if read > 1 else 0) + 2 * GRID + WORDS
