"""A number inside of a network as a state of the Lab: the layer that made it, and what went in."""

from dataclasses import dataclass, replace

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.network.in_lab import Opened, lab_state
from explorer.core.network.naming import network_named
from explorer.core.network.preparing import prepared
from explorer.core.pasted import ReadError
from explorer.core.scene import Focus, LabState
from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.training.reports import Answer


@dataclass(frozen=True, eq=False)
class Moment:
    """A network, and what it made of a picture after a step."""

    network: str
    answer: Answer

    def maps(self, name: str) -> Array | None:
        """Return what came out of a stage, (C, h, w), or None where there is none of that name."""
        return self.outputs.get(name)

    @property
    def outputs(self) -> dict[str, Array]:
        """The maps by the names of the layers that they come out of."""
        return {maps.layer: maps.values for maps in self.answer.maps}


@dataclass(frozen=True)
class Spot:
    """A cell that a stage gives.

    Attributes
    ----------
    source
        The input channel whose part of the sum is to be shown large, or None for the first.
    """

    stage: str
    channel: int
    cell: Pair
    source: int | None = None


def strongest(moment: Moment, layer: str, channel: int, source: int) -> Spot | None:
    """Return where a kernel answers most strongly to the picture, or None where it is not known."""
    maps = moment.maps(layer)
    if maps is None:
        return None
    row, column = divmod(int(np.nan_to_num(np.abs(maps[channel])).argmax()), maps.shape[2])
    return Spot(layer, channel, (row, column), source)


def in_lab(moment: Moment, spot: Spot) -> Opened | Text:
    """Return the layer of a spot in the Lab, or why it cannot be shown there.

    Where the spot asks for an input channel, the middle of the kernel's slice for it is held too.
    """
    try:
        network = network_named(moment.network)
        place = network.place(spot.stage)
        outputs = [moment.outputs[name] for name in network.names[: place + 1]]
        x = prepared(moment.answer.picture[None])
        at = (spot.channel, *spot.cell)
        opened = lab_state(network, moment.answer.weights, x, outputs, place, at)
    except (ReadError, KeyError):  # it is no layer that gives maps, or it keeps its weights
        return Text(
            QT_TRANSLATE_NOOP("training", "Not all is known of this layer."), (), "training"
        )
    if isinstance(opened, Text) or spot.source is None:
        return opened
    return replace(opened, state=_pointing(opened.state, spot.source))


def _pointing(state: LabState, source: int) -> LabState:
    """Return the state with the middle of a slice of the kernel held as well."""
    if len(state.read_channels) < 2 or source not in state.read_channels:
        return state
    h, w = state.axes[0].kernel, state.axes[1].kernel
    return replace(state, pins=(Focus("kernel", (h // 2, w // 2), source), *state.pins))
