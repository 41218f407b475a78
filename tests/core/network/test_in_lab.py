"""Any number of a network opens in the Lab with the very same value."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.core.arithmetic import TOLERANCE, evaluate, gather
from explorer.core.layers import (
    MODULES,
    Array,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Flatten,
    GroupNorm,
    Layer,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
    Shape,
    Softmax,
    Tanh,
)
from explorer.core.layers.guise import At, rectangle
from explorer.core.network import Network
from explorer.core.network.in_lab import PICTURE, Opened, lab_state
from explorer.core.network.presets import PRESETS, TRAINABLE
from explorer.core.network.running import Off, Runner, initial_weights
from explorer.core.scene import LabState
from explorer.core.text import Text
from tests.core.any_layers import any_modules

POOLINGS = tuple(kind for name, kind in MODULES.items() if "Pool" in name)
SEEDS = st.integers(0, 2**32 - 1)


@dataclass(frozen=True, eq=False)
class Run:
    """A network with drawn weights and what it makes of a drawn picture."""

    network: Network
    weights: Mapping[str, Array]
    x: Array
    outputs: list[Array]
    off: Mapping[str, Off]

    def opened(self, place: int, at: At) -> Opened | Text:
        return lab_state(self.network, self.weights, self.x, self.outputs, place, at, off=self.off)


def run(network: Network, shape: Shape, seed: int = 0, off: Mapping[str, Off] | None = None) -> Run:
    random = np.random.default_rng(seed)
    weights = initial_weights(network, seed % 1000)
    for name, values in weights.items():
        if "norm" in name:  # which begins as if it did nothing
            drawn = np.asarray(random.standard_normal(values.shape), np.float32)
            weights[name] = np.abs(drawn) + 0.2 if name.endswith("var") else drawn
    x = random.standard_normal(shape).astype(np.float32)
    runner = Runner(network)
    runner.load(weights)
    return Run(network, weights, x, list(runner.outputs(x, off)), off or {})


def shown(state: LabState) -> tuple[float, Array]:
    """Return the number under the pin, and the whole output."""
    assert state.fits and state.too_large is None
    evaluation = evaluate(state.layer, state.input, state.used_weight, state.bias)
    assert evaluation.output is not None and evaluation.proof is not None
    assert evaluation.proof.agrees
    assert state.cell == state.place
    assert state.explained is not None and state.explained.channel == state.channel
    return float(evaluation.output[(state.channel, *state.cell)]), evaluation.output


def check(found: Run, place: int, at: At) -> Opened | Text:
    """Hold the Lab's number against that of the network, in relation to the terms."""
    opened = found.opened(place, at)
    if isinstance(opened, Text):
        return opened
    output = found.x if place == PICTURE else found.outputs[place]
    theirs = float(output[at[: output.ndim]])
    state = opened.state
    ours, whole = shown(state)
    if np.isnan(theirs) or np.isnan(ours):
        assert np.isnan(theirs) and np.isnan(ours)
        return opened
    windows = gather(state.layer, state.input)
    difference = np.full(whole.shape, abs(ours - theirs))
    deviation = state.layer.deviation(windows, state.used_weight, state.bias, difference, whole)
    assert deviation[(state.channel, *state.cell)] <= TOLERANCE, (theirs, ours)
    where = found.x if opened.place == PICTURE else found.outputs[opened.place]
    assert float(where[opened.at[: where.ndim]]) == theirs
    return opened


def a_cell(shape: Shape, seed: int) -> At:
    random = np.random.default_rng(seed)
    channel, row, column = (*(int(random.integers(0, side)) for side in shape), 0, 0)[:3]
    return channel, row, column


def fitting(layer: Module, shape: Shape, draw: st.DrawFn) -> Module:
    """Return `layer` with as many channels or numbers as come in."""
    changes: dict[str, Any] = {}
    match layer:
        case Conv2d() | ConvTranspose2d():
            groups = draw(st.sampled_from([n for n in range(1, 5) if shape[0] % n == 0]))
            outputs = groups * draw(st.integers(1, 3))
            kernel = tuple(min(side, 4) for side in layer.kernel_size)
            changes = {"in_channels": shape[0], "out_channels": outputs, "groups": groups}
            changes |= {"kernel_size": kernel, "dilation": (1, 1)}
        case Linear():
            changes = {"in_features": shape[-1], "out_features": draw(st.integers(1, 12))}
        case BatchNorm2d():
            changes = {"num_features": shape[0], "eps": 1e-3}
        case GroupNorm():
            groups = draw(st.sampled_from([n for n in range(1, 33) if shape[0] % n == 0]))
            changes = {"num_groups": groups, "num_channels": shape[0], "eps": 1e-3}
    return layer.with_(**changes)


