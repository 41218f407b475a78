"""Lines of PyTorch are read as torch would take them, and mistakes are found where they are."""

import contextlib
import dataclasses
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.core.layers import (
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LPPool2d,
    MaxPool2d,
)
from explorer.core.reader import LONGEST, ReadError, read, read_call
from explorer.core.source import source
from tests.core.any_layers import any_layers

EXAMPLE = Conv2d(3, 16, (3, 3), (2, 2), (1, 1))
LITERALS: list[Any] = [
    0, 1, -1, 2, 2**15, 2**15 + 1, -(2**63), 10**500, 0.0, 2.0, -1.5, 1e999, True, False, None,
    "", "same", "zeros", "{x}", "ü", (), (1,), (1, 2), (1, 2, 3), (0, 1), (1, True), (None, 3),
    ("a", "b"), [2, 2], [1.5, -2],
]  # fmt: skip


def refusal(line: str) -> ReadError:
    with pytest.raises(ReadError) as refused:
        read(line)
    error = refused.value
    assert 0 <= error.start <= error.end <= len(line)
    assert error.start < error.end or not line
    sentence = str(error)
    assert sentence == str(error.meaning) and sentence.endswith((".", "?"))
    assert "\n" not in sentence
    return error


@pytest.mark.parametrize(
    "line",
    [
        "nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)",
        "torch.nn.Conv2d(3, 16, 3, 2, 1)",
        "Conv2d(3,16,3,2,1)",
        "Conv2d(padding=1, stride=2, kernel_size=3, out_channels=16, in_channels=3)",
        "nn.Conv2d(3, 16, (3, 3), stride=(2, 2), padding=(1, 1))",
        "nn.Conv2d(3, 16, [3, 3], stride=[2, 2], padding=[+1, 1])",
        "  nn.Conv2d(3, 16, 3, 2, 1)\t\n",
        "\u00a0nn.Conv2d(3, 16, 3, 2, 1)\u00a0",
        "nn.Conv2d(3, 16, 3, 2, 1),",
        "nn.Conv2d(3, 16, 3, 2, 1);",
        "(nn.Conv2d(3, 16, 3, 2, 1))",
        "nn.Conv2d(3, 16, 3, 2, 1)  # halves the picture",
        "nn.Conv2d(3, 16, 3, 2, 1),  # überall",
        "conv = nn.Conv2d(3, 16, 3, 2, 1)",
        "self.conv1 = nn.Conv2d(3, 16, 3, 2, 1),",
        "nn.Conv2d(\n    3,\r\n    16,\r    3,  # kernel\n    stride=2,\n    padding=1,\n)",
        "nn.Conv2d(3, 16, 3, 2, 1, device=None, dtype=None)",
        "nn.Conv2d(0x3, 1_6, 3, 2, 1, padding_mode='ze' 'ros', bias=True)",
        "nn . Conv2d (3, 16, 3, 2, 1)",
    ],
)
def test_one_layer_in_many_hands(line: str) -> None:
    assert read(line) == EXAMPLE


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("nn.Conv2d(1, 10, 5)", Conv2d(1, 10, (5, 5))),
        ("nn.Conv2d(1, 1, (3, 1), bias=False)", Conv2d(1, 1, (3, 1), bias=False)),
        ("MaxPool2d(2)", MaxPool2d((2, 2))),
        ("nn.MaxPool2d(2, None, return_indices=True)", MaxPool2d((2, 2), return_indices=True)),
        ("nn.Conv2d(1, 1, 2, padding='same')", Conv2d(1, 1, (2, 2), padding="same")),
        (
            "nn.ConvTranspose2d(4, 2, 3, 2, 1, 1, 2, False, (1, 2))",
            ConvTranspose2d(4, 2, (3, 3), (2, 2), (1, 1), (1, 1), 2, False, (1, 2)),
        ),
        ("nn.AdaptiveAvgPool2d((None, 7))", AdaptiveAvgPool2d((None, 7))),
        ("nn.AdaptiveMaxPool2d(output_size=7)", AdaptiveMaxPool2d((7, 7))),
        ("nn.LPPool2d(1.5, 2)", LPPool2d(1.5, (2, 2))),
        ("MaxPool2d(2, device=None)", MaxPool2d((2, 2))),
        ("from torch import nn\nnn.MaxPool2d(2)", MaxPool2d((2, 2))),
        (
            "nn.AvgPool2d(3, divisor_override=None, count_include_pad=False)",
            AvgPool2d((3, 3), count_include_pad=False),
        ),
    ],
)
def test_layers_as_people_write_them(line: str, layer: Layer) -> None:
    assert read(line) == layer


