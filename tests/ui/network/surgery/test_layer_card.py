"""Freezing, switching off, replacing, typing and bringing back, as a hand does it."""

import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from explorer.core.layers import Array
from explorer.core.network import edits
from explorer.core.network.operations import opened
from explorer.core.network.presets import PRESETS
from explorer.core.network.reader import read_network
from explorer.core.network.state import NetworkState, Spot
from explorer.drawing.palette import THEMES
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.layer_card import LayerCard
from explorer.ui.network.surgery.numbers import KernelNumbers
from explorer.ui.network.surgery.picker import KernelPicker
from explorer.ui.theme import theme
from tests.ui.hand import LEFT, Hand
from tests.ui.network.surgery.conftest import CONV1, CONV2, FC, FLATTEN, POOL, RELU1


class Surgeon(Hand):
    """A hand at the card, which also knows what the state is."""

    def __init__(self, card: LayerCard, document: NetworkDocument) -> None:
        super().__init__(card)
        self.card = card
        self.document = document

    @property
    def state(self) -> NetworkState:
        return self.document.state

    def look_at(self, place: int | None) -> None:
        self.document.look(chosen=place)

    def pick(self, out: int, into: int = 0) -> None:
        """Click on a kernel."""
        board = self.find(KernelPicker, "network.kernel")
        place = board.lying()
        assert place is not None
        QTest.mouseClick(board, LEFT, pos=place.box(out, into).center().toPoint())
        assert board.chosen() == (out, into)

    def kernel(self, place: int, out: int, into: int = 0) -> Array:
        layer = opened(self.state, place)
        assert layer is not None
        numbers: Array = layer.kernels[out, into]
        return numbers

    def cell(self, row: int, column: int) -> QPoint:
        numbers = self.find(KernelNumbers, "network.kernel.numbers")
        return numbers.board().cell_rect(row, column).center().toPoint()

    def undo(self) -> None:
        self.document.undo_stack.undo()


@pytest.fixture
def hand(document: NetworkDocument, qtbot: QtBot) -> Surgeon:
    card = LayerCard(document)
    qtbot.addWidget(card)
    card.setFixedWidth(248)
    with qtbot.waitActive(card):
        card.show()
        card.activateWindow()
    return Surgeon(card, document)


def test_it_says_what_to_do_while_no_layer_is_chosen(hand: Surgeon):
    assert hand.reads("network.layer.empty") == "Choose a layer to change it."
    assert not [w for w in hand.card.findChildren(QComboBox) if w.isVisible()]
    hand.look_at(CONV2)
    assert hand.card.title.text() == "Change conv2"
    hand.look_at(None)
    assert hand.reads("network.layer.empty")


def test_a_frozen_layer_is_marked_and_thaws_by_undo(hand: Surgeon):
    hand.look_at(CONV2)
    hand.click("network.freeze")
    assert hand.state.frozen == {"conv2"} and hand.reads("network.layer.mark") == "frozen"
    hand.undo()
    assert not hand.state.frozen and not hand.card.switches.freeze.isChecked()


def test_what_has_no_weights_cannot_be_frozen(hand: Surgeon):
    hand.look_at(POOL)
    assert hand.card.switches.freeze.isHidden() and hand.card.editor.isHidden()


def test_a_layer_is_switched_off_where_shapes_agree_by_handing_on(hand: Surgeon):
    hand.look_at(RELU1)
    hand.choose("network.off", "identity")
    assert hand.state.off == {"relu1": "identity"} and hand.reads("network.layer.mark") == "off"
    before, after = hand.document.outputs[CONV1], hand.document.outputs[RELU1]
    assert before is not None and after is not None
    np.testing.assert_array_equal(before, after)
    hand.choose("network.off", "zeros")
    output = hand.document.outputs[RELU1]
    assert output is not None and not output.any()
    hand.undo()
    assert hand.state.off == {"relu1": "identity"}, "each switch is a step of its own"
    hand.choose("network.off", "on")
    assert hand.state.off == {}


@pytest.mark.parametrize("place", [CONV1, POOL, FLATTEN, FC])
def test_identity_is_not_offered_where_shapes_differ(hand: Surgeon, place: int):
    hand.look_at(place)
    field = hand.find(QComboBox, "network.off")
    assert [field.itemData(i) for i in range(field.count())] == ["on", "zeros"]


