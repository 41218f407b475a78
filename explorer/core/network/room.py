"""What is left of a layer where the Lab has no room for all of it: as much as one number needs."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, isqrt

import numpy as np

from explorer.core.layers import Array, Conv2d
from explorer.core.layers.guise import Guise
from explorer.core.limits import too_large
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text


def fitted(guise: Guise) -> Guise | Text:
    """Return as much of a guise as the Lab has room for, or why it has none for any of it.

    First the output channel alone with the inputs that it reads, then the one number alone.
    """
    why = refusal(guise)
    if why is None:
        return guise
    for smaller in (alone, laid_out):
        made = smaller(guise)
        if made is not None:
            why = refusal(made)
            if why is None:
                return made
    return why


def refusal(guise: Guise) -> Text | None:
    """Return why the Lab has no room for a guise, or None."""
    return too_large(guise.layer, len(guise.x), guise.x.shape[1:])


def alone(guise: Guise) -> Guise | None:
    """Return the output channel that is meant, with no other; None for a share of several."""
    layer, (channel, row, column) = guise.layer, guise.at
    read = layer.inputs_of(channel, len(guise.x))
    if guise.weight is None and len(read) > 1:
        return None
    note = QT_TRANSLATE_NOOP("core", "Of {count} channels it is this one alone: there is no room.")
    count = layer.output_channels(len(guise.x))
    single = layer.making(1).taking(len(read)) if layer.makes else layer
    kernel = None if guise.weight is None else layer.kernel_for(guise.weight, channel)
    one = replace(
        guise,
        layer=single,
        x=guise.x[read.start : read.stop],
        at=(0, row, column),
        weight=None if kernel is None else kernel.reshape(single.weight_shape),
        bias=None if guise.bias is None else guise.bias[channel : channel + 1],
    )
    return one.noted(text(note, count=count))


def laid_out(guise: Guise) -> Guise | None:
    """Return the one number alone, with all that it is made of on a single board.

    None for what adds nothing up.
    """
    in_row = guise.layer.in_row()
    if in_row is not None:
        channel, row, column = guise.at
        note = QT_TRANSLATE_NOOP("core", "The {count} channels of this place lie in a row.")
        one = replace(
            guise,
            layer=in_row,
            x=guise.x[:, row, column].reshape(1, 1, -1),
            at=(0, 0, channel),
        )
        return one.noted(text(note, count=len(guise.x)))
    if guise.weight is None:
        return None
    channel = guise.at[0]
    seen, kernel = _window(guise), guise.layer.kernel_for(guise.weight, channel)
    note = QT_TRANSLATE_NOOP(
        "core",
        "It is this number alone, for there is no room for {count} input channels: their windows "
        "lie side by side on one board, and the slices of the kernel in the same way.",
    )
    board, weight = _tiled(seen), _tiled(kernel)
    h, w = board.shape
    one = Guise(
        Conv2d(1, 1, (h, w), bias=guise.bias is not None),
        board[None],
        (0, 0, 0),
        weight[None, None],
        None if guise.bias is None else guise.bias[channel : channel + 1],
        guise.notes,
    )
    return one.noted(text(note, count=len(seen)))


def _window(guise: Guise) -> Array:
    """Return what the cell reads, (channels, kernel_h, kernel_w), with zeros for padding."""
    channel, row, column = guise.at
    vertical, horizontal = guise.layer.axes((guise.x.shape[1], guise.x.shape[2]))
    rows = [vertical.source(at) for at in vertical.window(row)]
    columns = [horizontal.source(at) for at in horizontal.window(column)]
    read = guise.layer.inputs_of(channel, len(guise.x))
    seen = np.zeros((len(read), len(rows), len(columns)), np.float32)
    for i, y in enumerate(rows):
        for j, z in enumerate(columns):
            if y is not None and z is not None:
                seen[:, i, j] = guise.x[read.start : read.stop, y, z]
    return seen


def _tiled(tables: Array) -> Array:
    """Return tables (n, h, w) side by side, about as many across as down, zeros in what is left."""
    count, h, w = tables.shape
    across = isqrt(count - 1) + 1
    down = ceil(count / across)
    whole = np.zeros((down * across, h, w), np.float32)
    whole[:count] = tables
    tiles: Array = whole.reshape(down, across, h, w).swapaxes(1, 2)
    return tiles.reshape(down * h, across * w)
