"""The smallest window, with all that can stand above the curves."""

from dataclasses import replace
from datetime import datetime

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui.training.runs.run_chip import HEIGHT, RunChip
from tests.ui.training.conftest import Open

SMALLEST = 952, 700
"""What the rail leaves of the smallest window."""
READABLE = 120
"""Pixels of a plot, with what stands at its axes."""


def test_four_runs_and_an_unfinished_one_leave_the_loss_its_room(open_page: Open, qtbot: QtBot):
    page = open_page().page
    runs = [
        Record(replace(Settings(), lr=lr), History(Checkpoint(94, {})))
        for lr in (0.1, 0.03, 0.01, 0.003)
    ]
    for run in runs:
        page.director.open(run)
    page.autosaving.line.offer(runs[0], datetime.now())
    QApplication.processEvents()
    assert page.runs_bar.height() > 2 * HEIGHT
    page.resize(*SMALLEST)
    QApplication.processEvents()
    assert page.runs_bar.height() == HEIGHT
    assert page.curves.loss.height() >= READABLE
    last = page.runs_bar.findChild(RunChip, "train.run.3")
    assert last is not None and last.isChecked()
    assert last.visibleRegion().boundingRect() == last.rect()
    page.resize(1220, 780)
    QApplication.processEvents()
    assert page.runs_bar.height() > 2 * HEIGHT
