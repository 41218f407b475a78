"""What the page shows of the chosen run: as it is now, or as it was at an earlier step."""

import functools
import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

from explorer.data.digits import BUNDLED, CLASSES, Digits
from explorer.data.errors import DataError
from explorer.data.shared import shared
from explorer.training.examine import Past
from explorer.training.mailbox import Mail
from explorer.training.reports import Answer, Kernels
from explorer.ui.learned import learned
from explorer.ui.reader import Reader, Wish
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.past.examiner import Examiner
from explorer.ui.training.past.time_machine import TimeMachine
from explorer.ui.training.runs.runs_bar import RunsBar
from explorer.ui.training.runs.shown import Runs, ShownRun
from explorer.ui.training.views.card import Views
from explorer.ui.training.views.looking import Looking
from explorer.ui.training.views.results import Results
from explorer.ui.turns import Turns

CURVES_WAIT_MS = 300
"""How long the curves, which cost the most, wait for a turn without new kernels to draw."""


class Showing(QObject):
    """Brings the runs to the eye; it changes nothing but the moment that is looked at."""

    failed = Signal(object)
    """A `DataError`: the digits of a run from a file are not there, and the bundled ones are."""
    rewound = Signal()
    """Another moment is looked at."""
    refused = Signal(str)
    """A sentence: an earlier moment cannot be shown."""

    def __init__(
        self,
        runs: Runs,
        curves: Curves,
        runs_bar: RunsBar,
        time_machine: TimeMachine,
        results: Results,
        views: Views,
        looking: Looking,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._curves = curves
        self._runs_bar = runs_bar
        self._time_machine = time_machine
        self._results = results
        self._views = views
        self._looking = looking
        self._turns = Turns(self)
        self._digits: Digits | None = None
        """Those that the views show."""
        self._stale = False
        self._since_drawn = QElapsedTimer()
        self._since_drawn.start()
        self._reader = Reader(self)
        self._examiner = Examiner(self)

        self._examiner.examined.connect(self._show_past)
        self._examiner.failed.connect(self.refused)
        views.digit_chosen.connect(looking.look_at_digit)
        looking.looked.connect(self._look_at)
        curves.moment_chosen.connect(self.rewind)
        time_machine.moment_chosen.connect(self.rewind)

    def shut_down(self) -> None:
        """Return when nothing is being read or examined any more."""
        self._turns.drop()
        self._reader.wait()
        self._examiner.shut_down()

    @Slot()
    def show_chosen(self) -> None:
        """Show another run than before, or none."""
        run = self._runs.chosen
        self._turns.drop()
        self._examiner.give_up()
        self._results.clear()
        self._views.clear()
        self._digits = None
        self._stale = True
        if run is None:
            self._looking.clear()
            self._draw()
            self._show_moment()
            return
        self._views.show_network(run.record.settings.network)
        self._looking.begin()
        if run.started is not None:
            self._results.show_started(run.started)
        elif run.status is None and run.worker is None:
            self._results.show_from_file()
        if run.digits is None and not run.is_live:
            self._read_digits(run, run.record.settings.data)
        self._draw()
        self.show_now()
        self._tell_end(run)

    def show_now(self) -> None:
        """Show the chosen run at the moment that is looked at, with everything that is known."""
        run = self._runs.chosen
        self._show_moment()
        if run is None:
            return
        if run.digits is not None and run.digits is not self._digits:
            self._digits = run.digits
            self._views.show_digits(run.digits)
            self._looking.show_digits(run.digits)
        if run.kernels is not None and self._runs.is_live:
            self._views.show_kernels(run.kernels)
        if run.answered is not None and self._runs.is_live:
            self._views.show_answered(run.answered)
        self._show_norms(run)
        self._look_at(self._looking.picture())

    @Slot(object, object)
    def show_mail(self, run: ShownRun, mail: Mail) -> None:
        """Show what a run has told where the page is about it."""
        self._stale = self._stale or bool(mail.losses or mail.epochs or mail.changes)
        if run is not self._runs.chosen:
            return
        if mail.started is not None:
            self._results.show_started(mail.started)
            self.show_now()
        if self._runs.moment is not None:
            return
        if mail.checkpoints:
            learned.offer_network(run.record.settings.network, mail.checkpoints[-1], run.digits)
        if mail.kernels is not None:
            _offer(mail.kernels)
        if mail.kernels or mail.answered or mail.answer:
            self._turns.ask(self._show_views)
        if mail.norms:
            self._turns.ask(self._show_newest_norms)
        if mail.answer is not None:
            self._turns.ask(self._show_answer)
        if mail.status is not None:
            # Who reads that it is paused sees it as it is.
            self._turns.finish()

    @Slot(object)
    def show_end(self, run: ShownRun) -> None:
        """Show the last of a run on which nobody works any more."""
        self._turns.finish()
        self._stale = True
        self._draw()
        if run is self._runs.chosen:
            self._show_moment()
            self._look_at(self._looking.picture())
            self._tell_end(run)

    @Slot()
    def refresh(self) -> None:
        """Draw the curves soon if they have changed, unless it was only a moment ago."""
        if self._stale and self._since_drawn.elapsed() >= CURVES_WAIT_MS:
            self._stale = False
            self._since_drawn.restart()
            self._turns.ask(self._refresh_lines)

    def redraw(self) -> None:
        """Draw the curves because other ones are to be seen."""
        self._stale = True
        self._draw()

    def _draw(self) -> None:
        if self._stale:
            self._stale = False
            self._since_drawn.restart()
            self._draw_lines()
            self._curves.show_axes()
            self._draw_record()

    def _refresh_lines(self) -> None:
        self._draw_lines()
        self._turns.ask(self._refresh_axes)

    def _refresh_axes(self) -> None:
        self._curves.show_axes()
        self._turns.ask(self._draw_record)

    def _draw_lines(self) -> None:
        self._curves.show_lines(self._runs.traces())

    def _draw_record(self) -> None:
        """Show what stands around the curves: the runs, the moments, the newest numbers."""
        self._runs_bar.show_runs(self._runs.traces())
        run = self._runs.chosen
        if run is None:
            self._time_machine.show_steps((), 0)
            return
        history = run.history
        self._results.show_history(history, self._runs.moment)
        total = (history.steps_per_epoch or 0) * run.record.settings.epochs
        self._time_machine.show_steps(
            history.checkpoints.steps,
            max(total, history.last_step),
            history.steps_per_epoch or 0,
        )

    def _show_views(self) -> None:
        """Show the newest that the chosen run has told of its network."""
        run = self._runs.chosen
        if run is None or self._runs.moment is not None:
            return
        if run.kernels is not None:
            self._views.show_kernels(run.kernels)
        if run.answered is not None:
            self._views.show_answered(run.answered)
        answer = self._answer_to_picture(run)
        if answer is not None:
            self._views.show_answer(answer)

    def _show_newest_norms(self) -> None:
        run = self._runs.chosen
        if run is not None:
            self._show_norms(run)

    def _show_answer(self) -> None:
        run = self._runs.chosen
        answer = None if run is None else self._answer_to_picture(run)
        if answer is not None and self._runs.moment is None:
            self._looking.show_answer(answer)

    def _answer_to_picture(self, run: ShownRun) -> Answer | None:
        """Return the newest answer of a run, unless it is to something else than is looked at."""
        answer = run.answer
        return answer if answer is not None and self._looking.has_asked(answer.picture) else None

    @Slot(object)
    def rewind(self, step: int | None) -> None:
        """Go to the recorded moment nearest to a step, or back to now."""
        run = self._runs.chosen
        if run is None or not len(run.history.checkpoints):
            step = None
        elif step is not None:
            step = run.history.checkpoints.nearest(step).step
        if step != self._runs.moment:
            self._runs.moment = step
            self.show_now()
            self.rewound.emit()

    def _show_moment(self) -> None:
        moment, checkpoint = self._runs.moment, self._runs.checkpoint()
        self._time_machine.set_moment(moment)
        self._curves.show_moment(moment)
        run = self._runs.chosen
        if run is not None:
            self._results.show_history(run.history, moment)
        if moment is None and run is not None and checkpoint is not None and not run.is_live:
            # A run that broke off may have gone on from its last moment with weights of no use.
            moment = checkpoint.step if checkpoint.step < run.history.last_step else None
        self._views.show_moment(moment)
        if run is not None and checkpoint is not None:
            learned.offer_network(run.record.settings.network, checkpoint, run.digits)
        if self._runs.is_live and run is not None:
            self._views.show_frozen(run.frozen)
        else:
            self._views.show_frozen(frozenset() if checkpoint is None else checkpoint.frozen)

    def _tell_end(self, run: ShownRun) -> None:
        """Say so where nothing will ever be seen of a run."""
        if run.is_empty:
            sentence = self.tr("This run ended before its first step.")
            self._views.say(sentence)
            self._looking.end(sentence)

    def _show_norms(self, run: ShownRun) -> None:
        moment = self._runs.moment
        self._views.show_norms(
            [norms for norms in run.history.norms if moment is None or norms.step <= moment]
        )

    @Slot(object)
    def _look_at(self, picture: npt.NDArray[np.uint8] | None) -> None:
        """Ask the chosen network about a picture, or about none any more."""
        if picture is None:
            self._views.show_answer(None)
        run = self._runs.chosen
        if run is None:
            return
        if self._runs.is_live:
            self._examiner.give_up()
            if picture is not None and run.worker is not None:
                run.worker.session.look_at(picture)
            return
        checkpoint = self._runs.checkpoint()
        if checkpoint is not None and run.digits is not None:
            self._examiner.examine(
                run.record.settings, checkpoint, run.digits, picture, wants_answers=True
            )

    @Slot(object)
    def _show_past(self, past: Past) -> None:
        self._views.show_kernels(past.kernels)
        _offer(past.kernels)
        if past.answer is not None and self._looking.picture() is not None:
            self._views.show_answer(past.answer)
            self._looking.show_answer(past.answer)
        if past.answered is not None:
            self._views.show_answered(past.answered)

    def _read_digits(self, run: ShownRun, data: str) -> None:
        take = functools.partial(self._take_digits, run, data)
        refuse = functools.partial(self._refuse_digits, run, data)
        self._reader.begin(Wish(data, functools.partial(shared, data), take, refuse))

    def _take_digits(self, run: ShownRun, data: str, digits: Digits) -> None:
        run.digits = digits
        if run.history.steps_per_epoch is None and data == run.record.settings.data:
            batch = run.record.settings.batch_size
            run.history.steps_per_epoch = math.ceil(len(digits.train_images) / batch)
            self._stale = True
            self._draw()
        if run is self._runs.chosen:
            self.show_now()

    def _refuse_digits(self, run: ShownRun, data: str, error: DataError) -> None:
        self.failed.emit(error)
        # To the bundled digits a network can only be shown that tells as many classes apart.
        if data != BUNDLED and run.record.class_count == CLASSES:
            self._read_digits(run, BUNDLED)


def _offer(kernels: tuple[Kernels, ...]) -> None:
    """Let the Lab have the kernels of the first convolution, where it looks at one channel."""
    if kernels and kernels[0].values.shape[1] == 1:
        learned.offer(kernels[0].values)
