"""The layers of each network that give maps, and those with kernels; free of torch."""

from explorer.core.layers import Conv2d
from explorer.core.network import Place, flow
from explorer.core.network.naming import network_named
from explorer.core.network.presets import DIGIT
from explorer.core.pasted import ReadError


def stages_of(network: str) -> tuple[Place, ...]:
    """Return the layers that give maps, in their order; none for a network that is not known."""
    try:
        described = network_named(network)
    except ReadError:
        return ()
    return tuple(
        place
        for place in flow(described, DIGIT)
        if place.output is not None and len(place.output) == 3
    )


def convolutions_of(network: str) -> tuple[str, ...]:
    """Return the names of the stages whose kernels are shown, in their order."""
    return tuple(stage.name for stage in stages_of(network) if isinstance(stage.layer, Conv2d))
