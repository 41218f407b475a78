"""What goes wrong is a sentence with what to do, and a page that can be used again."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QAbstractButton, QLabel

from tests.ui.training.conftest import Open
from tests.ui.training.hand import PATIENCE, Trainer


def explode(hand: Trainer) -> None:
    """Train so that the loss becomes no number after a few steps."""
    hand.choose("train.network", "classic")
    for name, text in (("batch_size", "1"), ("seed", "0"), ("lr", "8")):
        hand.type_into(f"train.{name}", text)
    hand.click("train.start")
    hand.wait_for("Ended")


def stop_after_a_batch(hand: Trainer) -> None:
    hand.click("train.batch")
    hand.wait_for("Paused")
    hand.click("train.stop")
    hand.wait_for("Stopped")


def works_again(hand: Trainer) -> None:
    """Check that nothing of the failure stays in the way."""
    assert hand.reads("train.status") == "Ended by an error."
    assert hand.reads("train.numbers") == ""
    assert hand.page.notice.kind() == "error"
    hand.qtbot.waitUntil(hand.page.controls.network.isEnabled)
    hand.page.controls.lr.set_value(0.01)
    hand.page.controls.device.set_value("auto")
    hand.click("train.start")
    assert hand.message == ""
    hand.wait_until_started()


def test_a_loss_that_is_no_number_is_explained(at_few: Trainer):
    explode(at_few)
    assert "at a learning rate of 8 the weights grow without bounds" in at_few.message
    assert at_few.message.endswith("start again with a lower learning rate.")
    assert np.isfinite(at_few.losses).all()
    assert 1 <= len(at_few.losses) < 30
    at_few.wait_until_drawn()
    assert np.array_equal(at_few.loss_curves()[0], at_few.losses)
    works_again(at_few)


def test_the_notice_can_be_put_away_and_reset_takes_it_too(at_few: Trainer):
    explode(at_few)
    close = at_few.find(QAbstractButton, "train.notice.close")
    close.click()
    assert at_few.message == ""
    explode(at_few)
    assert at_few.message
    at_few.click("train.reset")
    assert at_few.message == ""
    assert at_few.status() == "Ready"


def test_a_network_that_only_guesses_is_explained(at_few: Trainer):
    at_few.type_into("train.lr", "5")
    at_few.type_into("train.batch_size", "2")
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 150)
    assert at_few.message.startswith("The network only guesses")
    assert at_few.page.notice.kind() == "warning"
    assert at_few.message.endswith("a lower learning rate such as 0.01.")
    at_few.click("train.reset")
    assert at_few.message == ""


def test_what_is_said_of_a_run_goes_and_comes_with_it(at_few: Trainer):
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 5)
    at_few.click("train.stop")
    at_few.wait_for("Stopped")
    assert at_few.message == ""
    explode(at_few)
    why = at_few.message
    assert why
    first, second = at_few.page.runs.all
    at_few.page.director.choose(first)
    assert at_few.message == ""
    at_few.page.director.choose(second)
    assert at_few.message == why and at_few.page.notice.kind() == "error"
    at_few.page.notice.show_message("info", "Something else.")
    at_few.page.director.choose(first)
    assert at_few.message == "Something else."


def test_what_is_said_of_a_run_stays_when_another_goes(at_few: Trainer):
    stop_after_a_batch(at_few)
    explode(at_few)
    why = at_few.message
    at_few.page.director.remove(at_few.page.runs.all[0])
    assert at_few.message == why
    at_few.page.director.remove(at_few.page.runs.all[0])
    assert at_few.message == ""


def test_a_run_that_fails_while_another_is_shown_is_told_by_its_name(at_few: Trainer):
    stop_after_a_batch(at_few)
    at_few.choose("train.network", "classic")
    for name, text in (("batch_size", "1"), ("seed", "0"), ("lr", "8")):
        at_few.type_into(f"train.{name}", text)
    at_few.click("train.start")
    first, second = at_few.page.runs.all
    at_few.page.director.choose(first)
    at_few.qtbot.waitUntil(lambda: second.worker is None, timeout=PATIENCE)
    assert re.match(r"Run 2 \(.+\): The loss became nan", at_few.message)
    at_few.page.director.choose(second)
    assert at_few.message.startswith("The loss became nan")


def test_to_go_on_with_weights_that_are_ruined_says_so(at_few: Trainer):
    explode(at_few)
    at_few.qtbot.waitUntil(lambda: at_few.may_click("train.continue"), timeout=PATIENCE)
    at_few.click("train.continue")
    at_few.qtbot.waitUntil(lambda: "from the start" in at_few.message, timeout=PATIENCE)
    assert "choose an earlier moment" in at_few.message


def test_a_network_that_only_guesses_is_told_from_others(at_few: Trainer):
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 5)
    at_few.click("train.stop")
    at_few.wait_for("Stopped")
    at_few.type_into("train.lr", "5")
    at_few.type_into("train.batch_size", "2")
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 150)
    first, second = at_few.page.runs.all
    at_few.page.director.choose(first)
    assert at_few.message == ""
    at_few.page.director.choose(second)
    assert at_few.message.startswith("The network only guesses")


def test_a_network_that_has_not_come_far_yet_is_left_in_peace(at_few: Trainer):
    at_few.click("train.epoch")
    at_few.wait_for("Paused", 5)
    assert at_few.page.history().epochs[-1].test_accuracy < 0.2
    assert at_few.message == ""


def cut_off(folder: Path) -> None:
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])


def lose_labels(folder: Path) -> None:
    (folder / "t10k-labels-idx1-ubyte").unlink()


def spoil_magic_number(folder: Path) -> None:
    (folder / "train-labels-idx1-ubyte").write_bytes(b"not a number of IDX")


def vanish(folder: Path) -> None:
    shutil.rmtree(folder)


@pytest.mark.parametrize("damage", [cut_off, lose_labels, spoil_magic_number, vanish])
def test_damaged_data_are_explained(open_page: Open, few: Path, tmp_path: Path, damage):
    folder = tmp_path / "digits"
    shutil.copytree(few, folder)
    damage(folder)
    hand = open_page(folder)
    hand.click("train.start")
    hand.wait_for("Ended")
    assert hand.message
    assert "\n" not in hand.message
    assert hand.message.endswith(".")
    assert "Error" not in hand.message
    assert len(hand.losses) == 0
    hand.choose("train.data", "bundled")
    works_again(hand)


def test_a_run_that_ended_before_its_first_step_promises_nothing(at_few: Trainer, tmp_path: Path):
    at_few.page.controls.epochs.set_value(1)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    assert at_few.progress == 1
    at_few.page.controls.data.set_value(str(tmp_path))
    at_few.click("train.start")
    assert at_few.progress == 0
    at_few.wait_for("Ended")
    ended = "This run ended before its first step."
    at_few.qtbot.waitUntil(lambda: said(at_few).count(ended) == 2, timeout=PATIENCE)
    assert at_few.progress == 0
    assert "The network answers in a moment." not in said(at_few)
    assert not any(sentence.startswith("Press Start") for sentence in said(at_few))
    # The others are as they were, whichever is looked at.
    at_few.page.runs_bar.chosen.emit(0)
    assert at_few.progress == 1
    assert ended not in said(at_few)
    at_few.wait_for_answer()
    at_few.page.runs_bar.chosen.emit(1)
    assert at_few.progress == 0
    assert said(at_few).count(ended) == 2


def test_a_run_that_is_brought_back_while_it_ends_shows_what_it_had(at_few: Trainer):
    at_few.click("train.start")
    at_few.click("train.reset")
    at_few.click("train.removed.undo")
    (run,) = at_few.page.runs.all
    at_few.qtbot.waitUntil(lambda: run.worker is None, timeout=PATIENCE)
    has_moments = len(run.history.checkpoints) > 0
    ended = "This run ended before its first step."
    at_few.qtbot.waitUntil(lambda: (ended in said(at_few)) is not has_moments, timeout=PATIENCE)


def said(hand: Trainer) -> list[str]:
    """Return every text that can be seen."""
    return [label.text() for label in hand.page.findChildren(QLabel) if label.isVisible()]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device here")
def test_a_device_that_is_not_there_is_explained(at_few: Trainer):
    at_few.choose("train.device", "cuda")
    at_few.click("train.batch")
    at_few.wait_for("Ended")
    assert at_few.message.startswith("'cuda' does not work here (")
    assert at_few.message.endswith("choose auto or cpu.")
    works_again(at_few)


def test_the_chosen_device_is_named_with_the_reason(at_few: Trainer):
    at_few.choose("train.device", "cpu")
    at_few.click("train.batch")
    at_few.wait_for("Paused", 1)
    assert " on CPU, " in at_few.reads("train.device_used")
    used = at_few.find(QLabel, "train.device_used")
    assert "The CPU was asked for." in used.toolTip()
