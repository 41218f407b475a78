"""The numbers of a run, now and as they were."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.ui.training.views.results import NOTHING, Results
from tests.ui.hand import Hand

NUMBERS = ("train.loss", "train.test_loss", "train.accuracy", "train.best")


def epoch(number: int, test_loss: float, accuracy: float) -> Evaluated:
    return Evaluated(number, 10 * number, 0.5, test_loss, accuracy, 1.0, 300.0)


@pytest.fixture
def history() -> History:
    made = History()
    made.add(Mail(1, tuple(1 / step for step in range(1, 31)), (), None, None, None, None))
    made.epochs += [epoch(1, 0.9, 0.7), epoch(2, 0.6, 0.9), epoch(3, 0.8, 0.8)]
    return made


@pytest.fixture
def hand(app: QApplication, qtbot: QtBot) -> Hand:
    made = Results()
    qtbot.addWidget(made)
    made.resize(280, 140)
    with qtbot.waitExposed(made):
        made.show()
    return Hand(made)


def numbers(hand: Hand) -> list[str]:
    return [hand.reads(name) for name in NUMBERS]


def test_the_newest_numbers_are_shown(hand: Hand, history: History):
    assert numbers(hand) == [NOTHING] * 4
    shown = hand.widget
    assert isinstance(shown, Results)
    shown.show_history(history)
    assert numbers(hand) == [f"{history.smoothed[-1]:.4f}", "0.8000", "80.00 %", "90.00 %"]
    shown.clear()
    assert numbers(hand) == [NOTHING] * 4


def test_the_past_is_shown_as_it_was_and_said(hand: Hand, history: History):
    shown = hand.widget
    assert isinstance(shown, Results)
    height = shown.sizeHint().height()
    shown.show_history(history, 15)
    assert numbers(hand) == [f"{history.smoothed[14]:.4f}", "0.9000", "70.00 %", "70.00 %"]
    assert hand.reads("train.results.as_of") == "as of step 15"
    assert shown.sizeHint().height() == height
    shown.show_history(history, 20)
    assert numbers(hand)[1:] == ["0.6000", "90.00 %", "90.00 %"]
    shown.show_history(history, 0)
    assert numbers(hand) == [NOTHING] * 4
    shown.show_history(history)
    assert numbers(hand)[1] == "0.8000"
    assert hand.widget.findChildren(QLabel, "train.results.as_of")[0].isHidden()
