"""A number inside of a network as a state of the Lab: the layer that made it, and what went in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from math import prod
from typing import Final

import numpy as np

from explorer.core.layers import Array, MaxPool2d, Shape
from explorer.core.layers.guise import At, Guise, rectangle
from explorer.core.network.room import fitted
from explorer.core.network.running import Off, Weights
from explorer.core.network.stack import Network
from explorer.core.scene import OWN, Focus, LabState
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

PICTURE: Final = -1
"""The place of the picture itself, in front of all layers."""

_IDENTITY: Final = QT_TRANSLATE_NOOP("core", "{name} is switched off and hands on its input.")
_ZEROS: Final = QT_TRANSLATE_NOOP(
    "core", "{name} is switched off and gives nothing but zeros: there is no sum to see."
)


@dataclass(frozen=True, eq=False)
class Opened:
    """What the Lab shows for a number of a network.

    Attributes
    ----------
    state
        The Lab with that number held: the cell under its pin.
    place, at
        The layer that it shows, and which cell of its output: another one than was asked for where
        that changes no number. `PICTURE` where no layer before does.
    note
        In what guise it is shown, and why; None where it is the layer as it is.
    """

    state: LabState
    place: int
    at: At
    note: Text | None = None


def lab_state(
    network: Network,
    weights: Weights,
    x: Array,
    outputs: Sequence[Array],
    place: int,
    at: At,
    off: Mapping[str, Off] | None = None,
) -> Opened | Text:
    """Return the state of the Lab that makes one number of a network, or why there is none.

    Parameters
    ----------
    weights
        By the names of ``state_dict``; those of the layer at `place` are enough.
    x
        The picture, float32 (C, H, W).
    outputs
        What came out of each layer, `place` included.
    place
        Of the layer whose number is meant, or `PICTURE`.
    at
        (channel, row, column) of its output; (index, 0, 0) of numbers in a row.
    off
        The layers that are switched off, by name.

    Raises
    ------
    KeyError
        Where `weights` lack what the layer needs.
    """
    return _Run(network, weights, x, outputs, off or {}).opened(place, at)


@dataclass(frozen=True, eq=False)
class _Run:
    """A network and what it has made of a picture."""

    network: Network
    weights: Weights
    x: Array
    outputs: Sequence[Array]
    off: Mapping[str, Off] = field(default_factory=dict)

    def opened(self, place: int, at: At) -> Opened | Text:
        reasons = []
        while place != PICTURE:
            guise = self._shown(place, at)
            if isinstance(guise, Guise):
                same = QT_TRANSLATE_NOOP("core", "It is the same number where it was made: {name}.")
                break
            if guise.source == _ZEROS:
                return guise
            reasons.append(guise)
            at = _laid_back(self.outputs[place].shape, self._before(place).shape, at)
            place -= 1
        else:
            guise = _itself(self.x, at)
            same = QT_TRANSLATE_NOOP("core", "It is the same number of the picture.")
        if reasons:
            reasons.append(text(same, name=self.network.names[place]))
        shown = fitted(replace(guise, notes=(*reasons, *guise.notes)))
        return shown if isinstance(shown, Text) else Opened(_state(shown), place, at, _told(shown))

    def _shown(self, place: int, at: At) -> Guise | Text:
        """Return what the layer at `place` is shown as, or why it changes no number."""
        layer, name, x = self.network.layers[place], self.network.names[place], self._before(place)
        off = self.off.get(name)
        if off is not None:
            kept = off == "identity" and self.outputs[place].shape == x.shape
            return text(_IDENTITY if kept else _ZEROS, name=name)
        parts = (*layer.weight_shapes(), *layer.buffer_shapes())
        learned = {part: self.weights[f"{name}.{part}"] for part in parts}
        return layer.guise(name, x, at, learned, self._maps(place))

    def _before(self, place: int) -> Array:
        return self.outputs[place - 1] if place else self.x

    def _maps(self, place: int) -> Shape | None:
        """Return the (C, H, W) that lie in the row in front of `place`, if nothing mixed them."""
        shape = self._before(place).shape
        for earlier in range(place - 1, -1, -1):
            if self.outputs[earlier].shape != shape:
                break
            before: Shape = self._before(earlier).shape
            if self.network.layers[earlier].laid(before) is not None and len(before) == 3:
                return before
            if self.network.layers[earlier].makes:
                break
        return None


def _itself(x: Array, at: At) -> Guise:
    """Show numbers through a layer that changes none of them."""
    laid = x if x.ndim == 3 else x.reshape(1, *rectangle(x.size))
    cell = at if x.ndim == 3 else (0, *divmod(at[0], laid.shape[2]))
    return Guise(MaxPool2d((1, 1)), laid, cell)


def _laid_back(shape: Shape, before: Shape, at: At) -> At:
    """Return which cell of `before` stands at `at` once it is laid out in `shape`."""
    assert prod(shape) == prod(before)
    flat = np.ravel_multi_index(at[: len(shape)], shape)
    found = [int(i) for i in np.unravel_index(flat, before)]
    channel, row, column = (*found, 0, 0)[:3]
    return channel, row, column


def _state(guise: Guise) -> LabState:
    """Return the Lab with a guise in it, its cell held and the window on it."""
    channel, row, column = guise.at
    width = guise.layer.axes((guise.x.shape[1], guise.x.shape[2]))[1].output
    return LabState(
        layer=guise.layer,
        sample=OWN,
        digit=0,
        input=guise.x,
        kernel=OWN,
        weight=guise.weight,
        bias=guise.bias,
        channel=channel,
        step=float(row * width + column),
        pins=(Focus("output", (row, column), channel),),
        origin=guise.x,
    )


def _told(guise: Guise) -> Text | None:
    """Return all notes as one."""
    if not guise.notes:
        return None
    return reduce(lambda first, then: text("{first} {then}", first=first, then=then), guise.notes)
