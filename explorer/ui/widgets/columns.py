"""Three columns that share a page: a panel on each side, and the rest for the middle."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QWidget

from explorer.drawing.palette import GRID

SMALLEST_SIDE, LARGEST_SIDE = 31 * GRID, 40 * GRID
SIDE_SHARE = 0.235
"""Of the page's width, for the panel on each side."""


class Columns(QWidget):
    """A page in three columns; the left one scrolls where it is higher than the page."""

    def arrange(self, left: QWidget, middle: QLayout, right: QWidget) -> None:
        """Put the columns in place; to be called once, at the end of the constructor."""
        scrolled = QScrollArea()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setWidget(left)
        self._sides = (scrolled, right)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(scrolled)
        row.addLayout(middle, 1)
        row.addWidget(right)
        self._share(self.size())

    @property
    def middle_width(self) -> int:
        """Pixels that the columns at the sides leave."""
        return self.width() - sum(side.width() + 4 * GRID for side in self._sides)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        self._share(event.size())
        super().resizeEvent(event)

    def _share(self, size: QSize) -> None:
        width = round(min(max(size.width() * SIDE_SHARE, SMALLEST_SIDE), LARGEST_SIDE))
        for side in self._sides:
            side.setFixedWidth(width)
