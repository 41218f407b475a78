"""The Network page in a window of its own, with a hand at it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.learned import learned
from explorer.ui.network.page import NetworkPage
from tests.ui.network.hand import NetworkHand

Open = Callable[[], NetworkHand]


@pytest.fixture
def open_page(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., NetworkHand]]:
    """A function that shows the page and gives a hand at it."""
    monkeypatch.setattr(learned, "network", None)
    hands: list[NetworkHand] = []

    def show(data: object = "bundled") -> NetworkHand:
        page = NetworkPage(data=str(data))
        hands.append(NetworkHand(page, qtbot))
        page.resize(1220, 780)
        with qtbot.waitActive(page):
            page.show()
            page.activateWindow()
        return hands[-1]

    yield show
    for hand in hands:
        hand.page.shut_down()
        hand.page.close()
        hand.page.deleteLater()
        vars(hand).clear()


@pytest.fixture
def hand(open_page: Open, qtbot: QtBot) -> NetworkHand:
    """A hand at the page, once all is there."""
    made = open_page()
    qtbot.waitUntil(made.page.pose, timeout=60_000)
    made.settle()
    return made
