"""Scenes as JSON values: exact there and back, and nothing damaged gets through."""

import copy
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.core import record as record_module
from explorer.core.inputs import DIGIT, INPUTS, numbers
from explorer.core.kernels import KERNELS, RANDOM, weights
from explorer.core.layers import OPERATIONS, Array, Conv2d, Layer, MaxPool2d
from explorer.core.record import (
    MOST_PINS,
    MOST_READABLE,
    MOST_WEIGHTS,
    VERSION,
    RecordError,
    from_record,
    to_record,
)
from explorer.core.scene import OWN, Focus, LabState
from tests.core.any_layers import any_layers

Path = tuple[str | int, ...]

SPECIAL = (math.nan, math.inf, -math.inf, -0.0, 1e-45, -1.1754942e-38, 3.4028235e38, 0.1, 2.0**24)


def _arrays(shape: tuple[int, ...]) -> st.SearchStrategy[Array]:
    size = math.prod(shape)

    def random(seed: int) -> Array:
        made = np.random.default_rng(seed)
        bits = made.integers(0, 2**32, shape, np.uint32).view(np.float32)
        kinds = (
            bits,  # every NaN and every denormal number may be among them
            made.integers(0, 256, shape).astype(np.float32),
            made.choice(np.array(SPECIAL, np.float32), shape),
            (made.integers(-100, 100, shape) / 10).astype(np.float32),
            np.zeros(shape, np.float32),
        )
        return kinds[seed % len(kinds)]

    return st.integers(0, 10_000 if size else 0).map(random)


@st.composite
def states(draw: st.DrawFn) -> LabState:
    """Return states over everything that a record holds."""
    layer = draw(any_layers())
    size = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    channels = getattr(layer, "in_channels", draw(st.integers(1, 4)))
    sample = draw(st.sampled_from([*INPUTS, DIGIT, OWN, "drawing", "picture"]))
    x = numbers(sample, size, channels) if sample in INPUTS else draw(_arrays((channels, *size)))
    origin = None
    if sample in {OWN, "drawing", "picture"}:
        origin = draw(st.just(x) | _arrays((draw(st.integers(1, 3)), 5, 7)))
    kernel = draw(st.sampled_from([*KERNELS, OWN]))
    shape = layer.weight_shape
    weight = None
    if shape is not None:
        weight = draw(_arrays(shape)) if kernel in {OWN, RANDOM} else weights(kernel, layer)
    bias = draw(_arrays((layer.output_channels(channels),))) if layer.has_bias else None
    state = LabState(
        layer,
        sample,
        draw(st.integers(0, 199)),
        x,
        kernel,
        weight,
        bias,
        flip=draw(st.booleans()),
        usage=draw(st.booleans()),
        origin=origin,
        channel=draw(st.integers(0, layer.output_channels(channels) - 1)),
    )
    step = draw(st.floats(0, max(state.windows - 1, 0)))
    pins = tuple(draw(st.lists(_pins(state), max_size=3, unique=True))) if state.fits else ()
    return _with(state, step=step, pins=pins, hover=Focus("output", (0, 0)))


def _pins(state: LabState) -> st.SearchStrategy[Focus]:
    def on(board: Any, sides: list[tuple[int, int]], channels: range) -> st.SearchStrategy[Focus]:
        cell = st.tuples(*(st.integers(low, low + size - 1) for low, size in sides))
        return st.builds(Focus, st.just(board), cell, st.sampled_from(channels))

    outputs = [(0, side) for side in state.output_size]
    boards = [
        on("input", [(axis.first, axis.shown) for axis in state.axes], range(state.channels)),
        on("output", outputs, range(state.output_channels)),
    ]
    if state.weight is not None:
        taps = [(0, side) for side in state.weight.shape[2:]]
        boards.append(on("kernel", taps, state.read_channels))
    return st.one_of(boards)


def _with(state: LabState, **changes: Any) -> LabState:
    fields = {name: getattr(state, name) for name in LabState.__dataclass_fields__}
    return LabState(**(fields | changes))


