"""The card at the bottom: a pad to draw on, a test digit in its place, and the answer beside it."""

from collections import deque

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.layers import Array
from explorer.data.centring import centred
from explorer.data.digits import Digits
from explorer.drawing.palette import GRID
from explorer.training.reports import Answer
from explorer.ui.class_words import named
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.digit_pad import DigitPad
from explorer.ui.widgets.digit_picker import DigitPicker
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.seen import Seen

PAD_SHARE = 0.54
"""Of the width, for the pad."""
LARGEST_PAD = 24 * GRID
ROOMY = 22 * GRID
"""Width of the pad from which on there is room for a larger picture of what is seen."""
MOST_ASKED = 64
"""States of a drawing whose answers still count: what is drawn in two seconds."""


class Looking(Card):
    """Holds the one picture that is looked at: a drawing or a digit of the test set.

    Attributes
    ----------
    looked
        Emitted with the new picture, uint8 (28, 28), or None where the paper is blank.
    """

    looked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Draw a digit"), parent)
        self._picture: npt.NDArray[np.uint8] | None = None
        self._asked: deque[npt.NDArray[np.uint8]] = deque(maxlen=MOST_ASKED)
        """What is looked at, and how the same drawing was before."""
        self._is_drawing = False
        self._has_run = False
        self._end = ""
        """Why no answer will come of this run."""
        self._digits: Digits | None = None

        self.pad = DigitPad("train.pad", self.tr("Paper to draw a digit on"))
        self._seen = Seen("train.seen")
        self._about_seen = Label(self.tr("what it sees"), "caption", wrap=True)
        set_help(self._seen.accessibleDescription(), self._about_seen)
        self._clear = tool_button(
            "train.pad.clear",
            self.tr("Clear"),
            "eraser",
            self.tr("Take empty paper; Delete does the same"),
            text=self.tr("Clear"),
            size=16,
        )
        self._wide_clear = self._clear.sizeHint().width()
        self._bars = AnswerBars("train.answer")
        self._answer = Awaited("", self._bars)
        self._picker = DigitPicker("train")
        self._what = Label("", "caption")
        self._what.setObjectName("train.looked")

        below = QHBoxLayout()
        below.setSpacing(GRID)
        below.addWidget(self._seen)
        below.addWidget(self._about_seen, 1)
        below.addWidget(self._clear)
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(self.pad)
        left.addLayout(below)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addLayout(left)
        row.addWidget(self._answer, 1)
        self.add_to_header(self._what)
        self.body.addLayout(row)
        self.body.addWidget(self._picker)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        self.pad.drawn.connect(self._take_drawing)
        self._clear.clicked.connect(self.pad.clear)
        self._picker.chosen.connect(self.look_at_digit)
        self.clear()

    def picture(self) -> npt.NDArray[np.uint8] | None:
        """Return what is looked at, uint8 (28, 28); None where the paper is blank."""
        return self._picture

    def has_asked(self, picture: npt.NDArray[np.uint8]) -> bool:
        """Return whether it is looked at, or is what is drawn as it was a moment ago.

        Who draws makes another picture before the answer to the last one can come.
        """
        return any(np.array_equal(picture, asked) for asked in self._asked)

    def clear(self) -> None:
        """Take the answer away, for there is no run; what is drawn stays."""
        self._has_run, self._end = False, ""
        self._wait()

    def begin(self) -> None:
        """Wait for the answers of a new run."""
        self._has_run, self._end = True, ""
        self._wait()

    def end(self, sentence: str) -> None:
        """Wait no more for the run, and say why."""
        self._end = sentence
        self._wait()

    def show_digits(self, digits: Digits) -> None:
        """Offer the test digits of a run, and look at one where nothing has been drawn."""
        self._digits = digits
        self._bars.set_names(named(digits))
        self._picker.set_count(len(digits.test_images))
        if not self._is_drawing:
            self.look_at_digit(self._picker.value())

    @Slot(int)
    def look_at_digit(self, number: int) -> None:
        """Look at a digit of the test set."""
        assert self._digits is not None
        image, label = self._digits.test_images[number], self._digits.test_labels[number]
        self._picker.set_value(number)
        self.pad.show_digit(image)
        self._asked.clear()
        self._is_drawing = False
        if self._digits.are_digits:
            words = self.tr("this is a {digit}").format(digit=label)
        else:
            words = self.tr("this is: {name}").format(name=named(self._digits)[label])
        self._look_at(image, words)

    def show_answer(self, answer: Answer) -> None:
        """Show what the network answers."""
        if self._picture is not None:
            self._bars.show_probabilities(answer.probabilities)
            self._answer.set_there(True)

    @Slot(object)
    def _take_drawing(self, ink: Array) -> None:
        picture = centred(ink.round().astype(np.uint8))
        if not self._is_drawing:
            self._asked.clear()
        self._is_drawing = bool(picture.any())
        if self._is_drawing:
            self._look_at(picture, self.tr("your drawing"))
        else:
            self._look_at(None, "")

    def _look_at(self, picture: npt.NDArray[np.uint8] | None, what: str) -> None:
        self._picture = picture
        self._seen.show_picture(picture)
        self._what.setText(what)
        if picture is None:
            self._asked.clear()
            self._wait()
        else:
            self._asked.append(picture)
        self.looked.emit(picture)

    def _wait(self) -> None:
        if not self._has_run:
            sentence = self.tr("Press Start or One batch: then the network answers.")
        elif self._end:
            sentence = self._end
        elif self._picture is None:
            sentence = self.tr("Draw a digit, or choose one below.")
        else:
            sentence = self.tr("The network answers in a moment.")
        self._answer.say(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the pad its share of the width."""
        super().resizeEvent(event)
        side = min(round((event.size().width() - 4 * GRID) * PAD_SHARE), LARGEST_PAD)
        self.pad.setFixedSize(side, side)
        is_roomy = side >= ROOMY
        self._seen.set_scale(2 if is_roomy else 1)
        style = Qt.ToolButtonStyle
        self._clear.setFixedWidth(self._wide_clear if is_roomy else self._clear.height())
        self._clear.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if is_roomy else style.ToolButtonIconOnly
        )
        self._about_seen.setText(
            self.tr("what the network sees") if is_roomy else self.tr("what it sees")
        )
