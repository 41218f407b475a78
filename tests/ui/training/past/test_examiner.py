"""Looking back beside the window: the latest wish and no other, and a clean end."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.data.digits import Digits
from explorer.training import examine as looking
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.events import Answered
from explorer.training.examine import Past, examine
from explorer.training.settings import Settings
from explorer.ui.training.past import examiner as module
from explorer.ui.training.past.examiner import Examiner
from tests.small_digits import few_digits

CPU = torch.device("cpu")
SETTINGS = Settings(device="cpu", epochs=1, seed=2)
PATIENCE = 30_000


@pytest.fixture(scope="module")
def digits() -> Digits:
    return few_digits()


@pytest.fixture(scope="module")
def checkpoints(digits: Digits) -> list[Checkpoint]:
    """Return every moment of a short run."""
    run = Run(SETTINGS, digits, CPU)
    return [run.checkpoint() for _ in run]


@pytest.fixture
def examiner(qapp: QApplication) -> Iterator[Examiner]:
    owner = QObject()
    made = Examiner(owner)
    yield made
    made.shut_down()
    owner.deleteLater()


@pytest.fixture
def told(examiner: Examiner) -> list[Past]:
    """Return what is announced from now on."""
    found: list[Past] = []
    examiner.examined.connect(found.append)
    return found


def settled(examiner: Examiner, qtbot: QtBot) -> None:
    """Wait until nothing can come any more."""
    qtbot.waitUntil(lambda: not examiner.is_busy, timeout=PATIENCE)
    (thread,) = examiner.findChildren(QThread)
    assert thread.wait(PATIENCE)
    QApplication.processEvents()


def test_it_finds_what_the_window_would(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
):
    picture = digits.test_images[7]
    examiner.examine(SETTINGS, checkpoints[2], digits, picture, wants_answers=True)
    assert examiner.is_busy
    settled(examiner, qtbot)
    *_, expected = examine(SETTINGS, checkpoints[2], digits, picture, wants_answers=True)
    assert 1 <= len(told) <= 3, "no signal per batch"
    assert told[-1].step == expected.step == checkpoints[2].step
    assert told[-1].answer is not None
    assert told[-1].answered is not None
    assert expected.answer is not None
    assert expected.answered is not None
    assert told[-1].answer.picture is picture
    np.testing.assert_array_equal(told[-1].answer.probabilities, expected.answer.probabilities)
    np.testing.assert_array_equal(told[-1].answered.answers, expected.answered.answers)


def test_kernels_alone_come_without_a_picture(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
):
    examiner.examine(SETTINGS, checkpoints[0], digits)
    settled(examiner, qtbot)
    assert [(past.step, past.answer, past.answered) for past in told] == [(1, None, None)]


def test_the_latest_wish_wins(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
):
    for checkpoint in checkpoints * 20:
        examiner.examine(SETTINGS, checkpoint, digits, digits.test_images[0], wants_answers=True)
    examiner.examine(SETTINGS, checkpoints[1], digits, digits.test_images[0], wants_answers=True)
    settled(examiner, qtbot)
    assert {past.step for past in told} == {checkpoints[1].step}
    assert told[-1].answered is not None


def test_a_moment_dragged_over_while_it_is_looked_at_is_given_up(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
):
    """The first look stands still between two batches until the second one is wanted."""
    at_work, go_on = threading.Event(), threading.Event()
    batches: list[int] = []

    def slow(settings: Settings, checkpoint: Checkpoint, *others: Any) -> Iterator[Past]:
        for past in looking.examine(settings, checkpoint, *others):
            batches.append(checkpoint.step)
            if checkpoint is checkpoints[0] and past.answer is not None:
                at_work.set()
                assert go_on.wait(PATIENCE / 1000)
            yield past

    monkeypatch.setattr(module, "examine", slow)
    picture = digits.test_images[0]
    examiner.examine(SETTINGS, checkpoints[0], digits, picture, wants_answers=True)
    assert at_work.wait(PATIENCE / 1000)
    examiner.examine(SETTINGS, checkpoints[3], digits, picture, wants_answers=True)
    go_on.set()
    settled(examiner, qtbot)
    assert batches.count(checkpoints[0].step) == 2, "kernels and answer, then no more"
    assert {past.step for past in told} == {checkpoints[3].step}
    assert told[-1].answered is not None


def test_while_somebody_draws_the_test_images_are_looked_at_once(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
):
    wanted: list[bool] = []
    answered: list[Answered | None] = []

    def noted(*wish: Any) -> Iterator[Past]:
        wanted.append(wish[-1])
        return looking.examine(*wish)

    monkeypatch.setattr(module, "examine", noted)
    for picture in digits.test_images[:3]:
        examiner.examine(SETTINGS, checkpoints[3], digits, picture, wants_answers=True)
        settled(examiner, qtbot)
        answered.append(told[-1].answered)
        assert told[-1].answer is not None
        assert told[-1].answer.picture is picture
    assert wanted == [True, False, False]
    assert answered[0] is not None
    assert all(again is answered[0] for again in answered)
    examiner.give_up()
    examiner.examine(SETTINGS, checkpoints[3], digits, wants_answers=True)
    settled(examiner, qtbot)
    assert wanted[-1], "what was given up is not kept"


def test_what_is_given_up_is_never_heard_of(
    examiner: Examiner,
    told: list[Past],
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
):
    examiner.examine(SETTINGS, checkpoints[0], digits, digits.test_images[0], wants_answers=True)
    examiner.give_up()
    settled(examiner, qtbot)
    qtbot.wait(20)
    assert told == []
    examiner.examine(SETTINGS, checkpoints[2], digits)
    settled(examiner, qtbot)
    assert [past.step for past in told] == [checkpoints[2].step]


def test_a_moment_of_another_network_fails_with_a_sentence(
    examiner: Examiner, qtbot: QtBot, digits: Digits, checkpoints: list[Checkpoint]
):
    other = replace(SETTINGS, network="lenet5")
    with qtbot.waitSignal(examiner.failed, timeout=PATIENCE) as refusal:
        examiner.examine(other, checkpoints[0], digits, digits.test_images[0])
    assert "choose the network" in refusal.args[0]
    settled(examiner, qtbot)
    with qtbot.waitSignal(examiner.examined, timeout=PATIENCE):
        examiner.examine(SETTINGS, checkpoints[0], digits)


def test_no_thread_is_there_while_nobody_asks(
    examiner: Examiner, qtbot: QtBot, digits: Digits, checkpoints: list[Checkpoint]
):
    (thread,) = examiner.findChildren(QThread)
    assert not thread.isRunning()
    examiner.examine(SETTINGS, checkpoints[0], digits, digits.test_images[0])
    settled(examiner, qtbot)
    assert not thread.isRunning()


@pytest.mark.parametrize("batches", range(6))
def test_it_can_be_shut_down_in_the_middle(
    examiner: Examiner,
    digits: Digits,
    checkpoints: list[Checkpoint],
    batches: int,
):
    (thread,) = examiner.findChildren(QThread)
    for checkpoint in checkpoints[: batches + 1]:
        examiner.examine(SETTINGS, checkpoint, digits, digits.test_images[0], wants_answers=True)
        QApplication.processEvents()
    examiner.shut_down()
    assert not thread.isRunning()
    assert not examiner.is_busy


def test_the_training_keeps_its_threads(
    examiner: Examiner,
    qtbot: QtBot,
    digits: Digits,
    checkpoints: list[Checkpoint],
    monkeypatch: pytest.MonkeyPatch,
):
    """A run that begins while somebody looks back gets as many as without."""
    seen: list[int] = []

    def noted(*wish: Any) -> Iterator[Past]:
        seen.append(torch.get_num_threads())
        return looking.examine(*wish)

    monkeypatch.setattr(module, "examine", noted)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        examiner.examine(SETTINGS, checkpoints[0], digits, digits.test_images[0])
        settled(examiner, qtbot)
        begun = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        begun.start()
        begun.join()
    finally:
        torch.set_num_threads(before)
    assert seen == [1, 3]
