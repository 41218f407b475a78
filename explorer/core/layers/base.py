"""What every layer has: parameters that describe themselves, axes, legality, torch's numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar

import numpy as np

from explorer.core.cell import Cell, factor, joined, number
from explorer.core.geometry import AnyAxis, Pair, Token
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

Scalar = TypeVar("Scalar", bound=np.generic)
Numbers = np.ndarray[Any, np.dtype[Scalar]]
"""A weight, or a table of the same shape that says something about each of its numbers."""

Kind = Literal["pair", "number", "decimal", "flag", "choice", "channels"]


@dataclass(frozen=True)
class Parameter:
    """How a field of a layer is set: what a slider, a number box or a toggle needs to know.

    Attributes
    ----------
    minimum, maximum
        What a slider reaches; a field takes whole numbers beyond `maximum` too, and a decimal
        also numbers between 0 and `minimum`.
    optional
        What None stands for, where the parameter may be None.
    words
        What a pair may be in place of numbers, as ``padding='same'``.
    half_open
        What None stands for in one place of a pair, where it may stand there.
    """

    name: str
    kind: Kind
    label: Text
    help: Text
    minimum: int = 0
    maximum: int = 1
    choices: tuple[str, ...] = ()
    optional: Text | None = None
    words: tuple[str, ...] = ()
    half_open: Text | None = None

    def checked(self, value: Any) -> Any:
        """Return `value` as the field holds it.

        Raises
        ------
        LayerError
            Where it is nothing that this parameter can be.
        """
        if value is None and self.optional is not None:
            return None
        if self.kind == "flag":
            if not isinstance(value, bool):
                raise LayerError(f"{self.name} must be True or False.")
            return value
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                raise LayerError(f"{self.name} must be one of {', '.join(self.choices)}.")
            return value
        if self.kind == "decimal":
            return self._decimal(value)
        return self._pair(value) if self.kind == "pair" else self._integer(value)

    def _pair(self, value: Any) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        pair = (value, value) if isinstance(value, int) else value
        if not isinstance(pair, tuple) or len(pair) != 2:
            words = "".join(f", '{word}'" for word in self.words)
            raise LayerError(f"{self.name} must be a whole number{words} or a pair (h, w).")
        return tuple(
            None if one is None and self.half_open is not None else self._integer(one)
            for one in pair
        )

    def _integer(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise LayerError(f"{self.name} must be a whole number.")
        if value < self.minimum:
            raise LayerError(f"{self.name} must be at least {self.minimum}.")
        if value > LARGEST:
            raise LayerError(f"{self.name} must be at most {LARGEST}.")
        return value

    def _decimal(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise LayerError(f"{self.name} must be a number.")
        if not 0 < value <= LARGEST:
            raise LayerError(f"{self.name} must be above 0 and at most {LARGEST}.")
        if value < SMALLEST:
            raise LayerError(f"{self.name} must not be that close to 0.")
        # In the float32 of a tensor: between that and its double, torch is of two minds.
        single = float(np.float32(value))
        return int(single) if single.is_integer() else float(value)


def parameter(
    kind: Kind,
    label: str,
    help: str,  # noqa: A002 - the word that users read
    *,
    default: Any = dataclasses.MISSING,
    optional: str | None = None,
    half_open: str | None = None,
    **limits: Any,
) -> Any:
    """Return a dataclass field which carries its own `Parameter` description."""
    about = {
        "kind": kind,
        "label": text(label),
        "help": text(help),
        "optional": None if optional is None else text(optional),
        "half_open": None if half_open is None else text(half_open),
        **limits,
    }
    return dataclasses.field(default=default, metadata=about)


class LayerError(ValueError):
    """A value that no torch layer accepts, in one sentence."""


LARGEST = 2**15
"""Largest value of a parameter: torch's pooling multiplies two of them in 32 bits."""

SMALLEST = 1e-30
"""Sum of absolute terms below which float32 has no digits left to compare."""

FLOAT32_MAX = float(np.finfo(np.float32).max)


def in_relation(difference: Array, scale: Array, output: Array, taps: int) -> Array:
    """Return `difference` in relation to the sum of `taps` absolute terms, `scale`.

    An `output` without a finite number is no deviation where the terms leave the range of float32.
    """
    known = np.where(np.isfinite(scale), scale, 1.0)
    beyond = ~(scale <= FLOAT32_MAX / taps) & ~np.isfinite(output)
    return np.where(beyond, 0.0, difference / np.maximum(SMALLEST, known))


