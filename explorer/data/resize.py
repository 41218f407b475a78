"""Another size for a picture, so that the Lab can show it on any grid."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image, Resampling


def resize(image: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Resample a grey picture.

    Each axis has the filter that suits it. Where the new length divides the old one, a cell is the
    mean of a whole box of cells, and a multiple repeats them. Anywhere else boxes would be unequal,
    and some rows would weigh more than others: there it is Lanczos, which keeps strokes crisp and
    in their place.

    Parameters
    ----------
    image
        uint8, (h, w).
    size
        The wanted (h, w), each at least 1.

    Returns
    -------
    numpy.ndarray
        uint8 with the wanted shape: `image` itself when it has that shape already, otherwise a new
        array.

    Raises
    ------
    ValueError
        When a side of `size` is below 1.
    """
    if min(size) < 1:
        raise ValueError(f"both sides of a size must be at least 1, not {size}")
    if image.shape == size:
        return image
    from PIL import Image  # here: a first picture in its own size need not wait for Pillow

    return np.array(resample(Image.fromarray(image), size))


def resample(image: "Image", size: tuple[int, int]) -> "Image":
    """Return a picture of Pillow's in the size (h, w), resampled as by `resize`."""
    (h, w), (old_w, old_h) = size, image.size
    if w != old_w:
        image = image.resize((w, old_h), _filter(old_w, w))
    if h != old_h:
        image = image.resize((w, h), _filter(old_h, h))
    return image


def within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return the (h, w) with the proportions of `size` whose longer side is `longest`."""
    h, w = (max(1, round(side * longest / max(size))) for side in size)
    return h, w


def cropped(image: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Return the largest part from the middle of `image`, (h, w), with the proportions of `size`.

    It is a view, and has a row and a column at least.
    """
    (old_h, old_w), (h, w) = image.shape, size
    cut_h, cut_w = min(old_h, max(1, old_w * h // w)), min(old_w, max(1, old_h * w // h))
    top, left = (old_h - cut_h) // 2, (old_w - cut_w) // 2
    return image[top : top + cut_h, left : left + cut_w]


def _filter(old: int, new: int) -> "Resampling":
    """Return the filter for one axis: boxes where they come out even."""
    from PIL.Image import Resampling

    return Resampling.BOX if old % new == 0 or new % old == 0 else Resampling.LANCZOS
