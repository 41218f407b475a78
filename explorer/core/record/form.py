"""What a record may hold, and how much of it."""

from typing import Final

from explorer.core.limits import MOST_INPUTS

FORMAT: Final = "cnn-explorer scene"
VERSION: Final = 1
"""Goes up when an older application could no longer read a record."""

VIEW: Final = ("flip", "channel", "step", "pins", "usage", "stamping", "tints")
MOST_CHANNELS: Final = MOST_INPUTS
LARGEST_SIDE: Final = 512
"""Most rows and most columns of an input."""
MOST_WEIGHTS: Final = 2**20
MOST_READABLE: Final = 256
"""Numbers that are written as such; 16 × 16 of them still fit on a screen."""
MOST_PINS: Final = 64
LAST_DIGIT: Final = 9_999
"""MNIST has 10,000 test images."""
