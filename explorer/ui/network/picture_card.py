"""The card with the picture that flows through the network, and the answer to it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.layers import Array
from explorer.core.network import edits
from explorer.core.network.answering import MOST_ANSWERS, probabilities
from explorer.core.network.presets import DIGIT, PHOTO
from explorer.core.network.state import NetworkState, Pixels, Sample
from explorer.data.centring import centred
from explorer.data.digits import CLASSES, Digits
from explorer.data.errors import DataError
from explorer.data.fitting import fitted
from explorer.data.pictures import picture as read_picture
from explorer.drawing.palette import GRID
from explorer.ui.class_words import named, names_for
from explorer.ui.network import words
from explorer.ui.network.document import NetworkDocument
from explorer.ui.reader import Reader, Wish
from explorer.ui.sentences import translated
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.digit_pad import DigitPad
from explorer.ui.widgets.digit_picker import DigitPicker
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.label import Label

PAD_SHARE = 0.5
"""Of the width, for the pad."""
LARGEST_PAD = 22 * GRID


class PictureCard(Card):
    """A pad, a test digit or a picture from a file; the bars beside it are the answer."""

    failed = Signal(str)
    """A picture could not be read; the sentence says why and what to do."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Picture"), parent)
        self._document = document
        self._digits: Digits | None = None
        self._source: npt.NDArray[Any] = document.state.picture
        """What the picture was made of, before it was fitted to the network."""
        self._reader = Reader(self)
        self._sharpening = QTimer(self, interval=0, singleShot=True)

        self.pad = DigitPad("network.pad", self.tr("Paper to draw a digit on"))
        self._bars = AnswerBars("network.answer")
        self._answer = Awaited(
            self.tr("The network answers as soon as PyTorch is there."), self._bars
        )
        self._picker = DigitPicker("network")
        self._what = Label("", "caption")
        self._what.setObjectName("network.looked")
        self._clear = tool_button(
            "network.pad.clear",
            self.tr("Empty paper"),
            "eraser",
            self.tr("Take empty paper"),
            size=16,
        )
        self._open = tool_button(
            "network.picture.open",
            self.tr("Open a picture"),
            "folder",
            self.tr("Open a picture: it is made to fit what the network takes"),
            size=16,
        )
        self._input = Choice(
            "network.input",
            self.tr("Input"),
            [
                ("digit", self.tr("Digit, {shape}").format(shape=words.shape(DIGIT))),
                ("photo", self.tr("Photo, {shape}").format(shape=words.shape(PHOTO))),
            ],
            self.tr("The shape (C, H, W) of the picture that the network gets."),
        )
        self._place()

        self.pad.drawn.connect(self._take_drawing)
        self._clear.clicked.connect(self.pad.clear)
        self._picker.chosen.connect(self._choose_digit)
        self._open.clicked.connect(self._ask_for_file)
        self._input.changed.connect(self._choose_input)
        self._sharpening.timeout.connect(self._sharpen)
        document.changed.connect(self._on_changed)
        document.computed.connect(self._show_answer)

    def _place(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(0)
        tools.addWidget(self._clear)
        tools.addWidget(self._open)
        tools.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.pad)
        left.addLayout(tools)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(GRID + GRID // 2)
        row.addLayout(left)
        row.addWidget(self._answer, 1)
        self.add_to_header(self._what)
        self.body.addLayout(row)
        self.body.addWidget(self._picker)
        self.body.addWidget(FieldRow(self.tr("Input"), self._input, label_width=6 * GRID))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def digits(self) -> Digits | None:
        """The test set that is offered, once it is there."""
        return self._digits

    def show_digits(self, digits: Digits) -> None:
        """Offer the digits of a test set, and look at one as long as nothing else was chosen."""
        self._digits = digits
        self._picker.set_count(len(digits.test_images))
        state = self._document.state
        if state.sample == "digit":
            self._picker.set_value(min(state.digit, len(digits.test_images) - 1))
            self._source = digits.test_images[self._picker.value()]
            self._document.look(picture=self._fit(state), digit=self._picker.value())
        self._show_names()

    def read(self, path: Path) -> None:
        """Look at a picture from a file, read beside the window."""
        self._reader.begin(
            Wish(str(path), partial(read_picture, path), self._take_file, self._refuse)
        )

    def shut_down(self) -> None:
        """Return when nothing is being read any more."""
        self._sharpening.stop()
        self._reader.wait()

    def _fit(self, state: NetworkState) -> Pixels:
        channels, h, w = state.input
        return fitted(self._source, (channels, h, w))

    @Slot(int)
    def _choose_digit(self, number: int) -> None:
        assert self._digits is not None
        self._look_at(self._digits.test_images[number], "digit", number)

    @Slot(object)
    def _take_drawing(self, ink: Array) -> None:
        self._look_at(centred(ink.round().astype(np.uint8)), "drawing")

    @Slot(str)
    def _choose_input(self, name: str) -> None:
        shape = PHOTO if name == "photo" else DIGIT
        state = self._document.state
        self._document.edit(
            self.tr("Input"),
            edits.with_picture,
            fitted(self._source, shape),
            state.sample,
            state.digit,
        )

    @Slot()
    def _ask_for_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open a picture"),
            "",
            self.tr("Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff);;All files (*)"),
        )
        if name:
            self.read(Path(name))

    def _take_file(self, picture: npt.NDArray[np.float32]) -> None:
        self._look_at(picture, "picture")

    def _refuse(self, error: DataError) -> None:
        self.failed.emit(translated(error.meaning))

    def _look_at(self, source: npt.NDArray[Any], sample: Sample, digit: int | None = None) -> None:
        self._source = source
        state = self._document.state
        self._document.edit(
            self.tr("Picture"),
            edits.with_picture,
            self._fit(state),
            sample,
            state.digit if digit is None else digit,
        )

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.picture is not old.picture:
            if self._is_of_set(new):
                assert self._digits is not None
                self._source = self._digits.test_images[new.digit]
                self._picker.set_value(new.digit)
            elif new.sample == "digit":
                self._source = new.picture
            if new.sample != "drawing" or not self.pad.hasFocus():
                self.pad.show_digit(fitted(new.picture, (1, 28, 28))[0])
            self._say_what(new)
            if new.input != old.input and new.sample == "picture":
                self._sharpening.start()
            self._input.set_value("digit" if new.takes_digits else "photo")
        if new.network != old.network:
            self._show_names()
            self._show_answer()

    @Slot()
    def _sharpen(self) -> None:
        """Make the picture anew from its file, for a network with a larger input."""
        state = self._document.state
        if state.sample == "picture":
            self._document.look(picture=self._fit(state))

    def _is_of_set(self, state: NetworkState) -> bool:
        """Tell whether the picture is a digit of the set, and not of one that was there before."""
        digits = self._digits
        if state.sample != "digit" or digits is None or state.digit >= len(digits.test_images):
            return False
        return not state.takes_digits or np.array_equal(
            digits.test_images[state.digit], state.picture[0]
        )

    def _say_what(self, state: NetworkState) -> None:
        said = {"digit": "", "drawing": self.tr("your drawing"), "picture": self.tr("a picture")}
        text = said[state.sample]
        if self._is_of_set(state):
            assert self._digits is not None
            label = self._digits.test_labels[state.digit]
            text = self.tr("this is: {name}").format(name=named(self._digits)[label])
        self._what.setText(text)

    def _show_names(self) -> None:
        count = min(self._document.state.classes or CLASSES, MOST_ANSWERS)
        self._bars.set_names(names_for(self._digits, count))
        self._say_what(self._document.state)

    @Slot()
    def _show_answer(self) -> None:
        state, outputs = self._document.state, self._document.outputs
        last = outputs[-1] if outputs else None
        if state.broken is not None:
            self._answer.say(self.tr("Repair the network: then it answers."))
        elif (refusal := self._document.refusal) is not None:
            self._answer.say(translated(refusal))
        elif last is None:
            if not state.network.layers:
                self._answer.say(self.tr("Add a layer: then something comes out."))
            elif self._document.has_torch:
                self._answer.say(self.tr("The network answers in a moment."))
        else:
            found = probabilities(last, state.gives)
            if last.ndim == 1 and len(last) > MOST_ANSWERS:
                why = self.tr("No answer: {count:,} numbers are more than there are classes.")
                self._answer.say(why.format(count=len(last)))
            elif found is None or len(found) < 2:
                self._answer.say(
                    self.tr("No answer: the network does not end in a row of numbers.")
                )
            else:
                self._show_classes(found)

    def _show_classes(self, found: npt.NDArray[np.float32]) -> None:
        self._bars.set_names(names_for(self._digits, len(found)))
        self._bars.show_probabilities(found)
        self._answer.set_there(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the pad its share of the width."""
        super().resizeEvent(event)
        side = min(round((event.size().width() - 4 * GRID) * PAD_SHARE), LARGEST_PAD)
        self.pad.setFixedSize(side, side)
        self._answer.setFixedHeight(side + self._clear.height() + GRID // 2)
