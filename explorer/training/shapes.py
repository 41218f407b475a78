"""The weights of each network and their shapes, for those who cannot wait for torch."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy.typing as npt

from explorer.data.digits import CLASSES, MOST_CLASSES
from explorer.training.errors import CheckpointError

Shape = tuple[int, ...]


def _with_biases(weights: Mapping[str, Shape]) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    for layer, shape in weights.items():
        shapes[f"{layer}.weight"] = shape
        shapes[f"{layer}.bias"] = shape[:1]
    return shapes


SHAPES: Final[dict[str, dict[str, Shape]]] = {
    "classic": _with_biases(
        {"conv1": (10, 1, 5, 5), "conv2": (20, 10, 5, 5), "fc1": (50, 320), "fc2": (10, 50)}
    ),
    "compact": _with_biases(
        {"conv1": (10, 1, 5, 5), "conv2": (20, 10, 5, 5), "fc": (10, 320)},
    ),
    "lenet5": _with_biases(
        {
            "conv1": (6, 1, 5, 5),
            "conv2": (16, 6, 5, 5),
            "fc1": (120, 400),
            "fc2": (84, 120),
            "fc3": (10, 84),
        }
    ),
    "sprint": _with_biases(
        {"conv1": (16, 1, 5, 5), "conv2": (32, 16, 5, 5), "fc": (10, 512)},
    ),
}
"""As ``state_dict`` has them, by the names of ``explorer.training.settings.NETWORK_NAMES``.

Those of the last layer are for ten classes; ``shapes_of`` has them for others.
"""


def shapes_of(network: str, classes: int = CLASSES) -> dict[str, Shape]:
    """Return the weights of a network that tells so many classes apart."""
    last = of_layers(network, [head(network)])
    return {
        name: (classes, *shape[1:]) if name in last else shape
        for name, shape in SHAPES[network].items()
    }


def class_count(network: str, weights: Mapping[str, npt.NDArray[Any]]) -> int | None:
    """Return how many answers the last layer gives; None where it is missing or no such layer."""
    bias = weights.get(f"{head(network)}.bias")
    return None if bias is None or bias.ndim != 1 else len(bias)


def layers(network: str) -> tuple[str, ...]:
    """Return the names of a network's layers that have weights, in their order."""
    return tuple(dict.fromkeys(name.rpartition(".")[0] for name in SHAPES[network]))


def head(network: str) -> str:
    """Return the name of the layer that gives the answers."""
    return layers(network)[-1]


def of_layers(network: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names of the weights and biases that some layers have."""
    wanted = set(names)
    return frozenset(name for name in SHAPES[network] if name.rpartition(".")[0] in wanted)


def check_classes(network: str, weights: Mapping[str, npt.NDArray[Any]], classes: int) -> None:
    """Refuse a last layer that is not for so many classes; where there is none, all is well.

    Raises
    ------
    CheckpointError
        When it tells another number of them apart.
    """
    answers = class_count(network, weights)
    if answers not in (None, classes):
        raise CheckpointError(
            f"The weights tell {answers} classes apart and the data has {classes}; choose other "
            "data, or begin with a new last layer."
        )


def network_of(shapes: Mapping[str, Shape]) -> str | None:
    """Return the network whose weights have these names and shapes, None where none has.

    It may tell any number of classes apart that there can be.
    """
    for name in SHAPES:
        rows = shapes.get(f"{head(name)}.bias", ())
        classes = rows[0] if len(rows) == 1 else CLASSES
        if 2 <= classes <= MOST_CLASSES and dict(shapes) == shapes_of(name, classes):
            return name
    return None
