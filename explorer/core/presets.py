"""The worked examples: inputs, kernels and the named settings that the Lab starts from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array, AvgPool2d, Conv2d, Layer, MaxPool2d
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

DIGIT: Final = "digit"
"""Name of the input that is a handwritten digit and not a table of numbers."""

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
}
"""Tables of numbers, row by row."""


def own_size(name: str) -> Pair:
    """Return the (h, w) that an input has by nature."""
    return (28, 28) if name == DIGIT else (len(NUMBERS[name]), len(NUMBERS[name][0]))


def numbers(name: str, size: Pair) -> Array:
    """Return a table as an input of shape (1, h, w), cut off or repeated to `size`."""
    table = np.array(NUMBERS[name], np.float32)
    rows, columns = (np.arange(n) % m for n, m in zip(size, table.shape, strict=True))
    grown: Array = table[np.ix_(rows, columns)][None]
    return grown


def _hill(n: int) -> Array:
    """Return weights of length `n` that are largest in the middle: 1, 2, 3, 2, 1."""
    return np.array([min(i + 1, n - i) for i in range(n)], np.float32)


def _slope(n: int) -> Array:
    """Return a derivative of length `n`: one side less the other."""
    sides: Array = np.sign(np.arange(n) - (n - 1) / 2).astype(np.float32)
    return _hill(n) * sides


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


def _box(h: int, w: int) -> Array:
    return np.full((h, w), 1 / (h * w), np.float32)


def _identity(h: int, w: int) -> Array:
    table = np.zeros((h, w), np.float32)
    table[h // 2, w // 2] = 1
    return table


def _sharpen(h: int, w: int) -> Array:
    table = np.full((h, w), -1, np.float32)
    table[h // 2, w // 2] = h * w
    return table


@dataclass(frozen=True)
class Kernel:
    """A family of kernels: one for every size (h, w)."""

    title: Text
    make: Callable[[int, int], Array]


KERNELS: Final = {
    "counting": Kernel(text(QT_TRANSLATE_NOOP("core", "1, 2, 3, …")), _counting),
    "cross": Kernel(text(QT_TRANSLATE_NOOP("core", "Second example")), _cross),
    "edge_across": Kernel(text(QT_TRANSLATE_NOOP("core", "Vertical edges (Sobel)")), _edge_across),
    "edge_down": Kernel(text(QT_TRANSLATE_NOOP("core", "Horizontal edges (Sobel)")), _edge_down),
    "sharpen": Kernel(text(QT_TRANSLATE_NOOP("core", "Sharpen")), _sharpen),
    "box": Kernel(text(QT_TRANSLATE_NOOP("core", "Blur (mean)")), _box),
    "identity": Kernel(text(QT_TRANSLATE_NOOP("core", "Identity")), _identity),
}


def weights(kernel: str, layer: Layer) -> Array | None:
    """Return the family's weights for `layer`, the same in every channel, or None without any."""
    if (shape := layer.weight_shape) is None:
        return None
    return np.broadcast_to(KERNELS[kernel].make(*shape[2:]), shape).astype(np.float32)


@dataclass(frozen=True)
class Preset:
    """A named setting: what to look at, through which layer."""

    title: Text
    layer: Layer
    sample: str
    size: Pair
    kernel: str


def _conv(kernel_size: int = 3, **settings: int) -> Conv2d:
    return Conv2d(1, 1, kernel_size, bias=False, **settings)  # type: ignore[arg-type]


PRESETS: Final = {
    "digit_edges": Preset(
        text(QT_TRANSLATE_NOOP("core", "Digit: vertical edges")),
        _conv(),
        DIGIT,
        (28, 28),
        "edge_across",
    ),
    "digit_stride": Preset(
        text(QT_TRANSLATE_NOOP("core", "Digit: blurred, stride 2")),
        _conv(5, stride=2, padding=2),
        DIGIT,
        (28, 28),
        "box",
    ),
    "digit_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Digit: max pooling")),
        MaxPool2d(2),  # type: ignore[arg-type]
        DIGIT,
        (28, 28),
        "counting",
    ),
    "numbers": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: one kernel")),
        _conv(),
        "numbers",
        (5, 5),
        "counting",
    ),
    "numbers_padding": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: padding 1")),
        _conv(padding=1),
        "numbers",
        (5, 5),
        "counting",
    ),
    "numbers_stride": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: stride 2")),
        _conv(stride=2),
        "numbers",
        (5, 5),
        "counting",
    ),
    "small": Preset(
        text(QT_TRANSLATE_NOOP("core", "Second example")), _conv(), "small", (5, 5), "cross"
    ),
    "small_stride": Preset(
        text(QT_TRANSLATE_NOOP("core", "Second example: stride 2")),
        _conv(stride=2),
        "small",
        (5, 5),
        "cross",
    ),
    "small_padding": Preset(
        text(QT_TRANSLATE_NOOP("core", "Second example: padding 1")),
        _conv(padding=1),
        "small",
        (5, 5),
        "cross",
    ),
    "small_pool_ceil": Preset(
        text(QT_TRANSLATE_NOOP("core", "Second example: max pooling, rounded up")),
        MaxPool2d(3, ceil_mode=True),  # type: ignore[arg-type]
        "small",
        (5, 5),
        "counting",
    ),
    "small_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Second example: max pooling, rounded down")),
        MaxPool2d(3),  # type: ignore[arg-type]
        "small",
        (5, 5),
        "counting",
    ),
    "max_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Max pooling 4 × 4")),
        MaxPool2d(2),  # type: ignore[arg-type]
        "pool",
        (4, 4),
        "counting",
    ),
    "avg_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Average pooling 4 × 4")),
        AvgPool2d(2),  # type: ignore[arg-type]
        "pool",
        (4, 4),
        "counting",
    ),
}
