"""From a page into the Lab: the window carries a state over, and the Lab can take it back."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.core.scene import LabState
from explorer.training.in_lab import Spot, in_lab
from explorer.ui.application import create_application
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import PAGES, MainWindow
from explorer.ui.theme import theme
from tests.training.moments import moment_of

PATIENCE = 30_000


class Asking(QWidget):
    """A page that wants something to be shown in the Lab."""

    lab_wanted = Signal(object)


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    create_application([])
    pages = {"lab": PAGES["lab"], "training": lambda data: Asking()}
    made = MainWindow(pages, page="training", settings=QSettings("explorer", "test"))
    made.resize(1024, 700)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    made.close()
    made.deleteLater()
    theme.set_mode("system")


def ask(window: MainWindow, state: LabState) -> LabPage:
    page = window.page("training")
    assert isinstance(page, Asking)
    page.lab_wanted.emit(state)
    lab = window.page("lab")
    assert isinstance(lab, LabPage)
    return lab


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_lab_opens_and_holds_still_at_the_cell(window: MainWindow, qtbot: QtBot):
    found = moment_of("lenet5")
    state = in_lab(found, Spot("conv2", 9, (3, 4)))
    assert state is not None
    lab = ask(window, state)
    assert window.current_page() is lab
    qtbot.waitUntil(lambda: lab.document.evaluation.output is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: lab.document.evaluation.proof is not None, timeout=PATIENCE)
    assert not lab.player.playing
    shown, made = lab.document.state, lab.document.evaluation
    assert (shown.channel, shown.cell, shown.place) == (9, (3, 4), (3, 4))
    assert made.output is not None and made.proof is not None and made.proof.agrees
    maps = found.maps("conv2")
    assert maps is not None
    assert made.output[9, 3, 4] == pytest.approx(maps[9, 3, 4], abs=1e-5)
    assert shown.input is state.input and shown.weight is state.weight


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_it_is_one_step_that_can_be_taken_back(window: MainWindow, qtbot: QtBot):
    lab = window.page("lab")
    assert isinstance(lab, LabPage)
    before = lab.document.state
    state = in_lab(moment_of("classic"), Spot("pool1", 2, (1, 1)))
    assert state is not None
    ask(window, state)
    qtbot.waitUntil(lambda: lab.document.evaluation.output is not None, timeout=PATIENCE)
    assert lab.document.state.layer == state.layer
    assert lab.undo_stack.count() == 1
    window.undo()
    assert lab.document.state.computes_as(before)
    window.redo()
    assert lab.document.state.layer == state.layer
