"""From a picture to the numbers that a network gets."""

from __future__ import annotations

from typing import Final

import numpy as np

from explorer.core.layers import Array
from explorer.core.network.state import Pixels

MEAN: Final = 0.1307
STANDARD_DEVIATION: Final = 0.3081
"""Of MNIST's training pixels, from 0 to 1."""
PHOTO_MEAN: Final = (0.485, 0.456, 0.406)
PHOTO_DEVIATION: Final = (0.229, 0.224, 0.225)
"""Of ImageNet's, for red, green and blue: what torchvision's networks were trained on."""


def prepared(picture: Pixels) -> Array:
    """Return a picture (C, H, W) as the first layer gets it, float32: normalised.

    One channel is a digit, three are a photo. A digit goes through the same operations in the same
    order as in training.
    """
    shares = picture.astype(np.float32) / np.float32(255)
    if len(picture) != len(PHOTO_MEAN):
        return (shares - np.float32(MEAN)) / np.float32(STANDARD_DEVIATION)
    mean, deviation = (
        np.array(values, np.float32)[:, None, None] for values in (PHOTO_MEAN, PHOTO_DEVIATION)
    )
    normalised: Array = (shares - mean) / deviation
    return normalised
