"""Numbers as text: what is understood as a number, and what as a block of them."""

from math import inf, isnan, nan

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.core.layers import Array
from explorer.core.notation import (
    ValuesError,
    format_block,
    format_number,
    parse_block,
    parse_number,
)
from tests.core.blocks import BLOCKS, FLOATS, SHAPES

EIGHTHS = st.integers(-80_000, 80_000).map(lambda n: n / 8) | st.sampled_from([inf, -inf, nan])


# ------------------------------------------------------------------------------------- one number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("3", 3),
        (" -2.5\t", -2.5),
        ("−2", -2),
        ("+.5", 0.5),
        ("5.", 5),
        ("1e-3", 0.001),
        ("1E3", 1000),
        ("0,5", 0.5),
        ("−0,25", -0.25),
        ("inf", inf),
        ("-Infinity", -inf),
        ("−∞", -inf),
        ("3.4028235e38", 3.4028235e38),
    ],
)
def test_a_number_is_understood(line: str, number: float):
    assert parse_number(line) == number


def test_no_number_at_all_is_a_number_for_torch():
    assert isnan(parse_number("NaN"))


@pytest.mark.parametrize(
    "line", ["", " ", "two", "1 2", "1.2.3", "1,000.5", "1_000", "٣", "0x10", "-", ".", "e5", "1/3"]
)
def test_everything_else_is_refused_with_what_to_write(line: str):
    with pytest.raises(ValuesError, match=r"^Write a number such as 3, −2\.5 or 1e-3\.$"):
        parse_number(line)


@pytest.mark.parametrize("line", ["1e39", "-1e39", "1e999", "9" * 400])
def test_a_number_beyond_float32_is_refused(line: str):
    with pytest.raises(ValuesError, match="float32"):
        parse_number(line)


@given(FLOATS)
def test_a_number_comes_back_as_it_was(value: float):
    shown = format_number(value)
    assert np.float32(parse_number(shown)).tobytes() == np.float32(value).tobytes() or isnan(value)
    assert len(shown) <= len("-1.15132345e+30")


def test_numbers_are_written_as_short_as_they_can_be():
    values = (3, -2.5, float(np.float32(0.1)), nan, -inf, 0)
    assert [format_number(v) for v in values] == ["3", "-2.5", "0.1", "nan", "-inf", "0"]


# ---------------------------------------------------------------------------------------- a block


@given(BLOCKS)
def test_a_block_comes_back_as_it_was(block: Array):
    again = parse_block(format_block(block))
    assert again.dtype == np.float32
    assert np.array_equal(again, block, equal_nan=True)


@given(
    arrays(np.float32, SHAPES, elements=EIGHTHS),
    st.sampled_from(["numpy", "array", "list", "tuple", "torch", "batch"]),
)
def test_printouts_are_read(block: Array, how: str):
    with np.printoptions(precision=9, threshold=10_000, floatmode="unique"):
        torch.set_printoptions(precision=9, threshold=10_000)
        printed = {
            "numpy": str(block),
            "array": repr(block),
            "list": str(block.tolist()),
            "tuple": str(tuple(tuple(row) for row in block.tolist())),
            "torch": repr(torch.tensor(block)),
            "batch": repr(torch.tensor(block, requires_grad=True)[None, None]),
        }[how]
        torch.set_printoptions(profile="default")
    np.testing.assert_allclose(parse_block(printed), block, rtol=1e-6)


