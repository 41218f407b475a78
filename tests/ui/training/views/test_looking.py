"""The pad and its answer: before a run, while it learns, in a pause, after the end."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from explorer.data.digits import BUNDLED, load
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.digit_pad import DigitPad
from explorer.ui.widgets.drawing_pad import WAIT_MS
from tests.ui.training.conftest import Open
from tests.ui.training.hand import ONE, PATIENCE, SEVEN, Trainer

RIGHT = Qt.MouseButton.RightButton


def finish(hand: Trainer) -> None:
    hand.page.controls.epochs.set_value(1)
    hand.click("train.start")
    hand.wait_for("Finished")
    hand.qtbot.waitUntil(hand.page.controls.network.isEnabled, timeout=PATIENCE)


def sentences(hand: Trainer) -> list[str]:
    labels = hand.page.looking.findChildren(QLabel)
    return [label.text() for label in labels if label.isVisibleTo(hand.page)]


def test_before_a_run_it_says_what_to_do(at_few: Trainer):
    hint = "Press Start or One batch: then the network answers."
    assert hint in sentences(at_few)
    at_few.draw(SEVEN)
    assert hint in sentences(at_few)
    assert at_few.seen().any()
    assert at_few.reads("train.looked") == "your drawing"
    assert not at_few.may_click("train.digit.next")


def test_what_is_seen_is_the_drawing_in_the_middle(at_few: Trainer):
    at_few.draw(((10, 10), (10, 30)))
    seen = at_few.seen()
    assert seen.shape == (28, 28)
    rows, columns = np.nonzero(seen > 16)
    assert rows.max() - rows.min() + 1 == 20
    assert columns.mean() == pytest.approx(13.5, abs=1)


def test_a_stroke_moves_the_answer_while_it_learns(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started()
    first = at_digits.wait_for_answer()
    at_digits.draw(SEVEN)
    at_digits.wait_for_answer(but=first)
    assert at_digits.status() == "Training"
    at_digits.qtbot.waitUntil(lambda: at_digits.is_answered(at_digits.seen()))


def test_the_answer_follows_a_slow_hand_while_it_learns(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started()
    at_digits.wait_for_answer()
    pad = at_digits.find(DigitPad, "train.pad")
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    heard: set[str] = set()
    for place in range(10, 90):
        QTest.mouseMove(pad, QPoint(place, place))
        at_digits.qtbot.wait(WAIT_MS // 2)
        heard.add(at_digits.answer())
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(90, 90))
    assert len(heard) > 8
    at_digits.qtbot.waitUntil(lambda: at_digits.is_answered(at_digits.seen()))


def test_an_answer_to_what_is_gone_counts_no_more(at_few: Trainer):
    finish(at_few)
    looking, digit = at_few.page.looking, at_few.page.looking.picture()
    assert digit is not None and looking.has_asked(digit)
    at_few.draw(SEVEN)
    assert not looking.has_asked(digit)
    drawn = at_few.seen()
    at_few.draw(ONE)
    assert looking.has_asked(drawn) and looking.has_asked(at_few.seen())
    at_few.click("train.pad.clear")
    at_few.qtbot.waitUntil(lambda: looking.picture() is None)
    assert not looking.has_asked(drawn)
    at_few.draw(ONE)
    at_few.click("train.digit.next")
    assert not looking.has_asked(drawn)


def test_a_stroke_moves_the_answer_in_a_pause(at_few: Trainer):
    at_few.click("train.batch")
    at_few.wait_for("Paused", 1)
    first = at_few.wait_for_answer()
    at_few.draw(SEVEN)
    second = at_few.wait_for_answer(but=first)
    at_few.draw(ONE)
    at_few.wait_for_answer(but=second)
    assert len(at_few.losses) == 1


def test_a_stroke_moves_the_answer_after_the_end(at_few: Trainer):
    finish(at_few)
    first = at_few.wait_for_answer()
    at_few.draw(SEVEN)
    second = at_few.wait_for_answer(but=first)
    at_few.click("train.pad.clear")
    at_few.qtbot.waitUntil(lambda: at_few.answer() == "")
    at_few.draw(SEVEN)
    assert at_few.wait_for_answer() == second


def test_a_stroke_moves_the_answer_after_a_stop(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    at_digits.qtbot.waitUntil(at_digits.page.controls.network.isEnabled, timeout=PATIENCE)
    first = at_digits.wait_for_answer()
    at_digits.draw(ONE)
    at_digits.wait_for_answer(but=first)


def test_a_good_network_reads_what_is_drawn(open_page: Open):
    hand = open_page()
    hand.type_into("train.lr", "0.1")
    hand.click("train.epoch")
    hand.wait_for("Paused", 157)
    for points, digit in ((SEVEN, "7"), (ONE, "1")):
        hand.click("train.pad.clear")
        hand.draw(points)
        hand.wait_for_digit(digit)


def test_a_drawing_stays_when_the_run_is_thrown_away(at_few: Trainer):
    at_few.draw(SEVEN)
    drawn = at_few.seen()
    finish(at_few)
    assert at_few.wait_for_answer()
    at_few.click("train.reset")
    assert at_few.answer() == ""
    assert np.array_equal(at_few.seen(), drawn)
    at_few.click("train.batch")
    at_few.wait_for_answer()
    assert at_few.is_answered(drawn)


def test_the_same_drawing_gets_the_same_answer_from_the_same_run(at_few: Trainer):
    at_few.draw(SEVEN)
    answers = []
    for _ in range(2):
        finish(at_few)
        answers.append(at_few.wait_for_answer())
        at_few.click("train.reset")
    assert answers[0] == answers[1]


def test_clear_takes_the_answer_away_and_says_what_to_do(at_few: Trainer):
    finish(at_few)
    at_few.wait_for_answer()
    at_few.click("train.pad.clear")
    at_few.qtbot.waitUntil(lambda: at_few.answer() == "")
    assert "Draw a digit, or choose one below." in sentences(at_few)
    assert not at_few.seen().any()
    assert at_few.reads("train.looked") == ""


def test_any_test_digit_can_be_looked_at(at_few: Trainer):
    finish(at_few)
    every = load(BUNDLED)

    def shows(number: int) -> None:
        assert np.array_equal(at_few.seen(), every.test_images[number])
        assert at_few.reads("train.looked") == f"this is a {every.test_labels[number]}"
        at_few.qtbot.waitUntil(lambda: at_few.is_answered(every.test_images[number]))

    shows(0)
    at_few.click("train.digit.next")
    shows(1)
    for _ in range(2):
        at_few.click("train.digit.previous")
    shows(199)
    at_few.click("train.digit.next")
    shows(0)
    at_few.type_digit("123")
    shows(123)
    at_few.type_digit("9999")
    shows(199)
    at_few.click("train.digit.random")
    shows(at_few.page.looking._picker.value())


def test_a_number_typed_again_comes_back_after_a_drawing(at_few: Trainer):
    finish(at_few)
    at_few.type_digit("5")
    shown = at_few.seen()
    at_few.draw(SEVEN)
    assert not np.array_equal(at_few.seen(), shown)
    at_few.type_digit("5")
    assert np.array_equal(at_few.seen(), shown)


def test_a_stroke_over_a_test_digit_begins_a_drawing(at_few: Trainer):
    at_few.draw(ONE)
    alone = at_few.seen()
    finish(at_few)
    at_few.type_digit("3")
    at_few.draw(ONE)
    assert np.array_equal(at_few.seen(), alone)
    at_few.draw(((30, 50), (70, 50)))
    assert not np.array_equal(at_few.seen(), alone)


def test_the_eraser_works_on_a_test_digit(at_few: Trainer):
    finish(at_few)
    pad = at_few.find(DigitPad, "train.pad")
    before = pad.value().sum()
    at_few.draw(((0, 50), (100, 50)), RIGHT)
    assert 0 < pad.value().sum() < before
    assert at_few.reads("train.looked") == "your drawing"


def test_the_keyboard_clears_and_is_told_the_answer(at_few: Trainer):
    finish(at_few)
    words = at_few.wait_for_answer()
    bars = at_few.find(AnswerBars, "train.answer")
    assert bars.accessibleName() == f"Answer: {words}"
    assert bars.accessibleDescription().count("%") == 10
    pad = at_few.find(DigitPad, "train.pad")
    pad.setFocus()
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    at_few.qtbot.waitUntil(lambda: at_few.answer() == "")


def test_a_new_run_on_other_data_shows_its_own_digits(open_page: Open, make_folder, qtbot: QtBot):
    hand = open_page(make_folder(64, 20))
    finish(hand)
    hand.type_digit("19")
    hand.click("train.reset")
    hand.choose("train.data", BUNDLED)
    hand.click("train.batch")
    hand.wait_for("Paused", 1)
    hand.type_digit("4999")
    assert np.array_equal(hand.seen(), load(BUNDLED).test_images[4999])


def test_when_the_weights_are_broken_those_before_answer(at_few: Trainer):
    at_few.choose("train.network", "classic")
    for name, text in (("batch_size", "1"), ("seed", "0"), ("lr", "8")):
        at_few.type_into(f"train.{name}", text)
    at_few.click("train.start")
    at_few.wait_for("Ended")
    at_few.qtbot.waitUntil(at_few.page.controls.network.isEnabled, timeout=PATIENCE)
    at_few.draw(SEVEN)
    at_few.wait_for_answer()
    last = at_few.page.runs.checkpoint()
    assert last is not None and 0 < last.step <= at_few.page.history().last_step
    # So large that they may answer with NaN all the same.
    assert all(np.isfinite(weight).all() for weight in last.weights.values())


def test_its_buttons_have_names_and_explanations(at_few: Trainer):
    for button in at_few.page.looking.findChildren(QAbstractButton):
        assert button.accessibleName()
        assert button.toolTip()