def a_state(layer: Layer | None = None, /, **changes: Any) -> LabState:
    """Return a scene of which everything can be seen."""
    layer = layer or Conv2d(2, 2, (3, 3), padding=(1, 1))
    x = numbers("numbers", (5, 5), 2)
    bias = np.array([0.5, -1], np.float32)[: layer.output_channels(2)] if layer.has_bias else None
    state = LabState(layer, "numbers", 3, x, "counting", weights("counting", layer), bias)
    pins: tuple[Focus, ...] = (
        Focus("input", (-1, 0), 1),
        Focus("kernel", (2, 2)),
        Focus("output", (4, 4), 1),
    )
    if state.weight is None:
        pins = (Focus("output", (1, 1)),)
    return _with(state, **({"channel": 1, "step": 2.5, "pins": pins, "usage": True} | changes))


def assert_same(one: LabState, other: LabState) -> None:
    """Compare everything but what the pointer is on, and numbers to the last bit."""
    for name in LabState.__dataclass_fields__:
        mine, yours = getattr(one, name), getattr(other, name)
        if isinstance(mine, np.ndarray):
            assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype), name
            assert mine.tobytes() == yours.tobytes(), name
            assert mine.flags.writeable, name  # torch warns of others
        elif name != "hover":
            assert mine == yours, name
            assert type(mine) is type(yours), name
    assert one.hover is None


def through_json(record: dict[str, Any]) -> Any:
    return json.loads(json.dumps(record, allow_nan=False))


def refusal(record: object) -> RecordError:
    with pytest.raises(RecordError) as caught:
        from_record(record)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 400
    assert message == f"{caught.value.place or 'scene'}: {caught.value.meaning}"
    return caught.value


def changed(path: Path, value: object, layer: Layer | None = None) -> Any:
    """Return the record of `a_state` with another value at a place."""
    record: Any = to_record(a_state(layer))
    at = record
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return record


@given(states())
def test_every_state_comes_back_to_the_last_bit(state: LabState) -> None:
    record = to_record(state)
    assert_same(from_record(through_json(record)), state)
    assert to_record(from_record(record)) == record


def test_all_special_numbers_can_be_read_and_come_back() -> None:
    x = np.array(SPECIAL, np.float32).reshape(1, 3, 3)
    record = to_record(a_state(Conv2d(1, 1, (3, 3)), sample=OWN, input=x, origin=x, pins=()))
    assert record["input"]["values"] == [
        [["nan", "inf", "-inf"], [-0.0, 1e-45, -1.1754942e-38], [3.4028235e38, 0.1, 16777216]]
    ]
    assert from_record(through_json(record)).input.tobytes() == x.tobytes()


def test_a_strange_nan_comes_back_too() -> None:
    x = np.array([[[0xFFC01234]]], np.uint32).view(np.float32)
    record = to_record(a_state(MaxPool2d((1, 1)), sample=OWN, input=x, origin=x, pins=()))
    assert record["input"]["values"]["dtype"] == "float32"
    assert from_record(through_json(record)).input.tobytes() == x.tobytes()


def test_small_numbers_can_be_read_and_large_ones_take_little_room() -> None:
    record = to_record(a_state())
    assert record["weights"]["bias"] == [0.5, -1]
    assert record["input"]["values"][0][0] == [3, 4, 6, 5, 7]
    x = np.arange(MOST_READABLE + 1, dtype=np.float32).reshape(1, 1, -1) % 256
    packed = to_record(a_state(MaxPool2d((1, 1)), sample=DIGIT, input=x))["input"]["values"]
    assert packed["dtype"] == "uint8"
    assert len(json.dumps(packed)) < 1.5 * x.size + 80


def test_what_is_left_out_has_its_default() -> None:
    record = {
        "format": "cnn-explorer scene",
        "version": VERSION,
        "layer": {"type": "MaxPool2d", "kernel_size": 2},
        "input": {"values": [[[1, 2], [3, 4.5]]]},
    }
    state = from_record(record)
    assert state.layer == MaxPool2d((2, 2))
    assert (state.sample, state.kernel, state.weight, state.step) == (OWN, OWN, None, 0.0)
    assert state.origin is state.input


