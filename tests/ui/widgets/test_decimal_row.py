"""A decimal number on a slider: equal ways are equal steps, or equal factors."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.application import create_application
from explorer.ui.widgets.decimal_row import NOTCHES, DecimalRow
from tests.ui.hand import Hand

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

with_fixture = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> QApplication:
    return create_application([])


@pytest.fixture
def lr(qtbot: QtBot) -> DecimalRow:
    row = DecimalRow("lr", "Rate", 0.0001, 10.0, 4, logarithmic=True, explanation="How far.")
    return shown(qtbot, row)


@pytest.fixture
def momentum(qtbot: QtBot) -> DecimalRow:
    return shown(qtbot, DecimalRow("momentum", "Momentum", 0.0, 0.99, 2))


def shown(qtbot: QtBot, row: DecimalRow) -> DecimalRow:
    qtbot.addWidget(row)
    row.resize(300, row.sizeHint().height())
    with qtbot.waitActive(row):
        row.show()
        row.activateWindow()
    return row


def heard(spy: QSignalSpy) -> list[float]:
    return [spy.at(i)[0] for i in range(spy.count())]


def test_its_parts_are_named_and_explained(lr: DecimalRow):
    assert lr.slider.objectName() == "lr"
    assert lr.box.objectName() == "lr.box"
    for part in (lr.slider, lr.box):
        assert part.accessibleName() == "Rate"
        assert "How far." in part.toolTip()
    assert lr.label.buddy() is lr.slider


@pytest.mark.parametrize(("notch", "value"), [(0, 0.0001), (80, 0.001), (240, 0.1), (400, 10)])
def test_equal_ways_are_equal_factors(lr: DecimalRow, notch: int, value: float):
    spy = QSignalSpy(lr.changed)
    lr.slider.setValue(NOTCHES // 2 + 1)
    lr.slider.setValue(notch)
    assert lr.value() == pytest.approx(value)
    assert heard(spy)[-1] == lr.value()


@pytest.mark.parametrize(("notch", "value"), [(0, 0), (200, 0.49), (400, 0.99)])
def test_equal_ways_are_equal_steps(momentum: DecimalRow, notch: int, value: float):
    momentum.slider.setValue(1)
    momentum.slider.setValue(notch)
    assert momentum.value() == pytest.approx(value, abs=0.0051)


def test_the_handle_can_be_dragged_from_end_to_end(lr: DecimalRow):
    hand = Hand(lr)
    spy = QSignalSpy(lr.changed)
    hand.slide("lr", NOTCHES)
    assert lr.value() == 10
    hand.slide("lr", 0)
    assert lr.value() == 0.0001
    assert heard(spy)[-1] == 0.0001


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.05", 0.05),
        ("5e-3", 0.005),
        (".5", 0.5),
        ("0,05", 0.05),
        ("3", 3),
        ("99", 10),
        ("0", 0.0001),
        ("-1", 0.0001),
        ("1e99", 10),
    ],
)
def test_what_is_typed_comes_within_the_bounds(lr: DecimalRow, text: str, value: float):
    lr.set_value(0.7)
    spy = QSignalSpy(lr.changed)
    Hand(lr).type_into("lr", text)
    assert lr.value() == pytest.approx(value)
    assert heard(spy) == [lr.value()]
    again = lr.slider.value()
    lr.set_value(lr.value())
    assert lr.slider.value() == again


@pytest.mark.parametrize("text", ["", "-", "e", "."])
def test_no_number_leaves_the_last_one(lr: DecimalRow, text: str):
    lr.set_value(0.5)
    spy = QSignalSpy(lr.changed)
    Hand(lr).type_into("lr", text)
    assert lr.value() == 0.5
    assert heard(spy) == []


def test_letters_and_spaces_cannot_be_typed(lr: DecimalRow):
    Hand(lr).type_into("lr", "0x. 0 7")
    assert lr.value() == pytest.approx(0.07)
    assert lr.box.text() == "0.0700"


@with_fixture
@given(st.floats(-5, 20))
def test_values_are_shown_in_silence(lr: DecimalRow, value: float):
    spy = QSignalSpy(lr.changed)
    lr.set_value(value)
    assert spy.count() == 0
    assert lr.value() == pytest.approx(min(max(value, 0.0001), 10), abs=0.000051)
    assert 0 <= lr.slider.value() <= NOTCHES


@with_fixture
@given(st.integers(0, NOTCHES - 1))
def test_further_to_the_right_is_never_less(lr: DecimalRow, notch: int):
    lr.slider.setValue(notch)
    value = lr.value()
    lr.slider.setValue(notch + 1)
    assert lr.value() >= value


def test_arrow_keys_step(momentum: DecimalRow):
    momentum.set_value(0.5)
    momentum.box.setFocus()
    QTest.keyClick(momentum.box, Qt.Key.Key_Up)
    assert momentum.value() == pytest.approx(0.51)
    momentum.slider.setFocus()
    QTest.keyClick(momentum.slider, Qt.Key.Key_PageDown)
    assert momentum.value() == pytest.approx(0.41, abs=0.0051)
    QTest.keyClick(momentum.slider, Qt.Key.Key_Home)
    assert momentum.value() == 0
