"""Layers that name axes of their input: the nearest axes that there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from explorer.core.layers.module import Module, Shape


def nearest(layer: Module, shape: Shape, **now: int) -> Iterator[Module]:
    """Yield `layer` with the nearest axes that an input of `shape` has, counted from the same end.

    Parameters
    ----------
    now
        The axes in force, by the parameters that name them, the batch being 0.
    """

    def distance(dims: tuple[int, ...]) -> tuple[int, int]:
        pairs = list(zip(dims, now.values(), strict=True))
        turned = sum((dim < 0) != (was < 0) for dim, was in pairs)
        return turned, sum(abs(dim - was) for dim, was in pairs)

    axes = range(-len(shape), len(shape) + 1)
    for dims in sorted(product(axes, repeat=len(now)), key=distance):
        changed = layer.with_(**dict(zip(now, dims, strict=True)))
        if changed.shape_problem(shape) is None:
            yield changed
            return
