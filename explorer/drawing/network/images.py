"""Maps as images, kept from one repaint to the next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import floor, log2
from typing import Final

import numpy as np
from PySide6.QtGui import QImage

from explorer.core.layers import Array
from explorer.drawing.boards import Scale
from explorer.drawing.colour import levels, packed, span
from explorer.drawing.palette import MAPS_RGB, Palette

MOST_BYTES: Final = 192 * 2**20
"""Of images that are kept."""


@dataclass
class _Kept:
    """What is known of an array, as long as it is this one."""

    values: Array
    span: tuple[float, float]
    sheets: dict[tuple[tuple[str, ...], int], tuple[np.ndarray, list[QImage]]] = field(
        default_factory=dict
    )

    others: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(colours.nbytes for colours, _ in self.sheets.values())


class Images:
    """The images of all maps, each made when it is first shown."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def limits(self, values: Array) -> tuple[float, float]:
        """Return the smallest and the largest number of an array; zero is never outside."""
        return self._of(values).span

    def maps(self, values: Array, scales: tuple[Scale, ...], thin: int, count: int) -> list[QImage]:
        """Return the first maps of (C, h, w) as images, of means of `thin` × `thin` cells each.

        Where there is no height, maps are one cell high.


        Parameters
        ----------
        scales
            One for all maps, or one for each.
        """
        kept = self._of(values)
        key = sum((scale.anchors for scale in scales), ()), thin
        if key not in kept.sheets:
            kept.sheets[key] = _sheet(values[:count], scales, thin)
            self._forget()
        return kept.sheets[key][1]

    def kept(self, values: Array, made: Callable[[Array], np.ndarray]) -> np.ndarray:
        """Return what is made of an array, once."""
        of = self._of(values)
        if made.__name__ not in of.others:
            of.others[made.__name__] = made(values)
        return of.others[made.__name__]

    def _of(self, values: Array) -> _Kept:
        number = id(values)
        kept = self._kept.get(number)
        if kept is None or kept.values is not values:
            kept = self._kept[number] = _Kept(values, span(values, signed=False))
        self._kept.move_to_end(number)
        return kept

    def keep_only(self, arrays: Iterable[Array | None]) -> None:
        """Let go of all arrays but these: of others nothing will be shown any more.

        While a network learns there are new ones a few times a second.
        """
        shown = {id(values) for values in arrays if values is not None}
        for number in self._kept.keys() - shown:
            del self._kept[number]

    def _forget(self) -> None:
        """Let go of what was not shown for longest, but for the latest."""
        total = sum(kept.bytes for kept in self._kept.values())
        while total > MOST_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            total -= oldest.bytes


def scale_of(limits: tuple[float, float], signed: bool, palette: Palette) -> Scale:
    """Return how the numbers of a layer become colours.

    Those on both sides of zero have two colours, the same for the same distance; those that are
    not have one of the two.
    """
    low, high = limits
    if signed or low < 0:
        limit = max(-low, high)
        return Scale(palette.map_signed, -limit, limit)
    return Scale(palette.map_signed[len(palette.map_signed) // 2 :], 0.0, high)


def scales_of_picture(values: Array, palette: Palette) -> tuple[Scale, ...]:
    """Return how the channels of the picture become colours: three are red, green and blue."""
    high = 255.0 if values.dtype == np.uint8 else max(float(values.max(initial=0)), 1e-12)
    low = min(float(values.min(initial=0)), 0.0)
    ramps = MAPS_RGB if len(values) == 3 else (palette.map_picture,)
    return tuple(Scale(anchors, low, high) for anchors in ramps)


def thinning(cell: float, most: int) -> int:
    """Return how many cells, a power of two, become one where a cell has so few pixels."""
    if cell >= 1 or cell <= 0:
        return 1
    return int(min(2 ** floor(log2(1 / cell) + 0.5), 2 ** floor(log2(max(most, 1)))))


def _sheet(values: Array, scales: tuple[Scale, ...], thin: int) -> tuple[np.ndarray, list[QImage]]:
    shown = values.reshape(len(values), -1, values.shape[-1]).astype(np.float32, copy=False)
    if thin > 1:
        shown = _means(shown, thin)
    colours = np.empty(shown.shape, np.uint32)
    for number in range(len(shown)) if len(scales) > 1 else (slice(None),):
        scale = scales[number if isinstance(number, int) else 0]
        colours[number] = packed(scale.anchors)[levels(shown[number], scale.low, scale.high)]
    h, w = shown.shape[1:]
    form = QImage.Format.Format_RGB32
    # The images read the array itself, which is kept beside them.
    return colours, [QImage(one.data, w, h, 4 * w, form) for one in colours]


def _means(values: Array, thin: int) -> Array:
    """Return the means of blocks of cells, of smaller ones at the ends."""
    _, h, w = values.shape
    down, across = np.arange(0, h, thin), np.arange(0, w, thin)
    sums = np.add.reduceat(np.add.reduceat(values, down, axis=1), across, axis=2)
    rows, columns = np.diff([*down, h]), np.diff([*across, w])
    means: Array = (sums / (rows[:, None] * columns)).astype(np.float32)
    return means
