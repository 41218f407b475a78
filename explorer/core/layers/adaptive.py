"""Adaptive pooling: the output's size is given, and the windows share the input among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from explorer.core.geometry import AdaptiveAxis, AnyAxis, Pair
from explorer.core.layers.base import Layer
from explorer.core.layers.module import parameter
from explorer.core.layers.pooling import RETURN_INDICES, Maximum, Mean
from explorer.core.text import QT_TRANSLATE_NOOP, Text

if TYPE_CHECKING:
    import torch

Target = tuple[int | None, int | None]
"""(h, w) of the output; None where it is that of the input."""

_OUTPUT_SIZE: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Output size"),
    "help": QT_TRANSLATE_NOOP(
        "core",
        "Rows and columns that come out, whatever goes in. Where the division leaves a rest, "
        "windows overlap or differ in length.",
    ),
    "minimum": 1,
    "maximum": 16,
    "half_open": QT_TRANSLATE_NOOP("core", "As the input"),
}


@dataclass(frozen=True)
class _AdaptivePool(Layer):
    beginning: ClassVar[dict[str, Any]] = {"output_size": (2, 2)}

    output_size: Target = parameter("pair", **_OUTPUT_SIZE)

    def axes(self, size: Pair) -> tuple[AdaptiveAxis, AdaptiveAxis]:
        h, w = (
            AdaptiveAxis(cells, cells if wanted is None else wanted)
            for cells, wanted in zip(size, self.output_size, strict=True)
        )
        return h, w

    def axis_problem(self, axis: AnyAxis) -> Text | None:
        return None


@dataclass(frozen=True)
class AdaptiveMaxPool2d(Maximum, _AdaptivePool):
    """``torch.nn.AdaptiveMaxPool2d``: its parameters, names, order and defaults."""

    return_indices: bool = parameter("flag", **RETURN_INDICES)

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        # The annotation of the functional knows no None; the module passes it on all the same.
        return F.adaptive_max_pool2d(x, self.output_size)  # type: ignore[arg-type]


@dataclass(frozen=True)
class AdaptiveAvgPool2d(Mean, _AdaptivePool):
    """``torch.nn.AdaptiveAvgPool2d``: its parameters, names, order and defaults."""

    def forward(
        self, x: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None
    ) -> torch.Tensor:
        import torch.nn.functional as F

        return F.adaptive_avg_pool2d(x, self.output_size)
