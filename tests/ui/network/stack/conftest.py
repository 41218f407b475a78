"""The left side of the Network page in a window of its own."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.core.network.presets import DIGIT, PRESETS
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.stack.panel import StackPanel
from tests.ui.network.stack.hand import StackHand

Open = Callable[..., StackHand]


def state_of(network: str | Network) -> NetworkState:
    if isinstance(network, Network):
        return NetworkState(network, np.zeros(DIGIT, np.uint8))
    preset = PRESETS[network]
    return NetworkState(preset.network, np.zeros(preset.input, np.uint8))


@pytest.fixture
def open_panel(app: QApplication, qtbot: QtBot) -> Iterator[Open]:
    """A function that shows the panel of a network and gives a hand at it."""
    documents: list[NetworkDocument] = []

    def show(network: str | Network = "classic", width: int = 300) -> StackHand:
        document = NetworkDocument(state_of(network))
        documents.append(document)
        panel = StackPanel(document)
        qtbot.addWidget(panel)
        panel.resize(width, 768)
        with qtbot.waitActive(panel):
            panel.show()
            panel.activateWindow()
        return StackHand(panel, document)

    yield show
    for document in documents:
        document.shut_down()


@pytest.fixture
def hand(open_panel: Open) -> StackHand:
    """Return a hand at the classic network, of which no layer is chosen."""
    return open_panel()
