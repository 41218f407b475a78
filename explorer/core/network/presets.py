"""The named networks: those that train on digits, and two that are there to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
    Shape,
    Tanh,
)
from explorer.core.network.stack import Network
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

DIGIT: Final[tuple[int, int, int]] = (1, 28, 28)
PHOTO: Final[tuple[int, int, int]] = (3, 224, 224)


@dataclass(frozen=True)
class Preset:
    """A network with a name.

    Attributes
    ----------
    title, hint
        What it is, and what to notice.
    input
        The shape of the picture that it is made for, (C, H, W).
    trains
        Whether it learns digits here; else it is there to be looked at.
    """

    network: Network
    title: Text
    hint: Text
    input: Shape = DIGIT
    trains: bool = True


def _conv(inputs: int, outputs: int, kernel: int, **settings: object) -> Conv2d:
    return Conv2d(inputs, outputs, (kernel, kernel), **settings)  # type: ignore[arg-type]


def _pool(kernel: int = 2, stride: int | None = None) -> MaxPool2d:
    return MaxPool2d((kernel, kernel), None if stride is None else (stride, stride))


def _network(*layers: Module) -> Network:
    return Network(layers)


def _vgg(*widths: int | None) -> tuple[Module, ...]:
    """Return 3×3 convolutions with ReLU of these widths on a photo, None being a pooling."""
    layers: list[Module] = []
    channels = PHOTO[0]
    for width in widths:
        if width is None:
            layers.append(_pool(2, 2))
        else:
            layers += [_conv(channels, width, 3, padding=(1, 1)), ReLU(inplace=True)]
            channels = width
    return tuple(layers)


PRESETS: Final[dict[str, Preset]] = {
    "classic": Preset(
        _network(
            _conv(1, 10, 5),
            ReLU(),
            _pool(),
            _conv(10, 20, 5),
            ReLU(),
            _pool(),
            Flatten(),
            Linear(320, 50),
            ReLU(),
            Linear(50, 10),
            LogSoftmax(1),
        ),
        text(QT_TRANSLATE_NOOP("core", "Classic: two convolutions, two linear layers")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Follow the shapes: each convolution takes 4 off the sides, each pooling halves "
                "them, until 20 × 4 × 4 are laid in a row of 320.",
            )
        ),
    ),
    "compact": Preset(
        _network(
            _conv(1, 10, 5),
            _pool(),
            ReLU(),
            _conv(10, 20, 5),
            _pool(),
            ReLU(),
            Flatten(),
            Linear(320, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "Compact: two convolutions, one linear layer")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Pooling before the ReLU gives the same numbers as after it, with a quarter of the "
                "work: both keep the order of the values.",
            )
        ),
    ),
    "lenet5": Preset(
        _network(
            _conv(1, 6, 5, padding=(2, 2)),
            ReLU(),
            _pool(),
            _conv(6, 16, 5),
            ReLU(),
            _pool(),
            Flatten(),
            Linear(400, 120),
            ReLU(),
            Linear(120, 84),
            ReLU(),
            Linear(84, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "LeNet-5 as it is built today")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Most of the 61,706 parameters are in the first linear layer, most of the "
                "multiply-adds in the second convolution.",
            )
        ),
    ),
    "lenet5_1998": Preset(
        _network(
            _conv(1, 6, 5, padding=(2, 2)),
            Tanh(),
            AvgPool2d((2, 2)),
            _conv(6, 16, 5),
            Tanh(),
            AvgPool2d((2, 2)),
            _conv(16, 120, 5),
            Tanh(),
            Flatten(),
            Linear(120, 84),
            Tanh(),
            Linear(84, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "LeNet-5 in the manner of 1998")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Means in place of maxima, tanh in place of ReLU. The third convolution covers its "
                "whole input: it is a linear layer by another name.",
            )
        ),
    ),
    "sprint": Preset(
        _network(
            _conv(1, 16, 5),
            _pool(),
            ReLU(),
            _conv(16, 32, 5),
            _pool(),
            ReLU(),
            Flatten(),
            Linear(512, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "Sprint: wide and shallow, soon at 99 %")),
        text(
            QT_TRANSLATE_NOOP(
                "core", "Channels in sixteens are what processors like, so each step is cheap."
            )
        ),
    ),
    "two_layer": Preset(
        _network(
            _conv(1, 20, 5),
            ReLU(),
            _conv(20, 20, 5),
            ReLU(),
            AdaptiveAvgPool2d((1, 1)),
            Flatten(),
            Linear(20, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "Two convolutions and no pooling")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Without pooling the maps stay large, and so does the work: watch the "
                "multiply-adds of the second convolution.",
            )
        ),
    ),
    "separable": Preset(
        _network(
            _conv(1, 16, 3, padding=(1, 1)),
            ReLU(),
            _pool(),
            _conv(16, 16, 3, padding=(1, 1), groups=16),
            _conv(16, 32, 1),
            ReLU(),
            _pool(),
            _conv(32, 32, 3, padding=(1, 1), groups=32),
            _conv(32, 64, 1),
            ReLU(),
            _pool(),
            Flatten(),
            Linear(576, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "Depthwise separable")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Each channel gets a kernel of its own (groups), then a 1 × 1 convolution mixes "
                "the channels: compare the parameters with those of a full 3 × 3.",
            )
        ),
    ),
    "dilated": Preset(
        _network(
            _conv(1, 8, 3),
            ReLU(),
            _conv(8, 8, 3, dilation=(2, 2)),
            ReLU(),
            _conv(8, 8, 3, dilation=(4, 4)),
            ReLU(),
            _pool(),
            Flatten(),
            Linear(392, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "Dilated: 1, 2, 4")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "The kernels have nine weights each, yet the receptive field doubles from layer to "
                "layer: 3, 7, 15.",
            )
        ),
    ),
    "all_convolutional": Preset(
        _network(
            _conv(1, 16, 3, padding=(1, 1)),
            BatchNorm2d(16),
            ReLU(),
            _conv(16, 32, 3, stride=(2, 2), padding=(1, 1)),
            BatchNorm2d(32),
            ReLU(),
            _conv(32, 32, 3, stride=(2, 2), padding=(1, 1)),
            BatchNorm2d(32),
            ReLU(),
            _conv(32, 10, 1),
            AdaptiveAvgPool2d((1, 1)),
            Flatten(),
        ),
        text(QT_TRANSLATE_NOOP("core", "All convolutional, with a global mean")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "No linear layer: the last maps are one for each digit, and their mean is the "
                "score. A stride takes the place of pooling.",
            )
        ),
    ),
    "small_vgg": Preset(
        _network(
            _conv(1, 16, 3, padding=(1, 1)),
            ReLU(),
            _conv(16, 16, 3, padding=(1, 1)),
            ReLU(),
            _pool(),
            _conv(16, 32, 3, padding=(1, 1)),
            ReLU(),
            _conv(32, 32, 3, padding=(1, 1)),
            ReLU(),
            _pool(),
            _conv(32, 64, 3, padding=(1, 1)),
            ReLU(),
            _pool(),
            Flatten(),
            Linear(576, 10),
        ),
        text(QT_TRANSLATE_NOOP("core", "A small VGG")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "Two 3 × 3 convolutions see as much as one 5 × 5, with fewer weights and one more "
                "ReLU between.",
            )
        ),
    ),
    "alexnet": Preset(
        _network(
            _conv(3, 64, 11, stride=(4, 4), padding=(2, 2)),
            ReLU(inplace=True),
            _pool(3, 2),
            _conv(64, 192, 5, padding=(2, 2)),
            ReLU(inplace=True),
            _pool(3, 2),
            _conv(192, 384, 3, padding=(1, 1)),
            ReLU(inplace=True),
            _conv(384, 256, 3, padding=(1, 1)),
            ReLU(inplace=True),
            _conv(256, 256, 3, padding=(1, 1)),
            ReLU(inplace=True),
            _pool(3, 2),
        ),
        text(QT_TRANSLATE_NOOP("core", "AlexNet, the convolutional part")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "To look at, with weights that have learned nothing: a stride of 4 brings "
                "224 × 224 down to 55 × 55 at once.",
            )
        ),
        PHOTO,
        trains=False,
    ),
    "vgg11": Preset(
        _network(*_vgg(64, None, 128, None, 256, 256, None, 512, 512, None, 512, 512, None)),
        text(QT_TRANSLATE_NOOP("core", "VGG-11, the convolutional part")),
        text(
            QT_TRANSLATE_NOOP(
                "core",
                "To look at, with weights that have learned nothing: nothing but 3 × 3, and the "
                "channels double where the sides halve.",
            )
        ),
        PHOTO,
        trains=False,
    ),
}
"""By name, in the order in which they are offered."""

TRAINABLE: Final = tuple(name for name, preset in PRESETS.items() if preset.trains)
"""The names of those that learn digits."""
