"""What convolution and its transpose share: channels in groups, a weight, a sum of products."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import gcd, prod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from explorer.core.cell import Cell, Term, bracketed, joined, number
from explorer.core.geometry import Pair, Token
from explorer.core.layers.base import Layer, Numbers, Scalar
from explorer.core.layers.module import Places, Shape, parameter
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

KERNEL: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Kernel size"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Rows and columns of the kernel. The larger, the fewer positions it fits: "
        "the dilated kernel may not be larger than the padded input.",
    ),
    "minimum": 1,
    "maximum": 11,
}
DILATION: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Dilation"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Steps from one kernel cell to the next: 1 is an ordinary kernel, 2 leaves one cell "
        "out between. The kernel then spans dilation · (kernel − 1) + 1 cells: more is seen with "
        "the same number of weights. Some texts count the cells left out instead: their 0 is "
        "PyTorch's 1, their 1 is PyTorch's 2.",
    ),
    "default": (1, 1),
    "minimum": 1,
    "maximum": 6,
}
GROUPS: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Groups"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Splits the channels: each group sees its own inputs only. It must divide both numbers of "
        "channels; as many groups as input channels make a depthwise convolution.",
    ),
    "default": 1,
    "minimum": 1,
    "maximum": 8,
}
BIAS: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Bias"),
    "help": QT_TRANSLATE_NOOP(
        "core", "One number that is added to every cell of an output channel."
    ),
    "default": True,
}


@dataclass(frozen=True)
class Convolution(Layer):
    """A layer whose output cells are sums of products with a weight."""

    beginning: ClassVar[dict[str, Any]] = {
        "in_channels": 1,
        "out_channels": 1,
        "kernel_size": (3, 3),
        "bias": False,
    }
    is_numbered: ClassVar[bool] = True
    takes: ClassVar[str] = "in_channels"
    makes: ClassVar[str] = "out_channels"
    signed: ClassVar[bool | None] = True

    if TYPE_CHECKING:
        # Fields of both kinds, which stand at other places in torch's order.
        @property
        def groups(self) -> int: ...
        @property
        def bias(self) -> bool: ...

    in_channels: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Input channels"),
        QT_TRANSLATE_NOOP(
            "core", "How many channels the input has. A kernel has a slice for each."
        ),
        minimum=1,
        maximum=8,
    )
    out_channels: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Output channels"),
        QT_TRANSLATE_NOOP("core", "How many kernels there are: each one makes an output channel."),
        minimum=1,
        maximum=8,
    )
    kernel_size: Pair = parameter("pair", **KERNEL)

    @classmethod
    def new_for(cls, shape: Shape | None) -> Self:
        layer = super().new_for(shape)
        return layer if shape is None else layer.with_(out_channels=shape[0], bias=True)

    def making(self, count: int) -> Self:
        """Return a copy that makes `count` channels, in fewer groups where they do not divide."""
        return self.with_(out_channels=count, groups=gcd(self.groups, count))

    def channel_problem(self, channels: int) -> Text | None:
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                return text(
                    QT_TRANSLATE_NOOP(
                        "core",
                        "{name}={count} cannot be split into {groups} groups of the same size.",
                    ),
                    name=name,
                    count=getattr(self, name),
                    groups=self.groups,
                )
        if channels != self.in_channels:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The kernels have slices for {expected} input channels, "
                    "and the input has {given}.",
                ),
                expected=self.in_channels,
                given=channels,
            )
        return None

    def output_channels(self, channels: int) -> int:
        return self.out_channels

    @property
    def inputs_each(self) -> int:
        """How many input channels an output channel reads; at least 1, also where none would be."""
        return max(1, self.in_channels // self.groups)

    @property
    def outputs_each(self) -> int:
        """How many output channels each group makes; at least 1, also where none would be."""
        return max(1, self.out_channels // self.groups)

    @property
    def has_bias(self) -> bool:
        return self.bias

    def inputs_of(self, channel: int, channels: int) -> range:
        first = channel // self.outputs_each * self.inputs_each
        return range(first, first + self.inputs_each)

    def kernel_places(self, maps: Shape | None) -> Places | None:
        if self.in_channels % self.groups or self.out_channels % self.groups:
            return None
        assert self.weight_shape is not None
        return self.kernels(np.arange(prod(self.weight_shape)).reshape(self.weight_shape))

    def kernels(self, weight: Numbers[Scalar]) -> Numbers[Scalar]:
        """Return what makes each output channel, (out, inputs read, kernel_h, kernel_w)."""
        return np.stack([self.kernel_for(weight, out) for out in range(self.out_channels)])

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds: every weight works once at every output cell."""
        return prod(self.weight_shape or ()) * prod(self.out_size((shape[1], shape[2])))

    def sign(self, cell: Cell) -> str:
        return "×"

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        return _product(cell.terms[index])

    def spelled(self, cell: Cell) -> tuple[Token, ...]:
        bias = [] if cell.bias is None else [[Token(bracketed(cell.bias))]]
        result = (Token(" = "), Token(number(cell.result), "output"))
        channels = cell.channels
        if len(channels) == 1:
            return (*joined([*map(_product, cell.terms), *bias], " + "), *result)
        sums = [
            [Token("["), *joined(map(_product, cell.of_channel(channel)), " + "), Token("]")]
            for channel in channels
        ]
        added = [[Token(bracketed(value))] for _, value in cell.partials]
        return (
            *joined([*sums, *bias], " + "),
            Token(" = "),
            *joined([*added, *bias], " + "),
            *result,
        )

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        assert weight is not None
        kernels = self.kernels(weight)
        _, each, taps_h, taps_w = kernels.shape
        split = kernels.reshape(self.groups, -1, each, taps_h, taps_w).astype(np.float64)
        # One product of matrices per row of the kernel, for all rows of the input at once.
        spread = windows.spread()
        tall, wide = spread.shape[1], spread.shape[3]
        slabs = np.ascontiguousarray(spread.swapaxes(0, 1))
        slabs = slabs.reshape(tall, self.groups, each * taps_w, wide)
        out = np.zeros((len(windows.rows.source), self.out_channels, wide))
        for i in range(taps_h):
            factors = split[:, :, :, i].reshape(self.groups, -1, each * taps_w)
            products = (factors @ slabs).reshape(tall, self.out_channels, wide)
            out += products[windows.rows.source[:, i]]
        if bias is not None:
            out += bias.astype(np.float64)[:, None]
        return out.swapaxes(0, 1)

    def _ask_module(self) -> None:
        """Let torch refuse, in its own words, what it refuses when the module is made."""
        import torch

        made = getattr(torch.nn, type(self).__name__)
        made(
            **{about.name: getattr(self, about.name) for about in self.parameters()}, device="meta"
        )

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        assert weight is not None
        if self.in_channels % self.groups or self.out_channels % self.groups:
            self._ask_module()
        return self._convolve(x, weight, bias)

    @abstractmethod
    def _convolve(
        self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        """Return what torch's function computes for `x` of shape (N, C, H, W)."""


def _product(term: Term) -> tuple[Token, ...]:
    weight = bracketed(term.weight or 0.0)
    if term.source is None:
        return (Token(f"0·{weight}", "muted"),)
    return (Token(f"{bracketed(term.value)}·"), Token(weight, "weight"))
