"""The line of PyTorch that makes the layer, to be read, changed, pasted over and copied."""

import re
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QPoint,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QMenu, QPlainTextEdit, QTextEdit, QWidget

from explorer.core.layers import Layer
from explorer.core.limits import too_large
from explorer.core.reader import LONGEST, ReadError, read
from explorer.core.scene import LabState
from explorer.core.source import runnable, source
from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.sentences import translated
from explorer.ui.theme import font, theme
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import Notice

REST_MS = 150
"""Pause in the typing after which the text is read."""
COPIED_MS = 1200
"""How long the button says that it has copied."""
MOST_LINES = 6
"""Lines up to which the field grows with its text."""
MOST_WEIGHTS = 50_000
"""Weights that are written out at most: more would hold the window up."""

_CODE: Final = 12
_MARGIN: Final = 1.5
_LONGEST_PASTE: Final = 50 * LONGEST
"""Characters of a paste that are looked at: a layer with all its line breaks and comments."""


class CodeLine(Card):
    """Shows the line that makes the layer and reads what is typed or pasted in its place.

    What is half typed, and another spelling of the same layer, stays as it is while one types;
    a field that is left shows the layer as it is.
    """

    entered = Signal(object)
    """The `Layer` that was written, when it is another one than the one shown."""
    complained = Signal()
    """A sentence has come below the line that says what is wrong with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("lab", "In PyTorch"), parent)
        self._state: LabState | None = None
        self._mistake: ReadError | None = None
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._copied = QTimer(self, interval=COPIED_MS, singleShot=True)

        self._field = _Field()
        self._field.setObjectName("source")
        self._field.setAccessibleName(self.tr("PyTorch code"))
        set_help(
            self.tr(
                "The line that makes this layer. Change it, or paste one of your own: the sliders "
                "follow. Esc brings it back."
            ),
            self._field,
        )
        self._copy = tool_button(
            "source.copy", self.tr("Copy"), "copy", self.tr("Copy the line"), size=16
        )
        self._more = tool_button(
            "source.copy.more", self.tr("Copy more"), "chevron-down", self.tr("Copy as …"), size=12
        )
        self._menu = QMenu(self)
        line = self._action("line", self.tr("Copy the line"))
        script = self._action("script", self.tr("Copy a script that runs"))
        self._weights = self._action("weights", "")
        self._flipped = Label("", "caption", wrap=True)
        self._flipped.setObjectName("source.flip")
        self._flipped.hide()
        set_help(
            self.tr(
                "True convolution is on, and this line cannot say so: a copied script flips the "
                "weights with weight.flip(-2, -1)."
            ),
            self._flipped,
        )
        self.problem = Notice("source.problem")
        for label in self.problem.findChildren(QLabel):
            # A click on the sentence must not leave the field that it is about.
            label.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        # Beside the field they would take room from it that the longest argument needs.
        self.add_to_header(self._copy)
        self.add_to_header(self._more)
        self.body.setSpacing(GRID // 2)
        self.body.addWidget(self._field)
        self.body.addWidget(self._flipped)
        self.body.addWidget(self.problem)
        QWidget.setTabOrder(self._field, self._copy)
        QWidget.setTabOrder(self._copy, self._more)

        self._field.textChanged.connect(self._rest.start)
        self._field.submitted.connect(self._read)
        self._field.left.connect(self._leave)
        self._rest.timeout.connect(self._read)
        self._copy.clicked.connect(self._copy_line)
        self._more.clicked.connect(self._open_menu)
        self._menu.aboutToShow.connect(self._prepare_menu)
        line.triggered.connect(self._copy_line)
        script.triggered.connect(self._copy_script)
        self._weights.triggered.connect(self._copy_weights)
        self._copied.timeout.connect(self._show_copy)
        theme.changed.connect(self._mark)

    @property
    def is_behind(self) -> bool:
        """Whether something was typed that has not been read yet."""
        return self._rest.isActive()

    def text(self) -> str:
        """Return the line that stands in the field."""
        return self._field.toPlainText()

    def show_state(self, state: LabState) -> None:
        """Show the line of the state's layer, unless it is what the user is just writing."""
        before, self._state = self._state, state
        flips = state.flip and state.layer.weight_shape is not None
        note = self.tr("Kernel flipped: torch does not flip.")
        self._flipped.setText(note if flips else "")
        self._flipped.setVisible(flips)
        if before is not None and before.layer == state.layer:
            return
        if not (self._field.hasFocus() and self._means(state.layer)):
            self._write()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the line back on Esc; without anything to bring back, Esc is the page's."""
        state = self._state
        changed = state is not None and self.text() != source(state.layer)
        if event.key() == Qt.Key.Key_Escape and changed:
            self._write()
        else:
            super().keyPressEvent(event)

    def _means(self, layer: Layer) -> bool:
        try:
            return read(self.text()) == layer
        except ReadError:
            return False

    def _write(self) -> None:
        """Put the layer of the state in the place of all that was typed."""
        self._rest.stop()
        if self._state is not None:
            self._field.replace(source(self._state.layer))
        self._judge(None)

    @Slot()
    def _read(self) -> None:
        self._rest.stop()
        try:
            layer = read(self.text())
        except ReadError as error:
            self._judge(error)
            return
        self._judge(None)
        if self._state is not None and layer != self._state.layer:
            channels = getattr(layer, "in_channels", self._state.channels)
            reason = too_large(layer, channels, self._state.size)
            if reason is not None:
                self._complain(translated(reason))
                return
        if self._state is None or layer != self._state.layer:
            # From here on, the page can take it back.
            self._field.document().clearUndoRedoStacks()
            self.entered.emit(layer)

    @Slot(bool)
    def _leave(self, for_good: bool) -> None:
        if self._rest.isActive():
            self._read()
        if for_good:
            self._write()

    def _judge(self, mistake: ReadError | None) -> None:
        self._mistake = mistake
        self._mark()
        if mistake is None:
            self.problem.clear()
        else:
            self._complain(translated(mistake.meaning))

    def _complain(self, sentence: str) -> None:
        self.problem.show_message("error", sentence)
        self.complained.emit()

    @Slot()
    def _mark(self) -> None:
        mistake = self._mistake
        if mistake is None:
            self._field.setExtraSelections([])
        else:
            colours = theme.current()
            self._field.mark(mistake.start, mistake.end, colours.error, colours.error_soft)

    def _action(self, name: str, text: str) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(f"source.copy.{name}")
        return action

    @Slot()
    def _open_menu(self) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        left = self._more.width() - self._menu.sizeHint().width()
        self._menu.popup(self._more.mapToGlobal(QPoint(left, self._more.height())))

    @Slot()
    def _prepare_menu(self) -> None:
        weight = None if self._state is None else self._state.weight
        short = weight is not None and weight.size <= MOST_WEIGHTS
        self._weights.setVisible(weight is not None)
        self._weights.setEnabled(short)
        self._weights.setText(
            self.tr("Copy a script with these weights")
            if short
            else self.tr("Too many weights to copy")
        )

    @Slot()
    def _copy_line(self) -> None:
        self._catch_up()
        if self._mistake is None or self._state is None:
            self._to_clipboard(self.text())
        else:
            self._to_clipboard(source(self._state.layer))

    @Slot()
    def _copy_script(self) -> None:
        self._catch_up()
        if self._state is not None:
            state = self._state
            self._to_clipboard(runnable(state.layer, (1, *state.input.shape), flip=state.flip))

    @Slot()
    def _copy_weights(self) -> None:
        self._catch_up()
        if self._state is not None:
            state = self._state
            shape = (1, *state.input.shape)
            self._to_clipboard(
                runnable(state.layer, shape, state.weight, state.bias, flip=state.flip)
            )

    def _catch_up(self) -> None:
        """Read now what has just been typed, so that it is in the copy."""
        if self._rest.isActive():
            self._read()

    def _to_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._copy.setIcon(icon("check", "success"))
        self._copied.start()

    @Slot()
    def _show_copy(self) -> None:
        self._copy.setIcon(icon("copy"))


