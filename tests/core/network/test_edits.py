"""Edits: what a layer has learned goes with it, wherever it goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import MODULES, BatchNorm2d, Conv2d, Flatten, Linear, ReLU
from explorer.core.network import Network, edits
from explorer.core.network.flow import flow
from explorer.core.network.presets import DIGIT, PHOTO, PRESETS
from explorer.core.network.state import NetworkState, Spot


def state_of(preset: str = "compact") -> NetworkState:
    picture = np.arange(28 * 28, dtype=np.uint8).reshape(DIGIT)
    return edits.completed(NetworkState(PRESETS[preset].network, picture))


def same(one: Any, other: Any) -> bool:
    return one is other or bool(np.array_equal(one, other))


def test_a_layer_takes_its_weights_along() -> None:
    state = state_of()
    # conv2 to the front: the names change places, the numbers stay with their layers.
    moved = edits.moved(state, 3, 0)
    assert moved.network.names[:2] == ("conv1", "conv2")
    assert moved.weights["conv1.weight"] is state.weights["conv2.weight"]
    assert moved.weights["conv2.weight"] is state.weights["conv1.weight"]
    back = edits.moved(moved, 0, 3)
    assert back.network == state.network
    assert all(back.weights[name] is state.weights[name] for name in state.weights)


def test_a_removed_layer_is_gone_and_the_others_keep_theirs() -> None:
    state = edits.with_frozen(edits.switched(state_of(), "relu1", "zeros"), "conv2", True)
    left = edits.removed(state, 0)
    assert left.network.layers == state.network.layers[1:]
    assert left.weights["conv1.weight"] is state.weights["conv2.weight"]
    assert (left.frozen, left.off) == ({"conv1"}, {"relu1": "zeros"})
    assert left.broken == 2, "the convolution wants ten channels and gets one"


def test_a_copy_has_the_same_weights() -> None:
    state = state_of()
    twice = edits.duplicated(state, 7)
    assert twice.network.names[-2:] == ("fc1", "fc2")
    assert twice.weights["fc1.weight"] is twice.weights["fc2.weight"]
    assert twice.chosen == 8


def test_a_new_layer_begins_with_weights_of_its_own() -> None:
    state = state_of()
    longer = edits.completed(edits.inserted(state, 3, "BatchNorm2d"))
    assert longer.network.layers[3] == BatchNorm2d(10)
    assert longer.is_complete and longer.broken is None
    assert longer.weights["conv2.weight"] is state.weights["conv2.weight"]


def test_only_what_no_longer_fits_is_drawn_anew() -> None:
    state = state_of()
    wider = edits.with_parameter(state, 3, "kernel_size", (3, 3))
    assert "conv2.weight" not in wider.weights
    assert wider.weights["conv2.bias"] is state.weights["conv2.bias"]
    whole = edits.completed(wider)
    assert whole.weights["conv2.weight"].shape == (20, 10, 3, 3)
    assert whole.weights["conv1.weight"] is state.weights["conv1.weight"]


def test_the_same_value_is_no_edit() -> None:
    state = state_of()
    assert edits.with_parameter(state, 0, "kernel_size", (5, 5)) is state
    assert edits.with_network(state, state.network) is state
    assert edits.moved(state, 2, 2) is state
    assert edits.restored(state, "conv1.weight") is state
    assert edits.completed(state) is state


def test_an_operation_can_be_taken_back() -> None:
    state = state_of()
    zeros = np.zeros_like(state.weights["conv1.weight"])
    edited = edits.with_edited(state, "conv1.weight", zeros)
    assert edited.used_weights["conv1.weight"] is zeros
    assert edited.weights is state.weights
    assert not edited.computes_as(state)
    assert edits.restored(edited, "conv1.weight").edited == {}


def test_a_repair_keeps_what_it_does_not_touch() -> None:
    state = state_of("lenet5")
    broken = edits.removed(state, 6)  # the Flatten
    assert broken.broken == 6
    repaired = edits.completed(edits.repaired(broken, state.network))
    assert repaired.broken is None
    assert all(same(repaired.weights[n], state.weights[n]) for n in state.weights)


def test_all_missing_weights_are_those_that_training_begins_with() -> None:
    from explorer.training.networks import build

    state = state_of("classic")
    fresh = build("classic", 0).state_dict()
    assert all(same(state.weights[name], tensor.numpy()) for name, tensor in fresh.items())


def test_another_seed_gives_other_weights() -> None:
    state = state_of()
    again = edits.completed(edits.reinitialised(state, 1))
    assert not same(again.weights["conv1.weight"], state.weights["conv1.weight"])
    assert (again.seed, again.origin) == (1, "untrained")


def test_a_photo_comes_back_as_the_digit_that_it_was() -> None:
    state = state_of()
    photo = edits.with_preset(state, "alexnet")
    assert photo.input == PHOTO
    assert photo.picture[0, ::8, ::8].tolist() == state.picture[0].tolist()
    back = edits.with_preset(photo, "compact")
    assert back.picture.tolist() == state.picture.tolist()


def test_where_weights_come_from_is_told() -> None:
    state = state_of()
    followed = edits.with_weights(state, state.weights, 40)
    assert (followed.origin, followed.step) == ("run", 40)
    assert edits.with_parameter(followed, 0, "padding", (1, 1)).origin == "own"
    assert edits.with_parameter(state, 0, "padding", (1, 1)).origin == "untrained"


def test_a_network_that_keeps_no_weights_has_learned_nothing() -> None:
    state = state_of()
    followed = edits.with_weights(state, state.weights, 40)
    other = Network((Conv2d(1, 4, (3, 3)), Flatten(), Linear(2704, 10)))
    # The ten biases of the last layer would fit.
    pasted = edits.repaired(followed, other)
    assert pasted.origin == "untrained" and not pasted.weights


ANY_SHAPE = ("Linear", "Flatten", "Softmax", "LogSoftmax", "Dropout", "GroupNorm")


@pytest.mark.parametrize("shape", [DIGIT, (3, 9, 7), (4, 1, 1), (12,)])
@pytest.mark.parametrize("kind", MODULES)
def test_a_new_layer_fits_where_one_of_its_kind_can(kind: str, shape: tuple[int, ...]) -> None:
    layer = MODULES[kind].new_for(shape)
    flat = len(shape) == 1
    never = flat and kind not in ANY_SHAPE
    pointwise = kind in ("ReLU", "LeakyReLU", "ELU", "SiLU", "Sigmoid", "Tanh")
    assert (layer.shape_problem(shape) is None) == (not never or pointwise)


@given(st.data())
def test_any_row_of_edits_leaves_a_state_that_holds_together(data: st.DataObject) -> None:
    state = state_of()
    for _ in range(data.draw(st.integers(1, 12))):
        count = len(state.network.layers)
        place = st.integers(0, count - 1)
        act = data.draw(st.sampled_from(["insert", "remove", "move", "copy", "set", "preset"]))
        if act == "insert":
            kind = data.draw(st.sampled_from(sorted(MODULES)))
            state = edits.inserted(state, data.draw(st.integers(0, count)), kind)
        elif act == "preset":
            state = edits.with_preset(state, data.draw(st.sampled_from(["classic", "dilated"])))
        elif count == 0:
            continue
        elif act == "remove":
            state = edits.removed(state, data.draw(place))
        elif act == "move":
            state = edits.moved(state, data.draw(place), data.draw(place))
        elif act == "copy":
            state = edits.duplicated(state, data.draw(place))
        else:
            at = data.draw(place)
            layer = state.network.layers[at]
            changes: dict[type, dict[str, Any]] = {
                Conv2d: {"out_channels": 3},
                Linear: {"out_features": 7},
                ReLU: {"inplace": True},
            }
            state = edits.with_layer(state, at, layer.with_(**changes.get(type(layer), {})))
        state = edits.completed(state)
        shapes = state.network.state_shapes
        assert {n: a.shape for n, a in state.weights.items()} == shapes
        assert state.off.keys() <= set(state.network.names)
        assert state.chosen is None or state.chosen < len(state.network.layers)
        places = flow(state.network, state.input)
        assert [place.name for place in places] == list(state.network.names)


def test_the_pointer_goes_before_the_pin() -> None:
    state = state_of()
    pin, hover = Spot(0, 1, 2, 3), Spot(1, 0)
    from dataclasses import replace

    assert replace(state, pinned=pin).spot == pin
    assert replace(state, pinned=pin, hover=hover).spot == hover
    assert pin.at == (1, 2, 3)
