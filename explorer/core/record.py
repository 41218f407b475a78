"""A scene as values for a JSON file, and back; of what a file says nothing is taken on trust.

A record is an object with five parts, of which the last two may be left out where nothing is in
them::

    {"format": "cnn-explorer scene", "version": 1,
     "layer": {"type": "MaxPool2d", "kernel_size": [2, 2], "stride": null, ...},
     "input": {"sample": "own", "digit": 0, "values": [[[1, 2], [3, 4]]], "origin": ...},
     "weights": {"kernel": "counting", "weight": ..., "bias": ...},
     "view": {"flip": false, "channel": 0, "step": 0, "pins": [], "usage": false,
              "stamping": false, "tints": false}}

Up to `MOST_READABLE` numbers stand there as nested lists, so that a person can read and change
them; JSON has no word for what is not finite, which is written as ``"nan"``, ``"inf"`` and
``"-inf"``. More of them, and those that no decimal gives back to the last bit, are packed as
``{"dtype": "float32", "shape": [1, 28, 28], "base64": "..."}``, little-endian and in C order;
whole numbers from 0 to 255 have the dtype ``"uint8"``.
"""

import base64
import dataclasses
from collections.abc import Collection
from math import copysign, inf, isfinite, prod
from typing import Any, Final, TypeGuard, cast, get_args

import numpy as np

from explorer.core.inputs import DIGIT, INPUTS, numbers
from explorer.core.kernels import KERNELS, RANDOM, weights
from explorer.core.layers import OPERATIONS, Array, Layer, LayerError
from explorer.core.limits import MOST_INPUTS
from explorer.core.scene import OWN, PICTURES, BoardName, Focus, LabState
from explorer.core.text import QT_TRANSLATE_NOOP, text

FORMAT: Final = "cnn-explorer scene"
VERSION: Final = 1
"""Goes up when an older application could no longer read a record."""

VIEW: Final = ("flip", "channel", "step", "pins", "usage", "stamping", "tints")
MOST_CHANNELS: Final = MOST_INPUTS
LARGEST_SIDE: Final = 512
"""Most rows and most columns of an input."""
MOST_WEIGHTS: Final = 2**20
MOST_READABLE: Final = 256
"""Numbers that are written as such; 16 × 16 of them still fit on a screen."""
MOST_PINS: Final = 64
LAST_DIGIT: Final = 9_999
"""MNIST has 10,000 test images."""

_MOST_COMPARED: Final = 8 * 8 * 11 * 11
"""Numbers of the largest kernels that sliders reach."""
_DTYPES: Final[dict[str, np.dtype[Any]]] = {"float32": np.dtype("<f4"), "uint8": np.dtype("u1")}
_NOT_FINITE: Final = ("nan", "inf", "-inf")
_BEYOND: Final = float(2**128 - 2**103)
"""The smallest number that float32 rounds to infinity."""


class RecordError(ValueError):
    """A record that makes no scene: one sentence, which begins with the place of the mistake.

    Attributes
    ----------
    place
        The names that lead to it, as ``input.values``; empty for the record as a whole.
    meaning
        The sentence without its place.
    """

    def __init__(self, place: str, source: str, /, **values: object) -> None:
        self.place, self.meaning = place, text(source, **values)
        super().__init__(f"{place or 'scene'}: {self.meaning}")


def to_record(state: LabState) -> dict[str, Any]:
    """Return `state` as values that JSON can hold; what the pointer is on is left out.

    Raises
    ------
    RecordError
        For more numbers than `from_record` would take.
    """
    layer = state.layer
    parameters = {about.name: getattr(layer, about.name) for about in layer.parameters()}
    given: dict[str, Any] = {"sample": state.sample, "digit": int(state.digit)}
    boards = {"values": state.input, "origin": state.origin}
    for name, board in boards.items():
        # Nearly always the input is as large as what it was made of.
        if board is not None and (name == "values" or not _same(board, state.input)):
            _check_board(board.shape, f"input.{name}")
            given[name] = _written(board)
    weighed: dict[str, Any] = {"kernel": state.kernel}
    for name, values in (("weight", state.weight), ("bias", state.bias)):
        if values is not None:
            _check_count(values.size, MOST_WEIGHTS, f"weights.{name}")
            weighed[name] = _written(values)
    return {
        "format": FORMAT,
        "version": VERSION,
        "layer": {
            "type": type(layer).__name__,
            **{n: list(v) if isinstance(v, tuple) else v for n, v in parameters.items()},
        },
        "input": given,
        "weights": weighed,
        "view": {
            "flip": state.flip,
            "channel": int(state.channel),
            "step": float(state.step),
            "pins": [
                {"board": pin.board, "cell": [*map(int, pin.cell)], "channel": int(pin.channel)}
                for pin in state.pins
            ],
            "usage": state.usage,
            "stamping": state.stamping,
            "tints": state.tints,
        },
    }


