"""Pause, go on, one batch, one epoch, stop and reset, in the order in which hands press them."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from explorer.training.delivery import Delivery
from explorer.training.events import Evaluating, Event
from explorer.ui.training.runs.worker import Worker
from tests.ui.training.hand import PATIENCE, Trainer


def test_pause_freezes_and_go_on_continues(at_digits: Trainer):
    start = at_digits.find(QAbstractButton, "train.start")
    assert start.text() == start.accessibleName() == "Start"
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    assert start.text() == start.accessibleName() == "Go on"
    assert not at_digits.may_click("train.pause")
    assert at_digits.rests()
    before = at_digits.losses
    at_digits.click("train.start")
    at_digits.wait_until_started(len(before) + 3)
    assert start.text() == "Start"
    assert np.array_equal(at_digits.losses[: len(before)], before)


def test_one_batch_is_one_loss(at_digits: Trainer):
    for count in range(1, 4):
        at_digits.click("train.batch")
        at_digits.wait_for("Paused", count)
        assert at_digits.rests()
        assert len(at_digits.losses) == len(at_digits.loss_curves()[0]) == count
    assert at_digits.progress == pytest.approx(3 / 1570, abs=1 / 1000)


def test_one_batch_after_a_pause_is_one_loss_more(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    count = len(at_digits.losses)
    at_digits.click("train.batch")
    at_digits.wait_for("Paused", count + 1)
    assert at_digits.rests()
    assert len(at_digits.losses) == count + 1


def test_one_epoch_ends_with_a_test_and_a_pause(at_few: Trainer):
    for count in (1, 2):
        at_few.click("train.epoch")
        at_few.wait_for("Paused", 5 * count)
        assert at_few.rests()
        assert len(at_few.losses) == 5 * count
        assert len(at_few.accuracy_curve()) == count
    assert at_few.reads("train.numbers").startswith("epoch 2 of 10")


def test_the_last_batch_of_an_epoch_brings_its_test(at_few: Trainer):
    for count in range(1, 6):
        at_few.click("train.batch")
        at_few.wait_for("Paused", count)
    at_few.wait_until_drawn()
    assert len(at_few.accuracy_curve()) == 1
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 10)
    at_few.wait_until_drawn()
    assert len(at_few.losses) == 10
    assert len(at_few.accuracy_curve()) == 2


def test_the_last_batch_of_all_finishes_the_run(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    for count in range(1, 5):
        at_few.click("train.batch")
        at_few.wait_for("Paused", count)
    at_few.click("train.batch")
    at_few.wait_for("Finished")
    assert len(at_few.losses) == 5


def test_in_a_pause_nothing_is_being_tested(
    at_few: Trainer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    take = Delivery.take

    def take_and_pause(delivery: Delivery, event: Event) -> None:
        take(delivery, event)
        if isinstance(event, Evaluating):
            session = at_few.page.director.session()
            assert session is not None
            session.pause()

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "take", take_and_pause)
        at_few.click("train.start")
        at_few.wait_for("Paused", 5)
    qtbot.waitUntil(lambda: "test" in at_few.reads("train.numbers"))
    assert "test interrupted" in at_few.reads("train.numbers")
    at_few.click("train.batch")
    at_few.wait_for("Paused", 6)
    assert len(at_few.page.history().epochs) == 1
    assert "test" not in at_few.reads("train.numbers")


@pytest.mark.parametrize(("button", "steps"), [("train.batch", 1), ("train.epoch", 5)])
@pytest.mark.parametrize("end", ["Stopped", "Finished"])
def test_after_the_end_a_step_begins_another_run(
    at_few: Trainer, qtbot: QtBot, end: str, button: str, steps: int
):
    at_few.page.controls.epochs.set_value(1 if end == "Finished" else 1000)
    at_few.click("train.start")
    if end == "Stopped":
        at_few.wait_until_started()
        at_few.click("train.stop")
        assert not at_few.may_click(button)
    at_few.wait_for(end, 1)
    first = at_few.page.runs.chosen
    assert first is not None
    losses = at_few.losses
    at_few.page.controls.epochs.set_value(2)
    at_few.click(button)
    at_few.wait_for("Paused", steps)
    assert at_few.page.runs.all[0] is first and len(at_few.page.runs.all) == 2
    assert np.array_equal(first.history.losses, losses)
    assert len(at_few.losses) == steps


def test_stop_keeps_what_there_is(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(5)
    at_digits.click("train.stop")
    assert at_digits.status() == "Stopping"
    assert not at_digits.may_click("train.start")
    at_digits.wait_for("Stopped")
    count = len(at_digits.losses)
    assert at_digits.reads("train.status") == f"Stopped after {count:,} of 1,570 batches."
    assert at_digits.rests()
    assert len(at_digits.loss_curves()[0]) == count
    assert at_digits.reads("train.numbers") == ""
    assert at_digits.progress > 0
    at_digits.click("train.start")
    assert len(at_digits.losses) == 0
    at_digits.wait_until_started()


def test_a_run_that_comes_back_while_it_ends_cannot_be_paused(at_digits: Trainer, qtbot: QtBot):
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    at_digits.click("train.reset")
    at_digits.page.director.restore()
    assert at_digits.page.runs.live is None
    assert not at_digits.may_click("train.pause") and not at_digits.may_click("train.stop")
    qtbot.waitUntil(lambda: at_digits.may_click("train.start"), timeout=30_000)
    assert at_digits.reads("train.status").startswith("Stopped")


def test_no_numbers_come_back_after_stop(at_digits: Trainer, qtbot: QtBot):
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    qtbot.waitUntil(lambda: at_digits.reads("train.numbers") != "")
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    qtbot.wait(60)
    assert at_digits.reads("train.numbers") == ""


def test_a_run_thrown_away_before_its_first_words_is_ending(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.click("train.reset")
    at_digits.page.director.restore()
    assert at_digits.reads("train.status") in ("Stopping.", "Stopped.")


def test_a_paused_run_can_be_stopped(at_digits: Trainer):
    at_digits.click("train.batch")
    at_digits.wait_for("Paused", 1)
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    assert len(at_digits.losses) == 1


@pytest.mark.parametrize("state", ["Training", "Paused", "Stopped", "Finished"])
def test_reset_clears_everything(at_few: Trainer, qtbot: QtBot, state: str):
    empty = at_few.kernels()
    at_few.page.controls.epochs.set_value(1 if state == "Finished" else 50)
    at_few.click("train.batch" if state == "Paused" else "train.start")
    if state == "Stopped":
        at_few.wait_until_started()
        at_few.click("train.stop")
    at_few.wait_for(state, 1)
    at_few.click("train.reset")
    assert at_few.reads("train.status") == "Ready: press Start and watch the kernels."
    assert at_few.reads("train.numbers") == ""
    assert at_few.progress == 0
    qtbot.waitUntil(lambda: np.array_equal(at_few.kernels(), empty))
    assert not any(len(curve) for curve in (*at_few.loss_curves(), at_few.accuracy_curve()))
    assert at_few.reads("train.accuracy") == "–"
    assert not at_few.may_click("train.reset")
    # No mail of the old run comes after.
    assert at_few.rests()
    assert len(at_few.losses) == 0


def test_start_is_heard_while_the_thread_of_the_last_run_is_ending(
    at_few: Trainer, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    may_end = threading.Event()

    def run_and_linger(worker: Worker) -> None:
        worker.session.run()
        may_end.wait(30)

    at_few.page.controls.epochs.set_value(1)
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "run", run_and_linger)
        at_few.click("train.start")
        at_few.wait_for("Finished")
    at_few.click("train.start")
    assert len(at_few.losses) == 0
    at_few.wait_for("Finished", 5)
    may_end.set()


def test_buttons_may_be_pressed_in_any_order(at_few: Trainer, qtbot: QtBot):
    names = ("start", "pause", "batch", "epoch", "stop", "reset")
    chosen = np.random.default_rng(0).choice(names, 120)
    for name in chosen:
        if at_few.may_click(f"train.{name}"):
            at_few.click(f"train.{name}")
        qtbot.wait(5)
    if at_few.may_click("train.reset"):
        at_few.click("train.reset")
    assert at_few.status() == "Ready"
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 5)
    assert len(at_few.losses) == 5


TO_THE_LIVE_RUN = "Takes effect at the next batch."
TO_ANOTHER_RUN = "Only for a fork or a new run."


def test_what_the_rates_are_for_is_said_as_it_is(at_digits: Trainer):
    """Typed anywhere but at the live run as it is now, they change nothing that goes on."""
    assert at_digits.reads("train.rates_for") == "For the next run."
    at_digits.click("train.start")
    at_digits.qtbot.waitUntil(
        lambda: len(at_digits.page.history().checkpoints) > 2, timeout=PATIENCE
    )
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    assert at_digits.reads("train.rates_for") == TO_THE_LIVE_RUN
    at_digits.page.time_machine.moment_chosen.emit(1)
    assert at_digits.reads("train.rates_for") == TO_ANOTHER_RUN
    at_digits.click("train.start")
    at_digits.wait_until_started()
    assert at_digits.reads("train.rates_for") == TO_THE_LIVE_RUN
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    assert at_digits.reads("train.rates_for") == TO_ANOTHER_RUN
    at_digits.click("train.start")
    at_digits.wait_until_started()
    at_digits.page.runs_bar.chosen.emit(0)
    assert at_digits.reads("train.rates_for") == TO_ANOTHER_RUN
    at_digits.page.runs_bar.chosen.emit(1)
    assert at_digits.reads("train.rates_for") == TO_THE_LIVE_RUN


def test_the_space_bar_starts_waits_and_goes_on(at_digits: Trainer):
    page = at_digits.page
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Space)
    at_digits.wait_until_started(2)
    QTest.keyClick(page, Qt.Key.Key_Space)
    at_digits.wait_for("Paused")
    count = len(at_digits.losses)
    QTest.keyClick(page, Qt.Key.Key_Space)
    at_digits.wait_until_started(count + 1)
