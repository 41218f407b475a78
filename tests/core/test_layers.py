"""The layers are torch's: names, defaults, shapes, and what they refuse."""

import dataclasses
import inspect
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.core.geometry import PADDING_MODES, Pair
from explorer.core.layers import (
    OPERATIONS,
    AvgPool2d,
    Conv2d,
    Layer,
    LayerError,
    MaxPool2d,
    Parameter,
)
from tests.core.strategies import Case, cases, module, numbers, torch_output

SMALLEST: dict[str, Layer] = {
    "Conv2d": Conv2d(1, 1, (3, 3)),
    "MaxPool2d": MaxPool2d((3, 3)),
    "AvgPool2d": AvgPool2d((3, 3)),
}


def test_every_operation_is_tested() -> None:
    assert list(OPERATIONS) == list(SMALLEST)


@pytest.mark.parametrize("name", OPERATIONS)
def test_fields_are_the_parameters_of_torch(name: str) -> None:
    signature = inspect.signature(getattr(torch.nn, name)).parameters
    expected = [p for p in signature.values() if p.name not in ("device", "dtype")]
    fields = dataclasses.fields(OPERATIONS[name])
    assert [f.name for f in fields] == [p.name for p in expected]
    for about, field, theirs in zip(OPERATIONS[name].parameters(), fields, expected, strict=True):
        required = field.default is dataclasses.MISSING
        assert required == (theirs.default is inspect.Parameter.empty)
        if not required:
            pair = about.kind == "pair" and theirs.default is not None
            assert field.default == ((theirs.default,) * 2 if pair else theirs.default)


@pytest.mark.parametrize("operation", OPERATIONS.values())
def test_every_parameter_explains_itself(operation: type[Layer]) -> None:
    for about in operation.parameters():
        assert str(about.label)
        assert str(about.help).endswith(".")
        assert about.minimum < about.maximum
        assert bool(about.choices) == (about.kind == "choice")


@given(cases(), st.integers(0, 2**32 - 1))
def test_shapes_are_those_of_torch(case: Case, seed: int) -> None:
    layer = case.layer
    x, weight, bias = numbers(case, seed)
    _, channels, *size = torch_output(layer, x[None], weight, bias).shape
    assert layer.output_size(case.size) == tuple(size)
    assert layer.output_channels(case.channels) == channels
    made = dict(module(layer).named_parameters())
    assert layer.weight_shape == (tuple(made["weight"].shape) if "weight" in made else None)
    assert layer.has_bias == ("bias" in made)


@pytest.mark.parametrize(
    ("layer", "size", "output"),
    [
        (Conv2d(1, 10, (5, 5)), (28, 28), (24, 24)),
        (Conv2d(1, 1, (3, 3), padding=(1, 1), stride=(2, 2)), (256, 256), (128, 128)),
        (MaxPool2d((2, 2)), (128, 128), (64, 64)),
        (Conv2d(5, 10, (3, 3)), (100, 100), (98, 98)),
        (Conv2d(1, 1, (3, 3), stride=(2, 1)), (5, 5), (2, 3)),  # vertical first
        (MaxPool2d((3, 3)), (5, 5), (1, 1)),
        (MaxPool2d((3, 3), ceil_mode=True), (5, 5), (2, 2)),
        # The formula says 17, but that window would start behind the input.
        (MaxPool2d((1, 1), (2, 2), ceil_mode=True), (32, 32), (16, 16)),
        (AvgPool2d((1, 1), (2, 2), ceil_mode=True), (32, 32), (16, 16)),
        (MaxPool2d((2, 2), (2, 2), (1, 1), ceil_mode=True), (4, 4), (3, 3)),
    ],
)
def test_known_output_sizes(layer: Layer, size: Pair, output: Pair) -> None:
    assert layer.output_size(size) == output
    channels = layer.in_channels if isinstance(layer, Conv2d) else 1
    x = torch.zeros(1, channels, *size).numpy()
    assert tuple(torch_output(layer, x).shape[2:]) == output


