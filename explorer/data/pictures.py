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
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.data.errors import DataError
from explorer.data.resize import resample, within

if TYPE_CHECKING:
    from PIL.Image import Image, Transpose

FORMATS: Final = ("PNG", "JPEG", "BMP", "GIF", "WEBP")
LARGEST: Final = 512
"""Most rows and columns of a picture."""
MOST_PIXELS: Final = 64_000_000
"""Most pixels of a file: what a good camera takes, and 256 MB once it is unpacked."""
PAPER: Final = np.float32(255)
"""The brightest value, which stands behind what is transparent."""
BAND: Final = 64
"""Rows of 16 bits that become 8 at once."""

_PASTED: Final = Text(QT_TRANSLATE_NOOP("data", "The picture"), context="data")
"""Stands for the name of one that comes from no file."""
_ORIENTATION: Final = 0x0112
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
    source: str | os.PathLike[str] | bytes, longest: int = LARGEST
) -> npt.NDArray[np.float32]:
    """Read a picture, made smaller where it is too large.

    The orientation that a camera has noted is respected, what is transparent becomes white paper,
    and of a film the first picture is taken. The proportions stay, up to whole pixels.

    Parameters
    ----------
    source
        A file, or the bytes of one.
    longest
        Most pixels of the longer side, from 1 to `LARGEST`. A picture that has fewer comes as it
        is.

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
        When `longest` is out of range.
    """
    if not 1 <= longest <= LARGEST:
        raise ValueError(f"the longer side must be from 1 to {LARGEST}, not {longest}")
    if isinstance(source, bytes):
        return _read(io.BytesIO(source), _PASTED, longest)
    path = Path(source)
    with _opened(path) as stream:
        return _read(stream, f"'{path}'", longest)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file; what goes wrong with the opening itself is told apart from what is inside."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(
                QT_TRANSLATE_NOOP("data", "'{path}' is not a file; choose the picture itself."),
                path=path,
            )
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' does not exist; check its name and folder."),
            path=path,
        ) from error
    except PermissionError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' may not be read; change its permissions."),
            path=path,
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' cannot be read ({reason}); copy it to another place."
            ),
            path=path,
            reason=reason,
        ) from error
    with stream:
        yield stream


def _read(stream: BinaryIO, name: Text | str, longest: int) -> npt.NDArray[np.float32]:
    from PIL import Image, UnidentifiedImageError  # here: who needs no pictures waits for none

    try:
        if not stream.read(1):
            raise DataError(
                QT_TRANSLATE_NOOP("data", "{name} is empty; choose another picture."), name=name
            )
        stream.seek(0)
        with warnings.catch_warnings(action="ignore"), Image.open(stream, "r", FORMATS) as image:
            return _converted(image, name, longest)
    except Image.DecompressionBombError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "{name} has too many pixels; choose a smaller picture."),
            name=name,
        ) from error
    except UnidentifiedImageError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "{name} is not a picture that can be read here; choose a PNG, JPEG, BMP, GIF or "
                "WebP file.",
            ),
            name=name,
        ) from error
    except MemoryError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "{name} needs more memory than there is; make it smaller."),
            name=name,
        ) from error
    except _DAMAGE as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "{name} is damaged or cut off; copy or download it again, or choose another "
                "picture.",
            ),
            name=name,
        ) from error


def _converted(image: "Image", name: Text | str, longest: int) -> npt.NDArray[np.float32]:
    w, h = image.size
    if w * h > MOST_PIXELS:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "{name} has {h:,} x {w:,} pixels, which is too many; make it smaller first."
            ),
            name=name,
            h=h,
            w=w,
        )
    turn = _turn(image)
    rows, columns = within((h, w), min(longest, max(h, w)))
    # A JPEG can be unpacked at a half, a quarter or an eighth; twice the size is left to average.
    image.draft(None, (2 * columns, 2 * rows))
    image.load()
    image = resample(_plain(image), (rows, columns))
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
        return _eight_bits(image)
    grey = image.mode in {"1", "L", "LA"} or _has_grey_palette(image)
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    clear = image.has_transparency_data
    if grey:
        return image.convert("LA" if clear else "L")
    return image.convert("RGBA" if clear else "RGB")


def _eight_bits(image: "Image") -> "Image":
    """Return 16 bits of grey as 8, a band after the other: at once it would take a gigabyte."""
    from PIL import Image

    w, h = image.size
    plain = np.empty((h, w), np.uint8)
    for top in range(0, h, BAND):
        deep = np.asarray(image.crop((0, top, w, min(top + BAND, h))), np.uint32)
        plain[top : top + BAND] = (deep + 128) // 257
    return Image.fromarray(plain)


def _has_grey_palette(image: "Image") -> bool:
    if image.mode != "P":
        return False
    colours = np.array(image.getpalette() or [], np.uint8).reshape(-1, 3)
    return bool((colours == colours[:, :1]).all())
