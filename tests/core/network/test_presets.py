"""The named networks: the numbers of the curriculum, and torchvision's own layers."""

import pytest
import torch
from torch import nn

from explorer.core.network import Network, flow, total
from explorer.core.network.presets import DIGIT, PRESETS, TRAINABLE
from explorer.core.source import source

CLASSES = 10


def shapes(name: str) -> list[str]:
    """Return what comes out of the layers that change a shape."""
    preset, found = PRESETS[name], []
    now = preset.input
    for place in flow(preset.network, preset.input):
        assert place.output is not None
        if place.output != now:
            found.append("×".join(map(str, place.output)))
        now = place.output
    return found


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_fits_and_explains_itself(name: str) -> None:
    preset = PRESETS[name]
    output = total(preset.network, preset.input).output
    assert output is not None
    assert str(preset.title) and not str(preset.title).endswith(".")
    assert str(preset.hint).endswith(".")
    assert name.isidentifier()
    if preset.trains:
        assert preset.input == DIGIT and output == (CLASSES,)


def test_presets_are_networks_of_their_own() -> None:
    assert len({preset.network for preset in PRESETS.values()}) == len(PRESETS)
    assert TRAINABLE[0] == "classic"
    assert {name for name in PRESETS if name not in TRAINABLE} == {"alexnet", "vgg11"}


@pytest.mark.parametrize(
    ("name", "parameters"), [("classic", 21_840), ("compact", 8_490), ("lenet5", 61_706)]
)
def test_parameters(name: str, parameters: int) -> None:
    preset = PRESETS[name]
    assert total(preset.network, preset.input).parameters == parameters


def test_shapes_of_the_curriculum() -> None:
    assert shapes("classic") == [
        "10×24×24",
        "10×12×12",
        "20×8×8",
        "20×4×4",
        "320",
        "50",
        "10",
    ]
    assert shapes("compact") == ["10×24×24", "10×12×12", "20×8×8", "20×4×4", "320", "10"]
    kinds = {name: [type(one).__name__ for one in PRESETS[name].network.layers] for name in PRESETS}
    assert kinds["classic"] == [
        "Conv2d",
        "ReLU",
        "MaxPool2d",
        "Conv2d",
        "ReLU",
        "MaxPool2d",
        "Flatten",
        "Linear",
        "ReLU",
        "Linear",
        "LogSoftmax",
    ]
    assert kinds["compact"] == [
        "Conv2d",
        "MaxPool2d",
        "ReLU",
        "Conv2d",
        "MaxPool2d",
        "ReLU",
        "Flatten",
        "Linear",
    ]
    assert kinds["lenet5"].count("Linear") == 3 and kinds["lenet5"].count("Conv2d") == 2


@pytest.mark.parametrize("name", ["alexnet", "vgg11"])
def test_layers_are_those_of_torchvision(name: str) -> None:
    import torchvision  # takes as long as all that this file tests

    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)().features
        ours = [eval(source(layer), {"nn": nn}) for layer in PRESETS[name].network.layers]
    assert [repr(module) for module in ours] == [repr(module) for module in theirs]
    x = torch.empty((1, *PRESETS[name].input), device="meta")
    for place, module in zip(flow(PRESETS[name].network, PRESETS[name].input), theirs, strict=True):
        x = module(x)
        assert place.output == tuple(x.shape[1:])
        assert place.parameters == sum(weight.numel() for weight in module.parameters())


@pytest.mark.parametrize("name", TRAINABLE)
def test_a_preset_can_have_other_classes(name: str) -> None:
    network = PRESETS[name].network
    for classes in (2, 26, 47):
        changed = network.with_classes(classes)
        assert total(changed, DIGIT).output == (classes,)
        assert len(changed.layers) == len(network.layers)
        assert changed.head == network.head
        assert changed.with_classes(CLASSES) == network
    assert network.with_classes(CLASSES) is network


def test_what_the_hints_say_is_so() -> None:
    def places(name: str) -> dict[str, int]:
        network: Network = PRESETS[name].network
        return {place.name: place.multiply_adds for place in flow(network, DIGIT)}

    lenet = {place.name: place for place in flow(PRESETS["lenet5"].network, DIGIT)}
    assert max(lenet.values(), key=lambda place: place.parameters).name == "fc1"
    assert max(lenet.values(), key=lambda place: place.multiply_adds).name == "conv2"
    assert places("two_layer")["conv2"] > 10 * places("two_layer")["conv1"]
    old = {place.name: place for place in flow(PRESETS["lenet5_1998"].network, DIGIT)}
    assert old["conv3"].output == (120, 1, 1)