ONLY_MAPS: tuple[type[Module], ...] = (Conv2d, ConvTranspose2d, BatchNorm2d, Dropout2d, *POOLINGS)
SAFE: dict[str, Any] = {"kernel_size": (1, 1), "dim": -1}


@st.composite
def runs(draw: st.DrawFn, kind: type[Module]) -> tuple[Run, int]:
    """Return a network that works, and the place of a layer of `kind` at its end."""
    shape: Shape = (draw(st.integers(1, 20)), draw(st.integers(1, 9)), draw(st.integers(1, 9)))
    first, layers = shape, []
    for drawn in draw(st.lists(any_modules(), max_size=4)):
        if len(shape) != 3 and isinstance(drawn, ONLY_MAPS):
            continue
        layer = fitting(drawn, shape, draw)
        flattens = not layer.shape_problem(shape) and len(layer.output_shape(shape)) != 3
        if refused(layer, shape) or (flattens and issubclass(kind, ONLY_MAPS)):
            continue
        layers.append(layer)
        shape = layer.output_shape(shape)
    last = fitting(draw(any_modules(kind)), shape, draw)
    if refused(last, shape):
        last = fitting(kind.starting_from(SAFE), shape, draw)
    assume(not refused(last, shape))  # a variance of one number
    return run(Network((*layers, last)), first, draw(SEEDS)), len(layers)


def refused(layer: Module, shape: Shape) -> bool:
    if isinstance(layer, GroupNorm) and prod(shape) == layer.num_groups:
        return True
    if isinstance(layer, BatchNorm2d) and not layer.track_running_stats and prod(shape[1:]) == 1:
        return True
    return layer.shape_problem(shape) is not None or prod(layer.output_shape(shape)) > 4000


