"""Reading IDX, the file format of MNIST, from files that nobody vouches for.

An IDX file is two zero bytes, a byte for the type of the values (8: unsigned bytes), a byte for the
number of dimensions, each dimension as a big-endian 32-bit number, and then the values in C order.
"""

import gzip
import math
import os
import stat
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, Final, cast

import numpy as np
import numpy.typing as npt

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.errors import DataError

MAX_BYTES: Final = 1 << 30
"""The most values that a file may announce: twenty times the training images of MNIST."""

_CHUNK: Final = 1 << 20
_MAX_DIMENSIONS: Final = 8
_UNSIGNED_BYTES: Final = 0x08
_OTHER_TYPES: Final = {0x09: "int8", 0x0B: "int16", 0x0C: "int32", 0x0D: "float32", 0x0E: "float64"}
_GZIP_MAGIC: Final = b"\x1f\x8b"


def read_idx(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, plain or packed with gzip.

    Whether a file is packed is seen from its first bytes, not from its name: browsers unpack files
    without renaming them. Memory grows with the bytes that are really there, never with what a
    header promises, and stops one byte after the promise.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    numpy.ndarray
        A new, writable uint8 array with the shape that the header gives.

    Raises
    ------
    DataError
        When the file is missing, unreadable, empty, damaged, cut off, too long, not IDX, or of
        another type of values.
    """
    path = Path(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(
                QT_TRANSLATE_NOOP("data", "'{path}' is not a file; choose the IDX file itself."),
                path=path,
            )
        with path.open("rb") as raw:
            packed = raw.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            raw.seek(0)
            if not packed:
                return _parse(raw, path)
            with gzip.GzipFile(fileobj=raw) as unpacked:
                return _parse(cast(BinaryIO, unpacked), path)
    except EOFError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' is cut off; download or copy it again."), path=path
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' is a damaged gzip file; download or copy it again."
            ),
            path=path,
        ) from error
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
    except OSError as error:
        reason = error.strerror or error
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' cannot be read ({reason}); copy it to another place."
            ),
            path=path,
            reason=reason,
        ) from error


def _parse(stream: BinaryIO, path: Path) -> npt.NDArray[np.uint8]:
    shape = _read_shape(stream, path)
    promised = math.prod(shape)
    data = bytearray()
    while chunk := stream.read(min(_CHUNK, promised + 1 - len(data))):
        data += chunk
    if len(data) < promised:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' is cut off: its header promises {promised:,} values, but only "
                "{found:,} are there; download or copy it again.",
            ),
            path=path,
            promised=promised,
            found=len(data),
        )
    if len(data) > promised:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' goes on after the {promised:,} values that its header promises; "
                "download or copy it again.",
            ),
            path=path,
            promised=promised,
        )
    return np.frombuffer(data, np.uint8).reshape(shape)


def _read_shape(stream: BinaryIO, path: Path) -> tuple[int, ...]:
    magic = stream.read(4)
    if not magic:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' is empty; download or copy it again."), path=path
        )
    if len(magic) < 4:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' is cut off within its header; download or copy it again."
            ),
            path=path,
        )
    kind, dimensions = magic[2], magic[3]
    if magic[:2] == b"\0\0" and kind in _OTHER_TYPES:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' holds {kind} values; choose an IDX file of unsigned bytes."
            ),
            path=path,
            kind=_OTHER_TYPES[kind],
        )
    if magic[:2] != b"\0\0" or kind != _UNSIGNED_BYTES or not 1 <= dimensions <= _MAX_DIMENSIONS:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' is not an IDX file of unsigned bytes: it begins with {magic}; "
                "choose a file whose name ends in -ubyte or -ubyte.gz.",
            ),
            path=path,
            magic=magic.hex(" "),
        )
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' is cut off within its header; download or copy it again."
            ),
            path=path,
        )
    shape = struct.unpack(f">{dimensions}I", sizes)
    written = " x ".join(map(str, shape))
    if 0 in shape:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' holds no values ({written}); choose another file."),
            path=path,
            written=written,
        )
    if math.prod(shape) > MAX_BYTES:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' announces {written} values, which cannot be true or is too much; "
                "download or copy it again.",
            ),
            path=path,
            written=written,
        )
    return shape
