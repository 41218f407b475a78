"""What can be said of a network's layers before torch is there."""

from math import prod

from explorer.core.network.naming import network_named
from explorer.data.digits import CLASSES
from explorer.training.settings import check_network


def layers_of(network: str, classes: int = CLASSES) -> tuple[tuple[str, int], ...]:
    """Return the layers of a network that have parameters, from the first to the last.

    Parameters
    ----------
    network
        As in ``explorer.training.settings.Settings``.
    classes
        How many answers it gives.

    Returns
    -------
    tuple
        Of each layer the name and how many parameters it has, weights and biases together.

    Raises
    ------
    SettingsError
        When there is no such network.
    """
    described = network_named(check_network(network)).with_classes(classes)
    return tuple(
        (name, sum(map(prod, layer.weight_shapes().values())))
        for name, layer in zip(described.names, described.layers, strict=True)
        if layer.weight_shapes()
    )
