"""Three columns that share a page: a panel on each side, and the rest for the middle."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID

SMALLEST_SIDE, LARGEST_SIDE = 31 * GRID, 40 * GRID
SIDE_SHARE = 0.235
"""Of the page's width, for the panel on each side."""
GROWTH, LARGEST_GROWN = 0.4, 84 * GRID
"""Of the pixels beyond, for the panel on the right where it grows, and its largest width."""


class Columns(QWidget):
    """A page in three columns; the left one scrolls where it is higher than the page."""

    def arrange(
        self,
        left: QWidget,
        middle: QLayout,
        right: QWidget,
        *,
        above: QWidget | None = None,
        right_grows: bool = False,
    ) -> None:
        """Put the columns in place; to be called once, at the end of the constructor.

        Parameters
        ----------
        left, middle, right
            What is in them.
        above
            What lies across all three, where there is such.
        right_grows
            Whether the right one gets a share of what a large window has to spare.
        """
        self._right_grows = right_grows
        # Within the page from the start: all that moves, and what is in it, gets its style anew.
        scrolled = QScrollArea(self)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # No stop for the Tab key: the controls are, and come into sight by themselves.
        scrolled.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        scrolled.setWidget(left)
        self._sides = (scrolled, right)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        whole.setSpacing(GRID + GRID // 2)
        if above is not None:
            whole.addWidget(above)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        whole.addLayout(row, 1)
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
        wanted = size.width() * SIDE_SHARE
        width = min(max(wanted, SMALLEST_SIDE), LARGEST_SIDE)
        left, right = self._sides
        left.setFixedWidth(round(width))
        if self._right_grows and wanted > width:
            width = min(width + (size.width() - width / SIDE_SHARE) * GROWTH, LARGEST_GROWN)
        right.setFixedWidth(round(width))
