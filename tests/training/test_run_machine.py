"""A run under everything that can be done to one, in any order.

Whatever has been stopped, saved, forked and taken up again ends to the bit like its twin, a run
with the same settings and changes that nobody has ever disturbed.
"""

from __future__ import annotations

import contextlib
import functools
import math
import tempfile
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from explorer.data.digits import Digits
from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.delivery import Delivery
from explorer.training.engine import Run
from explorer.training.errors import CheckpointError, SaveError, SettingsError
from explorer.training.events import Evaluated, Event, Failed, Step
from explorer.training.examine import examine
from explorer.training.forking import continued, forked
from explorer.training.history import History
from explorer.training.mailbox import Mailbox
from explorer.training.record import Record
from explorer.training.runfile import open_run, save_run
from explorer.training.settings import NETWORK_NAMES, OPTIMIZERS, SCHEDULES, Settings
from explorer.training.shapes import layers
from explorer.training.stages import convolutions_of
from tests.small_digits import few_digits
from tests.training.own_networks import OWN

CPU = torch.device("cpu")

SETTINGS = st.builds(
    Settings,
    network=st.just("compact") | st.sampled_from([*NETWORK_NAMES, *OWN.values()]),
    device=st.just("cpu"),
    epochs=st.integers(1, 5),
    batch_size=st.sampled_from([10, 16, 40]),
    lr=st.sampled_from([0.001, 0.01, 0.1]),
    momentum=st.sampled_from([0.0, 0.9]),
    seed=st.integers(0, 3),
    optimizer=st.sampled_from(OPTIMIZERS),
    weight_decay=st.sampled_from([0.0, 0.01]),
    schedule=st.sampled_from(SCHEDULES),
    dropout=st.sampled_from([0.0, 0.0, 0.3]),
    augmentation=st.sampled_from([Augmentation(), Augmentation(), Augmentation(shift=2)]),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "lr": st.sampled_from([0.001, 0.005, 0.02, 0.05, 0.2, 100.0]),
        "momentum": st.sampled_from([0.0, 0.5, 0.99]),
        "weight_decay": st.sampled_from([0.0, 0.001, 1.0]),
        "frozen": st.frozensets(st.integers(0, 2)),
    },
)
"""Of frozen layers, their places among those that learn; the one that gives the answers goes on."""
NONSENSE = st.sampled_from(
    [
        ("lr", 0.0),
        ("lr", math.nan),
        ("lr", 101),
        ("momentum", 1.0),
        ("momentum", True),
        ("weight_decay", -0.1),
        ("weight_decay", "much"),
        ("frozen", frozenset({"relu1"})),
        ("frozen", frozenset({"conv1", "conv9"})),
    ]
)


@functools.cache
def digits() -> Digits:
    """Return 40 images to learn, so that the last batch may be a small one, and 20 to test."""
    few = few_digits()
    return Digits(
        "fewer",
        few.train_images[:40],
        few.train_labels[:40],
        few.test_images[:20],
        few.test_labels[:20],
    )


@dataclass(frozen=True, eq=False)
class Trail:
    """All that has been done since a beginning, and what came of it."""

    settings: Settings
    start: Checkpoint | None
    deeds: tuple[tuple[int, str, Any], ...] = ()
    """After which step what was set to what."""
    losses: dict[int, float] = field(default_factory=dict)
    epochs: dict[int, Evaluated] = field(default_factory=dict)

    def with_deed(self, step: int, name: str, value: object) -> Trail:
        return replace(self, deeds=(*self.deeds, (step, name, value)))

    def copy(self) -> Trail:
        return replace(self, losses=dict(self.losses), epochs=dict(self.epochs))

    def note(self, event: Event) -> None:
        if isinstance(event, Step):
            (loss,) = event.losses
            self.losses[event.step] = loss
        elif isinstance(event, Evaluated):
            self.epochs[event.epoch] = replace(event, seconds=0, images_per_second=0)


@dataclass(frozen=True, eq=False)
class Moment:
    """A checkpoint, and how it came to be."""

    checkpoint: Checkpoint
    trail: Trail


