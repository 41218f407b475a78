"""The rows of the table of layers, and the model that a view reads them from."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from explorer.core.network.flow import Place
from explorer.core.network.state import NetworkState
from explorer.ui.network import words
from explorer.ui.theme import theme

Index = QModelIndex | QPersistentModelIndex
COLUMNS: Final = (
    "layer",
    "output",
    "parameters",
    "multiply_adds",
    "memory",
    "field",
    "jump",
    "start",
)
WORDS: Final = 2
"""Columns from the left that hold words; those behind hold numbers."""
NOTHING: Final = "–"


@dataclass(frozen=True)
class Row:
    """A layer, or the sums.

    Attributes
    ----------
    cells
        What is seen, column by column.
    plain
        The same for a spreadsheet: no separators and units, fractions with a point.
    counts
        The numbers of parameters and of multiply-adds, as far as they are known.
    colour
        Of the text: the name of a colour in `Palette`.
    """

    cells: tuple[str, ...]
    plain: tuple[str, ...]
    colour: str = "text"
    counts: tuple[int, ...] = ()

    def shown(self, short: bool) -> tuple[str, ...]:
        """Return what is seen, with large numbers in full or with three digits."""
        if not short:
            return self.cells
        counts = tuple(map(words.short, self.counts))
        return (*self.cells[:WORDS], *counts, *self.cells[WORDS + len(counts) :])


def rows(state: NetworkState, breaks: str, waits: str) -> tuple[Row, ...]:
    """Return a row for each layer.

    Parameters
    ----------
    breaks, waits
        What stands in place of a shape where the network breaks, and behind.
    """
    broken = state.broken
    made = []
    for i, place in enumerate(state.places):
        if broken is None or i < broken:
            made.append(_fitting(place))
            continue
        said, colour = (breaks, "warning") if i == broken else (waits, "muted")
        rest = (NOTHING,) * (len(COLUMNS) - 3)
        made.append(
            Row(
                (place.name, said, f"{place.parameters:,}", *rest),
                (place.name, said, str(place.parameters), *[""] * len(rest)),
                colour,
                (place.parameters,),
            )
        )
    return tuple(made)


def total_row(state: NetworkState, title: str) -> Row:
    """Return the sums over all layers."""
    total = state.total
    shape = NOTHING if total.output is None else words.shape(total.output)
    counts = (total.parameters, total.multiply_adds)
    rest = ("",) * 3
    return Row(
        (title, shape, *(f"{n:,}" for n in counts), words.size(total.activation_bytes), *rest),
        (title, shape, *map(str, counts), str(total.activation_bytes), *rest),
        counts=counts,
    )


def _fitting(place: Place) -> Row:
    assert place.output is not None
    shape = words.shape(place.output)
    counts = (place.parameters, place.multiply_adds)
    fields: tuple[tuple[Fraction, Fraction], ...] = ()
    if place.field is not None:
        fields = (place.field.size, place.field.jump, place.field.start)
    seen = tuple(map(words.pair, fields)) or (NOTHING,) * 3
    plain = tuple(map(_decimals, fields)) or ("",) * 3
    return Row(
        (
            place.name,
            shape,
            *(f"{count:,}" for count in counts),
            words.size(place.activation_bytes),
            *seen,
        ),
        (place.name, shape, *map(str, counts), str(place.activation_bytes), *plain),
        counts=counts,
    )


def _decimals(value: tuple[Fraction, Fraction]) -> str:
    h, w = (f"{float(side):g}" for side in value)
    return h if h == w else f"{h} × {w}"


class TableModel(QAbstractTableModel):
    """Holds the rows; a change of some of them leaves the others alone.

    Parameters
    ----------
    titles, tips : tuple of str
        The heading of each column, and what it says on hover.
    """

    def __init__(self, titles: tuple[str, ...], tips: tuple[str, ...]) -> None:
        super().__init__()
        self._titles, self._tips = titles, tips
        self._rows: tuple[Row, ...] = ()
        self._is_short = False

    def rows(self) -> tuple[Row, ...]:
        """Return what is held."""
        return self._rows

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        """Hold other rows."""
        if len(rows) != len(self._rows):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        before, self._rows = self._rows, rows
        changed = [i for i, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new]
        if changed:
            last = self.index(changed[-1], len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(changed[0], 0), last)

    def set_titles(self, titles: tuple[str, ...]) -> None:
        """Use other headings."""
        if titles != self._titles:
            self._titles = titles
            last = len(COLUMNS) - 1
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)

    def set_short(self, short: bool) -> None:
        """Show large numbers with three digits, or in full."""
        if short != self._is_short:
            self._is_short = short
            last = self.index(len(self._rows) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return how many layers there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the text, its colour or its side."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.shown(self._is_short)[column]
        if role == Qt.ItemDataRole.ToolTipRole and self._is_short:
            return row.cells[column]
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(getattr(theme.current(), row.colour))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column, what it means, or its side."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole):
            return f"<qt>{self._tips[section]}</qt>"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return side_of(section)
        return None


def side_of(column: int) -> Qt.AlignmentFlag:
    """Return on which side the text of a column stands."""
    side = Qt.AlignmentFlag.AlignLeft if column < WORDS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
