"""All layers with their shapes, costs and receptive fields: a table below the picture."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QFontMetrics, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID, SMALL
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.table_foot import PADDING, TableFoot
from explorer.ui.network.table_model import COLUMNS, TableModel, rows, total_row
from explorer.ui.network.table_view import LayerTableView
from explorer.ui.theme import font, theme

TEXT: Final = 12
HEIGHT: Final = 20 * GRID


class NetworkTable(QFrame):
    """Shows the document's network; a click on a row chooses its layer, and another lets it go."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._needed, self._needed_short = [0] * len(COLUMNS), [0] * len(COLUMNS)
        """Widths of the widest text of each column, with numbers in full and with short ones."""
        self._model = TableModel(self._titles(), self._tips())
        self._view = LayerTableView()
        self._view.setModel(self._model)
        self._view.setFont(font(TEXT))
        self._foot = TableFoot(self._view)
        self._foot.setFont(font(TEXT))
        self._copy = QAction(self.tr("Copy the table"), self)
        self._copy.setObjectName("network.table.copy")
        self._copy.setShortcut(QKeySequence.StandardKey.Copy)
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._view.addAction(self._copy)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setProperty("kind", "stage")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(0)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._foot)

        self._copy.triggered.connect(self.copy)
        self._view.chosen.connect(self._choose)
        self._view.resized.connect(self._share)
        theme.changed.connect(self._on_theme)
        document.changed.connect(self._on_changed)
        self._show(document.state)

    def sizeHint(self) -> QSize:
        """Return room for a few layers."""
        return QSize(80 * GRID, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return room for two layers."""
        return QSize(40 * GRID, 14 * GRID)

    def text(self) -> str:
        """Return the whole table, with tabs between the columns."""
        foot = self._foot.row()
        every = [*self._model.rows(), *([] if foot is None else [foot])]
        lines = [self._titles(), *(row.plain for row in every)]
        return "\n".join("\t".join(line) for line in lines) + "\n"

    @Slot()
    def copy(self) -> None:
        """Put the whole table on the clipboard, to be pasted into a spreadsheet."""
        QGuiApplication.clipboard().setText(self.text())

    # What is shown

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.network is not old.network or new.input != old.input:
            self._show(new)
        elif new.chosen != old.chosen:
            self._view.show_chosen(new.chosen)

    def _show(self, state: NetworkState) -> None:
        found = rows(state, self.tr("does not fit"), self.tr("waits"))
        has_other_rows = len(found) != len(self._model.rows())
        self._model.set_rows(found)
        self._foot.show_row(total_row(state, self.tr("Total")))
        self._view.show_chosen(state.chosen)
        self._measure(has_other_rows)

    def _measure(self, afresh: bool) -> None:
        """Learn how wide the columns have to be; they do not shrink while numbers change."""
        for short, needed in ((False, self._needed), (True, self._needed_short)):
            now = self._text_widths(short)
            needed[:] = now if afresh else map(max, now, needed)
        self._share()

    def _text_widths(self, short: bool) -> list[int]:
        found = [row.shown(short) for row in self._model.rows()]
        widths = [max(map(_advance, set(texts))) for texts in zip(*found, strict=True)]
        foot = self._foot.row()
        sums = [""] * len(COLUMNS) if foot is None else foot.shown(short)
        bold = [_advance(text, 600) for text in sums]
        return list(map(max, bold, widths)) if widths else bold

    @Slot()
    def _share(self) -> None:
        """Give each column what it needs and an equal part of the rest.

        Where there is no rest the headings are short ones, and then the numbers too.
        """
        room = self._view.viewport().width()
        titles, needed = self._titles(), self._needed
        short = self._short_titles()
        ways = ((titles, needed), (short, needed), (short, self._needed_short))
        for titles, needed in ways:
            widths = _with_titles(titles, needed)
            if sum(widths) <= room:
                break
        self._model.set_titles(titles)
        self._model.set_short(needed is self._needed_short)
        self._foot.set_short(needed is self._needed_short)
        spare, odd = divmod(max(0, room - sum(widths)), len(widths))
        for column, width in enumerate(widths):
            self._view.setColumnWidth(column, width + spare + (1 if column < odd else 0))

    @Slot(int)
    def _choose(self, row: int) -> None:
        self._document.look(chosen=None if row == self._document.state.chosen else row)

    @Slot()
    def _on_theme(self) -> None:
        self._view.viewport().update()

    # Words

    def _titles(self) -> tuple[str, ...]:
        return (
            self.tr("Layer"),
            self.tr("Output"),
            self.tr("Parameters"),
            self.tr("Multiply-adds"),
            self.tr("Memory"),
            self.tr("Receptive field"),
            self.tr("Jump"),
            self.tr("Start"),
        )

    def _short_titles(self) -> tuple[str, ...]:
        return (
            self.tr("Layer"),
            self.tr("Output"),
            self.tr("Params"),
            self.tr("MACs"),
            self.tr("Memory"),
            self.tr("Field"),
            self.tr("Jump"),
            self.tr("Start"),
        )

    def _tips(self) -> tuple[str, ...]:
        return (
            self.tr("The layers in the order in which the picture goes through them."),
            self.tr(
                "The shape of what comes out for one picture: channels × height × width, or how "
                "many numbers there are in a row."
            ),
            self.tr(
                "Parameters: what is learned. A convolution has C_out · C_in / groups · k_h · k_w "
                "weights and C_out biases, a linear layer in · out weights and out biases."
            ),
            self.tr(
                "Multiply-adds (MACs): for one picture every weight of a convolution works once "
                "at each of the H_out · W_out places, every weight of a linear layer once."
            ),
            self.tr("Memory of the activations: all numbers that come out · 4 bytes."),
            self.tr(
                "Receptive field: how many pixels of the picture one number sees, from the first "
                "to the last: size + (extent − 1) · jump, where a kernel's extent is "
                "dilation · (k − 1) + 1."
            ),
            self.tr(
                "Jump: how many pixels of the picture lie between the fields of neighbours: "
                "jump · stride. 0 where each number sees everything."
            ),
            self.tr(
                "Start: where the field of the first number has its middle, counted in pixels "
                "from the middle of the first one: start + ((extent − 1) / 2 − padding) · jump."
            ),
        )


@lru_cache(maxsize=4096)
def _advance(text: str, weight: int = 400) -> int:
    return QFontMetrics(font(TEXT, weight)).horizontalAdvance(text)


def _with_titles(titles: tuple[str, ...], needed: list[int]) -> list[int]:
    """Return the widths that columns need for their texts and titles."""
    metrics = QFontMetrics(font(SMALL))
    return [
        max(width, metrics.horizontalAdvance(title)) + 2 * PADDING + 2
        for width, title in zip(needed, titles, strict=True)
    ]