@dataclass(frozen=True)
class Layer:
    """A torch layer that slides a window over an input of shape (C, H, W)."""

    picks_largest: ClassVar[bool] = False
    """Whether one cell of a window wins, as in max pooling."""

    beginning: ClassVar[dict[str, Any]] = {}
    """What the required parameters are where nothing else is known."""

    def __post_init__(self) -> None:
        for about in self.parameters():
            object.__setattr__(self, about.name, about.checked(getattr(self, about.name)))

    @classmethod
    def starting_from(cls, kept: dict[str, Any]) -> Self:
        """Return a layer of this kind with what it can take of `kept` from another kind."""
        usable = {}
        for about in cls.parameters():
            if about.name in kept:
                try:
                    usable[about.name] = about.checked(kept[about.name])
                except LayerError:
                    continue
        return cls(**(cls.beginning | usable))

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the descriptions of all fields, in torch's order."""
        return tuple(Parameter(name=f.name, **f.metadata) for f in dataclasses.fields(cls))

    def with_(self, **changes: Any) -> Self:
        """Return a copy with some parameters changed."""
        return dataclasses.replace(self, **changes)

    def setting(self, name: str) -> Any:
        """Return the value in force of a parameter: what None or a word stands for is filled in."""
        return getattr(self, name)

    def axes(self, size: Pair) -> tuple[AnyAxis, AnyAxis]:
        """Return the vertical and the horizontal axis for an input of `size` (h, w)."""
        raise NotImplementedError

    def axis_problem(self, axis: AnyAxis) -> Text | None:
        """Return why torch refuses `axis`, in plain words, or None."""
        if axis.output < 1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The kernel spans {extent} cells, but the padded input has only {padded}: "
                    "it fits nowhere.",
                ),
                extent=axis.extent,
                padded=axis.padded,
            )
        return None

    def channel_problem(self, channels: int) -> Text | None:
        """Return why torch refuses the layer's channels for an input of `channels`, or None."""
        return None

    def size_problem(self, size: Pair) -> Text | None:
        """Return why torch refuses an input of `size` (h, w), in plain words, or None."""
        meanings = (self.axis_problem(axis) for axis in self.axes(size))
        return next((meaning for meaning in meanings if meaning is not None), None)

    def out_size(self, size: Pair) -> Pair:
        """Return the (h, w) of the output, below 1 where no window fits."""
        vertical, horizontal = self.axes(size)
        return vertical.output, horizontal.output

    def output_channels(self, channels: int) -> int:
        """Return how many channels come out when `channels` go in."""
        return channels

    @property
    def weight_shape(self) -> tuple[int, int, int, int] | None:
        """The shape that torch gives the weight, or None without weights."""
        return None

    @property
    def has_bias(self) -> bool:
        """Whether one number per output channel is added."""
        return False

    def kernel_for(self, weight: Numbers[Scalar], channel: int) -> Numbers[Scalar]:
        """Return the slices that make output `channel`, shape (inputs read, kernel_h, kernel_w)."""
        slices: Numbers[Scalar] = weight[channel]
        return slices

    def inputs_of(self, channel: int, channels: int) -> range:
        """Return the input channels that output channel `channel` reads."""
        return range(channel, channel + 1)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        """Return what torch computes for `x` of shape (N, C, H, W).

        Raises
        ------
        RuntimeError, ValueError
            torch's own refusal of an illegal setting.
        """
        raise NotImplementedError

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        """Return the output (C_out, out_h, out_w) by our own arithmetic, in float64."""
        raise NotImplementedError

    def deviation(
        self,
        windows: Windows,
        weight: Array | None,
        bias: Array | None,
        difference: Array,
        output: Array,
    ) -> Array:
        """Return the `difference` of `output` from ours in relation to each cell's terms."""
        absolute = (None if a is None else np.abs(a) for a in (weight, bias))
        scale = self.combine(windows.magnitudes(), *absolute)
        return in_relation(difference, scale, output, windows.taps)

    def counts(self, real: bool, inside: bool) -> bool:
        """Tell whether a cell takes part: a `real` one, or one `inside` that is not overhang."""
        return True

    def divisor(self, counted: int) -> float | None:
        """Return what the sum of `counted` cells is divided by, or None."""
        return None

    def sign(self, cell: Cell) -> str:
        """Return what stands between a window without weights and its result."""
        raise NotImplementedError

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        """Return how term `index` of `cell` is written."""
        return (factor(cell.terms[index]),)

    def around(self, cell: Cell) -> tuple[str, str, str]:
        """Return what is written before the terms of `cell`, between two of them, and behind."""
        return "", " + ", ""

    def spelled(self, cell: Cell) -> tuple[Token, ...]:
        """Return how the number of `cell` comes about, up to and including the result."""
        opening, separator, closing = self.around(cell)
        return (
            *([Token(opening)] if opening else []),
            *joined((self.term(cell, i) for i in range(len(cell.terms))), separator),
            Token(f"{closing} = "),
            Token(number(cell.result), "output"),
        )
