"""Dragging a row to another place, with the list scrolling along at its ends."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QWidget

from explorer.ui.network.stack.drop_mark import DropMark
from explorer.ui.network.stack.layer_row import LayerRow

EDGE: Final = 24
"""Pixels at the top and at the bottom where the list scrolls."""
SCROLL_MS: Final = 16
STEP: Final = 6


class Drag(QObject):
    """Follows the row that is held and tells where it is let go.

    Parameters
    ----------
    area : QScrollArea
        What scrolls.
    content : QWidget
        What is in it.
    rows : sequence of LayerRow
        The rows from top to bottom, kept up to date by their owner.
    """

    dropped = Signal(int, int)
    """From which place to which one, counted without the row itself."""

    def __init__(self, area: QScrollArea, content: QWidget, rows: Sequence[LayerRow]) -> None:
        super().__init__(area)
        self._area, self._content, self._rows = area, content, rows
        self._row: LayerRow | None = None
        self._pointer = QPoint()
        self._mark = DropMark(content)
        self._scrolling = QTimer(self, interval=SCROLL_MS)

        self._scrolling.timeout.connect(self._scroll)

    @property
    def is_on(self) -> bool:
        """Whether a row is held."""
        return self._row is not None

    def watch(self, row: LayerRow) -> None:
        """Follow `row` when it is dragged."""
        row.drag_began.connect(self._begin)
        row.dragged.connect(self._go_on)
        row.dropped.connect(self._drop)

    def cancel(self) -> None:
        """Let go of the row, which stays where it was."""
        if self._row is not None:
            self._row.end_drag()
        self._end()

    @Slot()
    def _begin(self) -> None:
        row = self.sender()
        assert isinstance(row, LayerRow)
        self._row = row
        self._mark.begin(row.grab())
        self._scrolling.start()

    @Slot(QPoint)
    def _go_on(self, pointer: QPoint) -> None:
        if self._row is None:
            return
        self._pointer = pointer
        gap = self._gap()
        at = self._content.mapFromGlobal(pointer)
        top = at.y() - self._row.height() // 2
        self._mark.move_to(QPoint(0, top), None if self._place(gap) is None else self._line(gap))

    @Slot(QPoint)
    def _drop(self, pointer: QPoint) -> None:
        row = self._row
        if row is None:
            return
        self._pointer = pointer
        place = self._place(self._gap())
        self._end()
        if place is not None:
            self.dropped.emit(row.place, place)

    def _end(self) -> None:
        self._row = None
        self._scrolling.stop()
        self._mark.end()

    def _gap(self) -> int:
        """Return before which row the pointer is; as many as there are for behind the last."""
        y = self._content.mapFromGlobal(self._pointer).y()
        return next(
            (i for i, row in enumerate(self._rows) if y < row.geometry().center().y()),
            len(self._rows),
        )

    def _place(self, gap: int) -> int | None:
        """Return which place the row gets in a gap, or None where it is there already."""
        assert self._row is not None
        now = self._row.place
        place = gap if gap <= now else gap - 1
        return None if place == now else place

    def _line(self, gap: int) -> int:
        """Return where the line for a gap is, in pixels from the top of the content."""
        if gap < len(self._rows):
            return max(2, self._rows[gap].geometry().top() - 1)
        return self._content.childrenRect().bottom()

    @Slot()
    def _scroll(self) -> None:
        view = self._area.viewport()
        y = view.mapFromGlobal(self._pointer).y()
        step = -STEP if y < EDGE else STEP if y > view.height() - EDGE else 0
        bar = self._area.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + step)
        if bar.value() != before:
            self._go_on(self._pointer)
