"""``cnn-explorer shape``: the answers, torch's refusals, and how it ends."""

import io
import subprocess
import sys
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.cli import main
from explorer.core.layers import Layer
from explorer.core.source import source
from explorer.verbs import shape as verb
from explorer.verbs.shape import Shape, ShapeError, answer, output_shape, parse_shape, written
from tests.core.any_layers import any_layers
from tests.core.strategies import module

ROOT = Path(__file__).parents[2]
CLASSIC = "Conv2d(1, 10, 5)"


SIDES = st.integers(0, 8) | st.integers(200, 400)
SHAPES = st.lists(st.integers(0, 8), min_size=3, max_size=4).map(tuple)


@st.composite
def layers_with_inputs(draw: st.DrawFn) -> tuple[Layer, Shape]:
    """Return any layer and a shape, most of the time one with the channels that it wants."""
    layer = draw(any_layers())
    shape = draw(SHAPES)
    wanted = getattr(layer, "in_channels", shape[-3])
    if draw(st.integers(0, 3)):
        shape = (*shape[:-3], wanted, *shape[-2:])
    return layer, shape


def torch_says(layer: Layer, shape: Shape) -> Shape | str:
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about layers and inputs without cells
            y = module(layer)(torch.zeros(shape))
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        return str(error).splitlines()[0]
    return tuple((y[0] if isinstance(y, tuple) else y).shape)


def verb_says(layer: Layer, shape: Shape) -> Shape | str:
    try:
        return output_shape(source(layer), written(shape))
    except ShapeError as error:
        return str(error)


