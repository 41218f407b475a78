"""Transposed convolution: each input cell stamps the kernel, scaled, onto the output."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from explorer.core.geometry import AnyAxis, Pair, TransposedAxis
from explorer.core.layers.base import Numbers, Scalar
from explorer.core.layers.convolution import BIAS, DILATION, GROUPS, Convolution
from explorer.core.layers.module import Shape, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class ConvTranspose2d(Convolution):
    """``torch.nn.ConvTranspose2d``: its parameters, names, order and defaults.

    Raises
    ------
    LayerError
        For values that no torch layer accepts, padding modes other than zeros among them.
    """

    short: ClassVar[str] = "conv_transpose"

    stride: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Stride"),
        QT_TRANSLATE_NOOP(
            "core",
            "Cells of the output from one stamp to the next. A stride of 2 about doubles the "
            "size; seen as an ordinary convolution, it puts zeros between the input's cells.",
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
            "Cells cropped from each side of the output: it undoes the padding of the "
            "convolution that goes the other way.",
        ),
        default=(0, 0),
        minimum=0,
        maximum=8,
    )
    output_padding: Pair = parameter(
        "pair",
        QT_TRANSLATE_NOOP("core", "Output padding"),
        QT_TRANSLATE_NOOP(
            "core",
            "Rows and columns more at the end of the output: not zeros, but cells that the stamps "
            "may reach. It chooses between the sizes that a stride makes equal, so it must be "
            "smaller than the stride or the dilation.",
        ),
        default=(0, 0),
        minimum=0,
        maximum=7,
    )
    groups: int = parameter("channels", **GROUPS)
    bias: bool = parameter("flag", **BIAS)
    dilation: Pair = parameter("pair", **DILATION)
    padding_mode: Literal["zeros"] = parameter(
        "choice",
        QT_TRANSLATE_NOOP("core", "Padding mode"),
        QT_TRANSLATE_NOOP("core", "Transposed convolution knows zeros only."),
        default="zeros",
        choices=("zeros",),
    )

    def axes(self, size: Pair) -> tuple[TransposedAxis, TransposedAxis]:
        h, w = (
            TransposedAxis(
                size[i],
                self.kernel_size[i],
                self.stride[i],
                self.padding[i],
                self.output_padding[i],
                self.dilation[i],
            )
            for i in (0, 1)
        )
        return h, w

    def axis_problem(self, axis: AnyAxis) -> Text | None:
        assert isinstance(axis, TransposedAxis)
        if axis.output_padding >= max(axis.stride, axis.dilation):
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "An output padding of {output_padding} is not smaller than the stride of "
                    "{stride} or the dilation of {dilation}: a larger input would be meant.",
                ),
                output_padding=axis.output_padding,
                stride=axis.stride,
                dilation=axis.dilation,
            )
        if axis.output < 1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "A padding of {padding} crops both sides of only {stamped} cells: "
                    "nothing is left.",
                ),
                padding=axis.padding,
                stamped=axis.output + 2 * axis.padding,
            )
        return None

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        return (self.in_channels, self.outputs_each, *self.kernel_size)

    def made_by(self, weight: Shape) -> int:
        return weight[1] * self.groups

    def multiply_adds(self, shape: Shape) -> int:
        """Return the multiply-adds: every weight works once at every input cell.

        That is so where the stamp is cropped, too.
        """
        return prod(self.weight_shape) * shape[1] * shape[2]

    def kernel_for(self, weight: Numbers[Scalar], channel: int) -> Numbers[Scalar]:
        read = self.inputs_of(channel, self.in_channels)
        # Groups that do not divide would read on beyond the weights that there are to be shown.
        first = min(read.start, self.in_channels - len(read))
        slices: Numbers[Scalar] = weight[first : first + len(read), channel % self.outputs_each]
        return slices

    def _convolve(
        self, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        if min(self.out_size((x.shape[2], x.shape[3]))) < 1:
            # With groups or a large kernel, oneDNN lets an empty output pass, and refuses less than
            # that in riddles. It knows no float64, of which torch speaks plainly.
            x, weight = x.double(), weight.double()
            bias = None if bias is None else bias.double()
        return F.conv_transpose2d(
            x,
            weight,
            bias,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.dilation,
        )
