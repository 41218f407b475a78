"""Which cells belong together: from any cell to all others that it has to do with."""

from dataclasses import dataclass
from itertools import product

from explorer.core.geometry import Axis, Pair
from explorer.core.layers import Layer
from explorer.core.scene import Focus


@dataclass(frozen=True)
class Trace:
    """Everything that one cell has to do with.

    Attributes
    ----------
    inputs
        Positions of the input (negative ones and those beyond the size are padding).
    taps
        Cells of the kernel.
    outputs
        Cells of the output.
    pairs
        How many multiplications (or comparisons) that makes.
    """

    inputs: frozenset[Pair]
    taps: frozenset[Pair]
    outputs: frozenset[Pair]
    pairs: int


def trace(layer: Layer, size: Pair, focus: Focus) -> Trace:
    """Follow `focus` through `layer` on an input of `size` (h, w)."""
    axes = layer.axes(size)
    follow = {"output": _from_output, "input": _from_input, "kernel": _from_kernel}[focus.board]
    rows, columns = (follow(axis, at) for axis, at in zip(axes, focus.cell, strict=True))
    links = [(r, c) for r, c in product(rows, columns)]
    return Trace(
        inputs=frozenset((r[0], c[0]) for r, c in links),
        taps=frozenset((r[1], c[1]) for r, c in links),
        outputs=frozenset((r[2], c[2]) for r, c in links),
        pairs=len(links),
    )


_Link = tuple[int, int, int]
"""(input position, kernel index, output index) along one axis."""


def _from_output(axis: Axis, index: int) -> list[_Link]:
    return [(position, tap, index) for tap, position in enumerate(axis.window(index))]


def _from_kernel(axis: Axis, tap: int) -> list[_Link]:
    return [(axis.window(index)[tap], tap, index) for index in range(axis.output)]


def _from_input(axis: Axis, position: int) -> list[_Link]:
    cell = axis.source(position)
    if cell is not None:
        return [(axis.window(index)[tap], tap, index) for index, tap in axis.reach(cell)]
    everywhere = [link for index in range(axis.output) for link in _from_output(axis, index)]
    return [link for link in everywhere if link[0] == position]
