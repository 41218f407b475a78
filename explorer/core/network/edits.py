"""Everything that can be done to the state of the Network page: each makes another state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.core.layers import MODULES, Array, Module, Shape
from explorer.core.network.flow import flow
from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.running import Off, Weights, initial_weights
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState, Pixels, Sample


def with_network(state: NetworkState, network: Network) -> NetworkState:
    """Return the state with another network, whose weights are to be drawn."""
    if network == state.network:
        return state
    return replace(
        state,
        network=network,
        weights={},
        origin="untrained",
        step=None,
        edited={},
        off={},
        frozen=frozenset(),
        chosen=None,
        pinned=None,
        hover=None,
        collapsed=frozenset(),
    )


def with_preset(state: NetworkState, name: str) -> NetworkState:
    """Return the state with a named network, and the picture in the shape that it is made for."""
    preset = PRESETS[name]
    return with_input(with_network(state, preset.network), preset.input)


def with_input(state: NetworkState, shape: Shape) -> NetworkState:
    """Return the state with the same picture in another shape, (C, H, W)."""
    if shape == state.input:
        return state
    _, *sides = shape
    plane = state.picture.mean(axis=0)
    for axis, side in enumerate(sides):
        plane = _resampled(plane, axis, side)
    picture = np.broadcast_to(plane.round(), shape).astype(np.uint8)
    return with_picture(state, picture, state.sample, state.digit)


def _resampled(plane: Array, axis: int, side: int) -> Array:
    """Return a picture with `side` cells along an axis: means of them, or the nearest."""
    old = plane.shape[axis]
    if old % side == 0:
        parts = np.split(plane, side, axis)
        means: Array = np.concatenate([part.mean(axis, keepdims=True) for part in parts], axis)
        return means
    nearest: Array = np.take(plane, np.arange(side) * old // side, axis)
    return nearest


def with_picture(
    state: NetworkState, picture: Pixels, sample: Sample, digit: int = 0
) -> NetworkState:
    """Return the state with another picture, uint8 (C, H, W)."""
    changed = replace(state, picture=picture, sample=sample, digit=digit)
    return changed if picture.shape == state.input else replace(changed, pinned=None, hover=None)


def inserted(state: NetworkState, at: int, kind: str) -> NetworkState:
    """Return the state with a new layer of a kind at place `at`, made to fit where it can."""
    layer = MODULES[kind].new_for(_input_at(state, at))
    origins = [*range(at), None, *range(at, len(state.network.layers))]
    changed = _carried(state, state.network.inserted(at, layer), origins)
    return replace(changed, chosen=at)


def removed(state: NetworkState, at: int) -> NetworkState:
    """Return the state without the layer at place `at`."""
    count = len(state.network.layers)
    origins = [i for i in range(count) if i != at]
    changed = _carried(state, state.network.removed(at), origins)
    left = min(at, count - 2)
    return replace(changed, chosen=left if state.chosen == at and left >= 0 else changed.chosen)


def duplicated(state: NetworkState, at: int) -> NetworkState:
    """Return the state with the layer at place `at` twice, and its weights too."""
    origins = [*range(at + 1), at, *range(at + 1, len(state.network.layers))]
    twice = state.network.inserted(at + 1, state.network.layers[at])
    return replace(_carried(state, twice, origins), chosen=at + 1)


def moved(state: NetworkState, at: int, to: int) -> NetworkState:
    """Return the state with the layer at place `at` at place `to`."""
    if at == to:
        return state
    origins: list[int | None] = list(range(len(state.network.layers)))
    origins.insert(to, origins.pop(at))
    return replace(_carried(state, state.network.moved(at, to), origins), chosen=to)


def with_layer(state: NetworkState, at: int, layer: Module) -> NetworkState:
    """Return the state with another layer at place `at`; it keeps the weights that still fit."""
    if layer == state.network.layers[at]:
        return state
    return _carried(
        state, state.network.replaced(at, layer), list(range(len(state.network.layers)))
    )


def with_parameter(state: NetworkState, at: int, name: str, value: Any) -> NetworkState:
    """Return the state with a parameter of the layer at place `at` set anew."""
    return with_layer(state, at, state.network.layers[at].with_(**{name: value}))


def repaired(state: NetworkState, network: Network) -> NetworkState:
    """Return the state with a network that a repair proposes, and all weights that still fit."""
    old, new = state.network.layers, network.layers
    if len(old) == len(new):
        return _carried(state, network, list(range(len(old))))
    begin = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    more = len(new) - len(old)
    origins = [
        i if i < begin else (i - more if 0 <= i - more < len(old) else None)
        for i in range(len(new))
    ]
    return _carried(state, network, origins)


def with_weights(state: NetworkState, weights: Weights, step: int | None) -> NetworkState:
    """Return the state with the weights of a training run, after a step of it."""
    return replace(state, weights=weights, origin="run", step=step)


def opened(
    state: NetworkState, network: Network, weights: Weights, frozen: frozenset[str]
) -> NetworkState:
    """Return the state with a network from a file; weights that it lacks are yet to be drawn."""
    state = with_input(with_network(state, network), DIGIT)
    return replace(
        state,
        weights=weights,
        origin="own",
        step=None,
        edited={},
        off={},
        frozen=frozen & set(network.names),
    )


def reinitialised(state: NetworkState, seed: int) -> NetworkState:
    """Return the state with weights yet to be drawn with `seed`."""
    return replace(state, weights={}, edited={}, origin="untrained", seed=seed, step=None)


def completed(state: NetworkState) -> NetworkState:
    """Return the state with all weights drawn that were missing and that torch makes; needs it."""
    shapes = state.network.state_shapes
    missing = [name for name in shapes if name not in state.weights]
    if not missing:
        return state
    if len(missing) == len(shapes):
        found = initial_weights(state.network, state.seed)
        return replace(state, weights=found) if found else state
    drawn = {name: state.weights[name] for name in shapes if name in state.weights}
    for name, layer in zip(state.network.names, state.network.layers, strict=True):
        if any(part.startswith(f"{name}.") for part in missing):
            own = initial_weights(Network((layer,)), state.seed)
            for full, array in own.items():
                drawn.setdefault(f"{name}.{full.rpartition('.')[2]}", array)
    return state if drawn.keys() == state.weights.keys() else replace(state, weights=drawn)


def with_edited(state: NetworkState, name: str, array: Array) -> NetworkState:
    """Return the state with numbers in place of the weight `name` of ``state_dict``."""
    return replace(state, edited={**state.edited, name: array})


def restored(state: NetworkState, name: str) -> NetworkState:
    """Return the state with the weight `name` as it was learned."""
    if name not in state.edited:
        return state
    return replace(state, edited={key: a for key, a in state.edited.items() if key != name})


def switched(state: NetworkState, name: str, off: Off | None) -> NetworkState:
    """Return the state with a layer switched off, or on again where `off` is None."""
    others: dict[str, Off] = {key: how for key, how in state.off.items() if key != name}
    return replace(state, off=others if off is None else {**others, name: off})


def with_frozen(state: NetworkState, name: str, frozen: bool) -> NetworkState:
    """Return the state with a layer that will not learn, or will."""
    return replace(state, frozen=state.frozen | {name} if frozen else state.frozen - {name})


def _input_at(state: NetworkState, at: int) -> Shape | None:
    """Return the shape that reaches place `at`, or None behind a break."""
    if at == 0:
        return state.input
    return flow(state.network, state.input)[at - 1].output


def _carried(state: NetworkState, network: Network, origins: Sequence[int | None]) -> NetworkState:
    """Return the state with another network, and what its layers bring along.

    Parameters
    ----------
    origins
        For each layer of the new network, which one it was; None for a new one.
    """
    old = state.network.names
    renamed = {
        name: None if origin is None else old[origin]
        for name, origin in zip(network.names, origins, strict=True)
    }

    def arrays(given: Mapping[str, Array]) -> dict[str, Array]:
        kept = {}
        for full, shape in network.state_shapes.items():
            name, _, part = full.rpartition(".")
            array = given.get(f"{renamed[name]}.{part}")
            if array is not None and np.shape(array) == shape:
                kept[full] = array
        return kept

    weights = arrays(state.weights)
    if not any(full.endswith(".weight") for full in weights):
        # A bias that happens to fit is nothing that was learned.
        weights = {}
    now = {origin: i for i, origin in reversed(list(enumerate(origins))) if origin is not None}
    return replace(
        state,
        network=network,
        weights=weights,
        origin="own" if weights and state.origin != "untrained" else "untrained",
        edited=arrays(state.edited),
        off={new: state.off[was] for new, was in renamed.items() if was and was in state.off},
        frozen=frozenset(new for new, was in renamed.items() if was in state.frozen),
        chosen=None if state.chosen is None else now.get(state.chosen),
        pinned=None,
        hover=None,
        collapsed=frozenset(now[i] for i in state.collapsed if i in now),
    )
