"""The layers of each network that give maps, and what slides a window there; free of torch."""

from dataclasses import dataclass
from typing import Final

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    Linear,
    LPPool2d,
    MaxPool2d,
)
from explorer.core.network import flow
from explorer.core.network.naming import network_named
from explorer.core.network.presets import DIGIT
from explorer.core.pasted import ReadError

_WINDOWS: Final = (
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveMaxPool2d,
    AdaptiveAvgPool2d,
    LPPool2d,
)


@dataclass(frozen=True)
class Stage:
    """A layer of a network, by its name there.

    Attributes
    ----------
    layer
        What it is where it slides a window; None for all others, such as a ReLU.
    keeps_place
        Whether a cell of its output is made by the cell at its place in the layer before.
    """

    name: str
    layer: Layer | None = None
    keeps_place: bool = True


def stages_of(network: str) -> tuple[Stage, ...]:
    """Return the stages that give maps, in their order; none for a network that is not known."""
    try:
        described = network_named(network)
    except ReadError:
        return ()
    return tuple(
        Stage(
            place.name,
            place.layer if isinstance(place.layer, _WINDOWS) else None,
            not isinstance(place.layer, Linear),
        )
        for place in flow(described, DIGIT)
        if place.output is not None and len(place.output) == 3
    )


def convolutions_of(network: str) -> tuple[str, ...]:
    """Return the names of the stages with kernels, in their order."""
    return tuple(stage.name for stage in stages_of(network) if isinstance(stage.layer, Conv2d))


def lab_stage(network: str, name: str) -> Stage | None:
    """Return the stage of that name, or the last one before it that slides a window.

    A ReLU leaves every cell in its place, so the same cell of the layer before made its number.
    """
    found = None
    for stage in stages_of(network):
        if stage.layer is not None or not stage.keeps_place:
            found = stage if stage.layer is not None else None
        if stage.name == name:
            return found
    return None
