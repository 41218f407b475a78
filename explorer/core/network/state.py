"""What the Network page shows, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from explorer.core.layers import Array, Gives, Shape
from explorer.core.network.answering import gives
from explorer.core.network.flow import Place, Total, flow, total
from explorer.core.network.presets import DIGIT
from explorer.core.network.running import Off, Weights
from explorer.core.network.stack import Network

Pixels = npt.NDArray[np.uint8]
"""Brightnesses from 0 to 255."""

PICTURE: Final = -1
"""The place of the picture, in front of the first layer."""

Sample = Literal["digit", "drawing", "picture"]
"""Where the picture comes from: the test images, the pad, or a file."""

Origin = Literal["untrained", "run", "own"]
"""Where the weights come from: a seed, the training run as it is now, or they are kept here."""


@dataclass(frozen=True)
class Spot:
    """A cell of a map, or a number in a row.

    Attributes
    ----------
    place
        Index of the layer whose output it is in; `PICTURE` for the picture.
    channel, row, column
        Of numbers in a row `channel` is the index and the others are 0.
    """

    place: int
    channel: int
    row: int = 0
    column: int = 0

    @property
    def at(self) -> tuple[int, int, int]:
        """(channel, row, column)."""
        return self.channel, self.row, self.column

    def index(self, axes: int) -> tuple[int, ...]:
        """Return where it stands in an output of so many axes: two have channels and columns."""
        return {1: (self.channel,), 2: (self.channel, self.column)}.get(axes, self.at)


@dataclass(frozen=True, eq=False)
class NetworkState:
    """A network with its weights, a picture, and where one looks.

    Attributes
    ----------
    picture
        uint8, in the shape that the network gets: (C, H, W).
    sample, digit
        Where it comes from, and which of the test images it is.
    weights
        What ``state_dict`` holds, by its names; some may be missing until torch is there.
    origin, seed, step
        Where the weights come from: of an untrained network the seed that they were drawn with, of
        a training run the step after which they were taken.
    edited
        What an operation has put in place of some weights, by the same names.
    off
        The layers that are switched off, by name.
    frozen
        The names of the layers that will not learn.
    chosen
        Index of the layer that is looked at.
    pinned, hover
        The cell that a click holds, and the one under the pointer.
    collapsed
        Indices of the layers that are shown as a slim line.
    """

    network: Network
    picture: Pixels
    sample: Sample = "digit"
    digit: int = 0
    weights: Weights = field(default_factory=dict)
    origin: Origin = "untrained"
    seed: int = 0
    step: int | None = None
    edited: Mapping[str, Array] = field(default_factory=dict)
    off: Mapping[str, Off] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    chosen: int | None = None
    pinned: Spot | None = None
    hover: Spot | None = None
    collapsed: frozenset[int] = frozenset()

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """All that it holds."""
        return (self.picture, *self.weights.values(), *self.edited.values())

    @property
    def input(self) -> Shape:
        """The shape of the picture, (C, H, W)."""
        shape: Shape = self.picture.shape
        return shape

    @property
    def takes_digits(self) -> bool:
        """Whether the picture has the shape of a digit."""
        return self.input == DIGIT

    @property
    def places(self) -> tuple[Place, ...]:
        """Every layer with the shapes around it."""
        return flow(self.network, self.input)

    @property
    def gives(self) -> Gives:
        """What comes out of it for each class, as it works now."""
        return gives(self.places, self.off)

    @property
    def total(self) -> Total:
        """The sums over all layers."""
        return total(self.network, self.input)

    @property
    def broken(self) -> int | None:
        """Index of the layer that does not fit, or None."""
        return next((i for i, place in enumerate(self.places) if place.problem is not None), None)

    @property
    def classes(self) -> int | None:
        """How many answers come out, or None where it is no row of numbers."""
        output = self.total.output
        return output[0] if output is not None and len(output) == 1 else None

    @cached_property
    def used_weights(self) -> Weights:
        """The weights as they work: those that were put in place before those that were learned."""
        return {**self.weights, **self.edited}

    @property
    def is_complete(self) -> bool:
        """Whether every layer that something flows through has its weights."""
        flowing = self.network.names[: self.broken]
        return all(
            full in self.used_weights
            for full in self.network.state_shapes
            if full.rpartition(".")[0] in flowing
        )

    @property
    def spot(self) -> Spot | None:
        """The cell that is explained: the pointer before the pin."""
        return self.hover or self.pinned

    def computes_as(self, other: NetworkState) -> bool:
        """Tell whether both give the very same numbers."""
        return (
            self.network == other.network
            and self.picture is other.picture
            and self.weights is other.weights
            and self.edited is other.edited
            and self.off == other.off
        )
