"""The view of the table of layers: one row is chosen at a time, or none."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.ui.network.table_foot import PADDING
from explorer.ui.theme import theme
from explorer.ui.widgets.row_table import RowTable

ROW: Final = 22
HEADER: Final = 26


class LayerTableView(RowTable):
    """A flat table; it only tells which row is wished for."""

    chosen = Signal(int)
    """The row that was clicked on or gone to."""
    resized = Signal()
    """There is another room for the columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW, parent)
        self.setObjectName("network.table")
        self.setAccessibleName(self.tr("All layers: shapes, costs and receptive fields"))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_Cell(self))
        self.setCornerButtonEnabled(False)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setMinimumSectionSize(2 * PADDING)
        columns.setFixedHeight(HEADER)

        self.clicked.connect(self._on_clicked)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell of it: the scroll bar takes some room, too."""
        super().resizeEvent(event)
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the row that a key leads to."""
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        now = self.currentIndex().row()
        if now != before and now >= 0:
            self.chosen.emit(now)

    def show_chosen(self, row: int | None) -> None:
        """Highlight a row, and bring it into sight, or none; without a signal."""
        if row is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif self.currentIndex().row() != row or not self.selectionModel().hasSelection():
            self.selectRow(row)
            self.scrollTo(self.model().index(row, 0))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())


class _Cell(QStyledItemDelegate):
    """Paints a text on a ground that runs through the whole row."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell in the colours of the moment."""
        self.initStyleOption(option, index)
        colours = theme.current()
        place: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, QColor(colours.accent_soft))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(place, QColor(colours.hover))
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.setFont(option.font)
        text = option.fontMetrics.elidedText(
            option.text, Qt.TextElideMode.ElideRight, place.width() - 2 * PADDING
        )
        inside = place.adjusted(PADDING, 0, -PADDING, 0)
        painter.drawText(inside, option.displayAlignment, text)
        painter.restore()
