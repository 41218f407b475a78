"""From a page into the Lab: the window carries a state over, and the Lab can take it back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.core.network.in_lab import Opened
from explorer.core.scene import LabState, Visit
from explorer.training.in_lab import Moment, Spot, in_lab
from explorer.ui.application import create_application
from explorer.ui.lab import edits
from explorer.ui.lab.origin import OriginBar
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


def state_of(found: Moment, spot: Spot) -> LabState:
    opened = in_lab(found, spot)
    assert isinstance(opened, Opened)
    return opened.state


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
    state = state_of(found, Spot("conv2", 9, (3, 4)))
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
    state = state_of(moment_of("classic"), Spot("pool1", 2, (1, 1)))
    ask(window, state)
    qtbot.waitUntil(lambda: lab.document.evaluation.output is not None, timeout=PATIENCE)
    assert lab.document.state.layer == state.layer
    assert lab.undo_stack.count() == 1
    window.undo()
    assert lab.document.state.computes_as(before)
    window.redo()
    assert lab.document.state.layer == state.layer


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_one_can_go_back_to_the_page_that_has_asked(window: MainWindow):
    state = state_of(moment_of("lenet5"), Spot("conv2", 9, (3, 4)))
    asking = window.page("training")
    lab = ask(window, replace(state, visit=Visit("", "conv2, channel 9", "As it is.")))
    bar = lab.origin
    assert bar.isVisible() and bar.back.text() == bar.back.accessibleName() == "Back to Training"
    assert shown_in(bar) == ["conv2, channel 9", "As it is."]
    QTest.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    assert window.current_page() is asking
    window.show_page("lab")
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.current_page() is asking


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_page_need_not_say_where_it_comes_from(window: MainWindow):
    lab = ask(window, state_of(moment_of("lenet5"), Spot("relu1", 2, (3, 4))))
    assert lab.document.state.visit == Visit("training")
    assert shown_in(lab.origin) == []


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_bar_goes_with_what_it_is_about(window: MainWindow, qtbot: QtBot):
    state = state_of(moment_of("lenet5"), Spot("conv2", 9, (3, 4)))
    lab = ask(window, state)
    document, bar = lab.document, lab.origin
    qtbot.waitUntil(lambda: document.evaluation.output is not None, timeout=PATIENCE)
    document.edit("padding", edits.with_parameter, "padding", (1, 1))
    document.edit("weights", edits.with_kernel, "box")
    assert bar.isVisible()
    document.edit("operation", edits.with_operation, "ReLU")
    assert not bar.isVisible()
    window.undo()
    assert bar.isVisible()
    document.edit("input", edits.with_input, name="numbers")
    assert not bar.isVisible()
    window.undo()
    document.edit("example", edits.with_preset, "max_pool")
    assert not bar.isVisible()
    window.undo()
    QTest.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible() and document.state.layer == state.layer.with_(padding=(1, 1))
    window.go_back()
    assert window.current_page() is lab
    while lab.undo_stack.canUndo():
        window.undo()
    assert not bar.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_last_one_that_was_opened_counts(window: MainWindow):
    found = moment_of("lenet5")
    for channel in (1, 2):
        state = state_of(found, Spot("relu1", channel, (3, 4)))
        lab = ask(window, replace(state, visit=Visit("", f"channel {channel}")))
    assert shown_in(lab.origin) == ["channel 2"]
    window.undo()  # both were opened within one gesture
    assert not lab.origin.isVisible()


def shown_in(bar: OriginBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisibleTo(bar)]
