"""Inputs that are made and not read: tables of numbers and test pictures, of any size."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.kernels import SYMMETRIES, turned, weights
from explorer.core.layers import Array, Conv2d
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

DIGIT: Final = "digit"
"""Name of the input that is a handwritten digit and is read from a file."""

NUMBERS: Final[dict[str, tuple[tuple[int, ...], ...]]] = {
    "numbers": (
        (3, 4, 6, 5, 7),
        (2, 4, 6, 8, 2),
        (1, 6, 7, 8, 4),
        (9, 7, 4, 6, 2),
        (3, 7, 5, 4, 1),
    ),
    "small": ((1, 2, 0, 3, 1), (0, 1, 2, 3, 1), (1, 2, 1, 0, 0), (5, 2, 3, 1, 1), (2, 1, 0, 1, 1)),
    "pool": ((3, 4, 6, 5), (2, 4, 6, 8), (1, 6, 7, 8), (9, 7, 4, 6)),
    "strided": ((211, 262), (251, 169)),
    "stroke": (
        (0, 0, 0, 0, 0, 0),
        (0, 0, 9, 0, 9, 0),
        (0, 0, 9, 0, 9, 0),
        (0, 0, 9, 0, 9, 0),
        (9, 0, 9, 0, 0, 0),
        (9, 0, 0, 0, 0, 0),
    ),
}
"""Tables of numbers, row by row."""


def shifted(table: Array, rows: int, columns: int) -> Array:
    """Return `table`, (h, w), moved down and to the right; zeros come in from outside."""
    moved = np.zeros_like(table)
    moved[rows:, columns:] = table[: len(table) - rows, : table.shape[1] - columns]
    return moved


def _repeated(table: Array, size: Pair) -> Array:
    rows, columns = (np.arange(n) % m for n, m in zip(size, table.shape, strict=True))
    grown: Array = table[np.ix_(rows, columns)]
    return grown


def _table(name: str) -> Callable[[Pair, int], Array]:
    """Return a maker of the table; every channel turns or mirrors it in another way."""
    table = np.array(NUMBERS[name], np.float32)
    return lambda size, channel: _repeated(turned(table, channel), size)


def _stroke_moved(size: Pair, channel: int) -> Array:
    table = np.array(NUMBERS["stroke"], np.float32)
    return _repeated(shifted(turned(table, channel), 0, 1), size)


def _gradient(size: Pair, channel: int) -> Array:
    """Return numbers that rise by 1 from cell to cell, in every channel in another direction.

    Right, down, left, up, and then along the four diagonals.
    """
    down, right = np.indices(size)
    up, left = size[0] - 1 - down, size[1] - 1 - right
    straight = (right, down, left, up)
    slanted = (right + down, left + down, left + up, right + up)
    return np.asarray((straight + slanted)[channel % SYMMETRIES], np.float32)


def _signed(size: Pair, channel: int) -> Array:
    """Return numbers that rise by a half from cell to cell, row by row, with 0 in the middle.

    Every channel turns or mirrors them in another way.
    """
    h, w = size if channel % 2 == 0 else size[::-1]
    halves = (np.arange(h * w, dtype=np.float32) - (h * w - 1) / 2) / 2
    return turned(halves.reshape(h, w), channel)


def _checkerboard(size: Pair, channel: int) -> Array:
    """Return fields of 1 and 0, one cell wide in the first channel, two in the second."""
    rows, columns = np.indices(size) // (channel + 1)
    return np.asarray((rows + columns + 1) % 2, np.float32)


_AROUND: Final = ((0, 0), (-1, 0), (0, 1), (1, 0), (0, -1), (-1, 1), (1, 1), (1, -1))


def _impulse(size: Pair, channel: int) -> Array:
    """Return a single 1: in the first channel in the middle, in the others in a ring around it.

    They lie a quarter of a side away, so that the prints of small kernels do not overlap.
    """
    at = (
        (n // 2 + away * max(n // 4, 1)) % n
        for n, away in zip(size, _AROUND[channel % SYMMETRIES], strict=True)
    )
    table = np.zeros(size, np.float32)
    table[tuple(at)] = 1
    return table


_COLOURS: Final = ((250, 90, 30), (60, 200, 110), (120, 150, 255))
"""Red, green and blue of the disc, the square and the triangle."""


def _shapes(size: Pair, channel: int) -> Array:
    """Return a disc, a square and a triangle, 0 to 255: three channels are a colour picture.

    From the fourth channel on the colours come again, and the picture is turned.
    """
    turns, colour = divmod(channel, 3)
    h, w = size if turns % 2 == 0 else size[::-1]
    y, x = (np.arange(h)[:, None] + 0.5) / h, (np.arange(w) + 0.5) / w
    disc = (y - 0.32) ** 2 + (x - 0.32) ** 2 < 0.22**2
    square = (abs(y - 0.68) < 0.2) & (abs(x - 0.36) < 0.2)
    triangle = (y < 0.88) & (2.2 * abs(x - 0.68) < y - 0.3)
    levels = [shade[colour] for shade in _COLOURS]
    picture = np.select([triangle, square, disc], levels[::-1], 0).astype(np.float32)
    return np.rot90(picture, turns)


def _channels(make: Callable[[Pair, int], Array]) -> Callable[[Pair, int], Array]:
    """Return a maker of (C, h, w) from the maker of a channel."""
    return lambda size, channels: np.stack([make(size, channel) for channel in range(channels)])


def _after(name: str, kernel: str, kernel_size: Pair) -> Callable[[Pair, int], Array]:
    """Return a maker of what a depthwise convolution makes of another input.

    So the second step of two can be looked at by itself, at any size.
    """

    def make(size: Pair, channels: int) -> Array:
        h, w = (n + k - 1 for n, k in zip(size, kernel_size, strict=True))
        layer = Conv2d(channels, channels, kernel_size, groups=channels, bias=False)
        weight = weights(kernel, layer)
        assert weight is not None
        x = numbers(name, (h, w), channels)
        windows = np.lib.stride_tricks.sliding_window_view(x, kernel_size, axis=(1, 2))
        result: Array = np.einsum("crsij,cij->crs", windows, weight[:, 0])
        return result

    return make


@dataclass(frozen=True)
class Input:
    """An input that exists in every size and with any number of channels."""

    title: Text
    size: Pair
    """The (h, w) that shows it best."""
    make: Callable[[Pair, int], Array]


INPUTS: Final = {
    "numbers": Input(
        text(QT_TRANSLATE_NOOP("core", "Numbers")), (5, 5), _channels(_table("numbers"))
    ),
    "small": Input(
        text(QT_TRANSLATE_NOOP("core", "Small numbers")), (5, 5), _channels(_table("small"))
    ),
    "pool": Input(
        text(QT_TRANSLATE_NOOP("core", "Numbers for pooling")), (4, 4), _channels(_table("pool"))
    ),
    "strided": Input(
        text(QT_TRANSLATE_NOOP("core", "Numbers after stride 2")),
        (2, 2),
        _channels(_table("strided")),
    ),
    "stroke": Input(
        text(QT_TRANSLATE_NOOP("core", "Strokes")), (6, 6), _channels(_table("stroke"))
    ),
    "stroke_moved": Input(
        text(QT_TRANSLATE_NOOP("core", "Strokes, one pixel to the right")),
        (6, 6),
        _channels(_stroke_moved),
    ),
    "signed": Input(
        text(QT_TRANSLATE_NOOP("core", "From negative to positive")), (5, 5), _channels(_signed)
    ),
    "gradient": Input(text(QT_TRANSLATE_NOOP("core", "Gradient")), (8, 8), _channels(_gradient)),
    "checkerboard": Input(
        text(QT_TRANSLATE_NOOP("core", "Checkerboard")), (8, 8), _channels(_checkerboard)
    ),
    "impulse": Input(text(QT_TRANSLATE_NOOP("core", "Impulse")), (9, 9), _channels(_impulse)),
    "shapes": Input(text(QT_TRANSLATE_NOOP("core", "Shapes")), (24, 24), _channels(_shapes)),
    "column": Input(
        text(QT_TRANSLATE_NOOP("core", "Numbers after the 3 × 1 kernel")),
        (3, 5),
        _after("numbers", "smoothing", (3, 1)),
    ),
    "depthwise": Input(
        text(QT_TRANSLATE_NOOP("core", "Shapes after a depthwise kernel")),
        (22, 22),
        _after("shapes", "edge_across", (3, 3)),
    ),
}
"""Every input but the digits, by the name that a state keeps."""


def own_size(name: str) -> Pair:
    """Return the (h, w) that an input has by nature."""
    return (28, 28) if name == DIGIT else INPUTS[name].size


def numbers(name: str, size: Pair, channels: int = 1) -> Array:
    """Return an input of `INPUTS`, float32, shape (channels, h, w).

    Tables are cut off or repeated, everything else is drawn for the size. No two of the first
    eight channels are the same where the size leaves room for a difference.
    """
    return INPUTS[name].make(size, channels)
