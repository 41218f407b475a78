"""Layers, shapes and numbers as the Network page writes them."""

import dataclasses
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from explorer.core.layers import Module, Shape

_UNSAID: Final = ("inplace", "return_indices")
"""They change no number."""
_BARE: Final = ("kernel_size", "output_size", "p", "negative_slope")
"""What a layer of few parameters is known by: its value says enough."""
_VULGAR: Final = {
    Fraction(1, 2): "½",
    Fraction(1, 3): "⅓",
    Fraction(2, 3): "⅔",
    Fraction(1, 4): "¼",
    Fraction(3, 4): "¾",
    Fraction(1, 8): "⅛",
    Fraction(3, 8): "⅜",
    Fraction(5, 8): "⅝",
    Fraction(7, 8): "⅞",
}


@lru_cache(maxsize=256)
def brief(layer: Module) -> str:
    """Return the line of code that makes a layer, in short: ``Conv2d 1→10, 5×5``."""
    parts: list[str] = []
    fields = {field.name: field for field in dataclasses.fields(layer)}
    for name, field in fields.items():
        value = getattr(layer, name)
        if name == layer.takes:
            size = f"{value}→{getattr(layer, layer.makes)}" if layer.makes else str(value)
            parts.insert(0, size)
        elif name == layer.makes or name in _UNSAID:
            continue
        elif name in _BARE:
            parts.append(_side_by_side(value))
        elif value != field.default:
            parts.append(f"{name}={_short_pair(value)}")
    return f"{type(layer).__name__} {', '.join(parts)}".rstrip()


def _side_by_side(value: Any) -> str:
    if not isinstance(value, tuple):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return "×".join("–" if side is None else str(side) for side in value)


def _short_pair(value: Any) -> str:
    if isinstance(value, tuple):
        first, second = value
        return str(first) if first == second else f"({first}, {second})"
    return repr(value)


def shape(of: Shape) -> str:
    """Return a shape without the batch: ``10 × 24 × 24``."""
    return " × ".join(map(str, of))


def short(count: int) -> str:
    """Return a number with three digits that count: ``260``, ``5.02 k``, ``144 k``, ``7.6 G``."""
    return _scaled(count, ("", " k", " M", " G", " T"))


def size(count: int) -> str:
    """Return a number of bytes likewise: ``23 kB``."""
    return _scaled(count, (" B", " kB", " MB", " GB", " TB"))


def _scaled(count: int, units: tuple[str, ...]) -> str:
    value, place = float(count), 0
    while value >= 999.5 and place + 1 < len(units):
        value /= 1000
        place += 1
    return f"{value:.3g}{units[place]}" if value < 999.5 else f"{value:,.0f}{units[place]}"


def ratio(value: Fraction) -> str:
    """Return a number that need not be whole: ``14``, ``2½``, ``−¾``, ``1.43``."""
    sign = "−" if value < 0 else ""
    whole, rest = divmod(abs(value), 1)
    if rest == 0:
        return f"{sign}{whole}"
    if rest in _VULGAR:
        return f"{sign}{whole or ''}{_VULGAR[rest]}"
    return f"{sign}{float(abs(value)):.2f}"


def pair(value: tuple[Fraction, Fraction]) -> str:
    """Return (h, w) as one number where both are the same."""
    h, w = map(ratio, value)
    return h if h == w else f"{h} × {w}"
