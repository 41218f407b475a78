"""What there is to see of a network: its layers, what came out of them, and where a hand points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy.typing as npt

from explorer.core.layers import Array, Shape
from explorer.core.network.flow import Place
from explorer.core.network.running import Off
from explorer.core.network.state import PICTURE, Spot
from explorer.core.network.tracing import Region

Picture = npt.NDArray[Any]
"""float32 or uint8."""


@dataclass(frozen=True)
class Mark:
    """What was done to a layer.

    Attributes
    ----------
    frozen
        Whether it does not learn.
    off
        What it does instead of its work, if it is switched off.
    edited
        Whether weights were changed by hand.
    """

    frozen: bool = False
    off: Off | None = None
    edited: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network takes the picture for: a probability, float32 (K,), for each name."""

    names: tuple[str, ...]
    probabilities: Array


NOTHING = Mark()


@dataclass(frozen=True, eq=False)
class FlowScene:
    """All that the picture of a network depends on, beside its theme and how it is looked at.

    Attributes
    ----------
    places
        From `explorer.core.network.flow`.
    picture
        (C, H, W) as it is shown, from 0 up.
    outputs
        What came out of each layer, or None where that is not known; may be shorter than `places`.
    answer
        Shown where the last layer gives as many numbers as there are names.
    marks
        One for each layer, or none at all.
    collapsed
        The places of layers that take as little room as can be.
    chosen
        The place of the layer that is chosen.
    hover, pin
        The cell under the pointer, and the one that is held.
    map
        (place, channel) of the map under the pointer, where its cells are too small to be pointed
        at.
    regions
        What `hover`, or else `pin`, is made of, from `explorer.core.network.tracing`.
    """

    places: tuple[Place, ...]
    picture: Picture
    outputs: tuple[Array | None, ...] = ()
    answer: Answer | None = None
    marks: tuple[Mark, ...] = ()
    collapsed: frozenset[int] = frozenset()
    chosen: int | None = None
    hover: Spot | None = None
    pin: Spot | None = None
    map: tuple[int, int] | None = None
    regions: tuple[Region, ...] = ()

    @property
    def spot(self) -> Spot | None:
        """The cell whose origin is shown."""
        return next((spot for spot in (self.hover, self.pin) if self.has(spot)), None)

    def has(self, spot: Spot | None) -> bool:
        """Tell whether there is such a cell: a network may have changed under the hand."""
        if spot is None or not PICTURE <= spot.place < len(self.places):
            return False
        shape = self.shape(spot.place)
        if shape is None:
            return False
        sides = {1: (*shape, 1, 1), 2: (shape[0], 1, *shape[1:])}.get(len(shape), shape)
        return all(0 <= at < side for at, side in zip(spot.at, sides, strict=True))

    def stands_as(self, other: FlowScene) -> bool:
        """Tell whether all but what a hand points at is the same as in another scene."""
        if self.picture is not other.picture or len(self.outputs) != len(other.outputs):
            return False
        if any(a is not b for a, b in zip(self.outputs, other.outputs, strict=True)):
            return False
        return (
            self.answer is other.answer
            and self.chosen == other.chosen
            and self.collapsed == other.collapsed
            and self.marks == other.marks
            and self.places == other.places
        )

    def values(self, place: int) -> Array | None:
        """Return what came out of a layer, or the picture."""
        if place == PICTURE:
            return self.picture
        return self.outputs[place] if place < len(self.outputs) else None

    def number(self, spot: Spot) -> float:
        """Return the number in a cell, of what is known."""
        values = self.values(spot.place)
        assert values is not None
        at = spot.index(values.ndim)
        return float(values[at])

    def shape(self, place: int) -> Shape | None:
        """Return the shape of what comes out there, or None where nothing flows."""
        return self.picture.shape if place == PICTURE else self.places[place].output

    def mark(self, place: int) -> Mark:
        """Return what was done to a layer."""
        return self.marks[place] if 0 <= place < len(self.marks) else NOTHING

    @cached_property
    def breaks(self) -> int | None:
        """The place of the layer that does not fit, or None."""
        problems = (place.problem is not None for place in self.places)
        return next((number for number, there in enumerate(problems) if there), None)

    @cached_property
    def signed(self) -> tuple[bool, ...]:
        """Whether what comes out of each layer can be on both sides of zero."""
        found: list[bool] = []
        now = True
        for number, place in enumerate(self.places):
            if self.mark(number).off is None and place.layer.signed is not None:
                now = place.layer.signed
            found.append(now)
        return tuple(found)

    @cached_property
    def has_answer(self) -> bool:
        """Whether the last layer gives the answer."""
        if self.answer is None or not self.places:
            return False
        return self.places[-1].output == (len(self.answer.names),)
