"""The card that asks all test images what an operation on the network has done to it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from explorer.core.network.answering import probabilities
from explorer.core.network.state import NetworkState
from explorer.data.digits import Digits
from explorer.drawing.answer import in_words as answer_in_words
from explorer.drawing.palette import GRID
from explorer.training.trial import Trial, difference
from explorer.ui.background import Background
from explorer.ui.class_words import named, names_for
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.answering import LearnedAnswer
from explorer.ui.network.surgery.difference_board import DifferenceBoard
from explorer.ui.network.surgery.testing import Tested, has_learned_as, is_changed, testing
from explorer.ui.network.surgery.trial_words import in_words, refusal, score
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.progress_bar import ProgressBar

STEPS = 1000
"""Of the progress bar."""


class TrialCard(Card):
    """The answer to the picture at once, and that to all test images when asked for."""

    failed = Signal(str)
    """The network could not be tested; the sentence says why."""
    ended = Signal()
    """A test has come to its end: there is more to see on the card than before."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What it does"), parent)
        self._document = document
        self._digits: Digits | None = None
        self._tested: Tested | None = None
        """The last test that came to its end."""
        self._baseline: Tested | None = None
        """One whose network as it was learned is known."""
        self._learned = LearnedAnswer(document, self)
        self._background = Background(self)

        self._answer = Label("", "group", wrap=True)
        self._answer.setObjectName("network.trial.answer")
        self._answers = Label("", "caption", wrap=True)
        self.test = push_button("network.test", "")
        self._progress = ProgressBar("network.test.progress", self.tr("Progress of the test"))
        self._progress.setRange(0, STEPS)
        self.cancel = tool_button("network.test.cancel", self.tr("Stop the test"), "stop", size=16)
        self._why = Label("", "caption", wrap=True)
        self._why.setObjectName("network.test.refusal")
        self._score = Label("", "heading")
        self._score.setObjectName("network.trial.score")
        self._about = Label("", "caption", wrap=True)
        self._about.setObjectName("network.trial.about")
        self._words = Label("", "body", wrap=True)
        self._words.setObjectName("network.trial.words")
        self.board = DifferenceBoard()
        self._cell = Label("", "caption")
        self._cell.setObjectName("network.difference.cell")
        self._place()

        self.test.clicked.connect(self._ask)
        self.cancel.clicked.connect(self._give_up)
        self.board.pointed.connect(self._say_cell)
        self._background.found.connect(self._take)
        self._background.ended.connect(self._show)
        self._background.failed.connect(self.failed)
        self._learned.changed.connect(self._show_answer)
        document.changed.connect(self._on_changed)
        document.computed.connect(self._show_answer)
        self._say_cell("")
        self._show()

    def _place(self) -> None:
        busy = QWidget()
        row = QHBoxLayout(busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._progress, 1)
        row.addWidget(self.cancel)
        # One in the place of the other, so that nothing moves.
        self._either = QStackedWidget()
        self._either.addWidget(self.test)
        self._either.addWidget(busy)
        self._either.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for widget in (
            self._answer,
            self._answers,
            self._either,
            self._why,
            self._score,
            self._about,
            self._words,
            self.board,
            self._cell,
        ):
            self.body.addWidget(widget)
        self._cell.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_digits(self, digits: Digits) -> None:
        """Test on these images from now on."""
        self._digits = digits
        self._show()

    def tested(self) -> Tested | None:
        """Return the last test that came to its end."""
        return self._tested

    def shut_down(self) -> None:
        """Return when nothing runs any more."""
        self._background.shut_down()
        self._learned.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._learned.refresh()
        self._show()

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if not self.isVisible():
            return
        self._learned.refresh()
        if not new.computes_as(old) or new.input != old.input:
            self._show()

    @Slot()
    def _ask(self) -> None:
        state, digits = self._document.state, self._digits
        if digits is None or refusal(state, digits, self._document.has_torch):
            return
        known = self._known(state, digits)
        self._background.ask(lambda: testing(state, digits, known))
        self._progress.setValue(0)
        had_keyboard = self.test.hasFocus()
        self._show()
        if had_keyboard:
            self.cancel.setFocus()

    @Slot()
    def _give_up(self) -> None:
        had_keyboard = self.cancel.hasFocus()
        self._background.give_up()
        self._show()
        if had_keyboard:
            self.test.setFocus()

    @Slot(object)
    def _take(self, tested: Tested) -> None:
        self._progress.setValue(round(STEPS * tested.progress))
        if tested.before is not None and tested.before.is_complete:
            self._baseline = tested
        if tested.is_complete:
            self._tested = tested
            self._show()
            self.ended.emit()

    def _known(self, state: NetworkState, digits: Digits) -> Trial | None:
        """Return the test of the network as it was learned, where there was one."""
        baseline = self._baseline
        if baseline is None or baseline.digits is not digits:
            return None
        return baseline.before if has_learned_as(state, baseline.state) else None

    @Slot()
    def _show(self) -> None:
        state, digits = self._document.state, self._digits
        why = refusal(state, digits, self._document.has_torch)
        count = 0 if digits is None else len(digits.test_images)
        self.test.setText(
            self.tr("Test on {count:,} images").format(count=count)
            if digits is None or not digits.are_digits
            else self.tr("Test on {count:,} digits").format(count=count)
        )
        if digits is None:
            self.test.setText(self.tr("Test"))
        self.test.setAccessibleName(self.test.text())
        self.test.setEnabled(not why)
        set_help(
            why
            or self.tr("Ask the network as it was learned, and as it is now, for each of them."),
            self.test,
        )
        self._either.setCurrentIndex(int(self._background.is_busy))
        self._why.setText(why)
        self._why.setVisible(bool(why))
        self._show_tested()
        self._show_answer()

    def _show_tested(self) -> None:
        tested = self._tested
        has_difference = tested is not None and tested.after is not None
        self._score.setVisible(tested is not None)
        self._about.setVisible(tested is not None)
        self._words.setVisible(has_difference)
        self.board.setVisible(has_difference)
        self._cell.setVisible(has_difference)
        if tested is None or tested.before is None:
            return
        is_current = tested.is_of(self._document.state, self._digits)
        self._score.setText(score(tested.before, tested.after))
        self._about.setText(self._said(tested, is_current))
        self._score.set_role("heading" if is_current else "muted")
        self._words.set_role("body" if is_current else "muted")
        self.board.set_stale(not is_current)
        if tested.after is not None:
            change = difference(tested.before, tested.after)
            names = named(tested.digits)
            self._words.setText(in_words(change, names))
            self.board.show_cells(change.cells, names)

    def _said(self, tested: Tested, is_current: bool) -> str:
        if tested.state.network != self._document.state.network:
            return self.tr("That was another network: test again to see what this one does.")
        if not is_current:
            return self.tr("Changed since: test again to see what it does now.")
        if tested.after is not None:
            return self.tr("read right: as learned → as it is now")
        if tested.state.origin == "untrained":
            words = self.tr("read right. Nothing is learned yet: one in {classes} is chance.")
            return words.format(classes=tested.before.classes if tested.before else "")
        return self.tr("read right. Change a layer and test again: the difference appears here.")

    @Slot()
    def _show_answer(self) -> None:
        """Say what the change does to the picture that is looked at."""
        state = self._document.state
        output = self._document.outputs[-1] if self._document.outputs else None
        shares = None if output is None else probabilities(output, state.gives)
        learned = self._learned.answer()
        names = None if shares is None else self._names(state)
        for label in (self._answer, self._answers):
            label.setVisible(shares is not None)
        if shares is None or names is None:
            return
        now = answer_in_words(shares, names)
        if not is_changed(state):
            self._answer.setText(now)
            self._answers.setText(self.tr("this picture"))
        else:
            before = "…" if learned is None else answer_in_words(learned, names)
            self._answer.setText(f"{before} → {now}")
            self._answers.setText(self.tr("this picture: as learned → as it is now"))

    def _names(self, state: NetworkState) -> tuple[str, ...] | None:
        return None if state.classes is None else names_for(self._digits, state.classes)

    @Slot(str)
    def _say_cell(self, words: str) -> None:
        self._cell.setText(words or self.tr("rows: true digit · columns: answer"))
