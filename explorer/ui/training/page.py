"""The Training page: settings, buttons, curves, views and a pad around the runs."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.errors import DataError
from explorer.drawing.palette import GRID
from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Evaluated
from explorer.training.forking import continued, fine_tuned, forked
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.record import Record
from explorer.training.session import Session
from explorer.training.settings import Settings
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.training.autosaving import Autosaving
from explorer.ui.training.controls import Controls
from explorer.ui.training.curves import Curves
from explorer.ui.training.keeping import Keeping
from explorer.ui.training.looking import Looking
from explorer.ui.training.origin_field import NEW
from explorer.ui.training.origins import Origins, Start
from explorer.ui.training.results import Results
from explorer.ui.training.runs import Runs, ShownRun
from explorer.ui.training.runs_bar import RunsBar
from explorer.ui.training.showing import Showing
from explorer.ui.training.time_machine import TimeMachine
from explorer.ui.training.transport import Transport
from explorer.ui.training.views import Views
from explorer.ui.training.worker import Worker
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.notice import Notice

REFRESH_MS = 50
"""The mailboxes are read 20 times a second, however fast the batches are."""
GUESSING = 0.2
"""Test accuracy below which a network has learned next to nothing: chance gives 0.1."""
FAIR_CHANCE = 100
"""Batches after which a network should have learned something."""


class TrainingPage(Columns):
    """Trains networks in threads, one at a time, and shows them learn."""

    lab_wanted = Signal(object)
    """A `LabState`: a layer with its weights and its input, to be opened in the Lab."""

    def __init__(self, data: str = "bundled", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.training")
        self.runs = Runs()
        self._at_work: list[Worker] = []
        """All whose thread may still be at work."""
        self._loader = TorchLoader(self)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)

        self._origins = Origins()

        self.controls = Controls(data)
        self.keeping = Keeping(self)
        self.transport = Transport(self.keeping)
        self.autosaving = Autosaving(parent=self)
        self.runs_bar = RunsBar()
        self.notice = Notice("train.notice", closable=True)
        self.time_machine = TimeMachine()
        self.curves = Curves(self.time_machine)
        self.results = Results()
        self.views = Views()
        self.looking = Looking()
        self.showing = Showing(
            self.runs,
            self.curves,
            self.runs_bar,
            self.time_machine,
            self.results,
            self.views,
            self.looking,
            self,
        )
        self._place()

        self._loader.ready.connect(self.controls.device.look)
        self._timer.timeout.connect(self._read_mail)
        self.transport.start.connect(self._start)
        self.transport.pause.connect(self._pause)
        self.transport.one_batch.connect(self._one_batch)
        self.transport.one_epoch.connect(self._one_epoch)
        self.transport.stop.connect(self._stop)
        self.transport.reset.connect(self._reset)
        self.curves.lined_up.connect(self.time_machine.line_up)
        self.curves.failed.connect(self._refuse)
        self.curves.saved.connect(self._tell_saved)
        self.runs_bar.chosen.connect(self._choose_number)
        self.runs_bar.removed.connect(self._remove_number)
        self.runs_bar.visible_changed.connect(self._show_number)
        self.keeping.opened.connect(self._open)
        self.keeping.weights_opened.connect(self._open_weights)
        self.keeping.told.connect(self._tell)
        self.keeping.failed.connect(self._refuse)
        self.autosaving.resumed.connect(self._resume)
        self.autosaving.failed.connect(self._refuse)
        self.time_machine.continue_wanted.connect(self._continue)
        self.time_machine.fork_wanted.connect(self._fork)
        self.controls.network.changed.connect(self.keeping.set_network)
        self.controls.network.changed.connect(self._fit_origin)
        self.controls.origin.changed.connect(self._fit_network)
        self.controls.data.began.connect(self.notice.clear)
        self.controls.data.failed.connect(self._on_no_data)
        self.controls.lr_changed.connect(self._set_lr)
        self.controls.momentum_changed.connect(self._set_momentum)
        self.controls.weight_decay_changed.connect(self._set_weight_decay)
        self.controls.frozen_changed.connect(self._set_frozen)
        self.views.lab_wanted.connect(self.lab_wanted)
        self.showing.failed.connect(self._on_no_data)
        self.showing.refused.connect(self._refuse)
        self.showing.rewound.connect(self._show_run)
        self.setAcceptDrops(True)
        self.showing.show_chosen()
        self._show_run()

    def _place(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(GRID + GRID // 2)
        middle.addWidget(self.transport)
        middle.addWidget(self.autosaving.line)
        middle.addWidget(self.notice)
        middle.addWidget(self.runs_bar)
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
        return History() if self.runs.chosen is None else self.runs.chosen.history

    def paintEvent(self, event: QPaintEvent) -> None:
        """Load torch as soon as there is something to see; later calls do nothing."""
        super().paintEvent(event)
        self._loader.start()
        self.autosaving.look()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.keeping.drag_enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.keeping.drop(event)

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when all threads have ended."""
        self._timer.stop()
        self.controls.shut_down()
        self.showing.shut_down()
        self.curves.wait()
        self._loader.wait()
        for worker in self._at_work:
            worker.end()
        self.keeping.shut_down()
        self.autosaving.shut_down()

    # Beginning and ending

    def _begin(
        self, settings: Settings, start: Checkpoint | None = None, run: ShownRun | None = None
    ) -> Session:
        """Begin a run, or go on with one, and return its session."""
        self._end_live()
        self.notice.clear()
        if run is None:
            run = self.runs.add(settings, start)
        else:
            self.runs.choose(run)
            run.record.settings = settings
        run.worker, run.is_over, run.status, run.progress = (
            Worker(settings, start),
            False,
            None,
            None,
        )
        self._at_work.append(run.worker)
        self.autosaving.begin(run.record, run.record)
        run.worker.start()
        self._timer.start()
        self.showing.show_chosen()
        self._show_run()
        return run.worker.session

    def _end_live(self) -> None:
        """Stop the run that goes on, if there is one; not waited for, it may be loading torch."""
        self._at_work = [worker for worker in self._at_work if not worker.isFinished()]
        if (live := self.runs.live) is not None and live.worker is not None:
            live.worker.session.stop()
            live.is_over = True

    def _command(self, command: Callable[[Session], None]) -> None:
        """Give a command to the run that goes on, or to a new one if there is none."""
        live = self.runs.live
        if live is not None and live.worker is not None:
            if live is not self.runs.chosen or self.runs.moment is not None:
                self.runs.choose(live)
                self.showing.show_chosen()
            command(live.worker.session)
            return
        settings, frozen = self.controls.settings(), self.controls.frozen()
        origin = self._start_of(self.controls.origin.value())
        if origin is None:
            session = self._begin(settings)
            session.set_frozen(frozen)
        else:
            new_head = self.controls.origin.new_head()
            settings, start = fine_tuned(settings, origin.checkpoint, frozen, new_head=new_head)
            session = self._begin(settings, start)
        command(session)

    @Slot()
    def _start(self) -> None:
        self._command(Session.start)

    @Slot()
    def _one_batch(self) -> None:
        self._command(Session.one_batch)

    @Slot()
    def _one_epoch(self) -> None:
        self._command(Session.one_epoch)

    @Slot()
    def _pause(self) -> None:
        if (session := self._live_session()) is not None:
            session.pause()

    @Slot()
    def _stop(self) -> None:
        if (session := self._live_session()) is not None:
            session.stop()
            self._read_mail()
            if self.runs.live is not None:
                # It may take a while to answer: loading cannot be cut short.
                self.transport.show_state("stopping", self.tr("Stopping."))

    @Slot()
    def _reset(self) -> None:
        """Throw the chosen run away and stand at the start again."""
        if (run := self.runs.chosen) is not None:
            if run is self.runs.live:
                self._end_live()
            self.autosaving.drop_run(run.record)
            self.notice.clear()
            self.runs.remove(run)
            self.choose(None)

    def remove(self, run: ShownRun) -> None:
        """Show a run no more that has ended."""
        self.runs.remove(run)
        self.choose(self.runs.chosen or next(reversed(self.runs.all), None))

    def choose(self, run: ShownRun | None) -> None:
        """Be about another run, or about none."""
        self.runs.choose(run)
        self.showing.show_chosen()
        self._show_run()

    @Slot(int)
    def _choose_number(self, number: int) -> None:
        self.choose(self.runs.all[number])

    @Slot(int)
    def _remove_number(self, number: int) -> None:
        self.remove(self.runs.all[number])

    @Slot(int, bool)
    def _show_number(self, number: int, visible: bool) -> None:
        self.runs.all[number].is_visible = visible
        self.showing.redraw()

    @Slot()
    def _continue(self) -> None:
        """Go on from the moment that is looked at as if nothing had happened."""
        run, start = self.runs.chosen, self.runs.checkpoint()
        if run is None or start is None:
            return
        per_epoch = self._steps_per_epoch(run)
        settings, start = continued(run.record.settings, start, per_epoch)
        at_the_end = start.step == run.history.last_step and not run.is_live
        self._begin(settings, start, run if at_the_end else None).start()

    @Slot()
    def _fork(self) -> None:
        """Begin another run where the chosen one was at the moment that is looked at."""
        run, start = self.runs.chosen, self.runs.checkpoint()
        if run is None or start is None:
            return
        settings, start = forked(
            run.record.settings,
            self.controls.settings(),
            start,
            self._steps_per_epoch(run),
            self.controls.frozen(),
        )
        self._begin(settings, start).start()

    @staticmethod
    def _steps_per_epoch(run: ShownRun) -> int:
        """Return them where they are known; a run that has not told has not begun either."""
        return run.history.steps_per_epoch or max(run.history.last_step, 1)

    # Files

    @Slot(object, object)
    def _open(self, record: Record, checkpoint: Checkpoint) -> None:
        """Show a run from a file, as it was when it was saved."""
        self.runs.add_record(record)
        self.controls.show_settings(record.settings)
        self.controls.show_frozen(checkpoint.frozen)
        self.showing.show_chosen()
        self._show_run()

    @Slot(object, object)
    def _resume(self, record: Record, checkpoint: Checkpoint) -> None:
        """Go on with a run that was cut short."""
        self._open(record, checkpoint)
        self._continue()

    @Slot(object, str, str)
    def _open_weights(self, checkpoint: Checkpoint, network: str, name: str) -> None:
        """Have the next run start from weights of a file."""
        key = self._origins.open(checkpoint, network, name)
        self._show_origins()
        self.controls.origin.set_value(key)
        self._fit_network()

    def _start_of(self, key: str) -> Start | None:
        return next((s for s in self._origins.starts(self.runs) if s.origin.key == key), None)

    def _show_origins(self) -> None:
        self.controls.origin.set_entries([s.origin for s in self._origins.starts(self.runs)])

    @Slot()
    def _fit_network(self) -> None:
        """Set the network that belongs to what is started from."""
        start = self._start_of(self.controls.origin.value())
        if start is not None:
            self.controls.show_network(start.network)
            self.keeping.set_network(start.network)

    @Slot()
    def _fit_origin(self) -> None:
        """Start from new weights where those that were chosen belong to another network."""
        start = self._start_of(self.controls.origin.value())
        if start is not None and start.network != self.controls.network.value():
            self.controls.origin.set_value(NEW)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        if sentence:
            self.notice.show_message("info", sentence)
        else:
            self.notice.clear()

    @Slot(str)
    def _tell_saved(self, name: str) -> None:
        self._tell(self.tr("Saved as {name}.").format(name=name))

    # What may change at any time

    def _live_session(self) -> Session | None:
        live = self.runs.live
        return None if live is None or live.worker is None else live.worker.session

    def _steered(self) -> Session | None:
        """Return the session that the controls are about, if they are about one."""
        return self._live_session() if self.runs.is_live else None

    @Slot(float)
    def _set_lr(self, lr: float) -> None:
        if (session := self._steered()) is not None:
            session.set_lr(lr)

    @Slot(float)
    def _set_momentum(self, momentum: float) -> None:
        if (session := self._steered()) is not None:
            session.set_momentum(momentum)

    @Slot(float)
    def _set_weight_decay(self, weight_decay: float) -> None:
        if (session := self._steered()) is not None:
            session.set_weight_decay(weight_decay)

    @Slot(object)
    def _set_frozen(self, frozen: frozenset[str]) -> None:
        if (session := self._steered()) is not None:
            session.set_frozen(frozen)
            self.views.show_frozen(frozen)

    # What has happened

    @Slot()
    def _read_mail(self) -> None:
        for run in self.runs:
            if run.worker is None:
                continue
            # Asked before the box is opened, so that the last mail cannot be missed.
            ended = run.worker.isFinished()
            mail = run.worker.mailbox.drain()
            self._take(run, mail)
            self.autosaving.keep()
            if ended:
                if run.status is not None and run.status.state == "finished":
                    self.autosaving.drop_run(run.record)
                run.worker, run.is_over = None, True
                # What was drawn just before the end may not have been answered.
                self.showing.end(run)
        self.showing.draw()
        if all(run.worker is None for run in self.runs):
            self._timer.stop()

    def _take(self, run: ShownRun, mail: Mail) -> None:
        self.showing.take(run, mail)
        if mail.started is not None:
            self.controls.augmentation.show_digit(mail.started.digits.train_images[0])
        for epoch in mail.epochs:
            self._judge(epoch)
        if mail.progress is not None and run is self._subject():
            self.transport.show_progress(mail.progress)
        # After the progress, for the end of a run takes its speed and its time left away.
        if mail.status is not None:
            self._show_run()
            if mail.status.state == "failed":
                self.notice.show_message("error", self._said(run))

    def _subject(self) -> ShownRun | None:
        """Return the run that the buttons are about."""
        return self.runs.live or self.runs.chosen

    @Slot()
    def _show_run(self) -> None:
        """Say where the run stands, and offer what can be done."""
        run = self._subject()
        self._show_origins()
        chosen = self.runs.chosen
        self.keeping.set_run(None if chosen is None else chosen.record, self.runs.checkpoint())
        self.controls.set_running(self.runs.live is not None and self.runs.moment is None)
        self.time_machine.set_alive(self.runs.chosen is not None and self.runs.chosen.is_live)
        if run is None:
            self.transport.show_state("idle", self.tr("Ready: press Start and watch the kernels."))
        elif run.status is None and run.is_live:
            self.transport.show_state("loading", self.tr("Starting."))
        elif run.status is None:
            text = self.tr("From a file, after {step:,} batches.")
            self.transport.show_state("stopped", text.format(step=run.history.last_step))
        elif run.status.state == "failed":
            self.transport.show_state("failed", self.tr("Ended by an error."))
        else:
            self.transport.show_state(run.status.state, self._said(run))

    @staticmethod
    def _said(run: ShownRun) -> str:
        assert run.status is not None
        meaning = run.status.meaning
        return run.status.message if meaning is None else translated(meaning)

    @Slot(object)
    def _on_no_data(self, error: DataError) -> None:
        self._refuse(translated(error.meaning))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self.notice.show_message("error", sentence)

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
