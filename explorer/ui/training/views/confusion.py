"""The confusion matrix as a board for the mouse and the keyboard."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.core.geometry import Pair
from explorer.data.classes import DIGITS
from explorer.data.digits import CLASSES
from explorer.drawing.confusion import Layout, Matrix, Selection, draw_confusion
from explorer.drawing.palette import RADIUS
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.keys import ENTER, STEPS


class ConfusionBoard(QWidget):
    """Counts; a click on a cell or a digit at the edge chooses, as do arrows and Enter."""

    chosen = Signal(object)
    """The new `Selection`."""

    pointed = Signal(str)
    """What is said of the cell under the pointer or the keyboard; empty where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.confusion")
        self.setAccessibleName(self.tr("Confusion matrix"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        set_help(
            self.tr(
                "Each row is a true digit, each column an answer; the diagonal is what was right. "
                "Click a cell, or a digit at the edge, to see its images."
            ),
            self,
        )
        # It would lie over the very counts that it explains; F1 shows it.
        self.setToolTip("")
        self._matrix: Matrix = np.zeros((CLASSES, CLASSES), np.int64)
        self._names: Sequence[str] = DIGITS
        self._selection: Selection | None = None
        self._pointed: Pair | None = None
        self._explanation = self.accessibleDescription()

    def matrix(self) -> Matrix:
        """Return the counts, (K, K)."""
        return self._matrix

    def show_matrix(self, matrix: Matrix, names: Sequence[str] = DIGITS) -> None:
        """Show other counts, and say them with the names of the classes; what is chosen stays."""
        if len(matrix) != len(self._matrix):
            # A place of another board is none of this one.
            self._point_at(None)
            self._selection = None
        self._matrix, self._names = matrix, names
        if self._pointed is not None:
            self.pointed.emit(self.sentence(*self._pointed))
        self.update()

    def select(self, selection: Selection | None) -> None:
        """Mark a cell, a row or a column, without a signal."""
        self._selection = selection
        self.update()

    def go_to(self, selection: Selection) -> None:
        """Let the keyboard be where a selection is."""
        true, answer = (
            -1 if index is None else index for index in (selection.true, selection.answer)
        )
        self._point_at((true, answer))

    def cells(self) -> Layout:
        """Return where the cells are."""
        return Layout(self.width(), self.height(), len(self._matrix))

    def sentence(self, true: int, answer: int) -> str:
        """Say in words how many images are in a cell; of a label, what it stands for."""
        if true < 0:
            count = int(self._matrix[:, answer].sum())
            return self.tr("answered {answer}: {images}").format(
                answer=self._names[answer], images=self._images(count)
            )
        if answer < 0:
            count = int(self._matrix[true].sum())
            return self.tr("true {true}: {images}").format(
                true=self._names[true], images=self._images(count)
            )
        count = int(self._matrix[true, answer])
        return self.tr("true {true}, answered {answer}: {images}").format(
            true=self._names[true], answer=self._names[answer], images=self._images(count)
        )

    def _images(self, count: int) -> str:
        return self.tr("1 image") if count == 1 else self.tr("{count:,} images").format(count=count)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.cells().at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.cells().at(QPointF(event.position()))
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self._point_at(place)
            self._choose(place)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        here = self._pointed
        if key in STEPS:
            down, right = STEPS[key] if here is not None else (0, 0)
            true, answer = here or (0, 0)
            moved = self._within(true + down), self._within(answer + right)
            if moved != (-1, -1):
                self._point_at(moved)
        elif key in ENTER and here is not None:
            self._choose(here)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = theme.current()
        painter = QPainter(self)
        draw_confusion(painter, self._matrix, palette, self.cells(), self._selection, self._pointed)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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

    def _choose(self, place: Pair) -> None:
        true, answer = (None if index < 0 else index for index in place)
        self.select(Selection(true, answer))
        self.chosen.emit(self._selection)

    def _within(self, index: int) -> int:
        """Return the nearest cell or label."""
        return min(max(index, -1), len(self._matrix) - 1)