@pytest.mark.parametrize("kind", MODULES.values())
@settings(max_examples=settings().max_examples // 3)  # for each of the kinds
@given(st.data())
def test_the_lab_shows_the_number_of_the_network(kind: type[Module], data: st.DataObject):
    found, place = data.draw(runs(kind))
    opened = check(found, place, a_cell(found.outputs[place].shape, data.draw(SEEDS)))
    assert isinstance(opened, Opened)


@pytest.mark.parametrize("name", TRAINABLE)
def test_every_layer_of_every_network_opens(name: str):
    preset = PRESETS[name]
    found = run(preset.network, preset.input)
    for place, output in enumerate(found.outputs):
        for seed in range(3):
            assert isinstance(check(found, place, a_cell(output.shape, seed)), Opened)


def test_what_is_switched_off_opens_as_the_layer_before_or_says_so():
    network = Network((Conv2d(1, 3, (3, 3)), ReLU(), MaxPool2d((2, 2)), Flatten(), Linear(12, 2)))
    off: dict[str, Off] = {"relu": "identity", "pool": "identity", "fc": "zeros"}
    found = run(network, (1, 6, 6), off=off)
    opened = check(found, 1, (2, 3, 1))
    assert isinstance(opened, Opened)
    assert (opened.place, opened.at) == (0, (2, 3, 1))
    assert "relu is switched off" in str(opened.note) and "conv1" in str(opened.note)
    for place in (2, 4):  # a pooling cannot hand its input on: the shape is another
        refused = found.opened(place, (1, 0, 0))
        assert isinstance(refused, Text) and "nothing but zeros" in str(refused)
    assert isinstance(found.opened(3, (1, 0, 0)), Text)


def test_what_changes_no_number_opens_where_it_was_made():
    network = Network((Conv2d(1, 3, (3, 3)), Flatten(), Dropout(), Dropout()))
    opened = check(run(network, (1, 6, 5)), 3, (17, 0, 0))
    assert isinstance(opened, Opened)
    assert (opened.place, opened.at) == (0, (1, 1, 2))
    assert str(opened.note) == (
        "dropout2 drops nothing in eval(). dropout1 drops nothing in eval(). flatten only lays the "
        "numbers in a row. It is the same number where it was made: conv1."
    )


@pytest.mark.parametrize("channels", [1, 3, 70])
def test_the_picture_itself_opens_too(channels: int):
    found = run(Network((Flatten(), Linear(6 * channels, 2))), (channels, 2, 3))
    for place, at in ((PICTURE, (channels - 1, 1, 2)), (0, (6 * channels - 1, 0, 0))):
        opened = check(found, place, at)
        assert isinstance(opened, Opened) and opened.place == PICTURE
        assert isinstance(opened.state.layer, MaxPool2d)


def state_of(layers: tuple[Module, ...], shape: Shape, place: int, at: At) -> tuple[LabState, str]:
    opened = check(run(Network(layers), shape), place, at)
    assert isinstance(opened, Opened)
    return opened.state, "" if opened.note is None else str(opened.note)


def test_a_linear_layer_is_a_convolution_that_covers_everything():
    state, note = state_of((Flatten(), Tanh(), Linear(24, 5)), (2, 3, 4), 2, (3, 0, 0))
    assert state.layer == Conv2d(2, 5, (3, 4))
    assert "2 × 3 × 4" in note
    state, note = state_of(
        (Flatten(), Linear(24, 6), ReLU(), Linear(6, 5)), (2, 3, 4), 3, (3, 0, 0)
    )
    assert state.layer == Conv2d(1, 5, (2, 3))
    assert "6 numbers" in note


@pytest.mark.parametrize(
    ("layers", "at", "shape"),
    [
        ((GroupNorm(3, 6),), (4, 2, 1), (6, 3, 4)),
        ((GroupNorm(1, 6, affine=False), ReLU()), (4, 2, 1), (6, 3, 4)),
        ((Flatten(2), GroupNorm(2, 6)), (5, 11, 0), (6, 12, 1)),
        ((Flatten(1, 2), GroupNorm(6, 18)), (17, 3, 0), (18, 4, 1)),
        ((Flatten(), GroupNorm(8, 72)), (71, 0, 0), (1, 1, 1)),  # no room for all 72
    ],
)
def test_a_group_norm_multiplies_each_channel_and_adds(
    layers: tuple[Module, ...], at: At, shape: Shape
):
    place = next(i for i, layer in enumerate(layers) if isinstance(layer, GroupNorm))
    state, note = state_of(layers, (6, 3, 4), place, at)
    count = shape[0]
    assert state.layer == Conv2d(count, count, (1, 1), groups=count)
    assert state.input.shape == shape
    assert "norm is a 1 × 1 convolution" in note and "of its group in this very input" in note
    assert ("in a row is a channel" in note) == (len(layers) == 2 and place == 1)


def test_an_activation_is_itself():
    state, note = state_of((Tanh(),), (2, 3, 4), 0, (1, 2, 3))
    assert (state.layer, state.input.shape, note) == (Tanh(), (2, 3, 4), "")


@pytest.mark.parametrize("kind", [Softmax, LogSoftmax])
def test_a_softmax_of_numbers_in_a_row_has_a_channel_for_each(kind: type[Softmax]):
    state, _ = state_of((Flatten(), kind(1)), (2, 1, 4), 1, (5, 0, 0))
    assert (state.layer, state.input.shape) == (kind(1), (8, 1, 1))
    state, note = state_of((kind(1),), (100, 2, 2), 0, (99, 1, 0))
    assert (state.layer, state.input.shape) == (kind(3), (1, 1, 100))
    assert "100 channels" in note


@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
def test_what_there_is_no_room_for_is_left_out(kind: type[Conv2d]):
    one, note = state_of((kind(6, 200, (3, 3), groups=2),), (6, 7, 7), 0, (150, 2, 1))
    assert isinstance(one.layer, kind)
    assert (one.layer.in_channels, one.layer.out_channels, one.layer.groups) == (3, 1, 1)
    assert one.output_size == kind(1, 1, (3, 3)).out_size((7, 7))
    assert "Of 200 channels" in note
    number, note = state_of((kind(100, 3, (3, 3)),), (100, 7, 7), 0, (2, 2, 1))
    assert number.layer == Conv2d(1, 1, (30, 30))
    assert "100 input channels" in note


def test_padding_of_a_number_alone_is_in_its_window():
    for mode in ("zeros", "reflect", "circular"):
        layer: Layer = Conv2d(70, 2, (3, 3), padding=(2, 2), padding_mode=mode)
        state_of((layer,), (70, 5, 5), 0, (1, 0, 6))


def test_what_one_number_alone_is_too_much_of_says_why():
    refused = run(Network((Conv2d(600, 1, (3, 3)),)), (600, 3, 3)).opened(0, (0, 0, 0))
    assert isinstance(refused, Text)
    assert "5,400 numbers" in str(refused)


def test_missing_weights_are_a_missing_key():
    found = run(Network((Conv2d(1, 1, (3, 3)),)), (1, 3, 3))
    with pytest.raises(KeyError):
        lab_state(found.network, {}, found.x, found.outputs, 0, (0, 0, 0))


@given(st.integers(1, 3000))
def test_a_rectangle_has_as_many_cells_and_lies(count: int):
    h, w = rectangle(count)
    assert h * w == count and h <= w
