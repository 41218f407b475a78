"""Four hundred things done at random, to a page that has to bear them and to undo them."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QSpinBox,
    QWidget,
)

from explorer.core.scene import LabState
from explorer.ui.lab import edits
from explorer.ui.widgets.slider import Slider
from tests.ui.hand import LEFT
from tests.ui.lab.hand import LabHand
from tests.ui.lab.test_edits import consistent

ACTIONS = 400
MENUS = ("open", "source.copy.more")
"""They drop down and stay there."""
KEYS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Plus,
    Qt.Key.Key_Minus,
    Qt.Key.Key_0,
    Qt.Key.Key_7,
    Qt.Key.Key_Return,
)


class Monkey:
    """Takes any control that has a name and does to it what a hand might."""

    def __init__(self, hand: LabHand, seed: int) -> None:
        self.hand = hand
        self.random = random.Random(seed)
        self.page = hand.page

    def act(self) -> None:
        """Do one thing."""
        deeds: list[Callable[[], None]] = [
            self.turn_a_control,
            self.turn_a_control,
            self.turn_a_control,
            self.point,
            self.press_keys,
            self.roll,
            self.resize,
        ]
        self.random.choice(deeds)()

    def turn_a_control(self) -> None:
        kinds = (Slider, QComboBox, QAbstractButton, QSpinBox)
        controls = [
            widget
            for widget in self.page.findChildren(QWidget)
            if isinstance(widget, kinds)
            and widget.isVisible()
            and widget.isEnabled()
            and widget.objectName() not in MENUS
        ]
        control = self.random.choice(sorted(controls, key=lambda w: w.objectName()))
        if isinstance(control, Slider):
            x = self.random.randrange(control.width())
            QTest.mouseClick(control, LEFT, pos=QPoint(x, control.height() // 2))
        elif isinstance(control, QComboBox):
            control.setFocus()
            key = self.random.choice([Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_End])
            QTest.keyClick(control, key)
        elif isinstance(control, QSpinBox):
            control.setFocus()
            control.selectAll()
            QTest.keyClicks(control, self.random.choice(["1", "2", "3", "8", "31", "-4", "", "x"]))
            QTest.keyClick(control, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab]))
        else:
            QTest.mouseClick(control, LEFT)

    def point(self) -> None:
        canvas = self.page.canvas
        at = QPoint(self.random.randrange(canvas.width()), self.random.randrange(canvas.height()))
        QTest.mouseMove(canvas, at)
        press = self.random.choice([None, None, QTest.mouseClick, QTest.mouseDClick])
        if press is not None:
            press(canvas, LEFT, Qt.KeyboardModifier.NoModifier, at)

    def press_keys(self) -> None:
        target = self.random.choice([self.page, self.page.canvas, QApplication.focusWidget()])
        QTest.keyClick(target or self.page, self.random.choice(KEYS))

    def roll(self) -> None:
        canvas = self.page.canvas
        at = QPoint(self.random.randrange(canvas.width()), self.random.randrange(canvas.height()))
        self.hand.wheel(at, self.random.choice([-5, -1, 0.25, 1, 5]))
        self.hand.drag(at, at + QPoint(self.random.randint(-80, 80), self.random.randint(-80, 80)))

    def resize(self) -> None:
        self.page.resize(self.random.randint(960, 1600), self.random.randint(620, 1000))


def same_numbers(one: LabState, other: LabState) -> bool:
    parts = ((one.input, other.input), (one.weight, other.weight), (one.bias, other.bias))
    return one.layer == other.layer and all(
        a is b or (a is not None and b is not None and np.array_equal(a, b)) for a, b in parts
    )


@pytest.mark.parametrize("seed", [2, 7])
def test_nothing_that_is_done_breaks_the_page(
    playing: LabHand, seed: int, monkeypatch: pytest.MonkeyPatch
):
    for ask in ("getOpenFileName", "getSaveFileName"):  # they would wait for a hand
        monkeypatch.setattr(QFileDialog, ask, lambda *args: ("", ""))
    page = playing.page
    page.document.show(edits.from_preset("numbers"))
    first = page.document.state
    monkey = Monkey(playing, seed)
    illegal = 0
    for number in range(ACTIONS // 2):
        monkey.act()
        state = page.document.state
        assert consistent(state)
        illegal += not state.fits
        output = page.document.evaluation.output
        assert (output is not None) == state.fits
        assert output is None or output.shape[1:] == state.output_size
        if number % 5 == 0:
            QApplication.processEvents()
    assert 10 < illegal < ACTIONS // 2 - 10  # it has been on both sides
    assert page.undo_stack.count() > 20
    while page.undo_stack.canUndo():
        page.undo_stack.undo()
    assert same_numbers(page.document.state, first)
    while page.undo_stack.canRedo():
        page.undo_stack.redo()
    QApplication.processEvents()
    assert consistent(page.document.state)