@pytest.mark.parametrize("origin", [False, True])
def test_changed_numbers_are_taken_as_typed(origin: bool) -> None:
    record = changed(("input", "values", 0, 0, 0), 100)
    record["weights"]["weight"][0][0][1][1] = 0.25
    if origin:
        record["input"]["origin"] = [[[7]]]
    state = from_record(record)
    assert (state.sample, state.kernel) == (OWN, OWN)
    assert state.input[0, 0, 0] == 100 and state.origin is state.input


@pytest.mark.parametrize(("part", "name"), [("input", "sample"), ("weights", "kernel")])
def test_names_that_are_no_longer_known_leave_the_numbers(part: str, name: str) -> None:
    state = from_record(changed((part, name), "of a version to come"))
    assert getattr(state, name) == OWN
    assert_same(_with(state, **{name: getattr(a_state(), name)}, origin=None), a_state())


def test_channel_and_step_come_to_the_nearest() -> None:
    assert from_record(changed(("view", "channel"), 10**500)).channel == 1
    assert from_record(changed(("view", "channel"), -3)).channel == 0
    assert from_record(changed(("view", "step"), 10**500)).step == 24.0
    assert from_record(changed(("view", "step"), -1)).step == 0.0


@pytest.mark.parametrize(
    "pin",
    [
        {"board": "input", "cell": [-2, 0]},
        {"board": "input", "cell": [0, 6]},
        {"board": "input", "cell": [0, 0], "channel": 2},
        {"board": "output", "cell": [5, 0]},
        {"board": "output", "cell": [0, 0], "channel": -1},
        {"board": "kernel", "cell": [0, 10**500]},
        {"board": "kernel", "cell": [0, 0], "channel": 2},
    ],
)
def test_pins_on_no_cell_are_let_go(pin: dict[str, Any]) -> None:
    kept = {"board": "output", "cell": [0, 0]}
    assert from_record(changed(("view", "pins"), [pin, kept])).pins == (Focus("output", (0, 0)),)


def test_a_layer_without_weights_or_that_does_not_fit_has_no_pin_there() -> None:
    pin = {"board": "kernel", "cell": [0, 0], "channel": 0}
    assert from_record(changed(("view", "pins"), [pin], MaxPool2d((2, 2)))).pins == ()
    beyond = MaxPool2d((9, 9))
    output = {"board": "input", "cell": [0, 0], "channel": 0}
    assert from_record(changed(("view", "pins"), [output], beyond)).pins == ()


def test_only_the_last_pins_stay_and_none_twice() -> None:
    cells = [[i, j] for i in range(9) for j in range(9)]
    pins = [{"board": "input", "cell": cell} for cell in [*cells, *cells]]
    record = to_record(a_state(MaxPool2d((1, 1)), sample=DIGIT, input=np.ones((1, 9, 9), "f4")))
    record["view"]["pins"] = pins
    held = from_record(record).pins
    assert len(held) == len(set(held)) == MOST_PINS
    assert held[-1].cell == (8, 8)


