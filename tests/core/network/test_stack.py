"""A network never changes: every edit gives another one; each layer has a name of its own."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Flatten,
    GroupNorm,
    Linear,
    MaxPool2d,
    ReLU,
    Sigmoid,
)
from explorer.core.network import Network
from tests.core.any_layers import any_modules
from tests.core.network.strategies import any_networks

NETWORK = Network((Conv2d(1, 4, (3, 3)), BatchNorm2d(4), ReLU(), Flatten(), Linear(2704, 10)))


@given(any_networks(12))
def test_names_are_unique_and_fit_into_a_state_dict(network: Network) -> None:
    assert len(set(network.names)) == len(network.names) == len(network.layers)
    for place, name in enumerate(network.names):
        assert name.isidentifier()
        assert name.startswith(network.layers[place].short)
        assert network.place(name) == place


def test_names_are_numbered_where_there_are_several_and_always_for_convolutions() -> None:
    layers = (
        Conv2d(1, 1, (1, 1)),
        ReLU(),
        MaxPool2d((2, 2)),
        ReLU(),
        ConvTranspose2d(1, 1, (1, 1)),
        AdaptiveAvgPool2d((1, 1)),
        Sigmoid(),
        Flatten(),
        Linear(1, 1),
    )
    assert Network(layers).names == (
        "conv1",
        "relu1",
        "pool1",
        "relu2",
        "conv_transpose1",
        "pool2",
        "sigmoid",
        "flatten",
        "fc",
    )


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        NETWORK.place("conv2")


@given(any_networks(6), any_modules(), st.data())
def test_edits_are_those_of_a_list(network: Network, layer: object, data: st.DataObject) -> None:
    listed = list(network.layers)
    at = data.draw(st.integers(0, len(listed) - 1))
    to = data.draw(st.integers(0, len(listed) - 1))
    assert [*network.replaced(at, layer).layers] == [*listed[:at], layer, *listed[at + 1 :]]  # type: ignore[arg-type]
    longer = [*listed]
    longer.insert(to, layer)  # type: ignore[arg-type]
    assert [*network.inserted(to, layer).layers] == longer  # type: ignore[arg-type]
    assert network.inserted(to, layer).removed(to) == network  # type: ignore[arg-type]
    longer = [*listed]
    longer.insert(to, longer.pop(at))
    assert [*network.moved(at, to).layers] == longer
    assert network.moved(at, to).moved(to, at) == network
    assert [*network.layers] == listed


def test_equal_networks_are_one_and_the_same_to_a_dictionary() -> None:
    again = Network(tuple(dataclasses.replace(layer) for layer in NETWORK.layers))
    assert again == NETWORK and hash(again) == hash(NETWORK)
    assert NETWORK.replaced(2, Sigmoid()) != NETWORK


def test_buffers_are_in_the_state_and_are_not_learned() -> None:
    assert list(NETWORK.state_shapes) == [
        "conv1.weight",
        "conv1.bias",
        "norm.weight",
        "norm.bias",
        "norm.running_mean",
        "norm.running_var",
        "fc.weight",
        "fc.bias",
    ]
    assert [name for name in NETWORK.weight_shapes if "running" in name] == []
    assert NETWORK.learning == ("conv1", "norm", "fc")
    assert Network((ReLU(),)).learning == ()


def test_the_head_gives_as_many_answers_as_there_are_classes() -> None:
    assert NETWORK.head == "fc"
    changed = NETWORK.with_classes(26)
    assert changed.layers == (*NETWORK.layers[:-1], Linear(2704, 26))
    assert NETWORK.with_classes(10) is NETWORK


def test_a_convolution_is_a_head_too() -> None:
    network = Network((Conv2d(1, 8, (3, 3)), Conv2d(8, 10, (1, 1)), AdaptiveAvgPool2d((1, 1))))
    assert network.head == "conv2"
    assert network.with_classes(3).layers[1] == Conv2d(8, 3, (1, 1))


def test_a_normalisation_behind_the_head_gets_its_channels() -> None:
    network = Network((Conv2d(1, 8, (3, 3)), BatchNorm2d(8), ReLU(), AdaptiveAvgPool2d((1, 1))))
    assert network.with_classes(3).layers[:2] == (Conv2d(1, 3, (3, 3)), BatchNorm2d(3))


def test_a_normalisation_of_groups_gets_groups_that_divide_them() -> None:
    network = Network((Conv2d(1, 8, (3, 3)), GroupNorm(4, 8), GroupNorm(1, 4), ReLU()))
    assert network.with_classes(9).layers[1:3] == (GroupNorm(3, 9), GroupNorm(1, 4))


def test_without_anything_that_mixes_there_is_no_head() -> None:
    network = Network((ReLU(), Flatten()))
    assert network.head is None
    assert network.with_classes(3) is network


def test_the_head_has_as_many_groups_as_the_classes_allow() -> None:
    network = Network((Conv2d(4, 4, (1, 1), groups=4), AdaptiveAvgPool2d((1, 1)), Flatten()))
    (first, *_) = network.with_classes(10).layers
    assert first == Conv2d(4, 10, (1, 1), groups=2)
