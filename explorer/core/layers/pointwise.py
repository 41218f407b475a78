"""Activations: a function of each cell by itself, a window of one cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell, number
from explorer.core.geometry import KeptAxis, Pair, Token
from explorer.core.layers.base import Layer, in_relation
from explorer.core.layers.module import Shape, parameter
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text

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

    def axes(self, size: Pair) -> tuple[KeptAxis, KeptAxis]:
        return KeptAxis(size[0]), KeptAxis(size[1])

    def shape_problem(self, shape: Shape) -> Text | None:
        return None

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def values(self, x: Array) -> Array:
        """Return the function of each number of `x`, in float64, by our own arithmetic."""
        raise NotImplementedError

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
