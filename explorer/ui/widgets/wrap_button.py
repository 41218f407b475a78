"""A push button whose text goes on in the next line where it is long."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from explorer.drawing.palette import GRID

PADDING = GRID // 2 + 1
_FLAGS = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap


class WrapButton(QPushButton):
    """As wide as its column, and as high as its text needs there.

    Parameters
    ----------
    name : str
        Object name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("kind", "small")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_text(self, text: str) -> None:
        """Show another text; also its accessible name."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
            self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """Tell that a narrow button is a high one."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return what all lines need."""
        room = QRect(0, 0, max(1, width - 2 * GRID), 10_000)
        lines = self.fontMetrics().boundingRect(room, _FLAGS, self.text())
        return max(28, lines.height() + 2 * PADDING)

    def sizeHint(self) -> QSize:
        """Return one line, where the column is wide enough."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2 * GRID + 2
        return QSize(width, 28)

    def minimumSizeHint(self) -> QSize:
        """Return room for a word."""
        return QSize(8 * GRID, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button as the style does, and the lines of its text."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        place = self.rect().adjusted(GRID, 0, -GRID, 0)
        painter.setPen(option.palette.buttonText().color())
        painter.drawText(place, _FLAGS, self.text())
        painter.end()
