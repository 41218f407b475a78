"""An icon that is only looked at."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.ui.icons import icon


class Glyph(QWidget):
    """An icon in a colour of the theme.

    Parameters
    ----------
    name, colour : str
        As in `explorer.ui.icons.icon`.
    size : int
        Width and height in pixels.
    """

    def __init__(
        self, name: str, colour: str = "text", size: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._size = size
        self.set_icon(name, colour)
        self.setFixedSize(size, size)

    def set_icon(self, name: str, colour: str = "text") -> None:
        """Show another icon."""
        self._icon = icon(name, colour)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the icon."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon in the colour of the moment."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect(), Qt.AlignmentFlag.AlignCenter)
        painter.end()
