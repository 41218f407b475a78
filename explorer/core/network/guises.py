"""What the Lab shows a layer of a network as: the layer itself, or one that does the very same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isqrt, prod

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array, BatchNorm2d, Conv2d, Layer, Linear, MaxPool2d, Shape
from explorer.core.layers.softmax import Shares
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

At = tuple[int, int, int]
"""A cell: (channel, row, column), with zeros behind where there are fewer axes."""


@dataclass(frozen=True, eq=False)
class Guise:
    """A layer of the Lab with its input and weights, and the cell of its output that is meant.

    Attributes
    ----------
    x
        Shape (C, H, W).
    notes
        What was done to show it so, and why.
    """

    layer: Layer
    x: Array
    at: At
    weight: Array | None = None
    bias: Array | None = None
    notes: tuple[Text, ...] = ()

    def noted(self, note: Text) -> Guise:
        """Return the same with one more note."""
        return replace(self, notes=(*self.notes, note))


def rectangle(count: int) -> Pair:
    """Return the (h, w) nearest to a square that `count` numbers fill."""
    h = next(h for h in range(isqrt(count), 0, -1) if count % h == 0)
    return h, count // h


def itself(x: Array, at: At) -> Guise:
    """Show numbers through a layer that changes none of them."""
    laid = x if x.ndim == 3 else x.reshape(1, *rectangle(x.size))
    cell = at if x.ndim == 3 else (0, *divmod(at[0], laid.shape[2]))
    return Guise(MaxPool2d((1, 1)), laid, cell)


def pointwise(layer: Layer, x: Array, at: At) -> Guise:
    """Show an activation; numbers in a row lie in a rectangle."""
    if x.ndim == 3:
        return Guise(layer, x, at)
    if x.ndim == 2:
        return Guise(layer, x[None], (0, at[0], at[1]))
    h, w = rectangle(x.size)
    note = QT_TRANSLATE_NOOP("core", "Its {count} numbers in a row lie in a rectangle, {h} × {w}.")
    guise = Guise(layer, x.reshape(1, h, w), (0, *divmod(at[0], w)))
    return guise.noted(text(note, count=x.size, h=h, w=w))


def shares(layer: Shares, x: Array, at: At) -> Guise:
    """Show a softmax; the numbers of a row are channels of one cell each."""
    if x.ndim == 3:
        return Guise(layer, x, at)
    along = layer.axis(x.shape)
    laid = x.reshape(*x.shape, *(1 for _ in range(3 - x.ndim)))
    note = QT_TRANSLATE_NOOP("core", "Each of its {count} numbers in a row is a channel here.")
    return Guise(layer.with_(dim=along + 1), laid, at).noted(text(note, count=len(x)))


def normalisation(
    name: str, layer: BatchNorm2d, x: Array, at: At, learned: Mapping[str, Array]
) -> Guise:
    """Show batch normalisation in ``eval()`` as the 1×1 depthwise convolution that it is."""
    count, board = layer.num_features, x.astype(np.float64)
    if layer.track_running_stats:
        mean, variance = learned["running_mean"], learned["running_var"]
        note = QT_TRANSLATE_NOOP(
            "core",
            "{name} is a 1 × 1 convolution of each channel by itself: in eval() it multiplies by "
            "γ ÷ √(σ² + ε) and adds β − μ · γ ÷ √(σ² + ε).",
        )
    else:
        mean, variance = board.mean(axis=(1, 2)), board.var(axis=(1, 2))
        note = QT_TRANSLATE_NOOP(
            "core",
            "{name} is a 1 × 1 convolution of each channel by itself: it multiplies by "
            "γ ÷ √(σ² + ε) and adds β − μ · γ ÷ √(σ² + ε), with μ and σ² of this very input.",
        )
    gamma = learned["weight"] if layer.affine else np.ones(count)
    beta = learned["bias"] if layer.affine else np.zeros(count)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = gamma.astype(np.float64) / np.sqrt(variance.astype(np.float64) + layer.eps)
        offset = beta - mean * factor
    return Guise(
        Conv2d(count, count, (1, 1), groups=count),
        x,
        at,
        factor.astype(np.float32).reshape(count, 1, 1, 1),
        offset.astype(np.float32),
        (text(note, name=name),),
    )


def linear(
    name: str, layer: Linear, x: Array, at: At, learned: Mapping[str, Array], maps: Shape | None
) -> Guise:
    """Show a linear layer as a convolution whose kernels cover all that there is.

    Parameters
    ----------
    maps
        The (C, H, W) that a Flatten has laid in the row that comes in, where one has.
    """
    weight, bias = learned["weight"], learned["bias"] if layer.bias else None
    if x.ndim > 1:
        return _along_rows(name, layer, x, at, weight, bias)
    if maps is not None:
        channels, h, w = maps
        note = text(
            QT_TRANSLATE_NOOP(
                "core",
                "{name} is a convolution whose kernels are as large as the maps that were laid in "
                "a row before it, {channels} × {h} × {w}: each fits in one place only.",
            ),
            name=name,
            channels=channels,
            h=h,
            w=w,
        )
    else:
        channels, (h, w) = 1, rectangle(layer.in_features)
        note = text(
            QT_TRANSLATE_NOOP(
                "core",
                "{name} is a convolution whose kernels are as large as its input: {count} numbers, "
                "laid out as {h} × {w}.",
            ),
            name=name,
            count=layer.in_features,
            h=h,
            w=w,
        )
    return Guise(
        Conv2d(channels, layer.out_features, (h, w), bias=layer.bias),
        x.reshape(channels, h, w),
        (at[0], 0, 0),
        weight.reshape(layer.out_features, channels, h, w),
        bias,
        (note,),
    )


def _along_rows(
    name: str, layer: Linear, x: Array, at: At, weight: Array, bias: Array | None
) -> Guise:
    """Show a linear layer on maps: it works on every row by itself, with the same weights."""
    note = QT_TRANSLATE_NOOP(
        "core",
        "{name} works on every row by itself: a convolution whose kernels are as wide as a row, "
        "and each output is a channel.",
    )
    board, row, made = (x[at[0]], at[1], at[2]) if x.ndim == 3 else (x, at[0], at[1])
    return Guise(
        Conv2d(1, layer.out_features, (1, layer.in_features), bias=layer.bias),
        board[None],
        (made, row, 0),
        weight.reshape(layer.out_features, 1, 1, layer.in_features),
        bias,
        (text(note, name=name),),
    )


def flattened(shape: Shape, before: Shape, at: At) -> At:
    """Return which cell of `before` stands at `at` once it is laid out in `shape`."""
    assert prod(shape) == prod(before)
    flat = np.ravel_multi_index(at[: len(shape)], shape)
    found = [int(i) for i in np.unravel_index(flat, before)]
    channel, row, column = (*found, 0, 0)[:3]
    return channel, row, column
