"""Illegal settings: what is wrong in plain words, and the nearest settings that work."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from explorer.core.geometry import Pair, written
from explorer.core.layers import Layer, Parameter
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

LARGEST_INPUT = 32
"""Cells to which a repair may widen the input."""


@dataclass(frozen=True)
class Repair:
    """One change that makes a setting legal: a layer and an input size to take instead."""

    label: Text
    layer: Layer
    size: Pair


@dataclass(frozen=True)
class Problem:
    """Why torch refuses a setting, and the nearest settings that it takes."""

    meaning: Text
    repairs: tuple[Repair, ...]


def problem(
    layer: Layer, size: Pair, channels: int | None = None, *, resizable: bool = True
) -> Problem | None:
    """Return what keeps `layer` from an input, or None when it fits.

    Parameters
    ----------
    size
        (h, w) of the input.
    channels
        Of the input; None where the input follows what the layer asks for.
    resizable
        Whether the input may be made larger; else every repair keeps its size.
    """
    given = _asked(layer) if channels is None else channels
    meaning = layer.channel_problem(given) or layer.size_problem(size)
    if meaning is None:
        return None
    changes = _changes(layer, size, channels, resizable)
    made = sorted(changes, key=lambda change: change.distance)
    return Problem(meaning, tuple(change.repair(layer, size) for change in made))


def _asked(layer: Layer) -> int:
    asked: int = getattr(layer, "in_channels", 1)
    return asked


@dataclass(frozen=True)
class _Change:
    """New values of some parameters, or of the input's size, and how far the sliders move."""

    distance: int
    settings: tuple[tuple[str, Any], ...] = ()
    size: Pair | None = None

    def repair(self, layer: Layer, size: Pair) -> Repair:
        return Repair(self._label(), layer.with_(**dict(self.settings)), self.size or size)

    def _label(self) -> Text:
        if self.size is None:
            return label(self.settings)
        h, w = self.size
        return text(QT_TRANSLATE_NOOP("core", "Make the input {h} × {w}"), h=h, w=w)


def label(settings: tuple[tuple[str, Any], ...]) -> Text:
    """Return what it is called to give some parameters, by name, new values."""
    named = [(name, _shown(value)) for name, value in settings]
    if len(named) == 1:
        return text(
            QT_TRANSLATE_NOOP("core", "Set {parameter} to {value}"),
            parameter=named[0][0],
            value=named[0][1],
        )
    if len(named) == 2:
        return text(
            QT_TRANSLATE_NOOP("core", "Set {parameter} to {value} and {other} to {its_value}"),
            parameter=named[0][0],
            value=named[0][1],
            other=named[1][0],
            its_value=named[1][1],
        )
    return text(QT_TRANSLATE_NOOP("core", "Set {changes}"), changes=listed(settings))


def listed(settings: tuple[tuple[str, Any], ...]) -> str:
    """Return parameters with their values, as in the call of a function."""
    return ", ".join(f"{name}={_shown(value)}" for name, value in settings)


def _shown(value: Any) -> str:
    return written(value) if isinstance(value, tuple) else str(value)


def _changes(layer: Layer, size: Pair, channels: int | None, resizable: bool) -> list[_Change]:
    in_channels = [] if _channels_fit(layer, channels) else _of_channels(layer, channels)
    if layer.size_problem(size) is None:
        return in_channels
    alone = _of_one_parameter(layer, size)
    wider = _wider(layer, size) if resizable else None
    if not in_channels and (found := [*alone, *([] if wider is None else [wider])]):
        return found
    nearest = min(alone or [_of_two(layer, size)], key=lambda change: change.distance)
    if not in_channels:
        return [nearest]
    return [
        _Change(change.distance + nearest.distance, change.settings + nearest.settings)
        for change in in_channels
    ]


# ---------------------------------------------------------------------------------------- channels


def _channels_fit(layer: Layer, channels: int | None) -> bool:
    return layer.channel_problem(_asked(layer) if channels is None else channels) is None


