"""Pictures from files and from the clipboard, as inputs for a layer."""

import io
import os
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

import numpy as np
import numpy.typing as npt

from explorer.data.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image, Resampling, Transpose

FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
LARGEST: Final = 512
"""Most rows and columns of a result."""
MOST_PIXELS: Final = 64_000_000
"""Most pixels of a file: what a good camera takes, and 256 MB once it is unpacked."""
PAPER: Final = np.float32(255)
"""The brightest value, which stands behind what is transparent."""

_ORIENTATION: Final = 0x0112
_SIDEWAYS: Final = {"TRANSPOSE", "TRANSVERSE", "ROTATE_90", "ROTATE_270"}
_DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    NotImplementedError,
    struct.error,
    zlib.error,
)
"""What Pillow raises about bytes that are not as they should be."""


def picture(
    source: str | os.PathLike[str] | bytes,
    size: tuple[int, int],
    fit: Literal["crop", "scale"] = "crop",
) -> npt.NDArray[np.float32]:
    """Read a picture and bring it to a size.

    The orientation that a camera has noted is respected, what is transparent becomes white paper,
    and of a film the first picture is taken. A side that divides the old one is the mean of whole
    boxes of pixels, one that is a multiple repeats them; anything else is resampled (Lanczos).

    Parameters
    ----------
    source
        A file, or the bytes of one.
    size
        The wanted (h, w), each from 1 to `LARGEST`.
    fit
        ``"crop"`` keeps the proportions and takes the largest part from the middle; ``"scale"``
        keeps the whole picture and stretches it.

    Returns
    -------
    numpy.ndarray
        float32 from 0 to 255, (1, h, w) of a grey picture and (3, h, w) of a coloured one.

    Raises
    ------
    DataError
        When the file is missing, may not be read, is no picture of `FORMATS`, is damaged or
        cut off, or has more than `MOST_PIXELS`.
    ValueError
        When `size` is out of range.
    """
    if not all(1 <= side <= LARGEST for side in size):
        raise ValueError(f"both sides of a size must be from 1 to {LARGEST}, not {size}")
    if isinstance(source, bytes):
        return _read(io.BytesIO(source), "The picture", size, fit)
    path = Path(source)
    with _opened(path) as stream:
        return _read(stream, f"'{path}'", size, fit)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file; what goes wrong with the opening itself is told apart from what is inside."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(f"'{path}' is not a file; choose the picture itself.")
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise DataError(f"'{path}' does not exist; check its name and folder.") from error
    except PermissionError as error:
        raise DataError(f"'{path}' may not be read; change its permissions.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"'{path}' cannot be read ({reason}); copy it to another place.") from error
    with stream:
        yield stream


def _read(
    stream: BinaryIO, name: str, size: tuple[int, int], fit: Literal["crop", "scale"]
) -> npt.NDArray[np.float32]:
    from PIL import Image, UnidentifiedImageError  # here: who needs no pictures waits for none

    if not stream.read(1):
        raise DataError(f"{name} is empty; choose another picture.")
    stream.seek(0)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(stream, "r", FORMATS) as image:
            return _converted(image, name, size, fit)
    except Image.DecompressionBombError as error:
        raise DataError(f"{name} has too many pixels; choose a smaller picture.") from error
    except UnidentifiedImageError as error:
        raise DataError(
            f"{name} is not a picture that can be read here; choose a PNG, JPEG, BMP, GIF or WebP "
            "file."
        ) from error
    except MemoryError as error:
        raise DataError(f"{name} needs more memory than there is; make it smaller.") from error
    except _DAMAGE as error:
        raise DataError(
            f"{name} is damaged or cut off; copy or download it again, or choose another picture."
        ) from error


def _converted(
    image: "Image", name: str, size: tuple[int, int], fit: Literal["crop", "scale"]
) -> npt.NDArray[np.float32]:
    w, h = image.size
    if w * h > MOST_PIXELS:
        raise DataError(
            f"{name} has {h:,} x {w:,} pixels, which is too many; make it smaller first."
        )
    turn = _turn(image)
    # Until it is turned, the picture lies as the camera lay.
    rows, columns = size[::-1] if turn is not None and turn.name in _SIDEWAYS else size
    # A JPEG can be unpacked at a half, a quarter or an eighth; twice the size is left to average.
    image.draft(None, (2 * columns, 2 * rows))
    image.load()
    image = _resized(_plain(image), (rows, columns), fit)
    if turn is not None:
        image = image.transpose(turn)
    values = np.atleast_3d(np.asarray(image, np.float32))
    if image.mode in {"LA", "RGBA"}:
        opacity = values[:, :, -1:] / PAPER
        values = PAPER + (values[:, :, :-1] - PAPER) * opacity
    return np.ascontiguousarray(np.moveaxis(values, 2, 0))


def _turn(image: "Image") -> "Transpose | None":
    """Return what has to be done to a picture that the camera took lying or mirrored."""
    from PIL.Image import Transpose

    try:
        noted: int = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGE:  # what a camera notes may be damaged while the picture is whole
        return None
    return {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }.get(noted)


def _plain(image: "Image") -> "Image":
    """Return a picture in the mode L, LA, RGB or RGBA."""
    if image.mode.startswith("I"):  # 16 bits of grey
        from PIL import Image

        return Image.fromarray((np.asarray(image) / 257).round().astype(np.uint8))
    grey = image.mode in {"1", "L", "LA"} or _has_grey_palette(image)
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    clear = image.has_transparency_data
    if grey:
        return image.convert("LA" if clear else "L")
    return image.convert("RGBA" if clear else "RGB")


def _has_grey_palette(image: "Image") -> bool:
    if image.mode != "P":
        return False
    colours = np.array(image.getpalette() or [], np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())


def _resized(image: "Image", size: tuple[int, int], fit: Literal["crop", "scale"]) -> "Image":
    (h, w), (old_w, old_h) = size, image.size
    if fit == "crop":
        cut_h, cut_w = min(old_h, max(1, old_w * h // w)), min(old_w, max(1, old_h * w // h))
        left, top = (old_w - cut_w) // 2, (old_h - cut_h) // 2
        image = image.crop((left, top, left + cut_w, top + cut_h))
        old_w, old_h = cut_w, cut_h
    if w != old_w:
        image = image.resize((w, old_h), _filter(old_w, w))
    if h != old_h:
        image = image.resize((w, h), _filter(old_h, h))
    return image


def _filter(old: int, new: int) -> "Resampling":
    """Return the filter for one axis: boxes where they come out even."""
    from PIL.Image import Resampling

    return Resampling.BOX if old % new == 0 or new % old == 0 else Resampling.LANCZOS
