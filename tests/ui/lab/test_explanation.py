"""The right side of the Lab: what stands there besides what the page's own tests read."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel

from explorer.core.layers import Conv2d, ConvTranspose2d, Layer
from explorer.ui.lab import edits
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
    assert remarks(made, Conv2d(1, 1, (3, 3))) == "In short: (W − F + 2P) / S + 1"
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
