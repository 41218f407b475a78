"""The table of stages says what the networks are made of."""

import dataclasses
import subprocess
import sys

import pytest
import torch
from torch import nn

from explorer.core.layers import BatchNorm2d, Layer
from explorer.training import networks
from explorer.training.settings import NETWORK_NAMES
from explorer.training.stages import convolutions_of, stages_of


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_the_stages_are_those_of_the_network(name: str):
    network = networks.build(name, seed=0)
    x = torch.zeros(1, 1, 28, 28)
    size: tuple[int, int] = (28, 28)
    given = {stage: out for stage, out in network.stages(x) if out.dim() == 4}
    assert [stage.name for stage in stages_of(name)] == list(given)
    for stage in stages_of(name):
        module = network.get_submodule(stage.name)
        assert type(stage.layer).__name__ == type(module).__name__
        if isinstance(stage.layer, BatchNorm2d):
            continue
        assert isinstance(stage.layer, Layer)
        for field in dataclasses.fields(stage.layer):
            ours, torchs = stage.layer.setting(field.name), getattr(module, field.name)
            if isinstance(module, nn.Conv2d) and field.name == "bias":
                torchs = torchs is not None
            if isinstance(ours, tuple) and isinstance(torchs, int):
                torchs = (torchs, torchs)
            assert ours == torchs, field.name
        size = stage.layer.out_size(size)
        assert size == tuple(given[stage.name].shape[2:])


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_convolutions_are_named_in_their_order(name: str):
    children = networks.build(name, 0).named_children()
    expected = tuple(layer for layer, module in children if isinstance(module, nn.Conv2d))
    assert convolutions_of(name) == expected and expected[0] == "conv1"


def test_what_is_not_known_has_no_stage():
    assert stages_of("nothing") == ()


def test_neither_torch_nor_qt_is_needed():
    code = (
        "import sys; import explorer.training.stages, explorer.training.in_lab; "
        "assert not {'torch', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
