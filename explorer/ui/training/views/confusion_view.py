"""The confusion matrix; a table of all classes, or what one says, is beside it."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.data.digits import Digits
from explorer.drawing.confusion import Selection
from explorer.drawing.palette import GRID
from explorer.training.events import Answered
from explorer.training.metrics import Counts, confusion, counts, surest
from explorer.ui.class_words import numbered
from explorer.ui.training.views.class_table import ClassTable, share
from explorer.ui.training.views.confusion import ConfusionBoard
from explorer.ui.training.views.thumbnails import Thumbnails, thumbnails
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

MOST = 60
"""Images of a cell that are shown."""
WIDE = 60 * GRID
"""Pixels from which on there is room for the matrix and for what it says."""
SHARE = 0.56
"""Of a wide place, for the matrix."""
LIMITLESS = 16_777_215
"""Qt's largest width of a widget."""


class ConfusionView(Awaited):
    """The board; what is said of it takes its place where there is no room for both."""

    chosen = Signal(int)
    """The number of the test image that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__("", content, parent)
        self._digits: Digits | None = None
        self._answered: Answered | None = None
        self._selection: Selection | None = None
        self._wants_table = False
        """Whether the table is to be seen where there is no room for both."""

        self._pointed = Label("", "caption")
        self._pointed.setObjectName("train.confusion.cell")
        self.board = ConfusionBoard()
        self._to_table = tool_button(
            "train.confusion.to_table",
            self.tr("Table of all classes"),
            "table",
            self.tr("Precision, recall and F1 of every class"),
            size=16,
        )
        self._back = tool_button(
            "train.confusion.back",
            self.tr("Back"),
            "previous",
            self.tr("Back to where you came from; Esc does the same"),
            text=self.tr("Back"),
            size=16,
        )
        self.table = ClassTable()
        self._digit = Label("", "group", wrap=True)
        self._digit.setObjectName("train.confusion.digit")
        self._words = Label("", "caption", wrap=True)
        self._words.setObjectName("train.confusion.words")
        self._which = Label("", "group", wrap=True)
        self._which.setObjectName("train.confusion.which")
        self._gallery = Thumbnails("train.confusion.images", self.tr("Images of the chosen cell"))
        set_help(
            self.tr(
                "Precision: how many of those answered so are right. Recall: how many of those "
                "that are so were found. F1: the harmonic mean of both. TP, FP, FN and TN count "
                "true and false positives and negatives, where positive means this digit."
            ),
            self._digit,
            self._words,
            self.table,
        )
        # It would lie over the very numbers that it explains; F1 shows it.
        self.table.setToolTip("")

        self._matrix = QWidget()
        column = _column(self._matrix)
        line = QHBoxLayout()
        line.addWidget(self._pointed, 1)
        line.addWidget(self._to_table)
        column.addLayout(line)
        column.addWidget(self.board, 1)
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        head.addWidget(self._back)
        head.addWidget(self._digit, 1)
        inner = QWidget()
        column = _column(inner)
        column.addLayout(head)
        # All of the height, as long as it is to be seen.
        column.addWidget(self.table, 1000)
        for widget in (self._words, self._which, self._gallery):
            column.addWidget(widget)
        column.addStretch(1)
        self._gallery.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._details = scrolled = QScrollArea()
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(inner)
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * GRID)
        # Nearly all, as far as it may be wide.
        row.addWidget(self._matrix, 9)
        row.addWidget(scrolled, 1)

        self.board.pointed.connect(self._say_where)
        self.board.chosen.connect(self._select)
        self._gallery.chosen.connect(self.chosen)
        self.table.chosen.connect(self._choose_class)
        self._to_table.clicked.connect(self._show_table)
        self._back.clicked.connect(self.go_back)
        self._say_where("")
        self.clear()

    def clear(self) -> None:
        """Forget the answers and the choice, and say what to do."""
        self._digits = self._answered = self._selection = None
        self._wants_table = False
        self.board.select(None)
        self._describe()
        self.say(
            self.tr(
                "Which digits are taken for which is counted after every epoch: "
                "press One epoch or Start."
            )
        )

    def show_answers(self, digits: Digits, answered: Answered) -> None:
        """Show the answers to the test images."""
        self._digits, self._answered = digits, answered
        matrix = confusion(digits.test_labels, answered.answers, digits.class_count)
        names = numbered(digits)
        self.board.show_matrix(matrix, names)
        self.table.show_counts(names, [counts(matrix, label) for label in range(len(names))])
        self._describe()
        self.set_there(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        was_wide = event.oldSize().width() >= WIDE
        super().resizeEvent(event)
        if was_wide != self._is_wide():
            self._describe()
        self._fit()

    @Slot(str)
    def _say_where(self, words: str) -> None:
        self._pointed.setText(words or self.tr("rows: true digit · columns: answer"))

    @Slot(object)
    def _select(self, selection: Selection) -> None:
        had_keyboard = self.board.hasFocus()
        self._selection = selection
        self._describe()
        self._details.verticalScrollBar().setValue(0)
        if had_keyboard and not self._is_wide():
            self._back.setFocus()

    @Slot(int)
    def _choose_class(self, number: int) -> None:
        selection = Selection(true=number)
        self.board.select(selection)
        self._select(selection)
        self._back.setFocus()

    @Slot()
    def _show_table(self) -> None:
        self._wants_table = True
        self._describe()
        self.table.setFocus()

    @Slot()
    def go_back(self) -> None:
        """Let go of what is chosen, or of the table, and show what was there before."""
        had_keyboard = self._details.isAncestorOf(QApplication.focusWidget() or self)
        before, self._selection = self._selection, None
        self._wants_table = self._wants_table and before is not None
        self.board.select(None)
        self._describe()
        if had_keyboard and self.table.isVisible():
            self.table.setFocus()
        elif had_keyboard:
            self.board.setFocus()
            self.board.go_to(before or Selection(true=0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back by Esc from what is chosen, and from the table."""
        may_go_back = self._selection is not None or (self._wants_table and not self._is_wide())
        if event.key() == Qt.Key.Key_Escape and may_go_back:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def _is_wide(self) -> bool:
        return self.width() >= WIDE

    def _describe(self) -> None:
        """Say in words and images what is chosen."""
        chosen, digits, answered = self._selection, self._digits, self._answered
        is_open = chosen is not None and digits is not None and answered is not None
        for widget in (self._words, self._which, self._gallery):
            widget.setVisible(is_open)
        self.table.setVisible(not is_open)
        if chosen is None or digits is None or answered is None:
            self._digit.setText(
                self.tr("Click a cell or a digit.")
                if self._is_wide()
                else self.tr("Click a class.")
            )
            self._fit()
            return
        digit = chosen.answer if chosen.true is None else chosen.true
        assert digit is not None
        names = numbered(digits)
        text = self.tr("Digit {digit}") if digits.are_digits else self.tr("Class {digit}")
        self._digit.setText(text.format(digit=names[digit]))
        self._words.setText(self._in_words(names[digit], counts(self.board.matrix(), digit)))
        where = images_of(chosen, digits.test_labels, answered.answers)
        numbers = surest(answered.confidences, where).tolist()
        self._which.setText(self._named(chosen, names, len(numbers)))
        self._gallery.show_items(thumbnails(digits, answered, numbers[:MOST]))
        self._gallery.setVisible(bool(numbers))
        self._fit()

    def _in_words(self, digit: str, c: Counts) -> str:
        lines = (
            self.tr("Precision {share}: of {all:,} answered {digit}, {right:,} are right.").format(
                share=share(c.precision), all=c.tp + c.fp, digit=digit, right=c.tp
            ),
            self.tr("Recall {share}: of {all:,} true {digit}, {right:,} are found.").format(
                share=share(c.recall), all=c.tp + c.fn, digit=digit, right=c.tp
            ),
            self.tr("F1 {share}").format(share=share(c.f1)),
            self.tr("TP {tp:,} · FP {fp:,} · FN {fn:,} · TN {tn:,}").format(
                tp=c.tp, fp=c.fp, fn=c.fn, tn=c.tn
            ),
        )
        return "\n".join(lines)

    def _named(self, chosen: Selection, names: Sequence[str], count: int) -> str:
        if chosen.true is None:
            text = self.tr("Answered {answer}, but wrong: {count:,}")
        elif chosen.answer is None:
            text = self.tr("True {true}, but not recognised: {count:,}")
        else:
            text = self.tr("True {true}, answered {answer}: {count:,}")
        true, answer = (None if n is None else names[n] for n in (chosen.true, chosen.answer))
        words = text.format(true=true, answer=answer, count=count)
        if count > MOST:
            words += self.tr(", the surest {most}").format(most=MOST)
        return words

    def _fit(self) -> None:
        """Share the place; the images get as much height as they need, and the rest scrolls."""
        wide, is_chosen = self._is_wide(), self._selection is not None
        is_alone = is_chosen or self._wants_table
        self._matrix.setVisible(wide or not is_alone)
        self._details.setVisible(wide or is_alone)
        self._to_table.setVisible(not wide)
        self._back.setVisible(is_chosen or not wide)
        width = self.width()
        if wide:
            line = self._pointed.sizeHint().height() + GRID // 2
            side = round(min(width * SHARE, 1.4 * (self.height() - line)))
            self._matrix.setMaximumWidth(side)
            width -= side + 2 * GRID
        else:
            self._matrix.setMaximumWidth(LIMITLESS)
        # The same with and without a scroll bar, which comes and goes with the choice.
        width -= self._details.verticalScrollBar().sizeHint().width()
        self._gallery.setFixedSize(width, self._gallery.height_for(width))


def images_of(
    chosen: Selection, labels: npt.NDArray[np.uint8], answers: npt.NDArray[np.uint8]
) -> npt.NDArray[np.bool_]:
    """Return where the images of a cell are, (M,); of a row or a column those that are wrong."""
    if chosen.true is None:
        return np.asarray((answers == chosen.answer) & (labels != answers))
    if chosen.answer is None:
        return np.asarray((labels == chosen.true) & (labels != answers))
    return np.asarray((labels == chosen.true) & (answers == chosen.answer))


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    return column
