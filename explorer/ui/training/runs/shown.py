"""The runs that the page shows beside each other, and which of them it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final

from explorer.data.digits import Digits
from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Answered
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.naming import names
from explorer.training.record import Record
from explorer.training.reports import Answer, Kernels, Progress, Started, Status
from explorer.training.retold import until
from explorer.training.settings import Settings
from explorer.training.shapes import shapes_of
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.worker import Worker

MOST: Final = 8
"""As many as there are colours to tell them apart."""


@dataclass(frozen=True, eq=False)
class _Former:
    """What a run was before somebody went on with it."""

    settings: Settings
    history: History
    settings_now: Settings
    frozen: frozenset[str]
    status: Status | None
    progress: Progress | None


@dataclass(eq=False)
class ShownRun:
    """A run on the page, whether it goes on, has ended or was read from a file.

    Attributes
    ----------
    place
        Which colour it has.
    number
        No other run on the page has had it; colours are given again.
    worker
        Who works on it; None when nobody does, or never has.
    is_over
        Whether its session has ended, though its thread may take a moment longer.
    started
        What it found when it began; None for a run from a file.
    digits
        What it learns and is tested on, as soon as that is known.
    settings_now, frozen
        Its settings with the rates as they were set last, and which layers do not learn.
    kernels, answer, answered, status, progress
        The newest that came from its worker.
    """

    record: Record
    place: int
    number: int
    settings_now: Settings
    frozen: frozenset[str] = frozenset()
    worker: Worker | None = None
    is_over: bool = True
    is_visible: bool = True
    started: Started | None = None
    digits: Digits | None = None
    kernels: tuple[Kernels, ...] | None = None
    answer: Answer | None = None
    answered: Answered | None = None
    status: Status | None = None
    progress: Progress | None = None
    _former: _Former | None = None
    """None as soon as it has learned something more."""

    @property
    def is_live(self) -> bool:
        """Whether it may still learn something."""
        return self.worker is not None and not self.is_over

    @property
    def is_ending(self) -> bool:
        """Whether it learns no more, and its last words are still to come."""
        has_said_all = self.status is not None and self.status.is_final
        return self.worker is not None and self.is_over and not has_said_all

    @property
    def history(self) -> History:
        """Everything that it has told."""
        return self.record.history

    @property
    def is_empty(self) -> bool:
        """Whether it has not come to a single moment, and never will."""
        return self.worker is None and not len(self.history.checkpoints)

    @property
    def last(self) -> Checkpoint | None:
        """Its newest moment."""
        moments = self.history.checkpoints
        return moments.nearest(moments.steps[-1]) if len(moments) else None

    @property
    def reached(self) -> Progress:
        """How far it is, from what it has told where its worker has not said so."""
        if self.progress is not None:
            return self.progress
        epochs, per_epoch = self.record.settings.epochs, self.history.steps_per_epoch
        if per_epoch is None:
            return Progress(0, epochs, 0, 1)
        step, total = self.history.last_step, epochs * per_epoch
        return Progress(ceil(step / per_epoch), epochs, min(step, total), total)

    def begin(self, worker: Worker, settings: Settings, frozen: frozenset[str]) -> None:
        """Have somebody work on it, with these settings at first."""
        self.settings_now, self.frozen = settings, frozen
        self.worker, self.is_over, self.status, self.progress = worker, False, None, None

    def go_on(self, settings: Settings, moment: Checkpoint) -> None:
        """Have other settings from a moment on, and forget what came after it, as in a crash."""
        self._former = _Former(
            self.record.settings,
            self.record.history,
            self.settings_now,
            self.frozen,
            self.status,
            self.progress,
        )
        self.record.settings = settings
        if moment.step != self.history.last_step:
            per_epoch = self.history.steps_per_epoch
            self.record.history = until(self.history, moment)
            self.record.history.steps_per_epoch = per_epoch

    def end(self) -> None:
        """Be worked on no more."""
        self.worker, self.is_over = None, True

    def take_back(self) -> bool:
        """Be what it was where it could not go on; tell whether that is so."""
        former, self._former = self._former, None
        if former is None or self.status is None or self.status.state != "failed":
            return False
        self.record.settings, self.record.history = former.settings, former.history
        self.settings_now, self.frozen = former.settings_now, former.frozen
        self.status, self.progress = former.status, former.progress
        return True

    def take(self, mail: Mail) -> None:
        """Keep what came from the worker."""
        if mail.started is not None:
            self.started, self.digits = mail.started, mail.started.digits
        self.kernels = mail.kernels or self.kernels
        self.answer = mail.answer or self.answer
        self.answered = mail.answered or self.answered
        self.progress = mail.progress or self.progress
        if mail.status is not None:
            self.is_over = self.is_over or mail.status.is_final
            self.status = mail.status
        self.history.add(mail)
        if mail.losses or mail.epochs:
            self._former = None


@dataclass(eq=False)
class Runs:
    """At most so many runs as there are colours, in the order in which they came.

    Attributes
    ----------
    chosen
        The one that the page is about.
    moment
        The step at which it is looked at; None for its newest.
    """

    all: list[ShownRun] = field(default_factory=list)
    chosen: ShownRun | None = None
    moment: int | None = None
    _count: int = 0

    def __iter__(self) -> Iterator[ShownRun]:
        return iter(tuple(self.all))

    @property
    def live(self) -> ShownRun | None:
        """The one that may still learn; there is never another."""
        return next((run for run in self.all if run.is_live), None)

    @property
    def is_live(self) -> bool:
        """Whether the page shows a network as it is now and goes on to be."""
        return self.chosen is not None and self.chosen.is_live and self.moment is None

    def add(self, settings: Settings, start: Checkpoint | None = None) -> ShownRun:
        """Begin with another run and choose it."""
        return self.add_record(Record(settings, History(start)))

    def add_record(self, record: Record) -> ShownRun:
        """Show a run that is there already, and choose it."""
        self._count += 1
        run = ShownRun(record, 0, self._count, record.settings)
        if (last := run.last) is not None:
            run.settings_now, run.frozen = with_rates(record.settings, last), last.frozen
        self.restore(run)
        return run

    @property
    def in_the_way(self) -> ShownRun | None:
        """The one that has to go before another can come; None where there is room.

        One of which there is nothing to be seen goes first, and else the oldest.
        """
        if len(self.all) < MOST:
            return None
        ended = [run for run in self.all if not run.is_live]
        return next((run for run in ended if run.is_empty), ended[0])

    def restore(self, run: ShownRun) -> None:
        """Show a run at the end of the others, in a colour of those that are free, and choose it.

        There has to be room for it.
        """
        taken = {run.place for run in self.all}
        if run.place in taken:
            run.place = next(place for place in range(MOST) if place not in taken)
        self.all.append(run)
        self.choose(run)

    def choose(self, run: ShownRun | None) -> None:
        """Be about another run, as it is now, or about none."""
        self.chosen, self.moment = run, None

    def remove(self, run: ShownRun) -> None:
        """Show a run no more; where it was the chosen one, none is."""
        self.all.remove(run)
        if run is self.chosen:
            self.choose(None)

    def checkpoint(self) -> Checkpoint | None:
        """Return the moment that is looked at; None where nothing has been recorded."""
        if self.chosen is None or not len(self.chosen.history.checkpoints):
            return None
        if self.moment is None:
            return self.chosen.last
        return self.chosen.history.checkpoints.nearest(self.moment)

    def keepable(self) -> Checkpoint | None:
        """Return the moment that is looked at if a file can hold it: with all of its layers."""
        moment = self.checkpoint()
        if self.chosen is None or moment is None:
            return None
        network = self.chosen.record.settings.network
        return moment if moment.weights.keys() == shapes_of(network).keys() else None

    def name(self, run: ShownRun) -> str:
        """Return the name that tells one from the others."""
        return self.names()[self.all.index(run)]

    def names(self) -> list[str]:
        """Return a name for each that tells it from the others."""
        return names([run.record for run in self.all])

    def traces(self) -> list[Trace]:
        """Return what the curves draw."""
        return [
            Trace(
                name=name,
                place=run.place,
                record=run.record,
                chosen=run is self.chosen,
                steps_per_epoch=run.history.steps_per_epoch,
                visible=run.is_visible,
                running=run.is_live,
                number=run.number,
            )
            for run, name in zip(self.all, self.names(), strict=True)
        ]


def with_rates(settings: Settings, moment: Checkpoint) -> Settings:
    """Return the settings with the rates that counted at a moment."""
    return replace(
        settings, lr=moment.lr, momentum=moment.momentum, weight_decay=moment.weight_decay
    )
