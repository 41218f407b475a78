"""Every repair makes a layer fit, and torch says why it did not."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.core.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Dropout2d,
    Flatten,
    GroupNorm,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
    Shape,
    Softmax,
)
from explorer.core.layers.module import LARGEST
from explorer.core.network import Network, flow
from explorer.core.network.repair import repairs, torch_reason
from explorer.core.network.running import Runner
from explorer.core.network.stack import MOST_LAYERS
from tests.core.any_layers import any_modules
from tests.core.network.strategies import any_networks, networks
from tests.core.strategies import without_advice

DIGIT = (1, 28, 28)
SHAPES = st.one_of(
    st.tuples(st.integers(1, 40)),
    st.tuples(st.integers(1, 4), st.integers(1, 12)),
    st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12)),
)


def broken(network: Network, shape: Shape) -> int | None:
    return next((i for i, p in enumerate(flow(network, shape)) if p.problem is not None), None)


def runs(network: Network, shape: Shape) -> bool:
    """Tell whether torch takes it too."""
    try:
        with without_advice():
            list(Runner(network).outputs(np.zeros(shape, np.float32)))
    except (RuntimeError, ValueError, IndexError):
        return False
    return True


@st.composite
def damaged(draw: st.DrawFn) -> tuple[Network, Shape]:
    """Return networks of which one layer is another, gone, or one too many."""
    network, shape = draw(networks())
    at = draw(st.integers(0, len(network.layers) - 1))
    other = draw(any_modules())
    changed = (network.replaced(at, other), network.inserted(at, other), network.removed(at))
    return draw(st.sampled_from(changed)), shape


def check_every_repair(network: Network, shape: Shape) -> None:
    at = broken(network, shape)
    found = repairs(network, shape)
    if at is None:
        assert found == ()
        return
    assert str(found[-1].label) == "Remove this layer"
    assert found[-1].network == network.removed(at)
    assert len({repair.network for repair in found}) == len(found)
    assert len({str(repair.label) for repair in found}) == len(found)
    for repair in found:
        more = len(repair.network.layers) - len(network.layers)
        still = broken(repair.network, shape)
        assert still is None or still > at + more
        fitting = Network(repair.network.layers[: at + more + 1])
        if repair is not found[-1]:
            assert runs(fitting, shape)


@given(any_networks(), SHAPES.filter(lambda shape: len(shape) == 3))
def test_a_repair_makes_the_layer_fit(network: Network, shape: Shape) -> None:
    assume(max(layer_numbers(network)) < 2**20)
    check_every_repair(network, shape)


@settings(max_examples=settings().max_examples // 2)
@given(damaged())
def test_a_repair_makes_a_layer_fit_that_was_damaged(case: tuple[Network, Shape]) -> None:
    check_every_repair(*case)


def layer_numbers(network: Network) -> list[int]:
    return [0, *(int(np.prod(shape)) for shape in network.weight_shapes.values())]


@settings(max_examples=settings().max_examples // 2)
@given(any_networks(8) | damaged().map(lambda case: case[0]), st.integers(0, 3))
def test_one_repair_after_the_other_makes_all_of_it_fit(network: Network, choice: int) -> None:
    shape = (2, 9, 11)
    for _ in range(2 * len(network.layers)):
        if broken(network, shape) is None:
            return
        found = repairs(network, shape)
        network = found[min(choice, len(found) - 1)].network
    assert broken(network, shape) is None


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (
            [Flatten(), Linear(320, 10)],
            {"Set in_features to 784": [Flatten(), Linear(784, 10)]},
        ),
        (
            [Conv2d(1, 2, (5, 5)), Linear(320, 10)],
            {
                "Insert Flatten() and set in_features to 1152": [
                    Conv2d(1, 2, (5, 5)),
                    Flatten(),
                    Linear(1152, 10),
                ]
            },
        ),
        ([Linear(784, 10)], {"Insert Flatten()": [Flatten(), Linear(784, 10)]}),
        (
            [Conv2d(1, 2, (5, 5)), BatchNorm2d(3)],
            {"Set num_features to 2": [Conv2d(1, 2, (5, 5)), BatchNorm2d(2)]},
        ),
        (
            [Conv2d(1, 6, (5, 5)), GroupNorm(4, 8)],
            {"Set num_groups to 3 and num_channels to 6": [Conv2d(1, 6, (5, 5)), GroupNorm(3, 6)]},
        ),
        (
            [Conv2d(1, 8, (5, 5)), GroupNorm(3, 8)],
            {"Set num_groups to 2": [Conv2d(1, 8, (5, 5)), GroupNorm(2, 8)]},
        ),
        (
            [AvgPool2d((28, 28)), GroupNorm(1, 1)],
            {},
        ),
        (
            [Conv2d(1, 8, (28, 28)), GroupNorm(8, 8, eps=0)],
            {
                "Set num_groups to 4 and eps to 1e-05": [
                    Conv2d(1, 8, (28, 28)),
                    GroupNorm(4, 8),
                ]
            },
        ),
        (
            [Flatten(), GroupNorm(3, 784)],
            {"Set num_groups to 2": [Flatten(), GroupNorm(2, 784)]},
        ),
        (
            [BatchNorm2d(1, eps=0, track_running_stats=False)],
            {"Set eps to 1e-05": [BatchNorm2d(1, track_running_stats=False)]},
        ),
        (
            [AvgPool2d((28, 28)), BatchNorm2d(1, track_running_stats=False)],
            {"Set track_running_stats to True": [AvgPool2d((28, 28)), BatchNorm2d(1)]},
        ),
        (
            [Conv2d(1, 2, (5, 5)), Conv2d(1, 4, (3, 3))],
            {"Set in_channels to 2": [Conv2d(1, 2, (5, 5)), Conv2d(2, 4, (3, 3))]},
        ),
        (
            [AvgPool2d((14, 14)), Conv2d(1, 2, (3, 3))],
            {
                "Set kernel_size to 2": [AvgPool2d((14, 14)), Conv2d(1, 2, (2, 2))],
                "Set padding to 1": [AvgPool2d((14, 14)), Conv2d(1, 2, (3, 3), padding=(1, 1))],
            },
        ),
        (
            [Flatten(), ReLU(), MaxPool2d((2, 2))],
            {"Remove the Flatten before it": [ReLU(), MaxPool2d((2, 2))]},
        ),
        (
            [Flatten(), BatchNorm2d(784)],
            {"Remove the Flatten before it and set num_features=1": [BatchNorm2d(1)]},
        ),
        (
            [Flatten(), Dropout2d(0.25)],
            {
                "Put Dropout in its place": [Flatten(), Dropout(0.25)],
                "Remove the Flatten before it": [Dropout2d(0.25)],
            },
        ),
        ([Flatten(), Linear(784, 10), MaxPool2d((2, 2))], {}),
        (
            [Flatten(), LogSoftmax(2)],
            {"Set dim to 1": [Flatten(), LogSoftmax(1)]},
        ),
        ([Softmax(0)], {"Set dim to 1": [Softmax(1)]}),
        ([Flatten(2), Softmax()], {"Set dim to 1": [Flatten(2), Softmax(1)]}),
        ([Flatten(), Softmax(-3)], {"Set dim to -1": [Flatten(), Softmax(-1)]}),
        ([Flatten(0)], {"Set start_dim to 1": [Flatten()]}),
        ([Flatten(3, 1)], {"Set start_dim to 1": [Flatten(1, 1)]}),
        (
            [Flatten(), Flatten(2, 3)],
            {"Set start_dim to 1 and end_dim to 1": [Flatten(), Flatten(1, 1)]},
        ),
        ([Conv2d(1, 200, (1, 1)), Linear(1, 1)], {}),
    ],
)
def test_what_is_proposed(layers: list[Module], expected: dict[str, list[Module]]) -> None:
    network = Network(tuple(layers))
    at = broken(network, DIGIT)
    assert at is not None
    found = {str(repair.label): list(repair.network.layers) for repair in repairs(network, DIGIT)}
    assert found == {**expected, "Remove this layer": [*layers[:at], *layers[at + 1 :]]}


def test_no_repair_makes_a_network_too_long() -> None:
    network = Network((*[ReLU()] * (MOST_LAYERS - 1), Linear(784, 10)))
    (only,) = repairs(network, DIGIT)
    assert str(only.label) == "Remove this layer"


# -------------------------------------------------------------------------------- in torch's words


@given(any_modules(), SHAPES)
def test_torch_says_why_it_refuses(layer: Module, shape: Shape) -> None:
    assume(max(layer_numbers(Network((layer,)))) < 2**20)
    before = torch.get_rng_state()
    reason = torch_reason(layer, shape)
    assert torch.equal(torch.get_rng_state(), before)
    assert "\n" not in reason
    if reason:
        assert layer.shape_problem(shape) is not None
    elif layer.shape_problem(shape) is None:
        assert runs_alone(layer, shape)


def runs_alone(layer: Module, shape: Shape) -> bool:
    module = layer.as_torch().eval().double()  # float64: see tests.core.strategies.torch_refusal
    try:
        with torch.no_grad(), without_advice():
            module(torch.zeros((1, *shape), dtype=torch.float64))
    except (RuntimeError, ValueError, IndexError):
        return False
    return True


@pytest.mark.parametrize(
    ("layer", "shape", "reason"),
    [
        (Linear(50, 10), (320,), "mat1 and mat2 shapes cannot be multiplied (1x320 and 50x10)"),
        (Linear(LARGEST, LARGEST), (320,), "(1x320 and 32768x32768)"),
        (Conv2d(LARGEST, LARGEST, (31, 31)), (3, 5, 5), "to have 32768 channels, but got 3"),
        (ConvTranspose2d(4096, 512, (5, 5)), (3, 4, 4), "to have 4096 channels, but got 3"),
        (Conv2d(512, 512, (31, 31)), (512, 4, 4), "Kernel size can't be greater than actual input"),
        (ConvTranspose2d(512, 512, (9, 9), padding=(9, 9)), (512, 2, 2), "too small"),
        (Conv2d(1, LARGEST, (31, 31)), (40, 40), ""),
        (
            Conv2d(2, 2, (3, 3), padding=(LARGEST, LARGEST), padding_mode="replicate"),
            (1, 4, 4),
            "channel",
        ),
        (BatchNorm2d(3), (4, 2, 2), "running_mean should contain 4 elements not 3"),
        (BatchNorm2d(3), (12,), "expected 4D input (got 2D input)"),
        (BatchNorm2d(3, track_running_stats=False), (3, 1, 1), "more than 1 value per channel"),
        (GroupNorm(3, 4), (4, 2, 2), "must be divisible by num_groups"),
        (GroupNorm(2, 4), (6, 2, 2), "but got weight of shape [4] and input of shape [1, 6, 2, 2]"),
        (GroupNorm(2, 4, affine=False), (5, 2, 2), "to be divisible by num_groups"),
        (GroupNorm(4, 4), (4, 1, 1), "more than 1 value per channel"),
        (GroupNorm(2, 4, eps=0), (4, 2, 2), ""),
        (Softmax(3), (12,), "Dimension out of range"),
        (Flatten(3, 1), (4, 2, 2), "start_dim cannot come after end_dim"),
        (Conv2d(2, 2, (3, 3), groups=3), (2, 5, 5), "divisible by groups"),
        (Conv2d(2, 2, (3, 3)), (3, 5, 5), "to have 2 channels, but got 3 channels instead"),
        (Conv2d(1, 1, (3, 3)), (12,), "Expected 3D (unbatched) or 4D (batched) input"),
        (ConvTranspose2d(1, 1, (1, 1), padding=(4, 4)), (1, 2, 2), "size"),
        (MaxPool2d((3, 3)), (1, 2, 2), "Output size is too small"),
        (MaxPool2d((LARGEST, LARGEST)), (1, 2, 2), "too small"),
        (Dropout2d(), (12,), ""),
        (Flatten(0), (4, 2, 2), ""),
        (Softmax(0), (12,), ""),
        (MaxPool2d((2, 2)), (3, 4), ""),
        (Linear(12, 2), (12,), ""),
    ],
)
def test_some_words_of_torch(layer: Module, shape: Shape, reason: str) -> None:
    found = torch_reason(layer, shape)
    assert reason in found and bool(reason) == bool(found)
