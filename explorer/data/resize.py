"""Another size for a picture, so that the Lab can show a digit on any grid."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Resampling


def resize(image: npt.NDArray[np.uint8], size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """Resample a grey picture.

    Each axis has the filter that suits it. Where the new length divides the old one, a cell is the
    mean of a whole box of cells. Anywhere else boxes would be unequal, and some rows would weigh
    more than others: there it is Lanczos, which keeps strokes crisp and in their place.

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

    (old_h, old_w), (h, w) = image.shape, size
    picture = Image.fromarray(image)
    picture = picture.resize((w, old_h), _filter(old_w, w))
    picture = picture.resize((w, h), _filter(old_h, h))
    return np.array(picture)


def _filter(old: int, new: int) -> "Resampling":
    from PIL.Image import Resampling

    return Resampling.BOX if old % new == 0 else Resampling.LANCZOS