@given(any_layers())
def test_a_line_with_every_argument_by_position_or_by_name(layer: Layer) -> None:
    values = [(f.name, getattr(layer, f.name)) for f in dataclasses.fields(layer)]
    name = type(layer).__name__
    assert read(f"{name}({', '.join(repr(value) for _, value in values)})") == layer
    assert read(f"nn.{name}({', '.join(f'{n}={v!r}' for n, v in values[::-1])})") == layer
    assert read_call(source(layer)).layer() == layer


@pytest.mark.parametrize(
    ("line", "piece", "hint"),
    [
        ("", "", "such as nn.Conv2d"),
        ("   ", "   ", "such as nn.Conv2d"),
        ("# nothing", "# nothing", "such as nn.Conv2d"),
        ("3", "3", "such as nn.Conv2d"),
        ("nn.Conv2d", "nn.Conv2d", "parentheses"),
        ("conv = Conv2d", "Conv2d", "parentheses"),
        ("nn.Conv3d(1, 1, 3)", "Conv3d", "did you mean Conv2d?"),
        ("conv2d(1, 1, 3)", "conv2d", "did you mean Conv2d?"),
        ("x = torch.nn.MAXPOOL2D(3)", "MAXPOOL2D", "did you mean MaxPool2d?"),
        ("nn.Dropout(0.5)", "Dropout", "write one of Conv2d, "),
        ("F.conv2d(x, w)", "F.conv2d", "such as nn.Conv2d"),
        ("nn.Conv2d(1, 1, 3)(x)", "nn.Conv2d(1, 1, 3)", "such as nn.Conv2d"),
        ("a, b = nn.Conv2d(1, 1, 3)", "a, b", "such as nn.Conv2d"),
        ("a = b[0] = nn.Conv2d(1, 1, 3)", "b[0]", "such as nn.Conv2d"),
        ("import os", "import os", "such as nn.Conv2d"),
        ("[nn.Conv2d(1, 1, 3)]", "[nn.Conv2d(1, 1, 3)]", "such as nn.Conv2d"),
        ("()", "()", "such as nn.Conv2d"),
        ("nn.Conv2d(1, 1, 3), nn.MaxPool2d(2)", "nn.MaxPool2d(2)", "one layer only"),
        ("nn.Conv2d(1, 1, 3); nn.MaxPool2d(2); 3", "nn.MaxPool2d(2); 3", "one layer only"),
        ("nn.Conv2d(1, 1, 3)\nnn.MaxPool2d(2)", "nn.MaxPool2d(2)", "one layer only"),
        ("nn.Conv2d(1, 1, 3, strides=2)", "strides", "did you mean stride?"),
        ("nn.Conv2d(1, 1, 3, Padding =2)", "Padding", "did you mean padding?"),
        ("nn.AvgPool2d(2, dilation=2)", "dilation", "AvgPool2d has no dilation; it takes kernel"),
        ("nn.MaxPool2d(2, 2, 0, 1, False, True, 7, 8)", "7, 8", "MaxPool2d takes 6"),
        ("nn.Conv2d(1, 10)", ")", "kernel_size is missing"),
        ("nn.Conv2d(kernel_size=3, out_channels=1) # x", ")", "in_channels is missing"),
        ("nn.MaxPool2d()", ")", "kernel_size is missing"),
        ("nn.Conv2d(1, 1, 3, stride=2, stride=3)", "stride", "given twice"),
        ("nn.Conv2d(1, 1, 3, out_channels=3)", "out_channels", "given twice"),
        ("nn.Conv2d(1, 1, *sizes)", "*sizes", "stars"),
        ("nn.Conv2d(1, 1, **sizes)", "**sizes", "stars"),
        ("nn.Conv2d(1, 1, k)", "k", "Write a number"),
        ("nn.Conv2d(1, 1, 2 + 1)", "2 + 1", "Write a number"),
        ("nn.Conv2d(1, 1, int('3'))", "int('3')", "Write a number"),
        ("nn.Conv2d(1, 1, (3, k))", "k", "Write a number"),
        ("nn.Conv2d(1, 1, ((3, 3), 3))", "(3, 3)", "Write a number"),
        ("nn.Conv2d(1, 1, --3)", "--3", "Write a number"),
        ("nn.Conv2d(1, 1, -True)", "-True", "Write a number"),
        ("nn.Conv2d(1, 1, 3j)", "3j", "Write a number"),
        ("nn.Conv2d(1, 1, b'3')", "b'3'", "Write a number"),
        ("nn.Conv2d(1, 1, ...)", "...", "Write a number"),
        ("nn.Conv2d(1, 1, f'{3}')", "f'{3}'", "Write a number"),
        ("nn.Conv2d(1, 1, {3})", "{3}", "Write a number"),
        ("nn.Conv2d(1, 1, 3, bias=false)", "false", "Write False with a capital"),
        ("nn.Conv2d(1, 1, 3, padding_mode=reflect)", "reflect", "in quotes"),
        ("nn.Conv2d(1, 1, 3, padding=same)", "same", "in quotes"),
        ("nn.Conv2d(1, 1, 3, padding='some')", "'some'", "padding must be"),
        ("nn.ConvTranspose2d(1, 1, 3, padding_mode='reflect')", "'reflect'", "padding_mode must"),
        ("nn.AdaptiveAvgPool2d((None, 0))", "(None, 0)", "output_size must be"),
        ("nn.LPPool2d('inf', 2)", "'inf'", "norm_type must be"),
        ("nn.LPPool2d(1e999, 2)", "1e999", "norm_type must be"),
        ("nn.Conv2d(1, 1, 3, device='cuda')", "'cuda'", "leave it out"),
        ("nn.Conv2d(1, 1, '3')", "'3'", "kernel_size must be"),
        ("nn.Conv2d(1, 1, 3.0)", "3.0", "kernel_size must be"),
        ("nn.Conv2d(1, 1, (3, 3, 3))", "(3, 3, 3)", "kernel_size must be"),
        ("nn.Conv2d(1, 1, 3, bias=1)", "1", "bias must be True or False"),
        ("nn.Conv2d(1, 1, 3, stride=0)", "0", "stride must be at least 1"),
        ("nn.Conv2d(1, 1, 3, 1, -1)", "-1", "padding must be at least 0"),
        ("nn.Conv2d(1, 1, 3, padding_mode='mirror')", "'mirror'", "zeros, reflect"),
        (f"nn.Conv2d(1, {10**100}, 3)", str(10**100), "at most"),
        ("nn.Conv2d(1, 1, 3", "(", "never closed"),
        ("nn.Conv2d(1, 1, 3))", ")", "unmatched"),
        ("nn.Conv2d(1, 1, 'ä', 'b)", "'", "unterminated"),
        ("nn.Conv2d(ä, 1 1)", "1 1", "comma"),
        ("nn.Conv2d(stride=1, 2)", ")", "positional argument"),
        ("nn.Conv2d(1,\u00a01, 3)", "\u00a0", "U+00A0"),
        ("nn.Conv2d(1, 1, 3)\x00", "\x00", "cannot be read"),
        ("nn.Conv2d(1, 1, '\ud800')", "\ud800", "cannot be read"),
    ],
)
def test_a_mistake_is_found_where_it_is(line: str, piece: str, hint: str) -> None:
    error = refusal(line)
    assert line[error.start : error.end] == piece
    assert hint in str(error)


