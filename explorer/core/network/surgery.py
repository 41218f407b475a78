"""Other numbers in place of those that were learned: a kernel, a whole output channel, one weight.

The weights of every kind of layer are looked at as kernels of shape (out, in, h, w); `places` says
where their numbers lie in torch's tensor. No array is changed here: each change makes another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.kernels import KERNELS
from explorer.core.layers import Array, Module, Places, Shape
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

Mask = np.ndarray[Any, np.dtype[np.bool_]]

LEARNED: Final = "learned"
"""What stands where nothing was replaced."""


@dataclass(frozen=True, eq=False)
class _Given:
    """What a replacement may depend on.

    Attributes
    ----------
    kernel
        What is replaced, as it was learned, (h, w).
    weight
        All that the layer has learned.
    seed
        Of its own for each kernel.
    """

    kernel: Array
    weight: Array
    seed: tuple[int, ...]

    @property
    def norm(self) -> float:
        """The Euclidean norm of the kernel; of one of zeros, what it is in the mean."""
        own = float(np.linalg.norm(self.kernel))
        return own or float(np.linalg.norm(self.weight) / sqrt(self.weight.size / self.kernel.size))


def _as_it_is(family: str) -> Callable[[_Given], Array]:
    return lambda given: KERNELS[family].make(*given.kernel.shape)


def _as_strong(family: str) -> Callable[[_Given], Array]:
    """Return a maker of a family's kernels with the Euclidean norm of what they replace.

    The numbers of such patterns mean nothing by themselves: so the change is one of kind and not of
    strength.
    """

    def make(given: _Given) -> Array:
        pattern = KERNELS[family].make(*given.kernel.shape)
        scaled: Array = pattern * ((given.norm or 1.0) / float(np.linalg.norm(pattern)))
        return scaled

    return make


def _noise(given: _Given) -> Array:
    drawn = np.random.default_rng(given.seed).standard_normal(given.kernel.shape)
    noise: Array = np.multiply(drawn, float(given.weight.std()) or 1.0)
    return noise


@dataclass(frozen=True)
class Replacement:
    """What can take the place of a kernel.

    Attributes
    ----------
    title, help
        What it is called, and what it does to the maps.
    family
        Its name in `explorer.core.kernels`, of those that know rows and columns.
    """

    title: Text
    help: Text
    make: Callable[[_Given], Array]
    family: str | None = None


REPLACEMENTS: Final = {
    "zeros": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Zeros")),
        text(QT_TRANSLATE_NOOP("core", "It sees nothing: what it added to the output is gone.")),
        lambda given: np.zeros_like(given.kernel),
    ),
    "flipped": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Opposite sign")),
        text(QT_TRANSLATE_NOOP("core", "What spoke for the output now speaks against it.")),
        lambda given: -given.kernel,
    ),
    "noise": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Noise")),
        text(
            QT_TRANSLATE_NOOP(
                "core", "Random numbers that scatter as much as the weights of the layer do."
            )
        ),
        _noise,
    ),
    "identity": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Identity")),
        text(
            QT_TRANSLATE_NOOP(
                "core", "1 in the middle and 0 around it: it hands on what it gets, as it is."
            )
        ),
        _as_it_is("identity"),
        "identity",
    ),
    "edge_across": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Sobel, vertical edges")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "What is on the right less what is on the left, as strong as what was learned.",
            )
        ),
        _as_strong("edge_across"),
        "edge_across",
    ),
    "edge_down": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Sobel, horizontal edges")),
        text(
            QT_TRANSLATE_NOOP(
                "core", "What is below less what is above, as strong as what was learned."
            )
        ),
        _as_strong("edge_down"),
        "edge_down",
    ),
    "laplacian": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Laplace, all edges")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "What is around the middle less the middle, as strong as what was learned.",
            )
        ),
        _as_strong("laplacian"),
        "laplacian",
    ),
    "gaussian": Replacement(
        text(QT_TRANSLATE_NOOP("core", "Blur")),
        text(
            QT_TRANSLATE_NOOP(
                "core", "A mean that counts the middle most, as strong as what was learned."
            )
        ),
        _as_strong("gaussian"),
        "gaussian",
    ),
}
"""What can take the place of a kernel, by name, in the order in which it is offered."""


_LIVING: Final = WeakValueDictionary[tuple[Module, Shape | None], Places]()


def places(layer: Module, source: Shape | None = None) -> Places | None:
    """Return where the kernels of a layer lie in its weight, (out, in, h, w).

    Of a convolution with groups, `in` counts the channels that each output reads. A Linear has one
    row for each output; where its numbers were maps of shape `source`, (C, H, W), that is a kernel
    of H × W for each of their channels.

    Returns
    -------
    numpy.ndarray or None
        None for layers without kernels, and where torch refuses the groups.
    """
    # Twice as large as the weight: known as long as somebody works on the layer.
    where = _LIVING.get((layer, source))
    if where is None:
        where = layer.kernel_places(source)
        if where is not None:
            _LIVING[layer, source] = where
    return where


def offered(layer: Module, size: Pair) -> tuple[str, ...]:
    """Return the names of what can take the place of a kernel of `size` (h, w) of a layer.

    In a row there are no neighbours, and a 1 × 1 kernel has no edges.
    """
    families = {name: one.family for name, one in REPLACEMENTS.items()}
    if layer.wants == "row":
        return tuple(name for name, family in families.items() if family is None)
    edges = size != (1, 1)
    return tuple(
        name
        for name, family in families.items()
        if family in (None, "identity") or (edges and KERNELS[family].make(*size).any())
    )


def replacement(
    name: str, weight: Array, where: Places, out: int, into: int | None = None, seed: int = 0
) -> Array:
    """Return what takes the place of a kernel, (h, w), or of a whole output channel, (in, h, w).

    Parameters
    ----------
    name
        Of those that are `offered`.
    weight
        As it was learned: how strong a pattern is, and how far noise scatters, depends on it.
    where
        From `places`.
    out, into
        The channels of the kernel; None for the whole output channel, whose kernels get one each.
    seed
        For noise, which is another one in each kernel.
    """
    learned = kernels_of(weight, where[out])
    made = [
        REPLACEMENTS[name].make(_Given(learned[i], weight, (seed, out, i)))
        for i in (range(len(learned)) if into is None else (into,))
    ]
    found = np.stack(made).astype(np.float32)
    return found if into is None else found[0]


def standing(
    names: Sequence[str],
    weight: Array,
    now: Array,
    where: Places,
    out: int,
    into: int | None = None,
    seed: int = 0,
) -> str | None:
    """Return what stands in the place of a kernel, or of a whole output channel.

    Returns
    -------
    str or None
        `LEARNED`, one of `names`, or None for numbers that somebody has set.
    """
    found = kernels_of(now, where[out] if into is None else where[out, into])
    learned = kernels_of(weight, where[out] if into is None else where[out, into])
    if is_same(found, learned):
        return LEARNED
    for name in names:
        if np.array_equal(found, replacement(name, weight, where, out, into, seed)):
            return name
    return None


def kernels_of(weight: Array, where: Places) -> Array:
    """Return the numbers at some places of a weight, in the shape of the places."""
    kernels: Array = weight.ravel()[where]
    return kernels


def put(weight: Array, where: Places | int, values: Array | float) -> Array:
    """Return a weight with other numbers at some of its places."""
    changed = np.array(weight, np.float32).ravel()
    changed[where] = values
    return changed.reshape(weight.shape)


def differing(weight: Array, other: Array, where: Places) -> Mask:
    """Tell of each kernel, (out, in), whether it is another one in the other weight."""
    mask: Mask = np.any(~_equal(weight, other).ravel()[where], axis=(2, 3))
    return mask


def is_same(weight: Array, other: Array) -> bool:
    """Tell whether two weights are the same, where they are not a number too."""
    return bool(_equal(weight, other).all())


def _equal(weight: Array, other: Array) -> Mask:
    # Ten times as fast as numpy's own comparison that minds NaN.
    same: Mask = (weight.view(np.uint32) == other.view(np.uint32)) | (weight == other)
    return same