def _of_channels(layer: Layer, channels: int | None) -> list[_Change]:
    """Return the nearest legal value of each one of groups and channels that can do alone.

    Where none can, those of two of them: a single group takes any channels.
    """
    if hasattr(layer, "dim"):
        return [_Change(abs(layer.dim - 1), (("dim", 1),))]
    names = ("groups", "in_channels", "out_channels")
    limits = {about.name: about.maximum for about in layer.parameters()}
    values = {name: _around(getattr(layer, name), limits[name]) for name in names}
    if channels is not None:
        values["in_channels"] = [channels]
    for count in (1, 2):
        tried = (_nearest_channels(layer, channels, values, c) for c in combinations(names, count))
        if found := [change for change in tried if change is not None]:
            return found
    return []


def _nearest_channels(
    layer: Layer, channels: int | None, values: dict[str, list[int]], chosen: tuple[str, ...]
) -> _Change | None:
    now = [getattr(layer, name) for name in chosen]
    candidates = sorted(
        (sum(abs(a - b) for a, b in zip(v, now, strict=True)), v)
        for v in product(*(values[name] for name in chosen))
    )
    for distance, candidate in candidates:
        settings = tuple(zip(chosen, candidate, strict=True))
        if _channels_fit(layer.with_(**dict(settings)), channels):
            return _Change(distance, settings)
    return None


NEAREST_CHANNELS = 16
"""How far from the present number of channels a repair looks: each one costs a try."""


def _around(value: int, limit: int) -> list[int]:
    highest = min(max(limit, value), value + NEAREST_CHANNELS)
    near = range(max(1, value - NEAREST_CHANNELS), highest + 1)
    return [1, *near]


# ------------------------------------------------------------------------------------------- space


def _pairs(layer: Layer) -> list[Parameter]:
    return [about for about in layer.parameters() if about.kind == "pair"]


def _of_one_parameter(layer: Layer, size: Pair) -> list[_Change]:
    tried = [*(_nearest(layer, size, about) for about in _pairs(layer)), _zeros(layer, size)]
    return [change for change in tried if change is not None]


def _of_two(layer: Layer, size: Pair) -> _Change:
    """Return the nearest legal values of two parameters, where no one of them will do.

    There are some: no padding and a kernel of 1, or no padding of either side when transposed.
    """
    tried = [_nearest(layer, size, *both) for both in combinations(_pairs(layer), 2)]
    possible = [change for change in tried if change is not None]
    return min(possible, key=lambda change: change.distance)


def _nearest(layer: Layer, size: Pair, *chosen: Parameter) -> _Change | None:
    distance, changed = 0, layer
    for i in (0, 1):
        now = [layer.setting(about.name)[i] for about in chosen]
        ranges = (range(about.minimum, about.maximum + 1) for about in chosen)
        steps = [
            (sum(abs(a - b) for a, b in zip(v, now, strict=True)), v) for v in product(*ranges)
        ]
        for step, values in sorted([(0, tuple(now)), *steps]):
            candidate = _with_axis(changed, i, chosen, values)
            if _fits(candidate, size, i):
                distance, changed = distance + step, candidate
                break
        else:
            return None
    return _Change(distance, tuple((about.name, changed.setting(about.name)) for about in chosen))


def _with_axis(
    layer: Layer, i: int, chosen: tuple[Parameter, ...], values: tuple[int, ...]
) -> Layer:
    changes = {}
    for about, value in zip(chosen, values, strict=True):
        h, w = layer.setting(about.name)
        changes[about.name] = (value, w) if i == 0 else (h, value)
    return layer.with_(**changes)


def _fits(layer: Layer, size: Pair, i: int) -> bool:
    return layer.axis_problem(layer.axes(size)[i]) is None


def _wider(layer: Layer, size: Pair) -> _Change | None:
    def smallest(i: int) -> int | None:
        cells = range(size[i], max(size[i], LARGEST_INPUT) + 1)
        return next((n for n in cells if _fits(layer, (n, n), i)), None)

    h, w = smallest(0), smallest(1)
    return None if h is None or w is None else _Change(h - size[0] + w - size[1], size=(h, w))


def _zeros(layer: Layer, size: Pair) -> _Change | None:
    """Return the change to padding that copies nothing, where that is enough."""
    if getattr(layer, "padding_mode", "zeros") == "zeros":
        return None
    settings = {"padding_mode": "zeros"}
    if layer.with_(**settings).size_problem(size) is not None:
        return None
    return _Change(1, tuple(settings.items()))
