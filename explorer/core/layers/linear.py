"""From maps to a row of numbers, and from one row to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from explorer.core.layers.conv import Conv2d
from explorer.core.layers.dimensions import nearest
from explorer.core.layers.guise import At, Guise, rectangle
from explorer.core.layers.module import Gives, Module, Places, Shape, Wants, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    from explorer.core.layers.windows import Array


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

    def instead(self, shape: Shape) -> Iterator[Module]:
        yield from nearest(self, shape, start_dim=self.start_dim, end_dim=self.end_dim)

    def gives(self, shape: Shape) -> Gives | None:
        return None

    def laid(self, shape: Shape) -> tuple[int, int] | None:
        first, last = self.ends(shape)
        return None if first == last else (first, last)

    def channels_read(self, channel: int, shape: Shape) -> range:
        output = self.output_shape(shape)
        if output == shape:
            return range(channel, channel + 1)
        if len(output) > 1:
            return range(shape[0])
        each = prod(shape[1:])
        return range(channel // each, channel // each + 1)

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        return text(QT_TRANSLATE_NOOP("core", "{name} only lays the numbers in a row."), name=name)


@dataclass(frozen=True)
class Linear(Module):
    """``torch.nn.Linear``: its parameters, names, order and defaults."""

    short: ClassVar[str] = "fc"
    beginning: ClassVar[dict[str, Any]] = {"in_features": 1, "out_features": 10}
    wants: ClassVar[Wants] = "row"
    takes: ClassVar[str] = "in_features"
    makes: ClassVar[str] = "out_features"
    signed: ClassVar[bool | None] = True

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

    def instead(self, shape: Shape) -> Iterator[Module]:
        if len(shape) == 1:
            yield self.taking(shape[0])

    def mixed(self, shape: Shape) -> tuple[int, ...]:
        return (len(shape) - 1,)

    def weight_shapes(self) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.out_features, self.in_features)}
        return shapes | ({"bias": (self.out_features,)} if self.bias else {})

    def multiply_adds(self, shape: Shape) -> int:
        return prod(shape) * self.out_features

    def kernel_places(self, maps: Shape | None) -> Places:
        was_maps = maps is not None and len(maps) == 3 and prod(maps) == self.in_features
        kernel = maps if was_maps and maps is not None else (1, 1, self.in_features)
        count = self.out_features * self.in_features
        return np.arange(count).reshape(self.out_features, *kernel)

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        """Return a convolution whose kernels cover all that there is."""
        weight, bias = learned["weight"], learned.get("bias")
        if x.ndim > 1:
            return self._along_rows(name, x, at, weight, bias)
        if maps is not None:
            channels, h, w = maps
            note = text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "{name} is a convolution whose kernels are as large as the maps that were laid "
                    "in a row before it, {channels} × {h} × {w}: each fits in one place only.",
                ),
                name=name,
                channels=channels,
                h=h,
                w=w,
            )
        else:
            channels, (h, w) = 1, rectangle(self.in_features)
            note = text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "{name} is a convolution whose kernels are as large as its input: {count} "
                    "numbers, laid out as {h} × {w}.",
                ),
                name=name,
                count=self.in_features,
                h=h,
                w=w,
            )
        return Guise(
            Conv2d(channels, self.out_features, (h, w), bias=self.bias),
            x.reshape(channels, h, w),
            (at[0], 0, 0),
            weight.reshape(self.out_features, channels, h, w),
            bias,
            (note,),
        )

    def _along_rows(self, name: str, x: Array, at: At, weight: Array, bias: Array | None) -> Guise:
        """Return a guise on maps: it works on every row by itself, with the same weights."""
        note = QT_TRANSLATE_NOOP(
            "core",
            "{name} works on every row by itself: a convolution whose kernels are as wide as a "
            "row, and each output is a channel.",
        )
        board, row, made = (x[at[0]], at[1], at[2]) if x.ndim == 3 else (x, at[0], at[1])
        return Guise(
            Conv2d(1, self.out_features, (1, self.in_features), bias=self.bias),
            board[None],
            (made, row, 0),
            weight.reshape(self.out_features, 1, 1, self.in_features),
            bias,
            (text(note, name=name),),
        )
