"""Where windows read and where a cell is read, in both directions, along one axis."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import TYPE_CHECKING, Literal, get_args

Pair = tuple[int, int]
"""(h, w)."""


def written(value: Pair) -> str:
    """Return a pair the way one writes it for torch: one number where both agree."""
    return str(value[0]) if value[0] == value[1] else f"({value[0]}, {value[1]})"


PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]
PADDING_MODES: tuple[PaddingMode, ...] = get_args(PaddingMode)

Role = Literal[
    "",
    "input_size",
    "kernel_size",
    "stride",
    "padding",
    "output_padding",
    "dilation",
    "weight",
    "muted",
    "output",
]


@dataclass(frozen=True)
class Token:
    """A piece of a written formula and the quantity that it stands for."""

    text: str
    role: Role = ""


class AnyAxis(ABC):
    """One spatial axis: which positions each window reads, and what stands there.

    Positions number the cells of the board that windows slide over. What a kind of axis does not
    have, such as the padding of adaptive pooling, is there with the value that changes nothing.

    Attributes
    ----------
    size
        Real cells of the input.
    kernel
        Taps of the longest window.
    output
        Number of windows; below 1 when none fits.
    """

    if TYPE_CHECKING:
        # Fields of some kinds, computed by others: a property here would be a field's default.
        @property
        def size(self) -> int: ...
        @property
        def kernel(self) -> int: ...
        @property
        def output(self) -> int: ...

    @property
    @abstractmethod
    def first(self) -> int:
        """The lowest position on the board, at most 0."""

    @property
    @abstractmethod
    def shown(self) -> int:
        """How many positions the board has: real cells and whatever lies between and around."""

    @abstractmethod
    def start(self, index: float) -> float:
        """Return where the block of window `index` begins; linear between whole windows."""

    @abstractmethod
    def span(self, index: int) -> int:
        """Return how many positions the block of window `index` covers."""

    @abstractmethod
    def window(self, index: int) -> tuple[int, ...]:
        """Return the positions that output cell `index` reads, in the order of the taps."""

    @abstractmethod
    def source(self, position: int) -> int | None:
        """Return the real cell whose value stands at `position`, or None for an empty one."""

    @abstractmethod
    def is_padding(self, position: int) -> bool:
        """Tell whether `position` is on the board, neither a real cell nor overhang."""

    @property
    @abstractmethod
    def formula(self) -> tuple[Token, ...]:
        """The formula of the output size with its numbers put in, ending in the result."""

    @property
    def stride(self) -> int:
        """Cells from one window to the next."""
        return 1

    @property
    def padding(self) -> int:
        """Cells of padding before the first real one."""
        return 0

    @property
    def dilation(self) -> int:
        """Steps from one tap to the next."""
        return 1

    @property
    def padding_mode(self) -> PaddingMode:
        """What stands in the padding."""
        return "zeros"

    @property
    def extent(self) -> int:
        """Cells from the first to the last one that the longest window touches."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """Cells of the board without the overhang."""
        return self.shown - self.overhang

    @property
    def overhang(self) -> int:
        """Cells by which the last window sticks out beyond the padding."""
        return 0

    @property
    def drops_last(self) -> bool:
        """Whether the formula counts one window more than there are."""
        return False

    @cached_property
    def _readers(self) -> dict[int, tuple[tuple[int, int], ...]]:
        found: dict[int, list[tuple[int, int]]] = {}
        board = range(self.first, self.first + self.shown)
        sources = {position: self.source(position) for position in board}
        for index in range(self.output):
            for tap, position in enumerate(self.window(index)):
                cell = sources[position]
                if cell is not None:
                    found.setdefault(cell, []).append((index, tap))
        return {cell: tuple(readers) for cell, readers in found.items()}

    def reach(self, cell: int) -> tuple[tuple[int, int], ...]:
        """Return every (output index, tap) that reads the real cell `cell`.

        With a padding mode that copies, the copies count as the cell itself.
        """
        return self._readers.get(cell, ())


@dataclass(frozen=True)
class Axis(AnyAxis):
    """An axis along which a window slides over `size` cells.

    Positions count from the first real cell: padding before it is negative, and positions of
    `size` and more are padding behind it, or overhang where `ceil_mode` lets a window stick out.

    Attributes
    ----------
    extra
        Cells of padding behind that have no partner before: ``padding='same'`` with an odd sum.
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False
    padding_mode: PaddingMode = "zeros"
    extra: int = 0

    @property
    def behind(self) -> int:
        """Cells of padding behind the last real one."""
        return self.padding + self.extra

    @property
    def padded(self) -> int:
        """Cells including the padding on both sides."""
        return self.size + self.padding + self.behind

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
        if self.output < 1:
            return 0
        return max(0, self.window(self.output - 1)[-1] + 1 - self.size - self.behind)

    @property
    def first(self) -> int:
        return -self.padding

    @property
    def shown(self) -> int:
        return self.padded + self.overhang

    def start(self, index: float) -> float:
        return index * self.stride - self.padding

    def span(self, index: int) -> int:
        return self.extent

    def window(self, index: int) -> tuple[int, ...]:
        start = index * self.stride - self.padding
        return tuple(range(start, start + self.extent, self.dilation))

    def is_padding(self, position: int) -> bool:
        inside = -self.padding <= position < self.size + self.behind
        return inside and not 0 <= position < self.size

    def source(self, position: int) -> int | None:
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

    @property
    def formula(self) -> tuple[Token, ...]:
        opening, closing = ("⌈", "⌉") if self.ceil_mode else ("⌊", "⌋")
        both = [Token(" + 2·"), Token(str(self.padding), "padding")]
        if self.extra:
            both = [Token(" + "), Token(f"({self.padding} + {self.behind})", "padding")]
        return (
            Token(f"{opening}("),
            Token(str(self.size), "input_size"),
            *both,
            Token(" − "),
            Token(str(self.dilation), "dilation"),
            Token("·("),
            Token(str(self.kernel), "kernel_size"),
            Token(" − 1) − 1) / "),
            Token(str(self.stride), "stride"),
            Token(f"{closing} + 1"),
            *((Token(" − 1"),) if self.drops_last else ()),
            *_result(self.output),
        )