def from_record(record: object) -> LabState:
    """Return the state that a record describes.

    The numbers of a record are what counts: where they are not those that their name stands for,
    because someone has changed them, they are taken as typed. Channel and step come to the nearest
    that there is, and pins on cells that do not exist are let go.

    Raises
    ------
    RecordError
        For everything that is not as the module says; nothing else is raised.
    """
    whole = _object(record, "")
    _check_version(whole)
    _check_names(whole, "", ("format", "version", "layer", "input"), ("weights", "view"))
    layer = _layer(whole["layer"])
    sample, digit, x, origin = _input(whole["input"])
    kernel, weight, bias = _weights(whole.get("weights", {}), layer, x.shape[0])
    state = LabState(layer, sample, digit, x, kernel, weight, bias, origin=origin)
    return _looking(state, whole.get("view", {}))


def _check_version(whole: dict[str, Any]) -> None:
    if whole.get("format") != FORMAT:
        raise RecordError(
            "format",
            QT_TRANSLATE_NOOP(
                "core", 'must be "{name}"; choose a file that this application has saved.'
            ),
            name=FORMAT,
        )
    version = _whole(whole.get("version"), "version")
    if version > VERSION:
        raise RecordError(
            "version",
            QT_TRANSLATE_NOOP(
                "core", "the scene comes from a newer application; update this one to open it."
            ),
        )
    if version < 1:
        raise RecordError("version", QT_TRANSLATE_NOOP("core", "must be at least 1."))


def _layer(value: object) -> Layer:
    fields = _object(value, "layer")
    name = _word(fields.get("type"), "layer.type")
    kind = OPERATIONS[_one_of(name, OPERATIONS, "layer.type")]
    own = dataclasses.fields(kind)
    needed = [field.name for field in own if field.default is dataclasses.MISSING]
    _check_names(fields, "layer", ("type", *needed), [field.name for field in own])
    arguments = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
    del arguments["type"]
    try:
        return kind(**arguments)
    except LayerError as error:
        raise RecordError("layer", "{reason}", reason=str(error)) from None


def _input(value: object) -> tuple[str, int, Array, Array | None]:
    """Return the name, the number of the digit, the input, and what it was made of."""
    fields = _object(value, "input")
    _check_names(fields, "input", ("values",), ("sample", "digit", "origin"))
    sample = _word(fields.get("sample", OWN), "input.sample")
    digit = _whole(fields.get("digit", 0), "input.digit")
    if not 0 <= digit <= LAST_DIGIT:
        meaning = QT_TRANSLATE_NOOP("core", "must be from 0 to {largest}.")
        raise RecordError("input.digit", meaning, largest=LAST_DIGIT)
    x = _board(fields["values"], "input.values")
    origin = _board(fields["origin"], "input.origin") if "origin" in fields else x
    if sample in INPUTS:
        channels, h, w = x.shape
        if np.array_equal(numbers(sample, (h, w), channels), x):
            return sample, digit, x, None
        return OWN, digit, x, x
    if sample == DIGIT:
        return sample, digit, x, None
    return sample if sample in PICTURES else OWN, digit, x, origin


