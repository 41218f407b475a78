"""Where a sliding window reads and where a cell is read, in both directions, along one axis."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

Pair = tuple[int, int]
"""(h, w)."""


def written(value: Pair) -> str:
    """Return a pair the way one writes it for torch: one number where both agree."""
    return str(value[0]) if value[0] == value[1] else f"({value[0]}, {value[1]})"


PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
PADDING_MODES: tuple[PaddingMode, ...] = get_args(PaddingMode)


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a window that slides over `size` cells.

    Positions count from the first real cell: padding before it is negative, and positions of
    `size` and more are padding behind it, or overhang where `ceil_mode` lets a window stick out.
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    padding_mode: PaddingMode = "zeros"

    @property
    def extent(self) -> int:
        """Cells from the first to the last one that a window touches."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """Cells including the padding on both sides."""
        return self.size + 2 * self.padding

    @property
    def rounded(self) -> int:
        """Number of windows by division alone, rounded down, or up in `ceil_mode`."""
        room = self.padded - self.extent + (self.stride - 1 if self.ceil_mode else 0)
        return room // self.stride + 1

    @property
    def drops_last(self) -> bool:
        """Whether rounding up counts a window that would start in the padding behind."""
        last = (self.rounded - 1) * self.stride
        return self.ceil_mode and last >= self.size + self.padding

    @cached_property
    def output(self) -> int:
        """Number of windows; below 1 when none fits.

        Source of the formula: the *Shape* section of ``torch.nn.Conv2d`` and, for `ceil_mode`,
        ``torch.nn.MaxPool2d``: a last window that would start behind the real cells and the
        padding before them is left out.
        """
        return self.rounded - self.drops_last

    @property
    def overhang(self) -> int:
        """Cells by which the last window sticks out beyond the padding (`ceil_mode` only)."""
        return max(0, self.window(self.output - 1)[-1] + 1 - self.size - self.padding)

    def window(self, index: int) -> tuple[int, ...]:
        """Return the positions that output cell `index` reads, one per kernel cell."""
        start = index * self.stride - self.padding
        return tuple(range(start, start + self.extent, self.dilation))

    def is_padding(self, position: int) -> bool:
        """Tell whether `position` is a padded cell, neither a real one nor overhang."""
        inside = -self.padding <= position < self.size + self.padding
        return inside and not 0 <= position < self.size

    def source(self, position: int) -> int | None:
        """Return the real cell whose value stands at `position`, or None for an empty one."""
        if 0 <= position < self.size:
            return position
        if not self.is_padding(position) or self.padding_mode == "zeros":
            return None
        if self.padding_mode == "replicate":
            return min(max(position, 0), self.size - 1)
        if self.padding_mode == "circular":
            return position % self.size
        last = self.size - 1
        return last - abs(last - abs(position))

    def reach(self, cell: int) -> tuple[tuple[int, int], ...]:
        """Return every (output index, kernel index) that reads the real cell `cell`.

        With a padding mode that copies, the copies count as the cell itself.
        """
        return tuple(
            (index, tap)
            for index in range(self.output)
            for tap, position in enumerate(self.window(index))
            if self.source(position) == cell
        )


Role = Literal[
    "", "input_size", "kernel_size", "stride", "padding", "dilation", "weight", "muted", "output"
]


@dataclass(frozen=True)
class Token:
    """A piece of a written formula and the quantity that it stands for."""

    text: str
    role: Role = ""


def size_formula(axis: Axis) -> tuple[Token, ...]:
    """Return the output size formula of `axis` with its numbers put in, ending in the result."""
    opening, closing = ("⌈", "⌉") if axis.ceil_mode else ("⌊", "⌋")
    dropped = (Token(" − 1"),) if axis.drops_last else ()
    return (
        Token(f"{opening}("),
        Token(str(axis.size), "input_size"),
        Token(" + 2·"),
        Token(str(axis.padding), "padding"),
        Token(" − "),
        Token(str(axis.dilation), "dilation"),
        Token("·("),
        Token(str(axis.kernel), "kernel_size"),
        Token(" − 1) − 1) / "),
        Token(str(axis.stride), "stride"),
        Token(f"{closing} + 1"),
        *dropped,
        Token(" = "),
        Token(str(axis.output).replace("-", "−"), "output"),
    )
