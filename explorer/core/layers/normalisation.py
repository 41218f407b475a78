"""Normalisation: channels, or groups of them, brought to mean 0 and deviation 1, then scaled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np

from explorer.core.layers.conv import Conv2d
from explorer.core.layers.guise import At, Guise
from explorer.core.layers.module import Module, Shape, Wants, parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    from torch import nn

    from explorer.core.layers.windows import Array

_DEFAULT_EPS: Final = 1e-5

_AFFINE: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Affine"),
    "help": QT_TRANSLATE_NOOP("core", "Whether each channel learns a factor and a number to add."),
    "default": True,
}
_EPS: dict[str, Any] = {
    "label": QT_TRANSLATE_NOOP("core", "Epsilon"),
    "default": _DEFAULT_EPS,
    "minimum": 0,
    "maximum": 1,
}


@dataclass(frozen=True)
class BatchNorm2d(Module):
    """``torch.nn.BatchNorm2d``: its parameters, names, order and defaults.

    While it learns it takes mean and variance of the batch; in ``eval()`` those that it has
    gathered on the way (Ioffe and Szegedy 2015).
    """

    short: ClassVar[str] = "norm"
    beginning: ClassVar[dict[str, Any]] = {"num_features": 1}
    wants: ClassVar[Wants] = "maps"
    takes: ClassVar[str] = "num_features"
    signed: ClassVar[bool | None] = True

    num_features: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Channels"),
        QT_TRANSLATE_NOOP("core", "How many channels come in: each has a mean and a variance."),
        minimum=1,
        maximum=64,
    )
    eps: float = parameter(
        "real",
        help=QT_TRANSLATE_NOOP(
            "core", "Added to the variance, so that a channel of one colour is not divided by 0."
        ),
        **_EPS,
    )
    momentum: float = parameter(
        "share",
        QT_TRANSLATE_NOOP("core", "Momentum"),
        QT_TRANSLATE_NOOP(
            "core",
            "How much of each batch goes into the running mean and variance, which eval() uses.",
        ),
        default=0.1,
        minimum=0,
        maximum=1,
    )
    affine: bool = parameter("flag", **_AFFINE)
    track_running_stats: bool = parameter(
        "flag",
        QT_TRANSLATE_NOOP("core", "Running statistics"),
        QT_TRANSLATE_NOOP(
            "core",
            "Whether mean and variance are gathered for eval(); without, it takes those of what "
            "it is given, there too.",
        ),
        default=True,
    )

    def shape_problem(self, shape: Shape) -> Text | None:
        if len(shape) != 3:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "BatchNorm2d works on maps, (C, H, W), and these are numbers in a row."
                )
            )
        if shape[0] != self.num_features:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "It has statistics for {expected} channels, and the input has {given}."
                ),
                expected=self.num_features,
                given=shape[0],
            )
        if self.eps == 0:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "With eps=0 a channel of one colour would be divided by 0."
                )
            )
        if not self.track_running_stats and shape[1:] == (1, 1):
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Without running statistics each channel of a picture is brought to its own "
                    "mean, and here it has a single number.",
                )
            )
        return None

    def instead(self, shape: Shape) -> Iterator[Module]:
        if len(shape) == 3:
            yield self.with_(
                num_features=shape[0],
                eps=self.eps or _DEFAULT_EPS,
                track_running_stats=self.track_running_stats or shape[1:] == (1, 1),
            )

    def mixed(self, shape: Shape) -> tuple[int, ...]:
        return () if self.track_running_stats else (1, 2)

    def needs_company(self, shape: Shape) -> bool:
        """Tell it of maps of a single cell: in one image a channel has no variance there."""
        return shape[1:] == (1, 1)

    def weight_shapes(self) -> dict[str, Shape]:
        one = (self.num_features,)
        return {"weight": one, "bias": one} if self.affine else {}

    def buffer_shapes(self) -> dict[str, Shape]:
        one = (self.num_features,)
        return {"running_mean": one, "running_var": one} if self.track_running_stats else {}

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        if self.track_running_stats:
            note = QT_TRANSLATE_NOOP(
                "core",
                "{name} is a 1 × 1 convolution of each channel by itself: in eval() it multiplies "
                "by γ ÷ √(σ² + ε) and adds β − μ · γ ÷ √(σ² + ε).",
            )
            mean, variance = learned["running_mean"], learned["running_var"]
        else:
            note = QT_TRANSLATE_NOOP(
                "core",
                "{name} is a 1 × 1 convolution of each channel by itself: it multiplies by "
                "γ ÷ √(σ² + ε) and adds β − μ · γ ÷ √(σ² + ε), with μ and σ² of this very input.",
            )
            board = x.astype(np.float64)
            mean, variance = board.mean(axis=(1, 2)), board.var(axis=(1, 2))
        return _scaled(x, at, mean, variance, self.eps, learned).noted(text(note, name=name))

    def as_torch(self) -> nn.Module:
        made = super().as_torch()
        # It counts batches only for a momentum of None, which there is not here.
        made.register_buffer("num_batches_tracked", None)
        return made


@dataclass(frozen=True)
class GroupNorm(Module):
    """``torch.nn.GroupNorm``: its parameters, names, order and defaults.

    It takes mean and variance of some channels of one picture at a time, while it learns and in
    ``eval()`` alike (Wu and He 2018). A group for each channel makes it an instance normalisation,
    a single one a layer normalisation of all that there is.
    """

    short: ClassVar[str] = "norm"
    beginning: ClassVar[dict[str, Any]] = {"num_groups": 4, "num_channels": 4}
    takes: ClassVar[str] = "num_channels"
    signed: ClassVar[bool | None] = True

    num_groups: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Groups"),
        QT_TRANSLATE_NOOP(
            "core",
            "Splits the channels: each group has one mean and one variance, taken over all of its "
            "cells. It must divide the number of channels.",
        ),
        minimum=1,
        maximum=32,
    )
    num_channels: int = parameter(
        "channels",
        QT_TRANSLATE_NOOP("core", "Channels"),
        QT_TRANSLATE_NOOP(
            "core", "How many channels come in: each has a factor and a number to add."
        ),
        minimum=1,
        maximum=64,
    )
    eps: float = parameter(
        "real",
        help=QT_TRANSLATE_NOOP(
            "core", "Added to the variance, so that a group of one colour is not divided by 0."
        ),
        **_EPS,
    )
    affine: bool = parameter("flag", **_AFFINE)

    @classmethod
    def new_for(cls, shape: Shape | None) -> Self:
        layer = cls(**cls.beginning)
        return layer if shape is None else layer._nearest(shape) or super().new_for(shape)

    def taking(self, count: int) -> Self:
        """Return a copy that takes `count` channels, in the nearest groups that divide them."""
        return self.with_(num_channels=count, num_groups=_dividing(count, self.num_groups)[0])

    def instead(self, shape: Shape) -> Iterator[Module]:
        nearest = self._nearest(shape)
        if nearest is not None:
            yield nearest

    def _nearest(self, shape: Shape) -> Self | None:
        """Return the nearest that fits an input of `shape`, or None where there is none."""
        for groups in _dividing(shape[0], self.num_groups):
            changed = self.with_(
                num_channels=shape[0], num_groups=groups, eps=self.eps or _DEFAULT_EPS
            )
            if changed.shape_problem(shape) is None:
                return changed
        return None

    def shape_problem(self, shape: Shape) -> Text | None:
        if self.num_channels % self.num_groups:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "{name}={count} cannot be split into {groups} groups of the same size."
                ),
                name="num_channels",
                count=self.num_channels,
                groups=self.num_groups,
            )
        if self.affine and shape[0] != self.num_channels:
            return text(
                QT_TRANSLATE_NOOP(
                    "core", "It has factors for {expected} channels, and the input has {given}."
                ),
                expected=self.num_channels,
                given=shape[0],
            )
        if shape[0] % self.num_groups:  # without factors, torch takes any number of channels
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "The {count} channels of the input cannot be split into {groups} groups of "
                    "the same size.",
                ),
                count=shape[0],
                groups=self.num_groups,
            )
        if self.eps == 0:
            return text(
                QT_TRANSLATE_NOOP("core", "With eps=0 a group of one colour would be divided by 0.")
            )
        if prod(shape) == self.num_groups:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Each group of a picture is brought to its own mean, and here it has a single "
                    "number: fewer groups have more.",
                )
            )
        return None

    def mixed(self, shape: Shape) -> tuple[int, ...]:
        first = 0 if self.num_groups == 1 or len(shape) < 3 else 1
        return tuple(range(first, len(shape)))

    def channels_read(self, channel: int, shape: Shape) -> range:
        each = max(1, shape[0] // self.num_groups)
        first = channel // each * each
        return range(first, first + each)

    def weight_shapes(self) -> dict[str, Shape]:
        one = (self.num_channels,)
        return {"weight": one, "bias": one} if self.affine else {}

    def guise(
        self, name: str, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
    ) -> Guise | Text:
        note = QT_TRANSLATE_NOOP(
            "core",
            "{name} is a 1 × 1 convolution of each channel by itself: it multiplies by "
            "γ ÷ √(σ² + ε) and adds β − μ · γ ÷ √(σ² + ε), with μ and σ² of all channels of its "
            "group in this very input.",
        )
        groups = x.astype(np.float64).reshape(self.num_groups, -1)
        each = len(x) // self.num_groups
        mean, variance = groups.mean(axis=1).repeat(each), groups.var(axis=1).repeat(each)
        laid = x.reshape(*x.shape, *(1 for _ in range(3 - x.ndim)))
        guise = _scaled(laid, at, mean, variance, self.eps, learned).noted(text(note, name=name))
        if x.ndim == 3:
            return guise
        row = QT_TRANSLATE_NOOP("core", "Each of its {count} numbers in a row is a channel here.")
        return guise.noted(text(row, count=len(x)))


def _dividing(count: int, near: int) -> list[int]:
    """Return all numbers of groups that divide `count` channels, the nearest to `near` first."""
    divisors = (groups for groups in range(1, count + 1) if count % groups == 0)
    return sorted(divisors, key=lambda groups: (abs(groups - near), groups))


def _scaled(
    x: Array, at: At, mean: Array, variance: Array, eps: float, learned: Mapping[str, Array]
) -> Guise:
    """Return the 1 × 1 depthwise convolution that does the same to maps (C, H, W).

    Parameters
    ----------
    mean, variance
        Of each channel, (C,).
    """
    count = len(x)
    gamma, beta = learned.get("weight", np.ones(count)), learned.get("bias", np.zeros(count))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = gamma.astype(np.float64) / np.sqrt(variance.astype(np.float64) + eps)
        offset = beta - mean * factor
    return Guise(
        Conv2d(count, count, (1, 1), groups=count),
        x,
        at,
        factor.astype(np.float32).reshape(count, 1, 1, 1),
        offset.astype(np.float32),
    )
