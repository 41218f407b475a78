"""What can be said of a network's layers before torch is there."""

from math import prod

from explorer.data.digits import CLASSES
from explorer.training.checks import wrong
from explorer.training.shapes import SHAPES, shapes_of


def layers_of(network: str, classes: int = CLASSES) -> tuple[tuple[str, int], ...]:
    """Return the layers of a network that have parameters, from the first to the last.

    Parameters
    ----------
    network
        One of ``explorer.training.settings.NETWORK_NAMES``.
    classes
        How many answers it gives.

    Returns
    -------
    tuple
        Of each layer the name and how many parameters it has, weights and biases together.

    Raises
    ------
    SettingsError
        When there is no network of that name.
    """
    if network not in SHAPES:
        *names, last = SHAPES
        raise wrong("network", network, f"{', '.join(names)} or {last}")
    counts: dict[str, int] = {}
    for parameter, shape in shapes_of(network, classes).items():
        layer = parameter.rpartition(".")[0]
        counts[layer] = counts.get(layer, 0) + prod(shape)
    return tuple(counts.items())
