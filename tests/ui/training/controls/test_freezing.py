import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import GRID
from explorer.training.anatomy import layers_of
from explorer.ui.training.controls.freezing import FreezeChip, Freezing
from explorer.ui.widgets.columns import SMALLEST_SIDE
from tests.ui.hand import Hand

LAYERS = layers_of("compact")


@pytest.fixture
def freezing(app: QApplication, qtbot: QtBot) -> Freezing:
    widget = Freezing()
    qtbot.addWidget(widget)
    widget.set_layers(LAYERS)
    widget.resize(248, 300)
    widget.show()
    return widget


@pytest.fixture
def hand(freezing: Freezing) -> Hand:
    hand = Hand(freezing)
    hand.click("train.freezing")
    return hand


def test_it_is_closed_and_says_how_many_are_frozen(freezing: Freezing):
    hand = Hand(freezing)
    assert hand.reads("train.freezing.summary") == "none"
    freezing.set_frozen(frozenset({"conv1"}))
    assert hand.reads("train.freezing.summary") == "1 of 3"
    assert not any(chip.isVisible() for chip in freezing.findChildren(FreezeChip))


def test_a_click_freezes_a_layer_and_another_frees_it(freezing: Freezing, hand: Hand, qtbot: QtBot):
    assert hand.reads("train.freeze.count") == "8,490 of 8,490 parameters learn."
    with qtbot.waitSignal(freezing.changed) as caught:
        hand.click("train.freeze.conv1")
    assert caught.args == [frozenset({"conv1"})]
    assert freezing.frozen() == {"conv1"}
    assert hand.reads("train.freeze.count") == "8,230 of 8,490 parameters learn."
    with qtbot.waitSignal(freezing.changed) as caught:
        hand.click("train.freeze.conv1")
    assert caught.args == [frozenset()]


def test_the_keyboard_freezes_as_well(freezing: Freezing, hand: Hand):
    chip = hand.find(QAbstractButton, "train.freeze.fc")
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert freezing.frozen() == {"fc"}


def test_when_all_are_frozen_it_says_that_nothing_learns(freezing: Freezing, hand: Hand):
    for name, _ in LAYERS:
        hand.click(f"train.freeze.{name}")
    assert freezing.frozen() == {"conv1", "conv2", "fc"}
    assert hand.reads("train.freeze.count").startswith("Nothing learns: all 8,490 parameters")
    assert hand.reads("train.freezing.summary") == "all"


def test_a_script_freezes_without_a_signal(freezing: Freezing, hand: Hand, qtbot: QtBot):
    with qtbot.assertNotEmitted(freezing.changed):
        freezing.set_frozen(frozenset({"conv2", "unknown"}))
    assert freezing.frozen() == {"conv2"}
    assert hand.reads("train.freeze.count") == "3,470 of 8,490 parameters learn."


def test_another_network_keeps_what_has_the_same_name(freezing: Freezing, hand: Hand, qtbot: QtBot):
    freezing.set_frozen(frozenset({"conv1", "fc"}))
    with qtbot.assertNotEmitted(freezing.changed):
        freezing.set_layers(layers_of("lenet5"))
    assert freezing.frozen() == {"conv1"}
    assert hand.reads("train.freeze.count") == "61,550 of 61,706 parameters learn."
    hand.click("train.freeze.fc3")
    assert freezing.frozen() == {"conv1", "fc3"}
    freezing.button.setFocus()
    for name, _ in layers_of("lenet5"):
        QTest.keyClick(freezing.focusWidget(), Qt.Key.Key_Tab)
        assert freezing.focusWidget().objectName() == f"train.freeze.{name}"


def test_colour_is_not_the_only_sign(freezing: Freezing, hand: Hand):
    chip = hand.find(QAbstractButton, "train.freeze.conv1")
    assert chip.accessibleName() == "Freeze conv1: 260 learn"
    before = chip.grab().toImage()
    hand.click("train.freeze.conv1")
    assert chip.accessibleName() == "Freeze conv1: 260 frozen"
    assert chip.grab().toImage() != before
    assert chip.toolTip()


def test_without_layers_there_is_nothing_to_freeze(app: QApplication, qtbot: QtBot):
    empty = Freezing()
    qtbot.addWidget(empty)
    assert empty.frozen() == frozenset()


def test_it_fits_within_a_card_of_the_narrowest_panel(freezing: Freezing):
    freezing.button.click()
    freezing.set_frozen(frozenset(name for name, _ in LAYERS))
    assert freezing.minimumSizeHint().width() <= SMALLEST_SIDE - 4 * GRID - 2
