"""Operations on the weights of a layer, from state to state: what was learned stays beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array, Module, Places, Shape
from explorer.core.network import edits
from explorer.core.network.state import NetworkState
from explorer.core.network.surgery import (
    Mask,
    differing,
    is_same,
    kernels_of,
    places,
    put,
    replacement,
)

MOST_WEIGHTS: Final = 2**22
"""Of a layer that can be worked on: to look through more after each change takes too long."""


@dataclass(frozen=True)
class Target:
    """What an operation is on.

    Attributes
    ----------
    place
        Index of the layer.
    out, into
        The channels of the kernel; `into` is None for all kernels of the output channel.
    """

    place: int
    out: int
    into: int | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """A layer whose kernels can be worked on.

    Attributes
    ----------
    name
        Of the layer.
    where
        Where its kernels lie in its weight, see `explorer.core.network.surgery.places`.
    learned, now
        The weight as it was learned, and as it works.
    learned_bias, bias
        The numbers that are added, likewise; None where there are none.
    """

    name: str
    layer: Module
    where: Places
    learned: Array
    now: Array
    learned_bias: Array | None
    bias: Array | None

    @property
    def kernel_size(self) -> Pair:
        """(h, w)."""
        return self.where.shape[2], self.where.shape[3]

    @property
    def kernels(self) -> Array:
        """All of them as they work, (out, in, h, w)."""
        return kernels_of(self.now, self.where)

    @property
    def changed(self) -> Mask:
        """Which of them are others than were learned, (out, in)."""
        if self.now is self.learned:
            return np.zeros(self.where.shape[:2], bool)
        return differing(self.learned, self.now, self.where)

    def source(self, target: Target) -> int:
        """Return the input channel that a kernel reads, of all that the layer gets."""
        into = target.into or 0
        count = getattr(self.layer, self.layer.takes)
        return self.layer.channels_read(target.out, (count,))[into]


def opened(state: NetworkState, place: int | None) -> Opened | None:
    """Return a layer with its weights, or None for one without kernels, or without weights yet.

    None also for one with more than `MOST_WEIGHTS`.
    """
    if place is None or place >= len(state.network.layers):
        return None
    layer, name = state.network.layers[place], state.network.names[place]
    learned = state.weights.get(f"{name}.weight")
    if learned is None or learned.size > MOST_WEIGHTS:
        return None
    where = _places(state, place)
    if where is None:
        return None
    return Opened(
        name,
        layer,
        where,
        learned,
        state.used_weights[f"{name}.weight"],
        state.weights.get(f"{name}.bias"),
        state.used_weights.get(f"{name}.bias"),
    )


def with_replacement(state: NetworkState, target: Target, how: str) -> NetworkState:
    """Return the state with a named replacement in place of kernels."""
    layer = _opened(state, target)
    values = replacement(how, layer.learned, layer.where, target.out, target.into, state.seed)
    return _with(state, f"{layer.name}.weight", put(layer.now, _at(layer, target), values))


def with_learned(state: NetworkState, target: Target) -> NetworkState:
    """Return the state with kernels as they were learned; with all of an output, its bias too."""
    layer = _opened(state, target)
    at = _at(layer, target)
    state = _with(state, f"{layer.name}.weight", put(layer.now, at, kernels_of(layer.learned, at)))
    if target.into is None and layer.learned_bias is not None:
        return with_bias(state, target, float(layer.learned_bias[target.out]))
    return state


def with_layer_learned(state: NetworkState, place: int) -> NetworkState:
    """Return the state with all weights of a layer as they were learned."""
    name = state.network.names[place]
    edited = {key: array for key, array in state.edited.items() if key.rpartition(".")[0] != name}
    return state if len(edited) == len(state.edited) else replace(state, edited=edited)


def with_numbers(state: NetworkState, target: Target, at: Pair, block: Array) -> NetworkState:
    """Return the state with numbers (h, w) laid over a kernel from a cell on, where they fit."""
    layer = _opened(state, target)
    where = _at(layer, target)[at[0] :, at[1] :][: len(block), : block.shape[1]]
    values = block[: where.shape[0], : where.shape[1]]
    return _with(state, f"{layer.name}.weight", put(layer.now, where, values))


def with_bias(state: NetworkState, target: Target, value: float) -> NetworkState:
    """Return the state with another number that is added to an output channel."""
    layer = _opened(state, target)
    assert layer.bias is not None
    changed = np.array(layer.bias, np.float32)
    changed[target.out] = value
    return _with(state, f"{layer.name}.bias", changed)


def _opened(state: NetworkState, target: Target) -> Opened:
    layer = opened(state, target.place)
    assert layer is not None
    return layer


def _at(layer: Opened, target: Target) -> Places:
    places: Places = layer.where[target.out]
    return places if target.into is None else places[target.into]


def _with(state: NetworkState, full: str, array: Array) -> NetworkState:
    if is_same(array, state.used_weights[full]):
        return state
    if is_same(array, state.weights[full]):
        return edits.restored(state, full)
    return edits.with_edited(state, full, array)


def _places(state: NetworkState, place: int) -> Places | None:
    maps: Shape | None = None
    if place:
        before = state.places[place - 1]
        is_laid = before.input is not None and before.layer.laid(before.input) is not None
        maps = before.input if is_laid else None
    return places(state.network.layers[place], maps)
