"""How the arithmetic of a cell is written, and that what is written comes out at its number."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import cell, evaluate
from explorer.core.layers import (
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
    Softmax,
)
from tests.core.strategies import Case, cases

FIVE = np.arange(1, 26, dtype=np.float32).reshape(1, 5, 5)
TWO = np.stack([FIVE[0], -FIVE[0]])


def spelled(layer: Layer, x: np.ndarray, at: tuple[int, int, int] = (0, 0, 0)) -> tuple[str, str]:
    """Return how a cell is written, and its sign; weights count from 1, the bias is 1."""
    shape = layer.weight_shape
    weight = None
    if shape is not None:
        weight = np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)
    bias = np.ones(layer.output_channels(1), np.float32) if layer.has_bias else None
    output = evaluate(layer, x, weight, bias).output
    assert output is not None
    taken = cell(layer, x, weight, bias, output, at)
    return "".join(token.text for token in layer.spelled(taken)), layer.sign(taken)


@pytest.mark.parametrize(
    ("layer", "x", "at", "written", "sign"),
    [
        (
            Conv2d(1, 1, (2, 2), padding=(1, 1)),
            FIVE,
            (0, 0, 1),
            "0·1 + 0·2 + 1·3 + 2·4 + 1 = 12",
            "×",
        ),
        (
            Conv2d(2, 1, (1, 2)),
            TWO,
            (0, 0, 0),
            "[1·1 + 2·2] + [(−1)·3 + (−2)·4] + 1 = 5 + (−11) + 1 = −5",
            "×",
        ),
        (Conv2d(2, 2, (1, 1), groups=2, bias=False), TWO, (1, 0, 0), "(−1)·2 = −2", "×"),
        (
            ConvTranspose2d(1, 1, (1, 3), (1, 2), bias=False),
            FIVE,
            (0, 0, 2),
            "2·1 + 0·2 + 1·3 = 5",
            "×",
        ),
        (
            MaxPool2d((2, 2), padding=(1, 1)),
            FIVE,
            (0, 0, 1),
            "max(–, –, 2, 3) = 3",
            "max",
        ),
        (
            AvgPool2d((2, 2), padding=(1, 1)),
            FIVE,
            (0, 0, 1),
            "(0 + 0 + 2 + 3) ÷ 4 = 1.25",
            "Σ ÷ 4",
        ),
        (AdaptiveMaxPool2d((4, 3)), FIVE, (0, 0, 0), "max(1, 2, 6, 7) = 7", "max"),
        (AdaptiveAvgPool2d((5, 2)), FIVE, (0, 0, 0), "(1 + 2 + 3) ÷ 3 = 2", "Σ ÷ 3"),
        (LPPool2d(1, (1, 2)), FIVE, (0, 0, 0), "1 + 2 = 3", "Σ"),
        (LPPool2d(2, (1, 2)), FIVE, (0, 0, 1), "√(3² + 4²) = 5", "√Σ²"),
        (LPPool2d(3, (2, 1)), TWO, (1, 0, 0), "((−1)³ + (−6)³)^(1/3) = NaN", "L3"),
        (LPPool2d(2.5, (1, 1)), FIVE, (0, 0, 1), "(2^2.5)^(1/2.5) = 2", "L2.5"),
        (
            LPPool2d(2, (1, 2), ceil_mode=True),
            FIVE,
            (0, 0, 2),
            "√((5² + –) · 2/1) = 7.07",
            "√Σ²",
        ),
        (ReLU(), TWO, (1, 0, 1), "ReLU(−2) = 0", "ReLU"),
        (LeakyReLU(0.5), TWO, (1, 0, 1), "LeakyReLU(−2) = −1", "LeakyReLU"),
        (
            Softmax(1),
            TWO / 2,
            (1, 0, 1),
            "e^−1 ÷ (e^1 + e^−1) = 0.12",
            "eˣ ÷ Σ eˣ",
        ),
        (
            LogSoftmax(3),
            TWO[:, :, :2] / 10000,
            (0, 0, 1),
            "2.0e−04 − log(e^(1.0e−04) + e^(2.0e−04)) = −0.69",
            "x − log Σ eˣ",
        ),
    ],
)
def test_sums_as_they_are_written(
    layer: Layer, x: np.ndarray, at: tuple[int, int, int], written: str, sign: str
) -> None:
    assert spelled(layer, x, at) == (written, sign)


@given(cases(), st.data())
def test_the_written_sum_ends_in_the_result_and_has_no_empty_piece(
    case: Case, data: st.DataObject
) -> None:
    layer, (h, w) = case.layer, case.layer.out_size(case.size)
    at = (0, data.draw(st.integers(0, h - 1)), data.draw(st.integers(0, w - 1)))
    x = np.ones((case.channels, *case.size), np.float32)
    weight = None if layer.weight_shape is None else np.ones(layer.weight_shape, np.float32)
    bias = np.ones(layer.output_channels(1), np.float32) if layer.has_bias else None
    output = evaluate(layer, x, weight, bias).output
    assert output is not None
    tokens = layer.spelled(cell(layer, x, weight, bias, output, at))
    assert tokens[-1].role == "output"
    assert all(token.text for token in tokens)
    assert not any(a.text == b.text == " + " for a, b in pairwise(tokens))
