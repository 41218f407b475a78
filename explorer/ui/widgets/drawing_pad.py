"""A pad to draw on with the mouse or a pen: strokes become the pixels of a grid."""

from typing import Final

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.drawing.colour import picture
from explorer.drawing.palette import GRID
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help

INK: Final = 255
THICKNESS: Final = 0.09
"""Width of a stroke as a share of the grid's shorter side, as thick as MNIST's digits are."""
ERASER: Final = 2.0
"""How many times wider the eraser is."""
WAIT_MS: Final = 30
"""All strokes within this time are told as one."""
_FINEST: Final = 448
"""About as many points as the longer side of the paper has."""


class DrawingPad(QWidget):
    """Paper in the shape of a grid: the left button draws, the right one erases, Delete clears.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        Accessible name.
    size : Pair
        (h, w) of the grid that comes out.
    thickness : float
        Width of a stroke as a share of the grid's shorter side; at least a pixel.
    """

    drawn = Signal(object)
    """The pixels after a stroke of the user: float32 (h, w) from 0, paper, to 255, ink."""

    def __init__(
        self,
        name: str,
        label: str,
        size: Pair = (28, 28),
        thickness: float = THICKNESS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(16 * GRID, 16 * GRID)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        set_help(
            self.tr(
                "Draw with the left mouse button or a pen, erase with the right. Delete clears."
            ),
            self,
        )
        self._thickness = thickness
        self._last: QPointF | None = None
        self._erasing = False
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(WAIT_MS)
        self._wait.timeout.connect(self._tell)
        self._paper = QImage()
        self.set_grid_size(size)

    def grid_size(self) -> Pair:
        """Return the (h, w) of what comes out."""
        return self._size

    def set_grid_size(self, size: Pair) -> None:
        """Take empty paper for another grid, without a signal."""
        self._size = size
        self._fineness = max(_FINEST // max(size), 1)
        h, w = (side * self._fineness for side in size)
        self._paper = QImage(w, h, QImage.Format.Format_Grayscale8)
        self._wipe()

    def value(self) -> Array:
        """Return the pixels, float32 (h, w): each is the mean of its part of the paper."""
        (h, w), fine = self._size, self._fineness
        means = self._points().reshape(h, fine, w, fine).mean(axis=(1, 3), dtype=np.float32)
        return np.asarray(means, np.float32)

    def set_value(self, values: Array) -> None:
        """Show other pixels, (h, w) from 0 to 255, without a signal; the grid takes their shape.

        Pixels that the paper holds already leave the strokes as fine as they were drawn.
        """
        h, w = values.shape
        if (h, w) != self._size:
            self.set_grid_size((h, w))
        if np.allclose(values, self.value(), atol=0.5):
            return
        grown = np.kron(values.clip(0, INK).round().astype(np.uint8), np.ones([self._fineness] * 2))
        self._wait.stop()
        self._points()[:] = grown
        self._empty = not grown.any()
        self.update()

    def clear(self) -> None:
        """Take empty paper and tell it, as Delete does."""
        self._wipe()
        self._wait.start()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(width * self._size[0] / self._size[1])

    def sizeHint(self) -> QSize:
        return QSize(28 * GRID, self.heightForWidth(28 * GRID))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            super().mousePressEvent(event)
            return
        turned_round = event.pointerType() == QPointingDevice.PointerType.Eraser
        self._erasing = turned_round or event.button() == Qt.MouseButton.RightButton
        self._last = event.position()
        self._stroke_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._last is not None:
            self._stroke_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def hideEvent(self, event: QHideEvent) -> None:
        self._last = None
        if self._wait.isActive():
            self._wait.stop()
            self._tell()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        painter.drawImage(place, picture(self._points(), palette.map_picture, 0, INK))
        if self._empty:
            painter.setPen(QColor(palette.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            margin = 2 * GRID
            inside = place.adjusted(margin, margin, -margin, -margin)
            painter.drawText(inside, flags, self.tr("Draw here"))
        focused = self.hasFocus()
        painter.setPen(QPen(QColor(palette.accent if focused else palette.control), 1 + focused))
        painter.drawRect(place)
        painter.end()

    def _place(self) -> QRectF:
        """Return where the paper lies: in the middle, its pixels square, room left for a frame."""
        h, w = self._size
        side = min((self.width() - 2) / w, (self.height() - 2) / h)
        place = QRectF(0, 0, side * w, side * h)
        place.moveCenter(QRectF(self.rect()).center())
        return place

    def _points(self) -> np.ndarray:
        """Return the points of the paper as an array that is written through."""
        lines = np.frombuffer(self._paper.bits(), np.uint8)
        return lines.reshape(self._paper.height(), -1)[:, : self._paper.width()]

    def _stroke_to(self, end: QPointF) -> None:
        assert self._last is not None
        place = self._place()
        scale = self._paper.width() / place.width()
        width = max(self._thickness * min(self._size), 1) * self._fineness
        painter = QPainter(self._paper)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        level = 0 if self._erasing else INK
        pen = QPen(QColor(level, level, level), width * (ERASER if self._erasing else 1))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        start, stop = ((point - place.topLeft()) * scale for point in (self._last, end))
        if start == stop:
            painter.drawPoint(stop)
        else:
            painter.drawLine(QLineF(start, stop))
        painter.end()
        self._last = end
        self._empty = self._empty and self._erasing
        self.update()
        if not self._wait.isActive():
            self._wait.start()

    def _wipe(self) -> None:
        self._paper.fill(0)
        self._empty = True
        self.update()

    @Slot()
    def _tell(self) -> None:
        self.drawn.emit(self.value())