@pytest.mark.parametrize(
    "text",
    [
        "1x2x28x28", "1,2,28,28", "(1, 2, 28, 28)", "1×2×28×28", "[1, 2, 28, 28]", "1X2X28X28",
        " 1 x 2 x 28 x 28 ", "(1, 2, 28, 28,)", "torch.Size([1, 2, 28, 28])", "+1x02x28x28",
    ],
)  # fmt: skip
def test_shapes_in_many_hands(text: str):
    assert parse_shape(text) == (1, 2, 28, 28)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "missing"),
        (" ( ) ", "missing"),
        ("1xnanx28", "'nan' is no size"),
        ("1x1xx28", "'' is no size"),
        ("1x1x28x28x", "'' is no size"),
        ("(1, 2, 28", "'(1' is no size"),
        ("1x1.5x3x3", "'1.5' is no size"),
        ("1x1x٣x3", "is no size"),
        ("1x1x\x1b[31mx3", "'\\x1b[31m' is no size"),
        ("a" * 5_000, "is no size"),
        ("1x1x9223372036854775808x1", "too large"),
        (f"1x1x{'9' * 5_000}x1", "too large"),
    ],
)
def test_what_is_no_shape_is_one_sentence(text: str, hint: str):
    with pytest.raises(ShapeError) as refused:
        parse_shape(text)
    said = str(refused.value)
    assert hint in said and len(said) < 120 and said.isprintable()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Conv2d(1, 10, 5) @ 1x1x28x28", "1x10x24x24"),
        ("nn.Conv2d(1, 10, 5) @ 1x28x28", "10x24x24"),
        ("Conv2d(5, 10, 3) @ (1, 5, 100, 100)", "1x10x98x98"),
        ("Conv2d(1, 10, 5) @ 0x1x28x28", "0x10x24x24"),
        ("MaxPool2d(2, return_indices=True) @ 1,3,9,9", "1x3x4x4"),
        ("Conv2d(1, 1, 4, padding='same') @ 1x1x9x9", "1x1x9x9"),
        ("ConvTranspose2d(1, 4, 3, 2, 1, 1) @ 2x1x14x14", "2x4x28x28"),
        ("AdaptiveAvgPool2d((None, 3)) @ 8x5x7", "8x5x3"),
        ("LPPool2d(2, 3) @ 1x1x9x9", "1x1x3x3"),
        ("ConvTranspose2d(1, 1, 1, 30000) @ 1x1x28x28", "1x1x810001x810001"),
        ("AdaptiveMaxPool2d(30000) @ 1x1x5x5", "1x1x30000x30000"),
        ("MaxPool2d(1, 2, ceil_mode=True) @ 32x32x32", "32x16x16"),
        # Far more than any memory holds.
        ("Conv2d(1, 10, 5) @ 1x1x100000x100000", "1x10x99996x99996"),
        ("MaxPool2d(2) @ 1000000x1000000x100x100", "1000000x1000000x50x50"),
        ("Conv2d(1, 1, 1, padding=32768) @ 1x1x5x5", "1x1x65541x65541"),
        (
            "Conv2d(1, 1, 1, 32768, 32768, padding_mode='replicate') @ 1x1x5x5",
            "1x1x3x3",
        ),
        ("Conv2d(30000, 30000, 30) @ 1x30000x31x31", "1x30000x2x2"),
        # What torch takes and a layer on the screen does not.
        ("MaxPool2d(40000, padding=20000) @ 1x1x1", "1x1x1"),
        ("AvgPool2d(2, divisor_override=-2) @ 1x1x4x4", "1x1x2x2"),
        ("Conv2d(1, 1, 3, padding=(1,)) @ 1x1x4x4", "1x1x4x4"),
        ("AvgPool2d(2, ()) @ 1x1x4x4", "1x1x2x2"),
    ],
)
def test_answers(line: str, expected: str):
    assert written(answer(line)) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Conv2d(1, 10, 5) @ 1x1x3x3", "Kernel size can't be greater than actual input size"),
        ("Conv2d(1, 10, 5) @ 1x3x28x28", "expected input[1, 3, 28, 28] to have 1 channels"),
        ("Conv2d(1, 10, 5) @ 28x28", "Expected 3D (unbatched) or 4D (batched)"),
        ("Conv2d(1, 10, 5) @ 1x1x1x28x28", "Expected 3D (unbatched) or 4D (batched)"),
        ("Conv2d(1, 10, 5) @ 1x1x1x80000x80000", "Expected 3D (unbatched) or 4D (batched)"),
        ("AdaptiveAvgPool2d(3) @ 9x9x9x9x9x9x9x9x9x9", "Expected 3D or 4D"),
        ("Conv2d(1, 10, 5) @ 1x1x-3x28", "negative dimension -3"),
        ("Conv2d(1, 10, 5) @ 1x1x0x28", "Kernel size can't be greater"),
        ("Conv2d(1, 10, 5, padding=4) @ 1x1x0x28", "Only zero batch or zero channel"),
        ("MaxPool2d(2) @ 1x1x0x28", "with optional 0 dim batch size"),
        ("MaxPool2d(2) @ 5", "3D or 4D (batch mode) tensor expected"),
        ("Conv2d(1, 1, 3) @ 1x1x9999999999x9999999999", "overflow"),
        ("Conv2d(1, 1, 3, stride=0) @ 1x1x8x8", "non-positive stride is not supported"),
        ("Conv2d(1, 1, 3, padding=-1) @ 1x1x8x8", "negative padding is not supported"),
        ("Conv2d(1, 1, 3, padding=-1) @ 1x1x80000x80000", "negative padding is not supported"),
        ("Conv2d(1, 1, 3, dilation=0) @ 1x1x8x8", "dilation"),
        ("Conv2d(1, 1, 3, dilation=0) @ 1x1x80000x80000", "dilation"),
        ("Conv2d(1, 1, 0) @ 1x1x8x8", "kernel size should be greater than zero"),
        ("Conv2d(1, 1, 3, padding=2) @ 1x1x0x800000000", "Only zero batch or zero channel"),
        ("Conv2d(3, 3, 3, groups=2) @ 1x3x8x8", "in_channels must be divisible by groups"),
        ("Conv2d(1, 1, 3, 2, 'same') @ 1x1x8x8", "not supported for strided"),
        (
            "Conv2d(1, 1, 3, padding=8, padding_mode='reflect') @ 1x1x8x8",
            "Padding size should be less than the corresponding input dimension",
        ),
        ("ConvTranspose2d(1, 1, 3, output_padding=1) @ 1x1x8x8", "output padding must be smaller"),
        ("ConvTranspose2d(1, 1, 3, 9, output_padding=9) @ 1x1x90000x90000", "output padding must"),
        ("ConvTranspose2d(1, 1, 3, padding=9) @ 1x1x8x8", "Output size is too small"),
        ("ConvTranspose2d(1, 1, 3, padding_mode='reflect') @ 1x1x8x8", 'Only "zeros" padding mode'),
        ("AdaptiveAvgPool2d(3) @ 1x1x0x90000", "Expected input to have non-zero size"),
        ("AdaptiveAvgPool2d(-1) @ 1x1x8x8", "must be greater than or equal to 0"),
        ("LPPool2d(0, 3) @ 1x1x8x8", "norm_type must be a non-zero value"),
        ("MaxPool2d(3, padding=2) @ 1x1x8x8", "pad should be at most half"),
        ("AvgPool2d(3, padding=2) @ 1x1x80000x80000", "pad should be at most half"),
        ("AvgPool2d(3, divisor_override=0) @ 1x1x8x8", "divisor must be not zero"),
        ("Conv2d(1, 1, 2.5) @ 1x1x8x8", "kernel_size must be"),
        ("Conv2d(1, 1, 3, padding=None) @ 1x1x8x8", "padding must be"),
        ("Conv2d(1, 1, 3, padding='some') @ 1x1x8x8", "'some'"),
        (f"Conv2d(1, {10**30}, 3) @ 1x1x8x8", "out_channels must be at most"),
        ("Linear(3, 4) @ 3", "There is no layer Linear here"),
        ("Conv2d(1, 1, 3) @", "shape is missing"),
        ("Conv2d(1, 1, 3)", "a layer and a shape"),
        ("@ 1x1x8x8", "Write a layer"),
        ("Conv2d(1, 1, 3, x) @ 1x1x8x8", "Write a number"),
    ],
)
def test_refusals_are_one_line(line: str, reason: str):
    with pytest.raises(ShapeError) as refused:
        answer(line)
    said = str(refused.value)
    assert reason in said and said.isprintable()


