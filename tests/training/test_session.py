"""The session in a plain thread, steered from the test's."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training import optimizers
from explorer.training.delivery import Delivery
from explorer.training.engine import Run
from explorer.training.errors import SettingsError
from explorer.training.events import Answered, Evaluating, Event
from explorer.training.history import History
from explorer.training.mailbox import Mailbox
from explorer.training.reports import Answer, Kernels, Progress, Started, State, Status
from explorer.training.session import Session
from explorer.training.settings import Settings

PATIENCE = 30.0


class Worker:
    """A session, the thread that works for it, and everything that came by mail."""

    def __init__(self, settings: Settings) -> None:
        self.mailbox = Mailbox()
        self.session = Session(settings, self.mailbox)
        self.thread = threading.Thread(target=self.session.run)
        self.history = History()
        self.states: list[State] = []
        self.status: Status | None = None
        self.started: Started | None = None
        self.progress: Progress | None = None
        self.kernels: list[tuple[Kernels, ...]] = []
        self.answered: Answered | None = None
        self.answer: Answer | None = None
        self.thread.start()

    def collect(self) -> None:
        mail = self.mailbox.drain()
        self.history.add(mail)
        self.started = mail.started or self.started
        self.progress = mail.progress or self.progress
        self.answered = mail.answered or self.answered
        self.answer = mail.answer or self.answer
        if mail.kernels is not None:
            self.kernels.append(mail.kernels)
        if mail.status is not None:
            self.status = mail.status
            self.states.append(mail.status.state)

    def wait_for(self, state: State, steps: int = 0, epochs: int = 0) -> None:
        """Collect mail until the session is in a state with at least so much done."""
        end = time.monotonic() + PATIENCE
        while (
            self.status is None
            or self.status.state != state
            or self.steps < steps
            or (self.progress.step if self.progress else 0) < steps
            or len(self.history.epochs) < epochs
        ):
            assert time.monotonic() < end, (self.status, self.steps)
            assert self.status is None or not self.status.is_final, self.status
            time.sleep(0.001)
            self.collect()

    def rests(self) -> bool:
        """Tell whether nothing more arrives."""
        steps = self.steps
        time.sleep(0.03)
        self.collect()
        return self.steps == steps

    @property
    def steps(self) -> int:
        return len(self.history.losses)


@pytest.fixture
def settings(folder: Path) -> Settings:
    return Settings(data=str(folder), device="cpu", epochs=2)


@pytest.fixture
def endless(settings: Settings) -> Settings:
    return replace(settings, epochs=1000, batch_size=1)


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    """The workers of a test, which are stopped at its end."""
    running: list[Worker] = []
    yield running
    for worker in running:
        worker.session.stop()
        worker.thread.join(PATIENCE)
        assert not worker.thread.is_alive()


def test_a_session_from_start_to_finish(settings: Settings, workers: list[Worker]):
    worker = Worker(settings)
    workers.append(worker)
    worker.session.start()
    worker.wait_for("finished", steps=10)
    worker.thread.join(PATIENCE)
    assert worker.status is not None and worker.status.message.startswith("Finished: ")
    assert worker.started is not None
    label = worker.started.device_label
    digits = worker.started.digits
    assert (len(digits.train_images), len(digits.test_images)) == (300, 250)
    assert worker.started == Started("cpu", label, "The CPU was asked for.", digits, 5, 10)
    assert worker.answered is not None
    right = (worker.answered.answers == digits.test_labels).mean()
    assert right == worker.history.epochs[-1].test_accuracy
    assert worker.progress is not None and worker.progress.fraction == 1
    assert worker.progress.seconds_left == 0 and worker.progress.epoch == 2
    assert [epoch.epoch for epoch in worker.history.epochs] == [1, 2]
    assert [layer.values.shape for layer in worker.kernels[-1]] == [(10, 1, 5, 5), (20, 10, 5, 5)]
    assert worker.history.checkpoints.steps[-1] == 10
    assert len(worker.history.norms) > 0


def test_it_learns_the_same_as_a_plain_run(settings: Settings, workers: list[Worker]):
    worker = Worker(settings)
    workers.append(worker)
    worker.session.start()
    worker.wait_for("finished", steps=10)
    from explorer.data.digits import load

    run = Run(settings, load(settings.data))
    losses = [loss for event in run for loss in getattr(event, "losses", ())]
    assert worker.history.losses.tolist() == losses
    for mailed, own in zip(worker.kernels[-1], run.kernels(), strict=True):
        assert np.array_equal(mailed.values, own.values)


def test_it_begins_paused_and_goes_batch_by_batch(settings: Settings, workers: list[Worker]):
    worker = Worker(settings)
    workers.append(worker)
    worker.wait_for("paused")
    assert worker.steps == 0 and len(worker.kernels) == 1
    for step in range(1, 5):
        worker.session.one_batch()
        worker.wait_for("paused", steps=step)
        assert worker.rests() and worker.steps == step
        assert worker.progress is not None and worker.progress.step == step
    assert not worker.history.epochs
    worker.session.one_batch()
    # The last batch of an epoch includes the evaluation.
    worker.wait_for("paused", steps=5, epochs=1)
    assert worker.rests() and worker.steps == 5


def test_epoch_by_epoch(settings: Settings, workers: list[Worker]):
    worker = Worker(replace(settings, epochs=3))
    workers.append(worker)
    worker.session.one_batch()
    worker.wait_for("paused", steps=1)
    for epoch in (1, 2):
        worker.session.one_epoch()
        worker.wait_for("paused", steps=5 * epoch, epochs=epoch)
        assert worker.rests()
        assert worker.steps == 5 * epoch and len(worker.history.epochs) == epoch
    worker.session.one_epoch()
    worker.wait_for("finished", steps=15)
    assert len(worker.history.epochs) == 3


def pause_in_the_test(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Train the first epoch, and pause when some of the test images have been looked at."""
    take = Delivery.take

    def take_and_pause(delivery: Delivery, event: Event) -> None:
        take(delivery, event)
        if isinstance(event, Evaluating):
            worker.session.pause()

    with monkeypatch.context() as patch:
        patch.setattr(Delivery, "take", take_and_pause)
        worker.session.one_epoch()
        worker.wait_for("paused", steps=5)
    assert worker.progress is not None and worker.progress.evaluated is not None
    assert not worker.history.epochs