def _weights(value: object, layer: Layer, channels: int) -> tuple[str, Array | None, Array | None]:
    """Return the name of the family, the weight and the bias."""
    fields = _object(value, "weights")
    shape = layer.weight_shape
    wanted: dict[str, tuple[int, ...]] = {} if shape is None else {"weight": shape}
    if layer.has_bias:
        wanted["bias"] = (layer.output_channels(channels),)
    _check_names(fields, "weights", wanted, ("kernel",))
    found = {}
    for name, needed in wanted.items():
        place = f"weights.{name}"
        found[name] = _array(fields[name], place, len(needed), MOST_WEIGHTS)
        if (given := found[name].shape) != needed:
            meaning = QT_TRANSLATE_NOOP(
                "core", "the layer needs the shape {needed}, and these numbers have {given}."
            )
            raise RecordError(place, meaning, needed=needed, given=given)
    kernel, weight = _word(fields.get("kernel", OWN), "weights.kernel"), found.get("weight")
    if kernel not in KERNELS:
        kernel = OWN
    elif weight is not None and kernel != RANDOM and weight.size <= _MOST_COMPARED:
        made = weights(kernel, layer)
        kernel = kernel if made is not None and np.array_equal(made, weight) else OWN
    return kernel, weight, found.get("bias")


def _looking(state: LabState, value: object) -> LabState:
    """Return `state` with the view that `value` describes, as far as it is there to be seen."""
    fields = _object(value, "view")
    _check_names(fields, "view", (), VIEW)
    step = fields.get("step", 0)
    if not _is_number(step) or not -inf < step < inf:
        raise RecordError("view.step", QT_TRANSLATE_NOOP("core", "must be a number."))
    pins = fields.get("pins", [])
    if not isinstance(pins, list):
        raise RecordError("view.pins", QT_TRANSLATE_NOOP("core", "must be a list."))
    channel = _whole(fields.get("channel", 0), "view.channel")
    state = dataclasses.replace(
        state,
        flip=_flag(fields.get("flip", False), "view.flip"),
        channel=min(max(channel, 0), state.output_channels - 1),
        step=float(min(max(step, 0), max(state.steps - 1, 0))),
        usage=_flag(fields.get("usage", False), "view.usage"),
        tints=_flag(fields.get("tints", False), "view.tints"),
    )
    read = [_pin(pin, f"view.pins[{index}]") for index, pin in enumerate(pins)]
    held = dict.fromkeys(pin for pin in read if _exists(pin, state))
    return dataclasses.replace(state, pins=tuple(held)[-MOST_PINS:])


def _pin(value: object, place: str) -> Focus:
    fields = _object(value, place)
    _check_names(fields, place, ("board", "cell"), ("channel",))
    board, cell = _word(fields["board"], f"{place}.board"), fields["cell"]
    _one_of(board, get_args(BoardName), f"{place}.board")
    if not isinstance(cell, list) or len(cell) != 2:
        meaning = QT_TRANSLATE_NOOP("core", "must be a pair [row, column].")
        raise RecordError(f"{place}.cell", meaning)
    row, column = (_whole(number, f"{place}.cell") for number in cell)
    channel = _whole(fields.get("channel", 0), f"{place}.channel")
    return Focus(cast(BoardName, board), (row, column), channel)


def _exists(pin: Focus, state: LabState) -> bool:
    """Tell whether a board has the cell that is pinned."""
    if not state.fits or (pin.board == "kernel" and state.weight is None):
        return False
    if pin.board == "input":
        starts, sizes = zip(*((axis.first, axis.shown) for axis in state.axes), strict=True)
        channels = range(state.channels)
    elif pin.board == "output":
        starts, sizes = (0, 0), state.output_size
        channels = range(state.output_channels)
    else:
        assert state.weight is not None
        starts, sizes = (0, 0), state.weight.shape[2:]
        channels = state.read_channels
    cells = zip(pin.cell, starts, sizes, strict=True)
    return pin.channel in channels and all(0 <= at - first < size for at, first, size in cells)


