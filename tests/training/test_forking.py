from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.forking import continued, fine_tuned, forked, keeps_its_past
from explorer.training.rates import lr_at
from explorer.training.settings import SCHEDULES, Settings

OLD = Settings(device="cpu", epochs=2, lr=0.05, momentum=0.9)
PER_EPOCH = 5


@pytest.fixture(scope="module")
def trained(digits: Digits) -> list[Checkpoint]:
    """Every moment of a run of two epochs, by its step."""
    run = Run(OLD, digits, torch.device("cpu"))
    moments = {0: run.checkpoint()}
    for _ in run:
        moments[run.step] = run.checkpoint()
    return [moments[step] for step in range(11)]


def test_a_run_goes_on_as_it_was_and_after_its_end_for_as_long_again(trained: list[Checkpoint]):
    assert continued(OLD, trained[7], PER_EPOCH) == (OLD, trained[7])
    longer, start = continued(OLD, trained[10], PER_EPOCH)
    assert longer == replace(OLD, epochs=4) and start is trained[10]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_more_epochs_leave_the_past_alone_where_the_learning_rates_stay(schedule: str):
    old = replace(OLD, schedule=schedule)
    longer = replace(old, epochs=4)
    assert keeps_its_past(old, old)
    steps = range(1, 11)
    before = lr_at(old, [], steps, 10, PER_EPOCH)
    after = lr_at(longer, [], steps, 20, PER_EPOCH)
    assert keeps_its_past(old, longer) == np.array_equal(before, after)


def test_a_fork_goes_on_from_the_step_with_the_new_settings(
    trained: list[Checkpoint], digits: Digits
):
    new = replace(OLD, network="classic", lr=0.1, optimizer="adam", seed=5)
    settings, start = forked(OLD, new, trained[7], PER_EPOCH, frozenset({"conv1"}))
    assert settings == replace(new, network="compact")
    run = Run(settings, digits, torch.device("cpu"), start)
    assert (run.step, run.lr, run.frozen) == (7, 0.1, {"conv1"})
    next(iter(run))
    before, after = trained[7].weights, run.checkpoint().weights
    assert np.array_equal(before["conv1.weight"], after["conv1.weight"])
    assert not np.array_equal(before["fc.weight"], after["fc.weight"])


@pytest.mark.parametrize("change", [{"batch_size": 32}, {"data": "elsewhere"}])
def test_a_fork_with_other_batches_counts_anew(
    change: dict[str, object], trained: list[Checkpoint]
):
    settings, start = forked(OLD, replace(OLD, **change), trained[7], PER_EPOCH)  # type: ignore[arg-type]
    assert start.step == 0 and start.moments == {} and start.weights is trained[7].weights
    assert settings.epochs == 2


@pytest.mark.parametrize("optimizer", ["nesterov", "adam"])
def test_a_fork_with_another_kind_of_optimizer_leaves_the_old_numbers_behind(
    optimizer: str, trained: list[Checkpoint]
):
    _, start = forked(OLD, replace(OLD, optimizer=optimizer), trained[7], PER_EPOCH)
    kept = trained[7].moments.keys() if optimizer == "nesterov" else set()
    assert start.moments.keys() == kept


def test_a_fork_keeps_what_was_frozen_unless_told_otherwise(trained: list[Checkpoint]):
    moment = replace(trained[7], frozen=frozenset({"fc"}))
    assert forked(OLD, OLD, moment, PER_EPOCH)[1].frozen == {"fc"}
    assert forked(OLD, OLD, moment, PER_EPOCH, frozenset())[1].frozen == frozenset()


@pytest.mark.parametrize("new_head", [False, True])
def test_fine_tuning_begins_with_the_weights_at_step_0(
    new_head: bool, trained: list[Checkpoint], digits: Digits
):
    new = replace(OLD, lr=0.01, seed=3)
    settings, start = fine_tuned(new, trained[10], frozenset({"conv1"}), new_head=new_head)
    run = Run(settings, digits, torch.device("cpu"), start)
    weights = run.checkpoint().weights
    assert (run.step, run.lr, run.frozen) == (0, 0.01, {"conv1"})
    assert np.array_equal(weights["conv2.weight"], trained[10].weights["conv2.weight"])
    same_head = np.array_equal(weights["fc.weight"], trained[10].weights["fc.weight"])
    assert same_head != new_head