def test_places_are_counted_in_characters_of_the_given_text() -> None:
    line = "  größe = nn.Conv2d(  # ßßß\n  1, 'ü', kernel_size='日本')"
    error = refusal(line)
    assert line[error.start : error.end] == "'ü'"
    error = refusal(line.replace("'ü'", "10"))
    assert error.start == line.replace("'ü'", "10").index("'日本'")
    error = refusal("\r\n\r\nnn.Conv2d(1,\r1,\nä)")
    assert error.start == len("\r\n\r\nnn.Conv2d(1,\r1,\n") and error.end == error.start + 1


@pytest.mark.parametrize(
    "line",
    [
        "(" * LONGEST,
        "(" * 90 + "1" + ")" * 90,
        "nn.Conv2d(1, 1, " + "-" * 1_900 + "1)",
        "nn.Conv2d(1, 1, " + "(" * 150 + "3" + ",)" * 150 + ")",
        "nn.Conv2d" + "(1)" * 600,
        "a" + ".a" * 900 + "(1)",
        "not " * 450 + "1",
        "1" + "+1" * 900,
        "nn.Conv2d(1, 1, " + "9" * 1_900 + ")",
        "nn.Conv2d(1, 1, 0x" + "f" * 1_900 + ")",
        "nn.Conv2d(1, 1, -" + "9" * 1_900 + ")",
        "nn.Conv2d(1, 1, 3)" + " " * LONGEST,
        "nn.Conv2d(1, 1, 3, padding_mode='\\d')",
        "nn.Conv2d(1, 1, 3if 1 else 2)",
        "x: int = nn.Conv2d(1, 1, 3)",
        "lambda: nn.Conv2d(1, 1, 3)",
        "if True: nn.Conv2d(1, 1, 3)",
        "nn.Conv2d(1, 1, kernel_size=)",
        "\\",
        "'",
        "'''",
        "\ufeffnn.Conv2d(1, 1, 3)",
        "\x0cnn.Conv2d(1, 1, k)",
    ],
)
def test_the_strange_and_the_huge_are_refused(line: str) -> None:
    refusal(line)


