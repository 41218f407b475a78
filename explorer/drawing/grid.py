"""Grids of square cells, alone and several of a kind: where each cell lies, and what lies where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import Pair
from explorer.drawing.palette import GRID

CAPTION: Final = 2 * GRID
"""Height of the line above a board that says which channel it is."""
BETWEEN: Final = GRID
LARGEST_CELL: Final = 56.0
SMALLEST_CELL: Final = 0.05


@dataclass(frozen=True)
class Cells:
    """Which cells there are on a board.

    Attributes
    ----------
    shape
        How many, (h, w).
    first
        The (row, column) of the top left one.
    pitch
        What lies between the numbers of neighbours, (down, across): the real cells of a stretched
        input, shown without the zeros between them, keep the positions that they have with them.
    """

    shape: Pair
    first: Pair = (0, 0)
    pitch: Pair = (1, 1)


@dataclass(frozen=True)
class Board:
    """A grid of square cells; `first` and `pitch` number them, see `Cells`.

    Attributes
    ----------
    x, y
        The top left corner, in pixels.
    cell
        The side of a cell, in pixels.
    shown
        What is uncovered of it while it glides to another place, and where the words around it
        go; None where that is all.
    """

    x: float
    y: float
    cell: float
    shape: Pair
    first: Pair = (0, 0)
    pitch: Pair = (1, 1)
    shown: QRectF | None = None

    @classmethod
    def of(cls, cells: Cells, x: float, y: float, cell: float) -> Board:
        """Return a board of `cells` with its top left corner at (x, y)."""
        return cls(x, y, cell, cells.shape, cells.first, cells.pitch)

    @property
    def whole(self) -> QRectF:
        """All of the board, uncovered or not."""
        return QRectF(self.x, self.y, self.shape[1] * self.cell, self.shape[0] * self.cell)

    @property
    def rect(self) -> QRectF:
        """What is uncovered of the board."""
        return self.whole if self.shown is None else self.whole.intersected(self.shown)

    @property
    def place(self) -> QRectF:
        """What the words around the board keep to."""
        return self.whole if self.shown is None else self.shown

    def cell_rect(self, row: float, column: float, rows: float = 1, columns: float = 1) -> QRectF:
        """Return the place of a cell, or of a block of cells that begins there."""
        return QRectF(
            self.x + (column - self.first[1]) / self.pitch[1] * self.cell,
            self.y + (row - self.first[0]) / self.pitch[0] * self.cell,
            columns * self.cell,
            rows * self.cell,
        )

    def at(self, point: QPointF) -> Pair | None:
        """Return the (row, column) under `point`, or None outside of the board."""
        row = floor((point.y() - self.y) / self.cell)
        column = floor((point.x() - self.x) / self.cell)
        if 0 <= row < self.shape[0] and 0 <= column < self.shape[1]:
            return row * self.pitch[0] + self.first[0], column * self.pitch[1] + self.first[1]
        return None

    def places(self, numbers: Iterable[int], axis: int) -> list[int]:
        """Return which of the rows (`axis` 0) or columns (1) there are, counted from the first."""
        first, pitch, count = self.first[axis], self.pitch[axis], self.shape[axis]
        found = (divmod(number - first, pitch) for number in numbers)
        return [place for place, rest in found if not rest and 0 <= place < count]

    def index(self, at: Pair) -> Pair | None:
        """Return where cell `at` stands, counted from the top left one; None where it does not."""
        row, column = self.places(at[:1], 0), self.places(at[1:], 1)
        return (row[0], column[0]) if row and column else None

    def around(self, rows: Iterable[int], columns: Iterable[int]) -> QRectF | None:
        """Return the block of the cells where these cross that the board has, None for none."""
        down, across = self.places(rows, 0), self.places(columns, 1)
        if not down or not across:
            return None
        (top, left), board = (min(down), min(across)), self.counted
        return board.cell_rect(top, left, max(down) - top + 1, max(across) - left + 1)

    @property
    def counted(self) -> Board:
        """The same board with its cells counted one by one from the top left one."""
        return replace(self, first=(0, 0), pitch=(1, 1))

    def part(self, rows: range, columns: range) -> Board:
        """Return the board of some of the rows and columns, where neighbours differ by one."""
        corner = self.cell_rect(rows.start, columns.start).topLeft()
        shape, first = (len(rows), len(columns)), (rows.start, columns.start)
        return Board(corner.x(), corner.y(), self.cell, shape, first)

    def seen(self, place: QRectF) -> tuple[range, range]:
        """Return the rows and columns of which something lies in `place`.

        Neighbours have to differ by one.
        """
        part = self.rect.intersected(place)
        if part.isEmpty():
            return range(0), range(0)
        top, left = (
            floor((part.top() - self.y) / self.cell),
            floor((part.left() - self.x) / self.cell),
        )
        bottom = min(ceil((part.bottom() - self.y) / self.cell), self.shape[0])
        right = min(ceil((part.right() - self.x) / self.cell), self.shape[1])
        (row, column) = self.first
        return range(top + row, bottom + row), range(left + column, right + column)

    def zoomed(self, zoom: float, offset: QPointF) -> Board:
        """Return the board as it lies after a zoom about the origin and a shift."""
        x, y = self.x * zoom + offset.x(), self.y * zoom + offset.y()
        shown = self.shown
        if shown is not None:
            shown = QRectF(shown.topLeft() * zoom + offset, shown.size() * zoom)
        return replace(self, x=x, y=y, cell=self.cell * zoom, shown=shown)

    def raised(self, by: float) -> Board:
        """Return the board moved up."""
        return self.zoomed(1.0, QPointF(0.0, -by))


@dataclass(frozen=True)
class Block:
    """Boards of one kind in rows and columns, each with a line above it if there are several."""

    count: int
    columns: int
    cell: float
    cells: Cells

    @property
    def caption(self) -> float:
        """Height of the line above each board."""
        return CAPTION if self.count > 1 else 0

    @property
    def width(self) -> float:
        """From the left edge of the first column to the right edge of the last one."""
        return self.columns * (self.cells.shape[1] * self.cell + BETWEEN) - BETWEEN

    @property
    def height(self) -> float:
        """From the top of the first line above a board to the bottom of the last board."""
        lines = ceil(self.count / self.columns)
        return lines * (self.cells.shape[0] * self.cell + self.caption + BETWEEN) - BETWEEN

    def placed(self, x: float, y: float) -> tuple[Board, ...]:
        """Return the boards with the top left corner of the block at (x, y)."""
        across = self.cells.shape[1] * self.cell + BETWEEN
        down = self.cells.shape[0] * self.cell + self.caption + BETWEEN
        return tuple(
            Board.of(
                self.cells,
                x + i % self.columns * across,
                y + i // self.columns * down + self.caption,
                self.cell,
            )
            for i in range(self.count)
        )


def fitting(count: int, cells: Cells, across: float, tall: float, largest: float) -> Block:
    """Return `count` boards with the largest cells that fit into `across` × `tall`."""
    captions = CAPTION if count > 1 else 0
    best: Block | None = None
    for columns in range(1, count + 1):
        lines = ceil(count / columns)
        cell = min(
            (across - (columns - 1) * BETWEEN) / (columns * cells.shape[1]),
            (tall - (lines - 1) * BETWEEN - lines * captions) / (lines * cells.shape[0]),
            largest,
        )
        if best is None or cell > best.cell + 1e-9:
            best = Block(count, columns, max(cell, SMALLEST_CELL), cells)
    assert best is not None
    return best
