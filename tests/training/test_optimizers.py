"""Steps of the optimizers against the classes of torch."""

from typing import Any

import pytest
import torch
from torch import Tensor

from explorer.training.errors import CheckpointError
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


def named(parameters: list[Tensor]) -> dict[str, Tensor]:
    return dict(zip(("a", "b"), parameters, strict=True))


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
    optimizer, oracle = build(name, named(ours)), by_torch(name, theirs, rates)
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
    optimizer = build(name, named(parameters))
    for step in range(4):
        with_gradients(parameters, step)
        before = [parameter.detach().clone() for parameter in parameters]
        if step < 2:
            parameters[0].grad = None
        optimizer.descend(rates)
        assert torch.equal(parameters[0], before[0]) == (step < 2)
        assert not torch.equal(parameters[1], before[1])


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_it_goes_on_from_its_moments_to_the_bit(name: str):
    rates = Rates(0.05, 0.9, 0.1)
    parameters = fresh()
    optimizer = build(name, named(parameters))
    for step in range(3):
        with_gradients(parameters, step)
        optimizer.descend(rates)
    copies = [parameter.detach().clone().requires_grad_() for parameter in parameters]
    other = build(name, named(copies))
    other.load({key: moment.clone() for key, moment in optimizer.moments().items()})
    for both, chosen in ((parameters, optimizer), (copies, other)):
        with_gradients(both, 3)
        chosen.descend(rates)
    assert all(torch.equal(one, same) for one, same in zip(parameters, copies, strict=True))


def test_moments_of_another_kind_are_passed_over_and_wrong_shapes_refused():
    sgd = build("sgd", named(fresh()))
    sgd.load({"mean/a": torch.ones(4, 3), "momentum/c": torch.ones(2)})
    assert all(not moment.any() for moment in sgd.moments().values())
    with pytest.raises(CheckpointError, match="momentum/a has the shape"):
        sgd.load({"momentum/a": torch.ones(3, 4)})


def test_there_are_no_others():
    with pytest.raises(ValueError, match="rprop"):
        build("rprop", named(fresh()))