def test_nothing_is_executed() -> None:
    line = "nn.Conv2d(1, 1, __import__('pathlib').Path('/tmp').touch())"
    error = refusal(line)
    assert line[error.start : error.end] == line[16:-1]


@given(st.sampled_from(sorted(OPERATIONS)), st.data())
def test_any_value_makes_a_layer_or_is_found(name: str, data: st.DataObject) -> None:
    required = {"in_channels": 2, "out_channels": 2, "kernel_size": 3, "output_size": 2}
    fields = dataclasses.fields(OPERATIONS[name])
    assume(fields)
    arguments = {
        field.name: repr(required.get(field.name, 2))
        for field in fields
        if field.default is dataclasses.MISSING
    }
    wrong = data.draw(st.sampled_from([field.name for field in fields]))
    value = data.draw(st.sampled_from(LITERALS))
    arguments[wrong] = repr(value).replace("inf", "1e999")
    line = f"nn.{name}({', '.join(f'{key}={text}' for key, text in arguments.items())})"
    try:
        layer = read(line)
    except ReadError:
        error = refusal(line)
        assert line[error.start : error.end] in arguments.values()
    else:
        assert read(source(layer)) == layer


@given(any_layers(), st.data())
def test_any_damage_is_one_sentence(layer: Layer, data: st.DataObject) -> None:
    line = source(layer)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(line))] * 2)))
    damaged = line[:start] + data.draw(st.text(max_size=5)) + line[end:]
    with contextlib.suppress(ReadError):
        read(damaged)
        return
    refusal(damaged)


@given(st.text(alphabet="nCov2d.(),=[]'\"\\#1-0 \n\r\tkä;:*{}\x00", max_size=30))
def test_any_text_is_one_sentence(line: str) -> None:
    with contextlib.suppress(ReadError):
        read(line)
        return
    refusal(line)
