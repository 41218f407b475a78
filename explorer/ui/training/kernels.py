"""Shows the kernels of the first layer as they change."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.core.layers import Array
from explorer.drawing.kernels import draw_kernels
from explorer.drawing.palette import GRID
from explorer.ui.theme import theme


class KernelGallery(QWidget):
    """All kernels of the first layer; says what to do while there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.kernels")
        self.setAccessibleName(self.tr("Kernels of the first layer"))
        self.setMinimumSize(24 * GRID, 12 * GRID)
        self._weight: Array | None = None

    def show_kernels(self, weight: Array | None) -> None:
        """Show `weight` (out_channels, in_channels, h, w), or the empty state for None."""
        self._weight = weight
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        palette = theme.current()
        place = QRectF(self.rect())
        if self._weight is None:
            painter.setPen(QColor(palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place, flags, self.tr("Press Start: the kernels appear here."))
        else:
            draw_kernels(painter, self._weight, palette, place)
        painter.end()