REFUSED: list[tuple[Path, object, str]] = [
    (("format",), "scene", "format: must be"),
    (("version",), VERSION + 1, "newer"),
    (("version",), 10**500, "newer"),
    (("version",), True, "version: must be a whole number"),
    (("version",), 0, "at least 1"),
    (("more",), 1, "scene: 'more' is not known here"),
    (("more\n" * 999,), 1, "not known here"),
    (("layer",), None, "layer: must be an object"),
    (("layer", 3), 1, "layer: must be an object"),
    (("layer", "type"), "Conv3d", "layer.type: 'Conv3d' is not known here; known are Conv2d,"),
    (("layer", "type"), ["Conv2d"], "layer.type: must be a text"),
    (("layer", "kernel"), 3, "layer: 'kernel' is not known here"),
    (("layer", "stride"), [0, 1], "layer: stride must be at least 1"),
    (("layer", "stride"), True, "layer: stride"),
    (("layer", "stride"), [1, 1.0], "layer: stride"),
    (("layer", "stride"), 10**500, "layer: stride must be at most"),
    (("layer", "padding"), "some", "layer: padding"),
    (("layer", "bias"), 1, "layer: bias must be True or False"),
    (("layer", "kernel_size"), [2, 3], "weights.weight: the layer needs the shape (2, 2, 2, 3)"),
    (("input", "values"), 1, "input.values: must be numbers in 3 levels"),
    (("input", "values"), [[1]], "3 levels"),
    (("input", "values"), [[[1, 2], [3]]], "rows of one length"),
    (("input", "values"), [], "shape is (0, 0, 0)"),
    (("input", "values"), [[[1] * 513]], "shape is (1, 1, 513)"),
    (("input", "values"), [[[1]]] * 17, "shape is (17, 1, 1)"),
    (("input", "values"), [[[1] * 2**22, [1] * 2**22]], "at most"),
    (("input", "values", 0, 0, 0), True, "every number"),
    (("input", "values", 0, 0, 0), [1], "every number"),
    (("input", "values", 0, 0, 0), None, "every number"),
    (("input", "values", 0, 0, 0), "1", "every number"),
    (("input", "values", 0, 0, 0), math.nan, "every number"),
    (("input", "values", 0, 0, 0), math.inf, "every number"),
    (("input", "values", 0, 0, 0), 10**500, "float32"),
    (("input", "values", 0, 0, 0), 2**128 - 2**103, "float32"),
    (("input", "values", 0, 0, 0), -1e39, "float32"),
    (("input", "digit"), -1, "input.digit: must be from 0"),
    (("input", "digit"), 10**500, "input.digit: must be from 0"),
    (("input", "digit"), 2.0, "input.digit: must be a whole number"),
    (("input", "sample"), None, "input.sample: must be a text"),
    (("input", "origin"), [[[]]], "input.origin: the shape"),
    (("weights", "bias"), [1], "weights.bias: the layer needs the shape (2,)"),
    (("weights", "bias"), None, "weights.bias: must be numbers in 1 levels"),
    (("weights", "kernel"), 1, "weights.kernel: must be a text"),
    (("view", "flip"), 0, "view.flip: must be true or false"),
    (("view", "usage"), "yes", "view.usage: must be true or false"),
    (("view", "channel"), 0.0, "view.channel: must be a whole number"),
    (("view", "step"), True, "view.step: must be a number"),
    (("view", "step"), math.nan, "view.step: must be a number"),
    (("view", "pins"), {}, "view.pins: must be a list"),
    (("view", "pins", 1, "board"), "side", "view.pins[1].board: 'side' is not known"),
    (("view", "pins", 1, "board"), [], "view.pins[1].board: must be a text"),
    (("view", "pins", 1, "cell"), [1], "view.pins[1].cell: must be a pair"),
    (("view", "pins", 1, "cell"), [1, False], "view.pins[1].cell: must be a whole number"),
    (("view", "zoom"), 2, "view: 'zoom' is not known here"),
]


@pytest.mark.parametrize(("path", "value", "words"), REFUSED)
def test_what_is_wrong_is_named_with_its_place(path: Path, value: object, words: str) -> None:
    assert words in str(refusal(changed(path, value)))


@pytest.mark.parametrize("record", [None, [], "scene", 1, {1: 2}, True])
def test_what_is_no_object_is_refused(record: object) -> None:
    assert refusal(record).place == ""


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("layer", "type"),
        ("layer", "in_channels"),
        ("input", "values"),
        ("weights", "weight"),
        ("weights", "bias"),
    ],
)
def test_what_is_missing_is_named(part: str, name: str) -> None:
    record = to_record(a_state())
    del record[part][name]
    assert refusal(record).place == f"{part}.{name}"
    del record[part]
    assert refusal(record).place.startswith(part)


def test_weights_of_a_layer_that_has_none_are_refused() -> None:
    record = changed(("weights", "weight"), [[[[1]]]], MaxPool2d((2, 2)))
    assert "'weight' is not known" in str(refusal(record))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dtype", "float64", "dtype: 'float64' is not known here"),
        ("shape", [1, 20], "shape: must be a list of 3"),
        ("shape", [1, 20, -20], "must not be negative"),
        ("shape", [1, 0, 10**30], "at most"),
        ("shape", [1, 20, 21], "1680 bytes"),
        ("shape", [1, 20, True], "shape: must be a whole number"),
        ("base64", 1, "base64: must be a text"),
        ("base64", "A", "1600 bytes"),
        ("base64", "é" * 2136, "1600 bytes"),
        ("base64", "A" * 2133 + "===", "1600 bytes"),
        ("base64", "A" * 2135 + "-", "1600 bytes"),
        ("base64", "A" * 2136, "1600 bytes"),
        ("endian", "big", "'endian' is not known"),
    ],
)
def test_packed_numbers_are_checked(name: str, value: object, words: str) -> None:
    x = np.full((1, 20, 20), 0.1, np.float32)
    record = to_record(a_state(MaxPool2d((2, 2)), sample=DIGIT, input=x))
    record["input"]["values"][name] = value
    assert words in str(refusal(record))


