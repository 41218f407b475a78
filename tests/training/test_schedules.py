"""The schedules against those of torch."""

import math
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler

from explorer.training.schedules import DROP, DROPS, WARM_UP, factor
from explorer.training.settings import SCHEDULES


def by_torch(schedule: str, total: int, per_epoch: int) -> list[float]:
    """Return what torch makes of a learning rate of 1 before each step."""
    parameter = torch.nn.Parameter(torch.zeros(()))
    optimizer = torch.optim.SGD([parameter], lr=1.0)
    scheduler: Any = lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
    if schedule == "step":
        part = math.ceil(math.ceil(total / per_epoch) / DROPS)
        scheduler = lr_scheduler.StepLR(optimizer, part * per_epoch, DROP)
    elif schedule == "cosine":
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, total)
    elif schedule == "one_cycle":
        scheduler = lr_scheduler.OneCycleLR(optimizer, 1.0, total, pct_start=WARM_UP)
    found = []
    for _ in range(total):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(("epochs", "per_epoch"), [(10, 7), (3, 1), (1, 40), (7, 3), (100, 2)])
def test_each_step_has_the_learning_rate_of_torch(schedule: str, epochs: int, per_epoch: int):
    total = epochs * per_epoch
    found = [factor(schedule, step, total, per_epoch) for step in range(total)]
    assert found == pytest.approx(by_torch(schedule, total, per_epoch), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 3, 4])
def test_the_shortest_runs_have_one_too(schedule: str, total: int):
    for step in range(total):
        assert 0 < factor(schedule, step, total, 1) <= 1
