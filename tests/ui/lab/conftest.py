"""The Lab's page in a window, with torch and without."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.lab import edits
from explorer.ui.lab.page import LabPage
from explorer.ui.torch_loader import TorchLoader
from tests.ui.lab.hand import LabHand


def shown(qtbot: QtBot) -> LabPage:
    page = LabPage()
    qtbot.addWidget(page)
    page.resize(1280, 780)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()
    return page


@pytest.fixture
def playing(app: QApplication, qtbot: QtBot) -> LabHand:
    """Return a hand at the page as it starts: on a digit, moving."""
    page = shown(qtbot)
    qtbot.waitUntil(lambda: page.document.has_torch, timeout=30_000)
    hand = LabHand(page)
    hand.leave()
    return hand


@pytest.fixture
def hand(playing: LabHand) -> LabHand:
    """Return a hand at the page of the first worked example, standing still."""
    page = playing.page
    page.player.set_playing(False)
    page.document.show(edits.from_preset("numbers"))
    return playing


@pytest.fixture
def early(app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> LabHand:
    """Return a hand at the page while torch is not there yet: it never comes by itself."""
    monkeypatch.setattr(TorchLoader, "start", lambda self: None)
    return LabHand(shown(qtbot))
