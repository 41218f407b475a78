"""The kernels of a layer, to choose the one to work on; those that were changed are marked."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.core.network.surgery import Mask
from explorer.drawing.kernels import CAPTION, GAP, Gallery
from explorer.drawing.palette import GRID
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.kernel_board import KernelBoard

TILE = 3 * GRID + GRID // 2
"""Pixels that a kernel is wide and high at least, where there is one input channel."""
MARK = 7.0
"""Pixels that the mark of a changed kernel is wide and high at most."""
HIGHEST = 19 * GRID
"""Pixels from which on the kernels scroll."""


def draw_mark(painter: QPainter, box: QRectF) -> None:
    """Draw the corner that says of a kernel, or of a number, that it was changed."""
    palette = theme.current()
    side = min(MARK, box.width() / 2, box.height() / 2)
    corner = box.topRight() + QPointF(1, 0)
    painter.setPen(QPen(QColor(palette.surface), 1))
    painter.setBrush(QColor(palette.focus_window))
    painter.drawPolygon(QPolygonF([corner, corner - QPointF(side, 0), corner + QPointF(0, side)]))


class KernelPicker(KernelBoard):
    """A board of kernels which marks those that are not as they were learned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("network.kernel", parent)
        self.setAccessibleName(self.tr("Kernels of the layer"))
        self._changed: Mask = np.zeros((0, 0), bool)
        set_help(
            self.tr(
                "The kernels of the layer, all on one scale: a row per output channel, a column "
                "per input channel. Click one to change it; a corner marks those that were changed."
            ),
            self,
        )
        # It would lie over the kernels; F1 shows it.
        self.setToolTip("")

    def mark(self, changed: Mask) -> None:
        """Mark the kernels, (out, in), that were changed."""
        self._changed = changed
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        place = self.lying()
        if place is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outs, ins = place.seen(QRectF(self.visibleRegion().boundingRect()))
        seen = self._changed[outs.start : outs.stop, ins.start : ins.stop]
        for out, into in np.argwhere(seen).tolist():
            draw_mark(painter, place.box(out + outs.start, into + ins.start))
        painter.end()

    def _fit(self) -> None:
        """Be as high as kernels of a size to be told apart need, in a gallery too."""
        super()._fit()
        kernels = self.kernels()
        if kernels is not None and isinstance(self.lying(), Gallery):
            columns = max((self.width() + GAP) // (TILE + GAP), 1)
            rows = -(-len(kernels.values) // columns)
            self.setMinimumHeight(rows * (TILE + CAPTION + GAP) - GAP)


class KernelShelf(QScrollArea):
    """The board, as high as it needs to be up to some height, from where on it scrolls."""

    def __init__(self, board: KernelPicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self.setObjectName("network.kernel.scroll")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(board)
        # What is moved would take the numbers above it along.
        self.verticalScrollBar().valueChanged.connect(board.update)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Take the height that the kernels need."""
        bar = self.horizontalScrollBar()
        wide = self._board.minimumWidth() > self.viewport().width()
        needed = self._board.minimumHeight() + (bar.sizeHint().height() if wide else 0)
        self.setFixedHeight(min(needed, HIGHEST))

    def bring_into_sight(self) -> None:
        """Scroll to the chosen kernel."""
        kernel, place = self._board.chosen(), self._board.lying()
        if kernel is not None and place is not None:
            box = place.box(*kernel).center().toPoint()
            self.ensureVisible(box.x(), box.y(), 4 * GRID, 4 * GRID)
