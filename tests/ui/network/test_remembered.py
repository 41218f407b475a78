"""What was there at the end is there at the next start."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QSplitter, QTabWidget
from pytestqt.qtbot import QtBot

from explorer.core.layers import ReLU
from explorer.core.network import edits
from explorer.core.network.presets import DIGIT, PHOTO, PRESETS
from explorer.core.network.running import initial_weights
from explorer.training.checkpoint import Checkpoint
from explorer.ui.learned import learned
from explorer.ui.network.following import TOGETHER_MS
from explorer.ui.network.remembered import Remembered, read, remember
from tests.ui.network.conftest import Open


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def test_what_was_built_is_there_again(open_page: Open, settings: QSettings):
    first = open_page()
    first.page.remember_in(settings)
    first.page.document.edit("Add", edits.inserted, 1, "Conv2d")
    first.page.document.edit("Remove", edits.removed, 4)
    built = first.state.network
    first.find(QTabWidget, "network.tabs").setCurrentIndex(1)
    splitter = first.find(QSplitter, "network.split")
    splitter.setSizes([300, 300])
    heights = splitter.sizes()
    first.page.shut_down()

    second = open_page()
    assert second.state.network != built
    second.page.remember_in(settings)
    second.settle()
    assert second.state.network == built and second.state.input == DIGIT
    assert not second.page.undo_stack.canUndo()
    assert second.find(QTabWidget, "network.tabs").currentIndex() == 1
    assert second.find(QSplitter, "network.split").sizes() == heights


def test_the_picture_has_the_shape_that_the_network_is_made_for(settings: QSettings):
    network = PRESETS["alexnet"].network.removed(1)
    remember(settings, Remembered(network, PHOTO, 2, (400, 200)))
    settings.sync()
    again = QSettings(settings.fileName(), QSettings.Format.IniFormat)
    assert read(again) == Remembered(network, PHOTO, 2, (400, 200))


@pytest.mark.parametrize(
    "damaged",
    ["", "no such network", "nn.Sequential(", "__import__('os').abort()", "-1", "0x0", "9" * 400],
)
def test_damage_is_the_default(damaged: str, settings: QSettings):
    for key in ("network", "input", "tab", "heights"):
        settings.setValue(f"network/{key}", damaged)
    assert read(settings) == Remembered()
    settings.setValue("network/network", PRESETS["compact"].network.replaced(1, ReLU()))
    assert read(settings) == Remembered()


def test_a_tab_that_is_there_no_more_is_passed_over(open_page: Open, settings: QSettings):
    settings.setValue("network/tab", "77")
    hand = open_page()
    hand.page.remember_in(settings)
    assert hand.find(QTabWidget, "network.tabs").currentIndex() == 0


def test_what_was_built_is_not_given_up_for_a_run(
    open_page: Open, settings: QSettings, qtbot: QtBot
):
    built = PRESETS["lenet5"].network.removed(1)
    remember(settings, Remembered(built))
    hand = open_page()
    hand.page.remember_in(settings)
    qtbot.waitUntil(hand.page.pose, timeout=60_000)
    for step, seed in ((10, 1), (20, 2)):
        weights = initial_weights(PRESETS["compact"].network, seed)
        learned.offer_network("compact", Checkpoint(step, weights), None)
        qtbot.wait(TOGETHER_MS + 100)
        assert hand.state.network == built and not hand.page.following.is_on
    hand.page.following.set_on(True)
    assert hand.state.network == PRESETS["compact"].network
    hand.page.undo_stack.undo()
    assert hand.state.network == built
