"""What is too large to be run and shown while somebody waits, and why."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Final

from explorer.core.layers import Shape
from explorer.core.network.flow import FLOAT_BYTES, Place, flow, total
from explorer.core.network.stack import Network
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

MOST_PARAMETERS: Final = 32_000_000
"""A VGG-16 without its linear layers has half of them; there may be five copies at a time."""
MOST_NUMBERS: Final = 32_000_000
"""That all layers together make of one picture, as many as a VGG-16 makes of a photo."""
MOST_CELLS: Final = 2**21
"""Of a single map: to draw it takes a tenth of a second."""
MOST_CHANNELS: Final = 8192
"""Of a layer with maps."""
MOST_OPERATIONS: Final = 4_000_000_000
"""Of one layer, which torch does in one go: the window cannot be closed before."""


@lru_cache(maxsize=64)
def too_large(network: Network, shape: Shape) -> Text | None:
    """Return why a network is too large for a picture of `shape`, (C, H, W), or None."""
    sums = total(network, shape)
    if sums.parameters > MOST_PARAMETERS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "The network has {count} parameters: with {most} at most it is run here.",
            ),
            count=f"{sums.parameters:,}",
            most=f"{MOST_PARAMETERS:,}",
        )
    numbers = sums.activation_bytes // FLOAT_BYTES
    if numbers > MOST_NUMBERS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "The network makes {count} numbers of a picture: with {most} at most it is run "
                "here.",
            ),
            count=f"{numbers:,}",
            most=f"{MOST_NUMBERS:,}",
        )
    found = (_layer_too_large(place) for place in flow(network, shape))
    return next((why for why in found if why is not None), None)


def operations(place: Place) -> int:
    """Return how many numbers a layer multiplies, adds up or compares."""
    if place.multiply_adds or place.output is None:
        return place.multiply_adds
    window: tuple[int, ...] = getattr(place.layer, "kernel_size", ())
    return prod(place.output) * prod(window)


def _layer_too_large(place: Place) -> Text | None:
    shape = place.output
    if shape is None:
        return None
    if len(shape) == 3 and prod(shape[1:]) > MOST_CELLS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "Each map of {name} has {count} cells: with {most} at most the network is run "
                "here.",
            ),
            name=place.name,
            count=f"{prod(shape[1:]):,}",
            most=f"{MOST_CELLS:,}",
        )
    if len(shape) == 3 and shape[0] > MOST_CHANNELS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "{name} makes {count} maps: with {most} at most the network is run here.",
            ),
            name=place.name,
            count=f"{shape[0]:,}",
            most=f"{MOST_CHANNELS:,}",
        )
    if operations(place) > MOST_OPERATIONS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "{name} takes {count} operations: with {most} at most the network is run here.",
            ),
            name=place.name,
            count=f"{operations(place):,}",
            most=f"{MOST_OPERATIONS:,}",
        )
    return None
