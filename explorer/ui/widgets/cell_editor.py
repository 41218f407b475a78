"""The box that opens over a cell of the picture to type its number."""

import re
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from explorer.core.notation import ValuesError, parse_number
from explorer.drawing.palette import GRID, RADIUS
from explorer.ui.sentences import translated
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help

BEGINS_A_NUMBER: Final = "0123456789-−+.,"
"""What opens the box over a cell when it is typed there."""
NARROWEST: Final = 7 * GRID
"""Smallest width in pixels: five digits, a sign and a point can be read."""
_AROUND_TEXT: Final = 3 * GRID
"""Pixels of the frame, its padding and the cursor."""
_SEVERAL: Final = re.compile(r"[\t\n\r;,\[\]]|\S\s+\S")
"""What text copied from several cells contains."""

_GOES_TO: Final = {
    Qt.Key.Key_Return: (1, 0),
    Qt.Key.Key_Enter: (1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
}
_KEPT: Final = (*_GOES_TO, Qt.Key.Key_Escape)
"""Keys that the page may not take for itself while a number is typed."""

_STAYS_OPEN: Final = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
)
"""Its own menu, and another window out of which somebody may want to copy."""


class CellEditor(QLineEdit):
    """A line for one number, hidden until it is opened over a cell of its parent.

    It closes by itself and hands the keyboard back to its parent; what becomes of the number is
    left to whoever listens.
    """

    committed = Signal(str, int, int)
    """The text of a number, and how many rows and columns further to go on; (0, 0) to stop."""
    cancelled = Signal()
    """Nothing is to be changed."""
    block_pasted = Signal(str)
    """The text of several cells, to be laid from this cell on to the right and down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._under = parent
        self._cell = QRect()
        self._is_open = False
        self.setObjectName("cell_editor")
        self.setAccessibleName(self.tr("Number in the cell"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._mark("")
        self.hide()
        self.textChanged.connect(self._on_text_changed)

    def open_at(self, rect: QRect, text: str, select_all: bool) -> None:
        """Begin to edit `text` over a cell.

        Parameters
        ----------
        rect : QRect
            The cell, in coordinates of the parent.
        text : str
            What stands in the line at first.
        select_all : bool
            Whether typing replaces `text` instead of going on behind it.
        """
        self._is_open = True
        self.setText(text)
        self.setModified(False)
        self._mark("")
        self.move_to(rect)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if select_all:
            self.selectAll()
        else:
            self.end(False)

    def move_to(self, rect: QRect) -> None:
        """Follow the cell, which now is at `rect`; whatever is typed stays."""
        self._cell = rect
        needed = self.fontMetrics().horizontalAdvance(self.text()) + _AROUND_TEXT
        limits = self._under.rect()
        width = min(max(rect.width(), NARROWEST, needed), limits.width())
        height = min(max(rect.height(), self.minimumSizeHint().height()), limits.height())
        place = QRect(0, 0, width, height)
        place.moveCenter(rect.center())
        place.moveLeft(min(max(place.left(), 0), limits.width() - width))
        place.moveTop(min(max(place.top(), 0), limits.height() - height))
        self.setGeometry(place)

    def is_open(self) -> bool:
        """Tell whether somebody is typing."""
        return self._is_open

    def cancel(self) -> None:
        """Close without a change, as Esc does."""
        if self._is_open:
            self._close()
            self.cancelled.emit()

    def event(self, event: QEvent) -> bool:
        """Take the keys that move on before the window does: Tab would change the focus."""
        if isinstance(event, QKeyEvent) and self._is_open:
            ways = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            plain = ways in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
            key = Qt.Key(event.key())
            if plain and key in _KEPT:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self._move_on(key, ways == Qt.KeyboardModifier.ShiftModifier)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self._paste)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self._is_open or event.reason() in _STAYS_OPEN:
            return
        if self._problem():
            self.cancel()
        else:
            self._commit(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark of a mistake over the frame of the style sheet."""
        super().paintEvent(event)
        if self.property("state") == "error":
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.current().error), 2))
            frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(frame, RADIUS - 3, RADIUS - 3)
            painter.end()

    def _move_on(self, key: Qt.Key, back: bool) -> None:
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif problem := self._problem():
            self._mark(problem)
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), problem, self)
        else:
            rows, columns = _GOES_TO[key]
            turned = back and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            self._commit(-rows if turned else rows, columns)

    def _commit(self, rows: int, columns: int) -> None:
        text = self.text()
        self._close()
        self.committed.emit(text, rows, columns)

    def _close(self) -> None:
        self._is_open = False
        if self.property("state") == "error":
            QToolTip.hideText()
        # Qt would hand the keyboard to whatever control comes next.
        if self.hasFocus():
            self._under.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def _problem(self) -> str:
        """Return why the text is no number, or an empty text."""
        try:
            parse_number(self.text())
        except ValuesError as error:
            return translated(error.meaning)
        return ""

    def _mark(self, problem: str) -> None:
        """Show that there is a mistake, and what to do about it; or that there is none."""
        self.setProperty("state", "error" if problem else "")
        usual = self.tr("Enter and Tab take the number and go on, Esc leaves it as it was.")
        set_help(problem or usual, self)
        self.update()

    @Slot()
    def _on_text_changed(self) -> None:
        if self._is_open:
            self._mark("")
            self.move_to(self._cell)

    @Slot()
    def _paste(self) -> None:
        """Insert a number from the clipboard, or tell of the numbers of several cells."""
        text = QGuiApplication.clipboard().text().strip("\r\n ")
        if _SEVERAL.search(text) is None or _is_number(text):
            self.insert(text)
            return
        self._close()
        self.block_pasted.emit(text)


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ValuesError:
        return False
    return True
