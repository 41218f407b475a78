"""The right side of the Lab: what stands there besides what the page's own tests read."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget

from explorer.core.layers import Conv2d, ConvTranspose2d, Layer
from explorer.core.scene import Focus
from explorer.ui.lab import edits
from explorer.ui.lab.cell_sum import Lines
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.explanation import Explanation
from tests.ui.lab.hand import LabHand


@pytest.fixture
def made(qapp: QApplication) -> Iterator[tuple[LabDocument, Explanation]]:
    document = LabDocument(edits.from_preset("numbers"))
    view = Explanation(document)
    view.resize(280, 700)
    view.show()
    yield document, view
    view.close()
    view.deleteLater()


def remarks(made: tuple[LabDocument, Explanation], layer: Layer) -> str:
    document, view = made
    document.edit("layer", edits.with_layer, layer)
    while view.is_behind:
        QApplication.processEvents()
    label = view.findChild(QLabel, "shape_formula.remarks")
    assert label is not None and label.isVisible() == bool(label.text())
    rich = QTextDocument()
    rich.setHtml(label.text())
    return rich.toPlainText()


def test_dilation_is_taught_both_ways(made: tuple[LabDocument, Explanation]):
    assert remarks(made, Conv2d(1, 1, (3, 3))) == "In short: ⌊(W − F + 2P) / S⌋ + 1"
    said = remarks(made, Conv2d(1, 1, (3, 3), dilation=(2, 2)))
    assert "some texts write 1" in said and "= 5 cells" in said
    assert remarks(made, ConvTranspose2d(1, 1, (3, 3))) == ""


def test_the_cell_is_named_after_the_window_while_something_else_is_pointed_at(hand: LabHand):
    assert hand.reads("cell_place") == "Output row 0, column 0"
    hand.hover("input", (1, 1))
    assert hand.reads("cell_place") == "At the window: output (0, 0)"
    hand.hover("output", (1, 1))
    assert hand.reads("cell_place") == "Output row 1, column 1"
    hand.leave()
    assert hand.reads("cell_place") == "Output row 0, column 0"


def test_of_stamps_only_those_that_add_up_are_written(hand: LabHand):
    hand.page.document.show(edits.from_preset("transposed_back"))
    assert hand.reads("cell_arithmetic").count("·") == 9
    hand.click("stamping")
    hand.hover("output", (2, 2))
    assert hand.reads("cell_place") == "Output (2, 2): 4 stamps add up"
    assert hand.reads("cell_arithmetic") == "169·1 + 251·3 + 262·7 + 211·9 = 4655"
    hand.hover("output", (0, 0))
    assert hand.reads("cell_place") == "Output (0, 0): one stamp alone"
    assert hand.reads("trace").endswith("the stamp of input (0,\xa00) alone.")


def test_a_cell_that_no_stamp_reaches_is_empty(hand: LabHand):
    state = edits.with_parameter(edits.from_preset("transposed_back"), "kernel_size", (1, 1))
    hand.page.document.show(state)
    hand.click("stamping")
    hand.hover("output", (0, 1))
    assert hand.reads("cell_place") == "Output (0, 1): no stamp reaches it"
    assert hand.reads("cell_result") == "= 0"


def test_the_sum_moves_on_together_with_the_picture(hand: LabHand):
    hand.page.document.edit("layer", edits.with_layer, Conv2d(8, 1, (3, 3), padding=(1, 1)))
    hand.read_on()
    place = hand.find(Lines, "cell_place")
    for step in (1.0, 2.0):
        hand.page.document.look(step=step)
        assert place.text() == f"Output row 0, column {step:.0f}"
        assert not hand.page.is_behind


def test_a_held_output_cell_stays_explained_when_an_input_cell_is_held_too(hand: LabHand):
    hand.page.document.look(step=3.0, pins=(Focus("output", (1, 1)),))
    assert hand.reads("cell_place") == "Output row 1, column 1"
    said = hand.reads("cell_arithmetic")
    hand.page.document.look(pins=(Focus("output", (1, 1)), Focus("input", (0, 0))))
    assert hand.reads("cell_place") == "Output row 1, column 1"
    assert hand.reads("cell_arithmetic") == said


def test_the_sentence_below_the_code_comes_into_sight(made: tuple[LabDocument, Explanation]):
    view = made[1]
    view.resize(248, 400)
    view.activateWindow()
    field = view.findChild(QPlainTextEdit, "source")
    assert field is not None
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "nn.Conv2d(3, 8, 5, padding=2, strid=2)")
    QTest.keyClick(field, Qt.Key.Key_Return)
    problem = view.findChild(QWidget, "source.problem")
    assert problem is not None
    for _ in range(20):
        QApplication.processEvents()
    assert problem.isVisible()
    assert problem.visibleRegion().boundingRect() == problem.rect()
