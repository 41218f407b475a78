"""A layer that does not fit into its network: what torch says, and the nearest that does."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final

from explorer.core.layers import (
    BatchNorm2d,
    Dropout,
    Dropout2d,
    Flatten,
    Layer,
    LayerError,
    Linear,
    Module,
    Shape,
)
from explorer.core.layers.softmax import Shares
from explorer.core.network.flow import flow
from explorer.core.network.running import modules
from explorer.core.network.stack import MOST_LAYERS, Network
from explorer.core.repair import label, listed, problem
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

Settings = tuple[tuple[str, Any], ...]
"""New values of some parameters, by name."""


@dataclass(frozen=True)
class NetworkRepair:
    """One change after which a layer fits: the network to take instead."""

    label: Text
    network: Network


def repairs(network: Network, shape: Shape) -> tuple[NetworkRepair, ...]:
    """Return what can be done for the first layer that does not fit, the nearest first.

    Parameters
    ----------
    shape
        Of the picture, (C, H, W).

    Returns
    -------
    tuple of NetworkRepair
        Each one makes the layer fit and leaves those before it fitting; the last one removes it.
        None where every layer fits.
    """
    at = _broken(network, shape)
    return () if at is None else tuple(_found(network, shape, at))


def _found(network: Network, shape: Shape, at: int) -> Iterator[NetworkRepair]:
    layer, given = network.layers[at], flow(network, shape)[at].input or ()
    for settings in _changes(layer, given):
        changed = network.replaced(at, layer.with_(**dict(settings)))
        yield NetworkRepair(label(settings), changed)
    if isinstance(layer, Dropout2d):
        meaning = QT_TRANSLATE_NOOP("core", "Put Dropout in its place")
        single = Dropout(layer.p, layer.inplace)
        yield NetworkRepair(text(meaning), network.replaced(at, single))
    if isinstance(layer, Linear) and len(given) > 1:
        yield from _flattened(network, at, layer, prod(given))
    if len(given) < 3 and _needs_maps(layer):
        yield from _unflattened(network, shape, at)
    yield NetworkRepair(text(QT_TRANSLATE_NOOP("core", "Remove this layer")), network.removed(at))


def _needs_maps(layer: Module) -> bool:
    is_window = isinstance(layer, Layer) and not isinstance(layer, Shares)
    return is_window or isinstance(layer, BatchNorm2d | Dropout2d)


def _broken(network: Network, shape: Shape) -> int | None:
    """Return the place of the first layer that does not fit."""
    problems = (place.problem for place in flow(network, shape))
    return next((i for i, found in enumerate(problems) if found is not None), None)


def _flattened(network: Network, at: int, layer: Linear, numbers: int) -> Iterator[NetworkRepair]:
    """Yield the network with a Flatten in front of a linear layer, which gets all the numbers."""
    fitted = _with(layer, (("in_features", numbers),))
    if fitted is None or len(network.layers) >= MOST_LAYERS:
        return
    if fitted == layer:
        meant = text(QT_TRANSLATE_NOOP("core", "Insert Flatten()"))
    else:
        meaning = QT_TRANSLATE_NOOP("core", "Insert Flatten() and set in_features to {value}")
        meant = text(meaning, value=numbers)
    yield NetworkRepair(meant, network.replaced(at, fitted).inserted(at, Flatten()))


def _unflattened(network: Network, shape: Shape, at: int) -> Iterator[NetworkRepair]:
    """Yield the network without the Flatten behind which a layer finds no maps any more."""
    flattens = (i for i in reversed(range(at)) if isinstance(network.layers[i], Flatten))
    for i in flattens:
        changed = network.removed(i)
        given = flow(changed, shape)[at - 1].input
        if given is None or len(given) != 3:
            continue
        layer = network.layers[at]
        if layer.shape_problem(given) is None:
            meaning = QT_TRANSLATE_NOOP("core", "Remove the Flatten before it")
            yield NetworkRepair(text(meaning), changed)
        elif settings := next(iter(_changes(layer, given)), None):
            meaning = QT_TRANSLATE_NOOP("core", "Remove the Flatten before it and set {changes}")
            fitted = changed.replaced(at - 1, layer.with_(**dict(settings)))
            yield NetworkRepair(text(meaning, changes=listed(settings)), fitted)
        return


# -------------------------------------------------------------------------- parameters of the layer


def _changes(layer: Module, given: Shape) -> Iterator[Settings]:
    """Yield the settings with which `layer` fits an input, the nearest first."""
    for settings in _tried(layer, given):
        changed = _with(layer, settings)
        if changed is not None and changed.shape_problem(given) is None:
            yield settings


def _tried(layer: Module, given: Shape) -> Iterator[Settings]:
    match layer:
        case Linear() if len(given) == 1:
            yield (("in_features", given[0]),)
        case BatchNorm2d() if len(given) == 3:
            wanted = {
                "num_features": given[0],
                "eps": layer.eps or 1e-5,
                "track_running_stats": layer.track_running_stats or given[1:] == (1, 1),
            }
            yield tuple((k, v) for k, v in wanted.items() if getattr(layer, k) != v)
        case Shares():
            yield from _nearest(layer, given, {"dim": layer.dim_for(given)})
        case Flatten():
            now = {"start_dim": layer.start_dim, "end_dim": layer.end_dim}
            yield from _nearest(layer, given, now)
        case Layer() if len(given) == 3:
            found = problem(layer, (given[1], given[2]), given[0], resizable=False)
            for repair in found.repairs if found else ():
                yield tuple(
                    (field.name, getattr(repair.layer, field.name))
                    for field in dataclasses.fields(layer)
                    if getattr(repair.layer, field.name) != getattr(layer, field.name)
                )


def _nearest(layer: Module, given: Shape, now: dict[str, int]) -> Iterator[Settings]:
    """Yield the axes nearest to those that are named, which count from the same end."""

    def distance(dims: tuple[int, ...]) -> tuple[int, int]:
        pairs = list(zip(dims, now.values(), strict=True))
        turned = sum((dim < 0) != (was < 0) for dim, was in pairs)
        return turned, sum(abs(dim - was) for dim, was in pairs)

    axes = range(-len(given), len(given) + 1)
    for dims in sorted(product(axes, repeat=len(now)), key=distance):
        named = zip(now, dims, strict=True)
        settings = tuple((k, dim) for k, dim in named if dim != getattr(layer, k))
        changed = _with(layer, settings)
        if changed is not None and changed.shape_problem(given) is None:
            yield settings
            return


def _with(layer: Module, settings: Settings) -> Module | None:
    """Return `layer` with new settings, or None where it takes no such values."""
    try:
        return layer.with_(**dict(settings))
    except LayerError:
        return None


# ----------------------------------------------------------------------------- in torch's own words


_MOST_NUMBERS: Final = 2**22
"""Of weights and input together, for which torch is asked in earnest."""


def torch_reason(layer: Module, shape: Shape) -> str:
    """Return the first line of what torch says against one input of `shape`.

    Where that would take too many numbers, torch's meta device is asked, which only knows shapes
    and has other words for some of them. torch's global generators stay as they were.

    Returns
    -------
    str
        "" where the layer fits, and where torch itself has nothing against it: it mixes the
        pictures of a batch if it is told to.
    """
    if layer.shape_problem(shape) is None:
        return ""
    import torch

    weights = sum(map(prod, layer.weight_shapes().values()))
    device = "cpu" if weights + prod(shape) <= _MOST_NUMBERS else "meta"
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # what torch advises against, it takes
            if device == "cpu":
                (made,) = modules(Network((layer,)), 0).values()
            else:
                with torch.device("meta"):
                    made = layer.as_torch()
            # Transposed convolutions in float32 are refused in riddles, as in the Lab.
            made.eval().double()(torch.zeros((1, *shape), dtype=torch.float64, device=device))
    except (RuntimeError, ValueError, IndexError) as refusal:
        return next(iter(str(refusal).splitlines()), type(refusal).__name__)
    return ""
