"""Named arrays in the bytes of a safetensors file, there and back; free of torch.

The library checks that the arrays fill the file. What it passes over is checked here: a name that
stands there twice, of which it takes the last, and a header of a hundred megabytes.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import safetensors.numpy

from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.training.checkpoint import Array
from explorer.training.errors import RunFileError

SUFFIX: Final = ".safetensors"
DTYPES: Final = {"F32": "float32", "F64": "float64", "I64": "int64"}
"""The types of numbers that are read, by safetensors' names."""
MOST_HEADER: Final = 16 << 20
"""Bytes; the longest run that there can be takes a few hundred thousand."""

_LENGTH: Final = 8
_METADATA: Final = "__metadata__"
_MOST_DIGITS: Final = 400
"""Of a whole number: far more than any that counts, and few enough to be read at once."""


@dataclass(frozen=True, eq=False)
class Unpacked:
    """What a file holds: its arrays, and the texts of its header."""

    tensors: dict[str, Array]
    metadata: dict[str, str]


def packed(tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> bytes:
    """Return the bytes of a safetensors file with arrays of the types in ``DTYPES``."""
    # The library writes the memory as it lies there. Arrays without numbers have no memory.
    ordered = {name: np.array(array, order="C") for name, array in tensors.items() if array.size}
    return safetensors.numpy.save(ordered, dict(metadata))


def unpacked(data: bytes, path: Path) -> Unpacked:
    """Return what the bytes of a safetensors file hold.

    Parameters
    ----------
    path
        Where they come from, for the sentences.

    Raises
    ------
    RunFileError
        When it is no such file, is cut off or damaged, or holds another type of numbers.
    """
    header = _header(data, path)
    metadata = header.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise damaged(path, QT_TRANSLATE_NOOP("training", "its metadata is not a list of texts"))
    for name, about in header.items():
        dtype = about.get("dtype") if isinstance(about, dict) else None
        if not isinstance(dtype, str) or dtype not in DTYPES:
            raise of_another_type(path, name, dtype)
    try:
        tensors = safetensors.numpy.load(data)
    except Exception as error:
        reason = " ".join(str(error).split())[:80]
        raise damaged(path, "{reason}", reason=reason) from error
    return Unpacked(tensors, metadata)


def is_safetensors(data: bytes) -> bool:
    """Tell from its first bytes whether a file may be one of safetensors."""
    return data[_LENGTH : _LENGTH + 1] == b"{"


def damaged(path: Path, source: str, /, **values: object) -> RunFileError:
    """Return the error of a damaged file; `source` is a marked half-sentence that says how."""
    reason = Text(source, tuple(values.items()), "training")
    return RunFileError(
        QT_TRANSLATE_NOOP(
            "training", "'{path}' is damaged ({reason}); choose another copy of it or another file."
        ),
        path=path,
        reason=reason,
    )


def of_another_type(path: Path, name: str, dtype: object) -> RunFileError:
    """Return the error of an array whose numbers are of a type that is not used here."""
    return RunFileError(
        QT_TRANSLATE_NOOP(
            "training",
            "'{path}' holds numbers of the type {dtype} in {name}; save them as float32 first.",
        ),
        path=path,
        dtype=ascii(dtype)[:20],
        name=short(name),
    )


def short(name: str) -> str:
    """Return a name for a sentence: it may be as long as the file, and hold what breaks a line."""
    return ascii(name if len(name) <= 40 else f"{name[:40]}...")


def parsed(text: str) -> Any:
    """Read JSON as it is meant to be: no name twice, no NaN, no number or depth without end.

    Raises
    ------
    ValueError
        With the reason in English, when it is something else.
    """
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_int=_whole, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError("brackets in brackets without end") from error


def _header(data: bytes, path: Path) -> dict[str, Any]:
    length = int.from_bytes(data[:_LENGTH], "little")
    if len(data) <= _LENGTH or not is_safetensors(data):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' is not a safetensors file; choose one that was saved here."
            ),
            path=path,
        )
    if length > MOST_HEADER or length > len(data) - _LENGTH:
        raise damaged(
            path,
            QT_TRANSLATE_NOOP("training", "it is cut off, or its header has a wrong length"),
        )
    try:
        header = parsed(data[_LENGTH : _LENGTH + length].decode("utf-8"))
    except ValueError as error:
        reason = " ".join(str(error).split())[:80]
        raise damaged(
            path, QT_TRANSLATE_NOOP("training", "its header: {reason}"), reason=reason
        ) from error
    assert isinstance(header, dict), "it begins with a curly bracket"
    return header


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise ValueError(f"{short(twice)} stands there twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has {len(digits):,} digits")
    return int(digits)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is not a number")
