"""Parameters: sliders, number boxes, and the link between height and width."""

from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.ui.application import create_application
from explorer.ui.widgets.number_box import DecimalBox, NumberBox
from explorer.ui.widgets.number_row import ParameterRow
from explorer.ui.widgets.pair_row import PairRow

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

W = TypeVar("W", bound=QWidget)


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> QApplication:
    return create_application([])


@pytest.fixture
def row(qtbot: QtBot) -> ParameterRow:
    made = ParameterRow("stride.h", "Stride", 1, 9, "How far the window moves.", "stride")
    return shown(qtbot, made)


@pytest.fixture
def pair(qtbot: QtBot) -> PairRow:
    return shown(qtbot, PairRow("kernel_size", "Kernel size", 1, (7, 5), "Its size."))


def shown(qtbot: QtBot, widget: W) -> W:
    qtbot.addWidget(widget)
    widget.resize(300, widget.sizeHint().height())
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def spin(widget: QWidget, name: str) -> QSpinBox:
    found = widget.findChild(QSpinBox, name)
    assert isinstance(found, QSpinBox)
    return found


def slider(widget: QWidget, name: str) -> QSlider:
    found = widget.findChild(QSlider, name)
    assert isinstance(found, QSlider)
    return found


def link(widget: QWidget, name: str) -> QAbstractButton:
    found = widget.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def typed(box: QWidget, text: str) -> None:
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(box, Qt.Key.Key_Delete)
    QTest.keyClicks(box, text)
    QTest.keyClick(box, Qt.Key.Key_Return)


