"""Convolution, which in deep learning is cross-correlation: the kernel is not flipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from explorer.core.cell import Cell, Term, bracketed, joined, number
from explorer.core.geometry import PADDING_MODES, Axis, PaddingMode, Pair, Token
from explorer.core.layers.base import Array, Layer, LayerError, Windows, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Conv2d(Layer):
    """``torch.nn.Conv2d``: its parameters, names, order and defaults.

    Raises
    ------
    LayerError
        For values that torch refuses whatever the input is.
    """

    in_channels: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Input channels"),
        QT_TRANSLATE_NOOP(
            "core", "How many channels the input has. A kernel has a slice for each."
        ),
        minimum=1,
        maximum=4,
    )
    out_channels: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Output channels"),
        QT_TRANSLATE_NOOP("core", "How many kernels there are: each one makes an output channel."),
        minimum=1,
        maximum=4,
    )
    kernel_size: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Kernel size"),
        QT_TRANSLATE_NOOP(
            "core",
            "Rows and columns of the kernel. The larger, the fewer positions it fits: "
            "the dilated kernel may not be larger than the padded input.",
        ),
        minimum=1,
        maximum=11,
    )
    stride: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Stride"),
        QT_TRANSLATE_NOOP(
            "core",
            "Cells from one window to the next. A stride of 2 about halves the output. "
            "It starts at 1: a window that does not move would never arrive.",
        ),
        default=(1, 1),
        minimum=1,
        maximum=8,
    )
    padding: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Padding"),
        QT_TRANSLATE_NOOP(
            "core",
            "Cells added on each side of the input, so that the border is used more often. "
            "Half the kernel keeps the size.",
        ),
        default=(0, 0),
        minimum=0,
        maximum=8,
    )
    dilation: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Dilation"),
        QT_TRANSLATE_NOOP(
            "core",
            "Steps from one kernel cell to the next: 1 is an ordinary kernel, 2 leaves one cell "
            "out between. More is seen with the same number of weights.",
        ),
        default=(1, 1),
        minimum=1,
        maximum=6,
    )
    groups: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Groups"),
        QT_TRANSLATE_NOOP("core", "Splits the channels: each group sees its own inputs only."),
        default=1,
        minimum=1,
        maximum=4,
    )
    bias: bool = parameter(
        "flag",
        QT_TRANSLATE_NOOP("core", "Bias"),
        QT_TRANSLATE_NOOP("core", "One number that is added to every cell of an output channel."),
        default=True,
    )
    padding_mode: PaddingMode = parameter(
        "choice",
        QT_TRANSLATE_NOOP("core", "Padding mode"),
        QT_TRANSLATE_NOOP(
            "core",
            "What stands in the padding: zeros, the mirrored input, its last cell again, or the "
            "input once more from its other side.",
        ),
        default="zeros",
        choices=PADDING_MODES,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                raise LayerError(
                    f"{name}={getattr(self, name)} must be divisible by groups={self.groups}."
                )

    @classmethod
    def starting_from(cls, kept: dict[str, Any]) -> Self:
        return cls(in_channels=1, out_channels=1, bias=False, **kept)

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        h, w = (
            Axis(
                size[i],
                self.kernel_size[i],
                self.stride[i],
                self.padding[i],
                self.dilation[i],
                padding_mode=self.padding_mode,
            )
            for i in (0, 1)
        )
        return h, w

    def axis_problem(self, axis: Axis) -> Text | None:
        if axis.padding_mode == "reflect" and axis.padding >= axis.size:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Reflecting {padding} cells needs an input of at least {needed}, "
                    "and it has {size}: the mirror does not repeat the border itself.",
                ),
                padding=axis.padding,
                needed=axis.padding + 1,
                size=axis.size,
            )
        if axis.padding_mode == "circular" and axis.padding > axis.size:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Circular padding of {padding} would go around an input of {size} "
                    "more than once.",
                ),
                padding=axis.padding,
                size=axis.size,
            )
        return super().axis_problem(axis)

    def output_channels(self, channels: int) -> int:
        return self.out_channels

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    @property
    def has_bias(self) -> bool:
        return self.bias

    def inputs_of(self, channel: int, channels: int) -> range:
        width = self.in_channels // self.groups
        first = channel // (self.out_channels // self.groups) * width
        return range(first, first + width)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        assert weight is not None
        padding = self.padding
        if self.padding_mode != "zeros":
            (top, left), padding = self.padding, (0, 0)
            x = F.pad(x, (left, left, top, top), mode=self.padding_mode)
        return F.conv2d(x, weight, bias, self.stride, padding, self.dilation, self.groups)

    def spelled(self, cell: Cell) -> tuple[Token, ...]:
        bias = [] if cell.bias is None else [[Token(bracketed(cell.bias))]]
        terms = joined([*map(_product, cell.terms), *bias], " + ")
        return (*terms, Token(" = "), Token(number(cell.result), "output"))

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        assert weight is not None
        values = windows.values.astype(np.float64)
        outputs = [
            np.tensordot(
                weight[channel].astype(np.float64),
                values[list(self.inputs_of(channel, len(values)))],
                axes=((0, 1, 2), (0, 3, 4)),
            )
            for channel in range(self.out_channels)
        ]
        out: Array = np.stack(outputs)
        return out if bias is None else out + bias.astype(np.float64)[:, None, None]


def _product(term: Term) -> tuple[Token, ...]:
    weight = bracketed(term.weight or 0.0)
    if term.source is None:
        return (Token(f"0·{weight}", "muted"),)
    return (Token(f"{bracketed(term.value)}·"), Token(weight, "weight"))
