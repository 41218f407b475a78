"""A whole run as it is seen: curves, kernels, numbers and progress grow out of real training."""

import re

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from explorer.training.history import SMOOTHING
from tests.ui.training.conftest import Open
from tests.ui.training.hand import Trainer

NOTHING = "–"
BUTTONS = ("start", "pause", "stop", "batch", "epoch", "reset")


def offered(hand: Trainer) -> set[str]:
    return {name for name in BUTTONS if hand.may_click(f"train.{name}")}


def test_an_empty_page_says_what_to_do(at_digits: Trainer):
    assert at_digits.reads("train.status") == "Ready: press Start and watch the kernels."
    assert offered(at_digits) == {"start", "batch", "epoch"}
    assert at_digits.progress == 0
    assert not at_digits.message
    assert not any(len(curve) for curve in at_digits.loss_curves())
    for name in ("loss", "test_loss", "accuracy", "best"):
        assert at_digits.reads(f"train.{name}") == NOTHING


def test_everything_grows_while_it_trains(at_digits: Trainer):
    empty = at_digits.kernels()
    at_digits.click("train.start")
    at_digits.wait_until_started(5)
    early, kernels, progress = at_digits.losses, at_digits.kernels(), at_digits.progress
    assert not np.array_equal(kernels, empty)
    at_digits.wait_until_started(60)
    assert offered(at_digits) == {"pause", "stop", "reset"}
    assert at_digits.progress > progress
    assert not np.array_equal(at_digits.kernels(), kernels)
    assert np.array_equal(at_digits.losses[: len(early)], early)
    # It learns: batches of 64 digits do so from the first ones on.
    assert at_digits.losses[-10:].mean() < at_digits.losses[:10].mean()
    numbers = r"epoch 1 of 10  ·  [\d,]+ images/s  ·  \d+:\d\d left"
    assert re.fullmatch(numbers, at_digits.reads("train.numbers"))
    used = at_digits.reads("train.device_used")
    assert used.startswith("10,000 training and 5,000 test images on ")


def test_the_curves_are_the_numbers(at_few: Trainer):
    at_few.page.controls.epochs.set_value(3)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    at_few.wait_until_drawn()
    losses = at_few.losses
    assert len(losses) == 15
    raw, smooth, test = at_few.loss_curves()
    assert np.array_equal(raw, losses)
    weights = (1 - SMOOTHING) * SMOOTHING ** np.arange(15)[::-1]
    assert smooth[-1] == pytest.approx((weights * losses).sum() / weights.sum())
    epochs = at_few.page.history().epochs
    assert test.tolist() == [epoch.test_loss for epoch in epochs]
    accuracies = [epoch.test_accuracy for epoch in epochs]
    assert at_few.accuracy_curve().tolist() == [100 * accuracy for accuracy in accuracies]
    assert at_few.reads("train.loss") == f"{smooth[-1]:.4f}"
    assert at_few.reads("train.test_loss") == f"{test[-1]:.4f}"
    assert at_few.reads("train.accuracy") == f"{100 * accuracies[-1]:.2f} %"
    assert at_few.reads("train.best") == f"{100 * max(accuracies):.2f} %"


def test_a_finished_run_says_so_and_offers_a_new_one(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    accuracy = at_few.page.history().epochs[-1].test_accuracy
    words = f"Finished: {100 * accuracy:.1f} % of the test images are right."
    assert at_few.reads("train.status") == words
    assert at_few.progress == 1
    assert at_few.reads("train.numbers") == ""
    assert offered(at_few) == {"start", "batch", "epoch", "reset"}
    assert not at_few.message


def test_the_same_seed_gives_the_same_losses(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    runs = []
    for seed in ("7", "7", "8"):
        at_few.type_into("train.seed", seed)
        at_few.click("train.start")
        at_few.wait_for("Finished")
        assert len(at_few.losses) == 5
        runs.append(at_few.losses.tolist())
        at_few.click("train.reset")
    assert runs[0] == runs[1] != runs[2]


def test_a_new_start_throws_the_old_curves_away(at_few: Trainer):
    at_few.page.controls.epochs.set_value(2)
    for _ in range(2):
        at_few.click("train.start")
        assert len(at_few.losses) == 0
        assert not any(len(curve) for curve in at_few.loss_curves())
        at_few.wait_for("Finished")
        assert len(at_few.losses) == 10


def test_numbers_grow_while_another_page_is_open(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started()
    at_digits.page.hide()
    steps = len(at_digits.losses)
    at_digits.page.show()
    at_digits.wait_until_started(steps + 5)


def test_the_tests_are_shown_as_progress(open_page: Open, make_folder, qtbot):
    hand = open_page(make_folder(64, 5000))
    hand.click("train.epoch")
    qtbot.waitUntil(lambda: "testing" in hand.reads("train.numbers"), timeout=30_000)
    assert hand.status() == "Training"
    hand.wait_for("Paused")
    assert len(hand.page.history().epochs) == 1


def test_every_control_has_a_name_and_an_explanation(at_digits: Trainer):
    for button in at_digits.page.findChildren(QAbstractButton):
        if button.objectName().startswith("train."):
            assert button.accessibleName(), button.objectName()
            assert button.toolTip(), button.objectName()


def test_the_whole_transport_works_by_keyboard(at_digits: Trainer):
    start = at_digits.find(QAbstractButton, "train.start")
    start.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(start, Qt.Key.Key_Space)
    at_digits.wait_until_started()
    pause = at_digits.find(QAbstractButton, "train.pause")
    pause.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(pause, Qt.Key.Key_Space)
    at_digits.wait_for("Paused")


def test_a_run_that_comes_back_before_it_began_is_from_no_file(at_few: Trainer):
    at_few.click("train.start")
    at_few.click("train.reset")
    at_few.page.director.restore()
    assert "file" not in at_few.reads("train.device_used")
    at_few.qtbot.waitUntil(lambda: at_few.page.runs.all[0].worker is None)


def test_the_tab_key_finds_a_run_behind_the_buttons_above_it(at_few: Trainer):
    for run in (0, 1):
        at_few.click("train.batch")
        at_few.wait_for("Paused")
        at_few.click("train.stop")
        at_few.wait_for("Stopped")
        assert at_few.find(QAbstractButton, f"train.run.{run}").isVisible()
    at_few.find(QAbstractButton, "train.export").setFocus()
    stops = []
    for _ in range(9):
        focused = at_few.page.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        stops.append(at_few.page.focusWidget().objectName())
    runs = [name for name in stops if name.startswith("train.run")]
    assert runs[0] == stops[0] == "train.run.0"
    assert "train.run.1" in runs and stops[len(runs)] == "train.smoothing"
