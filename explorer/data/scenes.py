"""Scenes in files: a small JSON file that holds what the Lab shows, and that a person can read."""

import json
import os
import stat
from pathlib import Path
from typing import Any, Final, NoReturn

from explorer.core.record import RecordError, from_record, to_record
from explorer.core.scene import LabState
from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.errors import DataError
from explorer.data.files import replace

SUFFIX: Final = ".json"
"""How the name of a scene ends; a file of another name is read all the same."""
MOST_BYTES: Final = 64 << 20
"""The largest scene that there can be takes a little less."""

_MOST_DIGITS: Final = 400
"""Of a whole number: far more than any that counts, and few enough to be read at once."""


def save(path: str | os.PathLike[str], state: LabState) -> None:
    """Write a scene to a file, which is then either complete or as it was before.

    Parameters
    ----------
    path
        What lies there is replaced in one go, after everything has been written; a link stays
        one, and its target is replaced.
    state
        The scene; where the pointer is does not belong to it.

    Raises
    ------
    DataError
        When the file cannot be written, or the scene is larger than a file may be.
    """
    path = Path(path)
    try:
        data = (_laid_out(to_record(state)) + "\n").encode("ascii")
    except RecordError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' cannot be written: {place}: {meaning}"),
            path=path,
            place=error.place or "scene",
            meaning=error.meaning,
        ) from error
    try:
        replace(path.resolve(), data)
    except (OSError, RuntimeError, ValueError) as error:  # the latter two about the name itself
        raise _refusal(
            path,
            error,
            QT_TRANSLATE_NOOP(
                "data", "'{path}' cannot be written ({reason}); choose another place."
            ),
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' cannot be written ({reason}); change its permissions or choose another "
                "place.",
            ),
        ) from error


def load(path: str | os.PathLike[str]) -> LabState:
    """Read a scene from a file.

    Raises
    ------
    DataError
        When the file is missing, may not be read, is too large, or holds no scene.
    """
    path = Path(path)
    try:
        record = _parsed(_read(path), path)
        return from_record(record)
    except RecordError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}': {place}: {meaning}"),
            path=path,
            place=error.place or "scene",
            meaning=error.meaning,
        ) from error
    except MemoryError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' needs more memory than there is; choose another."),
            path=path,
        ) from error


def _read(path: Path) -> bytes:
    try:
        # Asked before it is opened: opening a pipe would wait for somebody to write.
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise DataError(
                QT_TRANSLATE_NOOP("data", "'{path}' is not a file; choose the scene itself."),
                path=path,
            )
        with path.open("rb") as stream:
            # It may have grown since.
            data = stream.read(MOST_BYTES + 1) if about.st_size <= MOST_BYTES else b""
    except FileNotFoundError as error:
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' does not exist; check its name and folder."),
            path=path,
        ) from error
    except (OSError, ValueError) as error:
        raise _refusal(
            path,
            error,
            QT_TRANSLATE_NOOP(
                "data", "'{path}' cannot be read ({reason}); copy it to another place."
            ),
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' cannot be read ({reason}); change its permissions or copy it to another "
                "place.",
            ),
        ) from error
    if max(about.st_size, len(data)) > MOST_BYTES:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' is larger than {most} MiB, which no scene is; choose another."
            ),
            path=path,
            most=MOST_BYTES >> 20,
        )
    if not data.strip():
        raise DataError(
            QT_TRANSLATE_NOOP("data", "'{path}' is empty; choose another file."), path=path
        )
    return data


def _parsed(data: bytes, path: Path) -> Any:
    try:
        # Some editors put a mark in front that is no part of the text.
        text = data.decode("utf-8-sig")
        return json.loads(text, parse_int=_whole, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' is not a text in UTF-8 (byte {byte:,} is wrong); "
                "choose a scene that was saved here.",
            ),
            path=path,
            byte=error.start + 1,
        ) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' is damaged or not JSON ({reason} in {place}); "
                "mend it there or choose another file.",
            ),
            path=path,
            reason=error.msg,
            place=place,
        ) from error
    except RecursionError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data", "'{path}' has brackets in brackets without end; choose another file."
            ),
            path=path,
        ) from error
    except ValueError as error:
        raise DataError(
            QT_TRANSLATE_NOOP(
                "data",
                "'{path}' has a number that cannot be read ({error}); "
                "mend it there or choose another file.",
            ),
            path=path,
            error=error,
        ) from error


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"one has {len(digits):,} digits")
    return int(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f'{word} must be written as "nan", "inf" or "-inf"')


def _laid_out(value: Any, indent: str = "") -> str:
    """Return `value` as JSON, with a line for each row of numbers and each named value."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        items = (f"{inner}{json.dumps(n)}: {_laid_out(v, inner)}" for n, v in value.items())
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[\n" + ",\n".join(inner + _laid_out(v, inner) for v in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False)


def _refusal(path: Path, error: Exception, usual: str, forbidden: str) -> DataError:
    reason = (error.strerror if isinstance(error, OSError) else None) or error
    source = forbidden if isinstance(error, PermissionError) else usual
    return DataError(source, path=path, reason=reason)
