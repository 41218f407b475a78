"""Shows the sum of one output cell: its terms, which scroll where they are many, and the result."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.core.cell import Cell
from explorer.core.scene import LabState
from explorer.drawing.palette import GRID, Palette
from explorer.ui.lab import writing
from explorer.ui.lab.ledger import Level, Line, Piece, Room, equals, ledger
from explorer.ui.theme import font, theme
from explorer.ui.widgets.help import set_help

_CODE: Final = 12
_CHEVRON: Final = 3.0
"""Half the width of a chevron in pixels."""


class Lines(QLabel):
    """Paints lines of a sum; what it says as a label is the sum in one line.

    A label whose text changes has everything around it laid out anew, and this one changes with
    every step of the window: the text is kept apart, and made for who asks.
    """

    pressed = Signal(int, str)
    """The channel that is to be folded or unfolded, and its new level."""
    moved = Signal(QRect)
    """Where the current line is, after a key has moved to it."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._lines: tuple[Line, ...] = ()
        self._said: Callable[[], str] = str
        self._current = self._edge = 0
        self._mono, self._sans, self._strong = font(_CODE, mono=True), font(), font(weight=600)
        self._winner = font(_CODE, mono=True)
        self._winner.setUnderline(True)
        metrics = QFontMetricsF(self._mono)
        self.advance = metrics.horizontalAdvance("0")
        self._pitch = round(QFontMetricsF(self._sans).lineSpacing()) + 2
        self._base = (self._pitch + metrics.ascent() - metrics.descent()) / 2
        copy = QAction(self.tr("Copy the sum"), self)
        copy.triggered.connect(self._copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setMouseTracking(True)

    def text(self) -> str:
        """Return the sum in one line."""
        return self._said()

    def show_lines(
        self, lines: tuple[Line, ...], said: Callable[[], str] = str, edge: int = 0
    ) -> None:
        """Show other lines, the amounts left of `edge`; only their number changes the size."""
        longer = len(lines) != len(self._lines)
        self._lines, self._said, self._edge = lines, said, edge
        self._current = min(self._current, max(0, len(lines) - 1))
        folds = any(line.becomes for line in lines)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if folds else Qt.FocusPolicy.NoFocus)
        if longer:
            self.updateGeometry()
        self.update()

    @property
    def pitch(self) -> int:
        """Pixels from one line to the next."""
        return self._pitch

    def sizeHint(self) -> QSize:
        return QSize(0, len(self._lines) * self._pitch + 1)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def place_of(self, index: int) -> QRect:
        """Return where a line is."""
        return QRect(0, index * self._pitch, self.width(), self._pitch)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first = max(0, event.rect().top() // self._pitch)
        last = min(len(self._lines) - 1, event.rect().bottom() // self._pitch)
        palette = theme.current()
        for index in range(first, last + 1):
            self._paint_line(painter, index, palette)
        if self.hasFocus() and self._lines[self._current : self._current + 1]:
            painter.setPen(QPen(QColor(palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.place_of(self._current)).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ring, 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold the channel whose line is pressed."""
        becomes = self._becomes(event.position().y())
        if becomes is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._current = int(event.position().y() // self._pitch)
        self.pressed.emit(*becomes)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a hand over what can be pressed."""
        can = self._becomes(event.position().y()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move among the channels, and fold and unfold them, as in a tree."""
        key = Qt.Key(event.key())
        places = [i for i, line in enumerate(self._lines) if line.becomes is not None]
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and places:
            before = [i for i in places if i < self._current] or places[:1]
            behind = [i for i in places if i > self._current] or places[-1:]
            self._current = before[-1] if key == Qt.Key.Key_Up else behind[0]
            self.update()
            self.moved.emit(self.place_of(self._current))
            return
        becomes = self._becomes(self._current * self._pitch) if self._lines else None
        is_open = self._lines[self._current].is_open if self._lines else None
        wanted = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}.get(key, is_open)
        keys = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if becomes is not None and key in keys and is_open in (wanted, None):
            self.pressed.emit(*becomes)
        elif becomes is None or key not in keys:
            super().keyPressEvent(event)

    def _becomes(self, y: float) -> tuple[int, Level] | None:
        index = int(y // self._pitch)
        return self._lines[index].becomes if 0 <= index < len(self._lines) else None

    def _paint_line(self, painter: QPainter, index: int, palette: Palette) -> None:
        line, top = self._lines[index], index * self._pitch
        y = top + self._base
        if line.is_total:
            painter.setPen(QPen(QColor(palette.border), 1))
            painter.drawLine(QLineF(0, top + 0.5, self._edge, top + 0.5))
        if line.is_open is not None:
            self._paint_chevron(painter, QPointF(5, top + self._pitch / 2), line.is_open, palette)
        for piece in _runs(line):
            self._paint_piece(painter, piece, y, palette)
        if line.amount is not None:
            sign, amount = line.amount
            painter.setFont(self._strong if line.is_total else self._sans)
            painter.setPen(QColor(palette.text))
            right = QRectF(0, top, self._edge, self._pitch)
            painter.drawText(right, _RIGHT, amount)
            width = painter.fontMetrics().horizontalAdvance(amount)
            column = max(7 * self.advance, width + 4)
            painter.drawText(right.adjusted(0, 0, -column, 0), _RIGHT, sign)

    def _paint_piece(self, painter: QPainter, piece: Piece, y: float, palette: Palette) -> None:
        hues = {
            "weight": palette.kernel_size,
            "muted": palette.muted,
            "place": palette.muted,
            "link": palette.accent,
        }
        fonts = {"output": self._winner, "place": self._sans}
        painter.setFont(fonts.get(piece.role, self._mono))
        painter.setPen(QColor(hues.get(piece.role, palette.text)))
        painter.drawText(QPointF(piece.at * self.advance, y), piece.text)

    def _paint_chevron(
        self, painter: QPainter, middle: QPointF, is_open: bool, palette: Palette
    ) -> None:
        a = _CHEVRON
        points = [(-a, -a / 2), (0, a / 2), (a, -a / 2)]
        if not is_open:
            points = [(y, x) for x, y in points]
        painter.setPen(QPen(QColor(palette.muted), 1.4))
        painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in points]))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


def _runs(line: Line) -> list[Piece]:
    """Return the pieces of each role in one, with spaces between: each drawing costs."""
    runs: dict[str, Piece] = {}
    for piece in line.pieces:
        run = runs.get(piece.role)
        if run is None:
            runs[piece.role] = piece
        else:
            text = run.text.ljust(piece.at - run.at) + piece.text
            runs[piece.role] = run._replace(text=text)
    return list(runs.values())


class CellSum(QWidget):
    """The sum of a cell in the room that there is; what was unfolded stays so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LabState | None = None
        self._cell: Cell | None = None
        self._chosen: dict[int, Level] = {}
        self._room = Room()
        self._place = Lines("cell_place", self.tr("Place of the cell"))
        self._terms = Lines("cell_arithmetic", self.tr("Arithmetic of the cell"))
        self._result = Lines("cell_result", self.tr("Result of the cell"))
        set_help(
            self.tr(
                "Every value under the window times the weight that it meets, row by row of the "
                "kernel; padding is pale. Each channel has its own total; press it to fold it."
            ),
            self._terms,
            self._result,
        )
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._terms)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._place)
        layout.addWidget(self._scroll, 1000)
        layout.addWidget(self._result)
        layout.addStretch(1)

        self._terms.pressed.connect(self._choose)
        self._terms.moved.connect(self._reveal)
        theme.changed.connect(self._write)

    def show_cell(self, state: LabState, cell: Cell) -> None:
        """Show how the number of an output cell of `state` comes about."""
        self._show_place(self._place_in_words(state, cell))
        before, self._state, self._cell = self._state, state, cell
        if before is None or before.layer != state.layer:
            self._chosen = {}
        if before is None or not before.computes_as(state):
            self._room = Room()
        self._write()

    def _place_in_words(self, state: LabState, cell: Cell) -> str:
        """Return which output cell it is, and why this one."""
        channel, row, column = cell.at
        several = state.output_channels > 1
        stamps = len(cell.terms) // max(1, len(cell.channels))
        if state.stamps and stamps > 1:
            where = self.tr("Output ({row}, {column}): {count} stamps add up")
            if several:
                where = self.tr("({row}, {column}), channel {channel}: {count} stamps")
        elif state.stamps:
            where = self.tr("Output ({row}, {column}): one stamp alone")
            if not stamps:
                where = self.tr("Output ({row}, {column}): no stamp reaches it")
            elif several:
                where = self.tr("({row}, {column}), channel {channel}: one stamp")
        elif state.focus is not None and state.explained is None:
            # Something else is pointed at, and the window stays where it is.
            where = self.tr("At the window: output ({row}, {column})")
            if several:
                where = self.tr("At the window: ({row}, {column}), channel {channel}")
        elif several:
            where = self.tr("Output ({row}, {column}) of channel {channel}")
        else:
            where = self.tr("Output row {row}, column {column}")
        return where.format(channel=channel, row=row, column=column, count=stamps)

    def show_nothing(self, reason: str) -> None:
        """Say why there is no cell."""
        self._show_place(reason)
        self._state = self._cell = None
        self._terms.show_lines(())
        self._result.show_lines(())
        self._scroll.setMaximumHeight(0)

    def _show_place(self, text: str) -> None:
        self._place.show_lines((Line((Piece(0, text, "place"),)),), lambda: text)

    def sizeHint(self) -> QSize:
        """Ask for little: the sum takes what is left, however long it is."""
        return self.minimumSize()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write anew: another width breaks the lines elsewhere."""
        super().resizeEvent(event)
        self._write()

    @Slot()
    def _write(self) -> None:
        state, cell = self._state, self._cell
        if state is None or cell is None:
            return
        # The room of the scroll bar stays free, so that lines do not break anew when it comes.
        width = self.width() - self._scroll.verticalScrollBar().sizeHint().width()
        written = ledger(
            state.layer,
            cell,
            max(1, int(width / self._terms.advance)),
            (self.height() - 3 * GRID // 2) // self._terms.pitch - 1,
            self._chosen,
            self._room,
        )
        self._room = written.room
        self._terms.show_lines(written.terms, lambda: writing.arithmetic(state.layer, cell), width)
        self._result.show_lines(written.result, lambda: " ".join(equals(cell.result)), width)
        pitch, needed = self._terms.pitch, self._terms.sizeHint().height()
        there = self.height() - (1 + len(written.result)) * pitch - 3 * GRID // 2
        # Whole lines: one that is cut in two looks like a mistake.
        self._scroll.setMaximumHeight(needed if needed <= there else max(1, there // pitch) * pitch)

    @Slot(int, str)
    def _choose(self, channel: int, level: Level) -> None:
        self._chosen[channel] = level
        self._write()

    @Slot(QRect)
    def _reveal(self, place: QRect) -> None:
        self._scroll.ensureVisible(0, place.center().y(), 0, place.height())


_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