def test_one_batch_after_a_pause_in_the_test_finishes_it_and_trains(
    settings: Settings, workers: list[Worker], monkeypatch: pytest.MonkeyPatch
):
    worker = Worker(settings)
    workers.append(worker)
    pause_in_the_test(worker, monkeypatch)
    worker.session.one_batch()
    worker.wait_for("paused", steps=6, epochs=1)
    assert worker.rests() and worker.steps == 6


def test_one_epoch_after_a_pause_in_the_test_finishes_it(
    settings: Settings, workers: list[Worker], monkeypatch: pytest.MonkeyPatch
):
    worker = Worker(settings)
    workers.append(worker)
    pause_in_the_test(worker, monkeypatch)
    worker.session.one_epoch()
    worker.wait_for("paused", steps=5, epochs=1)
    assert worker.rests() and worker.steps == 5


def test_pause_and_resume(endless: Settings, workers: list[Worker]):
    worker = Worker(endless)
    workers.append(worker)
    worker.session.start()
    worker.wait_for("running", steps=5)
    worker.session.pause()
    worker.wait_for("paused")
    assert worker.rests()
    steps = worker.steps
    worker.session.resume()
    worker.wait_for("running", steps=steps + 5)


@pytest.mark.parametrize("paused", [True, False])
def test_stop(endless: Settings, workers: list[Worker], paused: bool):
    worker = Worker(endless)
    workers.append(worker)
    if paused:
        worker.wait_for("paused")
    else:
        worker.session.start()
        worker.wait_for("running", steps=5)
    worker.session.stop()
    worker.session.start()  # too late
    worker.thread.join(PATIENCE)
    assert not worker.thread.is_alive()
    worker.collect()
    assert worker.status is not None
    assert worker.status is not None and worker.status.state == "stopped"
    assert worker.status.message == f"Stopped after {worker.steps:,} of 300,000 batches."


