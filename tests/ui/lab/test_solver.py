"""A wanted size is typed, a setting is picked."""

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QListWidgetItem, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.core.geometry import Pair
from explorer.core.layers import AdaptiveAvgPool2d, AvgPool2d, Conv2d, Layer, MaxPool2d
from explorer.core.scene import LabState
from explorer.drawing.palette import DARK
from explorer.ui.lab import edits
from explorer.ui.lab.solver import Solver
from explorer.ui.theme import theme
from tests.ui.hand import LEFT

HALVED = Conv2d(1, 1, (3, 3), (2, 2), (1, 1), bias=False)


def state_of(layer: Layer, size: Pair = (28, 28)) -> LabState:
    state = edits.from_preset("digit_edges")
    return edits.with_layer(edits.with_input(state, size=size), layer)


class SolverHand:
    """Types sizes, reads the list and picks from it."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.chosen = QSignalSpy(solver.chosen)
        self.lines: QListWidget = self.child(QListWidget, "list")
        self.h, self.w = (self.child(QSpinBox, axis) for axis in "hw")

    def child(self, kind: Any, name: str) -> Any:
        return self.solver.findChild(kind, f"solver.{name}")

    def show(self, layer: Layer, size: Pair = (28, 28)) -> None:
        self.solver.show_state(state_of(layer, size))
        self.read_on()

    def read_on(self) -> None:
        """Wait as a reader does until the list has followed."""
        while self.solver.is_behind:
            QApplication.processEvents()

    def type_into(self, box: QSpinBox, text: str) -> None:
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    def reads(self) -> list[str]:
        return [self.lines.item(row).text() for row in range(self.lines.count())]

    def said(self) -> str:
        label: QLabel = self.child(QLabel, "count")
        return label.text()

    def wish(self) -> Pair:
        return self.h.value(), self.w.value()

    def place(self, row: int) -> QPoint:
        item: QListWidgetItem = self.lines.item(row)
        self.lines.scrollToItem(item)
        center: QPoint = self.lines.visualItemRect(item).center()
        return center

    def picked(self) -> list[Layer]:
        return [self.chosen.at(i)[0] for i in range(self.chosen.count())]


@pytest.fixture
def hand(app: QApplication, qtbot: QtBot) -> SolverHand:
    solver = Solver()
    qtbot.addWidget(solver)
    solver.resize(300, 420)
    solver.show_state(state_of(HALVED))
    with qtbot.waitActive(solver):
        solver.show()
        solver.activateWindow()
    return SolverHand(solver)


def test_the_settings_that_give_the_size_are_listed_with_what_they_cost(hand: SolverHand):
    assert hand.wish() == (14, 14)
    first, second, _, fourth, *_ = hand.reads()
    assert first == (
        "In force: kernel_size=3, stride=2, padding=1. parameters: 9 · receptive field 3 × 3"
    )
    assert second == "kernel_size=5, stride=2, padding=2. parameters: 25 · receptive field 5 × 5"
    assert fourth == "kernel_size=1, stride=2. parameters: 1 · receptive field 1 × 1"
    assert hand.said() == f"The most common {hand.lines.count()} of 61 settings:"
    assert "Multiply-adds (MACs) for one picture: 9,604" in hand.lines.item(2).toolTip()
    assert "nn.Conv2d(1, 1, kernel_size=7, stride=2, padding=3" in hand.lines.item(2).toolTip()


def test_pooling_has_nothing_to_learn(hand: SolverHand):
    hand.show(MaxPool2d((2, 2)))
    assert hand.reads()[0] == "In force: kernel_size=2. receptive field 2 × 2"
    assert "Multiplications" not in hand.lines.item(0).toolTip()
    assert hand.said() == "21 settings do, common ones first:"


def test_the_stride_that_follows_the_kernel_is_the_same_when_it_is_written_out(hand: SolverHand):
    hand.show(AvgPool2d((2, 2), (2, 2)))
    assert hand.reads()[0].startswith("In force: kernel_size=2.")


def test_a_padding_in_words_is_in_force_where_it_adds_the_same(hand: SolverHand):
    hand.show(Conv2d(1, 1, (3, 3), padding="same"))
    assert hand.reads()[0].startswith("In force: kernel_size=3, padding=1.")
    hand.show(Conv2d(1, 1, (2, 2), padding="same"))  # one cell more behind than before
    hand.type_into(hand.h, "27")
    hand.type_into(hand.w, "27")
    assert "kernel_size=2. parameters: 5 · receptive field 2 × 2" in hand.reads()
    hand.show(Conv2d(1, 1, (3, 3), (2, 2), padding="same"))  # refused
    assert not any(line.startswith("In force") for line in hand.reads())


def test_a_typed_size_is_answered_at_once(hand: SolverHand):
    hand.type_into(hand.h, "28")
    hand.type_into(hand.w, "28")
    assert hand.reads()[0].startswith("kernel_size=3, padding=1.")
    assert not any(line.startswith("In force") for line in hand.reads())
    assert hand.lines.currentRow() == -1


def test_an_impossible_size_is_answered_with_the_nearest(hand: SolverHand):
    hand.type_into(hand.h, "300")
    assert hand.said() == (
        "With kernel_size ≤ 11, stride ≤ 8, padding ≤ 8, dilation ≤ 6, no setting makes 300 out of "
        "28: the nearest size is 44."
    )
    assert not hand.lines.isVisible()
    hand.type_into(hand.h, "44")
    assert hand.lines.isVisible()


def test_a_layer_whose_output_is_set_says_so(hand: SolverHand):
    hand.show(AdaptiveAvgPool2d((2, 2)))
    assert hand.said().endswith("there is nothing to solve.")
    assert hand.reads() == []


def test_the_wish_follows_the_output_until_one_is_typed(hand: SolverHand):
    hand.show(Conv2d(1, 1, (5, 5)))
    assert hand.wish() == (24, 24)
    hand.show(Conv2d(1, 1, (5, 5)), (4, 4))  # has no output
    assert hand.wish() == (24, 24)
    hand.type_into(hand.w, "7")
    hand.show(HALVED)
    assert hand.wish() == (24, 7)


def test_one_setting_is_not_called_many(hand: SolverHand):
    hand.type_into(hand.h, "44")
    hand.type_into(hand.w, "44")
    assert (hand.lines.count(), hand.said()) == (1, "One setting does:")


def test_what_is_not_asked_for_is_kept(hand: SolverHand):
    hand.show(Conv2d(4, 2, (3, 3), (2, 2), (1, 1), groups=2, padding_mode="replicate"))
    QTest.mouseClick(hand.lines.viewport(), LEFT, pos=hand.place(1))
    assert hand.picked() == [
        Conv2d(4, 2, (5, 5), (2, 2), (2, 2), groups=2, padding_mode="replicate")
    ]


# ------------------------------------------------------------------------------------------ picking


def test_a_click_picks(hand: SolverHand):
    QTest.mouseClick(hand.lines.viewport(), LEFT, pos=hand.place(2))
    assert hand.picked() == [HALVED.with_(kernel_size=(7, 7), padding=(3, 3))]


def test_a_double_click_picks_once(hand: SolverHand):
    hand.solver.chosen.connect(hand.show)
    at, viewport = hand.place(2), hand.lines.viewport()
    QTest.mouseClick(viewport, LEFT, pos=at)
    QTest.mouseDClick(viewport, LEFT, pos=at)
    assert len(hand.picked()) == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_keyboard_picks(hand: SolverHand, key: Qt.Key):
    hand.lines.setFocus()
    QTest.keyClick(hand.lines, Qt.Key.Key_Down)
    QTest.keyClick(hand.lines, Qt.Key.Key_Down)
    assert not hand.picked()
    QTest.keyClick(hand.lines, key)
    assert hand.picked() == [HALVED.with_(kernel_size=(7, 7), padding=(3, 3))]


def test_enter_without_a_line_does_nothing(hand: SolverHand):
    hand.type_into(hand.h, "300")
    QTest.keyClick(hand.lines, Qt.Key.Key_Return)
    assert not hand.picked()


def test_what_was_picked_is_marked_and_stays_where_it_was(hand: SolverHand):
    hand.solver.chosen.connect(hand.show)
    QTest.mouseClick(hand.lines.viewport(), LEFT, pos=hand.place(20))
    before = hand.lines.verticalScrollBar().value()
    assert hand.reads()[20].startswith("In force: ")
    assert sum(line.startswith("In force: ") for line in hand.reads()) == 1
    assert hand.lines.currentRow() == 20
    assert hand.lines.verticalScrollBar().value() == before > 0
    QTest.mouseClick(hand.lines.viewport(), LEFT, pos=hand.place(20))
    assert len(hand.picked()) == 1, "it is in force already"


# ------------------------------------------------------------------------------------------- manner


def test_it_answers_only_where_it_can_be_seen(hand: SolverHand):
    hand.solver.hide()
    hand.solver.show_state(state_of(MaxPool2d((2, 2))))
    assert not hand.solver.is_behind
    assert hand.reads()[0].endswith("parameters: 9 · receptive field 3 × 3")
    hand.solver.show()
    assert hand.reads()[0] == "In force: kernel_size=2. receptive field 2 × 2"


def test_many_changes_are_answered_once(hand: SolverHand):
    renewed = QSignalSpy(hand.lines.model().dataChanged)
    for kernel in range(1, 12):
        hand.solver.show_state(state_of(Conv2d(1, 1, (kernel, kernel))))
    assert hand.solver.is_behind
    hand.read_on()
    solutions = [
        top.row()
        for top, _, roles in (renewed.at(i) for i in range(renewed.count()))
        if Qt.ItemDataRole.UserRole in roles
    ]
    assert solutions and len(solutions) == len(set(solutions))
    assert hand.wish() == (18, 18)


def test_a_step_of_the_animation_is_nothing_new(hand: SolverHand):
    hand.solver.show_state(state_of(HALVED))
    assert not hand.solver.is_behind


def test_nothing_is_shown_before_there_is_a_state(app: QApplication, qtbot: QtBot):
    solver = Solver()
    qtbot.addWidget(solver)
    solver.show()
    empty = SolverHand(solver)
    empty.type_into(empty.h, "5")
    assert empty.reads() == []


def test_every_line_fits_the_width(hand: SolverHand):
    hand.show(HALVED, (28, 20))
    hand.type_into(hand.h, "9")
    for width in (248, 300, 640):
        hand.solver.resize(width, 500)
        QApplication.processEvents()
        rects = [hand.lines.visualItemRect(hand.lines.item(row)) for row in range(60)]
        assert max(rect.right() for rect in rects) < hand.lines.viewport().width()
        assert all(above.bottom() < below.top() for above, below in pairwise(rects))
        if width == 640:
            assert len({rect.height() for rect in rects}) == 1, "there is room for one line"


def test_both_themes_are_painted(hand: SolverHand):
    light = hand.lines.grab().toImage()
    theme.set_mode("dark")
    assert theme.current() == DARK
    assert hand.lines.grab().toImage() != light


def test_a_screen_reader_hears_what_it_is_about(hand: SolverHand):
    for widget in (hand.h, hand.w, hand.lines, hand.child(QLabel, "input")):
        assert widget.accessibleName()
        assert widget.accessibleDescription()
    interface = QAccessible.queryAccessibleInterface(hand.lines)
    assert interface.child(1).text(QAccessible.Text.Name).startswith("kernel_size=5")
