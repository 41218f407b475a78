"""The list of networks above, and the sums below."""

import dataclasses

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel

from explorer.core.layers import ReLU
from explorer.core.network.presets import PRESETS, TRAINABLE
from explorer.core.network.stack import MOST_LAYERS, Network
from tests.ui.network.stack.conftest import Open
from tests.ui.network.stack.hand import StackHand


def test_every_network_is_offered_those_to_look_at_under_a_title(hand: StackHand):
    field = hand.find(QComboBox, "network.preset")
    values = [field.itemData(i) for i in range(field.count())]
    assert values == ["", *TRAINABLE, None, *(n for n in PRESETS if n not in TRAINABLE)]
    assert field.itemText(values.index(None)) == "To look at"


def test_a_network_is_chosen_with_what_to_notice(hand: StackHand):
    hand.choose("network.preset", "lenet5")
    assert hand.state.network == PRESETS["lenet5"].network
    assert "61,706" in hand.reads("network.hint")
    assert hand.reads("network.total.parameters") == "61,706"
    assert len(hand.rows()) == 12
    hand.document.undo_stack.undo()
    assert hand.find(QComboBox, "network.preset").currentData() == "classic"


def test_what_is_changed_is_an_own_network_until_it_is_changed_back(hand: StackHand):
    field = hand.find(QComboBox, "network.preset")
    hand.choose_layer(0)
    hand.type_into("network.padding.h", "2")
    assert field.currentText() == "Own network" and "of your own" in hand.reads("network.hint")
    hand.type_into("network.padding.h", "0")
    assert field.currentData() == "classic" and "Follow the shapes" in hand.reads("network.hint")


def test_own_is_what_it_is_already(hand: StackHand):
    hand.choose("network.preset", "")
    assert hand.find(QComboBox, "network.preset").currentData() == "classic"
    assert not hand.document.undo_stack.canUndo()


def test_the_picture_comes_in_the_shape_of_the_network(hand: StackHand):
    hand.choose("network.preset", "alexnet")
    assert hand.state.input == (3, 224, 224)
    assert hand.reads("network.total.output") == "256 × 6 × 6"
    hand.document.undo_stack.undo()
    assert hand.document.state.input == (1, 28, 28)


def test_there_is_an_end_to_layers(open_panel: Open):
    hand = open_panel(Network((ReLU(),) * (MOST_LAYERS - 1)))
    hand.choose_layer(3)
    hand.click("network.duplicate")
    assert len(hand.rows()) == MOST_LAYERS
    assert not hand.may_click("network.add") and not hand.may_click("network.duplicate")
    hand.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert len(hand.rows()) == MOST_LAYERS
    hand.click("network.remove")
    assert hand.may_click("network.add")


def test_the_sums_are_those_of_all_layers(hand: StackHand):
    total = hand.state.total
    assert hand.reads("network.total.output") == "10"
    assert hand.reads("network.total.parameters") == f"{total.parameters:,}" == "21,840"
    assert hand.reads("network.total.multiply_adds") == "480,500"
    assert hand.reads("network.total.memory") == "65.1 kB"


def test_the_sums_follow_the_picture(hand: StackHand):
    picture = np.zeros((1, 32, 32), np.uint8)
    hand.document.show(dataclasses.replace(hand.state, picture=picture))
    assert hand.sees("network.broken")


def test_a_low_window_leaves_the_sentence_out(open_panel: Open):
    hand = open_panel()
    assert hand.sees("network.hint")
    hand.panel.resize(300, 640)
    assert not hand.sees("network.hint")
    hand.panel.resize(300, 768)
    assert hand.find(QLabel, "network.hint").isVisible()
