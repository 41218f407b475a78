import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.anatomy import layers_of
from explorer.training.networks import build
from explorer.training.settings import NETWORK_NAMES
from explorer.training.shapes import (
    class_count,
    head,
    layers,
    learned,
    of_head,
    shapes_of,
)
from tests.training.own_networks import OWN


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_the_shapes_are_those_of_torch(name: str) -> None:
    state = build(name, 0).state_dict()
    assert list(shapes_of(name).items()) == [(key, tuple(t.shape)) for key, t in state.items()]


@given(st.sampled_from(NETWORK_NAMES), st.integers(2, 64))
def test_the_shapes_for_other_classes_are_those_of_torch(name: str, classes: int) -> None:
    state = build(name, 0, classes=classes).state_dict()
    shapes = {key: tuple(t.shape) for key, t in state.items()}
    assert shapes_of(name, classes) == shapes
    assert class_count(name, {key: t.numpy() for key, t in state.items()}) == classes
    assert dict(layers_of(name, classes)) == {
        layer: sum(math.prod(shapes[key]) for key in learned(name) if key.startswith(f"{layer}."))
        for layer in layers(name)
    }


def test_layers_and_what_belongs_to_them() -> None:
    assert layers("classic") == ("conv1", "conv2", "fc1", "fc2")
    assert head("classic") == "fc2"
    assert of_head("classic") == {"fc2.weight", "fc2.bias"}
    assert of_head(OWN["normed_answers"]) == {
        *(f"conv1.{part}" for part in ("weight", "bias")),
        *(f"norm.{part}" for part in ("weight", "bias", "running_mean", "running_var")),
    }
