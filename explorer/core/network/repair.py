"""A layer that does not fit into its network: what torch says, and the nearest that does."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final

from explorer.core.layers import Flatten, Layer, LayerError, Module, Shape
from explorer.core.network.flow import flow
from explorer.core.network.running import modules
from explorer.core.network.stack import MOST_LAYERS, Network
from explorer.core.repair import label, listed, problem
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

if TYPE_CHECKING:
    from torch import nn

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
    for one in _fitted(layer, given):
        meant = label(_settings(layer, one)) if type(one) is type(layer) else _replacing(one)
        yield NetworkRepair(meant, network.replaced(at, one))
    if layer.wants == "row" and len(given) > 1:
        yield from _flattened(network, at, prod(given))
    if layer.wants == "maps" and len(given) < 3:
        yield from _unflattened(network, shape, at)
    yield NetworkRepair(text(QT_TRANSLATE_NOOP("core", "Remove this layer")), network.removed(at))


def _replacing(layer: Module) -> Text:
    meaning = QT_TRANSLATE_NOOP("core", "Put {kind} in its place")
    return text(meaning, kind=type(layer).__name__)


def _broken(network: Network, shape: Shape) -> int | None:
    """Return the place of the first layer that does not fit."""
    problems = (place.problem for place in flow(network, shape))
    return next((i for i, found in enumerate(problems) if found is not None), None)


def _flattened(network: Network, at: int, numbers: int) -> Iterator[NetworkRepair]:
    """Yield the network with a Flatten in front of a layer, which gets all the numbers."""
    layer = network.layers[at]
    if len(network.layers) >= MOST_LAYERS:
        return
    try:
        fitted = layer.taking(numbers)
    except LayerError:
        return
    if fitted == layer:
        meant = text(QT_TRANSLATE_NOOP("core", "Insert Flatten()"))
    else:
        meaning = QT_TRANSLATE_NOOP("core", "Insert Flatten() and set {name} to {value}")
        meant = text(meaning, name=layer.takes, value=numbers)
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
            return
        same = (one for one in _fitted(layer, given) if type(one) is type(layer))
        if (fitted := next(same, None)) is not None:
            meaning = QT_TRANSLATE_NOOP("core", "Remove the Flatten before it and set {changes}")
            meant = text(meaning, changes=listed(_settings(layer, fitted)))
            yield NetworkRepair(meant, changed.replaced(at - 1, fitted))
        return


# -------------------------------------------------------------------------- parameters of the layer


def _fitted(layer: Module, given: Shape) -> Iterator[Module]:
    """Yield what fits an input in place of `layer`, the nearest first."""
    with suppress(LayerError):
        for one in layer.instead(given):
            if one.shape_problem(given) is None:
                yield one
    if isinstance(layer, Layer) and layer.wants == "maps" and len(given) == 3:
        found = problem(layer, (given[1], given[2]), given[0], resizable=False)
        for repair in found.repairs if found else ():
            if repair.layer.shape_problem(given) is None:
                yield repair.layer


def _settings(layer: Module, other: Module) -> Settings:
    """Return the parameters in which another layer of the same kind differs."""
    names = (field.name for field in dataclasses.fields(layer))
    values = {name: getattr(other, name) for name in names}
    return tuple((name, new) for name, new in values.items() if new != getattr(layer, name))


# ----------------------------------------------------------------------------- in torch's own words


_MOST_NUMBERS: Final = 2**22
"""Of weights and input together, for which torch is asked in earnest."""


def torch_reason(layer: Module, shape: Shape) -> str:
    """Return the first line of what torch says against one input of `shape`.

    Where that would take too many numbers, the weights are one number that stands everywhere, and
    for a large input torch's meta device is asked, which only knows shapes, has other words for
    some of them, and imports SymPy (60 MB). torch's global generators stay as they were.

    Returns
    -------
    str
        "" where the layer fits, and where torch itself has nothing against it: it mixes the
        pictures of a batch if it is told to.
    """
    if layer.shape_problem(shape) is None:
        return ""
    import torch

    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # what torch advises against, it takes
            made, device = _asked(layer, shape)
            # Transposed convolutions in float32 are refused in riddles, as in the Lab.
            made.eval().double()(torch.zeros((1, *shape), dtype=torch.float64, device=device))
    except (RuntimeError, ValueError, IndexError) as refusal:
        return next(iter(str(refusal).splitlines()), type(refusal).__name__)
    return ""


def _asked(layer: Module, shape: Shape) -> tuple[nn.Module, str]:
    """Return the module that is asked about an input of `shape`, and the device of both."""
    import torch

    weights = sum(map(prod, layer.weight_shapes().values()))
    numbers = _laid_out(layer, shape)
    if weights + numbers <= _MOST_NUMBERS:
        (made,) = modules(Network((layer,)), 0).values()
        return made, "cpu"
    with torch.device("meta"):
        made = layer.as_torch()
    if numbers > _MOST_NUMBERS or not _is_refused_at_once(layer, shape):
        return made, "meta"
    made.double()
    zero = torch.zeros((), dtype=torch.float64)
    spread = {name: zero.expand(one.shape) for name, one in made.state_dict().items()}
    made.load_state_dict(spread, assign=True)
    return made, "cpu"


def _laid_out(layer: Module, shape: Shape) -> int:
    """Return how many numbers torch makes of an input before it looks at the weights.

    It pads with anything but zeros in an array of its own.
    """
    if getattr(layer, "padding_mode", "zeros") == "zeros":
        return prod(shape)
    around: Iterator[tuple[int, int]] = zip(shape[-2:], layer.setting("padding"), strict=False)
    return prod(shape[:-2]) * prod(size + 2 * padding for size, padding in around)


def _is_refused_at_once(layer: Module, shape: Shape) -> bool:
    """Tell whether torch computes nothing with the weights of a layer that does not fit.

    It takes two axes for one channel without a batch.
    """
    return bool(layer.takes) and (len(shape) != 2 or getattr(layer, layer.takes) > 1)
