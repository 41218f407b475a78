"""The canvas of the Network page: shows a scene, and says where a hand points."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from explorer.core.geometry import Pair
from explorer.core.network.state import Spot
from explorer.drawing.network.hit import Hit, hit
from explorer.drawing.network.images import Images
from explorer.drawing.network.layout import FlowLayout, arrange
from explorer.drawing.network.paint import paint_light, paint_still, sheet_of
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.stepping import beside
from explorer.drawing.network.view import (
    View,
    fit_all,
    fit_layer,
    kept,
    largest_zoom,
    shifted_to_see,
)
from explorer.ui.network.gliding import Gliding
from explorer.ui.network.saying import in_words
from explorer.ui.theme import theme
from explorer.ui.widgets.keys import STEPS

ZOOM_STEP: Final = 1.2
PAN_STEP: Final = 48


class NetworkCanvas(QWidget):
    """Draws what it is shown; the wheel zooms, dragging moves, a click chooses."""

    pointed = Signal(object)
    """What is under the pointer: a `Spot`, a `Hit` of something else, or None."""
    chosen = Signal(object)
    """What a click or a key has chosen, likewise."""
    collapse_wanted = Signal(int)
    """The place of the layer that is to be folded, or unfolded."""
    remove_wanted = Signal()
    """The chosen layer is to be taken away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network.canvas")
        self.setAccessibleName(self.tr("Maps of the network"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing shows through
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setWhatsThis(
            self.tr(
                "What every layer makes of the picture. Point at a pixel to light what it is made "
                "of, on every layer before it and on the picture. A click holds it. "
                "The wheel zooms, dragging moves, a double click shows a layer, and then "
                "everything again."
            )
        )
        self._scene: FlowScene | None = None
        self._view = View()
        self._is_fitted = True
        self._images = Images()
        self._still: QPixmap | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._pointed: Hit | None = None
        self.gliding = Gliding(self)
        theme.changed.connect(self.refresh)
        self.gliding.moved.connect(self.refresh)

    def show_scene(self, scene: FlowScene) -> None:
        """Show a scene; how it is looked at stays as it is while the layout does."""
        old, before = self._scene, self._laid_out
        self._scene = scene
        if self._laid_out != before:
            if self._is_fitted:
                self._view = fit_all(arrange(scene, self.width(), self.height()), self._size)
            else:
                self._view = self._kept(self._view)
            self._pointed = None
            self.gliding.stop()
        if old is None or not scene.stands_as(old):
            self._still = None
            self._images.keep_only((scene.picture, *scene.outputs))
        self._describe()
        self.update()

    def scene(self) -> FlowScene | None:
        """Return what is shown."""
        return self._scene

    def view(self) -> View:
        """Return how it is looked at, or will be when it has come there."""
        return self._view

    @property
    def layout_now(self) -> FlowLayout | None:
        """Where everything lies, before it is zoomed and moved."""
        return self._laid_out

    @property
    def _laid_out(self) -> FlowLayout | None:
        if self._scene is None:
            return None
        return arrange(self._scene, self.width(), self.height())

    @property
    def _size(self) -> QSizeF:
        return QSizeF(self.size())

    def refresh(self) -> None:
        """Draw everything anew."""
        self._still = None
        self.update()

    def fit(self) -> None:
        """Show everything."""
        if self._laid_out is not None:
            self._look(fit_all(self._laid_out, self._size), is_fitted=True, glide=True)

    def fit_layer(self, place: int) -> None:
        """Show a layer, or the picture, as large as there is room."""
        if self._laid_out is not None and -1 <= place < len(self._laid_out.columns) - 1:
            self._look(fit_layer(self._laid_out, self._size, place), glide=True)

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom so that a point of the canvas, else its middle, stays where it is."""
        layout = self._laid_out
        if layout is None:
            return
        least = fit_all(layout, self._size).zoom
        zoom = min(max(self._view.zoom * factor, least), largest_zoom(layout))
        middle = QPointF(self.rect().center()) if about is None else about
        self._look(self._view.zoomed(zoom, middle))

    def _look(self, view: View, is_fitted: bool = False, glide: bool = False) -> None:
        view, origin = self._kept(view), self.gliding.towards(self._view)
        self._is_fitted = is_fitted
        self.gliding.stop()
        if view != origin:
            self._view = view
            if glide:
                self.gliding.begin(origin)
            self.refresh()

    def _kept(self, view: View) -> View:
        layout = self._laid_out
        return view if layout is None else kept(view, layout, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._scene is None:
            painter.fillRect(self.rect(), QColor(theme.current().surface))
            painter.end()
            return
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            still = QPainter(self._still)
            paint_still(self._sheet(still))
            still.end()
        painter.drawPixmap(QPoint(), self._still)
        paint_light(self._sheet(painter))
        painter.end()

    def _sheet(self, painter: QPainter) -> Sheet:
        assert self._scene is not None
        return sheet_of(painter, self._scene, self._size, self._view, theme.current(), self._images)

    def hideEvent(self, event: QHideEvent) -> None:
        self.gliding.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.gliding.stop()
        if self._laid_out is not None:
            fitted = fit_all(self._laid_out, self._size)
            self._view = fitted if self._is_fitted else self._kept(self._view)
        self.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = point - self._pressed
            if self._dragged or moved.manhattanLength() >= QApplication.startDragDistance():
                self._dragged = True
                self._pressed = point
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._look(self._view.moved(moved))
                return
        self._point_at(self._at(point))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False
        else:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        found = self._at(event.position())
        if self._dragged:
            self._dragged = False
            self._set_cursor(found)
            self._point_at(found)
        elif found is not None and found.part == "toggle":
            self.collapse_wanted.emit(found.place)
        else:
            self.chosen.emit(_meant(found))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the layer under the pointer, and everything if it is shown already."""
        layout, found = self._laid_out, self._at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or layout is None:
            return
        if found is not None and found.part == "toggle":
            self.mousePressEvent(event)  # two quick clicks are two clicks
            return
        wanted = None if found is None else fit_layer(layout, self._size, found.place)
        if found is None or wanted is None or self._kept(wanted) == self._view:
            self.fit()
        else:
            self.fit_layer(found.place)
        self._point_at(self._at(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom_by(ZOOM_STEP**notches, event.position())
        self._point_at(self._at(event.position()))
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        scene = self._scene
        if scene is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        elif key in STEPS:
            self._step(STEPS[key], bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        else:
            super().keyPressEvent(event)

    def _step(self, step: Pair, by_map: bool) -> None:
        """Move what is held by a cell, or by a map; if nothing is held, move everything."""
        scene, layout = self._scene, self._laid_out
        assert scene is not None and layout is not None
        if scene.pin is None or not scene.has(scene.pin):
            self._look(self._view.moved(QPointF(-step[1], -step[0]) * PAN_STEP))
            return
        spot = beside(layout, scene.pin, step, by_map)
        if spot != scene.pin:
            self.chosen.emit(spot)
            self.bring_into_sight(spot)

    def bring_into_sight(self, spot: Spot) -> None:
        """Move everything as far as it takes to see a cell."""
        layout = self._laid_out
        if layout is None or self._scene is None or not self._scene.has(spot):
            return
        area = layout.spot_rect(spot)
        if area is not None:
            self._look(shifted_to_see(self._view, area, self._size), self._is_fitted)

    def _at(self, point: QPointF) -> Hit | None:
        layout = self._laid_out
        return None if layout is None else hit(layout, self._view, self.width(), point)

    def _point_at(self, found: Hit | None) -> None:
        if found == self._pointed:
            return
        self._pointed = found
        self._set_cursor(found)
        self.pointed.emit(_meant(found))
        self._describe()

    def _set_cursor(self, found: Hit | None) -> None:
        if found is not None and found.part in ("toggle", "header"):
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def _describe(self) -> None:
        """Say in words what is pointed at, or held."""
        scene = self._scene
        if scene is None:
            self.setAccessibleDescription("")
            return
        found = self._pointed
        if found is None and scene.pin is not None and scene.has(scene.pin):
            found = Hit("cell", scene.pin.place, scene.pin.channel, scene.pin)
        self.setAccessibleDescription("" if found is None else in_words(scene, found))


def _meant(found: Hit | None) -> Spot | Hit | None:
    """Return the cell that was hit, or what else it was."""
    return found if found is None or found.spot is None else found.spot
