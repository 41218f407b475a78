"""Pooling: the maximum or the mean of a window, each channel by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.cell import Cell, number
from explorer.core.geometry import AnyAxis, Axis, Pair, Token
from explorer.core.layers.base import Layer
from explorer.core.layers.module import parameter
from explorer.core.layers.windows import Array, Windows
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch

KERNEL: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Kernel size"),
    "help": QT_TRANSLATE_NOOP(
        "core", "Rows and columns of the window. It may not be larger than the padded input."
    ),
    "minimum": 1,
    "maximum": 11,
}
STRIDE: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Stride"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Cells from one window to the next. Left alone it is the kernel size, so that the windows "
        "lie side by side.",
    ),
    "default": None,
    "minimum": 1,
    "maximum": 8,
    "optional": QT_TRANSLATE_NOOP("core", "Stride = kernel size"),
}
_PADDING: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Padding"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Cells added on each side. At most half the kernel size: more, and a window could lie in "
        "the padding altogether. In a mean they are zeros; in a maximum they never win, not even "
        "among negative numbers.",
    ),
    "default": (0, 0),
    "minimum": 0,
    "maximum": 5,
}
CEIL: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Ceil mode"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Rounds the output size up: a last window may stick out, unless it would start behind the "
        "input and its first padding. So kernel 1 with stride 2 makes 16 cells of 32, and not "
        "the 17 of the formula.",
    ),
    "default": False,
}


RETURN_INDICES: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Return indices"),
    "help": QT_TRANSLATE_NOOP(
        "core", "Also says where each maximum stood. The values stay the same."
    ),
    "default": False,
}


@dataclass(frozen=True)
class Maximum(Layer):
    """A layer whose output cells are the largest of a window."""

    short: ClassVar[str] = "pool"

    picks_largest: ClassVar[bool] = True

    def counts(self, real: bool, inside: bool) -> bool:
        return real

    def sign(self, cell: Cell) -> str:
        return "max"

    def term(self, cell: Cell, index: int) -> tuple[Token, ...]:
        if index == cell.winner:
            return (Token(number(cell.terms[index].value), "output"),)
        return super().term(cell, index)

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return "max(", ", ", ")"

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        return windows.reduced(np.maximum, -np.inf)


@dataclass(frozen=True)
class Mean(Layer):
    """A layer whose output cells are the mean of a window."""

    short: ClassVar[str] = "pool"

    def counts(self, real: bool, inside: bool) -> bool:
        return real

    def divisor(self, counted: int) -> float | None:
        return float(counted)

    def sign(self, cell: Cell) -> str:
        return f"Σ ÷ {number(cell.divisor or 0.0)}"

    def around(self, cell: Cell) -> tuple[str, str, str]:
        return "(", " + ", f") ÷ {number(cell.divisor or 0.0)}"

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        return windows.reduced(np.add, 0.0) / windows.counted(real=True)


@dataclass(frozen=True)
class SlidingPool(Layer):
    """What all pooling with a window of a given size shares, but for padding."""

    beginning: ClassVar[dict[str, Any]] = {"kernel_size": (2, 2)}

    if TYPE_CHECKING:
        # Fields of every kind, which stand at other places in torch's order.
        @property
        def kernel_size(self) -> Pair: ...
        @property
        def stride(self) -> Pair | None: ...
        @property
        def ceil_mode(self) -> bool: ...

    def setting(self, name: str) -> Any:
        value = getattr(self, name)
        return self.kernel_size if name == "stride" and value is None else value

    def _axes(
        self, size: Pair, padding: Pair = (0, 0), dilation: Pair = (1, 1)
    ) -> tuple[Axis, Axis]:
        stride = self.setting("stride")
        h, w = (
            Axis(
                size[i],
                self.kernel_size[i],
                stride[i],
                padding[i],
                dilation[i],
                self.ceil_mode,
            )
            for i in (0, 1)
        )
        return h, w

    def axis_problem(self, axis: AnyAxis) -> Text | None:
        if axis.padding > axis.kernel // 2:  # dilation does not help
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "A padding of {padding} is more than half of the kernel of {kernel}: "
                    "a window could see nothing but padding.",
                ),
                padding=axis.padding,
                kernel=axis.kernel,
            )
        return super().axis_problem(axis)


@dataclass(frozen=True)
class MaxPool2d(Maximum, SlidingPool):
    """``torch.nn.MaxPool2d``: its parameters, names, order and defaults."""

    kernel_size: Pair = parameter("pair", **KERNEL)
    stride: Pair | None = parameter("pair", **STRIDE)
    padding: Pair = parameter("pair", **_PADDING)
    dilation: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Dilation"),
        QT_TRANSLATE_NOOP(
            "core",
            "Steps from one cell of the window to the next: 1 is an ordinary window. Some texts "
            "count the cells left out between instead: their 0 is PyTorch's 1.",
        ),
        default=(1, 1),
        minimum=1,
        maximum=6,
    )
    return_indices: bool = parameter("flag", **RETURN_INDICES)
    ceil_mode: bool = parameter("flag", **CEIL)

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        return self._axes(size, self.padding, self.dilation)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        return F.max_pool2d(
            x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode
        )


@dataclass(frozen=True)
class AvgPool2d(Mean, SlidingPool):
    """``torch.nn.AvgPool2d``: its parameters, names, order and defaults."""

    kernel_size: Pair = parameter("pair", **KERNEL)
    stride: Pair | None = parameter("pair", **STRIDE)
    padding: Pair = parameter("pair", **_PADDING)
    ceil_mode: bool = parameter("flag", **CEIL)
    count_include_pad: bool = parameter(
        "flag",
        QT_TRANSLATE_NOOP("core", "Count the padding"),
        QT_TRANSLATE_NOOP(
            "core",
            "Whether padded zeros count in the divisor. What sticks out in ceil mode never counts.",
        ),
        default=True,
    )
    divisor_override: int | None = parameter(
        "number",
        QT_TRANSLATE_NOOP("core", "Divisor"),
        QT_TRANSLATE_NOOP(
            "core",
            "What every sum is divided by. With “Divisor = cells counted” on, the cells counted in "
            "its window; with it off, one number for all windows.",
        ),
        default=None,
        minimum=1,
        maximum=32,
        optional=QT_TRANSLATE_NOOP("core", "Divisor = cells counted"),
    )

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        return self._axes(size, self.padding)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        return F.avg_pool2d(
            x,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def counts(self, real: bool, inside: bool) -> bool:
        return inside if self.count_include_pad else real

    def divisor(self, counted: int) -> float:
        return float(counted if self.divisor_override is None else self.divisor_override)

    def combine(self, windows: Windows, weight: Array | None, bias: Array | None) -> Array:
        sums = windows.reduced(np.add, 0.0)
        if self.divisor_override is not None:
            return sums / self.divisor_override
        return sums / windows.counted(real=not self.count_include_pad)
