"""The director without the page: which run is live, which is chosen, and what becomes of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.checkpoint import Checkpoint
from explorer.training.forking import fine_tuned
from explorer.training.history import History
from explorer.training.record import Record
from explorer.training.reports import Status
from explorer.training.retold import mail, retold
from explorer.training.settings import Settings
from explorer.ui.training.runs.director import Beginning, Director
from explorer.ui.training.runs.shown import MOST, Runs, ShownRun
from tests.ui.training.hand import PATIENCE


class Asked:
    """Says how the next run begins."""

    def __init__(self, settings: Settings) -> None:
        self.beginning = Beginning(settings)

    def __call__(self, runs: Runs) -> Beginning:
        return self.beginning


@pytest.fixture
def asked(few: Path) -> Asked:
    return Asked(Settings(device="cpu", data=str(few), epochs=2))


@pytest.fixture
def director(app: QApplication, asked: Asked) -> Iterator[Director]:
    made = Director(asked)
    yield made
    made.shut_down()


@pytest.fixture
def wait(director: Director, qtbot: QtBot) -> Callable[[], None]:
    """A function that comes back when nobody works any more."""

    def until_nobody_works() -> None:
        qtbot.waitUntil(lambda: all(run.worker is None for run in director.runs), timeout=PATIENCE)

    return until_nobody_works


def only(director: Director) -> ShownRun:
    (run,) = director.runs
    return run


def test_a_run_is_live_until_it_has_ended(director: Director, wait: Callable[[], None]):
    told: list[str] = []
    director.begun.connect(lambda run: told.append("begun"))
    director.ended.connect(lambda run: told.append("ended"))
    director.start()
    run = only(director)
    assert run is director.runs.live and run is director.runs.chosen
    wait()
    assert [other.is_live for other in director.runs] == [False]
    assert director.session() is None
    assert run.history.last_step == 10
    assert run.history.checkpoints.steps[-1] == 10
    assert told == ["begun", "ended"]


def test_a_pause_can_be_ended_whichever_run_is_chosen(
    director: Director, wait: Callable[[], None], qtbot: QtBot
):
    director.start()
    wait()
    first = only(director)
    director.one_batch()
    second = director.runs.live
    assert second is not None and second is not first
    qtbot.waitUntil(
        lambda: second.status is not None and second.status.state == "paused", timeout=PATIENCE
    )
    director.choose(first)
    assert not director.runs.is_live and director.session() is not None
    director.start()
    assert director.runs.chosen is second
    wait()
    assert second.history.last_step == 10


def test_a_complete_run_goes_on_for_as_long_again(director: Director, wait: Callable[[], None]):
    director.start()
    wait()
    director.go_on()
    wait()
    run = only(director)
    assert run.record.settings.epochs == 4
    assert run.history.last_step == len(run.history.losses) == 20
    assert [epoch.epoch for epoch in run.history.epochs] == [1, 2, 3, 4]


def test_frozen_layers_are_frozen_from_the_first_step(
    director: Director, wait: Callable[[], None], asked: Asked
):
    asked.beginning = replace(asked.beginning, frozen=frozenset({"conv1"}))
    director.start()
    wait()
    first, *_, last = only(director).history.checkpoints
    assert (first.weights["conv1.weight"] == last.weights["conv1.weight"]).all()
    assert (first.weights["conv2.weight"] != last.weights["conv2.weight"]).any()


def test_fine_tuning_begins_at_step_0_with_what_was_learned(
    director: Director, wait: Callable[[], None], asked: Asked
):
    director.start()
    wait()
    learned = only(director).last
    assert learned is not None
    settings = replace(asked.beginning.settings, lr=0.02)
    asked.beginning = Beginning(*fine_tuned(settings, learned, frozenset(), new_head=False))
    director.start()
    wait()
    tuned = director.runs.chosen
    assert tuned is not None and tuned.history.first_step == 0
    assert tuned.history.losses[0] < director.runs.all[0].history.losses[0]


def test_to_remove_the_live_run_ends_it(director: Director, wait: Callable[[], None]):
    director.start()
    director.remove(only(director))
    assert not director.runs.all and director.runs.chosen is None
    director.shut_down()
    assert all(worker.isFinished() for worker in director.workers)


def test_a_run_that_was_thrown_away_comes_back(director: Director, wait: Callable[[], None]):
    director.start()
    wait()
    run = only(director)
    names: list[str] = []
    director.removed.connect(lambda run, name: names.append(name))
    director.remove(run)
    assert names and not director.runs.all
    director.restore()
    assert only(director) is run is director.runs.chosen and run.history.last_step == 10
    director.restore()
    assert len(director.runs.all) == 1


def test_wishes_without_a_run_do_nothing(director: Director):
    for wish in (director.pause, director.stop, director.reset, director.go_on, director.fork):
        wish()
    assert not director.runs.all


def test_the_oldest_run_is_in_the_way_but_never_a_live_one(asked: Asked):
    runs = Runs()
    added = [runs.add(replace(asked.beginning.settings, seed=seed)) for seed in range(MOST - 1)]
    found = [runs.in_the_way]
    runs.add(asked.beginning.settings)
    found.append(runs.in_the_way)
    added[0].is_over = False
    added[0].worker = object()  # type: ignore[assignment]
    found.append(runs.in_the_way)
    assert found == [None, added[0], added[1]]


def recorded(asked: Asked, seed: int) -> Record:
    """Return a run of one step."""
    record = Record(replace(asked.beginning.settings, seed=seed), History())
    record.history.checkpoints.add(Checkpoint(1, {}))
    return record


def test_a_run_of_which_there_is_nothing_makes_room_first(director: Director, asked: Asked):
    told: list[str] = []
    director.removed.connect(lambda _run, name: told.append(name))
    for seed in range(MOST - 1):
        director.open(recorded(asked, seed))
    empty = director.runs.add(asked.beginning.settings)
    director.open(recorded(asked, MOST))
    assert empty not in director.runs.all and len(director.runs.all) == MOST
    assert not told
    director.open(recorded(asked, MOST + 1))
    assert len(told) == 1


def test_the_run_that_makes_room_is_told_and_comes_back(director: Director, asked: Asked):
    told: list[tuple[ShownRun, str]] = []
    director.removed.connect(lambda run, name: told.append((run, name)))
    records = [recorded(asked, seed) for seed in range(MOST + 1)]
    for record in records[:MOST]:
        director.open(record)
    first, second, *_ = director.runs.all
    assert not told
    director.open(records[MOST])
    assert told == [(first, "seed 0")] and first not in director.runs.all
    newest = director.runs.all[-1]
    assert newest.number == MOST + 1 and newest.place == first.place

    director.restore()
    assert director.runs.all[-2:] == [newest, first] and director.runs.chosen is first
    assert told[1:] == [(second, "seed 1")], "one that makes room for it is told likewise"
    assert first.number == 1
    assert sorted(run.place for run in director.runs) == list(range(MOST))


@pytest.mark.parametrize(("learned", "losses"), [((), 5), ((0.1,), 4)])
def test_what_a_crash_has_cost_is_there_again_where_a_run_could_not_go_on(
    asked: Asked, learned: tuple[float, ...], losses: int
):
    settings = asked.beginning.settings
    moment = Checkpoint(3, {})
    history = retold(0, np.ones(5), np.array([0, 5]), np.array([0.0, 1.0]), [moment])
    run = ShownRun(Record(settings, history), 0, 1, settings)
    run.go_on(replace(settings, epochs=4), moment)
    assert len(run.history.losses) == 3 and run.record.settings.epochs == 4
    run.take(replace(mail(4, learned, 1.0), status=Status("failed", "No more.")))
    run.end()
    assert run.take_back() == (not learned)
    assert len(run.history.losses) == losses
    assert run.record.settings.epochs == (4 if learned else 2)
