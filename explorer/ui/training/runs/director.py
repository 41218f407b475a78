"""Begins, steers and ends the runs of the page; it knows no widget."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.data.digits import CLASSES
from explorer.training.checkpoint import Checkpoint
from explorer.training.forking import continued, forked, keeps_its_past
from explorer.training.memory import give_back_holes
from explorer.training.record import Record
from explorer.training.session import Session
from explorer.training.settings import Settings
from explorer.ui.training.runs.shown import Runs, ShownRun, with_rates
from explorer.ui.training.runs.worker import Worker

REFRESH_MS = 50
"""The mailboxes are read 20 times a second, however fast the batches are."""


TIDY_MS = 1000
"""How long nothing has to end until what is free in memory goes back to the system."""
UNKNOWN = 2**62
"""Steps of an epoch, as long as a run has not told: it cannot be over then."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """How a new run begins.

    Attributes
    ----------
    start
        What it goes on from; None for weights that the seed gives.
    frozen
        The layers that are not to learn; None where nobody has said.
    classes
        How many its data has.
    """

    settings: Settings
    start: Checkpoint | None = None
    frozen: frozenset[str] | None = None
    classes: int = CLASSES


class Director(QObject):
    """Lets one run at a time learn in a thread, and keeps the others for comparison.

    Parameters
    ----------
    ask
        Called with all runs for the beginning of a new one, when one is wanted.
    """

    chosen = Signal()
    """Another run is chosen, or none, or the chosen one goes on."""
    changed = Signal()
    """A run stands elsewhere than before, as after a pause."""
    begun = Signal(object)
    """Somebody works on this `ShownRun` from now on."""
    mailed = Signal(object, object)
    """A `ShownRun` has told something, in a `Mail`; it has kept it already."""
    ended = Signal(object)
    """Nobody works on this `ShownRun` any more."""
    counts_anew = Signal(int)
    """A fork begins at step 0, with the weights that its run had after so many steps."""
    kept_network = Signal(str, str)
    """A fork has begun with the network of its run, the first, and not with the one wished for."""
    put_back = Signal(object)
    """This `ShownRun` could not go on, and is what it was before; comes after `ended`."""
    removed = Signal(object, str)
    """This `ShownRun` of this name has been thrown away; it can still be restored."""
    made_room = Signal(object, str)
    """This `ShownRun` of this name had to go for another; comes after `removed`."""
    refreshed = Signal()
    """All mail has been read for this time."""

    def __init__(self, ask: Callable[[Runs], Beginning], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = Runs()
        self._ask = ask
        self._removed: ShownRun | None = None
        self._at_work: list[Worker] = []
        """All whose thread may still be at work."""
        self._tidy = QTimer(self, interval=TIDY_MS, singleShot=True)
        self._tidy.timeout.connect(give_back_holes)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._read_mail)

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when all threads have ended."""
        self._timer.stop()
        self._tidy.stop()
        for worker in self._at_work:
            worker.end()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """All whose thread may still be at work."""
        return tuple(self._at_work)

    # Beginning

    @Slot()
    def start(self) -> None:
        """Train on, or train a new run."""
        self._command(Session.start)

    @Slot()
    def one_batch(self) -> None:
        """Train one batch and pause."""
        self._command(Session.one_batch)

    @Slot()
    def one_epoch(self) -> None:
        """Train to the end of the epoch and pause."""
        self._command(Session.one_epoch)

    @Slot()
    def go_on(self) -> None:
        """Go on from the moment that is looked at as if nothing had happened.

        It is another run where one has gone on from there already, or where more epochs would
        change the learning rates that were.
        """
        run, start = self.runs.chosen, self.runs.checkpoint()
        if run is not None and start is not None:
            per_epoch = run.history.steps_per_epoch or UNKNOWN
            old = run.record.settings
            settings, start = continued(old, start, per_epoch)
            at_the_end = self.runs.moment is None and not run.is_live
            if not at_the_end or not keeps_its_past(old, settings):
                self._begin(Beginning(settings, start)).start()
                return
            run.go_on(settings, start)
            self._begin(Beginning(settings, start), run).start()

    @Slot()
    def fork(self) -> None:
        """Begin another run where the chosen one was at the moment that is looked at."""
        run, moment = self.runs.chosen, self.runs.checkpoint()
        if run is not None and moment is not None:
            old, new = run.record.settings, self._ask(self.runs)
            # Layers of another network mean nothing here.
            frozen = new.frozen if new.settings.network == old.network else None
            per_epoch = run.history.steps_per_epoch or UNKNOWN
            settings, start = forked(old, new.settings, moment, per_epoch, frozen, new.classes)
            self._begin(Beginning(settings, start)).start()
            if start.step == 0 < moment.step:
                self.counts_anew.emit(moment.step)
            if new.settings.network != old.network:
                self.kept_network.emit(old.network, new.settings.network)

    def open(self, record: Record) -> None:
        """Show a run that was made elsewhere."""
        gone = self._make_room()
        self.runs.add_record(record)
        self.chosen.emit()
        self._tell_of(gone)

    def _command(self, command: Callable[[Session], None]) -> None:
        """Give a command to the run that goes on, or to a new one if there is none."""
        live = self.runs.live
        session = self.session()
        if live is None or session is None:
            command(self._begin(self._ask(self.runs)))
            return
        if not self.runs.is_live:
            self.choose(live)
        command(session)

    def _begin(self, beginning: Beginning, run: ShownRun | None = None) -> Session:
        """Begin a run, or go on with one, and return its session."""
        self._end_live()
        settings, start = beginning.settings, beginning.start
        gone = None
        if run is None:
            gone = self._make_room()
            run = self.runs.add(settings, start)
        else:
            self.runs.choose(run)
        # A run that goes on has the steps that it had; its data may be others by now.
        worker = Worker(settings, start, run.history.steps_per_epoch)
        frozen = beginning.frozen or frozenset() if start is None else start.frozen
        worker.session.set_frozen(frozen)
        now = settings if start is None else with_rates(settings, start)
        run.begin(worker, now, frozen)
        self._at_work.append(worker)
        self.begun.emit(run)
        worker.start()
        self._timer.start()
        self.chosen.emit()
        self._tell_of(gone)
        return worker.session

    # Steering

    def session(self) -> Session | None:
        """Return the session that goes on, if one does."""
        live = self.runs.live
        return None if live is None or live.worker is None else live.worker.session

    @Slot(float)
    def set_lr(self, lr: float) -> None:
        """Use another learning rate from the next batch on, if the run that goes on is shown."""
        if self.runs.is_live and (session := self.session()) is not None:
            session.set_lr(lr)
            self._note(lr=lr)

    @Slot(float)
    def set_momentum(self, momentum: float) -> None:
        """Use another momentum likewise."""
        if self.runs.is_live and (session := self.session()) is not None:
            session.set_momentum(momentum)
            self._note(momentum=momentum)

    @Slot(float)
    def set_weight_decay(self, weight_decay: float) -> None:
        """Use another weight decay likewise."""
        if self.runs.is_live and (session := self.session()) is not None:
            session.set_weight_decay(weight_decay)
            self._note(weight_decay=weight_decay)

    def set_frozen(self, frozen: frozenset[str]) -> None:
        """Let these layers of the run that goes on not learn."""
        live, session = self.runs.live, self.session()
        if live is not None and session is not None:
            session.set_frozen(frozen)
            live.frozen = frozen

    def _note(self, **rates: float) -> None:
        live = self.runs.live
        assert live is not None
        live.settings_now = replace(live.settings_now, **rates)  # type: ignore[arg-type]

    @Slot()
    def pause(self) -> None:
        """Wait after the batch that is being worked on."""
        if (session := self.session()) is not None:
            session.pause()

    @Slot()
    def stop(self) -> None:
        """End the run that goes on; it may take a moment."""
        if (session := self.session()) is not None:
            session.stop()
            self._read_mail()

    @Slot()
    def reset(self) -> None:
        """Throw away the run that goes on, or else the chosen one; what it was is not shown."""
        run = self.runs.live or self.runs.chosen
        if run is not None:
            self._remove(run)
            self.choose(self.runs.chosen)

    def remove(self, run: ShownRun) -> None:
        """Throw a run away; where it was the chosen one, choose the newest of the others."""
        self._remove(run)
        self.choose(self.runs.chosen or next(reversed(self.runs.all), None))

    def choose(self, run: ShownRun | None) -> None:
        """Be about another run, as it is now, or about none."""
        self.runs.choose(run)
        self.chosen.emit()

    @Slot()
    def restore(self) -> None:
        """Bring back the run that was thrown away last; one that went on has ended."""
        if self._removed is not None:
            run, self._removed = self._removed, None
            gone = self._make_room()
            self.runs.restore(run)
            if run.worker is not None:
                self._timer.start()
            self.chosen.emit()
            self._tell_of(gone)

    @Slot()
    def forget(self) -> None:
        """Let go of the run that was thrown away last."""
        self._removed = None
        self._tidy.start()

    def _remove(self, run: ShownRun) -> None:
        if run is self.runs.live:
            self._end_live()
        name = self.runs.name(run)
        self.runs.remove(run)
        self._removed = run
        self.removed.emit(run, name)

    def _make_room(self) -> tuple[ShownRun, str] | None:
        """Take a run away where another would have no colour.

        It is returned with its name, unless there was nothing to be seen of it.
        """
        run = self.runs.in_the_way
        if run is None:
            return None
        name = self.runs.name(run)
        self.runs.remove(run)
        return None if run.is_empty else (run, name)

    def _tell_of(self, gone: tuple[ShownRun, str] | None) -> None:
        """Tell of a run that has made room, and let it come back, as soon as the other is there."""
        if gone is not None:
            self._removed = gone[0]
            self.removed.emit(*gone)
            self.made_room.emit(*gone)

    def _end_live(self) -> None:
        """Stop the run that goes on, if there is one; not waited for, it may be loading torch."""
        self._at_work = [worker for worker in self._at_work if not worker.isFinished()]
        live, session = self.runs.live, self.session()
        if live is not None and session is not None:
            session.stop()
            live.is_over = True

    # Mail

    @Slot()
    def _read_mail(self) -> None:
        for run in self.runs:
            if run.worker is None:
                continue
            # Asked before the box is opened, so that the last mail cannot be missed.
            has_ended = run.worker.isFinished()
            mail = run.worker.mailbox.drain()
            run.take(mail)
            self.mailed.emit(run, mail)
            if mail.status is not None:
                self.changed.emit()
            if has_ended:
                run.end()
                self.ended.emit(run)
                if run.take_back():
                    self.put_back.emit(run)
                self._tidy.start()
        self.refreshed.emit()
        if all(run.worker is None for run in self.runs):
            self._timer.stop()
