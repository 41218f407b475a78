"""What the Lab shows, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from explorer.core.geometry import Pair
from explorer.core.layers import Array, Layer

BoardName = Literal["input", "kernel", "output"]


@dataclass(frozen=True)
class Focus:
    """The cell that a hand points at: (row, column) on a board.

    On the input, rows and columns count from the first real cell; padding before it is negative.
    """

    board: BoardName
    cell: Pair


@dataclass(frozen=True, eq=False)
class LabState:
    """A layer, what goes in, its weights, and where one looks.

    Attributes
    ----------
    sample, digit
        Name of the input: a table of `explorer.core.presets.NUMBERS`, or a digit and its number.
    input
        Shape (C, H, W), float32.
    kernel
        Name of the family that the weights come from.
    weight, bias
        Shapes ``layer.weight_shape`` and (out_channels,), or None.
    step
        How far the window has come: 3.4 is on its way from output cell 3 to cell 4.
    pin, hover
        The cell that a click holds, and the one under the pointer.
    """

    layer: Layer
    sample: str
    digit: int
    input: Array
    kernel: str
    weight: Array | None
    bias: Array | None
    step: float = 0.0
    pin: Focus | None = None
    hover: Focus | None = None

    @property
    def size(self) -> Pair:
        """(h, w) of the input."""
        return self.input.shape[1], self.input.shape[2]

    def computes_as(self, other: LabState) -> bool:
        """Tell whether both have the very same layer, input, weights and bias."""
        parts = ("layer", "input", "weight", "bias")
        return all(getattr(self, part) is getattr(other, part) for part in parts)

    @cached_property
    def fits(self) -> bool:
        """Whether torch takes this layer for an input of this size."""
        axes = self.layer.axes(self.size)
        return all(self.layer.axis_problem(axis) is None for axis in axes)

    @cached_property
    def output_size(self) -> Pair:
        """(h, w) of the output, (0, 0) where the layer does not fit."""
        return self.layer.output_size(self.size) if self.fits else (0, 0)

    @property
    def windows(self) -> int:
        """How many positions the window takes, 0 where it does not fit."""
        h, w = self.output_size
        return h * w

    @property
    def focus(self) -> Focus | None:
        """What is traced: the pointer before the pin, None while the animation leads."""
        return self.hover or self.pin

    @property
    def cell(self) -> Pair:
        """The output cell that is taken apart: the traced one, or where the window is."""
        if self.focus is not None and self.focus.board == "output":
            return self.focus.cell
        return divmod(min(int(self.step), max(self.windows - 1, 0)), max(self.output_size[1], 1))