class _Field(QPlainTextEdit):
    """A field for one line of code, which wraps and is as high as its text."""

    submitted = Signal()
    """Enter was pressed."""
    left = Signal(bool)
    """The focus is gone: for good, or only to a menu or another window."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(_CODE, mono=True))
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(_MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def replace(self, text: str) -> None:
        """Show another text, without a signal and nothing to undo; the caret stays about there."""
        if text != self.toPlainText():
            position = self.textCursor().position()
            with QSignalBlocker(self):
                self.setPlainText(text)
                cursor = self.textCursor()
                cursor.setPosition(min(position, len(text)))
                self.setTextCursor(cursor)
        self.document().clearUndoRedoStacks()

    def mark(self, start: int, end: int, wave: str, ground: str) -> None:
        """Draw a wave under ``text[start:end]``, and the ground behind it."""
        text = self.toPlainText()
        selection = QTextEdit.ExtraSelection()
        selection.cursor = QTextCursor(self.document())
        selection.cursor.setPosition(_units(text[:start]))
        keep = QTextCursor.MoveMode.KeepAnchor
        selection.cursor.setPosition(_units(text[:end]), keep)
        selection.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        selection.format.setUnderlineColor(QColor(wave))
        selection.format.setBackground(QColor(ground))
        self.setExtraSelections([selection])

    def insertFromMimeData(self, pasted: QMimeData) -> None:
        """Paste as one line, and no more of it than it takes to say that it is too long."""
        cursor = self.textCursor()
        kept = len(self.toPlainText()) - len(cursor.selectedText())
        line = _one_line(pasted.text()[:_LONGEST_PASTE])
        cursor.insertText(line[: max(LONGEST + 1 - kept, 0)])
        self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as the end of the line."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the page unless there is typing to take back."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys, document = QKeySequence.StandardKey, self.document()
            undo = event.matches(keys.Undo) and not document.isUndoAvailable()
            redo = event.matches(keys.Redo) and not document.isRedoAvailable()
            if undo or redo:
                event.ignore()
                return False
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        back_soon = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        self.left.emit(event.reason() not in back_soon)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = round(self.document().size().height())  # which this kind of document counts in
        fits = lines <= MOST_LINES
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )
        shown = min(max(lines, 1), MOST_LINES)
        inside = shown * self.fontMetrics().lineSpacing() + 2 * _MARGIN
        # The frame of the style sheet, and one more: a text that just fits would scroll.
        self.setFixedHeight(round(inside) + GRID + 1)


def _one_line(text: str) -> str:
    """Return `text` without its line breaks, and without comments that would hide what follows."""
    lines = text.splitlines()
    code = [line.partition("#")[0] for line in lines[:-1]]
    return re.sub(r"\s+", " ", " ".join(code + lines[-1:]))


def _units(text: str) -> int:
    """Return the length of `text` as Qt counts it: what is beyond 16 bits counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
