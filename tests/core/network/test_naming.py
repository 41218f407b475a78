"""Settings and files call a network by its name or by its source."""

import pytest
from hypothesis import given

from explorer.core.network import Network
from explorer.core.network.naming import name_of, network_named
from explorer.core.network.presets import PRESETS
from explorer.core.network.reader import ReadError
from tests.core.network.strategies import any_networks


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_has_its_name(name: str) -> None:
    assert network_named(name) is PRESETS[name].network
    assert name_of(PRESETS[name].network) == name
    assert name_of(Network(tuple(PRESETS[name].network.layers))) == name


@given(any_networks())
def test_every_other_is_called_by_its_source(network: Network) -> None:
    assert network_named(name_of(network)) == network
    assert network_named(name_of(network)) is network_named(name_of(network))


@pytest.mark.parametrize("text", ["", "Classic", "nn.Sequential()", "classic "])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ReadError):
        network_named(text)
