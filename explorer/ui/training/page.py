"""The Training page: settings, buttons, curves and kernels around one worker."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.session import Session
from explorer.ui.training.controls import Controls
from explorer.ui.training.curves import Curves
from explorer.ui.training.kernels import KernelGallery
from explorer.ui.training.results import Results
from explorer.ui.training.transport import Transport
from explorer.ui.training.worker import Worker
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.notice import Notice

REFRESH_MS = 40
"""The mailbox is read and the page drawn 25 times a second, however fast the batches are."""
CURVES_MS = 66
"""The curves are redrawn less often than that, for they cost the most."""
SMALLEST_SIDE, LARGEST_SIDE = 31 * GRID, 40 * GRID
SIDE_SHARE = 0.235


class TrainingPage(QWidget):
    """Trains a network in a thread and shows it learn."""

    def __init__(self, data: str = "bundled", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.training")
        self._worker: Worker | None = None
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
        self.kernels = KernelGallery()
        self._arrange()

        self._timer.timeout.connect(self._read_mail)
        self.transport.start.connect(self._start)
        self.transport.pause.connect(self._pause)
        self.transport.one_batch.connect(self._one_batch)
        self.transport.one_epoch.connect(self._one_epoch)
        self.transport.stop.connect(self._stop)
        self.transport.reset.connect(self._reset)
        self.controls.lr_changed.connect(self._set_lr)
        self.controls.momentum_changed.connect(self._set_momentum)

    def _arrange(self) -> None:
        left = QScrollArea()
        left.setWidgetResizable(True)
        left.setFrameShape(QFrame.Shape.NoFrame)
        left.setWidget(self.controls)
        middle = QVBoxLayout()
        middle.setSpacing(GRID + GRID // 2)
        middle.addWidget(self.transport)
        middle.addWidget(self.notice)
        middle.addWidget(self.curves, 1)
        kernels = Card(self.tr("First layer: kernels"))
        kernels.body.addWidget(self.kernels, 1)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.results)
        column.addWidget(kernels, 1)
        self._sides = (left, right)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(2 * GRID)
        row.addWidget(left)
        row.addLayout(middle, 1)
        row.addWidget(right)

    def history(self) -> History:
        """Return the record of the run that is shown, empty before the first."""
        return History() if self._worker is None else self._worker.history

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width between the curves and the panels."""
        width = round(min(max(self.width() * SIDE_SHARE, SMALLEST_SIDE), LARGEST_SIDE))
        for side in self._sides:
            side.setFixedWidth(width)
        super().resizeEvent(event)

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when its thread has ended."""
        self._timer.stop()
        if self._worker is not None:
            self._worker.end()

    def _command(self, command: Callable[[Session], None]) -> None:
        """Give a command to the session, a new one if there is none or the last has ended."""
        if self._worker is None or self._worker.isFinished():
            self._begin()
        assert self._worker is not None
        command(self._worker.session)

    def _begin(self) -> None:
        self._reset()
        self._worker = Worker(self.controls.settings(), self)
        self._worker.start()
        self._timer.start()
        self.controls.set_running(True)

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

    def _reset(self) -> None:
        """Throw the run away and stand at the start again."""
        self._timer.stop()
        if self._worker is not None:
            self._worker.end()
            self._worker.deleteLater()
            self._worker = None
        self.notice.clear()
        self.curves.clear()
        self.results.clear()
        self.kernels.show_kernels(None)
        self.controls.set_running(False)
        self.transport.show_state("idle", self.tr("Ready: press Start and watch the kernels."))

    def _set_lr(self, lr: float) -> None:
        if self._worker is not None:
            self._worker.session.set_lr(lr)

    def _set_momentum(self, momentum: float) -> None:
        if self._worker is not None:
            self._worker.session.set_momentum(momentum)

    def _read_mail(self) -> None:
        if self._worker is None:
            return
        # Asked before the box is opened, so that the last mail cannot be missed.
        ended = self._worker.isFinished()
        mail = self._worker.mailbox.drain()
        self._stale = self._worker.history.add(mail) or self._stale
        self._show(mail)
        if self._stale and (ended or self._since_drawn.elapsed() >= CURVES_MS):
            self._stale = False
            self._since_drawn.restart()
            self.curves.show_history(self._worker.history)
            self.results.show_history(self._worker.history)
        if ended:
            self._timer.stop()
            self.controls.set_running(False)

    def _show(self, mail: Mail) -> None:
        if mail.started is not None:
            self.results.show_started(mail.started)
        if mail.kernels is not None:
            self.kernels.show_kernels(mail.kernels)
        if mail.progress is not None:
            self.transport.show_progress(mail.progress)
        if mail.status is not None:
            self.transport.show_state(mail.status.state, mail.status.message)
            if mail.status.state == "failed":
                self.transport.show_state("failed", self.tr("The run has ended early."))
                self.notice.show_message("error", mail.status.message)
