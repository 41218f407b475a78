"""Which channels of every stage before it a channel is made of: groups tell them apart."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.core.layers import Module, Shape
from explorer.core.network.flow import Place

Channels = frozenset[int]
"""The numbers of channels; of numbers in a row, which of them."""


def read(places: Sequence[Place], last: int, channel: int) -> tuple[Channels, ...]:
    """Follow a channel of the layer at place `last` back to the picture.

    Returns
    -------
    tuple of frozenset of int
        The channels that it reads of the picture first, then of the output of each layer; at the
        end, `channel` itself.
    """
    now = frozenset({channel})
    found = [now]
    for place in reversed(places[: last + 1]):
        if place.input is None:
            return ()
        now = _before(place.layer, place.input, now)
        found.append(now)
    return tuple(reversed(found))


def _before(layer: Module, shape: Shape, channels: Channels) -> Channels:
    """Return the channels of an input of `shape` that `channels` of the output are made of."""
    parts = {layer.channels_read(channel, shape) for channel in channels}
    return frozenset(index for part in parts for index in part)
