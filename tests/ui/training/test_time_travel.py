"""Back to an earlier moment, on from there, and several runs beside each other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtWidgets import QAbstractButton

from explorer.training.checkpoint import Checkpoint
from explorer.training.rates import lr_at
from explorer.training.record import Record
from explorer.training.reports import Kernels
from explorer.ui.training.past.moment_slider import MomentSlider
from explorer.ui.training.runs.restore_chip import RestoreChip
from explorer.ui.training.runs.run_chip import RunChip
from tests.ui.training.conftest import MakeFolder, Open
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
    slider = hand.find(MomentSlider, "train.moment")
    hand.qtbot.waitUntil(slider.isEnabled, timeout=PATIENCE)
    slider.pointed.emit(step)
    found = moment(hand)
    hand.qtbot.waitUntil(lambda: kernels(hand)[0].step == found.step, timeout=PATIENCE)
    return found


def train_for_a_while(hand: Trainer) -> int:
    """Begin a run, wait until it can be gone back, and return the first moment's step."""
    hand.click("train.start")
    machine = hand.page.time_machine
    hand.qtbot.waitUntil(lambda: len(machine._steps) > 2, timeout=PATIENCE)
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
    # Until then the answer is about the digit that was looked at before.
    trained.qtbot.waitUntil(lambda: trained.is_answered(trained.seen()), timeout=PATIENCE)
    now = trained.answer()
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
    assert names == ["lr 0.01", f"lr 0.2, fork at {middle.step}"]
    # The step at which it left is the same to the bit, and the next one is not.
    assert fork.history.losses[0] == first.history.losses[middle.step]
    assert fork.history.losses[-1] != first.history.losses[-1]


def test_a_fork_says_that_it_keeps_the_network_of_its_run(trained: Trainer):
    go_to(trained, 10)
    trained.click("train.fork")
    trained.wait_for("Finished")
    assert not trained.message
    trained.choose("train.network", "lenet5")
    trained.click("train.fork")
    fork = trained.page.runs.chosen
    assert fork is not None and fork.record.settings.network == "compact"
    assert trained.message.startswith("A fork keeps the network of its run (compact).")
    assert "the other one (lenet5)" in trained.message
    trained.wait_for("Finished")
    assert trained.message, "there is time to read it"


def test_a_fork_with_other_batches_says_that_it_counts_anew(trained: Trainer):
    middle = go_to(trained, 10)
    trained.type_into("train.batch_size", "32")
    trained.click("train.fork")
    fork = trained.page.runs.chosen
    assert fork is not None and fork.history.first_step == 0
    assert f"begins with the weights of step {middle.step}." in trained.message
    trained.wait_for("Finished")


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


@pytest.mark.parametrize(("schedule", "runs"), [("constant", 1), ("cosine", 2)])
def test_more_epochs_never_change_the_learning_rates_that_were(
    schedule: str, runs: int, at_few: Trainer
):
    at_few.page.controls.epochs.set_value(2)
    at_few.page.controls.schedule.set_value(schedule)
    at_few.click("train.start")
    at_few.wait_for("Finished", 10)
    at_few.qtbot.waitUntil(lambda: at_few.page.runs.all[0].worker is None, timeout=PATIENCE)
    before = rates(at_few.page.runs.all[0].record, 10)
    at_few.click("train.continue")
    every = at_few.page.runs.all
    at_few.qtbot.waitUntil(lambda: every[-1].history.last_step == 20, timeout=PATIENCE)
    assert len(every) == runs
    assert np.array_equal(rates(every[0].record, 10), before)


def rates(record: Record, steps: int) -> npt.NDArray[np.float64]:
    """Return what the record says of the learning rates of its first steps."""
    total = 5 * record.settings.epochs
    return lr_at(record.settings, record.history.changes, range(1, steps + 1), total, 5)


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
    assert "run 1 (seed 0) has made room" in at_few.message
    chips = [at_few.find(RunChip, f"train.run.{i}").accessibleDescription() for i in range(8)]
    assert [tip.split(":")[0] for tip in chips] == [str(number) for number in range(2, 10)]
    offer = at_few.find(RestoreChip, "train.removed")
    assert offer.accessibleName() == "Removed seed 0"
    assert not offer.visibleRegion().isEmpty(), "nobody has to look for it"
    at_few.click("train.removed.undo")
    assert [run.number for run in runs] == [*range(3, 10), 1]
    assert offer.accessibleName() == "Removed seed 1" and offer.isVisible()
    at_few.choose("train.network", "lenet5")
    at_few.click("train.fork")
    assert "run 3 (seed 2) has made room" in at_few.message
    assert "A fork keeps the network of its run" in at_few.message
    at_few.wait_for("Finished")


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


