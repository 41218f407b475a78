"""Layers, shapes and numbers in short."""

from fractions import Fraction

import pytest

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    GroupNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    Module,
    ReLU,
)
from explorer.ui.network import words


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Conv2d(1, 10, (5, 5)), "Conv2d 1→10, 5×5"),
        (
            Conv2d(3, 64, (11, 7), stride=(4, 4), padding=(2, 1)),
            "Conv2d 3→64, 11×7, stride=4, padding=(2, 1)",
        ),
        (
            Conv2d(4, 4, (3, 3), padding="same", bias=False),
            "Conv2d 4→4, 3×3, padding='same', bias=False",
        ),
        (MaxPool2d((2, 2)), "MaxPool2d 2×2"),
        (MaxPool2d((3, 3), (2, 2), return_indices=True), "MaxPool2d 3×3, stride=2"),
        (LPPool2d(2, (2, 2)), "LPPool2d norm_type=2, 2×2"),
        (AdaptiveAvgPool2d((1, None)), "AdaptiveAvgPool2d 1×–"),
        (ReLU(inplace=True), "ReLU"),
        (LeakyReLU(0.2), "LeakyReLU 0.2"),
        (BatchNorm2d(16), "BatchNorm2d 16"),
        (GroupNorm(4, 16, affine=False), "GroupNorm 16, num_groups=4, affine=False"),
        (Dropout(0.25), "Dropout 0.25"),
        (Flatten(), "Flatten"),
        (Flatten(2), "Flatten start_dim=2"),
        (Linear(320, 10, bias=False), "Linear 320→10, bias=False"),
        (LogSoftmax(1), "LogSoftmax dim=1"),
    ],
)  # fmt: skip
def test_a_layer_is_known_by_what_is_not_torchs_default(layer: Module, text: str):
    assert words.brief(layer) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (260, "260"),
        (999, "999"),
        (1000, "1 k"),
        (5020, "5.02 k"),
        (144_000, "144 k"),
        (999_600, "1 M"),
        (7_485_456_384, "7.49 G"),
        (3 * 10**15, "3,000 T"),
    ],
)
def test_numbers_have_three_digits_that_count(count: int, text: str):
    assert words.short(count) == text


def test_bytes_are_counted_in_thousands():
    sizes = [words.size(count) for count in (0, 40, 23_040, 12_845_056)]
    assert sizes == ["0 B", "40 B", "23 kB", "12.8 MB"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(14), "14"),
        (Fraction(0), "0"),
        (Fraction(1, 2), "½"),
        (Fraction(5, 2), "2½"),
        (Fraction(-3, 4), "−¾"),
        (Fraction(-5), "−5"),
        (Fraction(10, 7), "1.43"),
        (Fraction(4, 3), "1⅓"),
    ],
)
def test_fractions_are_written_as_by_hand(value: Fraction, text: str):
    assert words.ratio(value) == text


def test_equal_sides_are_said_once():
    assert words.pair((Fraction(5), Fraction(5))) == "5"
    assert words.pair((Fraction(5), Fraction(1, 2))) == "5 × ½"


def test_a_shape_is_without_the_batch():
    assert words.shape((10, 24, 24)) == "10 × 24 × 24"
    assert words.shape((320,)) == "320"
