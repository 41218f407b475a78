"""The Training page: settings, buttons, curves, views and a pad around one worker."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QElapsedTimer, QTimer, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.errors import DataError
from explorer.drawing.palette import GRID
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.session import Session
from explorer.ui.learned import learned
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.training.controls import Controls
from explorer.ui.training.curves import Curves
from explorer.ui.training.looking import Looking
from explorer.ui.training.results import Results
from explorer.ui.training.transport import Transport
from explorer.ui.training.views import Views
from explorer.ui.training.worker import Worker
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.notice import Notice

REFRESH_MS = 50
"""The mailbox is read 20 times a second, however fast the batches are."""
GUESSING = 0.2
"""Test accuracy below which a network has learned next to nothing: chance gives 0.1."""
FAIR_CHANCE = 100
"""Batches after which a network should have learned something."""
CURVES_WAIT_MS = 200
"""How long the curves, which cost the most, wait for a turn without new kernels to draw."""


class TrainingPage(Columns):
    """Trains a network in a thread and shows it learn."""

    def __init__(self, data: str = "bundled", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.training")
        self._worker: Worker | None = None
        self._at_work: list[Worker] = []
        """All whose thread may still be at work, the present one included."""
        self._over = False
        """Whether the present session has ended, though its thread may take a moment longer."""
        self._loader = TorchLoader(self)
        self._stale = False
        self._since_drawn = QElapsedTimer()
        self._since_drawn.start()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)

        self.controls = Controls(data)
        self.transport = Transport()
        self.notice = Notice("train.notice", closable=True)
        self.curves = Curves()
        self.results = Results()
        self.views = Views()
        self.looking = Looking()
        self._place()

        self._timer.timeout.connect(self._read_mail)
        self.transport.start.connect(self._start)
        self.transport.pause.connect(self._pause)
        self.transport.one_batch.connect(self._one_batch)
        self.transport.one_epoch.connect(self._one_epoch)
        self.transport.stop.connect(self._stop)
        self.transport.reset.connect(self._reset)
        self.controls.data.began.connect(self.notice.clear)
        self.controls.data.failed.connect(self._on_no_data)
        self.controls.lr_changed.connect(self._set_lr)
        self.controls.momentum_changed.connect(self._set_momentum)
        self.controls.weight_decay_changed.connect(self._set_weight_decay)
        self.views.digit_chosen.connect(self.looking.look_at_digit)
        self.looking.looked.connect(self._look_at)

    def _place(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(GRID + GRID // 2)
        middle.addWidget(self.transport)
        middle.addWidget(self.notice)
        middle.addWidget(self.curves, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.results)
        column.addWidget(self.views, 1)
        column.addWidget(self.looking)
        self.arrange(self.controls, middle, right)

    def history(self) -> History:
        """Return the record of the run that is shown, empty before the first."""
        return History() if self._worker is None else self._worker.history

    def paintEvent(self, event: QPaintEvent) -> None:
        """Load torch as soon as there is something to see; later calls do nothing."""
        super().paintEvent(event)
        self._loader.start()

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when all threads have ended."""
        self._timer.stop()
        self.controls.data.shut_down()
        self._loader.wait()
        for worker in self._at_work:
            worker.end()

    def _command(self, command: Callable[[Session], None]) -> None:
        """Give a command to the session, a new one if there is none or the last has ended."""
        if self._worker is None or self._over:
            self._begin()
        assert self._worker is not None
        command(self._worker.session)

    def _begin(self) -> None:
        self._reset()
        self._worker = Worker(self.controls.settings())
        self._at_work.append(self._worker)
        self._over = False
        self._worker.start()
        self._timer.start()
        self.looking.begin()
        self._look_at(self.looking.picture())
        self.controls.set_running(True)
        self.transport.show_state("loading", self.tr("Starting."))

    def _start(self) -> None:
        self._command(Session.start)

    def _one_batch(self) -> None:
        self._command(Session.one_batch)

    def _one_epoch(self) -> None:
        self._command(Session.one_epoch)

    def _pause(self) -> None:
        if self._worker is not None:
            self._worker.session.pause()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.session.stop()
            self._read_mail()
            if not self._over:
                # It may take a while to answer: loading cannot be cut short.
                self.transport.show_state("stopping", self.tr("Stopping."))

    def _reset(self) -> None:
        """Throw the run away and stand at the start again."""
        self._timer.stop()
        if self._worker is not None:
            # Not waited for: it may be in the middle of loading torch.
            self._worker.session.stop()
            self._worker = None
        self._at_work = [worker for worker in self._at_work if not worker.isFinished()]
        self.notice.clear()
        self.curves.clear()
        self.results.clear()
        self.views.clear()
        self.looking.clear()
        self.controls.set_running(False)
        self.transport.show_state("idle", self.tr("Ready: press Start and watch the kernels."))

    def _on_no_data(self, error: DataError) -> None:
        self.notice.show_message("error", translated(error.meaning))

    def _set_lr(self, lr: float) -> None:
        if self._worker is not None:
            self._worker.session.set_lr(lr)

    def _set_momentum(self, momentum: float) -> None:
        if self._worker is not None:
            self._worker.session.set_momentum(momentum)

    def _set_weight_decay(self, weight_decay: float) -> None:
        if self._worker is not None:
            self._worker.session.set_weight_decay(weight_decay)

    @Slot(object)
    def _look_at(self, picture: npt.NDArray[np.uint8] | None) -> None:
        """Ask the network about another picture, or about none any more."""
        if picture is None:
            self.views.show_answer(None)
        elif self._worker is not None:
            self._worker.session.look_at(picture)
            if not self._timer.isActive():
                # The session has ended and answers at once, but nobody reads the mail any more.
                self._read_mail()

    def _read_mail(self) -> None:
        if self._worker is None:
            return
        # Asked before the box is opened, so that the last mail cannot be missed.
        ended = self._worker.isFinished()
        mail = self._worker.mailbox.drain()
        self._stale = self._worker.history.add(mail) or self._stale
        self._show(mail)
        has_turn = mail.kernels is None or self._since_drawn.elapsed() >= CURVES_WAIT_MS
        if self._stale and (ended or has_turn):
            self._stale = False
            self._since_drawn.restart()
            self.curves.show_history(self._worker.history)
            self.results.show_history(self._worker.history)
        if ended and self._timer.isActive():
            self._timer.stop()
            self.controls.set_running(False)
            # What was drawn just before the end may not have been answered.
            self._look_at(self.looking.picture())

    def _show(self, mail: Mail) -> None:
        if mail.started is not None:
            self.results.show_started(mail.started)
            self.views.show_digits(mail.started.digits)
            self.looking.show_digits(mail.started.digits)
        for epoch in mail.epochs:
            self._judge(epoch)
        if mail.kernels is not None:
            self.views.show_kernels(mail.kernels)
            learned.offer(mail.kernels)
        if mail.answered is not None:
            self.views.show_answered(mail.answered)
        if mail.answer is not None and self.looking.picture() is not None:
            self.views.show_answer(mail.answer)
            self.looking.show_answer(mail.answer)
        if mail.progress is not None:
            self.transport.show_progress(mail.progress)
        # After the progress, for the end of a run takes its speed and its time left away.
        if mail.status is not None:
            self._over = mail.status.is_final
            meaning = mail.status.meaning
            said = mail.status.message if meaning is None else translated(meaning)
            self.transport.show_state(mail.status.state, said)
            if mail.status.state == "failed":
                self.transport.show_state("failed", self.tr("Ended by an error."))
                self.notice.show_message("error", said)

    def _judge(self, epoch: Evaluated) -> None:
        """Say so when a network only guesses, and take it back when it has learned after all."""
        if epoch.test_accuracy >= GUESSING:
            self.notice.clear()
        elif epoch.step >= FAIR_CHANCE:
            self.notice.show_message(
                "warning",
                self.tr(
                    "The network only guesses: one digit in ten is right by chance. If the loss "
                    "does not fall, reset and start again with a learning rate such as 0.01."
                ),
            )
