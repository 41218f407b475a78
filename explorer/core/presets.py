"""The worked examples of the lessons, as named settings that the Lab starts from."""

from dataclasses import dataclass
from typing import Any, Final

from explorer.core.geometry import Pair
from explorer.core.inputs import DIGIT
from explorer.core.layers import (
    ELU,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LeakyReLU,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text


@dataclass(frozen=True)
class Preset:
    """A named setting: what to look at, through which layer.

    Attributes
    ----------
    sample, size, channels
        The input: `DIGIT` or a name of `explorer.core.inputs.INPUTS`, its (h, w) and its channels.
    kernel
        The family of the weights, a name of `explorer.core.kernels.KERNELS`.
    after
        Name of the example that gives this one its input, for the second step of two.
    """

    title: Text
    layer: Layer
    sample: str
    size: Pair
    kernel: str = "counting"
    channels: int = 1
    after: str = ""


def _conv(kernel_size: Any = 3, inputs: int = 1, outputs: int = 1, **settings: Any) -> Conv2d:
    return Conv2d(inputs, outputs, kernel_size, **({"bias": False} | settings))


def _transposed(**settings: Any) -> ConvTranspose2d:
    return ConvTranspose2d(1, 1, (3, 3), (2, 2), bias=False, **settings)


def _max_pool(kernel_size: Any, **settings: Any) -> MaxPool2d:
    return MaxPool2d(kernel_size, **settings)


_DIGIT: Final = {
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
        text(QT_TRANSLATE_NOOP("core", "Digit: max pooling")), _max_pool(2), DIGIT, (28, 28)
    ),
}

_ONE_KERNEL: Final = {
    "numbers": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: one kernel")), _conv(), "numbers", (5, 5)
    ),
    "numbers_padding": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: padding 1")), _conv(padding=1), "numbers", (5, 5)
    ),
    "numbers_stride": Preset(
        text(QT_TRANSLATE_NOOP("core", "Numbers: stride 2")), _conv(stride=2), "numbers", (5, 5)
    ),
    "small": Preset(
        text(QT_TRANSLATE_NOOP("core", "Small numbers: one kernel")),
        _conv(),
        "small",
        (5, 5),
        "cross",
    ),
    "small_stride": Preset(
        text(QT_TRANSLATE_NOOP("core", "Small numbers: stride 2")),
        _conv(stride=2),
        "small",
        (5, 5),
        "cross",
    ),
    "small_padding": Preset(
        text(QT_TRANSLATE_NOOP("core", "Small numbers: padding 1")),
        _conv(padding=1),
        "small",
        (5, 5),
        "cross",
    ),
}

_CHANNELS: Final = {
    "channels": Preset(
        text(QT_TRANSLATE_NOOP("core", "5 channels in, 10 out")),
        _conv(3, 5, 10, bias=True),
        "shapes",
        (100, 100),
        "edge_across",
        5,
    ),
    "six_maps": Preset(
        text(QT_TRANSLATE_NOOP("core", "Six kernels, six maps")),
        _conv(3, 3, 6),
        "shapes",
        (24, 24),
        "edge_across",
        3,
    ),
    "mixing": Preset(
        text(QT_TRANSLATE_NOOP("core", "1 × 1 mixes colours")),
        _conv(1, 3, 3),
        "shapes",
        (24, 24),
        "box",
        3,
    ),
    "groups": Preset(
        text(QT_TRANSLATE_NOOP("core", "Two groups of channels")),
        _conv(3, 4, 4, groups=2),
        "numbers",
        (6, 6),
        "counting",
        4,
    ),
    "depthwise": Preset(
        text(QT_TRANSLATE_NOOP("core", "Depthwise: no mixing")),
        _conv(3, 3, 3, groups=3),
        "numbers",
        (5, 5),
        "counting",
        3,
    ),
    "pool_channels": Preset(
        text(QT_TRANSLATE_NOOP("core", "Pooling each channel")),
        _max_pool(2),
        "pool",
        (4, 4),
        "counting",
        3,
    ),
}

