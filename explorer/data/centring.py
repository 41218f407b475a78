"""Puts a drawing where MNIST has its digits.

Those of MNIST were scaled into 20 × 20 pixels with their proportions kept, and then moved until
their centre of mass was in the middle of 28 × 28 (LeCun, Cortes and Burges, the MNIST database).
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from explorer.data.digits import IMAGE_SIZE

BOX: Final = 20
"""Pixels of the longer side of a digit."""
FAINT: Final = 16
"""Ink up to this, out of 255, is taken for paper when the digit's bounds are looked for."""


def centred(ink: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the drawing as MNIST would have it.

    Parameters
    ----------
    ink
        uint8 (h, w) of any size: 0 is paper, 255 is ink.

    Returns
    -------
    numpy.ndarray
        uint8 (28, 28); all paper where there is no ink.
    """
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis=axis)) for axis in (1, 0))
    page = np.zeros(IMAGE_SIZE, np.uint8)
    if not len(rows):
        return page
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(digit.shape)
    size = tuple(max(round(side * scale), 1) for side in digit.shape)
    # Pillow takes the mean of all pixels that become one, so that thin lines do not get lost.
    small = np.asarray(Image.fromarray(digit).resize(size[::-1], Image.Resampling.BOX))
    total = small.sum(dtype=np.float64)
    corner = [
        # Never over the edge: the centre of mass is inside of the digit, but may be off its middle.
        min(max(round((whole - 1) / 2 - centre), 0), whole - side)
        for whole, side, centre in zip(IMAGE_SIZE, size, _mass(small, total), strict=True)
    ]
    page[corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1]] = small
    return page


def _mass(ink: npt.NDArray[np.uint8], total: float) -> tuple[float, float]:
    """Return the (row, column) of the centre of mass."""
    rows, columns = (np.arange(side) for side in ink.shape)
    if total == 0:
        return (ink.shape[0] - 1) / 2, (ink.shape[1] - 1) / 2
    return float(ink.sum(1) @ rows / total), float(ink.sum(0) @ columns / total)
