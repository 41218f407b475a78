"""The picture that a network gets, pixel by pixel."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.data.digits import IMAGE_SIZE
from explorer.drawing.colour import picture
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help


class Seen(QWidget):
    """The picture as the network gets it, pixel by pixel."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(self.tr("What the network sees"))
        self.set_scale(1)
        self._picture: npt.NDArray[np.uint8] = np.zeros(IMAGE_SIZE, np.uint8)
        set_help(
            self.tr(
                "What the network sees: 28 × 28 pixels, the digit 20 of them long and its centre "
                "of mass in the middle, as MNIST has its digits."
            ),
            self,
        )

    def set_scale(self, scale: int) -> None:
        """Show every pixel so many points wide and high."""
        h, w = IMAGE_SIZE
        self.setFixedSize(scale * w + 2, scale * h + 2)

    def picture(self) -> npt.NDArray[np.uint8]:
        """Return what is shown, uint8 (28, 28)."""
        return self._picture

    def show_picture(self, seen: npt.NDArray[np.uint8] | None) -> None:
        """Show uint8 (28, 28), or blank paper for None."""
        self._picture = np.zeros(IMAGE_SIZE, np.uint8) if seen is None else seen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = theme.current()
        painter = QPainter(self)
        place = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QColor(palette.control))
        painter.drawRect(place)
        inside = place.adjusted(0.5, 0.5, -0.5, -0.5)
        shown = self._picture.astype(np.float32)
        painter.drawImage(inside, picture(shown, palette.map_picture, 0, 255))
        painter.end()