_STEPS: Final = {
    "size_28": Preset(
        text(QT_TRANSLATE_NOOP("core", "28 → 24: kernel 5")),
        _conv(5),
        DIGIT,
        (28, 28),
        "edge_across",
    ),
    "size_256": Preset(
        text(QT_TRANSLATE_NOOP("core", "256 → 128: stride 2")),
        _conv(padding=1, stride=2),
        "shapes",
        (256, 256),
        "gaussian",
    ),
    "size_128": Preset(
        text(QT_TRANSLATE_NOOP("core", "128 → 64: pooling by 2")),
        _max_pool(2),
        "shapes",
        (128, 128),
    ),
    "stride_pair": Preset(
        text(QT_TRANSLATE_NOOP("core", "Stride (2, 1): down first")),
        _conv(stride=(2, 1)),
        "numbers",
        (5, 5),
    ),
    "stride_pair_across": Preset(
        text(QT_TRANSLATE_NOOP("core", "Stride (1, 2): across")),
        _conv(stride=(1, 2)),
        "numbers",
        (5, 5),
    ),
    "dilation": Preset(
        text(QT_TRANSLATE_NOOP("core", "Dilation 2: a wider view")),
        _conv(dilation=2),
        "numbers",
        (7, 7),
    ),
}

_PADDING: Final = {
    "reflect": Preset(
        text(QT_TRANSLATE_NOOP("core", "Padding: reflect")),
        _conv(padding=1, padding_mode="reflect"),
        "numbers",
        (5, 5),
    ),
    "replicate": Preset(
        text(QT_TRANSLATE_NOOP("core", "Padding: replicate")),
        _conv(padding=1, padding_mode="replicate"),
        "numbers",
        (5, 5),
    ),
    "circular": Preset(
        text(QT_TRANSLATE_NOOP("core", "Padding: circular")),
        _conv(padding=1, padding_mode="circular"),
        "numbers",
        (5, 5),
    ),
    "same": Preset(
        text(QT_TRANSLATE_NOOP("core", "Padding: 'same'")), _conv(padding="same"), "numbers", (5, 5)
    ),
    "same_even": Preset(
        text(QT_TRANSLATE_NOOP("core", "'same' with kernel 2")),
        _conv(2, padding="same"),
        "numbers",
        (5, 5),
    ),
    "valid": Preset(
        text(QT_TRANSLATE_NOOP("core", "Padding: 'valid'")),
        _conv(padding="valid"),
        "numbers",
        (5, 5),
    ),
}

_POOLING: Final = {
    "max_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Max pooling")), _max_pool(2), "pool", (4, 4)
    ),
    "avg_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Average pooling")), AvgPool2d((2, 2)), "pool", (4, 4)
    ),
    "lp_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Power-average pooling")),
        LPPool2d(2, (2, 2)),
        "pool",
        (4, 4),
    ),
    "adaptive_avg_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Adaptive average: 5 → 3")),
        AdaptiveAvgPool2d((3, 3)),
        "numbers",
        (5, 5),
    ),
    "adaptive_max_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Adaptive max: 5 → 3")),
        AdaptiveMaxPool2d((3, 3)),
        "numbers",
        (5, 5),
    ),
    "small_pool_ceil": Preset(
        text(QT_TRANSLATE_NOOP("core", "Max pooling, rounded up")),
        _max_pool(3, ceil_mode=True),
        "small",
        (5, 5),
    ),
    "small_pool": Preset(
        text(QT_TRANSLATE_NOOP("core", "Max pooling, cut off")),
        _max_pool(3),
        "small",
        (5, 5),
    ),
    "shift": Preset(
        text(QT_TRANSLATE_NOOP("core", "Pooling before a shift")),
        _max_pool(2),
        "stroke",
        (6, 6),
    ),
    "shift_moved": Preset(
        text(QT_TRANSLATE_NOOP("core", "Pooling after a shift")),
        _max_pool(2),
        "stroke_moved",
        (6, 6),
    ),
}

