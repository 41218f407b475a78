"""The Training page: settings, buttons, curves, views and a pad around the runs."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.digits import BUNDLED
from explorer.data.errors import DataError
from explorer.drawing.palette import GRID
from explorer.training.called import called
from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui.keeping.autosaving import Autosaving
from explorer.ui.keeping.file_buttons import Keeping
from explorer.ui.keeping.unfinished import is_complete
from explorer.ui.sentences import translated
from explorer.ui.torch_loader import TorchLoader
from explorer.ui.training.controls import remembered
from explorer.ui.training.controls.beginning import beginning
from explorer.ui.training.controls.origin_field import NEW
from explorer.ui.training.controls.origins import Origins
from explorer.ui.training.controls.panel import Controls
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.past.time_machine import TimeMachine
from explorer.ui.training.runs.director import Director
from explorer.ui.training.runs.run_notice import RunNotice
from explorer.ui.training.runs.run_words import said
from explorer.ui.training.runs.runs_bar import RunsBar
from explorer.ui.training.runs.shown import MOST, ShownRun
from explorer.ui.training.runs.transport import Transport
from explorer.ui.training.showing import Showing
from explorer.ui.training.views.card import Views
from explorer.ui.training.views.looking import Looking
from explorer.ui.training.views.results import Results
from explorer.ui.training.views.stage import Stage
from explorer.ui.turns import Turns
from explorer.ui.widgets.columns import Columns
from explorer.ui.widgets.notice import Notice


class TrainingPage(Columns):
    """Passes wishes on to the director of the runs, and shows what becomes of them."""

    lab_wanted = Signal(object)
    """A `LabState`: a layer with its weights and its input, to be opened in the Lab."""

    def __init__(self, data: str = BUNDLED, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page.training")
        self.setAcceptDrops(True)
        self._origins = Origins()
        self._loader = TorchLoader(self)

        self._settings: QSettings | None = None
        self._chosen: ShownRun | None = None
        """The run that the page was about when the controls were last shown."""
        self._steered: ShownRun | None = None
        """The run that the controls are about."""

        self.controls = Controls(Settings(data=data))
        self.director = Director(partial(beginning, self.controls, self._origins), self)
        self.runs = self.director.runs
        self.keeping = Keeping(self)
        self.transport = Transport(self.keeping)
        self.autosaving = Autosaving(parent=self)
        self.runs_bar = RunsBar()
        self.notice = Notice("train.notice", closable=True)
        self._run_notice = RunNotice(self.notice, self.runs)
        self.time_machine = TimeMachine()
        self.curves = Curves(self.time_machine)
        self.results = Results()
        self.views = Views()
        self.looking = Looking()
        self._turns = Turns(self)
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
        self._connect_wishes()
        self._connect_news()
        self.showing.show_chosen()
        self._show_run()

    def _place(self) -> None:
        middle = QVBoxLayout()
        middle.setSpacing(GRID + GRID // 2)
        for widget in (self.transport, self.autosaving.line, self.notice, self.runs_bar):
            middle.addWidget(widget)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.results)
        column.addWidget(self.views, 1)
        column.addWidget(self.looking)
        self.stage = Stage(self.curves, self.views, self.time_machine, self.curves.loss)
        middle.addWidget(self.stage, 1)
        self.arrange(self.controls, middle, right, right_grows=True)

    def _connect_wishes(self) -> None:
        director, controls = self.director, self.controls
        self.transport.start.connect(director.start)
        self.transport.pause.connect(director.pause)
        self.transport.one_batch.connect(director.one_batch)
        self.transport.one_epoch.connect(director.one_epoch)
        self.transport.stop.connect(self._stop)
        self.transport.reset.connect(director.reset)
        self.time_machine.continue_wanted.connect(director.go_on)
        self.time_machine.fork_wanted.connect(director.fork)
        self.runs_bar.chosen.connect(self._choose_number)
        self.runs_bar.removed.connect(self._remove_number)
        self.runs_bar.visible_changed.connect(self._show_number)
        self.runs_bar.restore_wanted.connect(director.restore)
        self.runs_bar.offer_ended.connect(director.forget)
        controls.lr_changed.connect(director.set_lr)
        controls.momentum_changed.connect(director.set_momentum)
        controls.weight_decay_changed.connect(director.set_weight_decay)
        controls.frozen_changed.connect(self._set_frozen)
        controls.network.changed.connect(self.keeping.set_network)
        controls.network.changed.connect(self._fit_origin)
        controls.origin.changed.connect(self._fit_network)
        controls.data.began.connect(self.notice.clear)
        controls.data.counted.connect(self._show_origins)
        self.views.lab_wanted.connect(self.lab_wanted)

    def _connect_news(self) -> None:
        director, showing = self.director, self.showing
        director.chosen.connect(showing.show_chosen)
        director.chosen.connect(self._name_subject)
        director.changed.connect(self._name_subject)
        director.chosen.connect(self._show_run)
        director.changed.connect(self._show_run)
        director.begun.connect(self._on_begun)
        director.mailed.connect(showing.show_mail)
        director.mailed.connect(self._on_mail)
        director.ended.connect(showing.show_end)
        director.ended.connect(self._on_ended)
        director.counts_anew.connect(self._on_counts_anew)
        director.kept_network.connect(self._on_kept_network)
        director.put_back.connect(self._on_put_back)
        director.removed.connect(self._on_removed)
        director.made_room.connect(self._on_made_room)
        director.refreshed.connect(showing.refresh)
        director.refreshed.connect(self.autosaving.keep)
        showing.rewound.connect(self._show_run)
        self._loader.ready.connect(self.controls.device.look)
        self.curves.lined_up.connect(self.time_machine.line_up)
        self.curves.saved.connect(self._tell_saved)
        self.keeping.opened.connect(self._open)
        self.keeping.weights_opened.connect(self._open_weights)
        self.keeping.saved.connect(self._on_saved)
        self.keeping.told.connect(self._tell)
        self.autosaving.resumed.connect(self._resume)
        for refused in (
            self.curves.failed,
            self.keeping.failed,
            self.autosaving.failed,
            showing.refused,
        ):
            refused.connect(self._refuse)
        for no_data in (self.controls.data.failed, showing.failed):
            no_data.connect(self._on_no_data)

    def remember_in(self, settings: QSettings) -> None:
        """Begin with what was set at the last start, and keep there what is set at the end."""
        self._settings = settings
        self.curves.remember_in(settings)
        last, data = remembered.read(settings), self.controls.data.value()
        self.controls.show_settings(last if data == BUNDLED else replace(last, data=data))

    def history(self) -> History:
        """Return the record of the run that is shown, empty before the first."""
        return History() if self.runs.chosen is None else self.runs.chosen.history

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the curves their room in a low window."""
        super().resizeEvent(event)
        self.runs_bar.fit(event.size().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Load torch as soon as there is something to see; later calls do nothing."""
        super().paintEvent(event)
        self._loader.start()
        self.autosaving.look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Start, wait and go on by the space bar, wherever the keyboard has no other use for it."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.transport.play()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.keeping.drag_enter(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self.keeping.drop(event)

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when all threads have ended."""
        if self._settings is not None:
            remembered.remember(self._settings, self.controls.settings())
        self.controls.shut_down()
        self.showing.shut_down()
        self.curves.shut_down()
        self._loader.wait()
        self.director.shut_down()
        self._turns.drop()
        self.keeping.shut_down()
        self.autosaving.shut_down()

    # Wishes

    @Slot()
    def _stop(self) -> None:
        self.director.stop()
        self._turns.drop()
        if self.runs.live is not None:
            # It may take a while to answer: loading cannot be cut short.
            self.transport.show_state("stopping", self.tr("Stopping."))

    @Slot(int)
    def _choose_number(self, number: int) -> None:
        self.director.choose(self.runs.all[number])

    @Slot(int)
    def _remove_number(self, number: int) -> None:
        self.director.remove(self.runs.all[number])

    @Slot(int, bool)
    def _show_number(self, number: int, visible: bool) -> None:
        self.runs.all[number].is_visible = visible
        self.showing.redraw()

    @Slot(object)
    def _set_frozen(self, frozen: frozenset[str]) -> None:
        if self.runs.is_live:
            self.director.set_frozen(frozen)
            self.views.show_frozen(frozen)

    # Networks

    def use_network(self, network: str, start: Checkpoint | None = None) -> None:
        """Set the network of the next run, and the weights that it is to start from.

        Parameters
        ----------
        network
            As in ``explorer.training.settings.Settings``.
        start
            Weights and frozen layers; None for new weights, drawn by the seed.
        """
        if self.runs.live is not None:
            text = self.tr("A run goes on here. Stop it, and then hand the network over again.")
            self.notice.show_message("info", text)
            return
        self.notice.clear()
        self.controls.show_network(network)
        self.keeping.set_network(network)
        if start is None:
            self.controls.origin.set_value(NEW)
            return
        self._open_weights(start, network, self.tr("Network page"))
        self.controls.wish_frozen(start.frozen)

    # Files

    @Slot(object, object)
    def _open(self, record: Record, checkpoint: Checkpoint) -> None:
        """Show a run from a file, as it was when it was saved."""
        self.director.open(record)

    @Slot(object, object)
    def _resume(self, record: Record, checkpoint: Checkpoint) -> None:
        """Go on with a run that was cut short."""
        self._open(record, checkpoint)
        if not is_complete(record):
            self.director.go_on()

    @Slot(object, str, str)
    def _open_weights(self, checkpoint: Checkpoint, network: str, name: str) -> None:
        """Have the next run start from weights of a file."""
        key = self._origins.open(checkpoint, network, name)
        self._show_origins()
        if not self.runs.is_live:
            self.controls.origin.set_value(key)
            self._fit_network()

    @Slot()
    def _show_origins(self) -> None:
        classes = self.controls.data.class_count()
        self.controls.origin.set_entries(self._origins.offered(self.runs, classes))

    @Slot()
    def _fit_network(self) -> None:
        """Set the network that belongs to what is started from."""
        start = self._origins.start(self.runs, self.controls.origin.value())
        if start is not None:
            self.controls.show_network(start.network)
            self.keeping.set_network(start.network)

    @Slot()
    def _fit_origin(self) -> None:
        """Start from new weights where those that were chosen belong to another network."""
        start = self._origins.start(self.runs, self.controls.origin.value())
        if start is not None and start.network != self.controls.network.value():
            self.controls.origin.set_value(NEW)

    # News

    @Slot(object)
    def _on_begun(self, run: ShownRun) -> None:
        self.notice.clear()
        self.autosaving.begin(run.record, run.record)

    @Slot(object, object)
    def _on_mail(self, run: ShownRun, mail: Mail) -> None:
        if mail.started is not None:
            self.controls.augmentation.show_digit(mail.started.digits.train_images[0])
        for epoch in mail.epochs:
            self._run_notice.judge(run, epoch)
        if mail.checkpoints and run is self.runs.chosen:
            self._offer_to_keep()
        if mail.progress is not None and mail.status is None:
            self._turns.ask(self._show_progress)
        elif mail.progress is not None and run is self._subject():
            self.transport.show_progress(mail.progress)
        if mail.status is not None and mail.status.state == "failed":
            self._run_notice.tell_failure(run)

    def _show_progress(self) -> None:
        run = self._subject()
        if run is not None and run.progress is not None and not run.is_over:
            self.transport.show_progress(run.progress)

    @Slot(object)
    def _on_ended(self, run: ShownRun) -> None:
        if run.status is not None and run.status.state == "failed":
            # What was kept of it may be all there is, and is offered at the next start.
            self.autosaving.let_go(run.record)

    @Slot(str, str)
    def _on_kept_network(self, kept: str, wanted: str) -> None:
        text = self.tr(
            "A fork keeps the network of its run ({kept}). To train the other one ({wanted}), "
            "choose it again, and press Start when no run goes on."
        )
        names = {"kept": translated(called(kept)), "wanted": translated(called(wanted))}
        self._add(text.format(**names))

    @Slot(int)
    def _on_counts_anew(self, step: int) -> None:
        text = self.tr(
            "With other data or another batch size a fork counts from step 0: it begins with the "
            "weights of step {step:,}."
        )
        self._add(text.format(step=step))

    def _add(self, sentence: str) -> None:
        """Say something more of a fork, of which it may have been said which run has made room."""
        before = "" if self.notice.isHidden() else self.notice.text()
        self.notice.show_message("info", f"{before} {sentence}".strip())

    @Slot(object)
    def _on_put_back(self, run: ShownRun) -> None:
        if run is self.runs.chosen:
            self.controls.show_settings(run.settings_now)
            self._fit_origin()
            self.showing.show_chosen()
        else:
            self.showing.redraw()
        self._show_run()

    @Slot(str)
    def _on_saved(self, _path: str) -> None:
        """Offer a run no more at the next start that lies in a file of its own, and is complete."""
        run = self.runs.chosen
        if run is not None and not run.is_live and is_complete(run.record):
            self.autosaving.drop_run(run.record)

    @Slot(object, str)
    def _on_removed(self, run: ShownRun, name: str) -> None:
        self.runs_bar.offer_back(run.number, name)
        self._run_notice.drop(run)
        self.autosaving.drop_run(run.record)

    @Slot(object, str)
    def _on_made_room(self, run: ShownRun, name: str) -> None:
        text = self.tr(
            "{most} runs are shown at most, so run {number} ({name}) has made room. Undo, in the "
            "list of runs, brings it back for the next oldest."
        )
        sentence = text.format(most=MOST, number=run.number, name=name)
        self.notice.show_message("info", sentence)

    def _subject(self) -> ShownRun | None:
        """Return the run that the buttons are about."""
        return self.runs.live or self.runs.chosen

    @Slot()
    def _name_subject(self) -> None:
        """Say which run the buttons are about where another one is shown."""
        run = self._subject()
        name = ""
        if run is not None and run is not self.runs.chosen:
            text = self.tr("run {number} ({name})")
            name = text.format(number=run.number, name=self.runs.name(run))
        self.transport.show_subject(name)

    @Slot()
    def _show_run(self) -> None:
        """Say where the run stands, and offer what can be done."""
        run, chosen = self._subject(), self.runs.chosen
        self._run_notice.show_chosen()
        self._show_origins()
        self._offer_to_keep()
        self._show_controls()
        self.time_machine.set_alive(chosen is not None and chosen.is_live)
        if run is not None:
            self.transport.show_progress(run.reached)
        if run is None:
            self.transport.show_state("idle", self.tr("Ready: press Start and watch the kernels."))
        elif run.is_ending:
            self.transport.show_state("stopping", self.tr("Stopping."))
        elif run.status is None and run.is_live:
            self.transport.show_state("loading", self.tr("Starting."))
        elif run.status is None:
            text = self.tr("From a file, after {step:,} steps.")
            self.transport.show_state("stopped", text.format(step=run.history.last_step))
        elif run.status.state == "failed":
            self.transport.show_state("failed", self.tr("Ended by an error."))
        else:
            self.transport.show_state(run.status.state, said(run))

    @Slot()
    def _offer_to_keep(self) -> None:
        """Offer to save what is shown, as it is now."""
        chosen = self.runs.chosen
        self.keeping.set_run(None if chosen is None else chosen.record, self.runs.keepable())

    def _show_controls(self) -> None:
        """Let the controls say what the run does that they steer, or what the next one may do."""
        chosen, steered = self.runs.chosen, self.runs.chosen if self.runs.is_live else None
        moment = self.runs.checkpoint()
        self.controls.set_running(steered is not None, may_fork=moment is not None)
        is_another = chosen is not self._chosen or steered not in (None, self._steered)
        self._chosen, self._steered = chosen, steered
        if chosen is not None and is_another:
            # What a fork would change is seen.
            self.controls.show_settings(chosen.settings_now)
            self._fit_origin()
        if steered is not None:
            self.controls.show_frozen(steered.frozen)
            return
        network = None if chosen is None else chosen.record.settings.network
        if moment is not None and network == self.controls.network.value():
            self.controls.show_frozen(moment.frozen)

    @Slot(object)
    def _on_no_data(self, error: DataError) -> None:
        self._refuse(translated(error.meaning))

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self.notice.show_message("error", sentence)

    @Slot(str)
    def _tell(self, sentence: str) -> None:
        """Say what went well where it moves nothing on the page."""
        if sentence:
            self.transport.tell(sentence)
        else:
            self._show_run()

    @Slot(str)
    def _tell_saved(self, name: str) -> None:
        self._tell(self.tr("Saved as {name}.").format(name=name))
