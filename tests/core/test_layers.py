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
    ELU,
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LayerError,
    LeakyReLU,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    Parameter,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.core.layers.module import LARGEST
from tests.core.strategies import Case, cases, module, numbers, torch_output, unmade_cases

SMALLEST: dict[str, Layer] = {
    "Conv2d": Conv2d(1, 1, (3, 3)),
    "ConvTranspose2d": ConvTranspose2d(1, 1, (3, 3)),
    "MaxPool2d": MaxPool2d((3, 3)),
    "AvgPool2d": AvgPool2d((3, 3)),
    "AdaptiveMaxPool2d": AdaptiveMaxPool2d((3, 3)),
    "AdaptiveAvgPool2d": AdaptiveAvgPool2d((3, 3)),
    "LPPool2d": LPPool2d(2, (3, 3)),
    "ReLU": ReLU(),
    "LeakyReLU": LeakyReLU(),
    "ELU": ELU(),
    "SiLU": SiLU(),
    "Sigmoid": Sigmoid(),
    "Tanh": Tanh(),
    "Softmax": Softmax(1),
    "LogSoftmax": LogSoftmax(1),
}


def test_every_operation_is_tested_and_in_the_order_in_which_it_is_offered() -> None:
    assert list(OPERATIONS) == list(SMALLEST)


@pytest.mark.parametrize("name", OPERATIONS)
def test_fields_are_the_parameters_of_torch(name: str) -> None:
    signature = inspect.signature(getattr(torch.nn, name)).parameters
    unnamed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    expected = [
        p for p in signature.values() if p.name not in ("device", "dtype") and p.kind not in unnamed
    ]
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


@pytest.mark.parametrize("kind", OPERATIONS.values())
@given(st.data(), st.integers(0, 2**32 - 1))
def test_shapes_are_those_of_torch(kind: type[Layer], data: st.DataObject, seed: int) -> None:
    case = data.draw(cases(kind))
    layer = case.layer
    x, weight, bias = numbers(case, seed)
    _, channels, *size = torch_output(layer, x[None], weight, bias).shape
    assert layer.out_size(case.size) == tuple(size)
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
        (Conv2d(1, 1, (4, 3), padding="same"), (5, 7), (5, 7)),
        (Conv2d(1, 1, (4, 3), padding="valid"), (5, 7), (2, 5)),
        (ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1)), (14, 14), (27, 27)),
        (ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1), (1, 0)), (14, 14), (28, 27)),
        (AdaptiveAvgPool2d((2, None)), (5, 7), (2, 7)),
        (AdaptiveMaxPool2d((9, 3)), (5, 7), (9, 3)),  # more than there was
        (LPPool2d(2, (3, 3), ceil_mode=True), (5, 5), (2, 2)),
    ],
)
def test_known_output_sizes(layer: Layer, size: Pair, output: Pair) -> None:
    assert layer.out_size(size) == output
    channels = getattr(layer, "in_channels", 1)
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


def test_padding_in_words_is_a_number_of_cells_on_each_side() -> None:
    layer = Conv2d(1, 1, (5, 4), dilation=(2, 1), padding="same")
    assert (layer.padding, layer.setting("padding")) == ("same", (4, 1))
    assert layer.with_(padding="valid").setting("padding") == (0, 0)
    assert layer.with_(padding=3).setting("padding") == (3, 3)


def test_a_norm_that_is_whole_is_a_whole_number() -> None:
    whole, half = LPPool2d(2.0, (2, 2)), LPPool2d(2.5, (2, 2))
    assert (repr(whole.norm_type), repr(half.norm_type)) == ("2", "2.5")
    nearly = LPPool2d(1.9999999999999991, (2, 2))  # torch has float32, where this is 2
    assert repr(nearly.norm_type) == "2"


KEPT: dict[str, Any] = {
    "in_channels": 3,
    "out_channels": 6,
    "groups": 3,
    "kernel_size": (5, 4),
    "output_size": (None, 2),
    "norm_type": 3,
    "padding": "same",
    "padding_mode": "reflect",
    "ceil_mode": True,
}


@pytest.mark.parametrize(("name", "operation"), OPERATIONS.items())
def test_another_kind_starts_with_what_it_can_keep(name: str, operation: type[Layer]) -> None:
    anew = operation.starting_from({})
    assert operation.starting_from({"kernel_size": "nonsense", "stride": 0}) == anew
    kept = operation.starting_from(KEPT)
    refused = {"padding", "padding_mode"} if name != "Conv2d" else set()
    for about in operation.parameters():
        expected = KEPT if about.name in KEPT and about.name not in refused else vars(anew)
        assert getattr(kept, about.name) == expected[about.name]


# -------------------------------------------------------------------------------------- validation

