"""A run that goes on from a moment of another, and what can be changed in the middle of one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import CheckpointError, SettingsError
from explorer.training.events import Change, Evaluated, Event, Step
from explorer.training.settings import OPTIMIZERS, Settings

CPU = torch.device("cpu")
PLAIN = Settings(device="cpu", epochs=3, lr=0.05, momentum=0.9, seed=2)
HARDEST = replace(
    PLAIN,
    dropout=0.3,
    augmentation=Augmentation(shift=2, rotate=10, noise=0.1),
    schedule="one_cycle",
)


def losses(events: list[Event]) -> list[float]:
    return [loss for event in events if isinstance(event, Step) for loss in event.losses]


def epochs(events: list[Event]) -> list[Evaluated]:
    """Return the epochs without their times."""
    return [
        replace(event, seconds=0, images_per_second=0)
        for event in events
        if isinstance(event, Evaluated)
    ]


@pytest.mark.parametrize("stop_at", [0, 4, 5, 14])
@pytest.mark.parametrize(
    "settings",
    [PLAIN, *(replace(HARDEST, optimizer=optimizer) for optimizer in OPTIMIZERS)],
    ids=["plain", *OPTIMIZERS],
)
def test_a_run_goes_on_to_the_bit(settings: Settings, stop_at: int, digits: Digits):
    whole = list(Run(settings, digits, CPU))
    first = Run(settings, digits, CPU)
    iterator = iter(first)
    before: list[Event] = []
    while first.step < stop_at:
        before.append(next(iterator))
    start = first.checkpoint()
    assert start.step == stop_at
    after = list(Run(settings, digits, CPU, start))
    assert losses(before) + losses(after) == losses(whole)
    assert epochs(before) + epochs(after) == epochs(whole)


def test_weights_end_the_same_wherever_a_run_was_cut(digits: Digits):
    whole = Run(HARDEST, digits, CPU)
    list(whole)
    cut = Run(HARDEST, digits, CPU)
    for _ in itertools.islice(cut, 9):
        pass
    rest = Run(HARDEST, digits, CPU, cut.checkpoint())
    list(rest)
    for name, array in whole.checkpoint().weights.items():
        assert np.array_equal(array, rest.checkpoint().weights[name])


def test_a_moment_is_a_copy(digits: Digits):
    run = Run(PLAIN, digits, CPU)
    events = iter(run)
    next(events)
    moment = run.checkpoint()
    kept = {name: array.copy() for name, array in moment.weights.items()}
    next(events)
    assert all(np.array_equal(moment.weights[name], kept[name]) for name in kept)
    assert moment.nbytes == 2 * 8_490 * 4


def test_fine_tuning_takes_the_weights_and_a_new_last_layer(digits: Digits):
    trained = Run(PLAIN, digits, CPU)
    list(trained)
    start = trained.checkpoint().weights_alone()
    body = {name: array for name, array in start.weights.items() if not name.startswith("fc")}
    run = Run(replace(PLAIN, seed=9), digits, CPU, replace(start, weights=body, lr=0.01))
    fresh = Run(replace(PLAIN, seed=9), digits, CPU)
    weights = run.checkpoint().weights
    assert np.array_equal(weights["conv1.weight"], start.weights["conv1.weight"])
    assert np.array_equal(weights["fc.weight"], fresh.checkpoint().weights["fc.weight"])
    assert run.step == 0 and run.lr == 0.01


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        (Checkpoint(0, {"fc9.weight": np.zeros((10, 50), np.float32)}), "choose the network"),
        (Checkpoint(0, {"fc.weight": np.zeros((10, 50), np.float32)}), "choose the network"),
        (Checkpoint(99, {}), "choose more epochs"),
        (Checkpoint(-1, {}), "choose more epochs"),
        (Checkpoint(0, {}, {"momentum/fc.bias": np.zeros(3)}), "go on from the weights alone"),
    ],
)
def test_what_does_not_belong_to_the_run_is_refused(
    start: Checkpoint, sentence: str, digits: Digits
):
    with pytest.raises(CheckpointError, match=sentence):
        Run(PLAIN, digits, CPU, start)


def test_frozen_layers_stay_as_they_are_and_can_thaw(digits: Digits):
    run = Run(PLAIN, digits, CPU)
    run.frozen = frozenset({"conv1", "fc"})
    events = iter(run)
    before = run.checkpoint().weights
    next(events)
    after = run.checkpoint().weights
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert moved == {"conv2.weight", "conv2.bias"}
    norms = dict(run.gradient_norms().norms)
    assert norms["conv1"] == norms["fc"] == 0 and norms["conv2"] > 0
    run.frozen = frozenset()
    next(events)
    last = run.checkpoint().weights
    assert not any(np.array_equal(after[name], last[name]) for name in after)
    assert run.changes == [
        Change(0, "frozen", ("conv1", "fc")),
        Change(1, "frozen", ()),
    ]


def test_with_every_layer_frozen_nothing_is_learned(digits: Digits):
    run = Run(replace(PLAIN, epochs=1), digits, CPU)
    run.frozen = frozenset({"conv1", "conv2", "fc"})
    before = run.checkpoint().weights
    events = list(run)
    assert all(np.array_equal(before[name], a) for name, a in run.checkpoint().weights.items())
    assert len(losses(events)) == 5 and isinstance(events[-1], Evaluated)


def test_only_layers_with_weights_can_be_frozen(digits: Digits):
    run = Run(PLAIN, digits, CPU)
    with pytest.raises(SettingsError, match=r"no layer .relu1. to freeze; .* conv1, conv2, fc"):
        run.frozen = frozenset({"relu1"})
    assert run.frozen == frozenset() and run.changes == []


def test_every_change_is_noted_once(digits: Digits):
    run = Run(PLAIN, digits, CPU)
    events = iter(run)
    next(events)
    run.lr = 0.05
    run.lr = 0.02
    run.momentum = 0.5
    next(events)
    run.weight_decay = 0.001
    assert run.changes == [
        Change(1, "lr", 0.02),
        Change(1, "momentum", 0.5),
        Change(2, "weight_decay", 0.001),
    ]


def test_the_norms_are_those_of_autograd(digits: Digits):
    run = Run(PLAIN, digits, CPU)
    next(iter(run))
    gradients = {
        name: torch.cat([p.grad.flatten() for p in layer.parameters() if p.grad is not None])
        for name, layer in run.network.named_children()
        if list(layer.parameters())
    }
    norms = run.gradient_norms()
    assert norms.step == 1 and [name for name, _ in norms.norms] == ["conv1", "conv2", "fc"]
    for name, norm in norms.norms:
        assert norm == pytest.approx(gradients[name].double().norm().item(), rel=1e-5)


def test_augmentation_and_dropout_make_another_run_and_spare_the_test(digits: Digits):
    first_losses = {
        losses(list(itertools.islice(Run(settings, digits, CPU), 1)))[0]
        for settings in (
            PLAIN,
            replace(PLAIN, dropout=0.5),
            replace(PLAIN, augmentation=Augmentation(shift=3)),
        )
    }
    assert len(first_losses) == 3
    frozen = replace(HARDEST, epochs=2)
    run = Run(frozen, digits, CPU)
    run.frozen = frozenset({"conv1", "conv2", "fc"})
    one, two = (e for e in run if isinstance(e, Evaluated))
    assert one.test_loss == two.test_loss and one.train_loss != two.train_loss
