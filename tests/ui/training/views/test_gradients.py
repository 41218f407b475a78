"""The view of the gradients: what of a long past is shown, and in which words."""

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.reports import GradientNorms
from explorer.ui.training.views.gradients import POINTS, NormView, gathered

NONE: frozenset[str] = frozenset()


def past(count: int) -> list[GradientNorms]:
    lengths = np.random.default_rng(0).uniform(0.1, 1, (count, 2))
    return [
        GradientNorms(step, (("conv1", float(a)), ("fc", float(b))))
        for step, (a, b) in enumerate(lengths, 1)
    ]


@pytest.fixture
def view(app: QApplication, qtbot: QtBot) -> NormView:
    made = NormView()
    qtbot.addWidget(made)
    made.resize(214, 172)
    with qtbot.waitExposed(made):
        made.show()
    return made


def picture(view: NormView) -> QImage:
    return view.grab().toImage()


@pytest.mark.parametrize("count", [1, 2, POINTS, POINTS + 1, 12_345])
def test_the_newest_is_always_there_and_never_too_many(count: int):
    made = past(count)
    norms = gathered(made, NONE)
    assert norms is not None
    assert len(norms.steps) <= POINTS
    assert norms.steps[-1] == count and (np.diff(norms.steps) > 0).all()
    assert tuple(zip(norms.names, norms.present.tolist(), strict=True)) == made[-1].norms


def test_those_of_another_network_are_left_out():
    other = [GradientNorms(1, (("conv1", 1.0),))]
    norms = gathered(other + past(3), NONE)
    assert norms is not None and norms.values.shape == (3, 2)
    assert gathered((), NONE) is None


def test_it_says_what_to_do_until_there_is_something(view: NormView):
    empty = picture(view)
    view.show_norms(past(20), NONE)
    assert picture(view) != empty
    view.show_norms((), NONE)
    assert picture(view) == empty


def test_it_says_in_words_what_it_shows(view: NormView):
    made = [GradientNorms(1, (("conv1", 0.0001), ("conv2", 0.0), ("fc", 0.5)))]
    view.show_norms(made, frozenset({"conv2"}))
    words = view.board.accessibleDescription().splitlines()
    assert "vanishing" in words[0] and words[0].startswith("conv1: ")
    assert "frozen" in words[1]
    assert words[2] == "fc: 0.5"
