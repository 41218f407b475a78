"""A real number on a slider: small ones can be set as well as large ones."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.application import create_application
from explorer.ui.widgets.decimal_row import NOTCHES
from explorer.ui.widgets.real_row import RealRow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def row(qapp: QApplication, qtbot: QtBot) -> RealRow:
    create_application([])
    made = RealRow("eps", "Epsilon", 0, 1, 100, explanation="How much.")
    qtbot.addWidget(made)
    made.resize(300, made.sizeHint().height())
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "1e-05"), (0.5, "0.5"), (0, "0"), (1, "1"), (0.01, "0.01"), (50, "50")],
)
def test_a_number_is_written_as_short_as_it_can_be(row: RealRow, value: float, text: str):
    row.set_value(value)
    assert (row.value(), row.box.text()) == (value, text)


@pytest.mark.parametrize("value", [1e-5, 0.001, 0.01, 0.25, 1])
def test_the_slider_has_a_place_for_each(row: RealRow, value: float):
    row.set_value(value)
    assert row.slider.value() == round(NOTCHES * value ** (1 / 3))
    heard = QSignalSpy(row.changed)
    row.slider.setValue(row.slider.value() - 1)
    below = heard.at(0)[0]
    assert 0 <= below <= value
    assert below == float(f"{below:.2g}")


def test_small_and_large_can_be_typed(row: RealRow):
    heard = QSignalSpy(row.changed)
    for typed, value in (("1e-5", 1e-5), ("0,02", 0.02), ("7", 7.0)):
        row.box.selectAll()
        QTest.keyClicks(row.box, typed)
        QTest.keyClick(row.box, Qt.Key.Key_Return)
        assert row.value() == value
    assert [heard.at(i)[0] for i in range(heard.count())] == [1e-5, 0.02, 7.0]
    assert row.slider.value() == NOTCHES


def test_a_step_is_a_tenth_of_the_number(row: RealRow):
    for value, above in ((1e-5, 1.1e-5), (0.5, 0.51)):
        row.set_value(value)
        row.box.stepUp()
        assert row.value() == pytest.approx(above)


def test_what_is_more_exact_than_it_looks_stays(row: RealRow):
    row.set_value(0.123456789)
    heard = QSignalSpy(row.changed)
    row.box.setFocus()
    row.slider.setFocus()
    assert row.value() == 0.123456789 and heard.count() == 0
