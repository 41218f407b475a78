"""Activations: a function of each cell by itself, a window of one cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell
from explorer.core.geometry import Axis, Pair
from explorer.core.layers.base import Layer
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
class _Pointwise(Layer):
    """A layer that makes each output cell of the input cell in the same place."""

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        h, w = (Axis(side, 1, 1, 0, 1) for side in size)
        return h, w

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

    def sign(self, cell: Cell) -> str:
        return type(self).__name__

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return f"{type(self).__name__}(", "", ")"


@dataclass(frozen=True)
class ReLU(_Pointwise):
    """``torch.nn.ReLU``: max(0, x)."""

    short: ClassVar[str] = "relu"

    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return np.maximum(x, 0.0)


@dataclass(frozen=True)
class LeakyReLU(_Pointwise):
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
class ELU(_Pointwise):
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
class SiLU(_Pointwise):
    """``torch.nn.SiLU``: x · sigmoid(x)."""

    short: ClassVar[str] = "silu"

    inplace: bool = parameter("flag", **_INPLACE)

    def values(self, x: Array) -> Array:
        return x * _sigmoid(x)


@dataclass(frozen=True)
class Sigmoid(_Pointwise):
    """``torch.nn.Sigmoid``: 1 ÷ (1 + e⁻ˣ)."""

    short: ClassVar[str] = "sigmoid"

    def values(self, x: Array) -> Array:
        return _sigmoid(x)


@dataclass(frozen=True)
class Tanh(_Pointwise):
    """``torch.nn.Tanh``: (eˣ − e⁻ˣ) ÷ (eˣ + e⁻ˣ)."""

    short: ClassVar[str] = "tanh"

    def values(self, x: Array) -> Array:
        result: Array = np.tanh(x)
        return result


def _sigmoid(x: Array) -> Array:
    # Half a hyperbolic tangent of half the number: no exponential that could overflow.
    result: Array = 0.5 * (1.0 + np.tanh(0.5 * x))
    return result
