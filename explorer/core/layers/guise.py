"""What the Lab shows a layer of a network as: the layer itself, or one that does the very same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.core.geometry import Pair
    from explorer.core.layers.base import Layer
    from explorer.core.layers.windows import Array
    from explorer.core.text import Text

At = tuple[int, int, int]
"""A cell: (channel, row, column), with zeros behind where there are fewer axes."""


@dataclass(frozen=True, eq=False)
class Guise:
    """A layer of the Lab with its input and weights, and the cell of its output that is meant.

    Attributes
    ----------
    x
        Shape (C, H, W).
    notes
        What was done to show it so, and why.
    """

    layer: Layer
    x: Array
    at: At
    weight: Array | None = None
    bias: Array | None = None
    notes: tuple[Text, ...] = ()

    def noted(self, note: Text) -> Guise:
        """Return the same with one more note."""
        return replace(self, notes=(*self.notes, note))


def rectangle(count: int) -> Pair:
    """Return the (h, w) nearest to a square that `count` numbers fill."""
    h = next(h for h in range(isqrt(count), 0, -1) if count % h == 0)
    return h, count // h
