"""Operations on a state: only what is meant changes, and what was learned is never lost."""

import numpy as np
import pytest

from explorer.core.layers import Conv2d, Linear, MaxPool2d
from explorer.core.network import Network
from explorer.core.network.edits import completed
from explorer.core.network.operations import (
    Opened,
    Target,
    opened,
    with_bias,
    with_layer_learned,
    with_learned,
    with_numbers,
    with_replacement,
)
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.state import NetworkState

FIRST, SECOND, LAST = 0, 3, 7
"""Of compact: conv1, conv2 and fc."""


@pytest.fixture
def state() -> NetworkState:
    picture = np.zeros(DIGIT, np.uint8)
    return completed(NetworkState(PRESETS["compact"].network, picture, seed=4))


def at(state: NetworkState, place: int) -> Opened:
    found = opened(state, place)
    assert found is not None
    return found


def test_layers_with_kernels_can_be_opened(state: NetworkState):
    assert at(state, FIRST).kernels.shape == (10, 1, 5, 5)
    assert at(state, SECOND).kernels.shape == (20, 10, 5, 5)
    assert at(state, LAST).kernels.shape == (10, 20, 4, 4), "behind a Flatten its rows are maps"
    assert not at(state, SECOND).changed.any()
    assert opened(state, 1) is None and opened(state, None) is None and opened(state, 99) is None
    bare = NetworkState(state.network, state.picture)
    assert opened(bare, FIRST) is None, "there are no weights yet"


def test_a_replacement_is_on_one_kernel_or_on_an_output_channel(state: NetworkState):
    one = with_replacement(state, Target(SECOND, 3, 1), "zeros")
    assert np.argwhere(at(one, SECOND).changed).tolist() == [[3, 1]]
    assert one.weights is state.weights and set(one.edited) == {"conv2.weight"}
    whole = with_replacement(one, Target(SECOND, 3), "edge_across")
    assert at(whole, SECOND).changed[3].all() and at(whole, SECOND).changed.sum() == 10
    fresh = with_replacement(state, Target(SECOND, 3), "edge_across")
    np.testing.assert_array_equal(whole.edited["conv2.weight"], fresh.edited["conv2.weight"])


def test_what_was_learned_comes_back(state: NetworkState):
    target = Target(SECOND, 3, 1)
    other = with_replacement(with_replacement(state, target, "noise"), Target(SECOND, 0), "zeros")
    back = with_learned(other, target)
    assert not at(back, SECOND).changed[3].any() and at(back, SECOND).changed[0].all()
    assert with_learned(back, Target(SECOND, 0)).edited == {}, "nothing is left that is edited"
    assert with_layer_learned(other, SECOND).edited == {}
    assert with_layer_learned(other, FIRST) is other


def test_a_channel_comes_back_with_its_bias(state: NetworkState):
    changed = with_bias(state, Target(FIRST, 2, 0), 5.0)
    assert changed.used_weights["conv1.bias"][2] == 5
    assert with_learned(changed, Target(FIRST, 2, 0)) is changed
    assert with_learned(changed, Target(FIRST, 2)).edited == {}


def test_numbers_are_laid_as_far_as_they_fit(state: NetworkState):
    block = np.arange(6, dtype=np.float32).reshape(2, 3)
    changed = with_numbers(state, Target(FIRST, 1, 0), (4, 3), block)
    kernel, before = at(changed, FIRST).kernels[1, 0], at(state, FIRST).kernels[1, 0]
    assert kernel[4, 3:].tolist() == [0, 1]
    np.testing.assert_array_equal(kernel[:4], before[:4])
    assert with_numbers(changed, Target(FIRST, 1, 0), (4, 3), block) is changed


def test_a_kernel_tells_which_input_it_reads():
    network = Network((Conv2d(4, 6, (3, 3), groups=2), MaxPool2d((2, 2)), Linear(2, 2)))
    state = completed(NetworkState(network, np.zeros((4, 6, 6), np.uint8)))
    assert at(state, 0).source(Target(0, 4, 1)) == 3
    assert at(state, 2).source(Target(2, 1, 0)) == 0 and at(state, 2).kernel_size == (1, 2)
