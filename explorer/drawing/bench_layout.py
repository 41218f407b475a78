"""Where the parts of the window's sum lie, at the origin: as large as the place allows."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import Pair
from explorer.core.scene import LabState
from explorer.drawing.grid import BETWEEN, CAPTION, Board
from explorer.drawing.palette import GRID

OPERATOR: Final = 5 * GRID
RESULT: Final = 12 * GRID
PARTIAL: Final = 7 * GRID
LARGEST_TAP: Final = 48.0
SMALLEST_TAP: Final = 0.5
NARROWEST_BLOCK: Final = 14 * GRID
"""Width that a board of the sum takes at least, for the words above it."""


class BenchPlaces(NamedTuple):
    """The last fields of `explorer.drawing.layout.Layout`."""

    window: tuple[Board, ...]
    kernel: tuple[Board, ...]
    partial: tuple[QRectF, ...]
    result: QRectF
    stamp: tuple[Board, ...] = ()
    total: Board | None = None


@dataclass(frozen=True)
class WindowBench:
    """The window's sum, at the origin."""

    width: float
    height: float
    tap: float
    taps: Pair
    read: int
    blocks: int
    block: float
    columns: int

    @property
    def group(self) -> float:
        """Width of one channel's line: its boards, the signs between them and its part."""
        width = self.blocks * self.block + (self.blocks - 1) * OPERATOR
        return width + (OPERATOR + PARTIAL if self.read > 1 else 0)

    def placed(self, corner: QPointF) -> BenchPlaces:
        """Return the places with the top left corner of the whole at `corner`."""
        windows, kernels, partials = [], [], []
        caption = CAPTION if self.read > 1 else 0
        line = self.taps[0] * self.tap + BETWEEN + caption
        for i in range(self.read):
            x = corner.x() + i % self.columns * (self.group + OPERATOR)
            y = corner.y() + i // self.columns * line + caption
            windows.append(Board(x, y, self.tap, self.taps))
            x += self.block
            if self.blocks == 2:
                x += OPERATOR
                kernels.append(Board(x, y, self.tap, self.taps))
                x += self.block
            if self.read > 1:
                middle = y + self.taps[0] * self.tap / 2
                partials.append(QRectF(x + OPERATOR, middle - 1.5 * GRID, PARTIAL, 3 * GRID))
        x = corner.x() + self.width - RESULT
        result = QRectF(x, corner.y() + self.height / 2 - 3 * GRID, RESULT, 6 * GRID)
        return BenchPlaces(tuple(windows), tuple(kernels), tuple(partials), result)


def window_bench(state: LabState, across: float, tall: float) -> WindowBench:
    """Return the sum with the largest cells that fit into `across` × `tall`."""
    taps = state.axes[0].kernel, state.axes[1].kernel
    read = max(len(state.read_channels), 1)
    blocks = 2 if state.weight is not None else 1
    last = OPERATOR if blocks == 2 else 2 * OPERATOR
    signs = (blocks - 1) * OPERATOR + (OPERATOR + PARTIAL if read > 1 else 0)
    caption = CAPTION if read > 1 else 0
    best: tuple[float, int] | None = None
    for columns in range(1, read + 1):
        lines = ceil(read / columns)
        free = across - last - RESULT - (columns - 1) * OPERATOR - columns * signs
        tap = min(
            free / (columns * blocks * taps[1]),
            (tall - lines * caption - (lines - 1) * BETWEEN) / (lines * taps[0]),
            LARGEST_TAP,
        )
        if best is None or tap > best[0]:
            best = tap, columns
    assert best is not None
    tap, columns = max(best[0], SMALLEST_TAP), best[1]
    free = across - last - RESULT - (columns - 1) * OPERATOR - columns * signs
    # Where it fits, a small board leaves room for the words above it.
    block = max(
        taps[1] * tap, min(NARROWEST_BLOCK if read == 1 else 0.0, free / (columns * blocks))
    )
    group = blocks * block + signs
    width = columns * group + (columns - 1) * OPERATOR + last + RESULT
    lines = ceil(read / columns)
    height = lines * (taps[0] * tap + caption) + (lines - 1) * BETWEEN
    return WindowBench(width, height, tap, taps, read, blocks, block, columns)
