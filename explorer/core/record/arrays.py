"""The numbers of a record, as nested lists or packed, there and back to the last bit."""

import base64
from math import copysign, isfinite, prod
from typing import Any, Final

import numpy as np

from explorer.core.layers import Array
from explorer.core.limits import MOST_NUMBERS
from explorer.core.record.checks import (
    RecordError,
    as_object,
    as_whole,
    as_word,
    check_names,
    is_number,
    known,
)
from explorer.core.record.form import LARGEST_SIDE, MOST_CHANNELS, MOST_READABLE
from explorer.core.text import QT_TRANSLATE_NOOP

_DTYPES: Final[dict[str, np.dtype[Any]]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1")}
_NOT_FINITE: Final = ("nan", "inf", "-inf")
_BEYOND: Final = float(2**128 - 2**103)
"""The smallest number that float32 rounds to infinity."""


def same_bits(one: Array, other: Array) -> bool:
    """Tell whether both have the same shape and the very same bits."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def written(values: Array) -> list[Any] | dict[str, Any]:
    """Return float32 `values` as nested lists or packed."""
    if values.size <= MOST_READABLE:
        flat = np.empty(values.size, object)
        flat[:] = [_decimal(number) for number in values.flat]
        readable: list[Any] = flat.reshape(values.shape).tolist()
        if same_bits(_nested(readable, "", values.ndim, MOST_READABLE), values):
            return readable
    with np.errstate(invalid="ignore"):
        small = values.astype(np.uint8)
    dtype = "uint8" if same_bits(small.astype(np.float32), values) else "float32"
    data = (small if dtype == "uint8" else values).astype(_DTYPES[dtype]).tobytes()
    shape = [*values.shape]
    return {"dtype": dtype, "shape": shape, "base64": base64.b64encode(data).decode("ascii")}


def _decimal(number: np.float32) -> int | float | str:
    """Return the shortest way to write a number, which nearly always gives the same bits back."""
    value = float(str(number))
    if not isfinite(value):
        return str(value)
    negative_zero = value == 0 and copysign(1, value) < 0
    return value if negative_zero or value != int(value) or abs(value) > 2**24 else int(value)


def read_board(value: object, place: str) -> Array:
    """Return an input, shape (C, H, W)."""
    board = read_array(value, place, 3, MOST_NUMBERS)
    check_board(board.shape, place)
    return board


def check_board(shape: tuple[int, ...], place: str) -> None:
    """Refuse an input of another shape than (C, H, W), or a larger one than there can be."""
    channels, *sides = shape
    if not 1 <= channels <= MOST_CHANNELS or not all(1 <= n <= LARGEST_SIDE for n in sides):
        meaning = QT_TRANSLATE_NOOP(
            "core",
            "the shape is {given}, and it must be (channels, rows, columns) with 1 to {channels} "
            "channels and 1 to {side} rows and columns.",
        )
        raise RecordError(place, meaning, given=shape, channels=MOST_CHANNELS, side=LARGEST_SIDE)
    check_count(prod(shape), MOST_NUMBERS, place)


def check_count(count: int, most: int, place: str) -> None:
    """Refuse more than `most` numbers."""
    if count > most:
        meaning = QT_TRANSLATE_NOOP("core", "a scene may have at most {most} numbers here.")
        raise RecordError(place, meaning, most=most)


def read_array(value: object, place: str, dimensions: int, most: int) -> Array:
    """Return the float32 numbers of `value`, written in one way or the other."""
    if isinstance(value, dict):
        return _unpacked(value, place, dimensions, most)
    return _nested(value, place, dimensions, most)


def _nested(value: object, place: str, dimensions: int, most: int) -> Array:
    level, shape = [value], []
    for _ in range(dimensions):
        lists = [one for one in level if isinstance(one, list)]
        lengths = {len(one) for one in lists} or {0}
        if len(lists) < len(level) or len(lengths) > 1:
            meaning = QT_TRANSLATE_NOOP(
                "core",
                "must be numbers in {dimensions} levels of square brackets, in rows of one length.",
            )
            raise RecordError(place, meaning, dimensions=dimensions)
        shape.append(lengths.pop())
        check_count(len(lists) * shape[-1], most, place)
        level = [item for one in lists for item in one]
    values = np.array([_number(item, place) for item in level], np.float32)
    return values.reshape(shape)


def _number(value: object, place: str) -> float:
    # Python compares whole numbers of any length, but cannot turn all of them into a float.
    if is_number(value) and abs(value) < 2**128 and abs(float(value)) < _BEYOND:
        return float(value)
    if isinstance(value, str) and value in _NOT_FINITE:
        return float(value)
    meaning = QT_TRANSLATE_NOOP(
        "core", 'every number must be one that float32 can hold, or "nan", "inf" or "-inf".'
    )
    raise RecordError(place, meaning)


def _unpacked(value: dict[Any, Any], place: str, dimensions: int, most: int) -> Array:
    fields = as_object(value, place)
    check_names(fields, place, ("dtype", "shape", "base64"))
    name, shape = as_word(fields["dtype"], f"{place}.dtype"), fields["shape"]
    dtype = _DTYPES[known(name, _DTYPES, f"{place}.dtype")]
    if not isinstance(shape, list) or len(shape) != dimensions:
        meaning = QT_TRANSLATE_NOOP("core", "must be a list of {count} whole numbers.")
        raise RecordError(f"{place}.shape", meaning, count=dimensions)
    if min(as_whole(side, f"{place}.shape") for side in shape) < 0:
        meaning = QT_TRANSLATE_NOOP("core", "must not be negative.")
        raise RecordError(f"{place}.shape", meaning)
    # A side of 0 must not hide the others, which numpy would have to count.
    check_count(max(prod(shape), *shape), most, place)
    data = _bytes(fields["base64"], f"{place}.base64", prod(shape) * dtype.itemsize)
    values: Array = np.frombuffer(data, dtype).reshape(shape).astype(np.float32)
    return values


def _bytes(value: object, place: str, count: int) -> bytes:
    data = as_word(value, place)
    if len(data) == (count + 2) // 3 * 4:
        try:
            decoded = base64.b64decode(data, validate=True)
        except ValueError:
            decoded = b""
        if len(decoded) == count:
            return decoded
    meaning = QT_TRANSLATE_NOOP("core", "must hold the {count} bytes that the shape promises.")
    raise RecordError(place, meaning, count=count)
