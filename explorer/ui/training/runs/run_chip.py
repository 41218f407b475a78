"""One run in the list of runs: a sample of its line, its name, its best accuracy, two buttons."""

from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from explorer.drawing.palette import GRID, RADIUS, SMALL
from explorer.ui.icons import icon
from explorer.ui.theme import font, theme
from explorer.ui.training.curves.run_lines import SYMBOLS
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.elided import elided
from explorer.ui.training.runs.run_words import accuracy, number
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help

HEIGHT = 4 * GRID
LEAST_WIDTH = 20 * GRID
"""Leaves some letters of the name."""
ICON = 14
BUTTON_WIDTH = ICON + 12
SAMPLE = 20
SYMBOL = 9
HIDDEN_OPACITY = 0.4


class RunChip(QAbstractButton):
    """Down while its run is the one that the page is about.

    The chosen one always has its two buttons. Where others have no room for the whole name beside
    them, they come with the pointer or with the keyboard; a menu has what they do in words. Where
    even so the name is cut, they take the place of the accuracy.

    Parameters
    ----------
    number : int
        Which of the runs it stands for, from 0 on.
    """

    removed = Signal(int)
    """The user wants its run to go; with its number."""
    visible_changed = Signal(int, bool)
    """The user wants the curves of its run to be seen or not; with its number."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = number
        self._trace: Trace | None = None
        self._shown: tuple[object, ...] = ()
        self._accuracy = ""
        self._others: frozenset[str] = frozenset()
        self.setObjectName(f"train.run.{number}")
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew when the pointer comes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.eye = tool_button(f"{self.objectName()}.visible", "", "eye", checkable=True, size=ICON)
        # Down is what it mostly is: no colour for that.
        self.eye.setProperty("kind", "quiet")
        self.cross = tool_button(f"{self.objectName()}.remove", "", "close", size=ICON)

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 3, 0)
        row.setSpacing(0)
        row.addStretch(1)
        row.addWidget(self.eye)
        row.addWidget(self.cross)

        for button in (self.eye, self.cross):
            button.installEventFilter(self)
        self.eye.clicked.connect(self._on_eye)
        self.cross.clicked.connect(self._on_cross)

    def trace(self) -> Trace | None:
        """Return the run that is shown."""
        return self._trace

    def show_trace(
        self, trace: Trace, explanation: str, others: frozenset[str] = frozenset()
    ) -> None:
        """Show a run, what is to be said about it on hover, and how it is not called."""
        self._trace = trace
        self.setChecked(trace.chosen)
        self._accuracy = accuracy(trace.history)
        shown = (
            trace.name,
            trace.place,
            trace.visible,
            trace.running,
            self._accuracy,
            explanation,
            trace.chosen,
            others,
        )
        if shown == self._shown:
            return
        self._shown, self._others = shown, others
        self._name_all(trace)
        set_help(explanation, self)
        self._make_room()
        self.update()

    def _name_all(self, trace: Trace) -> None:
        spoken = self.tr("Run {name}, best accuracy {accuracy}")
        if not trace.visible:
            spoken = self.tr("Run {name}, best accuracy {accuracy}, hidden")
        self.setAccessibleName(spoken.format(name=trace.name, accuracy=self._accuracy))
        self.eye.setChecked(trace.visible)
        self.eye.setIcon(icon("eye" if trace.visible else "eye-off", "muted", "muted"))
        hint = self._hint(trace)
        self.eye.setAccessibleName(hint)
        set_help(hint, self.eye)
        self.cross.setEnabled(not trace.running)
        self.cross.setAccessibleName(self.tr("Remove {name}").format(name=trace.name))
        set_help(
            self.tr("This run is under way: stop it before you remove it.")
            if trace.running
            else self.tr("Remove {name} from the runs").format(name=trace.name),
            self.cross,
        )

    def _hint(self, trace: Trace) -> str:
        """Return what the eye does."""
        hint = (
            self.tr("Hide the curves of {name}")
            if trace.visible
            else self.tr("Show the curves of {name}")
        )
        return hint.format(name=trace.name)

    def sizeHint(self) -> QSize:
        """Return one line with room for the whole name."""
        words = 0
        if self._trace is not None:
            words = QFontMetrics(font(weight=600)).horizontalAdvance(self._trace.name)
            small = QFontMetrics(font(SMALL))
            words += small.horizontalAdvance(self._accuracy + number(self._trace))
        return QSize(words + SAMPLE + 2 * BUTTON_WIDTH + 6 * GRID, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the sample, the buttons and a few letters."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def nextCheckState(self) -> None:
        """Stay as it is: the page says which run is the chosen one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter as with Space, and remove with Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.cross.isEnabled():
            self._on_cross()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer in words what the two buttons do, also to the keyboard."""
        trace = self._trace
        if trace is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The name of a folder may have what marks a letter in a menu.
        menu.addAction(self._hint(trace).replace("&", "&&"), self._on_eye)
        removal = self.tr("Remove {name}").format(name=trace.name).replace("&", "&&")
        menu.addAction(removal, self._on_cross).setEnabled(not trace.running)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._make_room()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._make_room()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._make_room()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._make_room()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hear when the keyboard comes to one of the buttons or leaves it."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        """Show the buttons where the name leaves room for them, or where they are wanted."""
        is_chosen = self._trace is not None and self._trace.chosen
        at_hand = (
            is_chosen
            or self.underMouse()
            or any(widget.hasFocus() for widget in (self, self.eye, self.cross))
        )
        shown = at_hand or self.width() >= self.sizeHint().width()
        if shown == self.eye.isHidden():
            self.eye.setVisible(shown)
            self.cross.setVisible(shown)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the sample of the line, the number, the name and the accuracy."""
        if self._trace is None:
            return
        palette, trace = theme.current(), self._trace
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = palette.hover if self.underMouse() else palette.surface
        painter.setBrush(QColor(palette.accent_soft if trace.chosen else fill))
        edge = palette.accent if trace.chosen or self.hasFocus() else palette.border
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(QColor(edge), width))
        frame = self.rect().toRectF().adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, RADIUS - 2, RADIUS - 2)

        inside = self.rect().adjusted(GRID, 0, -GRID, 0)
        if not self.eye.isHidden():
            inside.setRight(self.eye.x() - GRID // 2)
        self._paint_sample(painter, QRect(inside.left(), 0, SAMPLE, self.height()))
        inside.setLeft(inside.left() + SAMPLE + GRID)
        middle = Qt.AlignmentFlag.AlignVCenter
        left, right = middle | Qt.AlignmentFlag.AlignLeft, middle | Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(palette.muted))
        painter.setFont(font(SMALL))
        if self.eye.isHidden() or self.width() >= self.sizeHint().width():
            share = painter.boundingRect(inside, right, self._accuracy)
            painter.drawText(inside, right, self._accuracy)
            inside.setRight(share.left() - GRID)
        count = painter.boundingRect(inside, left, number(trace))
        painter.drawText(inside, left, number(trace))
        inside.setLeft(count.right() + GRID)
        painter.setPen(QColor(palette.text if trace.visible else palette.muted))
        painter.setFont(font(weight=600 if trace.chosen else 400))
        name = elided(trace.name, self._others, painter.fontMetrics(), inside.width())
        painter.drawText(inside, left, name)
        painter.end()

    def _paint_sample(self, painter: QPainter, place: QRect) -> None:
        """Paint the line and the mark as the curves have them."""
        assert self._trace is not None
        palette, chosen = theme.current(), self._trace.chosen
        colour = QColor(palette.runs[self._trace.place])
        painter.save()
        painter.setOpacity(1 if self._trace.visible else HIDDEN_OPACITY)
        painter.setPen(QPen(colour, 2 if chosen else 1))
        middle = QPointF(place.center()) + QPointF(0.5, 0.5)
        painter.drawLine(QPointF(place.left(), middle.y()), QPointF(place.right(), middle.y()))
        painter.translate(middle)
        if chosen:
            pen, brush = QPen(colour, 2), QColor(palette.surface)
            pen.setCosmetic(True)
        else:
            pen, brush = QPen(Qt.PenStyle.NoPen), colour
        drawSymbol(painter, SYMBOLS[self._trace.place][0], SYMBOL, pen, brush)
        painter.restore()

    @Slot()
    def _on_eye(self) -> None:
        assert self._trace is not None
        wanted = not self._trace.visible
        # The page says when it is so.
        self.eye.setChecked(self._trace.visible)
        self.visible_changed.emit(self.number, wanted)

    @Slot()
    def _on_cross(self) -> None:
        self.removed.emit(self.number)
