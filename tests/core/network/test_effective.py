"""The gradient of a unit: nothing outside of what it is made of, and known maps."""

from collections.abc import Iterator

import numpy as np
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    Array,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    Linear,
    MaxPool2d,
    Module,
    ReLU,
    Softmax,
    Tanh,
)
from explorer.core.network import Network, flow
from explorer.core.network.effective import (
    Box,
    effective,
    smallest_square,
    strongest,
    theoretical,
)
from explorer.core.network.running import Runner, Weights, initial_weights
from explorer.core.network.state import Spot

SIZE = (2, 11, 12)

SPATIAL = st.one_of(
    st.builds(
        lambda out, kernel, stride, padding, dilation: Conv2d(
            1, out, kernel, stride=stride, padding=padding, dilation=dilation
        ),
        st.integers(1, 3),
        st.tuples(st.integers(1, 4), st.integers(1, 4)),
        st.tuples(st.integers(1, 3), st.integers(1, 3)),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.integers(1, 2), st.integers(1, 2)),
    ),
    st.builds(
        lambda mode, padding: Conv2d(1, 2, (3, 3), padding=padding, padding_mode=mode),
        st.sampled_from(("reflect", "replicate", "circular")),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
    ),
    st.builds(
        lambda kernel, stride: ConvTranspose2d(1, 2, kernel, stride=stride),
        st.tuples(st.integers(1, 3), st.integers(1, 3)),
        st.tuples(st.integers(1, 3), st.integers(1, 3)),
    ),
    st.builds(MaxPool2d, st.tuples(st.integers(1, 3), st.integers(1, 3))),
    st.builds(AvgPool2d, st.tuples(st.integers(1, 3), st.integers(1, 3))),
    st.builds(AdaptiveAvgPool2d, st.tuples(st.integers(1, 4), st.integers(1, 4))),
    st.sampled_from((ReLU(), Tanh(), BatchNorm2d(1), Softmax(1))),
)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return a network that fits `SIZE`, whatever its layers are."""
    layers: list[Module] = []
    for drawn in draw(st.lists(SPATIAL, min_size=1, max_size=5)):
        shape = flow(Network(tuple(layers)), SIZE)[-1].output if layers else SIZE
        assert shape is not None
        channels = shape[0]
        layer: Module = drawn
        if isinstance(drawn, Conv2d | ConvTranspose2d):
            layer = drawn.with_(in_channels=channels)
        elif isinstance(drawn, BatchNorm2d):
            layer = drawn.with_(num_features=channels)
        if layer.shape_problem(shape) is None:
            layers.append(layer)
    assume(layers)
    if draw(st.booleans()):
        shape = flow(Network(tuple(layers)), SIZE)[-1].output
        assert shape is not None
        layers += [Flatten(), Linear(int(np.prod(shape)), 3)]
    return Network(tuple(layers))


@given(networks(), st.data())
@settings(max_examples=60)
def test_outside_of_what_it_is_made_of_nothing_moves_a_unit(network: Network, data: st.DataObject):
    place = data.draw(st.integers(0, len(network.layers) - 1))
    output = flow(network, SIZE)[place].output
    assert output is not None
    at = [data.draw(st.integers(0, side - 1)) for side in output]
    spot = Spot(place, *at)
    pictures = np.random.default_rng(0).standard_normal((3, *SIZE)).astype(np.float32)
    heat = last(effective(network, initial_weights(network, 1), spot, pictures))
    assert heat.shape == SIZE[1:] and heat.dtype == np.float32
    region = theoretical(network, SIZE, spot)
    outside = np.ones(SIZE[1:], bool)
    outside[np.ix_(region.rows, region.columns)] = False
    assert not heat[outside].any()


def last(found: Iterator[Array | None]) -> Array:
    *_, heat = found
    assert heat is not None
    return heat


def test_a_stack_of_ones_counts_the_ways_from_a_pixel_to_the_unit():
    network = Network((Conv2d(1, 1, (3, 3), bias=False),) * 3)
    ones = {name: np.ones(shape, np.float32) for name, shape in network.state_shapes.items()}
    heat = last(effective(network, ones, Spot(2, 0, 1, 2), np.zeros((1, 1, 11, 11), np.float32)))
    ways = np.array([1, 3, 6, 7, 6, 3, 1], np.float32)
    expected = np.zeros((11, 11), np.float32)
    expected[1:8, 2:9] = np.outer(ways, ways)
    np.testing.assert_array_equal(heat, expected)


def test_it_is_torchs_gradient_of_each_picture_in_the_mean():
    network = Network((Conv2d(2, 3, (3, 3)), Tanh(), Flatten(), Linear(3 * 9 * 10, 4)))
    weights = initial_weights(network, 5)
    pictures = np.random.default_rng(1).standard_normal((40, *SIZE)).astype(np.float32)
    every = list(effective(network, weights, Spot(3, 2), pictures))
    found = [heat for heat in every if heat is not None]
    assert len(every) == 2 + 2 * 2 * 4, "one can give up between any two layers"
    assert len(found) == 2, "there is a place to give up in between"

    module = torch.nn.Sequential(*(layer.as_torch() for layer in network.layers))
    for tensor, array in zip(module.state_dict().values(), weights.values(), strict=True):
        tensor.copy_(torch.from_numpy(array))
    total = torch.zeros(SIZE[1:])
    for picture in pictures:
        x = torch.from_numpy(picture)[None].requires_grad_(True)
        module(x)[0, 2].backward()
        assert x.grad is not None
        total += x.grad.abs().sum(dim=(0, 1))
    np.testing.assert_allclose(found[-1], (total / 40).numpy(), rtol=1e-4, atol=1e-7)


def test_a_silent_unit_and_a_layer_of_zeros_hear_nothing():
    network = Network((Conv2d(1, 1, (3, 3)), ReLU()))
    weights: Weights = {
        "conv1.weight": np.ones((1, 1, 3, 3), np.float32),
        "conv1.bias": np.array([-99.0], np.float32),
    }
    picture = np.ones((1, 1, 5, 5), np.float32)
    heat = last(effective(network, weights, Spot(1, 0), picture))
    assert not heat.any() and smallest_square(heat) is None
    heat = last(effective(network, weights, Spot(0, 0), picture, {"conv1": "zeros"}))
    assert not heat.any()
    heat = last(effective(network, weights, Spot(1, 0, 1, 1), picture, {"relu": "identity"}))
    assert heat.sum() == 9


def test_batches_run_as_pictures_do():
    network = Network((Conv2d(2, 3, (3, 3)), ReLU(), MaxPool2d((2, 2)), Flatten()))
    runner = Runner(network)
    runner.load(initial_weights(network, 0))
    pictures = np.random.default_rng(1).standard_normal((4, *SIZE)).astype(np.float32)
    together = list(runner.stages(torch.from_numpy(pictures), {"relu": "zeros"}))
    for number, picture in enumerate(pictures):
        for batch, alone in zip(together, runner.outputs(picture, {"relu": "zeros"}), strict=True):
            np.testing.assert_allclose(batch[number].numpy(), alone, rtol=1e-5, atol=1e-6)
    assert not together[-1].requires_grad
    x = torch.from_numpy(pictures)
    *_, (before, output) = runner.links(x)
    assert output.requires_grad and before.is_leaf


def test_the_strongest_unit_is_the_one_with_the_largest_number():
    maps = np.zeros((3, 4, 5), np.float32)
    maps[1, 2, 3], maps[0, 0, 0] = 2, np.nan
    assert strongest(maps, 4) == Spot(4, 1, 2, 3)
    assert strongest(np.array([1, 5, 2], np.float32), 7) == Spot(7, 1)


def test_the_middle_of_a_box_has_half_of_its_sides():
    assert Box(0, 0, 7, 9).middle == Box(2, 2, 5, 6)
    assert Box(3, 3, 3, 3).middle == Box(3, 3, 3, 3)
    assert Box(2, 4, 6, 6).middle == Box(3, 4, 5, 5)
    heat = np.zeros((8, 10), np.float32)
    heat[3, 3], heat[0, 0] = 3, 1
    assert Box(0, 0, 7, 9).middle.share(heat) == 0.75


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 1000), st.floats(0.1, 1.0))
def test_no_smaller_square_holds_as_much(h: int, w: int, seed: int, share: float):
    heat = np.random.default_rng(seed).exponential(size=(h, w)).astype(np.float32) ** 4
    box = smallest_square(heat, share)
    assert box is not None
    assert box.share(heat) >= share - 1e-6
    side = max(box.size)
    assert box.size == (min(side, h), min(side, w))
    if side > 1:
        tall, wide = min(side - 1, h), min(side - 1, w)
        for top in range(h - tall + 1):
            for left in range(w - wide + 1):
                smaller = Box(top, left, top + tall - 1, left + wide - 1)
                assert smaller.share(heat) < share + 1e-6


def test_one_cell_is_a_square():
    heat = np.zeros((6, 6), np.float32)
    heat[4, 2] = 1
    assert smallest_square(heat) == Box(4, 2, 4, 2)
