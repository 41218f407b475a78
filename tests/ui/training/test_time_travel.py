"""Back to an earlier moment, on from there, and several runs beside each other."""

import numpy as np
import pytest

from explorer.training.checkpoint import Checkpoint
from explorer.training.reports import Kernels
from explorer.ui.training.moment_slider import MomentSlider
from tests.ui.training.hand import PATIENCE, SEVEN, Trainer


@pytest.fixture
def trained(at_few: Trainer) -> Trainer:
    """A hand at the page after a run of three epochs."""
    at_few.page.controls.epochs.set_value(3)
    at_few.click("train.start")
    at_few.wait_for("Finished", 15)
    at_few.qtbot.waitUntil(lambda: at_few.page.runs.live is None, timeout=PATIENCE)
    at_few.qtbot.waitUntil(lambda: at_few.page.runs.all[0].worker is None, timeout=PATIENCE)
    return at_few


def moment(hand: Trainer) -> Checkpoint:
    found = hand.page.runs.checkpoint()
    assert found is not None
    return found


def go_to(hand: Trainer, step: int) -> Checkpoint:
    """Take the slider to a step and wait until the kernels of that moment are to be seen."""
    hand.find(MomentSlider, "train.moment").pointed.emit(step)
    found = moment(hand)
    hand.qtbot.waitUntil(lambda: kernels(hand)[0].step == found.step, timeout=PATIENCE)
    return found


def train_for_a_while(hand: Trainer) -> int:
    """Begin a run, wait until it can be gone back, and return the first moment's step."""
    hand.click("train.start")
    hand.qtbot.waitUntil(lambda: len(hand.page.history().checkpoints) > 2, timeout=PATIENCE)
    hand.wait_until_drawn()
    return hand.page.history().checkpoints.steps[0]


def kernels(hand: Trainer) -> tuple[Kernels, ...]:
    shown = hand.page.views._kernels
    assert shown is not None
    return shown


def answered_step(hand: Trainer) -> int:
    answered = hand.page.views._answered
    return -1 if answered is None else answered.step


def test_kernels_answer_and_confusion_come_back(trained: Trainer):
    trained.draw(SEVEN)
    now = trained.wait_for_answer()
    last = moment(trained)
    steps = trained.page.history().checkpoints.steps
    assert steps[0] <= 1
    assert steps[-1] == last.step == 15

    early = go_to(trained, steps[0])
    assert np.array_equal(kernels(trained)[0].values, early.weights["conv1.weight"])
    trained.qtbot.waitUntil(lambda: answered_step(trained) == early.step, timeout=PATIENCE)
    assert trained.wait_for_answer() != now
    assert trained.reads("train.as_of") == f"as of step {early.step:,}"

    trained.click("train.now")
    assert trained.page.runs.moment is None
    trained.wait_for_answer(but="")
    trained.qtbot.waitUntil(lambda: trained.answer() == now, timeout=PATIENCE)


def test_a_fork_is_another_run_beside_the_first(trained: Trainer):
    middle = go_to(trained, 10)
    trained.type_into("train.lr", "0.2")
    trained.click("train.fork")
    assert len(trained.page.runs.all) == 2
    trained.wait_for("Finished")
    first, fork = trained.page.runs.all
    assert fork is trained.page.runs.chosen
    assert (fork.history.first_step, fork.history.last_step) == (middle.step, 15)
    assert fork.record.settings.lr == 0.2 and first.record.settings.lr == 0.01
    names = trained.page.runs.names()
    assert names == ["lr 0.01", f"lr 0.2, from {middle.step}"]
    # The step at which it left is the same to the bit, and the next one is not.
    assert fork.history.losses[0] == first.history.losses[middle.step]
    assert fork.history.losses[-1] != first.history.losses[-1]


def test_to_continue_from_the_past_gives_the_same_bits(trained: Trainer):
    middle = go_to(trained, 7)
    trained.click("train.continue")
    trained.wait_for("Finished")
    first, again = trained.page.runs.all
    assert np.array_equal(again.history.losses, first.history.losses[middle.step :])
    assert again.history.epochs[-1].test_loss == first.history.epochs[-1].test_loss


def test_a_stopped_run_is_continued_as_the_same_run(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(20)
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    at_digits.qtbot.waitUntil(lambda: at_digits.page.runs.live is None, timeout=PATIENCE)
    stopped_at = at_digits.page.history().last_step
    at_digits.click("train.continue")
    at_digits.wait_until_started(stopped_at + 5)
    assert len(at_digits.page.runs.all) == 1
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    losses = at_digits.losses
    assert len(losses) == at_digits.page.history().last_step


def test_while_it_trains_the_past_can_be_looked_at(at_digits: Trainer):
    early = go_to(at_digits, train_for_a_while(at_digits))
    steps = at_digits.page.history().last_step
    # The sliders are free for a fork, and the run that goes on takes no notice of them.
    assert at_digits.page.controls.network.isEnabled()
    at_digits.type_into("train.lr", "3")
    at_digits.wait_until_started(steps + 10)
    assert np.array_equal(kernels(at_digits)[0].values, early.weights["conv1.weight"])
    at_digits.click("train.now")
    at_digits.qtbot.waitUntil(lambda: kernels(at_digits)[0].step > steps, timeout=PATIENCE)
    assert at_digits.page.history().changes == []


def test_a_fork_of_a_run_that_goes_on_ends_it(at_digits: Trainer):
    go_to(at_digits, train_for_a_while(at_digits))
    at_digits.click("train.fork")
    at_digits.wait_until_started(5)
    first, fork = at_digits.page.runs.all
    assert fork.is_live and not first.is_live
    at_digits.qtbot.waitUntil(lambda: first.worker is None, timeout=PATIENCE)
    assert first.last is not None and first.last.step == first.history.last_step


def test_there_are_never_more_runs_than_colours(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    for seed in range(9):
        at_few.type_into("train.seed", str(seed))
        at_few.click("train.start")
        at_few.wait_for("Finished")
    runs = at_few.page.runs
    assert len(runs.all) == 8
    assert sorted(run.place for run in runs) == list(range(8))
    assert [run.record.settings.seed for run in runs] == list(range(1, 9))


def test_reset_takes_the_run_away_and_leaves_the_others(trained: Trainer):
    trained.click("train.start")
    trained.wait_for("Finished")
    assert len(trained.page.runs.all) == 2
    trained.click("train.reset")
    assert len(trained.page.runs.all) == 1 and trained.page.runs.chosen is None
    assert trained.status() == "Ready"


def test_a_layer_is_frozen_while_it_trains(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(5)
    at_digits.page.controls.freezing.button.click()
    at_digits.click("train.freeze.conv1")
    at_digits.qtbot.waitUntil(
        lambda: any(change.name == "frozen" for change in at_digits.page.history().changes),
        timeout=PATIENCE,
    )
    frozen_at = at_digits.page.history().changes[-1].step
    at_digits.wait_until_started(frozen_at + 20)
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    later = [m for m in at_digits.page.history().checkpoints if m.step > frozen_at]
    assert len(later) >= 1 and all(m.frozen == {"conv1"} for m in later)
    norms = dict(at_digits.page.history().norms[-1].norms)
    assert norms["conv1"] == 0 and norms["conv2"] > 0
