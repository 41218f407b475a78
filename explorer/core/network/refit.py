"""One change to one layer, and what has to follow from it in all the layers behind."""

from __future__ import annotations

from explorer.core.layers import Shape
from explorer.core.network.repair import repairs
from explorer.core.network.stack import Network


def refitted(network: Network, shape: Shape) -> Network | None:
    """Return the network with each layer that does not fit set to what it gets, in turn.

    Parameters
    ----------
    shape
        Of the picture, (C, H, W).

    Returns
    -------
    Network or None
        None where the first repair does it alone, and where settings are not enough.
    """
    changed = network
    for steps in range(len(network.layers) + 1):
        found = repairs(changed, shape)
        if not found:
            return changed if steps > 1 else None
        if len(found[0].network.layers) != len(network.layers):
            return None
        changed = found[0].network
    return None
