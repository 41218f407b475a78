"""What is no record of a scene: nothing damaged gets through, and each mistake has its place."""

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.core.inputs import DIGIT, INPUTS
from explorer.core.kernels import KERNELS
from explorer.core.layers import OPERATIONS, MaxPool2d
from explorer.core.record import MOST_WEIGHTS, VERSION, RecordError, from_record, to_record
from explorer.core.scene import OWN
from tests.core.scenes import Path, a_state, assert_same, changed, states, through_json


def refusal(record: object) -> RecordError:
    with pytest.raises(RecordError) as caught:
        from_record(record)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and len(message) < 400
    assert message == f"{caught.value.place or 'scene'}: {caught.value.meaning}"
    return caught.value


REFUSED: list[tuple[Path, object, str]] = [
    (("format",), "scene", "format: this is no scene"),
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
    (("input", "fit"), "stretch", "input.fit: 'stretch' is not known here; known are crop, scale"),
    (("input", "fit"), ["crop"], "input.fit: must be a text"),
    (("input", "values"), 1, "input.values: must be numbers in 3 levels"),
    (("input", "values"), [[1]], "3 levels"),
    (("input", "values"), [[[1, 2], [3]]], "rows of one length"),
    (("input", "values"), [], "shape is (0, 0, 0)"),
    (("input", "values"), [[[1] * 513]], "shape is (1, 1, 513)"),
    (("input", "values"), [[[1]]] * 65, "shape is (65, 1, 1)"),
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
    (("view", "stamping"), "yes", "view.stamping: must be true or false"),
    (("view", "tints"), 1, "view.tints: must be true or false"),
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


@pytest.mark.parametrize("shape", [(65, 1, 1), (1, 513, 1), (1, 1, 513)])
@pytest.mark.parametrize("name", ["input", "origin"])
def test_nothing_is_written_that_would_not_be_read(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(RecordError, match="the shape is"):
        to_record(a_state(sample=OWN, **{name: np.zeros(shape, np.float32)}))


def test_too_large_an_input_is_not_written() -> None:
    with pytest.raises(RecordError, match="at most"):
        to_record(a_state(sample=OWN, input=np.zeros((17, 512, 512), np.float32)))


def test_too_many_weights_are_not_written() -> None:
    weight = np.zeros((MOST_WEIGHTS // 9 + 1, 1, 3, 3), np.float32)
    with pytest.raises(RecordError, match="at most"):
        to_record(a_state(weight=weight))


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
