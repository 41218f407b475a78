"""The numbers of one kernel, each of which can be typed anew."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.notation import ValuesError, format_block, format_number, parse_block
from explorer.core.notation import parse_number as parsed
from explorer.drawing.boards import Scale, draw_grid, draw_values
from explorer.drawing.colour import span
from explorer.drawing.grid import Board
from explorer.ui.network.surgery.picker import draw_mark
from explorer.ui.theme import theme
from explorer.ui.widgets.cell_editor import BEGINS_A_NUMBER, CellEditor
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.keys import STEPS

LARGEST: Final = 36
"""Pixels that a cell is wide and high at most."""
SIGNIFICANT: Final = 0.1
"""Numbers that are all smaller than that need a third decimal."""
_OPENING: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)
_CLEARING: Final = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class KernelNumbers(QWidget):
    """A kernel in colours and numbers; a double click, Enter or a digit opens a cell.

    Where the cells are too small for numbers, the colours tell, and `pointed` has them all.
    """

    typed = Signal(object, object)
    """(row, column) and the block of numbers, (h, w), to be laid from there on."""
    pointed = Signal()
    """Another cell is under the pointer or the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network.kernel.numbers")
        self.setAccessibleName(self.tr("Numbers of the kernel"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_help(
            self.tr(
                "The numbers of the kernel. Double-click one, or choose it with the arrows and "
                "type. Delete makes it 0, Ctrl+V lays a copied block of numbers from there on."
            ),
            self,
        )
        self.setToolTip("")
        self._values: Array = np.zeros((1, 1), np.float32)
        self._learned: Array = self._values
        self._limit = 1.0
        self._cell: Pair = (0, 0)
        self._under: Pair | None = None
        self._editor = CellEditor(self)
        self._editor.setObjectName("network.kernel.editor")
        self._editor.committed.connect(self._commit)
        self._editor.block_pasted.connect(self._take_block)

    def show_kernel(self, values: Array, learned: Array, limit: float) -> None:
        """Show numbers (h, w), those that were learned, and the size of the largest colour."""
        if values.shape != self._values.shape:
            self._editor.cancel()
            self._cell, self._under = (0, 0), None
            self._values = values
            self._fit()
        self._values, self._learned, self._limit = values, learned, limit
        self.pointed.emit()
        self.update()

    def cell(self) -> Pair | None:
        """Return the cell under the pointer, else the one that the keyboard is at."""
        return self._under or (self._cell if self.hasFocus() else None)

    def board(self) -> Board:
        """Return where the cells are."""
        h, w = self._values.shape
        side = max(min((self.width() - 1) // w, LARGEST), 1)
        return Board(0, 0, side, (h, w))

    def sizeHint(self) -> QSize:
        """Return the room for the cells at the width of the moment."""
        return QSize(1, round(self.board().whole.height()) + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, board = theme.current(), self.board()
        scale = Scale(palette.map_weight, *span(np.array([self._limit]), signed=True))
        decimals = 2 if np.abs(self._values).max() >= SIGNIFICANT else 3
        visible = QRectF(self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_values(painter, board, self._values.astype(np.float64).round(decimals), scale, visible)
        draw_grid(painter, board, palette, visible)
        for row, column in np.argwhere(self._values != self._learned).tolist():
            draw_mark(painter, board.cell_rect(row, column).adjusted(0, 0, -1, 0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for cell, colour, wide in (
            (self._under, palette.text, 1),
            (self._cell if self.hasFocus() else None, palette.focus_window, 2),
        ):
            if cell is not None:
                painter.setPen(QPen(QColor(colour), wide))
                painter.drawRect(board.cell_rect(*cell).adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QEvent) -> None:
        self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self.board().at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.board().at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._go_to(cell)
        else:
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.board().at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._go_to(cell)
            self._open()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.pointed.emit()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit()
        self.update()

    def event(self, event: QEvent) -> bool:
        """Take the keys that are meant for a cell before the page does."""
        is_asked = event.type() == QEvent.Type.ShortcutOverride
        if is_asked and isinstance(event, QKeyEvent) and self._is_for_cell(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Paste):
            self._take_block(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(format_block(self._values))
        elif key in STEPS:
            self._step(*STEPS[key])
        elif key in _OPENING:
            self._open()
        elif key in _CLEARING:
            self._put(np.zeros((1, 1), np.float32))
        elif self._is_for_cell(event):
            self._open(event.text())
        else:
            super().keyPressEvent(event)

    def _is_for_cell(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if any(
            event.matches(known)
            for known in (QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Copy)
        ):
            return True
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        begins = bool(event.text()) and event.text() in BEGINS_A_NUMBER
        return begins or key in STEPS or key in (*_OPENING, *_CLEARING)

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())

    def _point_at(self, cell: Pair | None) -> None:
        if cell != self._under:
            self._under = cell
            self.pointed.emit()
            self.update()

    def _go_to(self, cell: Pair) -> None:
        self._cell = cell
        self.pointed.emit()
        self.update()

    def _step(self, rows: int, columns: int) -> None:
        (h, w), (row, column) = self._values.shape, self._cell
        self._go_to((min(max(row + rows, 0), h - 1), min(max(column + columns, 0), w - 1)))

    def _open(self, typed: str | None = None) -> None:
        place = self.board().cell_rect(*self._cell).toRect()
        text = format_number(float(self._values[self._cell])) if typed is None else typed
        self._editor.open_at(place, text, typed is None)

    @Slot(str, int, int)
    def _commit(self, text: str, rows: int, columns: int) -> None:
        self._put(np.full((1, 1), parsed(text), np.float32))
        self._step(rows, columns)

    @Slot(str)
    def _take_block(self, text: str) -> None:
        try:
            self._put(parse_block(text))
        except ValuesError:
            return

    def _put(self, block: Array) -> None:
        self.typed.emit(self._cell, block)
