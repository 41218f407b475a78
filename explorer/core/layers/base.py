"""What every layer has: parameters that describe themselves, axes, legality, torch's numbers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from explorer.core.cell import Cell
from explorer.core.geometry import Axis, Pair, Token
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, np.dtype[np.floating[Any]]]


@dataclass(frozen=True)
class Parameter:
    """How a field of a layer is set: what a slider, a number box or a toggle needs to know."""

    name: str
    kind: Literal["pair", "number", "flag", "choice", "channels"]
    label: Text
    help: Text
    minimum: int = 0
    maximum: int = 1
    choices: tuple[str, ...] = ()
    optional: Text | None = None
    """What None stands for, where the parameter may be None."""


def parameter(
    kind: Literal["pair", "number", "flag", "choice", "channels"],
    label: str,
    help: str,  # noqa: A002 - the word that users read
    *,
    default: Any = dataclasses.MISSING,
    optional: str | None = None,
    **limits: Any,
) -> Any:
    """Return a dataclass field which carries its own `Parameter` description."""
    about = {
        "kind": kind,
        "label": text(label),
        "help": text(help),
        "optional": None if optional is None else text(optional),
        **limits,
    }
    return dataclasses.field(default=default, metadata=about)


class LayerError(ValueError):
    """A value that no torch layer accepts, in one sentence."""


LARGEST = 2**15
"""Largest value of a parameter: torch's pooling multiplies two of them in 32 bits."""

OPERATIONS: dict[str, type[Layer]] = {}
"""Every kind of layer by torch's name, in the order of definition."""


@dataclass(frozen=True)
class Windows:
    """All windows of an input at once, gathered by our own index arithmetic.

    Attributes
    ----------
    values
        Shape (C, out_h, out_w, kernel_h, kernel_w); 0 where there is no real cell.
    real
        Shape (out_h, out_w, kernel_h, kernel_w); True where a real cell is read.
    inside
        The same shape; True for real cells and padding, False for overhang.
    """

    values: Array
    real: np.ndarray[Any, np.dtype[np.bool_]]
    inside: np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Layer:
    """A torch layer that slides a window over an input of shape (C, H, W)."""

    picks_largest: ClassVar[bool] = False
    """Whether one cell of a window wins, as in max pooling."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls.__name__.startswith("_"):
            OPERATIONS[cls.__name__] = cls

    def __post_init__(self) -> None:
        for about in self.parameters():
            value = getattr(self, about.name)
            object.__setattr__(self, about.name, _checked(about, value))

    @classmethod
    def starting_from(cls, kept: dict[str, Any]) -> Self:
        """Return a layer of this kind for one channel, with what is `kept` from another kind."""
        return cls(**kept)

    @classmethod
    def parameters(cls) -> tuple[Parameter, ...]:
        """Return the descriptions of all fields, in torch's order."""
        return tuple(Parameter(name=f.name, **f.metadata) for f in dataclasses.fields(cls))

    def with_(self, **changes: Any) -> Self:
        """Return a copy with some parameters changed."""
        return dataclasses.replace(self, **changes)

    def setting(self, name: str) -> Any:
        """Return the value in force of a parameter: what None stands for is filled in."""
        return getattr(self, name)

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        """Return the vertical and the horizontal axis for an input of `size` (h, w)."""
        raise NotImplementedError

    def axis_problem(self, axis: Axis) -> Text | None:
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

    def output_size(self, size: Pair) -> Pair:
        """Return the (h, w) of the output, below 1 where no window fits."""
        vertical, horizontal = self.axes(size)
        return vertical.output, horizontal.output

    def output_channels(self, channels: int) -> int:
        """Return how many channels come out when `channels` go in."""
        return channels

    @property
    def weight_shape(self) -> tuple[int, int, int, int] | None:
        """(out_channels, in_channels / groups, kernel_h, kernel_w), or None without weights."""
        return None

    @property
    def has_bias(self) -> bool:
        """Whether one number per output channel is added."""
        return False

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        """Return what torch computes for `x` of shape (N, C, H, W).

        Raises
        ------
        RuntimeError
            torch's own refusal of an illegal setting.
        """
        raise NotImplementedError

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        """Return the output (C_out, out_h, out_w) by our own arithmetic, in float64."""
        raise NotImplementedError

    def counts(self, real: bool, inside: bool) -> bool:
        """Tell whether a cell takes part: `real` as in `Windows`, `inside` if not overhang."""
        return True

    def divisor(self, counted: int) -> float | None:
        """Return what the sum of `counted` cells is divided by, or None."""
        return None

    def sign(self, cell: Cell) -> str:
        """Return what stands between a window without weights and its result."""
        raise NotImplementedError

    def spelled(self, cell: Cell) -> tuple[Token, ...]:
        """Return how the number of `cell` comes about, up to and including the result."""
        raise NotImplementedError

    def inputs_of(self, channel: int, channels: int) -> range:
        """Return the input channels that output channel `channel` reads."""
        return range(channel, channel + 1)


def _checked(about: Parameter, value: Any) -> Any:
    if value is None and about.optional is not None:
        return None
    if about.kind == "flag":
        if not isinstance(value, bool):
            raise LayerError(f"{about.name} must be True or False.")
        return value
    if about.kind == "choice":
        if not isinstance(value, str) or value not in about.choices:
            raise LayerError(f"{about.name} must be one of {', '.join(about.choices)}.")
        return value
    if about.kind != "pair":
        return _integer(about, value)
    pair = (value, value) if isinstance(value, int) else value
    if not isinstance(pair, tuple) or len(pair) != 2:
        raise LayerError(f"{about.name} must be a whole number or a pair (h, w).")
    return _integer(about, pair[0]), _integer(about, pair[1])


def _integer(about: Parameter, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise LayerError(f"{about.name} must be a whole number.")
    if value < about.minimum:
        raise LayerError(f"{about.name} must be at least {about.minimum}.")
    if value > LARGEST:
        raise LayerError(f"{about.name} must be at most {LARGEST}.")
    return value