@given(layers_with_inputs())
def test_agrees_with_torch_in_shape_and_words(case: tuple[Layer, Shape]):
    assert verb_says(*case) == torch_says(*case)


@given(any_layers(), st.sampled_from([(), (1,), (2,)]), SIDES, SIDES)
def test_agrees_with_torch_where_nothing_large_is_computed(
    layer: Layer, batch: Shape, h: int, w: int
):
    if hasattr(layer, "in_channels"):
        layer = layer.with_(in_channels=1, out_channels=1, groups=1)
    with pytest.MonkeyPatch.context() as patch:
        # Above the work of the largest kernel on the smallest input, below that of large inputs.
        patch.setattr(verb, "_MOST_WORK", 2**20)
        said, theirs = (says(layer, (*batch, 1, h, w)) for says in (verb_says, torch_says))
    assert said == theirs or (isinstance(said, str) and isinstance(theirs, str))


@given(layers_with_inputs())
def test_our_geometry_agrees_with_torch(case: tuple[Layer, Shape]):
    layer, (*batch, channels, h, w) = case
    theirs = torch_says(*case)
    if isinstance(theirs, tuple):
        assert theirs == (*batch, layer.output_channels(channels), *layer.out_size((h, w)))


def test_one_answer(capsys: pytest.CaptureFixture[str]):
    assert main(["shape", CLASSIC, "1x1x28x28"]) == 0
    assert capsys.readouterr() == ("1x10x24x24\n", "")


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ([CLASSIC, "1x1x3x3"], "error: Calculated padded input size"),
        (["Conv3d(1, 1, 3)", "1x1x3x3"], "error: There is no layer Conv3d here; did you mean"),
        ([CLASSIC, "?"], "error: '?' is no size"),
        ([CLASSIC, ""], "error: the input's shape is missing"),
        (["Conv2d(1,\n1,\n'\ud800')", "1x1x3x3"], "error: This character"),
        ([], "cnn-explorer: error: "),
        ([CLASSIC], "cnn-explorer: error: write a layer and a shape"),
        (["-", "1x1x3x3"], "cnn-explorer: error: write a layer and a shape"),
        ([CLASSIC, "-1x1x3x3"], "cnn-explorer: error: "),
        ([CLASSIC, "1x1x3x3", "3"], "cnn-explorer: error: unrecognized"),
        ([CLASSIC, "1x1x3x3", "--json"], "cnn-explorer: error: unrecognized"),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(
    arguments: list[str], start: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["shape", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith(start) and err.count("\n") == 1


def feed(monkeypatch: pytest.MonkeyPatch, given: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))


def test_many_answers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    feed(
        monkeypatch,
        b"\xef\xbb\xbf# three layers @ 3x3\r\n\r\n"
        b"Conv2d(1, 10, 5) @ 1x1x28x28\r\n"
        b"   \n  # and\n"
        b"MaxPool2d(2) @ 1,10,24,24  # halves @ all\n"
        b"AvgPool2d(2) @ 10\xc3\x9712\xc3\x9712",
    )
    assert main(["shape", "-"]) == 0
    assert capsys.readouterr() == ("1x10x24x24\n1x10x12x12\n10x6x6\n", "")


def test_a_refusal_among_many_keeps_to_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    feed(monkeypatch, b"MaxPool2d(9) @ 1x1x3x3\nnonsense\n\xff\x00 @ 3\nMaxPool2d(3) @ 1x1x3x3\n")
    assert main(["shape", "-"]) == 2
    out, err = capsys.readouterr()
    first, second, third, last = out.splitlines()
    assert first.startswith("error: Given input size: (1x3x3)")
    assert second.startswith("error: write a layer and a shape")
    assert third.startswith("error: ") and last == "1x1x1x1" and err == ""


def test_a_line_without_end_is_refused_and_the_next_one_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    good = b"MaxPool2d(3) @ 1x1x3x3"
    long = good + b" #" + (10_000 - len(good) - 3) * b"x" + b"\n"
    feed(monkeypatch, long + b" " + long + 50_000 * b"x" + b"\n" + good + b"\n" + 30_000 * b"y")
    assert main(["shape", "-"]) == 2
    out, err = capsys.readouterr()
    answers = out.splitlines()
    assert [line == "1x1x1x1" for line in answers] == [True, True, False, True, False]
    assert answers[2] == answers[4] and answers[2].startswith(
        "error: a line may have at most 10,000"
    )
    assert err == ""


class _Endless(io.RawIOBase):
    """A single line that is longer than all the memory that a test may take."""

    def __init__(self) -> None:
        self._left = 50 << 20

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = min(len(buffer), self._left)
        buffer[:count] = b"x" * count
        self._left -= count
        return count


def test_a_long_line_is_never_held(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(_Endless())))
    tracemalloc.start()
    try:
        assert main(["shape", "-"]) == 2
        assert tracemalloc.get_traced_memory()[1] < 5 << 20
    finally:
        tracemalloc.stop()
    assert capsys.readouterr().out.count("error: ") == 1


def test_nothing_to_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    feed(monkeypatch, b"")
    assert main(["shape", "-"]) == 0
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["shape", "-"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_process_of_its_own():
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "explorer", "shape", "-"],
        input="Conv2d(1, 10, 5) @ 1x1x28x28\nMäxPool2d(2) @ 1x1x4x4\n".encode(),
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 2 and ran.stderr == b""
    assert ran.stdout.splitlines() == [
        b"1x10x24x24",
        b"error: There is no layer M\\xe4xPool2d here; did you mean MaxPool2d?",
    ]