_ACTIVATIONS: Final = {
    "relu": Preset(
        text(QT_TRANSLATE_NOOP("core", "ReLU: nothing below 0")), ReLU(), "signed", (5, 5)
    ),
    "leaky_relu": Preset(
        text(QT_TRANSLATE_NOOP("core", "Leaky ReLU: a tenth of it")),
        LeakyReLU(0.1),
        "signed",
        (5, 5),
    ),
    "elu": Preset(
        text(QT_TRANSLATE_NOOP("core", "ELU: bends towards −1")), ELU(), "signed", (5, 5)
    ),
    "silu": Preset(
        text(QT_TRANSLATE_NOOP("core", "SiLU: a dip below 0")), SiLU(), "signed", (5, 5)
    ),
    "sigmoid": Preset(
        text(QT_TRANSLATE_NOOP("core", "Sigmoid: from 0 to 1")), Sigmoid(), "signed", (5, 5)
    ),
    "tanh": Preset(text(QT_TRANSLATE_NOOP("core", "Tanh: from −1 to 1")), Tanh(), "signed", (5, 5)),
    "softmax": Preset(
        text(QT_TRANSLATE_NOOP("core", "Softmax: shares of 1")),
        Softmax(1),
        "signed",
        (3, 3),
        channels=4,
    ),
    "log_softmax": Preset(
        text(QT_TRANSLATE_NOOP("core", "Log-softmax: their logs")),
        LogSoftmax(1),
        "signed",
        (3, 3),
        channels=4,
    ),
}

_TRANSPOSED: Final = {
    "transposed": Preset(
        text(QT_TRANSLATE_NOOP("core", "Transposed: 3 → 7")),
        _transposed(),
        "numbers",
        (3, 3),
    ),
    "transposed_back": Preset(
        text(QT_TRANSLATE_NOOP("core", "Transposed: back to 5")),
        _transposed(),
        "strided",
        (2, 2),
        after="numbers_stride",
    ),
    "transposed_double": Preset(
        text(QT_TRANSLATE_NOOP("core", "Transposed: 4 → 8")),
        _transposed(padding=1, output_padding=1),
        "pool",
        (4, 4),
    ),
}

_SEPARABLE: Final = {
    "sobel": Preset(
        text(QT_TRANSLATE_NOOP("core", "Sobel in one step")),
        _conv(),
        "numbers",
        (5, 5),
        "edge_across",
    ),
    "sobel_column": Preset(
        text(QT_TRANSLATE_NOOP("core", "Sobel in two: 3 × 1")),
        _conv((3, 1)),
        "numbers",
        (5, 5),
        "smoothing",
    ),
    "sobel_row": Preset(
        text(QT_TRANSLATE_NOOP("core", "Sobel in two: 1 × 3")),
        _conv((1, 3)),
        "column",
        (3, 5),
        "edge_across",
        after="sobel_column",
    ),
    "separable_depthwise": Preset(
        text(QT_TRANSLATE_NOOP("core", "Separable 1: depthwise")),
        _conv(3, 3, 3, groups=3),
        "shapes",
        (24, 24),
        "edge_across",
        3,
    ),
    "separable_pointwise": Preset(
        text(QT_TRANSLATE_NOOP("core", "Separable 2: 1 × 1")),
        _conv(1, 3, 6),
        "depthwise",
        (22, 22),
        "box",
        3,
        after="separable_depthwise",
    ),
}

SECTIONS: Final = (
    (text(QT_TRANSLATE_NOOP("core", "A handwritten digit")), _DIGIT),
    (text(QT_TRANSLATE_NOOP("core", "One kernel, one channel")), _ONE_KERNEL),
    (text(QT_TRANSLATE_NOOP("core", "Channels")), _CHANNELS),
    (text(QT_TRANSLATE_NOOP("core", "Size, stride and dilation")), _STEPS),
    (text(QT_TRANSLATE_NOOP("core", "Padding modes")), _PADDING),
    (text(QT_TRANSLATE_NOOP("core", "Pooling")), _POOLING),
    (text(QT_TRANSLATE_NOOP("core", "Activations")), _ACTIVATIONS),
    (text(QT_TRANSLATE_NOOP("core", "Transposed convolution")), _TRANSPOSED),
    (text(QT_TRANSLATE_NOOP("core", "Separable convolution")), _SEPARABLE),
)
"""The examples by name, in the order of the lessons, under the title of each."""
PRESETS: Final = {name: preset for _, examples in SECTIONS for name, preset in examples.items()}
"""All of them."""


def two_steps(layer: Layer, sample: str, size: Pair) -> tuple[Preset, Preset] | None:
    """Return the first and the second step of the example that has this setting as either."""
    for second in PRESETS.values():
        if not second.after:
            continue
        first = PRESETS[second.after]
        for step in (first, second):
            if (step.layer, step.sample, step.size) == (layer, sample, size):
                return first, second
    return None
