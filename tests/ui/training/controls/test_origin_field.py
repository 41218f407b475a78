import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel
from pytestqt.qtbot import QtBot

from explorer.training.anatomy import layers_of
from explorer.ui.training.controls.origin_field import NEW, Origin, OriginField
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
    seen = [label.objectName() for label in field.findChildren(QLabel) if label.isVisible()]
    assert field.head.isHidden() and "train.origin.line" not in seen
    assert "All 8,490 parameters begin anew." in field.choice.toolTip()


def test_an_earlier_run_can_be_chosen(field: OriginField, hand: Hand, qtbot: QtBot):
    field.set_entries([RUN, FILE])
    assert field.value() == NEW
    with qtbot.waitSignal(field.changed):
        hand.choose("train.origin", "run")
    assert field.value() == "run"
    assert hand.reads("train.origin.line") == ("All 8,490 parameters keep what they learned.")
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
        "conv1, conv2 keep what they learned (5,280 of 8,490 parameters); fc begins anew."
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
    assert not field.new_head() and field.head.isHidden()
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
    assert field.new_head()


def test_the_sentence_follows_the_network(field: OriginField, hand: Hand):
    field.set_entries([RUN])
    field.set_value("run")
    hand.click("train.new_head")
    field.set_layers(layers_of("lenet5"))
    assert "(60,856 of 61,706 parameters); fc3 begins anew" in hand.reads("train.origin.line")


def test_it_tells_how_much_learns_where_layers_are_frozen(field: OriginField, hand: Hand):
    field.set_frozen(frozenset({"conv1"}))
    learning = "conv1 frozen: 8,230 of 8,490 parameters learn."
    assert hand.reads("train.origin.line") == learning
    field.set_entries([RUN])
    field.set_value("run")
    kept = "All 8,490 parameters keep what they learned."
    assert hand.reads("train.origin.line").split("\n") == [learning, kept]
    field.set_frozen(frozenset())
    assert hand.reads("train.origin.line") == kept
