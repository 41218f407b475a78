"""Start, pause, one batch, one epoch, stop, reset; progress and what is going on."""

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.training.reports import Progress, State
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.progress_bar import ProgressBar

PROGRESS_STEPS = 1000


class Transport(QWidget):
    """The buttons send wishes; the page tells what state the session is in.

    Parameters
    ----------
    beside : QWidget
        To be put at the end of the row of buttons.
    """

    start = Signal()
    pause = Signal()
    one_batch = Signal()
    one_epoch = Signal()
    stop = Signal()
    reset = Signal()

    def __init__(self, beside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._start = push_button(
            "train.start",
            self.tr("Start"),
            self.tr("Train a new run until the last epoch, or go on after a pause"),
            picture="play",
            primary=True,
        )
        self._pause = tool_button("train.pause", self.tr("Pause"), "pause")
        self._stop = tool_button("train.stop", self.tr("Stop"), "stop")
        self._batch = tool_button(
            "train.batch",
            self.tr("One batch"),
            "batch",
            self.tr("Train one batch, of a new run where none goes on, and pause"),
        )
        self._epoch = tool_button(
            "train.epoch",
            self.tr("One epoch"),
            "epoch",
            self.tr("Train to the end of the epoch, in a new run where none goes on, and pause"),
        )
        self._reset = tool_button("train.reset", self.tr("Reset"), "reset")
        self._progress = ProgressBar("train.progress", self.tr("Progress of the run"))
        self._progress.setRange(0, PROGRESS_STEPS)
        self._status = Label("", "body", wrap=True)
        self._status.setObjectName("train.status")
        self._numbers = Label("", "muted")
        self._numbers.setObjectName("train.numbers")
        self._subject = ""
        self._is_paused = False
        self._told: Progress | None = None

        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        buttons.addWidget(self._start)
        buttons.addSpacing(GRID // 2)
        for tool in (self._pause, self._stop, self._batch, self._epoch, self._reset):
            buttons.addWidget(tool)
        buttons.addStretch(1)
        buttons.addWidget(beside)
        words = QHBoxLayout()
        words.addWidget(self._status, 1)
        words.addWidget(self._numbers)
        card = Card()
        card.body.addLayout(buttons)
        card.body.addWidget(self._progress)
        card.body.addLayout(words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)

        for clicked, wish in (
            (self._start, self.start),
            (self._pause, self.pause),
            (self._stop, self.stop),
            (self._batch, self.one_batch),
            (self._epoch, self.one_epoch),
            (self._reset, self.reset),
        ):
            clicked.clicked.connect(wish)
        self.show_subject("")
        self.show_state("idle", self.tr("Ready: press Start and watch the kernels."))

    def play(self) -> None:
        """Press the button that is meant by the space bar: what moves waits, and the other way."""
        (self._pause if self._pause.isEnabled() else self._start).click()

    def show_subject(self, run: str) -> None:
        """Say on which run the buttons act, from the next state on.

        Parameters
        ----------
        run
            A name for it, where another one is shown; else empty.
        """
        self._subject = run
        if run:
            pause = self.tr("Have {run} wait after this batch; another run is shown")
            stop = self.tr("End {run}; its curves stay, and another run is shown")
            reset = self.tr("Throw {run} away; another run is shown, which stays")
        else:
            pause = self.tr("Wait after this batch")
            stop = self.tr("End this run; its curves stay")
            reset = self.tr("Throw this run away and stand at the start again")
        for button, text in ((self._pause, pause), (self._stop, stop), (self._reset, reset)):
            set_help(text.format(run=run), button)

    def show_state(self, state: State | Literal["idle", "stopping"], message: str) -> None:
        """Show what is going on and offer what can be done about it."""
        busy = state in ("loading", "running")
        alive = busy or state == "paused"
        may_begin = not busy and state != "stopping"
        held = self.focusWidget()
        if self._subject:
            message = self.tr("{state} The buttons act on {run}.").format(
                state=message, run=self._subject
            )
        self._status.setText(message)
        self._start.setEnabled(may_begin)
        start = self.tr("Go on") if state == "paused" else self.tr("Start")
        self._start.setText(start)
        self._start.setAccessibleName(start)
        self._pause.setEnabled(busy)
        self._stop.setEnabled(alive)
        self._batch.setEnabled(may_begin)
        self._epoch.setEnabled(may_begin)
        self._reset.setEnabled(state != "idle")
        if held is not None and not held.isEnabled():
            # The keyboard stays with what goes on, and does not pass on to Stop or Reset.
            (self._pause if busy else self._start).setFocus()
        if state == "idle":
            self._progress.setValue(0)
        self._is_paused = state == "paused"
        if not alive:
            self._told = None
        self._show_numbers()

    def tell(self, sentence: str) -> None:
        """Say something in place of the state, until that changes."""
        self._status.setText(sentence)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the run is, how fast, and how long it will take."""
        self._progress.setValue(round(PROGRESS_STEPS * progress.fraction))
        self._told = progress
        self._show_numbers()

    def _show_numbers(self) -> None:
        progress = self._told
        if progress is None:
            self._numbers.clear()
            return
        numbers = [
            self.tr("epoch {epoch} of {epochs}").format(
                epoch=progress.epoch, epochs=progress.epochs
            )
        ]
        if progress.evaluated is not None:
            numbers.append(self.tr("test interrupted") if self._is_paused else self.tr("testing"))
        elif progress.images_per_second is not None:
            speed = self.tr("{speed:,.0f} images/s")
            numbers.append(speed.format(speed=progress.images_per_second))
        if progress.device_memory is not None:
            memory = self.tr("{size:,.0f} MiB")
            numbers.append(memory.format(size=progress.device_memory / 2**20))
        if progress.seconds_left is not None:
            minutes, seconds = divmod(round(progress.seconds_left), 60)
            numbers.append(self.tr("{left} left").format(left=f"{minutes}:{seconds:02d}"))
        self._numbers.setText("  ·  ".join(numbers))