def test_a_kernel_is_replaced_and_comes_back(hand: Surgeon):
    hand.look_at(CONV2)
    hand.pick(3, 2)
    assert hand.reads("network.kernel.which") == "Output 3 from input 2"
    learned = hand.kernel(CONV2, 3, 2)
    assert not hand.may_click("network.restore")
    hand.choose("network.replace", "zeros")
    assert not hand.kernel(CONV2, 3, 2).any() and hand.kernel(CONV2, 3, 1).any()
    assert hand.reads("network.layer.mark") == "changed"
    hand.choose("network.replace", "edge_across")
    hand.undo()
    assert hand.find(QComboBox, "network.replace").currentData() == "zeros"
    hand.click("network.restore")
    np.testing.assert_array_equal(hand.kernel(CONV2, 3, 2), learned)
    assert hand.state.edited == {} and not hand.may_click("network.restore")
    hand.undo()
    assert not hand.kernel(CONV2, 3, 2).any()
    hand.choose("network.replace", "learned")
    assert hand.state.edited == {}


def test_a_whole_output_channel_is_replaced_at_once(hand: Surgeon):
    hand.look_at(CONV2)
    hand.pick(3, 2)
    hand.click("network.replace.whole")
    hand.choose("network.replace", "zeros")
    layer = opened(hand.state, CONV2)
    assert layer is not None and layer.changed[3].all() and layer.changed.sum() == 4
    hand.pick(1, 0)
    assert hand.find(QComboBox, "network.replace").currentData() == "learned"
    assert not hand.may_click("network.restore") and hand.may_click("network.restore_layer")
    hand.click("network.restore_layer")
    assert hand.state.edited == {}


def test_numbers_are_typed_in_their_cells(hand: Surgeon):
    hand.look_at(CONV1)
    hand.pick(1)
    numbers = hand.find(KernelNumbers, "network.kernel.numbers")
    QTest.mouseDClick(numbers, LEFT, pos=hand.cell(2, 3))
    editor = hand.find(QLineEdit, "network.kernel.editor")
    QTest.keyClicks(editor, "1.5")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert hand.kernel(CONV1, 1)[2, 3] == 1.5
    assert hand.reads("network.kernel.number").startswith("(2, 4): "), "Tab goes on"
    QTest.keyClicks(numbers, "2")
    QTest.keyClick(hand.find(QLineEdit, "network.kernel.editor"), Qt.Key.Key_Return)
    assert hand.kernel(CONV1, 1)[2, 4] == 2
    QTest.keyClick(numbers, Qt.Key.Key_Up)
    QTest.keyClick(numbers, Qt.Key.Key_Delete)
    assert hand.kernel(CONV1, 1)[2, 4] == 0
    assert hand.find(QComboBox, "network.replace").currentData() == "own"
    hand.undo()
    assert hand.kernel(CONV1, 1)[2, 4] == 2
    assert ", learned " in hand.reads("network.kernel.number")
    hand.undo()
    hand.undo()
    assert hand.state.edited == {}


def test_a_block_is_pasted_and_copied(hand: Surgeon):
    hand.look_at(CONV1)
    numbers = hand.find(KernelNumbers, "network.kernel.numbers")
    QTest.mouseClick(numbers, LEFT, pos=hand.cell(3, 3))
    QGuiApplication.clipboard().setText("1 2 3\n4 5 6\n7 8 9")
    QTest.keySequence(numbers, QKeySequence(QKeySequence.StandardKey.Paste))
    assert hand.kernel(CONV1, 0)[3:, 3:].tolist() == [[1, 2], [4, 5]]
    QTest.keySequence(numbers, QKeySequence(QKeySequence.StandardKey.Copy))
    assert len(QGuiApplication.clipboard().text().splitlines()) == 5
    QGuiApplication.clipboard().setText("no number")
    QTest.keySequence(numbers, QKeySequence(QKeySequence.StandardKey.Paste))
    assert hand.kernel(CONV1, 0)[3:, 3:].tolist() == [[1, 2], [4, 5]]


def test_the_bias_is_typed(hand: Surgeon):
    hand.look_at(CONV2)
    hand.pick(5, 0)
    box = hand.find(QDoubleSpinBox, "network.bias")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "-3.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert hand.state.used_weights["conv2.bias"][5] == -3.5
    assert not hand.may_click("network.restore"), "the kernel is as it was"
    hand.click("network.replace.whole")
    hand.click("network.restore")
    assert hand.state.edited == {}


def test_rows_behind_a_flatten_are_maps(hand: Surgeon):
    hand.look_at(FC)
    hand.pick(7, 3)
    assert hand.reads("network.kernel.which") == "Output 7 from map 3"
    field = hand.find(QComboBox, "network.replace")
    names = [field.itemData(i) for i in range(field.count())]
    assert names == ["learned", "zeros", "flipped", "noise"]
    hand.choose("network.replace", "flipped")
    layer = opened(hand.state, FC)
    assert layer is not None
    np.testing.assert_array_equal(layer.kernels[7, 3], -layer.learned.reshape(10, 6, 6, 6)[7, 3])


