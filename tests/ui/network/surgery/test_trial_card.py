"""Testing what an operation has done: asked for, given up, out of date, and in words."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from explorer.core.network import edits, operations
from explorer.core.network.operations import Target
from explorer.data.digits import Digits
from explorer.drawing.answer import percent
from explorer.drawing.palette import THEMES
from explorer.training.trial import trial
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery import testing as work
from explorer.ui.network.surgery.trial_card import TrialCard
from explorer.ui.theme import theme
from tests.small_digits import few_of
from tests.ui.hand import Hand
from tests.ui.network.surgery.conftest import CONV2, FC

PATIENCE = 30_000


class Asker(Hand):
    """A hand at the card."""

    def __init__(self, card: TrialCard, document: NetworkDocument, qtbot: QtBot) -> None:
        super().__init__(card)
        self.card = card
        self.document = document
        self.qtbot = qtbot

    def settle(self) -> None:
        self.qtbot.waitUntil(self.card.test.isVisible, timeout=PATIENCE)

    def test(self) -> None:
        self.click("network.test")
        self.settle()

    def silence(self, out: int) -> None:
        self.document.edit(f"Zeros {out}", operations.with_replacement, Target(CONV2, out), "zeros")

    def sees(self, name: str) -> bool:
        label = self.card.findChild(QLabel, name)
        assert isinstance(label, QLabel)
        return label.isVisible()


@pytest.fixture
def hand(document: NetworkDocument, digits: Digits, qtbot: QtBot) -> Iterator[Asker]:
    card = TrialCard(document)
    card.show_digits(digits)
    qtbot.addWidget(card)
    card.setFixedWidth(248)
    with qtbot.waitActive(card):
        card.show()
        card.activateWindow()
    yield Asker(card, document, qtbot)
    card.shut_down()


def accuracy(document: NetworkDocument, digits: Digits, learned: bool = False) -> str:
    state = document.state
    weights, off = (state.weights, {}) if learned else (state.used_weights, dict(state.off))
    *_, found = trial(state.network, weights, off, digits.test_images, digits.test_labels)
    return percent(found.accuracy)


def test_the_network_as_it_is_has_one_number(hand: Asker, digits: Digits):
    assert hand.find(QPushButton, "network.test").text() == "Test on 250 digits"
    hand.test()
    assert hand.reads("network.trial.score") == accuracy(hand.document, digits)
    assert "one in 10 is chance" in hand.reads("network.trial.about")
    assert hand.card.board.isHidden()


def test_an_operation_is_held_against_what_was_learned(hand: Asker, digits: Digits):
    hand.silence(0)
    hand.document.edit("Off", edits.switched, "relu1", "identity")
    hand.test()
    before, after = (accuracy(hand.document, digits, learned) for learned in (True, False))
    assert hand.reads("network.trial.score") == f"{before} → {after}"
    tested = hand.card.tested()
    assert tested is not None and tested.before is not None and tested.after is not None
    np.testing.assert_array_equal(
        hand.card.board.cells(), tested.after.confusion - tested.before.confusion
    )
    assert "now" in hand.reads("network.trial.words") and hand.card.board.isVisible()


def test_it_is_out_of_date_until_the_change_is_undone(hand: Asker):
    hand.silence(0)
    hand.test()
    said = hand.reads("network.trial.about")
    hand.silence(1)
    assert hand.reads("network.trial.about").startswith("Changed since")
    assert hand.reads("network.trial.score"), "what was is still there"
    hand.document.undo_stack.undo()
    assert hand.reads("network.trial.about") == said
    hand.document.look(picture=np.zeros((1, 28, 28), np.uint8))
    assert hand.reads("network.trial.about") == said, "the picture has nothing to do with it"


def test_what_was_found_is_of_that_network(hand: Asker):
    hand.test()
    hand.document.edit("Add", edits.inserted, 2, "ReLU")
    assert hand.reads("network.trial.about").startswith("That was another network")
    hand.document.undo_stack.undo()
    assert "read right" in hand.reads("network.trial.about")


def test_what_was_learned_is_tested_once(hand: Asker, monkeypatch: pytest.MonkeyPatch):
    asked: list[bool] = []

    def counted(network, weights, off, images, labels):
        asked.append(weights is hand.document.state.weights)
        return trial(network, weights, off, images, labels)

    monkeypatch.setattr(work, "trial", counted)
    hand.test()
    hand.silence(0)
    hand.test()
    hand.silence(1)
    hand.test()
    assert asked == [True, False, False]


def test_it_can_be_given_up(hand: Asker, monkeypatch: pytest.MonkeyPatch, digits: Digits):
    def endless(network, weights, off, images, labels):
        first, *_ = trial(network, weights, off, images, labels)
        while True:
            yield first

    monkeypatch.setattr(work, "trial", endless)
    hand.click("network.test")
    stop = hand.find(QToolButton, "network.test.cancel")
    hand.click("network.test.cancel")
    hand.settle()
    assert not stop.isVisible() and hand.card.tested() is None
    monkeypatch.undo()
    hand.test()
    assert hand.reads("network.trial.score") == accuracy(hand.document, digits)


def test_the_keyboard_stays_where_the_work_is(hand: Asker):
    hand.find(QPushButton, "network.test").setFocus()
    QTest.keyClick(hand.find(QPushButton, "network.test"), Qt.Key.Key_Space)
    hand.settle()
    assert hand.card.tested() is not None


def test_what_cannot_be_tested_says_why(hand: Asker, digits: Digits):
    document = hand.document

    def why() -> str:
        assert not hand.find(QPushButton, "network.test").isEnabled()
        return hand.reads("network.test.refusal")

    document.edit("Remove", edits.removed, FC - 1)
    assert why() == "Nothing gets past fc: it has to fit first."
    document.undo_stack.undo()
    assert not hand.sees("network.test.refusal") and hand.may_click("network.test")
    document.edit("Remove 2", edits.removed, FC)
    assert "216 answers" in why()
    document.edit("Remove 3", edits.removed, FC - 1)
    assert why() == "It ends in maps: only a row of answers can be tested."
    document.edit("Preset", edits.with_preset, "vgg11")
    document.look(picture=np.zeros((3, 224, 224), np.uint8))
    assert why() == "It takes pictures of 3 × 224 × 224, and the test images are 1 × 28 × 28."
    document.edit("Preset 2", edits.with_preset, "compact")
    document.look(picture=np.zeros((1, 28, 28), np.uint8))
    assert hand.may_click("network.test")
    hand.card.show_digits(few_of(12))
    assert why() == "It gives 10 answers, and the images have 12."


def test_the_answer_to_the_picture_is_there_at_once(hand: Asker, qtbot: QtBot):
    as_it_is = hand.reads("network.trial.answer")
    assert " · " in as_it_is and "→" not in as_it_is
    hand.document.edit("Off", edits.switched, "fc", "zeros")
    expected = f"{as_it_is} → 0 · 10.0 %"
    qtbot.waitUntil(lambda: hand.reads("network.trial.answer") == expected, timeout=PATIENCE)
    hand.document.undo_stack.undo()
    assert hand.reads("network.trial.answer") == as_it_is


def test_a_cell_is_said_in_words(hand: Asker):
    hand.document.edit("Off", edits.switched, "fc", "zeros")
    hand.test()
    board = hand.card.board
    place = board.lying().cell(4, 0).center().toPoint()
    QTest.mouseMove(board, place)
    words = hand.reads("network.difference.cell")
    assert words.startswith("true 4, answered 0: ") and words.endswith(" more")
    board.setFocus()
    QTest.keyClick(board, Qt.Key.Key_Down)
    assert hand.reads("network.difference.cell").startswith("true 5, answered 0: ")
    assert board.accessibleDescription() == hand.reads("network.difference.cell")


@pytest.mark.parametrize("mode", THEMES)
def test_what_is_out_of_date_is_paler(hand: Asker, mode: str):
    theme.set_mode(mode)
    hand.document.edit("Off", edits.switched, "fc", "zeros")
    hand.test()
    current = hand.card.board.grab().toImage()
    hand.silence(2)
    assert hand.card.board.grab().toImage() != current


def test_before_the_digits_are_there_it_waits(document: NetworkDocument, qtbot: QtBot):
    card = TrialCard(document)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    assert not card.test.isEnabled()
    assert Hand(card).reads("network.test.refusal") == "The test images are still being read."
    card.shut_down()
