"""A column of cards that scrolls where it is higher than its place."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID


class TallColumn(QScrollArea):
    """Scrolls up and down only: the cards are as wide as there is room."""

    def __init__(self, cards: Iterable[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self._inside = QWidget()
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        for card in cards:
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(self._inside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what asks for more width from getting it: it would be cut off."""
        super().resizeEvent(event)
        self._inside.setFixedWidth(self.viewport().width())