@pytest.mark.parametrize("shape", [(17, 1, 1), (1, 513, 1), (1, 1, 513)])
@pytest.mark.parametrize("name", ["input", "origin"])
def test_nothing_is_written_that_would_not_be_read(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(RecordError, match="the shape is"):
        to_record(a_state(sample=OWN, **{name: np.zeros(shape, np.float32)}))


def test_too_many_weights_are_not_written() -> None:
    weight = np.zeros((MOST_WEIGHTS // 9 + 1, 1, 3, 3), np.float32)
    with pytest.raises(RecordError, match="at most"):
        to_record(a_state(weight=weight))


def test_the_largest_input_comes_back() -> None:
    x = np.random.default_rng(0).standard_normal((8, 512, 512)).astype(np.float32)
    state = a_state(MaxPool2d((2, 2)), sample="picture", input=x, origin=x[:3].copy())
    assert_same(from_record(to_record(state)), state)


def _places(record: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(record, dict | list):
        items = record.items() if isinstance(record, dict) else enumerate(record)
        for name, value in list(items)[:12]:
            yield from _places(value, (*path, name))


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 12),
    st.sampled_from([10**500, -(10**500), 2**15, 2**31, 2**63, 2**64, 5e-324, 1e308, 1e-40]),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(["nan", "same", "valid", "uint8", "\ud800", *OPERATIONS, *KERNELS, *INPUTS]),
    st.lists(st.integers(-2, 4), max_size=4),
    st.lists(st.lists(st.lists(st.integers(-2, 4), max_size=2), max_size=2), max_size=2),
    st.dictionaries(st.text(max_size=3) | st.integers(), st.integers(), max_size=2),
    st.builds(object),
)


def _delete(at: Any, name: Any, value: object) -> None:
    del at[name]


def _replace(at: Any, name: Any, value: object) -> None:
    at[name] = value


def _double(at: Any, name: Any, value: object) -> None:
    if isinstance(at, list):
        at.insert(name, copy.deepcopy(at[name]))
    else:
        at[value if isinstance(value, str | int) else "new"] = at[name]


_MUTATIONS: tuple[Callable[[Any, Any, object], None], ...] = (_delete, _replace, _double)


@given(
    states().map(to_record),
    st.lists(
        st.tuples(st.sampled_from(_MUTATIONS), st.integers(0, 10_000), _JUNK),
        min_size=1,
        max_size=3,
    ),
)
def test_a_damaged_record_is_refused_or_makes_a_scene(
    record: Any, mutations: list[tuple[Any, int, object]]
) -> None:
    for mutate, where, junk in mutations:
        places = [path for path in _places(record) if path]
        if not places:
            break
        *parents, name = places[where % len(places)]
        at = record
        for parent in parents:
            at = at[parent]
        mutate(at, name, junk)
    try:
        state = from_record(record)
    except RecordError as error:
        assert str(error).endswith(".")
    else:
        assert_same(from_record(through_json(to_record(state))), state)


@given(_JUNK | st.recursive(_JUNK, lambda part: st.dictionaries(st.text(), part, max_size=3)))
@example({"format": "cnn-explorer scene"})
def test_anything_else_is_refused(record: object) -> None:
    with pytest.raises(RecordError):
        from_record(record)


def test_every_name_in_a_record_is_documented() -> None:
    documented = record_module.__doc__ or ""
    record = to_record(a_state(origin=np.ones((1, 1, 1), np.float32), sample=OWN))
    for part, value in record.items():
        assert f'"{part}"' in documented
        if part != "layer" and isinstance(value, dict):
            assert all(f'"{name}"' in documented for name in value)
