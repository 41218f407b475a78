"""Boxes of one size in rows and columns, each a grid of cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import Pair

Cell = tuple[int, int, int]
"""(box, row, column)."""


@dataclass(frozen=True)
class Boxes:
    """Where `count` boxes lie, and the cells in them.

    Attributes
    ----------
    x, y
        The top left corner of the first one.
    width, height
        Of one box.
    gap
        Between two of them, (down, across).
    shape
        The cells of a box, (h, w).
    down
        Whether they follow each other downwards; otherwise row by row.
    """

    x: float
    y: float
    count: int
    columns: int
    rows: int
    width: float
    height: float
    gap: tuple[float, float] = (0.0, 0.0)
    shape: Pair = (1, 1)
    down: bool = False

    @property
    def rect(self) -> QRectF:
        """What all of them cover."""
        return QRectF(self.x, self.y, self.across, self.rows * self._down - self.gap[0])

    @property
    def across(self) -> float:
        """How wide all of them are."""
        return self.columns * self._across - self.gap[1]

    @property
    def cell_size(self) -> float:
        """The shorter side of a cell."""
        return min(self.width / self.shape[1], self.height / self.shape[0])

    def box(self, index: int) -> QRectF:
        """Return where a box lies."""
        row, column = self.row_and_column(index)
        left = self.x + column * self._across
        top = self.y + row * self._down
        return QRectF(left, top, self.width, self.height)

    def cell(self, index: int, row: int, column: int) -> QRectF:
        """Return where a cell of a box lies."""
        box = self.box(index)
        across, tall = box.width() / self.shape[1], box.height() / self.shape[0]
        return QRectF(box.left() + column * across, box.top() + row * tall, across, tall)

    def at(self, point: QPointF) -> Cell | None:
        """Return the cell at a point, or None between the boxes and outside."""
        column, right = divmod(point.x() - self.x, self._across)
        row, below = divmod(point.y() - self.y, self._down)
        if not (0 <= column < self.columns and 0 <= row < self.rows):
            return None
        if right > self.width or below > self.height:
            return None
        index = self.index(int(row), int(column))
        if index >= self.count:
            return None
        inner = (
            floor(below / self.height * self.shape[0]),
            floor(right / self.width * self.shape[1]),
        )
        return index, min(inner[0], self.shape[0] - 1), min(inner[1], self.shape[1] - 1)

    def rows_and_columns(self, area: QRectF) -> tuple[range, range]:
        """Return the rows and columns of boxes of which something lies in an area."""
        (down, across) = self.steps
        rows = _between(area.top() - self.y, area.bottom() - self.y, down, self.rows)
        return rows, _between(area.left() - self.x, area.right() - self.x, across, self.columns)

    def row_and_column(self, index: int) -> Pair:
        """Return in which row and column of boxes a box lies."""
        first, second = divmod(index, self.rows if self.down else self.columns)
        return (second, first) if self.down else (first, second)

    def index(self, row: int, column: int) -> int:
        """Return which box is there, if there are so many."""
        return column * self.rows + row if self.down else row * self.columns + column

    def seen(self, area: QRectF) -> list[int]:
        """Return the boxes of which something lies in an area."""
        rows, columns = self.rows_and_columns(area)
        found = [self.index(row, column) for row in rows for column in columns]
        return [index for index in found if index < self.count]

    @property
    def steps(self) -> tuple[float, float]:
        """From one box to the next, (down, across)."""
        return self._down, self._across

    @property
    def _across(self) -> float:
        return self.width + self.gap[1]

    @property
    def _down(self) -> float:
        return self.height + self.gap[0]


def _between(first: float, last: float, step: float, count: int) -> range:
    return range(max(floor(first / step), 0), min(floor(last / step) + 1, count))
