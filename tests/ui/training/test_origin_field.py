import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from explorer.training.anatomy import layers_of
from explorer.ui.training.origin_field import NEW, Origin, OriginField
from explorer.ui.widgets.toggle import Toggle
from tests.ui.hand import Hand

RUN = Origin("run", "lr 0.1, step 4,690")
FILE = Origin("file", "letters.safetensors", has_head=False)


@pytest.fixture
def field(app: QApplication, qtbot: QtBot) -> OriginField:
    field = OriginField()
    qtbot.addWidget(field)
    field.set_layers(layers_of("compact"))
    field.resize(248, 120)
    field.show()
    return field


@pytest.fixture
def hand(field: OriginField) -> Hand:
    return Hand(field)


def test_at_first_there_are_new_weights_only(field: OriginField, hand: Hand):
    assert field.value() == NEW and not field.new_head()
    assert hand.find(QComboBox, "train.origin").count() == 1
    assert not hand.may_click("train.new_head")
    assert hand.reads("train.origin.line") == "All 8,490 parameters begin anew."


def test_an_earlier_run_can_be_chosen(field: OriginField, hand: Hand, qtbot: QtBot):
    field.set_entries([RUN, FILE])
    assert field.value() == NEW
    with qtbot.waitSignal(field.changed):
        hand.choose("train.origin", "run")
    assert field.value() == "run"
    assert hand.reads("train.origin.line") == (
        "conv1, conv2, fc keep what they learned: all 8,490 parameters are old."
    )
    with qtbot.waitSignal(field.changed):
        hand.choose("train.origin", NEW)
    assert field.value() == NEW


def test_a_new_last_layer_leaves_the_others(field: OriginField, hand: Hand, qtbot: QtBot):
    field.set_entries([RUN])
    field.set_value("run")
    with qtbot.waitSignal(field.changed):
        hand.click("train.new_head")
    assert field.new_head()
    assert hand.reads("train.origin.line") == (
        "conv1, conv2 keep what they learned; fc begins anew: 5,280 of 8,490 parameters are old."
    )
    toggle = hand.find(Toggle, "train.new_head")
    toggle.setFocus()
    with qtbot.waitSignal(field.changed):
        QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert not field.new_head()


def test_new_weights_have_no_new_layer_among_old_ones(field: OriginField, hand: Hand):
    field.set_entries([RUN])
    field.set_value("run")
    hand.click("train.new_head")
    hand.choose("train.origin", NEW)
    assert not field.new_head()
    assert not hand.find(Toggle, "train.new_head").isChecked()
    hand.choose("train.origin", "run")
    assert field.new_head(), "as it was left"


def test_weights_without_a_last_layer_need_a_new_one(field: OriginField, hand: Hand):
    field.set_entries([RUN, FILE])
    hand.choose("train.origin", "file")
    assert field.new_head()
    assert not hand.may_click("train.new_head")
    assert "no last layer" in hand.find(Toggle, "train.new_head").toolTip()
    hand.choose("train.origin", "run")
    assert not field.new_head() and hand.may_click("train.new_head")


def test_what_is_no_more_there_is_not_started_from(field: OriginField, hand: Hand, qtbot: QtBot):
    with qtbot.assertNotEmitted(field.changed):
        field.set_entries([RUN, FILE])
        field.set_value("run")
        field.set_entries([FILE, RUN])
        assert field.value() == "run"
        field.set_entries([FILE])
        assert field.value() == NEW
        field.set_value("run")
        assert field.value() == NEW
        field.set_value("file")
        field.set_new_head(False)
    assert field.new_head()


def test_the_sentence_follows_the_network(field: OriginField, hand: Hand):
    field.set_entries([RUN])
    field.set_value("run")
    field.set_new_head(True)
    field.set_layers(layers_of("lenet5"))
    assert "fc3 begins anew: 60,856 of 61,706" in hand.reads("train.origin.line")