def test_stop_before_the_beginning(settings: Settings):
    session = Session(settings, mailbox := Mailbox())
    session.stop()
    session.run()
    status = mailbox.drain().status
    assert status is not None and status.state == "stopped"
    assert status.message == "Stopped after 0 of 10 batches."


def test_a_picture_is_answered_also_before_and_between(settings: Settings, workers: list[Worker]):
    pictures = list(np.random.default_rng(0).integers(0, 256, (2, 28, 28)).astype(np.uint8))

    def answered(number: int) -> Answer:
        worker.session.look_at(pictures[number])
        end = time.monotonic() + PATIENCE
        while worker.answer is None or worker.answer.picture is not pictures[number]:
            assert time.monotonic() < end
            time.sleep(0.01)
            worker.collect()
        return worker.answer

    worker = Worker(settings)
    workers.append(worker)
    assert answered(0).step == 0, "before the first batch"
    worker.session.one_batch()
    worker.wait_for("paused", steps=1)
    assert answered(1).step == 1, "while it is paused"
    worker.session.start()
    worker.wait_for("finished", steps=10)
    assert worker.answer is not None and worker.answer.step == 10, "again with what it learned"


def test_what_is_changed_reaches_the_next_batch(settings: Settings, workers: list[Worker]):
    def losses(lr: float, momentum: float, weight_decay: float) -> list[float]:
        worker = Worker(settings)
        workers.append(worker)
        worker.session.one_batch()
        worker.wait_for("paused", steps=1)
        worker.session.set_lr(lr)
        worker.session.set_momentum(momentum)
        worker.session.set_weight_decay(weight_decay)
        worker.session.start()
        worker.wait_for("finished", steps=10)
        return list(worker.history.losses)

    found = [
        losses(*rates) for rates in ((0.01, 0.5, 0), (0.1, 0.5, 0), (0.01, 0.9, 0), (0.01, 0.5, 1))
    ]
    assert len({tuple(run[:2]) for run in found}) == 1
    assert len({run[2] for run in found}) == 4


def test_bad_values_are_refused_where_they_are_set(settings: Settings):
    session = Session(settings, Mailbox())
    with pytest.raises(SettingsError):
        session.set_lr(-1)
    with pytest.raises(SettingsError):
        session.set_momentum(1)
    with pytest.raises(SettingsError):
        session.set_weight_decay(-0.1)


@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        (frozenset({"conv1", "conv9"}), "There is no layer 'conv9' to freeze; "),
        (frozenset({"relu1"}), "There is no layer 'relu1' to freeze; "),
        (frozenset({None}), "There is no layer None to freeze; "),
        (None, "frozen cannot be None; choose a set of names out of conv1, conv2, fc."),
        ("fc", "frozen cannot be 'fc'; choose a set of names out of conv1, conv2, fc."),
    ],
)
def test_layers_that_are_not_there_are_refused_and_the_run_goes_on(
    layers: Any, sentence: str, settings: Settings
):
    session = Session(settings, mailbox := Mailbox())
    with pytest.raises(SettingsError) as caught:
        session.set_frozen(layers)
    assert str(caught.value).startswith(sentence) and str(caught.value).endswith("conv2, fc.")
    assert last_status(session, mailbox).state == "finished"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"data": "/no/such/folder"}, "does not exist"),
        ({"device": "mps"}, "'mps' does not work here"),
        ({"network": "classic", "batch_size": 1, "lr": 100.0}, "lower learning rate"),
    ],
)
def test_what_goes_wrong_is_a_sentence(
    settings: Settings, change: dict[str, object], sentence: str
):
    import torch

    if change.get("device") == "mps" and torch.backends.mps.is_available():
        pytest.skip("it works here")
    mailbox = Mailbox()
    session = Session(replace(settings, **change), mailbox)  # type: ignore[arg-type]
    session.start()
    session.run()
    mail = mailbox.drain()
    assert mail.status is not None and mail.status.state == "failed" and mail.status.is_final
    assert sentence in mail.status.message and "\n" not in mail.status.message
    if mail.losses:
        assert np.isfinite(mail.losses).all()
        assert mail.kernels is not None and np.isfinite(mail.kernels[0].values).all()


