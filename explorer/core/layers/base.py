"""What every layer that slides a window has: axes, legality, torch's numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np

from explorer.core.cell import Cell, factor, joined, number
from explorer.core.geometry import AnyAxis, Pair, Token
from explorer.core.layers.guise import At, Guise
from explorer.core.layers.module import SMALLEST, Module, Shape, Wants
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

Scalar = TypeVar("Scalar", bound=np.generic)
Numbers = np.ndarray[Any, np.dtype[Scalar]]
"""A weight, or a table of the same shape that says something about each of its numbers."""

FLOAT32_MAX = float(np.finfo(np.float32).max)


def in_relation(difference: Array, scale: Array, output: Array, taps: int) -> Array:
    """Return `difference` in relation to the sum of `taps` absolute terms, `scale`.

    An `output` without a finite number is no deviation where the terms leave the range of float32.
    """
    known = np.where(np.isfinite(scale), scale, 1.0)
    beyond = ~(scale <= FLOAT32_MAX / taps) & ~np.isfinite(output)
    return np.where(beyond, 0.0, difference / np.maximum(SMALLEST, known))


@dataclass(frozen=True)
class Layer(Module):
    """A torch layer that slides a window over an input of shape (C, H, W)."""

    wants: ClassVar[Wants] = "maps"

    picks_largest: ClassVar[bool] = False
    """Whether one cell of a window wins, as in max pooling."""

    keeps_range: ClassVar[bool] = True
    """Whether, without weights, what comes out is of the size of what goes in: same colours."""

    part_sign: ClassVar[str] = "="
    """What stands between what one of several channels shows and what it adds to their sum."""

    @classmethod
    def new_for(cls, shape: Shape | None) -> Self:
        layer = super().new_for(shape)
        if shape is None or len(shape) != 3 or layer.shape_problem(shape) is None:
            return layer
        smaller = min(3, *shape[1:])
        has_kernel = hasattr(layer, "kernel_size")
        return layer.with_(kernel_size=(smaller, smaller)) if has_kernel else layer

    @abstractmethod
    def axes(self, size: Pair) -> tuple[AnyAxis, AnyAxis]:
        """Return the vertical and the horizontal axis for an input of `size` (h, w)."""

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

    def shape_problem(self, shape: Shape) -> Text | None:
        if len(shape) != 3:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "A window slides over rows and columns, and an input of {count} numbers in a "
                    "row has none.",
                )
                if len(shape) == 1
                else QT_TRANSLATE_NOOP(
                    "core", "A window needs channels, rows and columns: (C, H, W)."
                ),
                count=shape[0] if shape else 0,
            )
        return self.channel_problem(shape[0]) or self.size_problem((shape[1], shape[2]))

    def output_shape(self, shape: Shape) -> Shape:
        channels, h, w = shape
        return (self.output_channels(channels), *self.out_size((h, w)))

    def weight_shapes(self) -> dict[str, Shape]:
        if self.weight_shape is None:
            return {}
        shapes: dict[str, Shape] = {"weight": self.weight_shape}
        if self.has_bias:
            # Each group makes its own share of the outputs, wherever torch's shape puts them.
            shapes["bias"] = (self.output_channels(self.weight_shape[0]),)
        return shapes

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

    def channels_read(self, channel: int, shape: Shape) -> range:
        return self.inputs_of(channel, shape[0])

    def in_row(self) -> Layer | None:
        """Return what does along a row the same as this along the channels, without weights.

        None for what does not mix channels so.
        """
        return None

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        return Guise(self, x, at, learned.get("weight"), learned.get("bias"))

    @abstractmethod
    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        """Return what torch computes for `x` of shape (N, C, H, W).

        Raises
        ------
        RuntimeError, ValueError
            torch's own refusal of an illegal setting.
        """

    @abstractmethod
    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        """Return the output (C_out, out_h, out_w) by our own arithmetic, in float64."""

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

    def power(self, value: float) -> float | None:
        """Return what a cell of that `value` adds to the sum, where it is not the value itself."""
        return None

    @abstractmethod
    def sign(self, cell: Cell) -> str:
        """Return what stands between a window without weights and its result."""

    def gist(self, cell: Cell) -> str:
        """Return what is done with the sum of all channels, Σ; empty where that is the result."""
        return ""

    def own(self, cell: Cell) -> int | None:
        """Return which term stands in the place of the cell itself, where that one is special."""
        return None

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
