"""Scenes as JSON values: exact there and back, and read with mercy where something is odd."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from explorer.core import record as record_module
from explorer.core.inputs import DIGIT
from explorer.core.layers import Conv2d, ConvTranspose2d, MaxPool2d
from explorer.core.record import (
    MOST_PINS,
    MOST_READABLE,
    VERSION,
    from_record,
    to_record,
)
from explorer.core.scene import OWN, Focus, LabState
from tests.core.scenes import SPECIAL, a_state, assert_same, changed, states, through_json


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
    assert_same(replace(state, **{name: getattr(a_state(), name)}, origin=None), a_state())


def test_channel_and_step_come_to_the_nearest() -> None:
    assert from_record(changed(("view", "channel"), 10**500)).channel == 1
    assert from_record(changed(("view", "channel"), -3)).channel == 0
    assert from_record(changed(("view", "step"), 10**500)).step == 24.0
    assert from_record(changed(("view", "step"), -1)).step == 0.0


def test_the_step_of_stamping_goes_through_the_cells_of_the_input() -> None:
    layer = ConvTranspose2d(2, 2, (3, 3), padding=(2, 2), bias=False)
    record: Any = to_record(a_state(layer, stamping=True, pins=()))
    assert (
        from_record(record).steps == 25 and replace(from_record(record), stamping=False).steps == 9
    )
    record["view"]["step"] = 24
    assert from_record(record).step == 24.0
    record["view"]["stamping"] = False
    assert from_record(record).step == 8.0


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


def test_the_largest_input_comes_back() -> None:
    x = np.random.default_rng(0).standard_normal((8, 512, 512)).astype(np.float32)
    state = a_state(MaxPool2d((2, 2)), sample="picture", input=x, origin=x[:3].copy())
    assert_same(from_record(to_record(state)), state)


def test_a_picture_of_an_older_file_is_cropped() -> None:
    x = np.ones((1, 2, 4), np.float32)
    record = to_record(a_state(sample="picture", input=x, origin=x, fit="scale"))
    assert from_record(record).fit == "scale"
    del record["input"]["fit"]
    assert from_record(record).fit == "crop"


def test_every_name_in_a_record_is_documented() -> None:
    documented = record_module.__doc__ or ""
    record = to_record(a_state(origin=np.ones((1, 1, 1), np.float32), sample="picture"))
    for part, value in record.items():
        assert f'"{part}"' in documented
        if part != "layer" and isinstance(value, dict):
            assert all(f'"{name}"' in documented for name in value)
