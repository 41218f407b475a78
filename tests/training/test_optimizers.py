"""Steps of the optimizers against the classes of torch."""

from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.training.optimizers import Rates, build
from explorer.training.settings import OPTIMIZERS


def by_torch(name: str, parameters: list[Tensor], rates: Rates) -> Any:
    common: dict[str, Any] = {"lr": rates.lr, "weight_decay": rates.weight_decay}
    if name in ("sgd", "nesterov"):
        nesterov = name == "nesterov" and rates.momentum > 0
        return torch.optim.SGD(parameters, momentum=rates.momentum, nesterov=nesterov, **common)
    kind = torch.optim.AdamW if name == "adamw" else torch.optim.Adam
    return kind(parameters, **common)


def fresh() -> list[Tensor]:
    torch.manual_seed(0)
    return [torch.randn(shape, requires_grad=True) for shape in ((4, 3), (5,))]


def with_gradients(parameters: list[Tensor], step: int) -> None:
    torch.manual_seed(step)
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_each_step_is_that_of_torch(name: str, weight_decay: float, momentum: float):
    rates = Rates(0.05, momentum, weight_decay)
    ours, theirs = fresh(), fresh()
    optimizer, oracle = build(name, ours), by_torch(name, theirs, rates)
    for step in range(6):
        rates = Rates(rates.lr * 0.9, momentum, weight_decay)
        oracle.param_groups[0]["lr"] = rates.lr
        for parameters in (ours, theirs):
            with_gradients(parameters, step)
        optimizer.descend(rates)
        oracle.step()
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_has_no_gradient_stays_and_comes_back_later(name: str):
    rates = Rates(0.05, 0.9, 0.1)
    parameters = fresh()
    optimizer = build(name, parameters)
    for step in range(4):
        with_gradients(parameters, step)
        before = [parameter.detach().clone() for parameter in parameters]
        if step < 2:
            parameters[0].grad = None
        optimizer.descend(rates)
        assert torch.equal(parameters[0], before[0]) == (step < 2)
        assert not torch.equal(parameters[1], before[1])


def test_there_are_no_others():
    with pytest.raises(ValueError, match="rprop"):
        build("rprop", fresh())
