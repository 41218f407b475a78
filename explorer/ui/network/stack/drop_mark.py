"""What is seen of a drag: the row under the pointer, and the line where it would go."""

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.drawing.palette import GRID
from explorer.ui.theme import theme

THICKNESS = 3
OPACITY = 0.92
"""Of the row, which lies over others and has to be read."""


class DropMark(QWidget):
    """Lies over the list and lets every press through; seen only while a row is dragged."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QPixmap()
        self._row_at = QPoint()
        self._line: int | None = None
        self.setObjectName("network.drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def begin(self, row: QPixmap) -> None:
        """Cover the parent, with a picture of the row that is dragged."""
        self._row, self._line = row, None
        around = self.parentWidget()
        assert around is not None
        self.setGeometry(around.rect())
        self.raise_()
        self.show()

    def line(self) -> int | None:
        """Return where the line is, in pixels from the top, or None where there is none."""
        return self._line

    def move_to(self, row_at: QPoint, line: int | None) -> None:
        """Show the row somewhere else, and the line where it would go."""
        self._row_at, self._line = row_at, line
        self.update()

    def end(self) -> None:
        """Go out of sight."""
        self._row = QPixmap()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, with a knob at its left end, and the row over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(OPACITY)
        painter.drawPixmap(self._row_at, self._row)
        if self._line is not None:
            painter.setOpacity(1.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.current().accent))
            top = self._line - THICKNESS / 2
            painter.drawRoundedRect(QRectF(0, top, self.width(), THICKNESS), 1.5, 1.5)
            painter.drawEllipse(QRectF(0, self._line - GRID / 2, GRID, GRID))
        painter.end()
