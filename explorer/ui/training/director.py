"""Begins, steers and ends the runs of the page; it knows no widget."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.data.digits import CLASSES
from explorer.training.checkpoint import Checkpoint
from explorer.training.forking import continued, forked
from explorer.training.record import Record
from explorer.training.session import Session
from explorer.training.settings import Settings
from explorer.ui.training.runs import Runs, ShownRun
from explorer.ui.training.worker import Worker

REFRESH_MS = 50
"""The mailboxes are read 20 times a second, however fast the batches are."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """How a new run begins.

    Attributes
    ----------
    start
        What it goes on from; None for weights that the seed gives.
    frozen
        The layers that do not learn, where it goes on from nothing.
    classes
        How many its data has.
    """

    settings: Settings
    start: Checkpoint | None = None
    frozen: frozenset[str] = frozenset()
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
    removed = Signal(object)
    """This `ShownRun` has been thrown away."""
    refreshed = Signal()
    """All mail has been read for this time."""

    def __init__(self, ask: Callable[[Runs], Beginning], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs = Runs()
        self._ask = ask
        self._at_work: list[Worker] = []
        """All whose thread may still be at work."""
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._read_mail)

    def shut_down(self) -> None:
        """End the run, if there is one, and come back when all threads have ended."""
        self._timer.stop()
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
        """Go on from the moment that is looked at as if nothing had happened."""
        run, start = self.runs.chosen, self.runs.checkpoint()
        if run is not None and start is not None:
            settings, start = continued(run.record.settings, start, _steps_per_epoch(run))
            at_the_end = start.step == run.history.last_step and not run.is_live
            self._begin(Beginning(settings, start), run if at_the_end else None).start()

    @Slot()
    def fork(self) -> None:
        """Begin another run where the chosen one was at the moment that is looked at."""
        run, start = self.runs.chosen, self.runs.checkpoint()
        if run is not None and start is not None:
            new = self._ask(self.runs)
            settings, start = forked(
                run.record.settings,
                new.settings,
                start,
                _steps_per_epoch(run),
                new.frozen,
                new.classes,
            )
            self._begin(Beginning(settings, start)).start()

    def open(self, record: Record) -> None:
        """Show a run that was made elsewhere."""
        self.runs.add_record(record)
        self.chosen.emit()

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
        if run is None:
            run = self.runs.add(settings, start)
        else:
            self.runs.choose(run)
            run.record.settings = settings
        worker = Worker(settings, start)
        if start is None:
            worker.session.set_frozen(beginning.frozen)
        run.begin(worker)
        self._at_work.append(worker)
        self.begun.emit(run)
        worker.start()
        self._timer.start()
        self.chosen.emit()
        return worker.session

    # Steering

    def session(self) -> Session | None:
        """Return the session that goes on, if one does."""
        live = self.runs.live
        return None if live is None or live.worker is None else live.worker.session

    def steered(self) -> Session | None:
        """Return the session that goes on if it is the one that the page shows."""
        return self.session() if self.runs.is_live else None

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
        """Throw the chosen run away, also while it goes on, and choose none."""
        if (run := self.runs.chosen) is not None:
            self._remove(run)
            self.choose(None)

    def remove(self, run: ShownRun) -> None:
        """Throw a run away; where it was the chosen one, choose the newest of the others."""
        self._remove(run)
        self.choose(self.runs.chosen or next(reversed(self.runs.all), None))

    def choose(self, run: ShownRun | None) -> None:
        """Be about another run, as it is now, or about none."""
        self.runs.choose(run)
        self.chosen.emit()

    def _remove(self, run: ShownRun) -> None:
        if run is self.runs.live:
            self._end_live()
        self.runs.remove(run)
        self.removed.emit(run)

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
        self.refreshed.emit()
        if all(run.worker is None for run in self.runs):
            self._timer.stop()


def _steps_per_epoch(run: ShownRun) -> int:
    """Return them where they are known; a run that has not told has not begun either."""
    return run.history.steps_per_epoch or max(run.history.last_step, 1)
