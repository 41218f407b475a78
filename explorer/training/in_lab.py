"""A number inside of a network as a state of the Lab: the layer that made it, and what went in."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.core.geometry import Pair
from explorer.core.layers import Array, Conv2d, Layer
from explorer.core.network.preparing import MEAN, STANDARD_DEVIATION
from explorer.core.scene import OWN, Focus, LabState
from explorer.training.reports import Answer, Kernels
from explorer.training.stages import Stage, lab_stage, stages_of


@dataclass(frozen=True, eq=False)
class Moment:
    """What a network has learned after a step, and what it made of a picture after that step."""

    network: str
    kernels: tuple[Kernels, ...]
    answer: Answer

    def maps(self, name: str) -> Array | None:
        """Return what came out of a stage, (C, h, w), or None where there is none of that name."""
        return next((maps.values for maps in self.answer.maps if maps.layer == name), None)

    def kernels_of(self, name: str) -> Kernels | None:
        """Return what a convolution has learned, or None where there is none of that name."""
        return next((kernels for kernels in self.kernels if kernels.layer == name), None)


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


def moment(network: str, kernels: tuple[Kernels, ...], answer: Answer | None) -> Moment | None:
    """Return both together where they are of the same step, else None."""
    if answer is None or any(one.step != answer.step for one in kernels):
        return None
    return Moment(network, kernels, answer)


def normalised(picture: npt.NDArray[np.uint8]) -> Array:
    """Return a picture (28, 28) as the first layer gets it, float32 (1, 28, 28).

    The same operations in the same order as `explorer.training.pixels.normalise`.
    """
    shares = picture[None].astype(np.float32) / np.float32(255)
    return (shares - np.float32(MEAN)) / np.float32(STANDARD_DEVIATION)


def strongest(moment: Moment, layer: str, channel: int, source: int) -> Spot | None:
    """Return where a kernel answers most strongly to the picture, or None where it is not known."""
    maps = moment.maps(layer)
    if maps is None:
        return None
    row, column = divmod(int(np.nan_to_num(np.abs(maps[channel])).argmax()), maps.shape[2])
    return Spot(layer, channel, (row, column), source)


def in_lab(moment: Moment, spot: Spot) -> LabState | None:
    """Return the layer with its own weights and its own input, the spot's output cell held.

    Where the Lab lacks the layer of the spot it is the nearest one before. Where the Lab has no
    room for all channels it shows the spot's output channel alone. None where there is no such
    layer, or where weights or maps are missing.
    """
    stage = lab_stage(moment.network, spot.stage)
    if stage is None or stage.layer is None:
        return None
    x = _input(moment, stage)
    kernels = moment.kernels_of(stage.name)
    if x is None or (kernels is None and stage.layer.weight_shape is not None):
        return None
    state = _state(
        stage.layer,
        x,
        None if kernels is None else kernels.values,
        None if kernels is None else kernels.bias,
        spot.channel,
    )
    state = state if state.too_large is None else _alone(state)
    if state.too_large is not None:
        return None
    width = state.output_size[1]
    pins = [Focus("output", spot.cell, state.channel)]
    if spot.source is not None and len(state.read_channels) > 1:
        middle = tuple(side // 2 for side in kernels.values.shape[2:]) if kernels else (0, 0)
        pins.insert(0, Focus("kernel", (middle[0], middle[1]), spot.source))
    return replace(state, step=float(spot.cell[0] * width + spot.cell[1]), pins=tuple(pins))


def is_alone(state: LabState, moment: Moment, spot: Spot) -> bool:
    """Tell whether a state from `in_lab` shows one of several output channels."""
    maps = moment.maps(spot.stage)
    return maps is not None and len(maps) > state.output_channels


def _input(moment: Moment, stage: Stage) -> Array | None:
    """Return what goes into a stage: the maps of the one before, or the picture."""
    names = [one.name for one in stages_of(moment.network)]
    place = names.index(stage.name)
    return normalised(moment.answer.picture) if place == 0 else moment.maps(names[place - 1])


def _state(
    layer: Layer, x: Array, weight: Array | None, bias: Array | None, channel: int
) -> LabState:
    if isinstance(layer, Conv2d):
        layer = layer.with_(bias=bias is not None)
    return LabState(
        layer=layer,
        sample=OWN,
        digit=0,
        input=x,
        kernel=OWN,
        weight=weight,
        bias=bias,
        channel=channel,
        origin=x,
    )


def _alone(state: LabState) -> LabState:
    """Return the same output channel of a smaller layer that makes no other."""
    one = slice(state.channel, state.channel + 1)
    if isinstance(state.layer, Conv2d):
        return _state(
            state.layer.with_(out_channels=1),
            state.input,
            None if state.weight is None else state.weight[one],
            None if state.bias is None else state.bias[one],
            0,
        )
    return _state(state.layer, state.input[one], None, None, 0)
