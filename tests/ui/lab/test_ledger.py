"""The bill of a cell: every term stands in it once, in its column, and it fits the width."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import cell, evaluate
from explorer.core.cell import Cell, bracketed, number
from explorer.core.layers import (
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    ReLU,
    Softmax,
)
from explorer.ui.lab.ledger import SHORT, Ledger, Level, Line, Room, equals, ledger

WIDE, HIGH = 60, 1000
FIVE = np.arange(1, 26, dtype=np.float32).reshape(1, 5, 5)


def taken(layer: Layer, x: np.ndarray, at: tuple[int, int, int] = (0, 0, 0)) -> Cell:
    """Return a cell of `layer`; its weights count from 1 and its bias is 1."""
    shape = layer.weight_shape
    weight = None
    if shape is not None:
        weight = np.arange(1, np.prod(shape) + 1, dtype=np.float32).reshape(shape)
    bias = np.ones(layer.output_channels(1), np.float32) if layer.has_bias else None
    output = evaluate(layer, x, weight, bias).output
    assert output is not None
    return cell(layer, x, weight, bias, output, at)


def spread(channels: int, side: int = 5) -> np.ndarray:
    values = np.arange(channels * side * side, dtype=np.float32) % 7 - 3
    return values.reshape(channels, side, side)


def drawn(line: Line, columns: int = WIDE) -> str:
    """Return a line as it stands on the screen."""
    text = ""
    for piece in line.pieces:
        assert len(text) <= piece.at, "pieces do not lie on each other"
        text = text.ljust(piece.at) + piece.text
    if line.amount is not None:
        sign, amount = line.amount
        right = f"{sign} {amount}".strip()
        text = text.ljust(columns - len(right)) + right
    return text


def bill(layer: Layer, taken: Cell, columns: int = WIDE, lines: int = HIGH) -> list[str]:
    written = ledger(layer, taken, columns, lines, {})
    return [drawn(line, columns) for line in (*written.terms, *written.result)]


def test_a_row_of_the_kernel_is_a_line_and_the_result_ends_it():
    layer = Conv2d(1, 1, (3, 3), padding=(1, 1))
    assert bill(layer, taken(layer, FIVE), 30) == [
        "  0·1 + 0·2 + 0·3",
        "+ 0·4 + 1·5 + 2·6",
        "+ 0·7 + 6·8 + 7·9",
        "  sum of products          128",
        "  bias                     + 1",
        "                         = 129",
    ]


def test_padding_is_muted_and_weights_have_the_colour_of_the_kernel():
    layer = Conv2d(1, 1, (3, 3), padding=(1, 1))
    first, second, _ = ledger(layer, taken(layer, FIVE), WIDE, HIGH, {}).terms
    assert {piece.role for piece in first.pieces if piece.text != "+"} == {"muted"}
    assert [piece.text for piece in second.pieces if piece.role == "weight"] == ["5", "6"]


def test_every_channel_has_its_total():
    layer = Conv2d(2, 1, (1, 2))
    x = np.stack([FIVE[0], -FIVE[0]])
    assert bill(layer, taken(layer, x), 30) == [
        "  channel 0                  5",
        "     1·1 +    2·2",
        "  channel 1               − 11",
        "  (−1)·3 + (−2)·4",
        "  sum of products          − 6",
        "  bias                     + 1",
        "                          = −5",
    ]
    written = ledger(layer, taken(layer, x), 30, HIGH, {})
    heads = [line for line in written.terms if line.is_open is not None]
    assert [line.amount for line in heads] == [("", "5"), ("−", "11")]
    assert [line.amount for line in written.result] == [("−", "6"), ("+", "1"), ("=", "−5")]


def test_multiplication_signs_stand_below_each_other():
    layer = Conv2d(1, 1, (3, 3))
    x = np.array([[[1, -20, 3], [100, 5, -6], [7, 8, 9]]], np.float32)
    lines = [line for line in bill(layer, taken(layer, x)) if "·" in line]
    places = [[found.start() for found in re.finditer("·", line)] for line in lines]
    assert places[0] == places[1] == places[2]


def test_channels_of_one_term_need_no_line_of_their_own():
    layer = Conv2d(3, 1, (1, 1))
    written = ledger(layer, taken(layer, spread(3)), WIDE, HIGH, {})
    assert len(written.terms) == 3
    assert all("·" in drawn(line) and line.amount and not line.becomes for line in written.terms)


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (MaxPool2d((2, 2)), ["max(1, 2,", "    6, 7)", "= 7"]),
        (AvgPool2d((2, 2)), [" (1 + 2", "+ 6 + 7) ÷ 4", "= 4"]),
        (LPPool2d(1, (1, 2)), ["  1 + 2", "= 3"]),
        (LPPool2d(2, (2, 1)), ["√(1²", "+ 6²)", "≈ 6.08"]),
        (ConvTranspose2d(1, 1, (1, 2), bias=False), ["  1·1 + 0·2", "= 1"]),
    ],
)
def test_other_layers(layer: Layer, said: list[str]):
    shown = bill(layer, taken(layer, FIVE), 20)
    assert [*shown[:-1], shown[-1].strip()] == said


def test_what_closes_a_mean_gets_its_own_line_where_it_is_too_long():
    layer = LPPool2d(2.5, (2, 3), ceil_mode=True)
    shown = bill(layer, taken(layer, FIVE, (0, 2, 1)), 16)
    assert shown[-2].strip().startswith(") · 6/")
    assert all(len(line) <= 16 for line in shown[:-1] if line != shown[-2])


def test_channels_fold_where_there_is_no_room():
    layer = Conv2d(16, 1, (3, 3))
    written = ledger(layer, taken(layer, spread(16)), 40, 20, {})
    heads = [line for line in written.terms if line.is_open is not None]
    assert [line.is_open for line in heads] == [True] + 15 * [False]
    assert len(written.terms) == 16 + 3
    everything = ledger(layer, taken(layer, spread(16)), 40, 16 * 4 + 3, {})
    assert all(line.is_open for line in everything.terms if line.is_open is not None)


def test_the_hand_unfolds_a_channel_and_folds_another():
    layer, lines = Conv2d(16, 1, (3, 3)), 20
    chosen: dict[int, Level] = {5: "short", 0: "folded"}
    written = ledger(layer, taken(layer, spread(16)), 40, lines, chosen)
    heads = [line for line in written.terms if line.is_open is not None]
    assert [i for i, line in enumerate(heads) if line.is_open] == [5]
    assert heads[5].becomes == (5, "folded")
    assert heads[0].becomes == (0, "short")


def test_the_middle_that_is_left_out_is_counted():
    layer = Conv2d(1, 1, (11, 11))
    apart = taken(layer, spread(1, 11))
    written = ledger(layer, apart, 36, 12, {})
    (more,) = [line for line in written.terms if line.becomes]
    (count,) = re.findall(r"… (\d+) more", drawn(more))
    shown = sum(drawn(line).count("·") for line in written.terms)
    assert shown + int(count) == 121
    assert more.becomes == (0, "whole")
    whole = ledger(layer, apart, 36, 12, {0: "whole"})
    assert sum(drawn(line).count("·") for line in whole.terms) == 121
    assert whole.terms[-1].becomes == (0, "short")


def test_in_a_low_window_the_result_takes_one_line():
    layer = Conv2d(16, 1, (3, 3))
    apart = taken(layer, spread(16))
    (line,) = ledger(layer, apart, 30, 6, {}).result
    total = number(sum(amount for _, amount in apart.partials))
    assert drawn(line, 30).split() == ["sum", total, "+", "bias", "1", "=", number(apart.result)]
    (line,) = ledger(layer, apart, 20, 6, {}).result
    assert drawn(line, 20).split()[:3] == [total, "+", "1"]


def size_of(written: Ledger) -> tuple[int, int]:
    return len(written.terms), len(written.result)


def test_nothing_jumps_while_it_plays():
    layer = Conv2d(3, 2, (3, 3), padding=(1, 1))
    x = (np.random.default_rng(0).normal(size=(3, 8, 8)) * 100).astype(np.float32)
    weight = np.random.default_rng(1).normal(size=layer.weight_shape).astype(np.float32)
    bias = np.zeros(2, np.float32)
    output = evaluate(layer, x, weight, bias).output
    assert output is not None
    room = Room()
    sizes: list[tuple[int, int]] = []
    for _ in range(2):  # the second time, the widest is known
        sizes = []
        for row in range(8):
            for column in range(8):
                apart = cell(layer, x, weight, bias, output, (0, row, column))
                written = ledger(layer, apart, 36, 14, {}, room)
                room = written.room
                sizes.append(size_of(written))
    assert len(set(sizes)) == 1


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(26, 60),
    st.integers(0, 40),
    st.integers(0, 2**32 - 1),
)
def test_every_term_stands_once_within_the_width(
    h: int, w: int, channels: int, columns: int, lines: int, seed: int
):
    layer = Conv2d(channels, 1, (h, w), padding=(1, 1))
    random = np.random.default_rng(seed)
    x = random.normal(size=(channels, 6, 6)).astype(np.float32)
    weight = random.integers(-9, 9, layer.weight_shape).astype(np.float32)
    bias = np.ones(1, np.float32)
    output = evaluate(layer, x, weight, bias).output
    assert output is not None
    apart = cell(layer, x, weight, bias, output, (0, 0, 0))
    chosen: dict[int, Level] = dict.fromkeys(range(channels), "whole")
    written = ledger(layer, apart, columns, lines, chosen)
    text = " ".join(drawn(line, columns) for line in written.terms)
    products = re.findall(r"([^\s]+)·([^\s]+)", text)
    expected = [
        ("0" if term.source is None else bracketed(term.value), bracketed(term.weight or 0.0))
        for term in apart.terms
    ]
    assert products == expected
    for line in written.terms:
        assert len(drawn(line, columns)) <= columns
        ends = [(piece.at, piece.at + len(piece.text)) for piece in line.pieces]
        assert all(end <= begin for (_, end), (begin, _) in pairwise(ends))


def test_a_short_channel_is_never_cut():
    layer = Conv2d(2, 1, (SHORT, 1))
    written = ledger(layer, taken(layer, spread(2, SHORT)), 40, 3, {0: "short", 1: "short"})
    assert not any("more" in drawn(line) for line in written.terms)


def test_nothing_is_left_out_where_there_is_room():
    layer = Conv2d(2, 1, (12, 1))
    written = ledger(layer, taken(layer, spread(2, 12)), 40, 2 * 13 + 3, {})
    assert sum(drawn(line).count("·") for line in written.terms) == 24
    assert len(written.terms) == 26
    less = ledger(layer, taken(layer, spread(2, 12)), 40, 2 * 13 + 2, {})
    assert any("more" in drawn(line) for line in less.terms)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4.0, "= 4"),
        (float(np.float32(0.1)), "= 0.10"),
        (float(np.float32(-4.8312)), "≈ −4.83"),
        (1e9, "= 1.0e+09"),
        (1.23e9, "≈ 1.2e+09"),
        (float("inf"), "= ∞"),
        (float("nan"), "= NaN"),
    ],
)
def test_what_is_rounded_is_not_said_to_be_equal(value: float, said: str):
    assert " ".join(equals(value)) == said


def test_an_activation_is_one_term_in_its_brackets():
    lines = bill(ReLU(), taken(ReLU(), -FIVE))
    assert [line.split() for line in lines] == [["ReLU(−1)"], ["=", "0"]]


@pytest.mark.parametrize(("layer", "gist"), [(Softmax(1), "e^1 ÷ Σ"), (LogSoftmax(1), "1 − log Σ")])
def test_a_share_tells_the_sum_that_it_is_a_share_of(layer: Layer, gist: str):
    x = np.array([1, 0, -1], np.float32).reshape(3, 1, 1)
    apart = taken(layer, x)
    lines = bill(layer, apart)
    amounts = [line.split()[-1] for line in lines]
    assert amounts == ["2.72", "1", "0.37", "4.09", number(apart.result)]
    assert [line.split()[2] for line in lines[:3]] == ["e^1", "e^0", "e^−1"]
    assert lines[3].split()[0] == "Σ" and lines[4].strip().startswith(gist)
    assert bill(layer, apart, lines=5)[-1].strip().startswith(gist)
