"""What is too large to be run is said in a sentence; the named networks are not."""

import pytest

from explorer.core.network.flow import flow
from explorer.core.network.limits import operations, too_large
from explorer.core.network.presets import DIGIT, PHOTO, PRESETS
from explorer.core.network.reader import read_network

VGG16 = (64, 64, None, 128, 128, None, 256, 256, 256, None, *((512, 512, 512, None) * 2))


def vgg16() -> str:
    layers, channels = [], 3
    for width in VGG16:
        if width is None:
            layers.append("nn.MaxPool2d(2)")
        else:
            layers += [f"nn.Conv2d({channels}, {width}, 3, padding=1)", "nn.ReLU()"]
            channels = width
    return f"nn.Sequential({', '.join(layers)})"


@pytest.mark.parametrize("name", PRESETS)
def test_named_networks_are_run(name: str) -> None:
    assert too_large(PRESETS[name].network, PRESETS[name].input) is None


def test_a_vgg16_that_is_pasted_is_run() -> None:
    assert too_large(read_network(vgg16()), PHOTO) is None


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        ("nn.Flatten(), nn.Linear(784, 32768), nn.Linear(32768, 32768)", "parameters"),
        ("nn.Conv2d(1, 64, 1, padding=400), nn.ReLU()", "numbers of a picture"),
        ("nn.Conv2d(1, 1, 1, padding=1000)", "cells"),
        ("nn.Conv2d(1, 9000, 28)", "9,000 maps"),
        ("nn.Conv2d(1, 512, 1), nn.Conv2d(512, 512, 6, padding=9)", "operations"),
        ("nn.Conv2d(1, 1, 1, padding=500), nn.AvgPool2d(200, 1)", "operations"),
    ],
)
def test_what_is_too_large_is_said(layers: str, said: str) -> None:
    why = too_large(read_network(f"nn.Sequential({layers})"), DIGIT)
    assert why is not None and said in str(why) and str(why).endswith("here.")


def test_a_pooling_compares_every_number_of_its_windows() -> None:
    network = read_network("nn.Sequential(nn.MaxPool2d(3, 1), nn.ReLU(), nn.Conv2d(1, 2, 3))")
    found = [operations(place) for place in flow(network, DIGIT)]
    assert found == [26 * 26 * 9, 26 * 26, 24 * 24 * 18]
