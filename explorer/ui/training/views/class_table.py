"""Precision, recall and F1 of every class, a line each."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QWidget

from explorer.drawing.answer import percent
from explorer.training.metrics import Counts
from explorer.ui.widgets.keys import ENTER
from explorer.ui.widgets.row_table import RowTable

ROW: Final = 22
FEWEST_ROWS: Final = 2
"""So many can be seen at least."""
NOTHING: Final = "–"

Index = QModelIndex | QPersistentModelIndex


class ClassModel(QAbstractTableModel):
    """Names in the first column, and shares in the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str, str, str]] = []
        self._titles = self.tr("Class"), self.tr("Precision"), self.tr("Recall"), self.tr("F1")

    def show_counts(self, names: Sequence[str], counts: Sequence[Counts]) -> None:
        """Show other numbers, one line for each class."""
        rows = [
            (name, share(c.precision), share(c.recall), share(c.f1))
            for name, c in zip(names, counts, strict=True)
        ]
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif rows != self._rows:
            # Whoever has gone to a line stays there.
            self._rows = rows
            last = self.index(len(rows) - 1, len(self._titles) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return self._rows[index.row()][0]
        return _side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


class ClassTable(RowTable):
    """A click on a line, or Enter, chooses its class."""

    chosen = Signal(int)
    """The number of a class."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(ROW, parent)
        self.setObjectName("train.confusion.table")
        self.setAccessibleName(self.tr("Precision, recall and F1 of every class"))
        self._model = ClassModel(self)
        self.setModel(self._model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight((FEWEST_ROWS + 1) * ROW)
        self.clicked.connect(self._choose)

    def show_counts(self, names: Sequence[str], counts: Sequence[Counts]) -> None:
        """Show other numbers, one line for each class; the keyboard stays at its line."""
        self._model.show_counts(names, counts)

    def sizeHint(self) -> QSize:
        """Ask for no more height than it needs: all lines can be scrolled to."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose by Enter and Space too."""
        if event.key() in ENTER:
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(index.row())


def share(value: float | None) -> str:
    """Return a share in words, or a dash where there is none."""
    return NOTHING if value is None else percent(value)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