def _same(one: Array, other: Array) -> bool:
    """Tell whether both have the same shape and the very same bits."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def _written(values: Array) -> list[Any] | dict[str, Any]:
    """Return float32 `values` as nested lists or packed."""
    if values.size <= MOST_READABLE:
        flat = np.empty(values.size, object)
        flat[:] = [_decimal(number) for number in values.flat]
        readable: list[Any] = flat.reshape(values.shape).tolist()
        if _same(_nested(readable, "", values.ndim, MOST_READABLE), values):
            return readable
    with np.errstate(invalid="ignore"):
        small = values.astype(np.uint8)
    dtype = "uint8" if _same(small.astype(np.float32), values) else "float32"
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


def _board(value: object, place: str) -> Array:
    """Return an input, shape (C, H, W)."""
    board = _array(value, place, 3, MOST_CHANNELS * LARGEST_SIDE**2)
    _check_board(board.shape, place)
    return board


def _check_board(shape: tuple[int, ...], place: str) -> None:
    channels, *sides = shape
    if not 1 <= channels <= MOST_CHANNELS or not all(1 <= n <= LARGEST_SIDE for n in sides):
        meaning = QT_TRANSLATE_NOOP(
            "core",
            "the shape is {given}, and it must be (channels, rows, columns) with 1 to {channels} "
            "channels and 1 to {side} rows and columns.",
        )
        raise RecordError(place, meaning, given=shape, channels=MOST_CHANNELS, side=LARGEST_SIDE)


def _check_count(count: int, most: int, place: str) -> None:
    if count > most:
        meaning = QT_TRANSLATE_NOOP("core", "a scene may have at most {most} numbers here.")
        raise RecordError(place, meaning, most=most)


def _array(value: object, place: str, dimensions: int, most: int) -> Array:
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
        _check_count(len(lists) * shape[-1], most, place)
        level = [item for one in lists for item in one]
    values = np.array([_number(item, place) for item in level], np.float32)
    return values.reshape(shape)


def _number(value: object, place: str) -> float:
    # Python compares whole numbers of any length, but cannot turn all of them into a float.
    if _is_number(value) and abs(value) < 2**128 and abs(float(value)) < _BEYOND:
        return float(value)
    if isinstance(value, str) and value in _NOT_FINITE:
        return float(value)
    meaning = QT_TRANSLATE_NOOP(
        "core", 'every number must be one that float32 can hold, or "nan", "inf" or "-inf".'
    )
    raise RecordError(place, meaning)


def _unpacked(value: dict[Any, Any], place: str, dimensions: int, most: int) -> Array:
    fields = _object(value, place)
    _check_names(fields, place, ("dtype", "shape", "base64"))
    name, shape = _word(fields["dtype"], f"{place}.dtype"), fields["shape"]
    dtype = _DTYPES[_one_of(name, _DTYPES, f"{place}.dtype")]
    if not isinstance(shape, list) or len(shape) != dimensions:
        meaning = QT_TRANSLATE_NOOP("core", "must be a list of {count} whole numbers.")
        raise RecordError(f"{place}.shape", meaning, count=dimensions)
    if min(_whole(side, f"{place}.shape") for side in shape) < 0:
        meaning = QT_TRANSLATE_NOOP("core", "must not be negative.")
        raise RecordError(f"{place}.shape", meaning)
    # A side of 0 must not hide the others, which numpy would have to count.
    _check_count(max(prod(shape), *shape), most, place)
    data = _bytes(fields["base64"], f"{place}.base64", prod(shape) * dtype.itemsize)
    values: Array = np.frombuffer(data, dtype).reshape(shape).astype(np.float32)
    return values


def _bytes(value: object, place: str, count: int) -> bytes:
    data = _word(value, place)
    if len(data) == (count + 2) // 3 * 4:
        try:
            decoded = base64.b64decode(data, validate=True)
        except ValueError:
            decoded = b""
        if len(decoded) == count:
            return decoded
    meaning = QT_TRANSLATE_NOOP("core", "must hold the {count} bytes that the shape promises.")
    raise RecordError(place, meaning, count=count)


def _object(value: object, place: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        meaning = QT_TRANSLATE_NOOP(
            "core", "must be an object: names and values in curly brackets."
        )
        raise RecordError(place, meaning)
    return value


def _check_names(
    fields: dict[str, Any], place: str, needed: Collection[str], optional: Collection[str] = ()
) -> None:
    for name in needed:
        if name not in fields:
            meaning = QT_TRANSLATE_NOOP("core", "is missing.")
            raise RecordError(f"{place}.{name}" if place else name, meaning)
    for name in fields:
        _one_of(name, [*needed, *optional], place)


def _one_of(word: str, words: Collection[str], place: str) -> str:
    if word not in words:
        meaning = QT_TRANSLATE_NOOP("core", "{word} is not known here; known are {words}.")
        # It may be as long as the file, and hold whatever breaks a line.
        known = ", ".join(dict.fromkeys(words))
        raise RecordError(place, meaning, word=ascii(word[:40]), words=known)
    return word


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: object, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be a whole number."))
    return value


def _flag(value: object, place: str) -> bool:
    if not isinstance(value, bool):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be true or false."))
    return value


def _word(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be a text in quotes."))
    return value