NONSENSE: dict[str, tuple[Any, ...]] = {
    "pair": (True, 1.0, 2.5, float("nan"), "3", "Same", (1, 2, 3), (1,), (), [3, 3], {3}, object()),
    "decimal": (True, None, "2", (1, 1), [1], {}, 1j, -1.0, float("nan"), float("inf"), 5e-324),
    "real": (True, None, "2", (1, 1), [1], {}, 1j, float("nan"), float("inf")),
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
    lowest = 1 if about.kind == "decimal" else about.minimum
    below = (lowest - 1, -1, -(10**30), -(10**5000))
    if about.kind in ("pair", "number", "channels", "decimal", "real"):
        values += [*(value for value in below if value < lowest), *TOO_LARGE]
    if about.kind == "pair":
        half_wrong = [pair for pair in HALF_WRONG if about.half_open is None or None not in pair]
        values += [*half_wrong, *((1, value) for value in (*below, *TOO_LARGE))]
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
    if about.name == "groups" and value != 1:
        assert layer.channel_problem(1) is not None
        return
    with torch.device("meta"):  # without memory for the weights, however many there are
        module(layer)


# ---------------------------------------------------------------------------------------- channels


@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
@given(*[st.integers(1, 6)] * 3)
@example(4, 4, 2)
def test_groups_are_those_of_torch(
    kind: type[Conv2d | ConvTranspose2d], in_channels: int, out_channels: int, groups: int
) -> None:
    layer = kind(in_channels, out_channels, (1, 1), groups=groups, bias=False)
    try:
        module(layer)
    except ValueError:
        assert "groups" in str(layer.channel_problem(in_channels))
        return
    assert layer.channel_problem(in_channels) is None
    assert layer.channel_problem(in_channels + 1) is not None
    one_channel_each = np.eye(in_channels, dtype=np.float32)[..., None, None]
    ones = np.ones(layer.weight_shape, np.float32)
    read = torch_output(layer, one_channel_each, ones)[..., 0, 0] > 0
    for channel in range(out_channels):
        theirs = read[:, channel].nonzero().flatten().tolist()
        assert list(layer.inputs_of(channel, in_channels)) == theirs


@given(cases(Conv2d, ConvTranspose2d))
def test_the_slices_of_a_channel_are_what_its_gradient_touches(case: Case) -> None:
    layer = case.layer
    assert layer.weight_shape is not None
    weight = torch.ones(layer.weight_shape, requires_grad=True)
    bias = torch.zeros(layer.output_channels(1)) if layer.has_bias else None
    output = layer.forward(torch.ones(1, case.channels, *case.size), weight, bias)
    numbered = np.arange(weight.numel()).reshape(layer.weight_shape)
    for channel in range(layer.output_channels(case.channels)):
        (used,) = torch.autograd.grad(output[0, channel].sum(), weight, retain_graph=True)
        slices = layer.kernel_for(numbered, channel)
        assert slices.shape[0] == len(layer.inputs_of(channel, case.channels))
        assert slices.shape[1:] == layer.setting("kernel_size")
        assert set(numbered[used.numpy() != 0]) <= set(slices.flat)
        read = layer.kernel_for(used.numpy(), channel)
        assert read.sum() == used.sum()


def test_what_no_torch_layer_takes_has_a_shape_to_be_shown_all_the_same() -> None:
    layer = Conv2d(2, 3, (3, 3), groups=4)
    assert layer.weight_shape == (3, 1, 3, 3)
    assert [list(layer.inputs_of(channel, 2)) for channel in range(3)] == [[0], [1], [2]]


@given(unmade_cases())
@example(Case(ConvTranspose2d(1, 3, (2, 2), groups=8), 1, (3, 3)))
def test_every_channel_has_slices_to_be_shown_whatever_the_groups(case: Case) -> None:
    layer = case.layer
    assert isinstance(layer, Conv2d | ConvTranspose2d)
    weight = np.zeros(layer.weight_shape, np.float32)
    for channel in range(layer.out_channels):
        slices = layer.kernel_for(weight, channel)
        assert slices.shape == (len(layer.inputs_of(channel, case.channels)), *layer.kernel_size)


# ------------------------------------------------------------------------------------------ limits


@pytest.mark.parametrize("size", [(1, 1), (12, 7)])
def test_the_largest_numbers_do_no_harm(size: Pair) -> None:
    for layer in (
        Conv2d(LARGEST, LARGEST, LARGEST, LARGEST, "same", LARGEST),  # type: ignore[arg-type]
        ConvTranspose2d(LARGEST, LARGEST, LARGEST, LARGEST),  # type: ignore[arg-type]
        AdaptiveAvgPool2d((LARGEST, LARGEST)),
        MaxPool2d((LARGEST, LARGEST)),
    ):
        assert len(layer.axes(size)) == 2
        layer.size_problem(size)
        layer.channel_problem(1)