def turn_wheel(widget: QWidget) -> bool:
    """Turn the wheel one notch up over a widget and return whether it took it."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_names_for_scripts_and_screen_readers(row: ParameterRow):
    assert slider(row, "stride.h").accessibleName() == "Stride"
    assert spin(row, "stride.h.box").accessibleName() == "Stride"
    for part in (row.label, row.slider, row.box):
        assert "How far the window moves." in part.toolTip()
        assert "How far the window moves." in part.whatsThis()
    assert row.slider.accessibleDescription() == "How far the window moves."


def test_slider_and_box_agree(row: ParameterRow):
    spy = QSignalSpy(row.changed)
    row.slider.setValue(4)
    assert row.box.value() == row.value() == 4
    row.box.setValue(6)
    assert row.slider.value() == row.value() == 6
    assert [spy.at(i)[0] for i in range(spy.count())] == [4, 6]


def test_set_value_and_set_range_are_silent(row: ParameterRow):
    spy = QSignalSpy(row.changed)
    row.set_value(7)
    assert row.value() == row.box.value() == 7
    row.set_range(2, 5)
    assert row.value() == row.box.value() == 5
    row.set_value(99)
    assert row.value() == row.box.value() == 5
    assert spy.count() == 0


@pytest.mark.parametrize(
    ("text", "value"), [("7", 7), ("42", 9), ("0", 1), ("-3", 1), ("", 3), ("-", 3), ("x5", 5)]
)
def test_what_is_typed_becomes_the_nearest_legal_number(row: ParameterRow, text: str, value: int):
    row.set_value(3)
    spy = QSignalSpy(row.changed)
    typed(row.box, text)
    assert row.value() == row.box.value() == value
    assert row.box.text() == str(value)
    assert spy.count() == (value != 3)


def test_what_is_out_of_range_says_so(row: ParameterRow):
    typed(row.box, "5")
    QApplication.processEvents()
    assert not QToolTip.text()
    typed(row.box, "42")
    QApplication.processEvents()
    assert QToolTip.text() == "Only 1 to 9 can be set here."
    QToolTip.hideText()


def test_more_may_be_typed_than_the_slider_reaches(pair: PairRow):
    pair.set_range(1, 32, 512)
    spy = QSignalSpy(pair.changed)
    typed(pair.h.box, "100")
    assert spy.count() == 1 and spy.at(0) == [100, 100]
    assert pair.value() == (100, 100)
    assert pair.h.slider.value() == pair.w.slider.value() == 32


def test_a_control_stands_beside_the_heading(qtbot: QtBot):
    pair = PairRow("stride", "Stride", 1, 7, note="(h, w)")
    button = QPushButton("words")
    pair.add_to_heading(button)
    shown(qtbot, pair)
    assert pair.label.geometry().right() < button.geometry().left() < pair.link.geometry().left()


def test_a_number_of_two_digits_is_one_change(qtbot: QtBot):
    row = shown(qtbot, ParameterRow("input.h", "Input", 1, 32))
    spy = QSignalSpy(row.changed)
    typed(row.box, "28")
    assert spy.count() == 1
    assert row.value() == 28


def test_the_wheel_is_left_to_the_panel(row: ParameterRow):
    row.set_value(5)
    row.setFocus()
    assert not turn_wheel(row.slider)
    assert not turn_wheel(row.box)
    assert row.value() == 5
    assert not row.slider.hasFocus()
    assert not row.box.hasFocus()


def test_the_wheel_turns_what_has_the_keyboard(row: ParameterRow):
    row.set_value(5)
    row.slider.setFocus()
    turn_wheel(row.slider)
    assert row.value() > 5
    before = row.value()
    row.box.setFocus()
    turn_wheel(row.box)
    assert row.value() == before + 1


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_a_press_brings_the_handle_under_the_pointer(row: ParameterRow, part: float):
    row.set_value(3)
    x = round(part * (row.slider.width() - 1))
    QTest.mouseClick(row.slider, Qt.MouseButton.LeftButton, pos=QPoint(x, row.slider.height() // 2))
    assert row.value() == 1 + 8 * part


def test_keys_move_the_slider_by_one(row: ParameterRow):
    row.set_value(3)
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.value() == 4
    QTest.keyClick(row.slider, Qt.Key.Key_End)
    assert row.value() == 9


def test_a_pair_starts_linked_and_short(pair: PairRow):
    assert pair.linked()
    assert link(pair, "kernel_size.link").isChecked()
    assert slider(pair, "kernel_size.h").isVisible()
    assert not slider(pair, "kernel_size.w").isVisible()
    assert slider(pair, "kernel_size.h").accessibleName() == "Kernel size, height"
    assert slider(pair, "kernel_size.w").accessibleName() == "Kernel size, width"


@pytest.mark.parametrize("axis", ["h", "w"])
def test_linked_either_moves_both(pair: PairRow, axis: str):
    spy = QSignalSpy(pair.changed)
    slider(pair, f"kernel_size.{axis}").setValue(4)
    assert pair.value() == (4, 4)
    assert [spy.at(i) for i in range(spy.count())] == [[4, 4]]


def test_linked_both_stop_at_the_smaller_limit(pair: PairRow):
    slider(pair, "kernel_size.h").setValue(7)
    assert pair.value() == (5, 5)


def test_unlinked_each_moves_alone(pair: PairRow):
    spy = QSignalSpy(pair.linked_changed)
    link(pair, "kernel_size.link").click()
    assert not pair.linked()
    assert slider(pair, "kernel_size.w").isVisible()
    slider(pair, "kernel_size.h").setValue(7)
    spin(pair, "kernel_size.w.box").setValue(2)
    assert pair.value() == (7, 2)
    assert spy.count() == 1


def test_linking_makes_both_the_same(pair: PairRow):
    link(pair, "kernel_size.link").click()
    pair.set_value((2, 4))
    spy = QSignalSpy(pair.changed)
    link(pair, "kernel_size.link").click()
    assert pair.value() == (2, 2)
    assert [spy.at(i) for i in range(spy.count())] == [[2, 2]]


def test_set_value_is_silent_and_hides_nothing(pair: PairRow):
    spies = [QSignalSpy(pair.changed), QSignalSpy(pair.linked_changed)]
    pair.set_value((3, 3))
    assert pair.linked()
    pair.set_value((3, 5))
    assert pair.value() == (3, 5)
    assert not pair.linked()
    assert slider(pair, "kernel_size.w").isVisible()
    assert [spy.count() for spy in spies] == [0, 0]


def test_a_range_of_a_pair_may_differ_by_axis(pair: PairRow):
    spy = QSignalSpy(pair.changed)
    pair.set_value((5, 5))
    pair.set_range(0, (2, 3))
    assert pair.value() == (2, 3)
    assert not pair.linked()
    assert spy.count() == 0


def test_a_decimal_box_takes_a_point_and_clamps(qtbot: QtBot):
    box = shown(qtbot, DecimalBox(0.0001, 1.0))
    typed(box, "0.05")
    assert box.value() == pytest.approx(0.05)
    typed(box, "3")
    assert box.value() == 1.0
    typed(box, "0")
    assert box.value() == pytest.approx(0.0001)
    typed(box, "2e-3")
    assert box.value() == pytest.approx(0.002)
    assert box.text() == "0.0020"


def test_boxes_are_flat(qtbot: QtBot):
    for box in (NumberBox(0, 1), DecimalBox(0, 1)):
        qtbot.addWidget(box)
        assert box.buttonSymbols() == box.ButtonSymbols.NoButtons