def test_a_fault_of_ours_ends_the_thread_with_a_sentence_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(self: Run) -> None:
        raise KeyError("two\nlines")

    monkeypatch.setattr(Run, "kernels", broken)
    session = Session(settings, mailbox := Mailbox())
    session.run()
    status = mailbox.drain().status
    assert status is not None and status.state == "failed"
    assert "KeyError" in status.message and "\n" not in status.message
    assert "Traceback" in caplog.text


def last_status(session: Session, mailbox: Mailbox) -> Status:
    session.start()
    session.run()
    status = mailbox.drain().status
    assert status is not None
    return status


def test_a_run_that_was_at_its_end_tells_no_share(settings: Settings, digits: Digits):
    run = Run(settings, digits, torch.device("cpu"))
    list(run)
    mailbox = Mailbox(run.step)
    status = last_status(Session(settings, mailbox, start=run.checkpoint()), mailbox)
    assert status.state == "finished"
    assert status.message == "The run is at its end already; choose more epochs to go on."


@pytest.mark.parametrize("method", ["kernels", "checkpoint", "gradient_norms"])
def test_a_device_that_fails_where_somebody_looks_is_told_with_a_remedy(
    settings: Settings,
    method: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    def broken(run: Run) -> None:
        run.device = torch.device("cuda:0")
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(Run, method, broken)
    status = last_status(Session(settings, mailbox := Mailbox()), mailbox)
    assert status.state == "failed"
    assert status.message == (
        "cuda:0 stopped working (CUDA error: unspecified launch failure); start CNN "
        "Explorer again, or choose the CPU."
    )
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("is_paused", [True, False])
def test_a_network_that_does_not_fit_into_memory_is_told_at_once(
    settings: Settings, is_paused: bool, monkeypatch: pytest.MonkeyPatch
):
    def too_large(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(optimizers, "build", too_large)
    session = Session(settings, mailbox := Mailbox())
    if not is_paused:
        session.start()
    session.run()
    status = mailbox.drain().status
    assert status is not None and status.state == "failed"
    assert status.message == (
        "The memory of cpu is used up; close other programs, or choose a smaller network."
    )


@pytest.mark.parametrize("method", ["kernels", "checkpoint", "answer"])
def test_whoever_commands_does_not_wait_for_the_work(
    settings: Settings, method: str, monkeypatch: pytest.MonkeyPatch
):
    is_at_work, may_go_on = threading.Event(), threading.Event()
    plain = getattr(Run, method)

    def slow(run: Run, *arguments: object) -> object:
        is_at_work.set()
        may_go_on.wait(PATIENCE)
        return plain(run, *arguments)

    monkeypatch.setattr(Run, method, slow)
    session = Session(settings, Mailbox())
    picture = np.zeros((28, 28), np.uint8)
    session.look_at(picture)

    def command() -> None:
        session.look_at(picture)
        session.pause()
        session.stop()

    working, commanding = (threading.Thread(target=work) for work in (session.run, command))
    working.start()
    try:
        assert is_at_work.wait(PATIENCE)
        commanding.start()
        commanding.join(5)
        assert not commanding.is_alive()
    finally:
        may_go_on.set()
        working.join(PATIENCE)
    assert not working.is_alive()
