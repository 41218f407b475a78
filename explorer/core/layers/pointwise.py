"""Activations: a function of each cell by itself, a window of one cell."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell, number
from explorer.core.geometry import KeptAxis, Pair, Token
from explorer.core.layers.base import Layer, in_relation
from explorer.core.layers.guise import At, Guise, rectangle
from explorer.core.layers.module import Shape, Wants, parameter
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

_INPLACE: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "In place"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Whether the result is written over the input, which saves memory. The numbers are the "
        "same; whoever still needs the input finds it gone.",
    ),
    "default": False,
}


@dataclass(frozen=True)
class Pointwise(Layer):
    """A layer that makes each output cell of the input cell in the same place."""

    wants: ClassVar[Wants] = "any"

    def axes(self, size: Pair) -> tuple[KeptAxis, KeptAxis]:
        return KeptAxis(size[0]), KeptAxis(size[1])

    def shape_problem(self, shape: Shape) -> Text | None:
        return None

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    @abstractmethod
    def values(self, x: Array) -> Array:
        """Return the function of each number of `x`, in float64, by our own arithmetic."""

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        """Return the activation itself; numbers in a row lie in a rectangle."""
        if x.ndim == 3:
            return Guise(self, x, at)
        if x.ndim == 2:
            return Guise(self, x[None], (0, at[0], at[1]))
        h, w = rectangle(x.size)
        note = QT_TRANSLATE_NOOP(
            "core", "Its {count} numbers in a row lie in a rectangle, {h} × {w}."
        )
        guise = Guise(self, x.reshape(1, h, w), (0, *divmod(at[0], w)))
        return guise.noted(text(note, count=x.size, h=h, w=w))

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        made: torch.Tensor = self.as_torch()(x)
        return made

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        return self.values(windows.reduced(np.add, 0.0))

    def deviation(
        self,
        windows: Windows,
        weight: Array | None,
        bias: Array | None,
        difference: Array,
        output: Array,
    ) -> Array:
        """Return the deviation in relation to the result, or to that of the absolute number."""
        own, of_magnitude = (self.combine(w, None, None) for w in (windows, windows.magnitudes()))
        return in_relation(difference, np.fmax(np.abs(own), of_magnitude), output, windows.taps)

    def sign(self, cell: Cell) -> str:
        return type(self).__name__

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        return (Token(number(cell.terms[index].value)),)

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return f"{type(self).__name__}(", "", ")"


@dataclass(frozen=True)
class ReLU(Pointwise):
    """``torch.nn.ReLU``: max(0, x)."""

    short: ClassVar[str] = "relu"
    signed: ClassVar[bool | None] = False

    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return np.maximum(x, 0.0)


@dataclass(frozen=True)
class LeakyReLU(Pointwise):
    """``torch.nn.LeakyReLU``: x, or negative_slope · x below 0."""

    short: ClassVar[str] = "leaky_relu"

    negative_slope: float = parameter(
        "real",
        QT_TRANSLATE_NOOP("core", "Negative slope"),
        QT_TRANSLATE_NOOP(
            "core", "What numbers below 0 are multiplied with, so that their gradient lives on."
        ),
        default=0.01,
        minimum=0,
        maximum=1,
    )
    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return np.where(x > 0, x, x * self.negative_slope)


@dataclass(frozen=True)
class ELU(Pointwise):
    """``torch.nn.ELU``: x, or alpha · (eˣ − 1) below 0."""

    short: ClassVar[str] = "elu"

    alpha: float = parameter(
        "real",
        QT_TRANSLATE_NOOP("core", "Alpha"),
        QT_TRANSLATE_NOOP("core", "Far below 0 the result comes near to −alpha."),
        default=1.0,
        minimum=0,
        maximum=4,
    )
    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return np.where(x > 0, x, self.alpha * np.expm1(np.minimum(x, 0.0)))


@dataclass(frozen=True)
class SiLU(Pointwise):
    """``torch.nn.SiLU``: x · sigmoid(x)."""

    short: ClassVar[str] = "silu"

    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return x * _sigmoid(x)


@dataclass(frozen=True)
class Sigmoid(Pointwise):
    """``torch.nn.Sigmoid``: 1 ÷ (1 + e⁻ˣ)."""

    short: ClassVar[str] = "sigmoid"
    signed: ClassVar[bool | None] = False
    keeps_range: ClassVar[bool] = False

    def values(self, x: Array) -> Array:
        return _sigmoid(x)


@dataclass(frozen=True)
class Tanh(Pointwise):
    """``torch.nn.Tanh``: (eˣ − e⁻ˣ) ÷ (eˣ + e⁻ˣ)."""

    short: ClassVar[str] = "tanh"
    keeps_range: ClassVar[bool] = False

    def values(self, x: Array) -> Array:
        result: Array = np.tanh(x)
        return result


def _sigmoid(x: Array) -> Array:
    # By way of the logarithm: nothing overflows, and far below 0 all digits stay.
    result: Array = np.exp(-np.logaddexp(0.0, -x))
    return result