def test_long_rows_have_no_grid_of_numbers(hand: Surgeon):
    hand.document.edit("Network", edits.with_preset, "lenet5")
    hand.look_at(9)
    assert hand.card.title.text() == "Change fc2"
    hand.pick(5)
    assert hand.card.editor.numbers.isHidden()
    hand.choose("network.replace", "zeros")
    assert not hand.kernel(9, 5).any() and hand.kernel(9, 6).any()


def test_a_held_pixel_leads_to_the_kernels_that_made_it(hand: Surgeon):
    hand.look_at(CONV2)
    hand.document.look(pinned=Spot(CONV2, 4, 1, 1))
    assert hand.card.editor.picker.chosen() == (4, 0)
    hand.document.look(pinned=Spot(CONV1, 1, 0, 0))
    assert hand.card.editor.picker.chosen() == (4, 0)


def test_the_keyboard_reaches_every_kernel(hand: Surgeon):
    hand.look_at(CONV2)
    board = hand.find(KernelPicker, "network.kernel")
    board.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(board, key)
    assert board.chosen() == (1, 2)
    QTest.keyClick(board, Qt.Key.Key_Return)
    assert hand.find(KernelNumbers, "network.kernel.numbers").hasFocus()
    board.setFocus()
    QTest.keyClick(board, Qt.Key.Key_Escape)
    assert board.chosen() == (0, 0), "there is always one to work on"


def test_a_changed_kernel_is_marked_on_the_board(hand: Surgeon):
    hand.look_at(CONV1)
    board = hand.find(KernelPicker, "network.kernel")
    before = board.grab().toImage()
    hand.pick(2)
    hand.choose("network.replace", "flipped")
    after = board.grab().toImage()
    place = board.lying()
    assert place is not None
    corner = place.box(2, 0).topRight().toPoint() - QPoint(1, -1)
    assert before.pixel(corner) != after.pixel(corner)


@pytest.mark.parametrize("mode", THEMES)
def test_it_is_drawn_in_both_themes(hand: Surgeon, mode: str):
    theme.set_mode(mode)
    images: list[QImage] = []
    for place in (CONV1, CONV2, FC):
        hand.look_at(place)
        images.append(hand.card.grab().toImage())
    assert len({bytes(image.constBits()) for image in images}) == 3


def test_every_control_has_a_name(hand: Surgeon):
    hand.look_at(CONV2)
    for kind in (QComboBox, QToolButton, KernelPicker, KernelNumbers, QDoubleSpinBox):
        for control in hand.card.findChildren(kind):
            assert control.objectName() and control.accessibleName(), control


def test_before_torch_there_are_switches_only(app: object, qtbot: QtBot, digits: object):
    document = NetworkDocument(
        NetworkState(PRESETS["compact"].network, np.zeros((1, 28, 28), np.uint8), chosen=0)
    )
    card = LayerCard(document)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    assert card.editor.isHidden() and card.switches.freeze.isVisible()
    assert [w.text() for w in card.findChildren(QLabel, "network.layer.empty")]
    document.use_torch()
    assert card.editor.isVisible()
    document.shut_down()


def test_a_layer_with_too_many_weights_says_so(hand: Surgeon, qtbot: QtBot):
    network = read_network("nn.Sequential(nn.Flatten(), nn.Linear(784, 8192), nn.Linear(8192, 10))")
    hand.document.edit("Code", edits.repaired, network)
    qtbot.waitUntil(lambda: hand.state.is_complete, timeout=30_000)
    hand.look_at(1)
    assert hand.reads("network.layer.large").endswith("4,194,304 weights at most.")
    assert not hand.card.editor.isVisible()
    hand.look_at(2)
    assert hand.card.editor.isVisible()


@pytest.mark.parametrize("hidden", [False, True])
def test_nothing_holds_on_to_the_weights_of_another_network(hand: Surgeon, hidden: bool) -> None:
    hand.look_at(CONV2)
    weight = weakref.ref(hand.state.weights["conv2.weight"])
    if hidden:
        hand.card.hide()
    hand.document.show(edits.with_preset(hand.state, "two_layer"))
    hand.look_at(None)
    gc.collect()
    assert weight() is None
    hand.card.show()
    hand.look_at(0)
    assert hand.find(KernelPicker, "network.kernel").chosen() == (0, 0)
