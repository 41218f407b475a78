"""How the curves were drawn at the end, they are drawn at the next start."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QComboBox, QToolButton

from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.curves.remembered import read, remember
from explorer.ui.training.curves.run_lines import View
from tests.ui.hand import Hand
from tests.ui.training.curves.shown_runs import history, trace


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_what_was_chosen_is_chosen_again(curves: Curves, settings: QSettings):
    hand = Hand(curves)
    curves.remember_in(settings)
    hand.choose("train.x_axis", "epoch")
    hand.choose("train.lower", "lr")
    hand.click("train.log_scale")
    curves.shut_down()

    again = Curves()
    again.remember_in(settings)
    again.show_traces([trace(history(300, 3))])
    for name, value in (("train.x_axis", "epoch"), ("train.lower", "lr")):
        box = again.findChild(QComboBox, name)
        assert isinstance(box, QComboBox) and box.currentData() == value
    button = again.findChild(QToolButton, "train.log_scale")
    assert isinstance(button, QToolButton) and button.isChecked()
    assert again.loss.numbers.logarithmic
    assert again.loss.viewRange()[0][1] == pytest.approx(3, abs=0.1)
    again.deleteLater()


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"axis": "moon"}',
        '{"lower": 3}',
        '{"log": "yes"}',
        '{"smoothing": 7}',
        '{"smoothing": "0.5"}',
        '{"smoothing": NaN}',
        '{"colour": "red"}',
    ],
)
def test_damage_is_the_default(damaged: str, settings: QSettings):
    settings.setValue("training/curves", damaged)
    assert read(settings) == View()


def test_everything_is_kept(settings: QSettings):
    view = View("time", True, 0.5, "lr")
    remember(settings, view)
    assert read(settings) == view
    assert json.loads(str(settings.value("training/curves")))["axis"] == "time"
