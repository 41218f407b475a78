"""The last row of the table, which stays in place when the others scroll."""

from PySide6.QtCore import QRect, QSize, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTableView, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.network.table_model import Row, side_of
from explorer.ui.theme import font, theme

HEIGHT = 26
PADDING = 6
"""On both sides of the text of a cell."""


class TableFoot(QWidget):
    """Paints a row of sums below the columns that a header lays out.

    Parameters
    ----------
    view : QTableView
        Where the columns are.
    """

    def __init__(self, view: QTableView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._header = view, view.horizontalHeader()
        self._row: Row | None = None
        self._is_short = False
        self.setObjectName("network.table.total")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

        self._header.sectionResized.connect(self._repaint)
        view.horizontalScrollBar().valueChanged.connect(self._repaint)

    def row(self) -> Row | None:
        """Return what is shown."""
        return self._row

    def show_row(self, row: Row) -> None:
        """Show other sums."""
        if row != self._row:
            self._row = row
            self.setAccessibleName(", ".join(cell for cell in row.cells if cell))
            self.update()

    def set_short(self, short: bool) -> None:
        """Show large numbers with three digits, or in full."""
        self._is_short = short
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(20 * GRID, HEIGHT)

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line above and the cells below it."""
        if self._row is None:
            return
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, QColor(theme.current().border))
        painter.setPen(QColor(theme.current().text))
        painter.setFont(font(self.font().pixelSize(), 600))
        for column, cell in enumerate(self._row.shown(self._is_short)):
            left = self._header.sectionViewportPosition(column) + self._view.viewport().x()
            width = self._header.sectionSize(column)
            place = QRect(left, 1, width, self.height() - 1).adjusted(PADDING, 0, -PADDING, 0)
            painter.drawText(place, side_of(column), cell)
        painter.end()
