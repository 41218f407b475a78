"""What torch refuses is a problem, and every repair is legal and the nearest of its kind."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given

from explorer.core.arithmetic import evaluate
from explorer.core.geometry import Pair, written
from explorer.core.layers import (
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LPPool2d,
    MaxPool2d,
    Softmax,
)
from explorer.core.repair import LARGEST_INPUT, Repair, problem
from tests.core.strategies import (
    SLIDING,
    Case,
    any_cases,
    numbers,
    torch_accepts,
    torch_refusal,
    unmade_cases,
)

BOTH_WAYS_BLOCKED = Case(MaxPool2d((3, 3), padding=(2, 2), dilation=(6, 6)), 1, (4, 4))
"""A smaller padding leaves the kernel too large, a larger kernel spans too much."""


def repairs(case: Case) -> tuple[Repair, ...]:
    found = problem(case.layer, case.size, case.channels)
    assume(found is not None)
    assert found is not None
    return found.repairs


def changes(case: Case, repair: Repair) -> dict[str, Any]:
    """Return the new value of every parameter that `repair` changes; ``input`` is the size."""
    changed: dict[str, Any] = {
        about.name: repair.layer.setting(about.name)
        for about in case.layer.parameters()
        if getattr(repair.layer, about.name) != getattr(case.layer, about.name)
    }
    return changed if repair.size == case.size else {**changed, "input": repair.size}


def distance(case: Case, changed: dict[str, Any]) -> int:
    """Return by how many steps of the sliders `changed` differs from `case`."""
    if "padding_mode" in changed:
        return 1
    now = {name: case.size if name == "input" else case.layer.setting(name) for name in changed}
    return sum(abs(a - b) for n in changed for a, b in zip(now[n], changed[n], strict=True))


def accepts(case: Case, changed: dict[str, Any]) -> bool:
    settings = {name: value for name, value in changed.items() if name != "input"}
    size = changed.get("input", case.size)
    return torch_accepts(case.layer.with_(**settings), case.channels, size)


def values(case: Case, name: str) -> list[Pair]:
    """Return everything to which `name` may be set: what the sliders reach."""
    lowest, highest = case.size, LARGEST_INPUT
    if name != "input":
        about = next(about for about in case.layer.parameters() if about.name == name)
        lowest, highest = (about.minimum, about.minimum), about.maximum
    return [(h, w) for h in range(lowest[0], highest + 1) for w in range(lowest[1], highest + 1)]


@given(any_cases(*SLIDING))
@example(Case(MaxPool2d((2, 2), padding=(2, 2), dilation=(4, 4)), 1, (1, 1)))
@example(Case(MaxPool2d((2, 2), padding=(1, 1), dilation=(4, 4)), 1, (3, 3)))  # sees padding only
@example(Case(AvgPool2d((5, 5), (2, 2), ceil_mode=True), 1, (4, 4)))  # larger than the input
@example(Case(Conv2d(1, 1, (1, 1), padding=(4, 4), padding_mode="circular"), 1, (4, 4)))
@example(Case(Conv2d(1, 1, (1, 1), padding=(4, 4), padding_mode="reflect"), 1, (4, 4)))
def test_a_problem_is_exactly_what_torch_refuses(case: Case) -> None:
    check_against_torch(case)


@given(unmade_cases())
@example(
    Case(Conv2d(1, 1, (3, 3), stride=(2, 2), padding="same", padding_mode="reflect"), 1, (5, 5))
)
@example(Case(ConvTranspose2d(2, 2, (3, 1), padding=(4, 0), groups=2), 2, (6, 6)))
@example(Case(ConvTranspose2d(2, 2, (3, 1), padding=(5, 0), groups=2), 2, (6, 6)))
@example(Case(ConvTranspose2d(1, 1, (5, 4), (2, 1), (3, 0), (1, 0)), 1, (1, 1)))
@example(Case(ConvTranspose2d(1, 1, (5, 4), (2, 1), (3, 0)), 1, (1, 1)))
def test_a_problem_is_also_what_torch_refuses_when_the_module_is_made(case: Case) -> None:
    check_against_torch(case)


def check_against_torch(case: Case) -> None:
    found = problem(case.layer, case.size, case.channels)
    refusal = torch_refusal(case.layer, case.channels, case.size)
    assert (found is None) == (refusal is None)
    evaluation = evaluate(case.layer, *numbers(case, seed=0))
    assert (found is None) == (evaluation.refusal is None) == (evaluation.output is not None)
    if found is not None:
        assert str(found.meaning).endswith(".")
        assert evaluation.refusal
        assert "\n" not in evaluation.refusal
        assert evaluation.refusal == refusal


ONLY_WIDER = Conv2d(1, 1, (1, 2), (1, 1), (0, 1), (1, 3), groups=2, padding_mode="reflect")
"""In space no parameter can do it alone, and a wider input leaves the groups as they are."""


@given(unmade_cases())
@example(Case(ONLY_WIDER, 1, (1, 1)))
def test_a_module_that_cannot_be_made_can_be_repaired_all_the_same(case: Case) -> None:
    for repair in repairs(case):
        changed = {
            about.name: getattr(repair.layer, about.name)
            for about in case.layer.parameters()
            if getattr(repair.layer, about.name) != getattr(case.layer, about.name)
        }
        assert torch_accepts(repair.layer, case.channels, repair.size)
        assert all(name in str(repair.label) for name in changed)
        assert (repair.size == case.size) == ("Make the input" not in str(repair.label))


@given(unmade_cases())
def test_an_input_that_follows_the_layer_has_always_the_right_channels(case: Case) -> None:
    found = problem(case.layer, case.size)
    asked = getattr(case.layer, "in_channels", 1)
    assert (found is None) == torch_accepts(case.layer, asked, case.size)
    assert found is None or found.repairs
    for repair in found.repairs if found is not None else ():
        assert problem(repair.layer, repair.size) is None


def test_a_dimension_that_is_not_there_becomes_the_channels() -> None:
    found = problem(Softmax(7), (2, 3), 4)
    assert found is not None and str(found.meaning).startswith("dim=7 is out of range")
    assert [(str(one.label), one.layer) for one in found.repairs] == [("Set dim to 1", Softmax(1))]


@given(any_cases(*SLIDING))
@example(BOTH_WAYS_BLOCKED)
def test_there_is_always_a_repair_and_the_smallest_comes_first(case: Case) -> None:
    found = repairs(case)
    assert found
    distances = [distance(case, changes(case, repair)) for repair in found]
    assert distances == sorted(distances)


@given(any_cases(*SLIDING))
@example(BOTH_WAYS_BLOCKED)
def test_a_repair_is_legal_and_names_what_it_changes(case: Case) -> None:
    for repair in repairs(case):
        changed = changes(case, repair)
        assert accepts(case, changed)
        pairs = {name: value for name, value in changed.items() if name != "padding_mode"}
        label = " and ".join(f"{name} to {written(value)}" for name, value in pairs.items())
        if "padding_mode" in changed:
            assert str(repair.label) == "Set padding_mode to zeros"
        elif "input" in changed:
            assert str(repair.label) == "Make the input {} × {}".format(*repair.size)
        else:
            assert str(repair.label) == f"Set {label}"


@given(any_cases(*SLIDING))
@example(BOTH_WAYS_BLOCKED)
def test_nothing_nearer_would_do(case: Case) -> None:
    for repair in repairs(case):
        changed = changes(case, repair)
        if "padding_mode" in changed:
            continue
        for combination in product(*(values(case, name) for name in changed)):
            nearer = dict(zip(changed, combination, strict=True))
            if distance(case, nearer) < distance(case, changed):
                assert not accepts(case, nearer)


@given(any_cases(*SLIDING))
@example(BOTH_WAYS_BLOCKED)
def test_what_is_not_offered_would_not_do(case: Case) -> None:
    offered = [list(changes(case, repair)) for repair in repairs(case)]
    names = [about.name for about in case.layer.parameters() if about.kind == "pair"]
    for name in names:
        if [name] not in offered:
            assert not any(accepts(case, {name: value}) for value in values(case, name))
    if ["input"] not in offered:
        assert not accepts(case, {"input": (LARGEST_INPUT, LARGEST_INPUT)})


@pytest.mark.parametrize(
    ("layer", "size", "labels"),
    [
        (
            Conv2d(1, 1, (5, 5)),
            (3, 3),
            ["Set padding to 1", "Set kernel_size to 3", "Make the input 5 × 5"],
        ),
        # The axis that fits stays as it is, also beyond what the sliders reach.
        (
            Conv2d(1, 1, (20, 9)),
            (40, 5),
            ["Set padding to (0, 2)", "Set kernel_size to (20, 5)", "Make the input 40 × 9"],
        ),
        (MaxPool2d((2, 2), padding=(2, 2)), (5, 5), ["Set padding to 1", "Set kernel_size to 4"]),
        (
            Conv2d(1, 1, (3, 3), padding=(4, 4), padding_mode="reflect"),
            (3, 3),
            ["Set padding_mode to zeros", "Set padding to 2", "Make the input 5 × 5"],
        ),
        (
            Conv2d(1, 1, (3, 3), padding=(4, 4), padding_mode="circular"),
            (3, 3),
            ["Set padding_mode to zeros", "Set padding to 3", "Make the input 4 × 4"],
        ),
        (
            Conv2d(1, 1, (4, 3), stride=(2, 1), padding="same"),
            (9, 9),
            ["Set padding to 1", "Set stride to 1"],
        ),
        (Conv2d(4, 6, (3, 3), groups=3), (9, 9), ["Set groups to 2", "Set in_channels to 3"]),
        (
            Conv2d(4, 5, (3, 3), groups=2),
            (2, 9),
            [
                "Set groups to 1 and kernel_size to (2, 3)",
                "Set out_channels to 4 and kernel_size to (2, 3)",
            ],
        ),
        (
            ConvTranspose2d(1, 1, (3, 3), (2, 2), output_padding=(2, 2)),
            (4, 4),
            ["Set stride to 3", "Set output_padding to 1", "Set dilation to 3"],
        ),
        (
            ConvTranspose2d(1, 1, (3, 3), padding=(2, 2)),
            (2, 2),
            [
                "Set kernel_size to 4",
                "Set stride to 2",
                "Set padding to 1",
                "Set dilation to 2",
                "Make the input 3 × 3",
            ],
        ),
        (LPPool2d(2, (6, 6)), (4, 4), ["Set kernel_size to 4", "Make the input 6 × 6"]),
        (
            BOTH_WAYS_BLOCKED.layer,
            BOTH_WAYS_BLOCKED.size,
            ["Set kernel_size to 1 and padding to 0"],
        ),
    ],
)
def test_repairs_as_they_are_offered(layer: Layer, size: Pair, labels: list[str]) -> None:
    found = problem(layer, size)
    assert found is not None
    assert [str(repair.label) for repair in found.repairs] == labels


@pytest.mark.parametrize(
    ("layer", "channels", "labels"),
    [
        (Conv2d(2, 4, (1, 1)), 3, ["Set in_channels to 3"]),
        (Conv2d(2, 4, (1, 1), groups=2), 3, ["Set groups to 1 and in_channels to 3"]),
        (Conv2d(4, 4, (1, 1), groups=3), 4, ["Set groups to 2"]),
        (
            ConvTranspose2d(4, 4, (1, 1), groups=2, padding=(1, 0), output_padding=(1, 0)),
            3,
            ["Set groups=1, in_channels=3, stride=(2, 1)"],
        ),
    ],
)
def test_channels_that_do_not_fit_are_repaired_for_the_input_as_it_is(
    layer: Layer, channels: int, labels: list[str]
) -> None:
    found = problem(layer, (4, 4), channels)
    assert found is not None
    assert [str(repair.label) for repair in found.repairs] == labels
    for repair in found.repairs:
        assert torch_accepts(repair.layer, channels, (4, 4))


def test_the_channels_that_are_missing_are_named_by_torch_too() -> None:
    layer = Conv2d(2, 1, (1, 1), bias=False)
    x, weight = np.zeros((3, 4, 4), np.float32), np.zeros((1, 2, 1, 1), np.float32)
    refusal = evaluate(layer, x, weight, None).refusal
    assert refusal is not None
    assert "to have 2 channels, but got 3 channels" in refusal
    found = problem(layer, (4, 4), 3)
    assert found is not None
    assert "2 input channels" in str(found.meaning) and "has 3" in str(found.meaning)
