"""What is too large to be computed and shown while somebody waits."""

from math import prod
from typing import Final

from explorer.core.geometry import Pair
from explorer.core.layers import Layer
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

MOST_INPUTS: Final = 64
MOST_OUTPUTS: Final = 64
"""Channels that find a place on the canvas."""
MOST_NUMBERS: Final = 2**22
"""Numbers of an output, and of a weight: 16 channels of 512 × 512."""


MOST_TERMS: Final = 2**12
"""Numbers that one output cell is made of: a window of 64 × 64."""


def too_large(layer: Layer, channels: int, size: Pair) -> Text | None:
    """Return why `layer` is too large for an input of `channels` × `size` (h, w), or None."""
    if channels > MOST_INPUTS or layer.output_channels(channels) > MOST_OUTPUTS:
        return text(
            QT_TRANSLATE_NOOP(
                "core", "The Lab has room for {inputs} input and {outputs} output channels."
            ),
            inputs=MOST_INPUTS,
            outputs=MOST_OUTPUTS,
        )
    if layer.weight_shape is not None and prod(layer.weight_shape) > MOST_NUMBERS:
        return text(
            QT_TRANSLATE_NOOP(
                "core", "This layer has {count} weights; take one with {most} at most."
            ),
            count=f"{prod(layer.weight_shape):,}",
            most=f"{MOST_NUMBERS:,}",
        )
    vertical, horizontal = layer.axes(size)
    h, w = vertical.output, horizontal.output
    if h > 0 and w > 0:
        terms = vertical.kernel * horizontal.kernel * len(layer.inputs_of(0, channels))
        if terms > MOST_TERMS:
            return text(
                QT_TRANSLATE_NOOP(
                    "core",
                    "Each output cell would be made of {count} numbers; take a smaller window or "
                    "a smaller input, for {most} at most.",
                ),
                count=f"{terms:,}",
                most=f"{MOST_TERMS:,}",
            )
    count = layer.output_channels(channels) * max(h, 0) * max(w, 0)
    if count > MOST_NUMBERS:
        return text(
            QT_TRANSLATE_NOOP(
                "core",
                "The output would have {count} numbers; take settings that give {most} at most.",
            ),
            count=f"{count:,}",
            most=f"{MOST_NUMBERS:,}",
        )
    return None
