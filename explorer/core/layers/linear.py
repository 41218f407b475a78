"""From maps to a row of numbers, and from one row to the next."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from explorer.core.layers.module import Module, Shape, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text


@dataclass(frozen=True)
class Flatten(Module):
    """``torch.nn.Flatten``: its parameters, names, order and defaults."""

    short: ClassVar[str] = "flatten"

    start_dim: int = parameter(
        "number",
        QT_TRANSLATE_NOOP("core", "First dimension"),
        QT_TRANSLATE_NOOP("core", "The first axis that is laid in a row; 0 is the batch."),
        default=1,
        minimum=-3,
        maximum=3,
    )
    end_dim: int = parameter(
        "number",
        QT_TRANSLATE_NOOP("core", "Last dimension"),
        QT_TRANSLATE_NOOP("core", "The last axis that is laid in a row; −1 is the last there is."),
        default=-1,
        minimum=-3,
        maximum=3,
    )

    def ends(self, shape: Shape) -> tuple[int, int]:
        """Return the first and the last axis of `shape`, without the batch, that are laid in a row.

        They are such axes, in order, where there is no `shape_problem`.
        """
        first, last = (
            dim - 1 if dim >= 0 else dim + len(shape) for dim in (self.start_dim, self.end_dim)
        )
        return first, last

    def shape_problem(self, shape: Shape) -> Text | None:
        first, last = self.ends(shape)
        if 0 <= first <= last < len(shape):
            return None
        if first == -1 or last == -1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "Axis 0 is the batch: all pictures would become one row of numbers."
                )
            )
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "start_dim={start} and end_dim={end} do not name two of the {count} axes in order.",
            ),
            start=self.start_dim,
            end=self.end_dim,
            count=len(shape) + 1,
        )

    def output_shape(self, shape: Shape) -> Shape:
        first, last = self.ends(shape)
        return (*shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :])


@dataclass(frozen=True)
class Linear(Module):
    """``torch.nn.Linear``: its parameters, names, order and defaults."""

    short: ClassVar[str] = "fc"
    beginning: ClassVar[dict[str, Any]] = {"in_features": 1, "out_features": 10}

    in_features: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Input features"),
        QT_TRANSLATE_NOOP("core", "How many numbers come in: each output has a weight for each."),
        minimum=1,
        maximum=512,
    )
    out_features: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Output features"),
        QT_TRANSLATE_NOOP("core", "How many numbers come out: the classes, in the last layer."),
        minimum=1,
        maximum=512,
    )
    bias: bool = parameter(
        "flag",
        QT_TRANSLATE_NOOP("core", "Bias"),
        QT_TRANSLATE_NOOP("core", "One number that is added to every output."),
        default=True,
    )

    def shape_problem(self, shape: Shape) -> Text | None:
        if shape[-1] == self.in_features:
            return None
        if len(shape) > 1:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Linear reads rows of {expected} numbers, and the maps have rows of {given}: "
                    "a Flatten before it makes one row of {all} numbers.",
                ),
                expected=self.in_features,
                given=shape[-1],
                all=prod(shape),
            )
        return text(
            QT_TRANSLATE_NOOP("core", "It has weights for {expected} numbers, and gets {given}."),
            expected=self.in_features,
            given=shape[-1],
        )

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.out_features)

    def weight_shapes(self) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}
        return shapes | ({"bias": (self.out_features,)} if self.bias else {})

    def multiply_adds(self, shape: Shape) -> int:
        return prod(shape) * self.out_features
