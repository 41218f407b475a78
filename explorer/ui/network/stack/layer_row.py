"""One layer of the stack: two lines that are pressed to open it and dragged to move it."""

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from explorer.drawing.palette import GRID, RADIUS, SMALL, Palette
from explorer.ui.icons import icon
from explorer.ui.network import words
from explorer.ui.network.stack.lines import Line
from explorer.ui.theme import font, theme
from explorer.ui.widgets.help import set_help

HEIGHT: Final = 6 * GRID
HANDLE: Final = 2 * GRID
"""Width of the dots on the left."""
MARK: Final = 14
_BRIEF: Final = 12
_FADED: Final = 0.45


class LayerRow(QAbstractButton):
    """Down while its layer is the chosen one; it only tells what is wished for.

    Parameters
    ----------
    place : int
        Index of its layer.
    """

    key_pressed = Signal(object)
    """A `QKeyEvent` that is for the whole list."""
    focused = Signal()
    drag_began = Signal()
    dragged = Signal(QPoint)
    """The pointer has moved on, on the screen, while it holds the row."""
    dropped = Signal(QPoint)

    def __init__(self, place: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = place
        self._line: Line | None = None
        self._pressed_at: QPoint | None = None
        self._is_dragged = False
        self._warning = icon("warning", "warning")
        self._marks = {name: icon(name, "muted") for name in ("snowflake", "eye-off", "pencil")}
        self.setObjectName(f"network.layer.{place}")
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew when the pointer comes
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def line(self) -> Line | None:
        """Return what is shown."""
        return self._line

    def show_line(self, line: Line) -> None:
        """Show a layer; nothing happens where it is the same."""
        if line == self._line:
            return
        self._line = line
        self.setChecked(line.chosen)
        said = self._said(line)
        self.setAccessibleName(f"{line.name}: {line.brief}")
        set_help(said, self)
        self.update()

    def set_reachable(self, reachable: bool) -> None:
        """Let the Tab key stop here, or pass over."""
        policy = Qt.FocusPolicy.StrongFocus if reachable else Qt.FocusPolicy.ClickFocus
        self.setFocusPolicy(policy)

    def _said(self, line: Line) -> str:
        parts = [f"{line.name}: {line.brief}"]
        if line.standing == "broken":
            parts.append(self.tr("Does not fit what comes from above."))
        elif line.standing == "waits":
            parts.append(self.tr("Waits for {layer}.").format(layer=line.awaits))
        else:
            parts.append(
                self.tr("Output {shape}, {memory} in memory.").format(
                    shape=line.output, memory=line.memory
                )
            )
        parts.append(
            self.tr("{parameters:,} parameters, {multiply_adds:,} multiply-adds.").format(
                parameters=line.parameters, multiply_adds=line.multiply_adds
            )
        )
        parts += [text for _, text in self._marked(line)]
        return "\n".join(parts)

    def _marked(self, line: Line) -> list[tuple[str, str]]:
        """Return the icons of what is special about a layer, and what each one says."""
        marks = (
            (line.off, "eye-off", self.tr("Switched off.")),
            (line.edited, "pencil", self.tr("Its weights have been edited.")),
            (line.frozen, "snowflake", self.tr("Frozen: it will not learn.")),
        )
        return [(name, text) for there, name, text in marks if there]

    def sizeHint(self) -> QSize:
        """Return two lines."""
        return QSize(24 * GRID, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return two lines with room for a name."""
        return QSize(16 * GRID, HEIGHT)

    def nextCheckState(self) -> None:
        """Stay as it is: the document says which layer is the chosen one."""

    # Hands and keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter as with Space; leave all else to the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()
            self.key_pressed.emit(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the keyboard is here."""
        super().focusInEvent(event)
        self.focused.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, for a drag may follow."""
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Become a drag once the pointer has gone far enough."""
        at = event.position().toPoint()
        if self._pressed_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        far = (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far and not self._is_dragged:
            self.setDown(False)
            self.drag_began.emit()
            self._is_dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()
        if self._is_dragged:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop, or choose where nothing was dragged."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_dragged:
            self.end_drag()
            self.dropped.emit(event.globalPosition().toPoint())
        elif self._pressed_at is not None or event.button() != Qt.MouseButton.LeftButton:
            self._pressed_at = None
            super().mouseReleaseEvent(event)

    def end_drag(self) -> None:
        """Let go: what the pointer still does is no drag any more."""
        self._is_dragged = False
        self._pressed_at = None
        self.unsetCursor()
        self.update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dots, the two lines and the marks."""
        if self._line is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._is_dragged:
            painter.setOpacity(_FADED)
        colours = theme.current()
        self._paint_ground(painter, colours)
        self._paint_handle(painter, colours)
        inside = self.rect().adjusted(HANDLE + GRID // 2, 0, -GRID, 0)
        upper, lower = QRect(inside), QRect(inside)
        upper.setBottom(self.height() // 2 + 1)
        lower.setTop(self.height() // 2 + 1)
        upper.setTop(GRID // 2)
        lower.setBottom(self.height() - 1 - GRID // 2)
        self._paint_upper(painter, colours, upper)
        self._paint_lower(painter, colours, lower)
        painter.end()

    def _paint_ground(self, painter: QPainter, colours: Palette) -> None:
        assert self._line is not None
        broken = self._line.standing == "broken"
        fill = colours.warning_soft if broken else colours.surface
        if self._line.chosen and not broken:
            fill = colours.accent_soft
        elif (self.underMouse() or self.isDown()) and not broken:
            fill = colours.hover
        edge = colours.warning if broken else fill
        if self._line.chosen:
            edge = colours.accent
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(colours.accent), 2) if self.hasFocus() else QColor(edge))
        inset = 1.0 if self.hasFocus() else 0.5
        place = self.rect().toRectF().adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(place, RADIUS - 2, RADIUS - 2)

    def _paint_handle(self, painter: QPainter, colours: Palette) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.muted if self.underMouse() else colours.control))
        for x in (7, 12):
            for y in (-6, 0, 6):
                painter.drawEllipse(QPoint(x, self.height() // 2 + y), 1, 1)

    def _paint_upper(self, painter: QPainter, colours: Palette, place: QRect) -> None:
        assert self._line is not None
        line, right = self._line, place.right()
        marks = [self._marks[name] for name, _ in self._marked(line)]
        if line.standing == "broken":
            marks.append(self._warning)
        for mark in reversed(marks):
            square = QRect(right - MARK + 1, place.center().y() - MARK // 2 + 1, MARK, MARK)
            mark.paint(painter, square, Qt.AlignmentFlag.AlignCenter, QIcon.Mode.Normal)
            right = square.left() - GRID // 2
        place.setRight(right)
        faint = line.standing == "waits"
        painter.setPen(QColor(colours.muted if faint else colours.text))
        place.setLeft(_write(painter, place, line.name, font(weight=400 if faint else 600)) + GRID)
        painter.setPen(QColor(colours.muted))
        _write(painter, place, line.brief, font(_BRIEF))

    def _paint_lower(self, painter: QPainter, colours: Palette, place: QRect) -> None:
        assert self._line is not None
        line = self._line
        said = line.output
        painter.setPen(QColor(colours.text))
        if line.standing == "waits":
            said = self.tr("waits for {layer}").format(layer=line.awaits)
            painter.setPen(QColor(colours.muted))
        elif line.standing == "broken":
            said = self.tr("does not fit")
            painter.setPen(QColor(colours.warning))
        left = _write(painter, place, said, font(_BRIEF, 500), right=True)
        place.setRight(left - GRID)
        painter.setPen(QColor(colours.muted))
        _write(painter, place, self._counts(line), font(SMALL))

    def _counts(self, line: Line) -> str:
        if not line.parameters and not line.multiply_adds:
            return self.tr("no weights")
        work = words.short(line.multiply_adds) if line.standing == "fits" else "–"
        return f"{words.short(line.parameters)} · {work}"


def _write(painter: QPainter, place: QRect, text: str, face: QFont, right: bool = False) -> int:
    """Write `text`, shortened to `place`, and return where it ends on the side of the middle."""
    painter.setFont(face)
    metrics = QFontMetrics(painter.font())
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, place.width()))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
    width = metrics.horizontalAdvance(shown)
    return place.right() - width if right else place.left() + width
