"""All windows of an input at once, as tables of indices per axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from explorer.core.geometry import AnyAxis

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

MOST_NUMBERS = 4_000_000
"""Numbers that one step of the arithmetic holds at once, about 32 MB."""


@dataclass(frozen=True, eq=False)
class Taps:
    """What every tap of every window reads along one axis.

    Attributes
    ----------
    source
        Shape (output, kernel): the real cell, or -1 where there is none.
    inside
        The same shape; True for real cells and padding, False for overhang and missing taps.
    start
        The number of the first window, where these are some of them.
    """

    source: np.ndarray[Any, np.dtype[np.intp]]
    inside: Mask
    start: int = 0

    @classmethod
    def of(cls, axis: AnyAxis) -> Taps:
        """Return the taps of all windows of `axis`."""
        board = range(axis.first, axis.first + axis.shown)
        found = [axis.source(position) for position in board]
        # One entry more than the board has: where windows differ in length, a tap may be missing.
        sources = np.array([*(-1 if cell is None else cell for cell in found), -1], np.intp)
        padded = np.array([*(axis.is_padding(position) for position in board), False])
        at = np.full((max(axis.output, 0), axis.kernel), len(board), np.intp)
        for index, taps in enumerate(at):
            window = axis.window(index)
            taps[: len(window)] = np.subtract(window, axis.first)
        return cls(sources[at], (sources >= 0)[at] | padded[at])

    @property
    def real(self) -> Mask:
        """Where a real cell is read, shape (output, kernel)."""
        return self.source >= 0


@dataclass(frozen=True, eq=False)
class Windows:
    """All windows of an input, gathered by our own index arithmetic.

    Attributes
    ----------
    board
        The input, shape (C, H, W).
    rows, columns
        Which of its rows and columns each window reads.
    """

    board: Array
    rows: Taps
    columns: Taps

    @property
    def values(self) -> Array:
        """Shape (C, out_h, out_w, kernel_h, kernel_w); 0 where there is no real cell."""
        rows, columns = self.rows.source, self.columns.source
        read = self.board[:, rows[:, None, :, None], columns[None, :, None, :]]
        return np.where(self.real, read, 0.0)

    @cached_property
    def real(self) -> Mask:
        """Where a real cell is read, shape (out_h, out_w, kernel_h, kernel_w)."""
        return _crossed(self.rows.real, self.columns.real)

    @cached_property
    def inside(self) -> Mask:
        """The same shape; True for real cells and padding, False for overhang."""
        return _crossed(self.rows.inside, self.columns.inside)

    @property
    def taps(self) -> int:
        """How many cells the largest window has."""
        cells: int = self.rows.source.shape[1] * self.columns.source.shape[1]
        return cells

    def counted(self, real: bool) -> Array:
        """Return how many `real` cells each window has, or those with padding, (out_h, out_w)."""
        rows, columns = (
            (taps.real if real else taps.inside).sum(axis=1) for taps in (self.rows, self.columns)
        )
        return np.outer(rows, columns).astype(np.float64)

    def magnitudes(self) -> Windows:
        """Return the same windows over the absolute values."""
        return replace(self, board=np.abs(self.board))

    def spread(self, empty: float = 0.0) -> Array:
        """Return what the taps of each column of windows read, in every row of the input.

        Returns
        -------
        Array
            Shape (C, H + 1, kernel_w, out_w) in float64. The last row, which an index of -1
            finds, is `empty`, as is every tap without a real cell.
        """
        edge = ((0, 0), (0, 1), (0, 1))
        grown = np.pad(self.board.astype(np.float64), edge, constant_values=empty)
        return grown[:, :, self.columns.source.T]

    def reduced(self, reduce: np.ufunc, empty: float) -> Array:
        """Return each window put together by `reduce`, shape (C, out_h, out_w), in float64.

        Rows first, then columns: the same for a sum or a maximum, and much less to do.
        """
        along: Array = reduce.reduce(self.spread(empty), axis=2)
        across: Array = reduce.reduce(along[:, self.rows.source], axis=2)
        return across

    def parts(self) -> Iterator[tuple[slice, Windows]]:
        """Cut the windows into blocks of output columns that need little memory at a time."""
        kernel_h, kernel_w = self.rows.source.shape[1], self.columns.source.shape[1]
        tall = max((self.board.shape[1] + 1) * kernel_w, len(self.rows.source) * kernel_h)
        width = max(1, MOST_NUMBERS // (len(self.board) * tall))
        for start in range(0, len(self.columns.source), width):
            block = slice(start, start + width)
            columns = Taps(self.columns.source[block], self.columns.inside[block], start)
            yield block, replace(self, columns=columns)


def _crossed(rows: Mask, columns: Mask) -> Mask:
    return rows[:, None, :, None] & columns[None, :, None, :]
