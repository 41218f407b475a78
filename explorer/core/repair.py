"""Illegal settings: what is wrong in plain words, and the nearest settings that work."""

from dataclasses import dataclass
from itertools import product

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


def problem(layer: Layer, size: Pair) -> Problem | None:
    """Return what keeps `layer` from an input of `size` (h, w), or None when it fits."""
    meanings = [layer.axis_problem(axis) for axis in layer.axes(size)]
    meaning = next((m for m in meanings if m is not None), None)
    return None if meaning is None else Problem(meaning, _repairs(layer, size))


def _repairs(layer: Layer, size: Pair) -> tuple[Repair, ...]:
    pairs = [about for about in layer.parameters() if about.kind == "pair"]
    single = [*(_nearest(layer, size, about) for about in pairs), _wider(layer, size)]
    found = [change for change in single if change is not None]
    # Two together always do: no padding and a kernel of 1 fit everywhere.
    both = [about for about in pairs if about.name in ("kernel_size", "padding")]
    if not found and (change := _nearest(layer, size, *both)) is not None:
        found = [change]
    return tuple(repair for _, repair in sorted(found, key=lambda change: change[0]))


_Change = tuple[int, Repair]
"""How far a repair moves the sliders, and the repair."""


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
    named = [(about.name, written(changed.setting(about.name))) for about in chosen]
    return distance, Repair(_label(*named), changed, size)


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


def _label(*changes: tuple[str, str]) -> Text:
    (parameter, value), *more = changes
    if not more:
        return text(
            QT_TRANSLATE_NOOP("core", "Set {parameter} to {value}"),
            parameter=parameter,
            value=value,
        )
    ((other, its_value),) = more
    return text(
        QT_TRANSLATE_NOOP("core", "Set {parameter} to {value} and {other} to {its_value}"),
        parameter=parameter,
        value=value,
        other=other,
        its_value=its_value,
    )


def _wider(layer: Layer, size: Pair) -> _Change | None:
    def smallest(i: int) -> int | None:
        cells = range(size[i], max(size[i], LARGEST_INPUT) + 1)
        return next((n for n in cells if _fits(layer, (n, n), i)), None)

    h, w = smallest(0), smallest(1)
    if h is None or w is None:
        return None
    label = text(QT_TRANSLATE_NOOP("core", "Make the input {h} × {w}"), h=h, w=w)
    return h - size[0] + w - size[1], Repair(label, layer, (h, w))
