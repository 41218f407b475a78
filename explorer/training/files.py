"""Reading and writing a run's files: what can go wrong with a path, said in one sentence."""

import os
import stat
from pathlib import Path

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.files import part_of, replace
from explorer.training.errors import RunFileError, SaveError


def check(path: Path) -> None:
    """Find out whether ``write`` could write to a path, without changing what lies there.

    Raises
    ------
    SaveError
        When it could not.
    """
    try:
        if path.exists() and not path.is_file():
            raise SaveError(
                QT_TRANSLATE_NOOP(
                    "training", "'{path}' is not an ordinary file; choose another name."
                ),
                path=path,
            )
        part = part_of(path.resolve())
        part.write_bytes(b"")
        part.unlink()
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(path, error) from error


def write(path: Path, data: bytes) -> None:
    """Put `data` into a file, which is then either complete or as it was before.

    Parameters
    ----------
    path
        What lies there is replaced in one go, after everything has been written; a link stays
        one, and its target is replaced.

    Raises
    ------
    SaveError
        When the file could not be written; what lay there before is still there.
    """
    try:
        replace(path.resolve(), data)
    except (OSError, RuntimeError, ValueError) as error:  # the latter two about the name itself
        raise _unwritable(path, error) from error


def read(path: Path, most: int) -> bytes:
    """Return the bytes of an ordinary file, which has `most` of them at most.

    Raises
    ------
    RunFileError
        When it is missing, empty, too large, no file or may not be read.
    """
    try:
        # Asked before it is opened: opening a pipe would wait for somebody to write.
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise RunFileError(
                QT_TRANSLATE_NOOP("training", "'{path}' is not a file; choose the file itself."),
                path=path,
            )
        with path.open("rb") as stream:
            # It may have grown since.
            data = stream.read(most + 1) if about.st_size <= most else b""
    except FileNotFoundError as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP("training", "'{path}' does not exist; check its name and folder."),
            path=path,
        ) from error
    except MemoryError as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' needs more memory than there is; choose another file."
            ),
            path=path,
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' cannot be read ({reason}); change its permissions or choose another.",
            ),
            path=path,
            reason=_reason(error),
        ) from error
    if max(about.st_size, len(data)) > most:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' is larger than {most} MiB, which no file of this kind is; "
                "choose another.",
            ),
            path=path,
            most=most >> 20,
        )
    if not data:
        raise RunFileError(
            QT_TRANSLATE_NOOP("training", "'{path}' is empty; choose another file."), path=path
        )
    return data


def is_same(path: Path, other: Path) -> bool:
    """Tell whether two names, through links or otherwise, are of one file, there or not yet."""
    try:
        return path.samefile(other)
    except (OSError, ValueError):
        pass
    try:
        one, two = (os.path.normcase(os.path.realpath(each)) for each in (path, other))
    except (OSError, ValueError):
        return False
    return one == two


def _unwritable(path: Path, error: Exception) -> SaveError:
    return SaveError(
        QT_TRANSLATE_NOOP(
            "training", "'{path}' cannot be written ({reason}); choose another place."
        ),
        path=path,
        reason=_reason(error),
    )


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
