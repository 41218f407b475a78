"""What the Lab says: sums, sentences and formulas as rich text."""

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from explorer.core.arithmetic import Proof, cell, evaluate
from explorer.core.cell import Cell
from explorer.core.geometry import AdaptiveAxis, Axis, TransposedAxis
from explorer.core.layers import AvgPool2d, Layer, MaxPool2d
from explorer.core.scene import LabState
from explorer.core.text import text
from explorer.drawing.palette import LIGHT
from explorer.ui.lab import edits, writing
from explorer.ui.sentences import translated


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> None:
    """Rich text is laid out with fonts."""


def plain(rich: str) -> str:
    document = QTextDocument()
    document.setHtml(rich)
    return document.toPlainText().replace("\xa0", " ")


def taken_apart(state: LabState, row: int, column: int) -> Cell:
    output = evaluate(state.layer, state.input, state.weight, state.bias).output
    assert output is not None
    at = (0, row, column)
    return cell(state.layer, state.input, state.weight, state.bias, output, at)


def pooled(layer: Layer, preset: str = "max_pool") -> LabState:
    return edits.with_layer(edits.from_preset(preset), layer)


def sum_of(state: LabState, row: int = 0, column: int = 0) -> str:
    return writing.arithmetic(state.layer, taken_apart(state, row, column))


def test_negative_numbers_are_bracketed():
    state = edits.with_parameter(edits.from_preset("numbers"), "kernel_size", (1, 3))
    state = edits.with_kernel(state, "edge_across")
    assert sum_of(state) == "3·(−1) + 4·0 + 6·1 = 3"


def test_a_bias_is_added_at_the_end():
    state = edits.with_parameter(edits.from_preset("numbers"), "kernel_size", (1, 1))
    assert sum_of(edits.with_parameter(state, "bias", True)) == "3·1 + 1 = 4"


def test_padding_never_wins_a_maximum_and_is_no_number_in_it():
    assert sum_of(pooled(MaxPool2d((2, 2), (2, 2), (1, 1)))) == "max(–, –, –, 3) = 3"
    far = pooled(MaxPool2d((2, 1), (1, 1), (1, 0), (5, 1)))
    assert sum_of(far) == "max(–, –) = −∞"


def test_padding_counts_in_a_mean_unless_it_is_told_not_to():
    layer = AvgPool2d((2, 2), padding=(1, 1))
    assert sum_of(pooled(layer)) == "(0 + 0 + 0 + 3) ÷ 4 = 0.75"
    assert sum_of(pooled(layer.with_(count_include_pad=False))) == "(– + – + – + 3) ÷ 1 = 3"
    assert sum_of(pooled(layer.with_(divisor_override=2))) == "(0 + 0 + 0 + 3) ÷ 2 = 1.5"


def test_overhang_never_counts():
    state = pooled(AvgPool2d((3, 3), ceil_mode=True))
    assert sum_of(state, 1, 1) == "(6 + – + – + – + – + – + – + – + –) ÷ 1 = 6"


def test_text_is_escaped():
    assert writing.coloured("a < b & c", "#000000").count("&lt;") == 1


def test_the_formula_has_its_numbers_in_the_colours_of_the_sliders():
    rich = writing.formula(Axis(28, 5, 2, 1, 3), LIGHT)
    assert plain(rich) == "⌊(28 + 2·1 − 3·(5 − 1) − 1) / 2⌋ + 1 = 9"
    for number, colour in ((28, LIGHT.input_size), (5, LIGHT.kernel_size), (2, LIGHT.stride)):
        assert writing.coloured(str(number), colour, bold=True) in rich
    words = plain(writing.formula_in_words(Axis(28, 5), LIGHT))
    assert words == "⌊(input + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 = output"


def test_a_shape_is_a_batch_of_one():
    assert writing.shape(10, (24, 25)) == "1 × 10 × 24 × 25"


