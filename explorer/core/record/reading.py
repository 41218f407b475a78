"""The scene that a record describes."""

import dataclasses
from math import inf
from typing import Any, Final, cast, get_args

import numpy as np

from explorer.core.inputs import DIGIT, INPUTS, numbers
from explorer.core.kernels import KERNELS, RANDOM, weights
from explorer.core.layers import OPERATIONS, Array, Layer, LayerError
from explorer.core.record.arrays import read_array, read_board
from explorer.core.record.checks import (
    RecordError,
    as_flag,
    as_object,
    as_whole,
    as_word,
    check_names,
    is_number,
    known,
)
from explorer.core.record.form import FORMAT, LAST_DIGIT, MOST_PINS, MOST_WEIGHTS, VERSION, VIEW
from explorer.core.scene import OWN, PICTURES, BoardName, Fit, Focus, LabState
from explorer.core.text import QT_TRANSLATE_NOOP

_MOST_COMPARED: Final = 8 * 8 * 11 * 11
"""Numbers of the largest kernels that sliders reach."""


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
    whole = as_object(record, "")
    _check_version(whole)
    check_names(whole, "", ("format", "version", "layer", "input"), ("weights", "view"))
    layer = _layer(whole["layer"])
    sample, digit, x, origin = _input(whole["input"])
    fit = known(as_word(whole["input"].get("fit", "crop"), "input.fit"), get_args(Fit), "input.fit")
    kernel, weight, bias = _weights(whole.get("weights", {}), layer, x.shape[0])
    state = LabState(
        layer, sample, digit, x, kernel, weight, bias, origin=origin, fit=cast(Fit, fit)
    )
    return _looking(state, whole.get("view", {}))


def _check_version(whole: dict[str, Any]) -> None:
    if whole.get("format") != FORMAT:
        raise RecordError(
            "format",
            QT_TRANSLATE_NOOP(
                "core", "this is no scene; choose a file that this application has saved."
            ),
            is_foreign=True,
        )
    version = as_whole(whole.get("version"), "version")
    if version > VERSION:
        raise RecordError(
            "version",
            QT_TRANSLATE_NOOP(
                "core", "the scene comes from a newer application; update this one to open it."
            ),
            is_foreign=True,
        )
    if version < 1:
        raise RecordError("version", QT_TRANSLATE_NOOP("core", "must be at least 1."))


def _layer(value: object) -> Layer:
    fields = as_object(value, "layer")
    name = as_word(fields.get("type"), "layer.type")
    kind = OPERATIONS[known(name, OPERATIONS, "layer.type")]
    own = dataclasses.fields(kind)
    needed = [field.name for field in own if field.default is dataclasses.MISSING]
    check_names(fields, "layer", ("type", *needed), [field.name for field in own])
    arguments = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
    del arguments["type"]
    try:
        return kind(**arguments)
    except LayerError as error:
        raise RecordError("layer", "{reason}", reason=str(error)) from None


def _input(value: object) -> tuple[str, int, Array, Array | None]:
    """Return the name, the number of the digit, the input, and what it was made of."""
    fields = as_object(value, "input")
    check_names(fields, "input", ("values",), ("sample", "digit", "origin", "fit"))
    sample = as_word(fields.get("sample", OWN), "input.sample")
    digit = as_whole(fields.get("digit", 0), "input.digit")
    if not 0 <= digit <= LAST_DIGIT:
        meaning = QT_TRANSLATE_NOOP("core", "must be from 0 to {largest}.")
        raise RecordError("input.digit", meaning, largest=LAST_DIGIT)
    x = read_board(fields["values"], "input.values")
    origin = read_board(fields["origin"], "input.origin") if "origin" in fields else x
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
    fields = as_object(value, "weights")
    shape = layer.weight_shape
    wanted: dict[str, tuple[int, ...]] = {} if shape is None else {"weight": shape}
    if layer.has_bias:
        wanted["bias"] = (layer.output_channels(channels),)
    check_names(fields, "weights", wanted, ("kernel",))
    found = {}
    for name, needed in wanted.items():
        place = f"weights.{name}"
        found[name] = read_array(fields[name], place, len(needed), MOST_WEIGHTS)
        if (given := found[name].shape) != needed:
            meaning = QT_TRANSLATE_NOOP(
                "core", "the layer needs the shape {needed}, and these numbers have {given}."
            )
            raise RecordError(place, meaning, needed=needed, given=given)
    kernel, weight = as_word(fields.get("kernel", OWN), "weights.kernel"), found.get("weight")
    if kernel not in KERNELS:
        kernel = OWN
    elif weight is not None and kernel != RANDOM and weight.size <= _MOST_COMPARED:
        made = weights(kernel, layer)
        kernel = kernel if made is not None and np.array_equal(made, weight) else OWN
    return kernel, weight, found.get("bias")


def _looking(state: LabState, value: object) -> LabState:
    """Return `state` with the view that `value` describes, as far as it is there to be seen."""
    fields = as_object(value, "view")
    check_names(fields, "view", (), VIEW)
    step = fields.get("step", 0)
    if not is_number(step) or not -inf < step < inf:
        raise RecordError("view.step", QT_TRANSLATE_NOOP("core", "must be a number."))
    pins = fields.get("pins", [])
    if not isinstance(pins, list):
        raise RecordError("view.pins", QT_TRANSLATE_NOOP("core", "must be a list."))
    channel = as_whole(fields.get("channel", 0), "view.channel")
    # How many steps there are depends on it.
    stamping = as_flag(fields.get("stamping", False), "view.stamping")
    state = dataclasses.replace(state, stamping=stamping)
    state = dataclasses.replace(
        state,
        flip=as_flag(fields.get("flip", False), "view.flip"),
        channel=min(max(channel, 0), state.output_channels - 1),
        step=float(min(max(step, 0), max(state.steps - 1, 0))),
        usage=as_flag(fields.get("usage", False), "view.usage"),
        tints=as_flag(fields.get("tints", False), "view.tints"),
    )
    read = [_pin(pin, f"view.pins[{index}]") for index, pin in enumerate(pins)]
    held = dict.fromkeys(pin for pin in read if _exists(pin, state))
    return dataclasses.replace(state, pins=tuple(held)[-MOST_PINS:])


def _pin(value: object, place: str) -> Focus:
    fields = as_object(value, place)
    check_names(fields, place, ("board", "cell"), ("channel",))
    board, cell = as_word(fields["board"], f"{place}.board"), fields["cell"]
    known(board, get_args(BoardName), f"{place}.board")
    if not isinstance(cell, list) or len(cell) != 2:
        meaning = QT_TRANSLATE_NOOP("core", "must be a pair [row, column].")
        raise RecordError(f"{place}.cell", meaning)
    row, column = (as_whole(number, f"{place}.cell") for number in cell)
    channel = as_whole(fields.get("channel", 0), f"{place}.channel")
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
