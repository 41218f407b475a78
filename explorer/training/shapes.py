"""The weights of each network and their shapes, for those who cannot wait for torch."""

from collections.abc import Mapping, Set
from typing import Any

import numpy.typing as npt

from explorer.core.network.naming import network_named
from explorer.data.digits import CLASSES
from explorer.training.checks import wrong
from explorer.training.errors import CheckpointError, SettingsError

Shape = tuple[int, ...]


def shapes_of(network: str, classes: int = CLASSES) -> dict[str, Shape]:
    """Return all that ``state_dict`` has of a network that tells so many classes apart.

    Beside the weights these are the running statistics of a batch normalisation.
    """
    return network_named(network).with_classes(classes).state_shapes


def learned(network: str) -> tuple[str, ...]:
    """Return the names of the weights and biases, which an optimizer moves."""
    return tuple(network_named(network).weight_shapes)


def is_variance(name: str) -> bool:
    """Tell the running variances of a batch normalisation, which are never below 0."""
    return name.endswith(".running_var")


def class_count(network: str, weights: Mapping[str, npt.NDArray[Any]]) -> int | None:
    """Return how many answers the last layer gives; None where it is missing or no such layer."""
    described, last = network_named(network), head(network)
    bias = weights.get(f"{last}.bias")
    if bias is not None and bias.ndim == 1:
        return len(bias)
    name = f"{last}.weight"
    weight = weights.get(name)
    if weight is None or weight.ndim != len(described.weight_shapes[name]):
        return None
    return described.layers[described.place(last)].made_by(weight.shape)


def layers(network: str) -> tuple[str, ...]:
    """Return the names of a network's layers that have weights, in their order."""
    return network_named(network).learning


def check_frozen(network: str, names: object) -> frozenset[str]:
    """Return the names of layers that are not to learn.

    Raises
    ------
    SettingsError
        When they are no set of names, or a layer with weights has no such name.
    """
    known = layers(network)
    if not isinstance(names, Set):
        raise wrong("frozen", names, f"a set of names out of {', '.join(known)}")
    if strange := [name for name in names if name not in known]:
        raise SettingsError(
            f"There is no layer {min(map(repr, strange))} to freeze; the layers with weights are "
            f"{', '.join(known)}."
        )
    return frozenset(names)


def head(network: str) -> str:
    """Return the name of the layer that gives the answers."""
    name = network_named(network).head
    assert name is not None, "without it, it could not learn"
    return name


def of_head(network: str) -> frozenset[str]:
    """Return the names of all that is made anew where other classes are to be told apart.

    It is what the last layer has, and a normalisation of its answers.
    """
    few, more = shapes_of(network, 2), shapes_of(network, 3)
    last = head(network)
    return frozenset(
        name for name in few if few[name] != more[name] or name.rpartition(".")[0] == last
    )


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