def test_one_number_stands_for_both_directions() -> None:
    one: Any = 3
    assert MaxPool2d(one) == MaxPool2d((3, 3))
    assert Conv2d(1, 1, (3, 3), stride=one).stride == (3, 3)


def test_stride_of_pooling_follows_the_kernel() -> None:
    layer = AvgPool2d((2, 3))
    assert (layer.stride, layer.setting("stride")) == (None, (2, 3))
    assert layer.with_(kernel_size=(4, 5)).setting("stride") == (4, 5)
    assert layer.with_(stride=(1, 2)).setting("stride") == (1, 2)


# -------------------------------------------------------------------------------------- validation

NONSENSE: dict[str, tuple[Any, ...]] = {
    "pair": (True, 1.0, 2.5, float("nan"), "3", "same", (1, 2, 3), (1,), (), [3, 3], {3}, object()),
    "number": (True, 1.0, float("nan"), float("inf"), "3", (1, 1), [1], {}),
    "channels": (True, None, 1.0, float("nan"), "3", (1, 1), [1], {}),
    "flag": (None, 0, 1, 1.0, "True", (True, True), []),
    "choice": (None, 0, True, "", "Zeros", "constant", ["zeros"], float("nan")),
}
HALF_WRONG = ((1, True), (2.0, 1), (1, None), ("1", 1), (1, float("nan")), ((1, 1), 1), (1, [1]))
TOO_LARGE = (2**31, 2**63, 10**30, 10**5000)
PARAMETERS = [(name, about) for name in OPERATIONS for about in OPERATIONS[name].parameters()]


@pytest.mark.parametrize(("name", "about"), PARAMETERS, ids=lambda v: getattr(v, "name", v))
def test_nonsense_is_refused_in_one_sentence(name: str, about: Any) -> None:
    values = [*NONSENSE[about.kind]]
    if about.optional is None:
        values.append(None)
    if about.kind in ("pair", "number", "channels"):
        below = (about.minimum - 1, -1, -(10**30), -(10**5000))
        values += [*below, *TOO_LARGE]
    if about.kind == "pair":
        values += [*HALF_WRONG, *((1, value) for value in (*below, *TOO_LARGE))]
    for value in values:
        with pytest.raises(LayerError) as refusal:
            SMALLEST[name].with_(**{about.name: value})
        sentence = str(refusal.value)
        assert sentence.startswith(about.name)
        assert sentence.endswith(".")
        assert len(sentence) < 120


_ONE = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from((*PADDING_MODES, "same", np.int64(2), np.ones(2), torch.tensor(1)))
)
ANYTHING = _ONE | st.tuples(_ONE, _ONE) | st.lists(_ONE, max_size=3) | st.tuples(_ONE, _ONE, _ONE)


@given(st.sampled_from(PARAMETERS), ANYTHING)
def test_anything_is_a_layer_for_torch_or_a_layer_error(
    which: tuple[str, Parameter], value: object
) -> None:
    name, about = which
    try:
        layer = SMALLEST[name].with_(**{about.name: value})
    except LayerError:
        return
    with torch.device("meta"):  # without memory for the weights, however many there are
        module(layer)


@given(*[st.integers(1, 6)] * 3)
@example(4, 4, 2)
def test_groups_are_those_of_torch(in_channels: int, out_channels: int, groups: int) -> None:
    try:
        torch.nn.Conv2d(in_channels, out_channels, 1, groups=groups)
    except ValueError:
        with pytest.raises(LayerError, match=f"must be divisible by groups={groups}"):
            Conv2d(in_channels, out_channels, (1, 1), groups=groups)
    else:
        layer = Conv2d(in_channels, out_channels, (1, 1), groups=groups)
        one_channel_each = np.eye(in_channels, dtype=np.float32)[..., None, None]
        assert layer.weight_shape is not None
        ones = np.ones(layer.weight_shape, np.float32)
        read = torch_output(layer.with_(bias=False), one_channel_each, ones)[..., 0, 0] > 0
        for channel in range(out_channels):
            theirs = read[:, channel].nonzero().flatten().tolist()
            assert list(layer.inputs_of(channel, in_channels)) == theirs
