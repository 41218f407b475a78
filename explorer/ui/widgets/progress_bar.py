"""A progress bar without text."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.theme import theme


class ProgressBar(QProgressBar):
    """Qt's progress bar with a picture of its own: drawn by a style sheet it costs 2 ms."""

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setTextVisible(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the height of one grid unit; the width is the layout's."""
        return QSize(10 * GRID, GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the same as `sizeHint`."""
        return self.sizeHint()

    def setValue(self, value: int) -> None:
        """Show how much is done, with the next repaint: Qt's own repaints all that waits, now."""
        if value == self.value():
            return
        self.setUpdatesEnabled(False)
        super().setValue(value)
        self.setUpdatesEnabled(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, place = theme.current(), QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.sunken))
        painter.drawRoundedRect(place, GRID / 2, GRID / 2)
        share = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        if share > 0:
            place.setWidth(max(GRID, share * place.width()))
            painter.setBrush(QColor(palette.accent))
            painter.drawRoundedRect(place, GRID / 2, GRID / 2)
        painter.end()
