"""The network as PyTorch code, to be read, copied, and pasted over."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QGuiApplication,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from explorer.core.network import edits
from explorer.core.network.reader import read_network
from explorer.core.network.source import module_class, sequential
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState
from explorer.core.reader import ReadError
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.sentences import translated
from explorer.ui.theme import font, theme
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import Notice

REST_MS = 250
"""Pause in the typing after which the text is read."""
WIDEST = 28 * GRID
"""Pixels of the list of forms."""
COPIED_MS = 1200
"""How long the button says that it has copied."""
CODE = 12
"""Height of the letters in pixels."""
SEQUENTIAL, PLAIN, MODULE = "sequential", "plain", "module"


class CodePanel(QWidget):
    """Shows the code and reads an ``nn.Sequential`` that is typed or pasted in its place."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._copied = QTimer(self, interval=COPIED_MS, singleShot=True)
        self._is_stale = True

        self.form = Choice(
            "network.code.form",
            self.tr("Form"),
            [
                (SEQUENTIAL, self.tr("nn.Sequential with names")),
                (PLAIN, self.tr("nn.Sequential")),
                (MODULE, self.tr("Class of nn.Module")),
            ],
            self.tr("How the network is written; an nn.Sequential can be changed and pasted over."),
        )
        self.form.setMinimumWidth(WIDEST)
        self._told = Label("", "caption")
        self._told.setObjectName("network.code.told")
        self._copy = tool_button(
            "network.code.copy", self.tr("Copy"), "copy", self.tr("Copy the code"), size=16
        )
        self.field = QPlainTextEdit()
        self.field.setObjectName("network.code")
        self.field.setAccessibleName(self.tr("PyTorch code of the network"))
        self.field.setFont(font(CODE, mono=True))
        self.field.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.field.setTabChangesFocus(True)
        width = QFontMetrics(self.field.font()).horizontalAdvance(" ")
        self.field.setTabStopDistance(4 * width)
        self.problem = Notice("network.code.problem")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.form)
        row.addWidget(self._told, 1)
        row.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(self.field, 1)

        self.form.changed.connect(self._write)
        self.field.textChanged.connect(self._rest.start)
        self._rest.timeout.connect(self._read)
        self._copy.clicked.connect(self._copy_all)
        self._copied.timeout.connect(self._hint)
        document.changed.connect(self._on_changed)
        self._write()

    @Slot()
    def _write(self) -> None:
        """Show the code of the network as it is."""
        state, form = self._document.state, self.form.value()
        network = state.network
        is_module = form == MODULE
        code = (
            module_class(network, state.input)
            if is_module
            else sequential(network, names=form == SEQUENTIAL)
        )
        with QSignalBlocker(self.field):
            self.field.setPlainText(code if network.layers else "")
            self.field.setReadOnly(is_module)
        set_help(
            self.tr("This runs as it stands. To change the network here, choose an nn.Sequential.")
            if is_module
            else self.tr("Change it, or paste an nn.Sequential: it is read, never executed."),
            self.field,
        )
        self.field.setPlaceholderText(self.tr("Paste an nn.Sequential(…) here."))
        self._rest.stop()
        self._copied.stop()
        self._hint()
        self._is_stale = False
        self._forget_mistake()

    @Slot()
    def _hint(self) -> None:
        """Say that this is a place to write: it does not look like one."""
        self._told.setText(
            self.tr("to read and to copy")
            if self.field.isReadOnly()
            else self.tr("Change it, or paste your own.")
        )

    @Slot()
    def _read(self) -> None:
        text = self.field.toPlainText()
        if self.field.isReadOnly() or not text.strip():
            self._forget_mistake()
            return
        try:
            network = read_network(text)
        except ReadError as error:
            self._show_mistake(error)
            return
        self._forget_mistake()
        self._take(network)

    def _take(self, network: Network) -> None:
        if network != self._document.state.network:
            self._document.edit(self.tr("Code"), edits.repaired, network)

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.network == old.network and new.input == old.input:
            return
        # Another spelling of the same network stays as it is while one types.
        if self.field.hasFocus() and not self.field.isReadOnly():
            try:
                if read_network(self.field.toPlainText()) == new.network:
                    return
            except ReadError:
                pass
        if self.isVisible():
            self._write()
        else:
            self._is_stale = True

    def showEvent(self, event: QShowEvent) -> None:
        """Write what has changed while nobody looked."""
        if self._is_stale:
            self._write()

    def _show_mistake(self, error: ReadError) -> None:
        self.problem.show_message("warning", translated(error.meaning))
        text = self.field.toPlainText()
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(self.field.document())
        mark.cursor.setPosition(_units(text[: error.start]))
        mark.cursor.setPosition(_units(text[: error.end]), QTextCursor.MoveMode.KeepAnchor)
        mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        mark.format.setUnderlineColor(QColor(theme.current().error))
        mark.format.setBackground(QColor(theme.current().error_soft))
        self.field.setExtraSelections([mark])

    def _forget_mistake(self) -> None:
        self.problem.clear()
        self.field.setExtraSelections([])

    @Slot()
    def _copy_all(self) -> None:
        QGuiApplication.clipboard().setText(self.field.toPlainText())
        self._told.setText(self.tr("Copied."))
        self._copied.start()


def _units(text: str) -> int:
    """Return how many units of UTF-16 Qt counts in a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
