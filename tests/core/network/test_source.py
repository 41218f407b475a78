"""The source of a network makes the same one, in torch and when it is read."""

import contextlib
import io
from typing import Any

import pytest
import torch
from hypothesis import given

from explorer.core.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from explorer.core.network import Network, flow
from explorer.core.network.presets import PRESETS
from explorer.core.network.reader import read_network
from explorer.core.network.running import modules
from explorer.core.network.source import module_class, sequential, written
from tests.core.network.strategies import any_networks

SMALL = Network(
    (Conv2d(1, 2, (5, 5)), MaxPool2d((2, 2), return_indices=True), Flatten(), Linear(288, 10))
)


def run(snippet: str) -> tuple[dict[str, Any], str]:
    """Return what a snippet leaves behind and what it prints."""
    left: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(snippet, left)
    return left, printed.getvalue()


@given(any_networks())
def test_what_is_written_is_read_back(network: Network) -> None:
    line = written(network)
    assert "\n" not in line
    assert read_network(line) == network


@given(any_networks())
def test_a_snippet_is_read_back_with_one_output_for_each_layer(network: Network) -> None:
    alone = Network(
        tuple(
            layer.with_(return_indices=False) if hasattr(layer, "return_indices") else layer
            for layer in network.layers
        )
    )
    for names in (True, False):
        assert read_network(sequential(network, names=names)) == alone


def test_people_write_it_so() -> None:
    network = Network((Conv2d(1, 10, (5, 5)), ReLU(), Flatten(), Linear(5760, 10)))
    line = "nn.Sequential(nn.Conv2d(1, 10, kernel_size=5), nn.ReLU(), nn.Flatten(), "
    assert written(network) == line + "nn.Linear(5760, 10))"
    assert sequential(network) == (
        "from collections import OrderedDict\n"
        "\n"
        "from torch import nn\n"
        "\n"
        "model = nn.Sequential(\n"
        "    OrderedDict(\n"
        "        [\n"
        '            ("conv1", nn.Conv2d(1, 10, kernel_size=5)),\n'
        '            ("relu", nn.ReLU()),\n'
        '            ("flatten", nn.Flatten()),\n'
        '            ("fc", nn.Linear(5760, 10)),\n'
        "        ]\n"
        "    )\n"
        ")\n"
    )
    assert sequential(network, names=False) == (
        "from torch import nn\n"
        "\n"
        "model = nn.Sequential(\n"
        "    nn.Conv2d(1, 10, kernel_size=5),\n"
        "    nn.ReLU(),\n"
        "    nn.Flatten(),\n"
        "    nn.Linear(5760, 10),\n"
        ")\n"
    )


def test_a_class_says_what_becomes_of_the_picture() -> None:
    assert module_class(SMALL, (1, 28, 28)) == (
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "\n"
        "class Network(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.conv1 = nn.Conv2d(1, 2, kernel_size=5)\n"
        "        self.pool = nn.MaxPool2d(kernel_size=2)\n"
        "        self.flatten = nn.Flatten()\n"
        "        self.fc = nn.Linear(288, 10)\n"
        "\n"
        "    def forward(self, x):  # (N, 1, 28, 28)\n"
        "        x = self.conv1(x)  # (N, 2, 24, 24)\n"
        "        x = self.pool(x)  # (N, 2, 12, 12)\n"
        "        x = self.flatten(x)  # (N, 288)\n"
        "        x = self.fc(x)  # (N, 10)\n"
        "        return x\n"
        "\n"
        "\n"
        "model = Network()\n"
        "x = torch.randn(1, 1, 28, 28)\n"
        "print(tuple(model(x).shape))\n"
    )


def test_a_class_says_where_nothing_flows_any_more() -> None:
    broken = SMALL.replaced(2, Linear(5, 10))
    lines = module_class(broken, (1, 28, 28)).splitlines()
    assert "        x = self.fc1(x)  # does not fit" in lines
    assert "        x = self.fc2(x)" in lines


@pytest.mark.parametrize("name", PRESETS)
def test_the_snippets_of_every_preset_run(name: str) -> None:
    preset = PRESETS[name]
    keys = {
        f"{layer}.{part}": tensor.shape
        for layer, module in modules(preset.network, 0).items()
        for part, tensor in module.state_dict().items()
    }
    named, _ = run(sequential(preset.network))
    counted = {k: v.shape for k, v in named["model"].state_dict().items() if "tracked" not in k}
    assert counted == keys
    plain, _ = run(sequential(preset.network, names=False))
    kinds = [type(layer).__name__ for layer in preset.network.layers]
    assert [type(module).__name__ for module in plain["model"]] == kinds
    output = flow(preset.network, preset.input)[-1].output
    if preset.trains:
        left, printed = run(module_class(preset.network, preset.input))
        assert printed == f"{(1, *(output or ()))}\n"
        counted = {k: v.shape for k, v in left["model"].state_dict().items() if "tracked" not in k}
        assert counted == keys
        with torch.no_grad():
            assert plain["model"](left["x"]).shape == (1, *(output or ()))
