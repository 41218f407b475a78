"""The kernels of a layer as small boards: one is pointed at, one is chosen."""

from functools import lru_cache

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from explorer.core.geometry import Pair
from explorer.drawing.kernels import (
    LABELS,
    NEAR,
    SMALLEST,
    Gallery,
    Lying,
    Rows,
    Table,
    draw_kernels,
)
from explorer.training.reports import Kernels
from explorer.ui.theme import theme
from explorer.ui.widgets.keys import ENTER, STEPS

LONG = 16
"""So many weights in a single row are shown as a line."""


@lru_cache(maxsize=16)
def lying(shape: tuple[int, ...], width: int, height: int) -> Lying:
    """Return where the kernels (out, in, h, w) lie: a gallery where there is one input channel."""
    if shape[1:3] == (1, 1) and shape[3] > LONG:
        return Rows.of(shape, width)
    return Gallery.of(shape, width, height) if shape[1] == 1 else Table.of(shape, width)


class KernelBoard(QWidget):
    """All kernels of a convolution; a click or the arrows choose one, (out, in) channel.

    Parameters
    ----------
    name : str
        Object name.
    """

    aimed = Signal()
    """Another kernel is pointed at, or chosen."""
    opened = Signal()
    """A double click, or Enter, on the chosen one."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._kernels: Kernels | None = None
        self._chosen: Pair | None = None
        self._pointed: Pair | None = None

    def chosen(self) -> Pair | None:
        """Return the kernel that a click or a key has chosen."""
        return self._chosen

    def pointed(self) -> Pair | None:
        """Return the kernel under the pointer."""
        return self._pointed

    def kernels(self) -> Kernels | None:
        """Return what is shown."""
        return self._kernels

    def show_kernels(self, kernels: Kernels | None) -> None:
        """Show the kernels, or none; what is chosen stays where there is such a kernel."""
        if kernels is None:
            self._kernels = None
            self._choose(None)
            self._point_at(None)
            self.update()
            return
        shape = kernels.values.shape
        if self._kernels is None or self._kernels.values.shape != shape:
            self._choose(None)
            self._point_at(None)
            is_table = shape[1] > 1
            self.setMinimumWidth(LABELS + shape[1] * (SMALLEST + NEAR) + 1 if is_table else 1)
            self._kernels = kernels
            self._fit()
        self._kernels = kernels
        self.update()

    def lying(self) -> Lying | None:
        """Return where the kernels lie."""
        if self._kernels is None:
            return None
        return lying(self._kernels.values.shape, self.width(), self.height())

    def clear(self) -> None:
        """Let go of the chosen kernel."""
        self._choose(None)

    def choose(self, kernel: Pair | None) -> None:
        """Choose a kernel as a click does."""
        self._choose(kernel)

    def paintEvent(self, event: QPaintEvent) -> None:
        place = self.lying()
        if self._kernels is None or place is None:
            return
        painter = QPainter(self)
        visible = QRectF(self.visibleRegion().boundingRect())
        marks = self._chosen, self._pointed
        draw_kernels(painter, self._kernels.values, theme.current(), place, visible, *marks)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.lying()
        self._point_at(None if place is None else place.at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.lying()
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._choose(place.at(event.position()))
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._chosen is not None:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, place = Qt.Key(event.key()), self.lying()
        if key in STEPS and place is not None:
            self._choose(self._beside(STEPS[key], place))
        elif key in ENTER and self._chosen is not None:
            self.opened.emit()
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self._choose(None)
        else:
            super().keyPressEvent(event)

    def _beside(self, step: Pair, place: Lying) -> Pair:
        """Return the kernel that an arrow leads to from the chosen one."""
        if self._chosen is None:
            return 0, 0
        out, into = self._chosen
        if isinstance(place, Table):
            return min(max(out + step[0], 0), place.outs - 1), min(
                max(into + step[1], 0), place.ins - 1
            )
        if isinstance(place, Rows):
            return min(max(out + step[0], 0), place.outs - 1), 0
        tops = [board.y for board in place.boards]
        moved = out + step[1] + step[0] * tops.count(tops[0])
        return (moved if 0 <= moved < len(tops) else out), 0

    def _fit(self) -> None:
        """Be as high as a table or rows need; a gallery takes the height that there is."""
        place = self.lying()
        self.setMinimumHeight(place.size[1] if isinstance(place, Table | Rows) else 0)

    def _choose(self, kernel: Pair | None) -> None:
        if kernel != self._chosen:
            self._chosen = kernel
            self.aimed.emit()
            self.update()

    def _point_at(self, kernel: Pair | None) -> None:
        if kernel != self._pointed:
            self._pointed = kernel
            self.aimed.emit()
            self.update()
