"""The right side of the Lab: what stands there besides what the page's own tests read."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QLabel

from explorer.core.layers import Conv2d, ConvTranspose2d, Layer
from explorer.ui.lab import edits
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.explanation import Explanation


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