class RunMachine(RuleBasedStateMachine):
    """One run at a time, and the moments that can be gone back to."""

    moments = Bundle("moments")

    run: Run
    events: Generator[Event, None, None]
    trail: Trail
    history: History
    over: str
    """``"finished"``, ``"stopped"`` or ``"failed"``; empty while it can go on."""
    failure: Failed | None

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name, "run.safetensors")

    def teardown(self) -> None:
        if hasattr(self, "run"):
            while not self.over:
                self._go_on()
            if self.over == "finished":
                assert self.run.step == self.run.total_steps
                assert self.trail.epochs.keys() >= {self.run.settings.epochs}
            self._compare_with_twin()
        self._folder.cleanup()

    # What is done

    @initialize(settings=SETTINGS)
    def start(self, settings: Settings) -> None:
        self._begin(settings, None, Trail(settings, None))

    @precondition(lambda self: not self.over)
    @rule(
        changes=CHANGES,
        count=st.integers(1, 4),
        looking=st.booleans(),
        cut=st.sampled_from(["", "in memory", "through a file"]),
    )
    def train(self, changes: dict[str, object], count: int, looking: bool, cut: str) -> None:
        """Go on, and perhaps stop then and take the run up again where it was."""
        for name, value in self._meant(changes).items():
            setattr(self.run, name, value)
            assert getattr(self.run, name) == value
            self.trail = self.trail.with_deed(self.run.step, name, value)
        for _ in range(count):
            if not self.over:
                self._go_on()
            if looking:
                self._look()
        if cut and not self.over:
            moment = self._moment(through_file=cut == "through a file")
            self._begin(self.run.settings, moment.checkpoint, moment.trail)

    @precondition(lambda self: self.over != "failed")
    @rule(target=moments, through_file=st.booleans())
    def snapshot(self, through_file: bool) -> Moment:
        return self._moment(through_file)

    @rule(moment=moments, settings=st.none() | SETTINGS)
    def go_back(self, moment: Moment, settings: Settings | None) -> None:
        """Continue from a moment, or fork there with the same or with other settings."""
        old, trail = moment.trail.settings, moment.trail.copy()
        if settings is None:
            settings, start = continued(old, moment.checkpoint, steps_per_epoch(old))
        else:
            settings, start = forked(old, settings, moment.checkpoint, steps_per_epoch(settings))
        if settings != old or start is not moment.checkpoint:
            trail = Trail(settings, start)
        self._begin(settings, start, trail)

    @rule(moment=moments)
    def fork_with_the_same_settings(self, moment: Moment) -> None:
        """That is the same as setting everything to where it was at the beginning."""
        old, trail = moment.trail.settings, moment.trail.copy()
        settings, start = forked(old, old, moment.checkpoint, steps_per_epoch(old))
        for name in ("lr", "momentum", "weight_decay"):
            trail = trail.with_deed(start.step, name, getattr(old, name))
        self._begin(settings, start, trail if settings == old else Trail(settings, start))

    @rule(again=st.booleans())
    def stop(self, again: bool) -> None:
        """Stop for good, or begin once more from the same start."""
        self.events.close()
        assert next(self.events, None) is None
        self.over = self.over or "stopped"
        if again:
            settings, start = self.trail.settings, self.trail.start
            self._begin(settings, start, Trail(settings, start))

    @rule(moment=moments)
    def look_back(self, moment: Moment) -> None:
        settings, checkpoint = moment.trail.settings, moment.checkpoint
        picture = digits().test_images[0]
        *_, past = examine(settings, checkpoint, digits(), picture, wants_answers=True)
        assert past.answer is not None
        assert past.answered is not None
        assert past.step == past.answer.step == past.answered.step == checkpoint.step
        assert len(past.answered.answers) == len(digits().test_labels)

    @rule(wish=NONSENSE, moment=moments, other=SETTINGS)
    def ask_for_nonsense(self, wish: tuple[str, object], moment: Moment, other: Settings) -> None:
        name, value = wish
        before, told = getattr(self.run, name), list(self.run.changes)
        with pytest.raises(SettingsError, match=r"choose|layers with weights"):
            setattr(self.run, name, value)
        assert getattr(self.run, name) == before
        assert self.run.changes == told
        try:
            run = Run(other, digits(), CPU, moment.checkpoint)
        except CheckpointError as error:
            assert "choose" in str(error)
        else:
            assert run.step == moment.checkpoint.step

    # What always holds

    @invariant()
    def the_steps_are_counted(self) -> None:
        run = self.run
        self._read_mail()
        assert self.history.first_step <= run.step <= run.total_steps
        assert self.history.last_step == run.step
        assert run.images_seen <= 40 * run.settings.epochs
        assert sorted(self.trail.losses)[-1:] in ([], [run.step])

    @invariant()
    def every_loss_is_a_number(self) -> None:
        assert np.isfinite(self.history.losses).all()
        assert all(_is_finite(checkpoint) for checkpoint in self.history.checkpoints)
        if self.over == "failed":
            assert self.failure is not None
            assert self.failure.step == self.run.step
            assert "start again" in self.failure.reason

    # How it is done

    def _meant(self, changes: dict[str, Any]) -> dict[str, object]:
        """Return changes with the names of the layers that are to be frozen."""
        if "frozen" not in changes:
            return changes
        names = layers(self.run.settings.network)[:-1]
        frozen = frozenset(names[place] for place in changes["frozen"] if place < len(names))
        return {**changes, "frozen": frozen}

    def _begin(self, settings: Settings, start: Checkpoint | None, trail: Trail) -> None:
        run = Run(settings, digits(), CPU, start)
        if hasattr(self, "run"):
            self._compare_with_twin()
        self.run = run
        self.events = iter(run)
        self.trail = trail
        self.over = ""
        self.failure = None
        self.history = History(start)
        self._mailbox = Mailbox(self.history.first_step)
        self._delivery = Delivery(run, self._mailbox)
        self._frozen_in_last_step: frozenset[str] = frozenset()

    def _go_on(self) -> None:
        before, frozen = self.run.step, self.run.frozen
        event = next(self.events, None)
        if event is None:
            self.over = "finished"
            return
        if isinstance(event, Failed):
            self.over, self.failure = "failed", event
            assert self.run.step == before
            assert next(self.events, None) is None
            return
        self.trail.note(event)
        if isinstance(event, Step):
            assert event.step == self.run.step == before + 1
            assert event.epoch == math.ceil(event.step / self.run.steps_per_epoch)
            self._frozen_in_last_step = frozen
        else:
            assert self.run.step == before
        self._delivery.take(event)

    def _look(self) -> None:
        """Nothing that only looks changes what comes."""
        assert self.run.answer(digits().test_images[0]).step == self.run.step
        names = tuple(kernels.layer for kernels in self.run.kernels())
        assert names == convolutions_of(self.run.settings.network)
        norms = dict(self.run.gradient_norms().norms)
        assert not any(norms[name] for name in self._frozen_in_last_step)

    def _read_mail(self) -> None:
        self.history.add(self._mailbox.drain())

    def _moment(self, through_file: bool) -> Moment:
        moment = Moment(self.run.checkpoint(), self.trail.copy())
        if not through_file:
            return moment
        if _is_finite(moment.checkpoint):
            return self._saved_and_opened(moment)
        with pytest.raises(SaveError, match="no finite numbers"):
            save_run(Record(self.run.settings, self.history), moment.checkpoint, self._file)
        return moment

    def _saved_and_opened(self, moment: Moment) -> Moment:
        self._read_mail()
        save_run(Record(self.run.settings, self.history), moment.checkpoint, self._file)
        record, checkpoint = open_run(self._file)
        assert record.settings == self.run.settings
        assert record.history.first_step == self.history.first_step
        np.testing.assert_array_equal(record.history.losses, self.history.losses)
        assert record.history.epochs == self.history.epochs
        assert record.history.changes == self.history.changes
        _assert_same(checkpoint, moment.checkpoint)
        bare = [replace(one, weights={}, moments={}) for one in (checkpoint, moment.checkpoint)]
        assert vars(bare[0]) == vars(bare[1])
        return replace(moment, checkpoint=checkpoint)

    def _compare_with_twin(self) -> None:
        """Do all that was done once more, without any interruption."""
        twin = Run(self.trail.settings, digits(), CPU, self.trail.start)
        seen = Trail(self.trail.settings, self.trail.start)
        deeds = deque(self.trail.deeds)
        mine = self.run.checkpoint()
        failure: Failed | None = None
        with contextlib.closing(iter(twin)) as events:
            while failure is None:
                while deeds and deeds[0][0] == twin.step:
                    _, name, value = deeds.popleft()
                    setattr(twin, name, value)
                there = twin.step == mine.step and twin.checkpoint().is_tested == mine.is_tested
                if there and self.failure is None:
                    _assert_same(mine, twin.checkpoint())
                    break
                event = next(events)
                seen.note(event)
                failure = event if isinstance(event, Failed) else None
        assert failure == self.failure
        assert seen.losses == self.trail.losses
        assert seen.epochs == self.trail.epochs


def steps_per_epoch(settings: Settings) -> int:
    return math.ceil(len(digits().train_labels) / settings.batch_size)


def _arrays(checkpoint: Checkpoint) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    yield from checkpoint.weights.items()
    yield from checkpoint.moments.items()


def _is_finite(checkpoint: Checkpoint) -> bool:
    return all(np.isfinite(array).all() for _, array in _arrays(checkpoint))


def _assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.step == other.step
    assert one.weights.keys() == other.weights.keys()
    mine, theirs = dict(_arrays(one)), dict(_arrays(other))
    for name in mine.keys() | theirs.keys():
        np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)


TestRunMachine = RunMachine.TestCase
TestRunMachine.settings = hypothesis_settings(stateful_step_count=15)
