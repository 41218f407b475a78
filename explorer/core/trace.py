"""Which cells belong together: from any cell to all others that it has to do with."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

from explorer.core.geometry import AnyAxis, Pair
from explorer.core.layers import Layer
from explorer.core.scene import BoardName, Focus


@dataclass(frozen=True)
class Line:
    """What one cell has to do with along one axis, each in rising order.

    Attributes
    ----------
    inputs
        Positions of the input (negative ones and those beyond the size are padding).
    taps
        Indices of the kernel.
    outputs
        Indices of the output.
    pairs
        How often a tap meets a position.
    """

    inputs: tuple[int, ...]
    taps: tuple[int, ...]
    outputs: tuple[int, ...]
    pairs: int


@dataclass(frozen=True)
class Trace:
    """Everything that one cell has to do with: the crossings of some rows and some columns.

    A weight of a large input has to do with hundreds of thousands of cells, which take long to
    list: draw and count by `rows` and `columns` there.

    Attributes
    ----------
    rows, columns
        What it is along the vertical and along the horizontal axis.
    """

    rows: Line
    columns: Line

    @property
    def pairs(self) -> int:
        """How many multiplications (or comparisons) that makes."""
        return self.rows.pairs * self.columns.pairs

    @cached_property
    def inputs(self) -> frozenset[Pair]:
        """Positions of the input (negative ones and those beyond the size are padding)."""
        return frozenset(product(self.rows.inputs, self.columns.inputs))

    @cached_property
    def taps(self) -> frozenset[Pair]:
        """Cells of the kernel."""
        return frozenset(product(self.rows.taps, self.columns.taps))

    @cached_property
    def outputs(self) -> frozenset[Pair]:
        """Cells of the output."""
        return frozenset(product(self.rows.outputs, self.columns.outputs))


def trace(layer: Layer, size: Pair, focus: Focus) -> Trace:
    """Follow `focus` through `layer` on an input of `size` (h, w)."""
    vertical, horizontal = layer.axes(size)
    row, column = focus.cell
    return Trace(_line(vertical, focus.board, row), _line(horizontal, focus.board, column))


@lru_cache(maxsize=256)
def _line(axis: AnyAxis, board: BoardName, at: int) -> Line:
    """Follow a row or column of a board along `axis`; pins ask for the same in every frame."""
    links = {"output": _from_output, "input": _from_input, "kernel": _from_kernel}[board](axis, at)
    inputs, taps, outputs = (tuple(sorted({link[i] for link in links})) for i in range(3))
    return Line(inputs, taps, outputs, len(links))


_Link = tuple[int, int, int]
"""(input position, kernel index, output index) along one axis."""


def _from_output(axis: AnyAxis, index: int) -> list[_Link]:
    return [(position, tap, index) for tap, position in enumerate(axis.window(index))]


def _from_kernel(axis: AnyAxis, tap: int) -> list[_Link]:
    windows = [axis.window(index) for index in range(axis.output)]
    # The windows of adaptive pooling differ in length: some have no such tap.
    return [(window[tap], tap, i) for i, window in enumerate(windows) if tap < len(window)]


def _from_input(axis: AnyAxis, position: int) -> list[_Link]:
    cell = axis.source(position)
    same = {position}
    if cell is not None:
        board = range(axis.first, axis.first + axis.shown)
        same = {other for other in board if axis.source(other) == cell}
    return [
        link
        for index in range(axis.output)
        if not same.isdisjoint(axis.window(index))
        for link in _from_output(axis, index)
        if link[0] in same
    ]
