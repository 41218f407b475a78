"""What is drawn by hand is drawn when there is something new to see, and not before."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.drawing.answer import percent
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.progress_bar import ProgressBar


class Repaints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def test_progress_is_drawn_with_the_next_repaint_and_not_at_once(qtbot: QtBot):
    bar = ProgressBar("bar", "Progress")
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    qtbot.wait(20)
    repaints = Repaints(bar)
    bar.setValue(50)
    assert (bar.value(), repaints.count) == (50, 0)
    qtbot.waitUntil(lambda: repaints.count == 1)
    bar.setValue(50)
    qtbot.wait(20)
    assert repaints.count == 1


@pytest.mark.parametrize(
    ("before", "after", "is_drawn"),
    [
        (0.99812, 0.99813, False),
        (0.9989, 0.9991, True),
        (0.5, 0.501, True),
        (0.5, float("nan"), True),
        (float("nan"), 0.5, True),
    ],
)
def test_an_answer_is_drawn_again_where_it_looks_another(
    qtbot: QtBot, before: float, after: float, is_drawn: bool
):
    bars = AnswerBars("answer")
    qtbot.addWidget(bars)
    bars.resize(200, 300)
    bars.show()
    bars.show_probabilities(shares(before))
    qtbot.waitExposed(bars)
    qtbot.wait(20)
    repaints = Repaints(bars)
    bars.show_probabilities(shares(after))
    qtbot.wait(20)
    assert (repaints.count > 0) == is_drawn
    assert is_drawn or percent(before) == percent(after)


def test_an_answer_is_drawn_again_where_another_class_is_the_first(qtbot: QtBot):
    bars = AnswerBars("answer")
    qtbot.addWidget(bars)
    bars.show()
    one, other = np.zeros(10, np.float32), np.zeros(10, np.float32)
    one[3], one[8] = other[8], other[3] = 0.4504, 0.4501
    bars.show_probabilities(one)
    qtbot.waitExposed(bars)
    qtbot.wait(20)
    repaints = Repaints(bars)
    bars.show_probabilities(other)
    qtbot.waitUntil(lambda: repaints.count == 1)
    assert bars.text() == "8 · 45.0 %"


def test_many_small_changes_of_an_answer_add_up(qtbot: QtBot):
    bars = AnswerBars("answer")
    qtbot.addWidget(bars)
    bars.show()
    qtbot.waitExposed(bars)
    repaints = Repaints(bars)
    for share in np.linspace(0.5, 0.52, 41):
        bars.show_probabilities(shares(float(share)))
        qtbot.wait(1)
    assert repaints.count >= 10
    assert bars.text() == "3 · 52.0 %"


def shares(likeliest: float) -> np.ndarray:
    """Return float32 (10,): one for the digit 3, and the rest for the 4."""
    found = np.zeros(10, np.float32)
    found[3], found[4] = likeliest, 1 - likeliest
    return found
