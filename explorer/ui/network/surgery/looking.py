"""How far a unit looks, before and after the training: the wish, and the work beside the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.core.layers import Array
from explorer.core.network.effective import (
    Box,
    effective,
    smallest_square,
    strongest,
    theoretical,
)
from explorer.core.network.preparing import prepared
from explorer.core.network.running import initial_weights
from explorer.core.network.state import PICTURE, NetworkState, Pixels, Spot


@dataclass(frozen=True, eq=False)
class Wish:
    """A unit, and the pictures that it is to look at.

    Attributes
    ----------
    pictures
        uint8, (N, C, H, W).
    """

    state: NetworkState
    spot: Spot
    pictures: Pixels

    def is_as(self, other: Wish | None) -> bool:
        """Tell whether both have the same answer."""
        return (
            other is not None
            and self.spot == other.spot
            and self.state.computes_as(other.state)
            and self.state.seed == other.state.seed
            and len(self.pictures) == len(other.pictures)
        )


@dataclass(frozen=True, eq=False)
class Look:
    """What was found of a wish so far.

    Attributes
    ----------
    region
        What the unit sees in theory; None where that is padding only.
    untrained, now
        How much each pixel moves it, (H, W); None until it is known.
    """

    wish: Wish
    region: Box | None
    untrained: Array | None = None
    now: Array | None = None

    @property
    def is_complete(self) -> bool:
        """Whether both are known."""
        return self.untrained is not None and self.now is not None


@dataclass(frozen=True)
class Measure:
    """A heat map in numbers.

    Attributes
    ----------
    square
        Where 95 % of it are.
    in_middle
        The share in the middle half of the theoretical region.
    """

    square: Box
    in_middle: float


def measured(heat: Array | None, region: Box | None) -> Measure | None:
    """Measure a heat map; None where it is empty."""
    square = None if heat is None else smallest_square(heat)
    if heat is None or square is None or region is None:
        return None
    return Measure(square, region.middle.share(heat))


def looked_at(state: NetworkState, outputs: tuple[Array | None, ...]) -> Spot | None:
    """Return the unit to look at: the one that is pointed at, else the strongest of the layer."""
    spot = state.spot
    place = state.chosen if spot is None or spot.place == PICTURE else spot.place
    if place is None or place >= len(outputs):
        return None
    output = outputs[place]
    if output is None or output.ndim not in (1, 3) or not output.size:
        return None
    if spot is None or spot.place == PICTURE:
        return strongest(output, place)
    at = spot.index(output.ndim)
    return spot if all(i < side for i, side in zip(at, output.shape, strict=True)) else None


def look(wish: Wish) -> Iterator[Look]:
    """Find out what moves the unit; every yield is a place to give up."""
    state, spot = wish.state, wish.spot
    region = theoretical(state.network, state.input, spot)
    found = Look(wish, Box.around(region) if region.rows and region.columns else None)
    pictures = np.stack([prepared(picture) for picture in wish.pictures])
    for now in effective(state.network, state.used_weights, spot, pictures, state.off):
        found = found if now is None else Look(wish, found.region, None, now)
        yield found
    first = initial_weights(state.network, state.seed)
    for untrained in effective(state.network, first, spot, pictures):
        found = found if untrained is None else Look(wish, found.region, untrained, found.now)
        yield found
