"""The rows of any module: wishes with their parameter, names with a prefix, numbers beyond."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.layers import BatchNorm2d, Conv2d, Dropout, Linear, Module
from explorer.drawing.palette import GRID
from explorer.ui.application import create_application
from explorer.ui.widgets.number_row import NARROW_LABEL, ParameterRow
from explorer.ui.widgets.parameter_rows import ParameterRows
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.wrap_button import WrapButton
from tests.ui.hand import Hand

# Said offscreen of every window whose content changes its size.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> QApplication:
    return create_application([])


def hand_at(qtbot: QtBot, module: Module) -> tuple[Hand, QSignalSpy]:
    rows = ParameterRows("one.", channels=64, typed=512)
    qtbot.addWidget(rows)
    rows.set_kind(type(module))
    rows.show_values(module, (28, 28))
    rows.resize(300, 600)
    rows.show()
    return Hand(rows), QSignalSpy(rows.changed)


def test_a_wish_names_its_parameter(qtbot: QtBot):
    hand, spy = hand_at(qtbot, Conv2d(1, 4, (3, 3)))
    hand.slide("one.padding.h", 2)
    about, value = spy.at(spy.count() - 1)
    assert about.name == "padding" and value == (2, 2)
    hand.click("one.bias")
    about, value = spy.at(spy.count() - 1)
    assert about.name == "bias" and value is False


def test_sliders_of_channels_reach_further_and_more_can_be_typed(qtbot: QtBot):
    hand, spy = hand_at(qtbot, Conv2d(1, 4, (3, 3)))
    assert hand.find(Slider, "one.out_channels").maximum() == 64
    hand.type_into("one.out_channels", "300")
    assert spy.at(0)[1] == 300
    hand.type_into("one.out_channels", "999")
    assert spy.at(1)[1] == 512


def test_what_is_larger_than_may_be_typed_is_shown(qtbot: QtBot):
    hand, _ = hand_at(qtbot, Linear(25_088, 10))
    assert hand.find(Slider, "one.in_features").value() == 25_088


def test_a_share_and_a_small_number_have_rows(qtbot: QtBot):
    hand, spy = hand_at(qtbot, Dropout(0.5))
    hand.type_into("one.p", "0.25")
    assert spy.at(0)[1] == 0.25
    hand, spy = hand_at(qtbot, BatchNorm2d(4))
    hand.type_into("one.eps", "0.001")
    assert spy.at(0)[1] == 0.001


def test_a_narrow_row_leaves_the_room_to_the_slider(qtbot: QtBot):
    row = ParameterRow("out", "Output channels", 1, 8)
    qtbot.addWidget(row)
    row.resize(206, 40)
    row.show()
    qtbot.waitUntil(lambda: row.slider.width() >= 48)
    assert row.label.wordWrap() and row.label.width() <= NARROW_LABEL
    row.resize(320, 40)
    qtbot.waitUntil(lambda: row.label.width() >= 13 * GRID)
    assert not row.label.wordWrap()


def test_a_long_text_on_a_button_goes_on_in_the_next_line(qtbot: QtBot):
    button = WrapButton("repair")
    qtbot.addWidget(button)
    button.set_text("Insert Flatten() and set in_features to 320")
    assert button.accessibleName() == button.text()
    assert button.heightForWidth(180) > button.heightForWidth(400) == button.sizeHint().height()
    button.resize(180, button.heightForWidth(180))
    button.show()
    assert not button.grab().isNull()
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
