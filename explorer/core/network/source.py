"""Network to PyTorch source text: one line, an ``nn.Sequential``, or a class of its own."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.core.layers import Module, Shape
from explorer.core.network.flow import Place, flow
from explorer.core.network.stack import Network
from explorer.core.source import source


def written(network: Network) -> str:
    """Return the line that makes the network.

    Reading it gives an equal one: it is what an own network is called in settings and files.
    """
    return f"nn.Sequential({', '.join(map(source, network.layers))})"


def sequential(network: Network, *, names: bool = True) -> str:
    """Return a snippet that makes the network as an ``nn.Sequential``.

    Parameters
    ----------
    names
        Whether the layers have their names, so that its ``state_dict`` has the same keys.
    """
    lines = [_alone(layer) for layer in network.layers]
    if not names:
        body = "".join(f"    {line},\n" for line in lines)
        return f"from torch import nn\n\nmodel = nn.Sequential(\n{body})\n"
    pairs = "".join(
        f'            ("{name}", {line}),\n'
        for name, line in zip(network.names, lines, strict=True)
    )
    return (
        "from collections import OrderedDict\n\nfrom torch import nn\n\n"
        "model = nn.Sequential(\n    OrderedDict(\n        [\n"
        f"{pairs}        ]\n    )\n)\n"
    )


def module_class(network: Network, shape: Shape) -> str:
    """Return a snippet with the network as a class, which it runs on random numbers.

    Parameters
    ----------
    shape
        Of the picture, (C, H, W): behind each line stands what it becomes there.
    """
    places = flow(network, shape)
    made = "".join(f"        self.{place.name} = {_alone(place.layer)}\n" for place in places)
    return (
        "import torch\nfrom torch import nn\n\n\n"
        "class Network(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n"
        f"{made}\n"
        f"    def forward(self, x):  # {_batch(shape)}\n"
        f"{''.join(_steps(places))}        return x\n\n\n"
        "model = Network()\n"
        f"x = torch.randn(1, {', '.join(map(str, shape))})\n"
        "print(tuple(model(x).shape))\n"
    )


def _steps(places: tuple[Place, ...]) -> Iterator[str]:
    for place in places:
        behind = ""
        if place.problem is not None:
            behind = "  # does not fit"
        elif place.output is not None:
            behind = f"  # {_batch(place.output)}"
        yield f"        x = self.{place.name}(x){behind}\n"


def _batch(shape: Shape) -> str:
    return f"(N, {', '.join(map(str, shape))})"


def _alone(layer: Module) -> str:
    """Return the line that makes `layer` with one output: the next one could not take more."""
    if getattr(layer, "return_indices", False):
        layer = layer.with_(return_indices=False)
    return source(layer)
