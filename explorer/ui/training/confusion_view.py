"""The confusion matrix with what it says about a digit, and the images that a cell counts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.data.digits import Digits
from explorer.drawing.answer import percent
from explorer.drawing.confusion import Selection
from explorer.drawing.palette import GRID
from explorer.training.events import Answered
from explorer.training.metrics import Counts, confusion, counts, surest
from explorer.ui.training.awaited import Awaited
from explorer.ui.training.class_words import numbered
from explorer.ui.training.confusion import ConfusionBoard
from explorer.ui.training.thumbnails import Thumbnails, thumbnails
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

MOST = 60
"""Images of a cell that are shown."""
LOWEST = 18 * GRID + GRID // 2
"""Height of the board where the window is low; the rest scrolls."""
NOTHING = "–"


class ConfusionView(Awaited):
    """The board as large as the place allows, and the rest below it."""

    chosen = Signal(int)
    """The number of the test image that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        scrolled = QScrollArea()
        super().__init__("", scrolled, parent)
        self._digits: Digits | None = None
        self._answered: Answered | None = None
        self._selection: Selection | None = None

        self._pointed = Label("", "caption")
        self._pointed.setObjectName("train.confusion.cell")
        self.board = ConfusionBoard()
        self._digit = Label("", "group")
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
        )

        self._inner = QWidget()
        self._column = column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for widget in (
            self._pointed,
            self.board,
            self._digit,
            self._words,
            self._which,
            self._gallery,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self._gallery.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(self._inner)
        self._scrolled = scrolled

        self.board.pointed.connect(self._say_where)
        self.board.chosen.connect(self._select)
        self._gallery.chosen.connect(self.chosen)
        self._say_where("")
        self.clear()

    def clear(self) -> None:
        """Forget the answers and the choice, and say what to do."""
        self._digits = self._answered = self._selection = None
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
        self.board.show_matrix(matrix, numbered(digits))
        self._describe()
        self.set_there(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot(str)
    def _say_where(self, words: str) -> None:
        self._pointed.setText(words or self.tr("rows: true digit · columns: answer"))

    @Slot(object)
    def _select(self, selection: Selection) -> None:
        self._selection = selection
        self._describe()
        # The layout has to know the new height before anything can be scrolled to.
        self._column.activate()
        self._inner.adjustSize()
        self._scrolled.ensureVisible(0, self._digit.geometry().bottom() + 4 * GRID, 0, 0)

    def _describe(self) -> None:
        """Say in words and images what is chosen."""
        chosen, digits, answered = self._selection, self._digits, self._answered
        is_open = chosen is not None and digits is not None and answered is not None
        for widget in (self._words, self._which, self._gallery):
            widget.setVisible(is_open)
        if chosen is None or digits is None or answered is None:
            self._digit.setText(self.tr("Click a cell or a digit."))
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
                share=_share(c.precision), all=c.tp + c.fp, digit=digit, right=c.tp
            ),
            self.tr("Recall {share}: of {all:,} true {digit}, {right:,} are found.").format(
                share=_share(c.recall), all=c.tp + c.fn, digit=digit, right=c.tp
            ),
            self.tr("F1 {share}").format(share=_share(c.f1)),
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
        """Give the board the height that is there, and the images as much as they need."""
        # The same with and without a scroll bar, which comes and goes with the choice.
        width = self.width() - self._scrolled.verticalScrollBar().sizeHint().width()
        lines = self._pointed.sizeHint().height() + self._digit.sizeHint().height() + GRID
        self.board.setFixedSize(width, min(max(self.height() - lines, LOWEST), width))
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


def _share(value: float | None) -> str:
    return NOTHING if value is None else percent(value)
