"""Convolution, which in deep learning is cross-correlation: the kernel is not flipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from explorer.core.geometry import PADDING_MODES, AnyAxis, Axis, PaddingMode, Pair
from explorer.core.layers.base import Numbers, Scalar
from explorer.core.layers.convolution import BIAS, DILATION, GROUPS, Convolution
from explorer.core.layers.module import parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Conv2d(Convolution):
    """``torch.nn.Conv2d``: its parameters, names, order and defaults.

    Raises
    ------
    LayerError
        For values that no torch layer accepts. What torch refuses in combination, such as groups
        that do not divide the channels, can be made and shown.
    """

    short: ClassVar[str] = "conv"

    stride: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Stride"),
        QT_TRANSLATE_NOOP(
            "core",
            "Cells from one window to the next. A stride of 2 about halves the output. "
            "It starts at 1: a window that does not move would never arrive. PyTorch writes every "
            "pair as (h, w): down first, then across.",
        ),
        default=(1, 1),
        minimum=1,
        maximum=8,
    )
    padding: Pair | Literal["same", "valid"] = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Padding"),
        QT_TRANSLATE_NOOP(
            "core",
            "Cells added on each side of the input, so that the border is used more often. "
            "(kernel − 1) / 2 keeps the size, for odd kernels with stride 1 and dilation 1. 'same' "
            "always keeps it, but needs a stride of 1; for an even span of the kernel it adds the "
            "odd cell at the bottom and on the right. 'valid' adds none.",
        ),
        default=(0, 0),
        minimum=0,
        maximum=8,
        words=("same", "valid"),
    )
    dilation: Pair = parameter("pair", **DILATION)
    groups: int = parameter("channels", **GROUPS)
    bias: bool = parameter("flag", **BIAS)
    padding_mode: PaddingMode = parameter(
        "choice",
        QT_TRANSLATE_NOOP("core", "Padding mode"),
        QT_TRANSLATE_NOOP(
            "core",
            "What stands in the padding: zeros, the mirrored input, its last cell again, or the "
            "input once more from its other side. A mirror needs less padding than the input has "
            "cells, for it does not repeat the border; 'circular' goes around once at most.",
        ),
        default="zeros",
        choices=PADDING_MODES,
    )

    def setting(self, name: str) -> Any:
        """Return the value in force; of ``padding='same'`` the cells before the input."""
        if name != "padding":
            return getattr(self, name)
        return self._around(0)[0], self._around(1)[0]

    def _around(self, i: int) -> tuple[int, int]:
        """Return the padding (before, behind) the input along axis `i`."""
        if isinstance(self.padding, tuple):
            return self.padding[i], self.padding[i]
        total = self.dilation[i] * (self.kernel_size[i] - 1) if self.padding == "same" else 0
        return total // 2, total - total // 2

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        h, w = (
            Axis(
                size[i],
                self.kernel_size[i],
                self.stride[i],
                self._around(i)[0],
                self.dilation[i],
                padding_mode=self.padding_mode,
                extra=self._around(i)[1] - self._around(i)[0],
            )
            for i in (0, 1)
        )
        return h, w

    def axis_problem(self, axis: AnyAxis) -> Text | None:
        assert isinstance(axis, Axis)
        if self.padding == "same" and axis.stride > 1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "padding='same' asks for an output as large as the input, "
                    "and a stride of {stride} makes it smaller.",
                ),
                stride=axis.stride,
            )
        padding = axis.behind
        if axis.padding_mode == "reflect" and padding >= axis.size:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Reflecting {padding} cells needs an input of at least {needed}, "
                    "and it has {size}: the mirror does not repeat the border itself.",
                ),
                padding=padding,
                needed=padding + 1,
                size=axis.size,
            )
        if axis.padding_mode == "circular" and padding > axis.size:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Circular padding of {padding} would go around an input of {size} "
                    "more than once.",
                ),
                padding=padding,
                size=axis.size,
            )
        return super().axis_problem(axis)

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        return (self.out_channels, self.inputs_each, *self.kernel_size)

    def kernels(self, weight: Numbers[Scalar]) -> Numbers[Scalar]:
        return weight  # they lie there as they are wanted

    def _convolve(
        self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        if self.padding == "same" and self.stride != (1, 1):
            self._ask_module()
        padding = self.setting("padding")
        (above, below), (left, right) = self._around(0), self._around(1)
        if self.padding_mode != "zeros":
            x = F.pad(x, (left, right, above, below), mode=self.padding_mode)
            padding = (0, 0)
        elif (below, right) != padding:
            # What torch does with the word 'same' here, but for a warning about the copy. Were
            # all of it laid around, another routine might add the terms in another order.
            x = F.pad(x, (0, right - left, 0, below - above))
        return F.conv2d(x, weight, bias, self.stride, padding, self.dilation, self.groups)
