"""A hand at the Network page."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.core.network.state import NetworkState, Spot
from explorer.drawing.network.hit import header_rect
from explorer.ui.network.page import NetworkPage
from tests.ui.hand import LEFT, Hand


class NetworkHand(Hand):
    """Does to the page what a user can do, and reads what a user can read."""

    def __init__(self, page: NetworkPage, qtbot: QtBot) -> None:
        super().__init__(page)
        self.page = page
        self.qtbot = qtbot

    @property
    def state(self) -> NetworkState:
        return self.page.document.state

    def settle(self) -> None:
        """Let what is due be drawn."""
        self.qtbot.waitUntil(lambda: not self.page.document.is_behind, timeout=60_000)
        self.qtbot.wait(30)

    def place(self, spot: Spot) -> QPoint:
        """Return the point of the canvas that shows a cell."""
        canvas = self.page.canvas
        layout = canvas.layout_now
        assert layout is not None
        area = layout.spot_rect(spot)
        assert area is not None
        return canvas.view().point(area.center()).toPoint()

    def point_at(self, spot: Spot) -> None:
        QTest.mouseMove(self.page.canvas, self.place(spot))
        self.settle()

    def click_on(self, spot: Spot) -> None:
        QTest.mouseClick(self.page.canvas, LEFT, pos=self.place(spot))
        self.settle()

    def click_header(self, place: int) -> None:
        canvas = self.page.canvas
        layout = canvas.layout_now
        assert layout is not None
        area = header_rect(layout, canvas.view(), layout.column(place), canvas.width())
        at = QPoint(round(area.center().x()), round(area.bottom()) - 5)
        QTest.mouseClick(canvas, LEFT, pos=at)
        self.settle()
