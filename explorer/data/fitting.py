"""A picture in the shape that a network asks for."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from explorer.data.resize import cropped, resize

LUMINANCE: Final = (0.299, 0.587, 0.114)
"""How bright red, green and blue are to the eye (ITU-R BT.601)."""


def fitted(picture: npt.NDArray[Any], shape: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """Return a picture with other channels and another size.

    The middle is taken, in the proportions of the new size. Colours become grey where one channel
    is asked for, and grey is given to every channel where there are more.

    Parameters
    ----------
    picture
        Brightnesses from 0 to 255, (C, h, w) with 1 or 3 channels, or (h, w).
    shape
        The wanted (C, h, w).

    Returns
    -------
    numpy.ndarray
        uint8 with the wanted shape.
    """
    planes = picture[None] if picture.ndim == 2 else picture
    if len(planes) != shape[0]:
        grey = planes[0] if len(planes) < 3 else np.tensordot(LUMINANCE, planes[:3], 1)
        planes = np.broadcast_to(grey, (shape[0], *grey.shape))
    whole = planes.round().clip(0, 255).astype(np.uint8)
    size = shape[1], shape[2]
    return np.stack([resize(np.ascontiguousarray(cropped(plane, size)), size) for plane in whole])
