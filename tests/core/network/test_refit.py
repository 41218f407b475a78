"""One change, and all that has to follow."""

from explorer.core.layers import Conv2d, Flatten, Linear, ReLU
from explorer.core.network.flow import total
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.refit import refitted
from explorer.core.network.stack import Network


def test_what_fits_and_what_one_repair_mends_needs_no_refit() -> None:
    network = PRESETS["classic"].network
    assert refitted(network, DIGIT) is None
    wider = network.replaced(0, network.layers[0].with_(out_channels=12))
    assert refitted(wider, DIGIT) is None


def test_every_layer_behind_is_set_to_what_it_gets() -> None:
    network = PRESETS["all_convolutional"].network
    wider = network.replaced(0, network.layers[0].with_(out_channels=24))
    found = refitted(wider, DIGIT)
    assert found is not None and total(found, DIGIT).output == (10,)
    assert found.layers[1].setting("num_features") == 24
    assert found.layers[3].setting("in_channels") == 24
    assert found.layers[4:] == network.layers[4:]


def test_where_a_layer_would_have_to_come_or_go_there_is_none() -> None:
    network = Network((Conv2d(3, 4, (3, 3)), Flatten(), ReLU(), Conv2d(4, 4, (3, 3)), Linear(1, 1)))
    assert refitted(network, DIGIT) is None
