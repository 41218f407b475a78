import pytest

from explorer.training.networks import build
from explorer.training.settings import NETWORK_NAMES
from explorer.training.shapes import SHAPES, head, layers, network_of, of_layers


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_the_shapes_are_those_of_torch(name: str) -> None:
    state = build(name, 0).state_dict()
    assert list(SHAPES[name].items()) == [(key, tuple(t.shape)) for key, t in state.items()]
    assert network_of({key: tuple(t.shape) for key, t in state.items()}) == name


def test_every_network_is_there() -> None:
    assert tuple(SHAPES) == NETWORK_NAMES


def test_layers_and_what_belongs_to_them() -> None:
    assert layers("classic") == ("conv1", "conv2", "fc1", "fc2")
    assert head("classic") == "fc2"
    assert of_layers("classic", ["fc2"]) == {"fc2.weight", "fc2.bias"}
    assert network_of({"fc.weight": (10, 320)}) is None
