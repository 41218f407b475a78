"""Clothes and letters are called by their names wherever an answer is put into words."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.classes import CLOTHES, DIGITS, LETTERS
from explorer.data.digits import Digits
from explorer.drawing.confusion import Selection
from explorer.training.events import Answered
from explorer.training.reports import Answer
from explorer.ui.class_words import named, numbered
from explorer.ui.training.views.confusion_view import ConfusionView
from explorer.ui.training.views.looking import Looking
from explorer.ui.training.views.mistakes import MistakeView
from explorer.ui.training.views.thumbnails import Thumbnails
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.label import width_in
from tests.small_digits import few_digits
from tests.ui.hand import Hand


@pytest.fixture(scope="module")
def clothes() -> Digits:
    """Digits that pass for clothes."""
    return dataclasses.replace(few_digits(), classes=CLOTHES)


@pytest.fixture(scope="module")
def answered(clothes: Digits) -> Answered:
    """Every image is taken for the next kind."""
    answers = (clothes.test_labels + 1) % 10
    return Answered(1, 1, answers.astype(np.uint8), np.full(len(answers), 0.5, np.float32))


def test_digits_are_called_by_their_number():
    assert named(few_digits()) == numbered(few_digits()) == DIGITS


def test_names_come_with_the_number_where_a_picture_has_it():
    letters = dataclasses.replace(few_digits(), classes=LETTERS)
    assert named(letters)[2] == "su"
    assert numbered(letters)[2] == "2 su"


def test_the_answer_is_a_name(app: QApplication, qtbot: QtBot, clothes: Digits):
    looking = Looking()
    qtbot.addWidget(looking)
    looking.resize(248, 400)
    looking.show()
    hand = Hand(looking)
    looking.show_digits(clothes)
    assert hand.reads("train.looked") == f"this is: {CLOTHES[clothes.test_labels[0]]}"
    shares = np.zeros(10, np.float32)
    shares[7] = 1
    looking.show_answer(Answer(clothes.test_images[0], 1, shares, ()))
    bars = hand.find(AnswerBars, "train.answer")
    assert bars.text() == "Sneaker · 100 %"
    assert bars.accessibleName() == "Answer: Sneaker · 100 %"
    assert "Coat: 0.0 %" in bars.accessibleDescription()
    looking.show_digits(few_digits())
    assert bars.text() == "7 · 100 %"
    assert hand.reads("train.looked") == f"this is a {clothes.test_labels[0]}"


def test_the_confusion_is_told_with_names(
    app: QApplication, qtbot: QtBot, clothes: Digits, answered: Answered
):
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show()
    hand = Hand(view)
    view.show_answers(clothes, answered)
    assert view.board.sentence(3, 4).startswith("true 3 Dress, answered 4 Coat: ")
    assert view.board.sentence(-1, 4).startswith("answered 4 Coat: ")
    assert view.board.sentence(3, -1).startswith("true 3 Dress: ")
    view.board.chosen.emit(Selection(3, 4))
    assert hand.reads("train.confusion.digit") == "Class 3 Dress"
    assert "true 3 Dress" in hand.reads("train.confusion.words")
    assert hand.reads("train.confusion.which").startswith("True 3 Dress, answered 4 Coat: ")


def test_a_mistake_is_told_with_names(
    app: QApplication, qtbot: QtBot, clothes: Digits, answered: Answered
):
    view = MistakeView()
    qtbot.addWidget(view)
    view.resize(300, 500)
    view.show_answers(clothes, answered)
    gallery = Hand(view).find(Thumbnails, "train.mistakes")
    item = gallery.items()[0]
    told = gallery.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    true, answer = item.label, item.answer
    assert f"true {true} {CLOTHES[true]}, answered {answer} {CLOTHES[answer]}" in told
    assert item.words() == (f"{true} {CLOTHES[true]}", f"→ {answer} {CLOTHES[answer]}", "50.0 %")
    # There is room for every name.
    widest = max(width_in(line, "caption") for item in gallery.items() for line in item.words())
    assert gallery.gridSize().width() >= widest
