"""What a row of the stack says about its layer, as one value."""

from dataclasses import dataclass
from typing import Literal

from explorer.core.network.state import NetworkState
from explorer.ui.network import words

Standing = Literal["fits", "broken", "waits"]


@dataclass(frozen=True)
class Line:
    """A layer in short.

    Attributes
    ----------
    output
        The shape of what comes out, empty where nothing does.
    standing
        Whether the layer takes what it gets, does not, or gets nothing yet.
    awaits
        The name of the layer that nothing comes from.
    """

    name: str
    brief: str
    output: str
    parameters: int
    multiply_adds: int
    memory: str
    standing: Standing
    awaits: str
    chosen: bool
    frozen: bool
    off: bool
    edited: bool


def lines(state: NetworkState) -> tuple[Line, ...]:
    """Return a line for each layer."""
    broken = state.broken
    edited = {full.rpartition(".")[0] for full in state.edited}
    made = []
    for i, place in enumerate(state.places):
        standing: Standing = "fits"
        if broken is not None and i >= broken:
            standing = "broken" if i == broken else "waits"
        made.append(
            Line(
                name=place.name,
                brief=words.brief(place.layer),
                output="" if place.output is None else words.shape(place.output),
                parameters=place.parameters,
                multiply_adds=place.multiply_adds,
                memory=words.size(place.activation_bytes),
                standing=standing,
                awaits="" if broken is None else state.network.names[broken],
                chosen=i == state.chosen,
                frozen=place.name in state.frozen,
                off=place.name in state.off,
                edited=place.name in edited,
            )
        )
    return tuple(made)