def test_a_freeze_belongs_to_its_run_and_not_to_the_next(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    at_few.page.controls.freezing.button.click()
    at_few.click("train.freeze.conv1")
    for run, frozen in enumerate(({"conv1"}, set())):
        at_few.click("train.start")
        at_few.wait_for("Finished")
        last = at_few.page.runs.all[run].last
        assert last is not None and last.frozen == frozen
    at_few.page.runs_bar.chosen.emit(0)
    assert at_few.page.controls.frozen() == {"conv1"}


def test_the_controls_say_what_the_run_does_that_goes_on(at_digits: Trainer):
    first = train_for_a_while(at_digits)
    go_to(at_digits, first)
    at_digits.type_into("train.lr", "0.3")
    at_digits.choose("train.network", "lenet5")
    at_digits.click("train.now")
    shown = at_digits.page.controls.settings()
    assert (shown.lr, shown.network) == (0.01, "compact")
    at_digits.page.controls.freezing.button.click()
    at_digits.click("train.freeze.fc")
    at_digits.wait_until_started(at_digits.page.history().last_step + 5)
    assert at_digits.status() == "Training"


def test_to_choose_a_run_shows_its_settings(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    for lr in ("0.02", "0.2"):
        at_few.type_into("train.lr", lr)
        at_few.click("train.start")
        at_few.wait_for("Finished")
    at_few.page.runs_bar.chosen.emit(0)
    assert at_few.page.controls.settings().lr == 0.02


def test_reset_throws_the_live_run_away_whichever_is_chosen(at_few: Trainer, few: Path):
    at_few.page.controls.epochs.set_value(1)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    at_few.page.controls.epochs.set_value(1000)
    at_few.click("train.start")
    at_few.wait_until_started()
    at_few.click("train.pause")
    at_few.wait_for("Paused")
    first, live = at_few.page.runs.all
    reset = at_few.find(QAbstractButton, "train.reset")
    assert reset.accessibleDescription().startswith("Throw this run away")
    at_few.page.runs_bar.chosen.emit(0)
    for name in ("pause", "stop", "reset"):
        help_text = at_few.find(QAbstractButton, f"train.{name}").accessibleDescription()
        assert "run 2 (50 epochs)" in help_text and "another run is shown" in help_text
    assert at_few.reads("train.status") == "Paused. The buttons act on run 2 (50 epochs)."
    at_few.click("train.reset")
    assert at_few.page.runs.all == [first] and at_few.page.runs.chosen is first
    assert not live.is_live
    assert at_few.status() == "Finished" and "buttons" not in at_few.reads("train.status")
    assert reset.accessibleDescription().startswith("Throw this run away")


def test_an_error_stays_while_the_run_goes_on(at_few: Trainer, tmp_path: Path):
    at_few.page.controls.epochs.set_value(1000)
    at_few.click("train.start")
    at_few.wait_until_started(5)
    at_few.qtbot.waitUntil(lambda: at_few.may_click("train.save"), timeout=PATIENCE)
    at_few.page.keeping.save_file(str(tmp_path / "gone" / "run.safetensors"))
    at_few.qtbot.waitUntil(lambda: at_few.message != "", timeout=PATIENCE)
    epochs = len(at_few.page.history().epochs)
    at_few.qtbot.waitUntil(lambda: len(at_few.page.history().epochs) > epochs + 3, timeout=PATIENCE)
    assert "gone" in at_few.message


def leave_fewer(folder: Path, make_folder: MakeFolder) -> None:
    shutil.copytree(make_folder(200, 200), folder, dirs_exist_ok=True)


def leave_none(folder: Path, make_folder: MakeFolder) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [(leave_fewer, "another number of images"), (leave_none, "does not exist")],
)
def test_a_run_whose_data_have_changed_stays_what_it_was(
    open_page: Open,
    make_folder: MakeFolder,
    tmp_path: Path,
    change: Callable[[Path, MakeFolder], None],
    sentence: str,
):
    folder = tmp_path / "digits"
    shutil.copytree(make_folder(300, 200), folder)
    hand = open_page(folder)
    hand.page.controls.epochs.set_value(2)
    hand.click("train.start")
    hand.wait_for("Finished")
    (run,) = hand.page.runs
    hand.qtbot.waitUntil(lambda: run.worker is None, timeout=PATIENCE)
    status, settings, losses = hand.reads("train.status"), run.record.settings, hand.losses
    tip = hand.find(RunChip, "train.run.0").accessibleDescription()
    change(folder, make_folder)
    hand.click("train.continue")
    hand.qtbot.waitUntil(lambda: sentence in hand.message, timeout=PATIENCE)
    hand.qtbot.waitUntil(lambda: run.worker is None, timeout=PATIENCE)
    assert hand.reads("train.status") == status and status.startswith("Finished")
    assert run.record.settings == hand.page.controls.settings() == settings
    assert hand.find(RunChip, "train.run.0").accessibleDescription() == tip
    assert np.array_equal(hand.losses, losses)
    assert [epoch.epoch for epoch in hand.page.history().epochs] == [1, 2]
    assert sentence in hand.message
    assert hand.may_click("train.continue")


def test_weights_without_their_last_layer_are_no_run_to_save(
    open_page: Open, few: Path, tmp_path: Path
):
    hand = open_page(tmp_path / "gone")
    start = Checkpoint(0, {"conv1.weight": np.zeros((10, 1, 5, 5), np.float32)})
    hand.page.runs.add(hand.page.controls.settings(), start)
    assert hand.page.runs.keepable() is None
    hand.page.director.choose(hand.page.runs.all[0])
    assert not hand.may_click("train.save")


def test_the_controls_show_the_run_that_is_chosen_after_another_has_gone(trained: Trainer):
    trained.type_into("train.lr", "0.5")
    trained.type_into("train.momentum", "0.3")
    trained.click("train.fork")
    trained.wait_for("Finished")
    trained.page.runs_bar.removed.emit(1)
    assert trained.page.runs.chosen is trained.page.runs.all[0]
    settings = trained.page.controls.settings()
    assert (settings.lr, settings.momentum) == (0.01, 0.5)
    trained.page.director.restore()
    settings = trained.page.controls.settings()
    assert (settings.lr, settings.momentum) == (0.5, 0.3)


def test_what_has_been_typed_stays_when_a_run_goes_that_was_not_chosen(trained: Trainer):
    trained.click("train.fork")
    trained.wait_for("Finished")
    trained.type_into("train.lr", "0.5")
    trained.page.runs_bar.removed.emit(0)
    assert trained.page.controls.settings().lr == 0.5
