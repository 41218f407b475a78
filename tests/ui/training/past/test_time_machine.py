"""The row under the curve: real clicks, keys and drags, and a short run to go back through."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.data.digits import Digits
from explorer.training.checkpoints import Checkpoints
from explorer.training.engine import Run
from explorer.training.events import Answered
from explorer.training.examine import Past
from explorer.training.reports import Answer, Kernels
from explorer.training.settings import Settings
from explorer.ui.theme import theme
from explorer.ui.training.past.examiner import Examiner
from explorer.ui.training.past.moment_slider import EVERY, MomentSlider
from explorer.ui.training.past.time_machine import TimeMachine
from tests.small_digits import few_digits
from tests.ui.hand import LEFT, Hand, place_of

Key = Qt.Key
STEPS = (0, 100, 210, 300, 390, 500)
TOTAL = 1_000


class Traveller(Hand):
    """Goes through the moments of a run, and notes what the row asks for."""

    def __init__(self, row: TimeMachine) -> None:
        super().__init__(row)
        self.row = row
        self.wishes: list[object] = []
        row.moment_chosen.connect(self.wishes.append)
        row.continue_wanted.connect(lambda: self.wishes.append("continue"))
        row.fork_wanted.connect(lambda: self.wishes.append("fork"))

    @property
    def slider(self) -> MomentSlider:
        return self.find(MomentSlider, "train.moment")

    def place(self, step: int) -> QPoint:
        return place_of(self.slider, step)

    def press(self, key: Key) -> None:
        QTest.keyClick(self.slider, key)

    def help(self, name: str) -> str:
        return self.find(QWidget, name).accessibleDescription()


@pytest.fixture
def empty(app: QApplication, qtbot: QtBot) -> Iterator[Traveller]:
    row = TimeMachine()
    row.resize(640, row.sizeHint().height())
    with qtbot.waitActive(row):
        row.show()
        row.activateWindow()
    hand = Traveller(row)
    yield hand
    row.close()
    row.deleteLater()
    vars(hand).clear()


@pytest.fixture
def hand(empty: Traveller) -> Traveller:
    empty.row.show_steps(STEPS, TOTAL, 200)
    return empty


def test_while_nothing_is_recorded_it_says_so(empty: Traveller):
    for name in ("train.now", "train.continue", "train.fork"):
        assert not empty.may_click(name)
        assert empty.find(QToolButton, name).accessibleName()
    assert not empty.slider.isEnabled()
    assert empty.slider.accessibleName()
    for name in ("train.moment", "train.continue", "train.fork"):
        assert "press Start" in empty.help(name)
    assert "press Start" in empty.reads("train.moment_text")


def test_it_begins_now(hand: Traveller):
    assert hand.row.moment is None
    assert hand.reads("train.moment_text") == "now"
    assert hand.slider.value() == STEPS[-1]
    assert not hand.may_click("train.now")
    assert not hand.may_click("train.continue")
    assert hand.may_click("train.fork")
    assert "earlier moment" in hand.help("train.continue")
    assert hand.wishes == []


def test_a_click_goes_to_the_nearest_moment(hand: Traveller):
    for clicked, found in ((0, 0), (140, 100), (170, 210), (399, 390), (301, 300)):
        QTest.mouseClick(hand.slider, LEFT, pos=hand.place(clicked))
        assert hand.row.moment == found
        assert hand.slider.value() == found
    assert hand.wishes == [0, 100, 210, 390, 300]


def test_a_click_beyond_the_newest_is_now(hand: Traveller):
    hand.row.set_moment(100)
    QTest.mouseClick(hand.slider, LEFT, pos=hand.place(900))
    assert hand.row.moment is None
    assert hand.wishes == [None]
    assert hand.slider.value() == STEPS[-1]


def test_a_drag_goes_through_the_moments_on_its_way(hand: Traveller):
    QTest.mousePress(hand.slider, LEFT, pos=hand.place(500))
    assert hand.wishes == []
    for step in (480, 400, 395, 320, 290, 90, 110, 600):
        QTest.mouseMove(hand.slider, hand.place(step))
    assert hand.slider.value() == 500, "the handle follows to now while it is held"
    QTest.mouseRelease(hand.slider, LEFT, pos=hand.place(600))
    assert hand.wishes == [390, 300, 100, None]
    QTest.mouseMove(hand.slider, hand.place(0))
    assert hand.row.moment is None, "nobody holds it any more"


def test_the_handle_held_at_its_edge_does_not_jump(hand: Traveller):
    hand.row.set_moment(210)
    edge = hand.place(210) + QPoint(8, 0)
    QTest.mousePress(hand.slider, LEFT, pos=edge)
    QTest.mouseMove(hand.slider, edge + QPoint(1, 0))
    assert hand.row.moment == 210
    QTest.mouseRelease(hand.slider, LEFT, pos=edge)
    assert hand.wishes == []


def test_another_button_of_the_mouse_does_nothing(hand: Traveller):
    QTest.mouseClick(hand.slider, Qt.MouseButton.RightButton, pos=hand.place(0))
    assert hand.row.moment is None


def test_the_keys_go_from_moment_to_moment(hand: Traveller):
    hand.slider.setFocus()
    for key, found in (
        (Key.Key_Left, 390),
        (Key.Key_Left, 300),
        (Key.Key_Right, 390),
        (Key.Key_Home, 0),
        (Key.Key_Left, 0),
        (Key.Key_Right, 100),
        (Key.Key_Up, 210),
        (Key.Key_Down, 100),
        (Key.Key_PageUp, 210),
        (Key.Key_PageDown, 100),
        (Key.Key_End, None),
        (Key.Key_Right, None),
    ):
        hand.press(key)
        assert hand.row.moment == found
        assert hand.slider.value() == (STEPS[-1] if found is None else found)
    assert hand.wishes == [390, 300, 390, 0, 100, 210, 100, 210, 100, None]


def test_the_wheel_goes_from_moment_to_moment_with_the_keyboard(hand: Traveller):
    def turn(amount: int) -> None:
        place = QPointF(hand.place(0))
        event = QWheelEvent(
            place,
            hand.slider.mapToGlobal(place),
            QPoint(),
            QPoint(0, amount),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(hand.slider, event)

    hand.slider.clearFocus()
    turn(-120)
    assert hand.wishes == []
    hand.slider.setFocus()
    turn(-120)
    turn(-120)
    turn(120)
    assert hand.wishes == [390, 300, 390]


def test_a_moment_tells_where_it_is(hand: Traveller):
    hand.row.show_steps((0, 1_234, 5_000), 9_380, 938)
    hand.row.set_moment(1_234)
    assert hand.reads("train.moment_text") == "step 1,234 of 9,380 · epoch 1.3"
    hand.row.show_steps((0, 1_234, 5_000), 9_380)
    assert hand.reads("train.moment_text") == "step 1,234 of 9,380"
    assert hand.wishes == []


def test_now_brings_back_and_the_keyboard_stays(hand: Traveller):
    hand.row.set_moment(210)
    hand.find(QToolButton, "train.now").setFocus()
    hand.click("train.now")
    assert hand.wishes == [None]
    assert hand.row.moment is None
    assert hand.slider.hasFocus()


def test_from_a_moment_one_can_continue_and_fork(hand: Traveller):
    hand.row.set_moment(210)
    hand.click("train.continue")
    hand.click("train.fork")
    assert hand.wishes == ["continue", "fork"]
    assert hand.row.moment == 210


def test_a_run_that_has_ended_can_be_continued_from_its_end(hand: Traveller):
    assert not hand.may_click("train.continue")
    hand.row.set_alive(False)
    hand.click("train.continue")
    assert "complete" not in hand.help("train.continue")
    hand.row.show_steps((*STEPS, TOTAL), TOTAL)
    hand.click("train.continue")
    assert hand.wishes == ["continue", "continue"]
    assert "for as many epochs again" in hand.help("train.continue")


def test_now_moves_on_as_the_run_grows_and_a_moment_does_not(hand: Traveller):
    hand.row.show_steps((*STEPS, 610), TOTAL)
    assert (hand.row.moment, hand.slider.value()) == (None, 610)
    hand.row.set_moment(300)
    hand.row.show_steps((0, 210, 390, 610, 700), TOTAL)
    assert (hand.row.moment, hand.slider.value()) == (300, 300), "thinned, but still looked at"
    assert hand.wishes == []
    hand.slider.setFocus()
    hand.press(Key.Key_Left)
    hand.row.set_moment(300)
    hand.press(Key.Key_Right)
    assert hand.wishes == [210, 390]


def test_nothing_moves_under_the_hand_while_the_run_grows(hand: Traveller):
    QTest.mousePress(hand.slider, LEFT, pos=hand.place(500))
    QTest.mouseMove(hand.slider, hand.place(300))
    held = hand.place(300)
    for newest in range(600, 3_000, 100):
        steps = (*STEPS, newest)
        hand.row.show_steps(steps, TOTAL)
        hand.row.line_up(0, 2 * newest, 0, 0)
        assert hand.slider.maximum() == TOTAL
        assert hand.slider.value() == 300
    QTest.mouseMove(hand.slider, held + QPoint(1, 0))
    assert hand.row.moment == 300
    QTest.mouseRelease(hand.slider, LEFT, pos=held)
    assert hand.wishes == [300]
    assert hand.slider.maximum() == pytest.approx(2 * 2_900, rel=0.02)
    assert hand.slider.value() == 300


def test_now_held_by_the_hand_stays_now(hand: Traveller):
    QTest.mousePress(hand.slider, LEFT, pos=hand.place(500))
    hand.row.show_steps((*STEPS, 700), TOTAL)
    assert hand.slider.value() == 500
    QTest.mouseRelease(hand.slider, LEFT, pos=hand.place(500))
    assert hand.slider.value() == 700
    assert hand.wishes == []


def test_a_reset_takes_the_moments_out_of_the_hand(hand: Traveller):
    QTest.mousePress(hand.slider, LEFT, pos=hand.place(500))
    QTest.mouseMove(hand.slider, hand.place(300))
    hand.row.show_steps((), 0)
    assert hand.row.moment is None
    assert not hand.slider.isEnabled()
    assert not hand.slider.isSliderDown()
    hand.row.show_steps((0, 50), TOTAL)
    assert hand.slider.value() == 50


@pytest.mark.parametrize("right", [0, 20])
@pytest.mark.parametrize("width", [400, 640])
def test_it_lines_up_with_a_curve(hand: Traveller, right: int, width: int):
    hand.row.line_up(0, 600, 48, right)
    hand.row.resize(width, hand.row.height())
    QTest.qWait(1)
    for step, share in ((0, 0.0), (300, 0.5), (500, 5 / 6)):
        x = hand.slider.mapTo(hand.row, hand.place(step)).x()
        assert x == pytest.approx(48 + share * (width - 48 - right), abs=1.5)


def test_a_moment_beyond_the_curve_rests_at_its_edge(hand: Traveller):
    hand.row.line_up(200, 400, 48, 20)
    hand.row.set_moment(500)
    assert hand.slider.value() == 400, "beyond the curve it rests at the edge"
    hand.slider.setFocus()
    hand.press(Key.Key_Left)
    assert hand.wishes == [390]


def test_a_single_moment_is_now(hand: Traveller):
    hand.row.show_steps((0,), TOTAL)
    hand.slider.setFocus()
    for key in (Key.Key_Left, Key.Key_Home, Key.Key_Right):
        hand.press(key)
    QTest.mouseClick(hand.slider, LEFT, pos=hand.place(700))
    assert hand.wishes == []


def test_where_it_is_narrow_the_words_of_the_buttons_go(hand: Traveller):
    fork = hand.find(QToolButton, "train.fork")
    wide = fork.sizeHint().width()
    assert hand.row.minimumSizeHint().width() < 330
    hand.row.resize(330, hand.row.height())
    assert fork.sizeHint().width() < wide
    hand.row.resize(640, hand.row.height())
    assert fork.sizeHint().width() == wide


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_marks_are_where_the_moments_are(hand: Traveller, mode: str):
    theme.set_mode(mode)
    hand.row.line_up(0, 500, 20, 20)
    QTest.qWait(1)
    picture = hand.slider.grab().toImage()
    ground = picture.pixelColor(1, picture.height() - 1)
    marked = [
        x for x in range(picture.width()) if picture.pixelColor(x, picture.height() - 1) != ground
    ]
    assert len(marked) == len(STEPS)
    expected = [hand.place(step).x() for step in STEPS]
    assert np.abs(np.subtract(marked, expected)).max() <= 1


def test_now_is_at_the_end_of_the_curve_and_not_at_the_newest_moment(hand: Traveller):
    hand.row.line_up(0, 800, 20, 20, newest=650)
    assert hand.slider.value() == 650 > STEPS[-1]
    hand.row.set_moment(STEPS[0])
    assert hand.slider.value() == STEPS[0]
    hand.row.set_moment(None)
    assert hand.slider.value() == 650


def test_the_marks_are_a_clean_row_however_many_there_are(hand: Traveller):
    hand.row.show_steps(tuple(range(1, 500)), 500)
    hand.row.line_up(0, 500, 20, 20)
    marks = hand.slider._marks()
    assert set(np.diff(marks)) == {EVERY}


class Page(QWidget):
    """The least that a page does: the row, the examiner, and what was seen last."""

    def __init__(self, settings: Settings, kept: Checkpoints, digits: Digits) -> None:
        super().__init__()
        self.row, self.examiner = TimeMachine(self), Examiner(self)
        self.row.resize(640, 70)
        self._settings, self._kept, self._digits = settings, kept, digits
        self.seen: Past | None = None
        self.row.moment_chosen.connect(self._go)
        self.examiner.examined.connect(self._see)

    @Slot(object)
    def _go(self, step: int | None) -> None:
        if step is None:
            self.examiner.give_up()
            return
        picture = self._digits.test_images[0]
        self.examiner.examine(
            self._settings, self._kept.nearest(step), self._digits, picture, wants_answers=True
        )

    @Slot(object)
    def _see(self, past: Past) -> None:
        self.seen = past


def test_a_whole_run_can_be_gone_back_through(app: QApplication, qtbot: QtBot):
    digits = few_digits()
    settings = Settings(device="cpu", epochs=2, lr=0.05)
    run = Run(settings, digits, torch.device("cpu"))
    kept = Checkpoints()
    then: dict[int, tuple[tuple[Kernels, ...], Answer]] = {}
    tested: dict[int, Answered] = {}
    for event in run:
        kept.add(run.checkpoint())
        then[run.step] = run.kernels(), run.answer(digits.test_images[0])
        if isinstance(event, Answered):
            tested[run.step] = event

    page = Page(settings, kept, digits)
    page.resize(640, 70)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    hand = Traveller(page.row)
    page.row.show_steps(kept.steps, run.total_steps, run.steps_per_epoch)

    def arrives(step: int) -> Past:
        qtbot.waitUntil(
            lambda: page.seen is not None and page.seen.step == step and not page.examiner.is_busy,
            timeout=30_000,
        )
        assert page.seen is not None
        return page.seen

    try:
        hand.slider.setFocus()
        for step in reversed(kept.steps[:-1]):
            hand.press(Key.Key_Left)
            past = arrives(step)
            kernels, answer = then[step]
            for mine, theirs in zip(past.kernels, kernels, strict=True):
                np.testing.assert_array_equal(mine.values, theirs.values)
            assert past.answer is not None
            np.testing.assert_array_equal(past.answer.probabilities, answer.probabilities)
            assert past.answered is not None
            if step in tested:
                np.testing.assert_array_equal(past.answered.answers, tested[step].answers)
        # One sweep over all of it: only where the hand rests is worked out to the end.
        QTest.mousePress(hand.slider, LEFT, pos=hand.place(1))
        for step in range(1, 8):
            QTest.mouseMove(hand.slider, hand.place(step))
        QTest.mouseRelease(hand.slider, LEFT, pos=hand.place(7))
        past = arrives(7)
        assert past.answered is not None
        hand.click("train.now")
        assert not page.examiner.is_busy
    finally:
        page.examiner.shut_down()
        page.close()
        page.deleteLater()
        vars(hand).clear()
