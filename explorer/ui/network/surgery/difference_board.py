"""What two confusion matrices differ in, as a board for the mouse and the keyboard."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.core.geometry import Pair
from explorer.data.classes import DIGITS
from explorer.data.digits import CLASSES
from explorer.drawing.confusion import LABELS, Layout, Matrix
from explorer.drawing.difference import draw_difference
from explorer.drawing.palette import RADIUS, faded
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.keys import STEPS

FLAT = 0.9
"""How high it is for its width."""


class DifferenceBoard(QWidget):
    """Changes with their signs; pale where they are those of an earlier state."""

    pointed = Signal(str)
    """What is said of the cell under the pointer or the keyboard; empty where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network.difference")
        self.setAccessibleName(self.tr("Changes of the confusion matrix"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        set_help(
            self.tr(
                "Each row is a true digit, each column an answer. A plus counts the test images "
                "that have this answer now and had another one before, a minus those that had it. "
                "On the framed diagonal the answers are right."
            ),
            self,
        )
        # It would lie over the very counts that it explains; F1 shows it.
        self.setToolTip("")
        self._cells: Matrix = np.zeros((CLASSES, CLASSES), np.int64)
        self._names: Sequence[str] = DIGITS
        self._stale = False
        self._pointed: Pair | None = None
        self._explanation = self.accessibleDescription()

    def cells(self) -> Matrix:
        """Return the changes, (K, K)."""
        return self._cells

    def show_cells(self, cells: Matrix, names: Sequence[str]) -> None:
        """Show other changes, and say them with the names of the classes."""
        if len(cells) != len(self._cells):
            self._point_at(None)
        self._cells, self._names = cells, names
        self.update()

    def set_stale(self, stale: bool) -> None:
        """Draw paler what is no longer so."""
        if stale != self._stale:
            self._stale = stale
            self.update()

    def lying(self) -> Layout:
        """Return where the cells are."""
        return Layout(self.width(), self.height(), len(self._cells))

    def sentence(self, true: int, answer: int) -> str:
        """Say in words what has changed in a cell."""
        count = int(self._cells[true, answer])
        words = {
            0: self.tr("true {true}, answered {answer}: as before"),
            1: self.tr("true {true}, answered {answer}: {count:,} more"),
            -1: self.tr("true {true}, answered {answer}: {count:,} fewer"),
        }[(count > 0) - (count < 0)]
        return words.format(true=self._names[true], answer=self._names[answer], count=abs(count))

    def sizeHint(self) -> QSize:
        """Return the room for numbers in the cells."""
        side = LABELS + 20 * CLASSES
        return QSize(side, self.heightForWidth(side))

    def heightForWidth(self, width: int) -> int:
        """Return the height for cells that are nearly square."""
        return round(LABELS + (width - LABELS) * FLAT)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.lying().at(event.position())
        self._point_at(place if place is not None and min(place) >= 0 else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in STEPS:
            super().keyPressEvent(event)
            return
        down, right = STEPS[key] if self._pointed is not None else (0, 0)
        true, answer = self._pointed or (0, 0)
        last = len(self._cells) - 1
        self._point_at((min(max(true + down, 0), last), min(max(answer + right, 0), last)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = theme.current()
        colours = faded(palette) if self._stale else palette
        painter = QPainter(self)
        draw_difference(painter, self._cells, colours, self.lying(), self._pointed)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.accent), 2))
            frame = self.rect().adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(frame, RADIUS / 2, RADIUS / 2)
        painter.end()

    def _point_at(self, place: Pair | None) -> None:
        if place != self._pointed:
            self._pointed = place
            words = "" if place is None else self.sentence(*place)
            self.setAccessibleDescription(words or self._explanation)
            self.pointed.emit(words)
            self.update()
