"""The kernel library: families of kernels that exist in every size, and weights made of them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np

from explorer.core.layers import Array, Layer
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

RANDOM: Final = "random"
"""Name of the family whose numbers are drawn."""

SYMMETRIES: Final = 8
"""In how many ways a square can be turned and mirrored."""


def _hill(n: int) -> Array:
    """Return weights of length `n` that are largest in the middle: 1, 2, 3, 2, 1."""
    return np.array([min(i + 1, n - i) for i in range(n)], np.float32)


def _slope(n: int) -> Array:
    """Return a derivative of length `n`: one side less the other."""
    sides: Array = np.sign(np.arange(n) - (n - 1) / 2).astype(np.float32)
    return _hill(n) * sides


def _bell(n: int) -> Array:
    """Return the binomial coefficients of length `n`, which tend to a bell curve; their sum is 1.

    The standard deviation is half the root of ``n - 1``. All are fractions of a power of two, which
    float32 holds exactly for the kernels that can be seen.
    """
    return np.array([comb(n - 1, i) / 2 ** (n - 1) for i in range(n)], np.float32)


def _counting(h: int, w: int) -> Array:
    return np.arange(1, h * w + 1, dtype=np.float32).reshape(h, w)


def _cross(h: int, w: int) -> Array:
    table = np.zeros((max(h, 3), max(w, 3)), np.float32)
    table[:3, :3] = ((1, 2, 1), (0, 1, 0), (2, 1, 0))
    return table[:h, :w]


def _edge_across(h: int, w: int) -> Array:
    return np.outer(_hill(h), _slope(w))


def _edge_down(h: int, w: int) -> Array:
    return np.outer(_slope(h), _hill(w))


def _laplacian(h: int, w: int) -> Array:
    """Return the neighbours in the row and the column of the middle, less as often the middle."""
    table = np.zeros((h, w), np.float32)
    table[h // 2, :] = table[:, w // 2] = 1
    table[h // 2, w // 2] = 2 - h - w
    return table


def _emboss(h: int, w: int) -> Array:
    """Return a slope from the upper left to the lower right over the picture itself."""
    down, right = np.arange(h) - (h - 1) / 2, np.arange(w) - (w - 1) / 2
    return (down[:, None] + right + _identity(h, w)).astype(np.float32)


def _sharpen(h: int, w: int) -> Array:
    table = np.full((h, w), -1, np.float32)
    table[h // 2, w // 2] = h * w
    return table


def _gaussian(h: int, w: int) -> Array:
    return np.outer(_bell(h), _bell(w))


def _smoothing(h: int, w: int) -> Array:
    return np.outer(_hill(h), _hill(w))


def _box(h: int, w: int) -> Array:
    return np.full((h, w), 1 / (h * w), np.float32)


def _identity(h: int, w: int) -> Array:
    table = np.zeros((h, w), np.float32)
    table[h // 2, w // 2] = 1
    return table


def _random(h: int, w: int) -> Array:
    return drawn((h, w))


def turned(table: Array, number: int) -> Array:
    """Return one of the eight pictures of `table`, (h, w): turned, from number 4 on mirrored too.

    Each number is one quarter turn further, so that odd ones have the shape (w, h).
    """
    number %= SYMMETRIES
    return np.rot90(table if number < 4 else table[:, ::-1], number)


def drawn(shape: tuple[int, ...], seed: int = 0) -> Array:
    """Return random numbers from -1 to 1 in steps of a tenth, so that they can be read.

    The same `seed` gives the same numbers; more output channels leave the earlier ones as they are.
    """
    tenths = np.random.default_rng(seed).integers(-10, 11, shape)
    return (tenths / 10).astype(np.float32)


@dataclass(frozen=True)
class Kernel:
    """A family of kernels: one for every size (h, w)."""

    title: Text
    make: Callable[[int, int], Array]


KERNELS: Final = {
    "counting": Kernel(text(QT_TRANSLATE_NOOP("core", "1, 2, 3, …")), _counting),
    "cross": Kernel(text(QT_TRANSLATE_NOOP("core", "Small numbers")), _cross),
    "edge_across": Kernel(text(QT_TRANSLATE_NOOP("core", "Vertical edges (Sobel)")), _edge_across),
    "edge_down": Kernel(text(QT_TRANSLATE_NOOP("core", "Horizontal edges (Sobel)")), _edge_down),
    "laplacian": Kernel(text(QT_TRANSLATE_NOOP("core", "All edges (Laplacian)")), _laplacian),
    "emboss": Kernel(text(QT_TRANSLATE_NOOP("core", "Emboss")), _emboss),
    "sharpen": Kernel(text(QT_TRANSLATE_NOOP("core", "Sharpen")), _sharpen),
    "gaussian": Kernel(text(QT_TRANSLATE_NOOP("core", "Blur (Gaussian)")), _gaussian),
    "smoothing": Kernel(text(QT_TRANSLATE_NOOP("core", "Sobel's smoothing: 1, 2, 1")), _smoothing),
    "box": Kernel(text(QT_TRANSLATE_NOOP("core", "Blur (mean)")), _box),
    "identity": Kernel(text(QT_TRANSLATE_NOOP("core", "Identity")), _identity),
    RANDOM: Kernel(text(QT_TRANSLATE_NOOP("core", "Random numbers")), _random),
}

_TURNED: Final = ("counting", "cross")
_RING: Final = tuple(name for name in KERNELS if name not in (*_TURNED, RANDOM))


def weights(kernel: str, layer: Layer, seed: int = 0) -> Array | None:
    """Return weights for `layer`, or None where it has none.

    The first output channel has the family `kernel` in the slice of every input channel. If the
    others had it too, all maps would be the same, so each one has another kernel: the table of
    numbers turned and mirrored, or the next family for pictures. Where these run out, are all zero
    or have been there before (as small kernels have few faces), there are random numbers.

    A 1 × 1 kernel has no neighbours to weigh, only channels: there the family lies across the
    slices (the mean of all channels, the last less the first, and so on), and a table of numbers is
    the matrix of outputs and inputs.

    Parameters
    ----------
    kernel
        A name of `KERNELS`.
    seed
        For the random numbers.

    Returns
    -------
    numpy.ndarray or None
        float32, ``layer.weight_shape``.
    """
    if (shape := layer.weight_shape) is None:
        return None
    made = drawn(shape, seed)
    if kernel == RANDOM:
        return made
    # Asked with the places of the weights, the layer tells where a channel's kernel lies.
    places = np.arange(made.size).reshape(shape)
    outputs = layer.output_channels(1)
    used: list[Array] = []
    for channel in range(outputs):
        where = layer.kernel_for(places, channel)
        if where.size == 0:  # torch refuses such groups
            break
        slices = _slices(kernel, channel, outputs, where.shape)
        if slices is None:
            break
        same = any(np.array_equal(slices, earlier) for earlier in used)
        if channel == 0 or (slices.any() and not same):
            np.put(made, where, np.broadcast_to(slices, where.shape))
            used.append(slices)
    return made


def _slices(kernel: str, number: int, outputs: int, shape: tuple[int, ...]) -> Array | None:
    """Return what output channel `number` has in its slices, or None when families run out."""
    n, h, w = shape
    if kernel in _TURNED:
        make = KERNELS[kernel].make
        if (h, w) == (1, 1):
            return make(outputs, n)[number, :, None, None]
        if number >= SYMMETRIES:
            return None
        return turned(make(w, h) if number % 2 else make(h, w), number)
    if number >= len(_RING):
        return None
    make = KERNELS[_RING[(_RING.index(kernel) + number) % len(_RING)]].make
    return _across(make, n)[0, :, None, None] if (h, w) == (1, 1) else make(h, w)


def _across(make: Callable[[int, int], Array], n: int) -> Array:
    """Return a family over `n` channels; one that knows columns only lies the other way round."""
    row = make(1, n)
    return row if row.any() else make(n, 1)[::-1].T