@dataclass(frozen=True)
class TransposedAxis(AnyAxis):
    """An axis of transposed convolution, seen as an ordinary one over a stretched input.

    Real cell `i` stands at position ``i * stride`` with zeros between; window `o` reads position
    ``o + padding - dilation * t`` with tap `t`, so its taps run backwards. The zeros around are
    as many as the windows reach; a `padding` beyond that crops the board itself.
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    output_padding: int = 0
    dilation: int = 1

    @cached_property
    def output(self) -> int:
        """Number of windows; below 1 where the padding crops everything.

        Source of the formula: the *Shape* section of ``torch.nn.ConvTranspose2d``.
        """
        stamped = (self.size - 1) * self.stride + self.extent
        return stamped - 2 * self.padding + self.output_padding

    @property
    def stretched(self) -> int:
        """Cells from the first real one to the last, with the zeros between."""
        return (self.size - 1) * self.stride + 1

    @property
    def first(self) -> int:
        return min(0, self.padding - self.extent + 1)

    @property
    def shown(self) -> int:
        return max(self.stretched, self.output + self.padding) - self.first

    def start(self, index: float) -> float:
        return index + self.padding - self.extent + 1

    def span(self, index: int) -> int:
        return self.extent

    def window(self, index: int) -> tuple[int, ...]:
        last = index + self.padding
        return tuple(range(last, last - self.extent, -self.dilation))

    def stamp(self, cell: int) -> tuple[int, ...]:
        """Return the output position to which each tap of the stamp of real `cell` adds.

        Those below 0, and of `output` and more, are what `padding` crops.
        """
        start = cell * self.stride - self.padding
        return tuple(range(start, start + self.extent, self.dilation))

    def is_padding(self, position: int) -> bool:
        inside = self.first <= position < self.first + self.shown
        return inside and self.source(position) is None

    def source(self, position: int) -> int | None:
        cell, between = divmod(position, self.stride)
        return cell if not between and 0 <= cell < self.size else None

    @property
    def formula(self) -> tuple[Token, ...]:
        return (
            Token("("),
            Token(str(self.size), "input_size"),
            Token(" − 1)·"),
            Token(str(self.stride), "stride"),
            Token(" − 2·"),
            Token(str(self.padding), "padding"),
            Token(" + "),
            Token(str(self.dilation), "dilation"),
            Token("·("),
            Token(str(self.kernel), "kernel_size"),
            Token(" − 1) + "),
            Token(str(self.output_padding), "output_padding"),
            Token(" + 1"),
            *_result(self.output),
        )


@dataclass(frozen=True)
class AdaptiveAxis(AnyAxis):
    """An axis of adaptive pooling: `output` windows share `size` cells as evenly as they can.

    Source of the windows' ends: ``start_index`` and ``end_index`` of torch's adaptive pooling.
    Window `i` begins at floor(i · size / output) and ends before ceil((i + 1) · size / output);
    neighbours overlap, or differ in length, where the division leaves a rest.
    """

    size: int
    output: int

    @cached_property
    def kernel(self) -> int:
        return max(self.span(index) for index in range(self.output))

    @property
    def first(self) -> int:
        return 0

    @property
    def shown(self) -> int:
        return self.size

    def start(self, index: float) -> float:
        whole = floor(index)
        here, there = (i * self.size // self.output for i in (whole, whole + 1))
        return here + (index - whole) * (there - here)

    def span(self, index: int) -> int:
        end = -((index + 1) * -self.size // self.output)
        return end - index * self.size // self.output

    def window(self, index: int) -> tuple[int, ...]:
        start = index * self.size // self.output
        return tuple(range(start, start + self.span(index)))

    def is_padding(self, position: int) -> bool:
        return False

    def source(self, position: int) -> int | None:
        return position if 0 <= position < self.size else None

    @property
    def formula(self) -> tuple[Token, ...]:
        """Where window `i` begins and ends, for the size itself is given."""
        share = (
            Token(str(self.size), "input_size"),
            Token(" / "),
            Token(str(self.output), "output"),
        )
        return (
            Token("⌊i·"),
            *share,
            Token("⌋ … ⌈(i + 1)·"),
            *share,
            Token("⌉ − 1, i < "),
            Token(str(self.output), "output"),
        )


@dataclass(frozen=True)
class KeptAxis(AnyAxis):
    """An axis that keeps its length: a window in the place of each cell.

    Attributes
    ----------
    whole
        Whether every window reads the whole axis, as where shares of a sum are taken; else each
        reads the cell in its own place.
    """

    size: int
    whole: bool = False

    @property
    def kernel(self) -> int:
        return self.size if self.whole else 1

    @property
    def output(self) -> int:
        return self.size

    @property
    def first(self) -> int:
        return 0

    @property
    def shown(self) -> int:
        return self.size

    @property
    def stride(self) -> int:
        return 0 if self.whole else 1

    def start(self, index: float) -> float:
        return 0.0 if self.whole else index

    def span(self, index: int) -> int:
        return self.kernel

    def window(self, index: int) -> tuple[int, ...]:
        return tuple(range(self.size)) if self.whole else (index,)

    def is_padding(self, position: int) -> bool:
        return False

    def source(self, position: int) -> int | None:
        return position if 0 <= position < self.size else None

    @property
    def formula(self) -> tuple[Token, ...]:
        return (Token(str(self.size), "input_size"), *_result(self.output))


def _result(output: int) -> tuple[Token, Token]:
    return Token(" = "), Token(str(output).replace("-", "−"), "output")


def size_formula(axis: AnyAxis) -> tuple[Token, ...]:
    """Return the output size formula of `axis` with its numbers put in, ending in the result."""
    return axis.formula
