"""A plot that says where the pointer is, with axes whose numbers can be read."""

from math import ceil, floor, log10

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneWheelEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.ui.theme import font
from explorer.ui.widgets.label import Label

FEW_DECADES = 2.5
"""Up to so many powers of ten there is room for numbers between them."""


class NumberAxis(pg.AxisItem):
    """An axis whose numbers stay short however large they are.

    Where `logarithmic` is set, its values are powers of ten, and it shows the numbers themselves.
    The curves are drawn that way as well: pyqtgraph's own way copies each curve again and again
    and warns of every zero.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.logarithmic = False

    def boundingRect(self) -> QRectF:
        """Let the numbers at the very ends stand out by half of their height."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -GRID, 0, GRID) if self.orientation == "left" else rect

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw what pyqtgraph would record and play: a record looks for its typeface each time."""
        painter.setFont(self.style["tickFont"])
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            self.drawPicture(painter, *specs)

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Draw anew with or without powers of ten."""
        self.logarithmic = logarithmic
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return ticks at powers of ten, with 2 and 5 in between where there is room."""
        if not self.logarithmic:
            ticks: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return ticks
        low, high = sorted((low, high))
        span = high - low
        every = ceil(span / 8) or 1
        whole = [power for power in range(floor(low), ceil(high) + 1) if power % every == 0]
        levels = [(float(every), [float(power) for power in whole if low <= power <= high])]
        if span <= FEW_DECADES:
            between = [power + log10(digit) for power in whole for digit in (2, 5)]
            levels.append((0.3, [value for value in between if low <= value <= high]))
        return levels

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write no more digits than the ticks differ in."""
        shown = [10**value for value in values] if self.logarithmic else values
        return [f"{value:.6g}".replace("-", "−") for value in shown]


class Steady(pg.ViewBox):
    """Wheel and hand move it along the common axis only; with Ctrl, or over an axis, upright."""

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        """Zoom along one axis."""
        upright = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        super().wheelEvent(event, int(upright) if axis is None else axis)

    def mouseDragEvent(self, event: MouseDragEvent, axis: int | None = None) -> None:
        """Move along the common axis; with Ctrl both ways."""
        free = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        super().mouseDragEvent(event, 0 if axis is None and not free else axis)


class Plot(pg.PlotWidget):
    """Empty axes in the look of the application.

    Parameters
    ----------
    name, label
        Object name and accessible name.

    Attributes
    ----------
    pointer
        Where it is, in pixels of this widget; None where it is elsewhere, or keys were used since.
    """

    pointed = Signal(float)
    """Where on the common axis the pointer is, or an arrow key has brought the crosshair."""
    left = Signal()
    """The pointer has gone, or Esc has been pressed."""
    clicked = Signal(float)
    """Where on the common axis a click was."""
    whole_wanted = Signal()
    """A double click: all there is has to be shown again."""

    def __init__(self, name: str, label: str) -> None:
        self.numbers = NumberAxis("left")
        axes = {"left": self.numbers, "bottom": NumberAxis("bottom")}
        super().__init__(axisItems=axes, viewBox=Steady(enableMenu=False), enableMenu=False)
        self._last: float | None = None
        self.pointer: QPoint | None = None
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.showGrid(x=False, y=True, alpha=0.15)
        self.setMinimumHeight(10 * GRID)
        self.hideButtons()
        self.disableAutoRange()
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setStyle(tickFont=font(SMALL), tickLength=-4)
            axis.enableAutoSIPrefix(False)
            # A curve that moves would have them drawn anew, number by number.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.getAxis("left").setWidth(6 * GRID)
        # Half of the number at the top has to fit above it.
        self.getPlotItem().layout.setContentsMargins(1, GRID, 1, 1)
        self.scene().sigMouseClicked.connect(self._click)
        self._key = Label("", "caption", parent=self)
        # What lies below it can be pointed at all the same.
        self._key.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def key_left(self) -> int:
        """Where the key begins, in pixels of this widget."""
        return self._key.x() if self._key.text() else self.width()

    @property
    def key(self) -> QRect:
        """Where the key stands, in pixels of this widget; empty where there is none."""
        return self._key.geometry() if self._key.text() else QRect()

    def show_key(self, text: str, colour: str) -> None:
        """Say in the upper right corner what the lines and marks are, and let none run through."""
        self._key.setText(text)
        ground = self.backgroundBrush().color().name()
        self._key.setStyleSheet(f"color: {colour}; background: {ground}")
        self._key.adjustSize()
        self._place_key()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the key in its corner; pyqtgraph gives no event where it calls this itself."""
        super().resizeEvent(event)
        if hasattr(self, "_key"):
            self._place_key()

    def _place_key(self) -> None:
        self._key.move(self.width() - self._key.width() - GRID // 2, GRID // 2)

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme."""
        self.setBackground(palette.surface)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(palette.border)
            axis.setTextPen(palette.muted)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is, as long as it is between the axes."""
        super().mouseMoveEvent(event)
        box = self.getViewBox()
        place: QPointF = self.mapToScene(event.position().toPoint())
        if box.sceneBoundingRect().contains(place):
            self.pointer = event.position().toPoint()
            self._point_at(float(box.mapSceneToView(place).x()))
        else:
            self._leave()

    def leaveEvent(self, event: QEvent) -> None:
        """Let the crosshair go with the pointer."""
        super().leaveEvent(event)
        self._leave()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the crosshair by a hundredth of what is seen, or with Shift by a tenth."""
        (low, high), _ = self.viewRange()
        wide = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        stride = (high - low) / (10 if wide else 100)
        at = (low + high) / 2 if self._last is None else self._last
        self.pointer = None
        if event.key() == Qt.Key.Key_Left:
            self._point_at(max(low, at - stride))
        elif event.key() == Qt.Key.Key_Right:
            self._point_at(min(high, at + stride))
        elif event.key() == Qt.Key.Key_Escape and self._last is not None:
            self._leave()
        else:
            event.ignore()

    @Slot(object)
    def _click(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        box = self.getViewBox()
        if event.double():
            self.whole_wanted.emit()
        elif box.sceneBoundingRect().contains(event.scenePos()):
            self.clicked.emit(float(box.mapSceneToView(event.scenePos()).x()))

    def _point_at(self, x: float) -> None:
        self._last = x
        self.pointed.emit(x)

    def _leave(self) -> None:
        self._last = self.pointer = None
        self.left.emit()
