"""One line through both plots at the pointer, with a box that says what is there."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLabel

from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.ui.theme import font
from explorer.ui.training.curves.plot import Plot


class Crosshair:
    """Shows a place in all plots at once; the box stands in the first, beside the line."""

    def __init__(self, plots: Sequence[Plot]) -> None:
        self._plot = plots[0]
        self._lines = [pg.InfiniteLine(angle=90) for _ in plots]
        for plot, line in zip(plots, self._lines, strict=True):
            line.setZValue(40)
            line.hide()
            plot.addItem(line, ignoreBounds=True)
        self.box = QLabel(self._plot)
        self.box.setObjectName("train.read_out")
        self.box.setTextFormat(Qt.TextFormat.RichText)
        self.box.setFont(font(SMALL))
        # The pointer goes through it, or the box would take itself away.
        self.box.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.box.hide()

    def show_at(self, x: float, text: str) -> None:
        """Put the line at a place on the axis, and a text beside it."""
        for line in self._lines:
            line.setValue(x)
            line.show()
        if text != self.box.text():
            self.box.setText(text)
            self.box.adjustSize()
        self.box.setVisible(bool(text))
        box = self._plot.getViewBox()
        inner = self._plot.mapFromScene(box.sceneBoundingRect()).boundingRect()
        at = self._plot.mapFromScene(box.mapViewToScene(pg.Point(x, 0))).x()
        self.box.move(self._corner(inner, at))

    def _corner(self, inner: QRect, at: int) -> QPoint:
        """Return where the box hides neither the key, nor the line or at least the pointer."""
        size, key = self.box.size(), self._plot.key
        # At the right, where the loss has come down, if it can be.
        left, top = inner.right() - size.width(), inner.top()
        below = max(top, key.bottom() + GRID // 2)
        corners = [
            QPoint(left, below),
            QPoint(min(left, key.left() - GRID // 2 - size.width()), top),
            QPoint(at - GRID - size.width(), top),
            QPoint(at + GRID, below),
            QPoint(0, 0),
            QPoint(0, self._plot.height() - size.height()),
        ]
        line = QRect(at - GRID, 0, 2 * GRID, self._plot.height())
        pointer = self._plot.pointer
        spot = QRect() if pointer is None else QRect(pointer, QSize(1, 1))
        for hidden in (line, spot):
            for corner in corners:
                place = QRect(corner, size)
                if self._plot.rect().contains(place) and not (
                    place.intersects(key) or place.intersects(hidden)
                ):
                    return corner
        return corners[-2]

    def hide(self) -> None:
        """Show nothing any more."""
        for line in self._lines:
            line.hide()
        self.box.hide()

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme."""
        for line in self._lines:
            line.setPen(pg.mkPen(palette.control, width=1))
        self.box.setStyleSheet(
            f"background: {palette.surface}; color: {palette.text}; padding: 4px 6px; "
            f"border: 1px solid {palette.border}; border-radius: 4px;"
        )