@pytest.mark.parametrize(
    "block",
    [
        "1\t2\r\n3\t4\r\n",
        "1;2\n3;4",
        "1,2\n3,4",
        "1, 2,\n3, 4",
        "1 2\n3 4",
        "\n  1   2\n  3   4\n\n",
        "[[1, 2], [3, 4]]",
        "[1, 2],\n[3, 4]",
        "[[1. 2.]\n [3. 4.]]",
        "[[1\n  2]\n [3 4]]",
        "((1, 2), (3, 4))",
        "x = np.array([[1, 2], [3, 4]], dtype=np.float32)",
        "Parameter containing:\ntensor([[1., 2.],\n        [3., 4.]], requires_grad=True)",
        "tensor([[1., 2.],\n        [3., 4.]], device='cuda:0', grad_fn=<SelectBackward0>)",
        "[[[[1, 2], [3, 4]]]]",
    ],
)
def test_the_same_block_in_many_notations(block: str):
    assert parse_block(block).tolist() == [[1, 2], [3, 4]]


def test_a_row_a_column_and_a_single_number_are_blocks_too():
    assert parse_block("1 2 3").shape == parse_block("[1, 2, 3]").shape == (1, 3)
    assert parse_block("1\n2\n3").shape == (3, 1)
    assert parse_block("7").tolist() == parse_block("[[7]]").tolist() == [[7]]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_a_comma_is_a_decimal_one_between_tabs_and_semicolons(separator: str):
    block = f"0,5{separator}−1,5\n2{separator}3,25"
    assert parse_block(block).tolist() == [[0.5, -1.5], [2, 3.25]]


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ("", "Copy some numbers first"),
        (" \n\t\n", "Copy some numbers first"),
        ("[[]]", "Copy some numbers first"),
        ("1 2\n3", "row 1 has 2 numbers, row 2 has 1"),
        ("[[1, 2], [3]]", "row 1 has 2 numbers, row 2 has 1"),
        ("1\t\t3", "row 1, column 2: nothing stands there"),
        ("1\n\n3", "row 2, column 1: nothing stands there"),
        ("[1,, 2]", "row 1, column 2: nothing stands there"),
        ("1\t2\n3\tfour", "row 2, column 2: “four” is no number"),
        ("1\t1e39", "row 1, column 2: “1e39” is none that float32 holds"),
        ("0,5 1,5", "row 1 by commas or by blanks"),
        ("[[1 2 ... 8 9]]", "this printout is shortened"),
        ("[[1, 2], [3, 4]", "Copy the whole printout"),
        ("1, 2], [3, 4]]", "Copy the whole printout"),
        ("]", "Copy the whole printout"),
        ("[[1, 2], 3]", "Copy the whole printout"),
        ("[| [1, 2]]", "Copy the whole printout"),
        ("2 * [[1, 2]]", "Copy the whole printout"),
        ("[[1, 2]] + 1", "Copy the whole printout"),
        ("[__import__('os').getcwd()]", "is no number"),
        ("[[[1], [2]], [[3], [4]]]", "Copy the rows of one channel"),
        ("1 " * 513, "at most 512 × 512 numbers: these are 1 × 513"),
        ("1\n" * 513, "these are 513 × 1"),
        (" " * 10_000_000, "characters at once"),
    ],
)
def test_what_is_no_block_is_refused_in_one_sentence(block: str, sentence: str):
    with pytest.raises(ValuesError, match=sentence.replace("(", r"\(")) as refused:
        parse_block(block)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "block",
    [
        "[" * 1_000_000,
        "[1]" + ", a=1   " * 10_000 + "(",
        "a" * 1_000_000 + "[1]",
        " " * 50_000 + "x[1",
        "[1 2]" + " " * 100_000 + "x",
        "[1 2], a=1" + " " * 100_000 + ")" + " " * 100_000 + "x",
        "9" * 1_000_000 + "x",
        "\n" * 1_000_000 + "x",
    ],
)
def test_no_text_keeps_the_reader_busy(block: str):
    with pytest.raises(ValuesError):
        parse_block(block)


@given(st.text(alphabet="01 -,.;\t\n[]()e_tensor…", max_size=40))
def test_no_text_is_more_than_refused(block: str):
    try:
        values = parse_block(block)
    except ValuesError:
        return
    assert values.ndim == 2 and values.size and values.dtype == np.float32
