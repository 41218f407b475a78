"""A layer that does not fit: what is said, where, and the repairs in one click."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.core.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from explorer.core.network.presets import PRESETS
from explorer.core.network.stack import Network
from explorer.ui.network.stack.layer_row import LayerRow
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.wrap_button import WrapButton
from tests.ui.hand import LEFT, place_of
from tests.ui.network.stack.conftest import Open
from tests.ui.network.stack.hand import StackHand


@pytest.fixture
def broken(hand: StackHand) -> StackHand:
    """Return a hand at a classic network whose last linear layers wait for the first."""
    hand.choose_layer(3)
    hand.type_into("network.kernel_size.h", "3")
    hand.choose_layer(3)
    return hand


def offers(hand: StackHand) -> list[str]:
    found = [b for b in hand.panel.findChildren(QPushButton) if b.isVisible()]
    return [b.text() for b in found if b.objectName().startswith("network.repair.")]


def test_it_is_said_at_the_layer_and_those_behind_wait(broken: StackHand):
    assert [broken.line(i).standing for i in range(11)] == ["fits"] * 7 + ["broken"] + ["waits"] * 3
    assert broken.line(9).awaits == "fc1" and "Waits for fc1" in broken.row(9).toolTip()
    assert broken.reads("network.break.meaning") == "It has weights for 320 numbers, and gets 500."
    notice = broken.find(QWidget, "network.break")
    assert broken.row(7).y() < notice.y() < broken.row(8).y()
    assert broken.find(QAbstractButton, "network.broken").text() == "breaks at fc1"
    assert "fc1" in notice.accessibleName()


def test_a_repair_is_one_click(broken: StackHand):
    assert offers(broken)[0] == "Set in_features to 500"
    broken.click("network.repair.0")
    assert broken.layer(7) == Linear(500, 50)
    assert broken.line(7).standing == "fits" and not broken.sees("network.break")
    assert not broken.sees("network.broken")
    assert broken.reads("network.total.output") == "10"
    assert broken.focus == "network.layer.7"
    broken.document.undo_stack.undo()
    assert broken.line(7).standing == "broken" and broken.sees("network.break")


def test_torch_says_why_once_it_is_there(broken: StackHand, qtbot: QtBot):
    assert not broken.sees("network.break.reason")
    broken.document.use_torch()
    qtbot.waitUntil(lambda: broken.sees("network.break.reason"))
    reason = broken.reads("network.break.reason")
    assert reason.startswith("PyTorch says: ") and "500" in reason
    broken.choose_layer(3)
    broken.type_into("network.kernel_size.h", "1")
    qtbot.waitUntil(lambda: "720" in broken.reads("network.break.reason"))


def test_where_several_would_break_all_are_fitted_at_once(open_panel: Open):
    hand = open_panel("all_convolutional")
    hand.choose_layer(0)
    hand.type_into("network.out_channels", "24")
    assert hand.line(1).standing == "broken" and hand.sees("network.repair.all")
    hand.click("network.repair.all")
    assert hand.reads("network.total.output") == "10"
    assert hand.layer(1).setting("num_features") == 24
    assert hand.layer(3).setting("in_channels") == 24
    assert hand.document.undo_stack.count() == 2


def test_one_break_is_not_offered_twice(broken: StackHand):
    assert not broken.sees("network.repair.all")


def test_a_slider_that_breaks_the_next_layer_keeps_its_hold(hand: StackHand):
    hand.choose_layer(0)
    slider = hand.find(Slider, "network.out_channels")
    QTest.mousePress(slider, LEFT, pos=place_of(slider, 10))
    for value in (14, 18, 22):
        QTest.mouseMove(slider, place_of(slider, value))
        assert slider.isSliderDown()
        channels = hand.layer(0).setting("out_channels")
        assert str(channels) in hand.reads("network.break.meaning")
    QTest.mouseRelease(slider, LEFT, pos=place_of(slider, 22))
    hand.type_into("network.out_channels", "10")
    assert not hand.sees("network.break") and hand.state.network == PRESETS["classic"].network


def test_the_line_below_leads_to_the_break(open_panel: Open):
    hand = open_panel("small_vgg")
    hand.choose_layer(0)
    hand.type_into("network.padding.h", "3")
    assert hand.state.broken == 14
    QApplication.processEvents()
    view = hand.panel.layers.viewport()
    hand.click("network.broken")
    assert hand.focus == "network.layer.14"
    notice = hand.find(QWidget, "network.break")
    assert view.rect().contains(notice.mapTo(view, QPoint(4, 4)))
    hand.key(Qt.Key.Key_Tab)
    assert hand.focus.startswith("network.repair.")


def test_a_long_repair_fits_into_a_narrow_panel(open_panel: Open):
    layers = (Conv2d(1, 4, (3, 3)), ReLU(), MaxPool2d((2, 2)), Linear(676, 10))
    hand = open_panel(Network(layers), width=248)
    long = [text for text in offers(hand) if "Flatten" in text]
    assert long and hand.panel.minimumSizeHint().width() <= 248
    (button,) = (b for b in hand.panel.findChildren(QPushButton) if b.text() == long[0])
    QApplication.processEvents()
    assert button.width() <= 248 and button.height() >= button.heightForWidth(button.width())
    QTest.mouseClick(button, LEFT)
    assert hand.names == ["Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear"]
    assert hand.state.broken is None


def test_taking_a_layer_away_is_a_repair_too(open_panel: Open):
    hand = open_panel(Network((Flatten(), Conv2d(1, 1, (3, 3)), ReLU())))
    assert offers(hand)[-1] == "Remove this layer"
    (last,) = (b for b in hand.panel.findChildren(QPushButton) if b.text() == offers(hand)[-1])
    QTest.mouseClick(last, LEFT)
    assert hand.names == ["Flatten", "ReLU"]
    assert [row.place for row in hand.rows()] == [0, 1]
    assert isinstance(hand.row(1), LayerRow)


def test_a_repair_in_two_lines_is_seen_whole(open_panel: Open, qtbot: QtBot):
    hand = open_panel(Network((Conv2d(1, 10, (5, 5)), Flatten(), Linear(5760, 10))), width=284)
    hand.choose_layer(0)
    for _ in range(2):
        hand.key(Qt.Key.Key_Delete)
        hand.settle()
    wanted = "Insert Flatten() and set in_features to 784"
    qtbot.waitUntil(lambda: wanted in offers(hand))
    hand.settle()
    for button in hand.panel.findChildren(WrapButton):
        if button.isVisible():
            assert button.height() >= button.heightForWidth(button.width())
