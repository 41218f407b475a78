import pytest

from explorer.training.anatomy import layers_of
from explorer.training.errors import SettingsError
from explorer.training.networks import build
from explorer.training.settings import NETWORK_NAMES


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_it_is_what_torch_counts(name: str, dropout: float):
    counted = (
        (layer, sum(parameter.numel() for parameter in module.parameters()))
        for layer, module in build(name, 0, dropout).named_children()
    )
    assert layers_of(name) == tuple((layer, count) for layer, count in counted if count)


def test_another_network_is_refused():
    with pytest.raises(SettingsError, match=r"choose classic, compact, .* or small_vgg, or write"):
        layers_of("resnet")
