"""The rows: what they say, and all that is done to them by mouse and keyboard."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollBar, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.core.layers import MODULES, Conv2d, Flatten, Linear, ReLU
from explorer.core.network import edits
from explorer.core.network.presets import PRESETS
from explorer.core.network.stack import Network
from explorer.ui.network.stack.drop_mark import DropMark
from explorer.ui.network.stack.layer_editor import LayerEditor
from explorer.ui.network.stack.layer_row import LayerRow
from explorer.ui.widgets.slider import Slider
from tests.ui.hand import LEFT, place_of
from tests.ui.network.stack.conftest import Open
from tests.ui.network.stack.hand import StackHand

ALT = Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_each_layer_has_a_row_with_its_shape_and_costs(hand: StackHand):
    first, last = hand.line(0), hand.line(10)
    assert (first.name, first.brief, first.output) == ("conv1", "Conv2d 1→10, 5×5", "10 × 24 × 24")
    assert (first.parameters, first.multiply_adds) == (260, 144_000)
    assert (last.name, last.output, last.standing) == ("log_softmax", "10", "fits")
    assert "144,000 multiply-adds" in hand.row(0).accessibleDescription()
    assert [row.place for row in hand.rows()] == list(range(11))


def test_a_click_opens_a_layer_below_its_row_and_another_closes_it(hand: StackHand):
    hand.choose_layer(3)
    assert hand.state.chosen == 3 and hand.row(3).isChecked()
    editor = hand.panel.findChild(LayerEditor)
    assert isinstance(editor, LayerEditor) and editor.isVisible()
    assert hand.row(3).geometry().bottom() < editor.y() < hand.row(4).y()
    hand.choose_layer(3)
    assert not hand.row(3).isChecked() and not hand.sees("network.kernel_size.h")


def test_another_kind_of_layer_has_other_rows(hand: StackHand):
    hand.choose_layer(0)
    assert hand.sees("network.kernel_size.h") and hand.sees("network.freeze")
    hand.choose_layer(1)
    assert not hand.sees("network.kernel_size.h") and not hand.sees("network.freeze")
    assert hand.sees("network.inplace")
    hand.choose_layer(7)
    assert hand.find(QSpinBox, "network.in_features.box").value() == 320


@pytest.mark.parametrize("kind", MODULES)
def test_every_kind_can_be_opened(open_panel: Open, kind: str):
    hand = open_panel(Network((MODULES[kind].new_for((1, 28, 28)),)))
    hand.choose_layer(0)
    for about in hand.layer(0).parameters():
        name = f"network.{about.name}"
        assert hand.sees(f"{name}.h" if about.kind == "pair" else name)


def test_a_slider_changes_the_layer_and_keeps_its_hold(hand: StackHand):
    hand.choose_layer(0)
    slider = hand.find(Slider, "network.padding.h")
    QTest.mousePress(slider, LEFT, pos=place_of(slider, 0))
    for value in (1, 2, 3):
        QTest.mouseMove(slider, place_of(slider, value))
        assert slider.isSliderDown() and slider.isVisible()
        assert hand.state.network.layers[0].setting("padding") == (value, value)
        assert hand.line(0).output == f"10 × {24 + 2 * value} × {24 + 2 * value}"
    QTest.mouseRelease(slider, LEFT, pos=place_of(slider, 3))
    assert hand.document.undo_stack.count() == 1
    hand.document.undo_stack.undo()
    assert hand.state.network == PRESETS["classic"].network
    assert slider.value() == 0


def test_a_number_may_be_typed_beyond_the_slider(hand: StackHand):
    hand.choose_layer(0)
    hand.type_into("network.out_channels", "512")
    assert hand.layer(0) == Conv2d(1, 512, (5, 5))
    assert hand.find(Slider, "network.out_channels").value() == 512


def test_the_range_of_a_slider_stays_while_it_is_held(hand: StackHand):
    hand.choose_layer(0)
    hand.type_into("network.out_channels", "512")
    slider = hand.find(Slider, "network.out_channels")
    QTest.mousePress(slider, LEFT, pos=place_of(slider, 512))
    QTest.mouseMove(slider, place_of(slider, 40))
    assert slider.maximum() == 512 and abs(slider.value() - 40) < 10
    QTest.mouseRelease(slider, LEFT, pos=place_of(slider, 40))


def test_a_layer_is_frozen_and_marked(hand: StackHand):
    hand.choose_layer(3)
    hand.click("network.freeze")
    assert hand.state.frozen == {"conv2"}
    assert hand.line(3).frozen and "Frozen" in hand.row(3).toolTip()
    hand.document.undo_stack.undo()
    assert not hand.line(3).frozen


def test_marks_follow_the_state(hand: StackHand):
    hand.document.look(off={"relu1": "zeros"}, edited={"conv1.weight": np.zeros((10, 1, 5, 5))})
    assert [hand.line(i).off for i in (0, 1)] == [False, True]
    assert [hand.line(i).edited for i in (0, 1)] == [True, False]


def test_buttons_move_duplicate_and_remove(hand: StackHand):
    hand.choose_layer(1)
    hand.click("network.down")
    assert hand.names[:3] == ["Conv2d", "MaxPool2d", "ReLU"] and hand.state.chosen == 2
    hand.click("network.up")
    assert hand.state.network == PRESETS["classic"].network and hand.state.chosen == 1
    hand.click("network.duplicate")
    assert hand.names[:4] == ["Conv2d", "ReLU", "ReLU", "MaxPool2d"] and hand.state.chosen == 2
    hand.click("network.remove")
    assert hand.state.network == PRESETS["classic"].network
    assert hand.document.undo_stack.count() == 4


def test_the_ends_of_the_list_cannot_be_passed(hand: StackHand):
    hand.choose_layer(0)
    assert not hand.may_click("network.up") and hand.may_click("network.down")
    hand.choose_layer(10)
    assert hand.may_click("network.up") and not hand.may_click("network.down")


def test_the_keyboard_walks_along_the_rows(hand: StackHand):
    hand.row(0).setFocus()
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Down)
    assert hand.focus == "network.layer.2"
    hand.key(Qt.Key.Key_End)
    assert hand.focus == "network.layer.10"
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Up)
    assert hand.focus == "network.layer.9"
    hand.key(Qt.Key.Key_Home)
    hand.key(Qt.Key.Key_Return)
    assert hand.state.chosen == 0 and hand.focus == "network.layer.0"
    hand.key(Qt.Key.Key_Space)
    assert hand.state.chosen is None


def test_the_keyboard_moves_duplicates_and_removes(hand: StackHand):
    hand.row(1).setFocus()
    hand.key(Qt.Key.Key_Down, ALT)
    assert hand.names[:3] == ["Conv2d", "MaxPool2d", "ReLU"] and hand.focus == "network.layer.2"
    hand.key(Qt.Key.Key_Up, ALT)
    assert hand.state.network == PRESETS["classic"].network and hand.focus == "network.layer.1"
    hand.key(Qt.Key.Key_D, CONTROL)
    assert hand.names[1:3] == ["ReLU", "ReLU"] and hand.focus == "network.layer.2"
    hand.key(Qt.Key.Key_Delete)
    assert hand.state.network == PRESETS["classic"].network and hand.focus == "network.layer.2"
    hand.key(Qt.Key.Key_Delete)
    hand.key(Qt.Key.Key_Delete)
    assert hand.document.undo_stack.count() == 6


def test_the_last_layer_can_be_removed_and_the_empty_list_says_what_to_do(open_panel: Open):
    hand = open_panel(Network((ReLU(),)))
    assert not hand.sees("network.empty")
    hand.row(0).setFocus()
    hand.key(Qt.Key.Key_Delete)
    assert hand.state.network == Network(()) and hand.rows() == []
    assert "Add a layer" in hand.reads("network.empty")
    assert hand.reads("network.total.output") == "1 × 28 × 28"
    hand.add("convolution", "Conv2d")
    assert hand.names == ["Conv2d"] and not hand.sees("network.empty")


def test_undo_follows_what_was_removed(hand: StackHand):
    hand.row(4).setFocus()
    hand.key(Qt.Key.Key_Delete)
    assert len(hand.rows()) == 10
    hand.document.undo_stack.undo()
    assert len(hand.rows()) == 11 and hand.line(4).name == "relu2"


# ------------------------------------------------------------------------------------------- adding


def test_the_menu_offers_every_kind_once(hand: StackHand):
    (menu,) = hand.panel.findChildren(QMenu, "network.add.menu")
    offered = [action.text() for group in menu.findChildren(QMenu) for action in group.actions()]
    assert sorted(offered) == sorted(MODULES)


def test_a_layer_is_added_at_the_end(hand: StackHand):
    hand.add("activation", "Tanh")
    assert hand.names[-1] == "Tanh" and hand.state.chosen == 11
    assert hand.focus == "network.layer.11"


def test_a_layer_is_added_behind_the_chosen_one_and_fits_there(hand: StackHand):
    hand.choose_layer(0)
    hand.add("normalisation", "BatchNorm2d")
    assert hand.line(1).brief == "BatchNorm2d 10" and hand.state.chosen == 1
    hand.add("convolution", "Conv2d")
    assert hand.layer(2) == Conv2d(10, 10, (3, 3))
    assert hand.document.undo_stack.count() == 2


# ----------------------------------------------------------------------------------------- dragging


def test_a_row_is_dragged_down_and_up(hand: StackHand):
    hand.drag(1, hand.below(2))
    assert hand.names[:3] == ["Conv2d", "MaxPool2d", "ReLU"] and hand.state.chosen == 2
    hand.choose_layer(2)
    hand.drag(2, hand.above(0))
    assert hand.names[:3] == ["ReLU", "Conv2d", "MaxPool2d"]
    assert hand.document.undo_stack.count() == 2


def test_a_line_shows_where_the_row_would_go(hand: StackHand):
    mark = hand.panel.findChild(DropMark)
    assert isinstance(mark, DropMark) and not mark.isVisible()
    row = hand.take(1, hand.above(4))
    assert mark.isVisible() and mark.line() == hand.row(4).y() - 1
    QTest.mouseMove(row, row.rect().center() + QPoint(0, 3))
    assert mark.line() is None
    QTest.mouseRelease(row, LEFT, pos=row.rect().center() + QPoint(0, 3))
    assert not mark.isVisible()
    assert hand.state.network == PRESETS["classic"].network and hand.state.chosen is None


def test_escape_ends_a_drag(hand: StackHand):
    to = hand.below(3)
    row = hand.take(1, to)
    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(row, LEFT, pos=row.mapFrom(hand.panel, to))
    assert hand.state.network == PRESETS["classic"].network and hand.state.chosen is None
    hand.choose_layer(1)
    assert hand.state.chosen == 1


def test_a_small_move_is_still_a_click(hand: StackHand):
    row = hand.row(2)
    QTest.mousePress(row, LEFT, pos=QPoint(60, 20))
    QTest.mouseMove(row, QPoint(63, 22))
    QTest.mouseRelease(row, LEFT, pos=QPoint(63, 22))
    assert hand.state.chosen == 2


def test_the_list_scrolls_along_with_a_drag(open_panel: Open, qtbot: QtBot):
    hand = open_panel("vgg11")
    bar = hand.panel.layers.verticalScrollBar()
    end = hand.panel.layers.mapTo(hand.panel, QPoint(80, hand.panel.layers.height() - 5))
    row = hand.take(0, end)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum(), timeout=60_000)
    QTest.mouseRelease(row, LEFT, pos=row.mapFrom(hand.panel, end))
    assert hand.line(20).brief.startswith("Conv2d 3→64")
    assert isinstance(bar, QScrollBar)


# ------------------------------------------------------------------------------------ large stacks


def test_rows_are_used_again(open_panel: Open):
    hand = open_panel("vgg11")
    before = hand.rows()
    hand.document.edit("Network", edits.with_network, PRESETS["alexnet"].network)
    assert hand.rows() == before[:13]
    hand.document.edit("Network", edits.with_network, PRESETS["vgg11"].network)
    assert hand.rows()[:13] == before[:13] and len(hand.rows()) == 21


def test_another_network_is_looked_at_from_its_beginning(open_panel: Open):
    hand = open_panel("vgg11")
    bar = hand.panel.layers.verticalScrollBar()
    bar.setValue(bar.maximum())
    hand.choose("network.preset", "small_vgg")
    hand.settle()
    assert bar.maximum() > 0 and bar.value() == 0


def test_a_layer_chosen_elsewhere_comes_into_sight(open_panel: Open):
    hand = open_panel("vgg11")
    hand.document.look(chosen=18)
    QApplication.processEvents()
    view = hand.panel.layers.viewport()
    assert view.rect().contains(hand.row(18).mapTo(view, QPoint(5, 5)))
    assert hand.focus != "network.layer.18"


def test_the_pointer_costs_nothing(hand: StackHand, monkeypatch: pytest.MonkeyPatch):
    def fail(self: LayerRow, line: object) -> None:
        raise AssertionError("a row has been written for nothing")

    monkeypatch.setattr(LayerRow, "show_line", fail)
    hand.document.show(dataclasses.replace(hand.state, hover=None, digit=3))


@pytest.mark.parametrize("width", [248, 300, 400])
@pytest.mark.parametrize("network", ["classic", "vgg11", "all_convolutional"])
def test_nothing_is_wider_than_the_panel(open_panel: Open, width: int, network: str):
    hand = open_panel(network, width)
    for place in range(len(hand.names)):
        hand.document.look(chosen=place)
        assert hand.panel.minimumSizeHint().width() <= width
        assert hand.row(place).width() >= width - 34  # the margins and the edge of the card


def test_the_tab_key_goes_from_top_to_bottom(hand: StackHand):
    hand.choose_layer(1)
    hand.panel.findChild(QLabel)  # the list is shown
    hand.row(1).setFocus()
    order = []
    for _ in range(4):
        hand.key(Qt.Key.Key_Tab)
        order.append(hand.focus)
    assert order == ["network.inplace", "network.up", "network.down", "network.duplicate"]
    hand.row(1).setFocus()
    hand.key(Qt.Key.Key_Backtab)
    assert hand.focus == "network.add"


def test_a_flat_layer_has_a_square_of_nothing(open_panel: Open):
    # What None stands for in one place of a pair is the side of the input, of which there is none.
    hand = open_panel(Network((Flatten(), Linear(784, 10))))
    hand.choose_layer(1)
    assert hand.find(QSpinBox, "network.in_features.box").value() == 784


# ------------------------------------------------------------------------------------------- steady


def height_of(hand: StackHand, name: str) -> int:
    """Return how far below the top of the panel a control is."""
    widget = hand.find(QWidget, name)
    return widget.mapTo(hand.panel, QPoint(0, 0)).y()


def test_a_row_stays_under_the_pointer_when_the_layer_above_closes(open_panel: Open):
    hand = open_panel("vgg11")
    hand.choose_layer(11)
    hand.panel.layers.ensureWidgetVisible(hand.row(12), 0, 150)
    before = height_of(hand, "network.layer.12")
    hand.choose_layer(12)
    assert hand.state.chosen == 12 and height_of(hand, "network.layer.12") == before


def test_a_slider_stays_under_the_pointer_when_its_own_layer_breaks(hand: StackHand, qtbot: QtBot):
    hand.choose_layer(3)
    slider = hand.find(Slider, "network.kernel_size.h")
    QTest.mousePress(slider, LEFT, pos=place_of(slider, 5))
    slider.setFocus()
    hand.document.edit("Stride", edits.with_parameter, 2, "stride", (4, 4))
    hand.settle()
    before = height_of(hand, "network.kernel_size.h")
    QTest.mouseMove(slider, place_of(slider, 11))
    hand.settle()
    assert hand.line(3).standing == "broken" and hand.sees("network.break")
    qtbot.waitUntil(lambda: height_of(hand, "network.kernel_size.h") == before)
    QTest.mouseRelease(slider, LEFT, pos=place_of(slider, 11))


def test_the_list_stays_where_it_is_when_a_named_network_becomes_an_own_one(hand: StackHand):
    hand.choose_layer(0)
    before = height_of(hand, "network.padding.h")
    hand.slide("network.padding.h", 1)
    hand.settle()
    assert "of your own" in hand.reads("network.hint")
    assert height_of(hand, "network.padding.h") == before


def test_move_down_can_be_pressed_again_and_again(hand: StackHand):
    hand.choose_layer(0)
    hand.find(QWidget, "network.down").setFocus()
    hand.panel.layers.ensureWidgetVisible(hand.find(QWidget, "network.down"))
    before = height_of(hand, "network.down")
    for place in (1, 2, 3):
        hand.click("network.down")
        hand.settle()
        assert hand.state.chosen == place and height_of(hand, "network.down") == before
