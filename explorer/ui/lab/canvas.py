"""The canvas of the Lab: shows frames, and tells the document where a hand points."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from explorer.core.scene import Focus, LabState
from explorer.core.values import editable
from explorer.drawing.frame import Frame, hit, moving, result, still
from explorer.drawing.layout import Layout, arrange, kernel_boards
from explorer.drawing.thumbs import mark_thumbnail, thumbnail_at
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.editing import Editing
from explorer.ui.lab.gliding import Gliding
from explorer.ui.theme import theme

LARGEST_ZOOM: Final = 12.0
LARGEST_CELL: Final = 56.0
"""Pixels of a cell to which one can zoom in, however many cells there are."""
ZOOM_STEP: Final = 1.2


class Canvas(QWidget):
    """Draws the document's state; hovering and clicking trace cells, the wheel zooms."""

    painted = Signal()

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Input, kernel and output"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing shows through
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 320)
        self.setWhatsThis(
            self.tr(
                "Point at a cell to see what it has to do with: an output cell and the window that "
                "made it, an input cell and every output that it reaches, a weight and all cells "
                "that it meets. A click holds it, Esc lets go. The wheel zooms, dragging moves. "
                "Of several output channels, a click on a small one shows it large."
            )
        )
        self._document = document
        self._zoom = 1.0
        self._offset = QPointF()
        self._resting: QPoint | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._thumbnail: int | None = None
        self._still: QPixmap | None = None
        self._result: QPixmap | None = None
        self._drawn: Layout | None = None
        self.gliding = Gliding(self)
        self.editing = Editing(self, document, self.place_of)
        self.setAcceptDrops(True)
        document.changed.connect(self._on_changed)
        document.evaluated.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.gliding.moved.connect(self.refresh)

    @property
    def layout_now(self) -> Layout:
        """Where everything lies, in widget coordinates: while boards glide, where they will."""
        return self._layout_of(self._document.state)

    def _layout_of(self, state: LabState) -> Layout:
        return arrange(state, self.width(), self.height()).zoomed(self._zoom, self._offset)

    @property
    def zoom(self) -> float:
        """How much larger than fitted the boards are drawn."""
        return self._zoom

    def place_of(self, focus: Focus) -> QRectF | None:
        """Return where a cell lies at the moment, None where it is not shown."""
        state, layout = self._document.state, self.layout_now
        if focus.board == "output":
            return None if layout.output is None else layout.output.cell_rect(*focus.cell)
        if focus.board == "input":
            return layout.input[focus.channel].cell_rect(*focus.cell)
        for channel, board in kernel_boards(state, layout):
            if channel == focus.channel:
                return board.cell_rect(*focus.cell)
        return None

    def refresh(self) -> None:
        """Draw everything anew."""
        self._still = self._result = None
        self.update()

    def fit(self) -> None:
        """Show everything at once again."""
        self._zoom, self._offset = 1.0, QPointF()
        self._refit()

    def zoom_by(self, factor: float, about: QPointF) -> None:
        """Zoom so that the point `about` stays where it is; never smaller than fitted."""
        fitted = arrange(self._document.state, self.width(), self.height()).input[0].cell
        zoom = min(max(self._zoom * factor, 1.0), max(LARGEST_ZOOM, LARGEST_CELL / fitted))
        self._offset = about - (about - self._offset) * (zoom / self._zoom)
        self._zoom = zoom
        self._refit()

    def _refit(self) -> None:
        """Draw everything at once where a hand has moved it."""
        self._keep_in_sight()
        self.gliding.stop()
        self.refresh()

    def _keep_in_sight(self) -> None:
        lowest = QPointF(self.width() * (1 - self._zoom), self.height() * (1 - self._zoom))
        self._offset.setX(min(max(self._offset.x(), lowest.x()), 0.0))
        self._offset.setY(min(max(self._offset.y(), lowest.y()), 0.0))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._drawn = self.gliding.towards(self.layout_now)
        frame = Frame(
            self._document.state,
            self._document.evaluation,
            self._drawn,
            theme.current(),
            QRectF(self.rect()),
        )
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            self._still.fill(QColor(frame.palette.surface))
            painter = QPainter(self._still)
            still(painter, frame)
            painter.end()
            self._result = result(frame, ratio)
        painter = QPainter(self)
        painter.drawPixmap(QPoint(), self._still)
        moving(painter, frame, self._result)
        if self._thumbnail is not None:
            mark_thumbnail(painter, frame.layout, self._thumbnail, frame.palette)
        painter.end()
        self.painted.emit()

    def showEvent(self, event: QShowEvent) -> None:
        self._resting = QCursor.pos()

    def hideEvent(self, event: QHideEvent) -> None:
        self.gliding.stop()
        self._drawn = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._refit()
        self._drawn = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = point - self._pressed
            far = moved.manhattanLength() >= QApplication.startDragDistance()
            if self._dragged or (far and self._zoom > 1.0):
                self._dragged = True
                self._offset += moved
                self._pressed = point
                self._refit()
                return
        # A window that opens under the pointer is not pointed at yet: it plays.
        if event.globalPosition().toPoint() != self._resting:
            self._resting = None
            self._hover(self._focus_at(point))
        self._point_at_thumbnail(thumbnail_at(self.layout_now, point))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        channel = thumbnail_at(self.layout_now, event.position())
        if channel is not None and not self._dragged:
            self._choose(channel)
        elif not self._dragged:
            several = event.modifiers() & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
            )
            self._pin(self._focus_at(event.position()), bool(several))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        focus = self._focus_at(event.position())
        if focus is None:
            self.fit()
        elif editable(self._document.state, focus):
            self._document.look(pins=(focus,), hover=None)
            self.editing.begin()
        else:
            self.mousePressEvent(event)  # two quick clicks are two clicks

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.editing.open_menu(self._focus_at(QPointF(event.pos())), event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.editing.take(event.mimeData()):
            event.acceptProposedAction()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        self._point_at_thumbnail(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        self.zoom_by(ZOOM_STEP**notches, event.position())
        self._hover(self._focus_at(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        middle = QPointF(self.rect().center())
        if self.editing.key(event):
            event.accept()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(ZOOM_STEP, middle)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / ZOOM_STEP, middle)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            by = 1 if event.key() == Qt.Key.Key_PageDown else -1
            state = self._document.state
            self._choose(min(max(state.channel + by, 0), state.output_channels - 1))
        else:
            super().keyPressEvent(event)

    def _choose(self, channel: int) -> None:
        """Show another output channel large."""
        self._document.look(channel=channel, pins=(), hover=None)

    def _point_at_thumbnail(self, channel: int | None) -> None:
        """Show that a click there does something, and what."""
        if channel == self._thumbnail:
            return
        self._thumbnail = channel
        if channel is None:
            self.unsetCursor()
            self.setToolTip("")
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            words = self.tr("Output channel {channel}: click to see it large (Page Up, Page Down)")
            self.setToolTip(words.format(channel=channel))
        self.update()

    def _pin(self, focus: Focus | None, several: bool) -> None:
        """Hold a cell, or let it go where it is held; `several` keeps the others."""
        held = self._document.state.pins
        others = tuple(pin for pin in held if pin != focus) if several else ()
        new = others if focus is None or focus in held else (*others, focus)
        self._document.look(pins=new, hover=focus)

    def _focus_at(self, point: QPointF) -> Focus | None:
        if not self._document.state.fits:
            return None
        return hit(self._document.state, self.layout_now, point)

    def _hover(self, focus: Focus | None) -> None:
        if focus != self._document.state.hover:
            self._document.look(hover=focus)

    def _on_changed(self, new: LabState, old: LabState) -> None:
        if not new.looks_as(old):
            self._still = self._result = None
            self._glide(new, old)
        self.update()

    def _glide(self, new: LabState, old: LabState) -> None:
        """Let the boards glide where the layout changes; something else altogether is there."""
        if new.sample != old.sample:
            self.gliding.stop()
        elif self._drawn is not None:
            end = self._layout_of(new)
            if end != self._layout_of(old):
                self.gliding.begin(self._drawn, end)
