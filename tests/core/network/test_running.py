"""A network is run by torch, with the weights that it is given."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import (
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Shape,
)
from explorer.core.network import Network
from explorer.core.network.running import Runner, initial_weights, modules
from tests.core.network.strategies import networks
from tests.core.strategies import without_advice
from tests.fresh import printed_by

NETWORK = Network(
    (
        Conv2d(1, 3, (3, 3)),
        BatchNorm2d(3),
        ReLU(inplace=True),
        MaxPool2d((2, 2), return_indices=True),
        Dropout(0.9, inplace=True),
        Flatten(),
        Linear(27, 4),
    )
)
PICTURE = np.random.default_rng(0).standard_normal((1, 8, 8)).astype(np.float32)


@given(networks(), st.integers(0, 2**32 - 1))
def test_weights_depend_on_the_seed_alone(case: tuple[Network, Shape], seed: int) -> None:
    network, _ = case
    before = torch.get_rng_state()
    first, again = initial_weights(network, seed), initial_weights(network, seed)
    assert torch.equal(torch.get_rng_state(), before)
    assert {name: array.shape for name, array in first.items()} == network.state_shapes
    assert list(first) == list(network.state_shapes)
    for name, array in first.items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, again[name])


def test_weights_are_those_that_torch_draws_itself() -> None:
    torch_seed = torch.get_rng_state()
    try:
        torch.manual_seed(7)
        theirs = torch.nn.Sequential(torch.nn.Conv2d(1, 3, 3), torch.nn.Linear(5, 2)).state_dict()
    finally:
        torch.set_rng_state(torch_seed)
    ours = initial_weights(Network((Conv2d(1, 3, (3, 3)), Linear(5, 2))), 7)
    for mine, other in zip(ours.values(), theirs.values(), strict=True):
        np.testing.assert_array_equal(mine, other.numpy())


def test_loaded_weights_are_used_and_copied() -> None:
    weights = initial_weights(NETWORK, 3)
    runner = Runner(NETWORK)
    runner.load(weights)
    first = list(runner.outputs(PICTURE))
    for array in weights.values():
        array.fill(0)
    for mine, again in zip(first, runner.outputs(PICTURE), strict=True):
        np.testing.assert_array_equal(mine, again)
    runner.load(weights)
    assert not any(output.any() for output in runner.outputs(PICTURE))


# In a process of its own: another test may have imported it.
_LARGE = """
import sys
import numpy as np
from explorer.core.layers import BatchNorm2d, Conv2d, Flatten, Linear
from explorer.core.network import Network
from explorer.core.network.running import FEW, Runner, initial_weights

network = Network((Conv2d(1, 4, (3, 3)), BatchNorm2d(4), Flatten(), Linear(2704, 200)))
weights = initial_weights(network, 3)
assert sum(array.size for array in weights.values()) > FEW
runner = Runner(network)
runner.load(weights)
x = np.ones((1, 28, 28), np.float32)
*_, before, output = runner.outputs(x)
expected = weights["fc.weight"] @ before + weights["fc.bias"]
np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-5)
print("sympy" in sys.modules)
"""


def test_a_large_network_is_made_without_the_parts_of_torch_that_take_a_second() -> None:
    assert printed_by(_LARGE).strip() == "False"


def test_every_output_stays_as_it_was_and_nothing_is_dropped() -> None:
    runner = Runner(NETWORK)
    runner.load(initial_weights(NETWORK, 3))
    kept = PICTURE.copy()
    found = list(runner.outputs(PICTURE))
    np.testing.assert_array_equal(PICTURE, kept)
    assert found[1].min() < 0, "ReLU was not written over what it read"
    np.testing.assert_array_equal(found[2], np.maximum(found[1], 0))
    np.testing.assert_array_equal(found[4], found[3])


def test_a_layer_can_be_switched_off() -> None:
    runner = Runner(NETWORK)
    runner.load(initial_weights(NETWORK, 3))
    plain = list(runner.outputs(PICTURE))
    off = list(runner.outputs(PICTURE, {"relu": "identity", "fc": "zeros"}))
    np.testing.assert_array_equal(off[1], plain[1])
    np.testing.assert_array_equal(off[2], plain[1])
    assert off[6].shape == (4,) and not off[6].any()
    nothing = list(runner.outputs(PICTURE, {"pool": "identity"}))
    assert nothing[3].shape == plain[3].shape and not nothing[3].any()


def test_layers_run_up_to_the_one_that_does_not_fit() -> None:
    runner = Runner(NETWORK.replaced(6, Linear(5, 4)))
    outputs = runner.outputs(PICTURE)
    shapes = [next(outputs).shape for _ in range(6)]
    assert shapes == [(3, 6, 6)] * 3 + [(3, 3, 3)] * 2 + [(27,)]
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        next(outputs)


def test_gradients_are_those_of_who_iterates() -> None:
    runner = Runner(NETWORK)
    for output in runner.outputs(PICTURE):
        assert torch.is_grad_enabled()
        assert isinstance(output, np.ndarray)
    with torch.no_grad():
        next(runner.outputs(PICTURE))
        assert not torch.is_grad_enabled()


@given(networks())
def test_modules_are_made_as_they_are_named(case: tuple[Network, Shape]) -> None:
    network, _ = case
    with without_advice():
        made = modules(network, 0)
    assert tuple(made) == network.names
    kinds = [type(layer).__name__ for layer in network.layers]
    assert [type(module).__name__ for module in made.values()] == kinds