def test_the_proof_is_a_sentence():
    assert writing.proof(Proof(True, 0.0, 9)) == "PyTorch agrees exactly (cells:\u00a09)."
    assert "Largest difference: 0.000012, by" in writing.proof(Proof(True, 1.2e-5, 9))
    assert "Largest difference: 260, by" in writing.proof(Proof(True, 260.4, 9))
    assert "Largest difference: 1,200,000, by" in writing.proof(Proof(True, 1.19e6, 9))
    assert "1.2e+20" in writing.proof(Proof(True, 1.2e20, 9))
    assert "something else" in writing.proof(Proof(False, 3.0, 9))
    assert "nan" in writing.proof(Proof(False, float("nan"), 9))


def test_what_a_difference_means_is_explained():
    assert "a second time" in writing.about_proof(Proof(True, 0.0, 9))
    assert "rounded" not in writing.about_proof(Proof(True, 0.0, 9))
    assert "is 0.00000006 of all" in writing.about_proof(Proof(True, 260.0, 9, 6e-8))


def test_a_sentence_of_the_core_gets_its_values():
    assert translated(text("{a} of {b}", a=1, b="two")) == "1 of two"


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("sobel", [["This layer", "9", "81"], ["The same as 3 × 1, then 1 × 3", "6", "72"]]),
        (
            "separable_pointwise",
            [
                ["This layer", "18", "8,712"],
                ["Both steps", "45", "21,780"],
                ["In one, full", "162", "78,408"],
            ],
        ),
        ("numbers", [["This layer", "9", "81"]]),
        (
            "six_maps",
            [
                ["This layer", "162", "78,408"],
                ["Depthwise, then 1 × 1 (another layer)", "45", "21,780"],
            ],
        ),
        ("max_pool", [["This layer", "0", "0"]]),
    ],
)
def test_costs_stand_beside_those_of_the_other_ways(preset: str, said: list[list[str]]):
    cells = plain(writing.costs(edits.from_preset(preset), LIGHT)).split("\n")
    cells = [text for text in cells if text]
    assert cells[:2] == ["parameters", "MACs"]
    rows = [cells[2 + i : 5 + i] for i in range(0, len(cells) - 2, 3)]
    assert rows == said


def said_of(*axes: Axis | TransposedAxis | AdaptiveAxis) -> list[str]:
    vertical, horizontal = axes if len(axes) == 2 else axes * 2
    return [plain(line) for line in writing.remarks((vertical, horizontal), LIGHT)]


def test_without_dilation_the_textbook_formula_is_the_same():
    assert said_of(Axis(5, 3)) == ["In short: ⌊(W − F + 2P) / S⌋ + 1"]
    assert said_of(TransposedAxis(5, 3)) == []
    assert said_of(Axis(5, 3, 2, ceil_mode=True)) == []


def test_the_windows_of_adaptive_pooling_are_told():
    (said,) = said_of(AdaptiveAxis(5, 3))
    assert said.startswith("Window i begins at i·5/3, rounded down, and ends before (i + 1)·5/3")
    assert said.endswith("rounded up: 0–1, 1–3, 3–4.")
    assert said_of(AdaptiveAxis(28, 7))[0].endswith(": 0–3, 4–7, 8–11, 12–15, ….")
    assert len(said_of(AdaptiveAxis(5, 3), AdaptiveAxis(6, 3))) == 2


def test_a_dilation_is_told_in_steps_and_in_holes():
    (said,) = said_of(Axis(9, 3, dilation=2))
    assert "a step of 2 from tap to tap, with holes of 1 (some texts write 1)" in said
    assert said.endswith("2·(3 − 1) + 1 = 5 cells.")
    first, second = said_of(TransposedAxis(9, 3, dilation=3), TransposedAxis(9, 2, dilation=4))
    assert "3·(3 − 1) + 1 = 7 cells" in first
    assert "4·(2 − 1) + 1 = 5 cells" in second
    assert len(said_of(Axis(9, 3, dilation=2), Axis(9, 3))) == 1


def test_a_window_that_is_dropped_is_told():
    first, *_ = said_of(Axis(32, 1, 2, 1, ceil_mode=True))
    assert first.startswith("− 1: the last window")
