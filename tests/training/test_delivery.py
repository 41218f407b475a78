"""What reaches the mailbox where losses are read now and then, as on an accelerator."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training import delivery as delivery_module
from explorer.training.checkpoints import EARLY_SHARE
from explorer.training.delivery import Delivery
from explorer.training.engine import Run
from explorer.training.events import Evaluated, Failed
from explorer.training.history import History
from explorer.training.mailbox import Mailbox
from explorer.training.settings import Settings

CPU = torch.device("cpu")
SETTINGS = Settings(device="cpu", epochs=2, batch_size=32)
"""Ten steps an epoch."""


def seldom_read(settings: Settings, digits: Digits) -> Run:
    run = Run(settings, digits, CPU)
    run._read_interval = math.inf
    return run


def all_losses(settings: Settings, digits: Digits) -> list[float]:
    return [loss for event in Run(settings, digits, CPU) for loss in getattr(event, "losses", ())]


def test_a_run_that_rests_has_told_all_its_losses(digits: Digits):
    run, mailbox = seldom_read(SETTINGS, digits), Mailbox()
    delivery, history = Delivery(run, mailbox), History()
    for event in itertools.islice(run, 7):
        delivery.take(event)
    delivery.keep_last()
    history.add(mailbox.drain())
    assert history.last_step == history.checkpoints.steps[-1] == run.step == 7


def test_no_loss_is_told_twice_and_every_moment_lies_within_the_history(digits: Digits):
    run, mailbox = seldom_read(SETTINGS, digits), Mailbox()
    delivery, history = Delivery(run, mailbox), History()
    means: list[float] = []
    for event in run:
        delivery.take(event)
        if run.step % 3 == 0:
            delivery.keep_last()
        history.add(mailbox.drain())
        assert not history.checkpoints.steps or history.checkpoints.steps[-1] <= history.last_step
        if isinstance(event, Evaluated):
            means.append(event.train_loss)
    losses = all_losses(SETTINGS, digits)
    assert history.losses.tolist() == losses
    assert means[0] == pytest.approx(np.average(losses[:10], weights=[32] * 9 + [12]))


def test_most_moments_are_kept_where_most_is_learned(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(delivery_module, "CHECKPOINT_INTERVAL", math.inf)
    run, mailbox = Run(replace(SETTINGS, batch_size=4, epochs=1), digits, CPU), Mailbox()
    delivery, history = Delivery(run, mailbox), History()
    for event in run:
        delivery.take(event)
    history.add(mailbox.drain())
    steps = history.checkpoints.steps
    assert steps[:33] == (*range(1, 32), 33, 35) and steps[-1] == run.step == 75
    gaps = np.diff(steps)
    assert all(gaps <= np.maximum(1, np.array(steps[1:]) // EARLY_SHARE))
    assert len(steps) < 60


def test_of_a_run_that_has_diverged_only_the_good_losses_and_moments_are_told(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(delivery_module, "EARLY_SHARE", 1 / 10**6)  # a moment reads the losses
    settings = Settings("classic", device="cpu", batch_size=1, lr=100)
    good = all_losses(settings, digits)
    run, mailbox = seldom_read(settings, digits), Mailbox()
    delivery, history = Delivery(run, mailbox), History()
    events = iter(run)
    for event in itertools.islice(events, len(good) + 2):
        delivery.take(event)
    delivery.keep_last()
    history.add(mailbox.drain())
    assert history.losses.tolist() == good
    assert all(step <= len(good) for step in history.checkpoints.steps)
    last = next(events)
    assert isinstance(last, Failed) and last.step == run.step == len(good)
    assert "lower learning rate" in last.reason
