"""The modules of a network are torch's: names, order, defaults, and what they refuse."""

import dataclasses
import inspect
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import (
    MODULES,
    OPERATIONS,
    BatchNorm2d,
    Dropout,
    Dropout2d,
    Flatten,
    GroupNorm,
    LayerError,
    LeakyReLU,
    Linear,
    Module,
    Parameter,
    Softmax,
)
from explorer.core.layers.module import LARGEST
from tests.core.any_layers import any_modules

NAMED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
"""What torch has after a star is younger than some torch that will do."""


def smallest(kind: type[Module]) -> Module:
    return kind(**kind.beginning)


@pytest.mark.parametrize("name", MODULES)
def test_fields_are_the_parameters_of_torch(name: str) -> None:
    signature = inspect.signature(getattr(torch.nn, name)).parameters
    expected = [
        p for p in signature.values() if p.name not in ("device", "dtype") and p.kind in NAMED
    ]
    fields = dataclasses.fields(MODULES[name])
    assert [f.name for f in fields] == [p.name for p in expected]
    for about, field, theirs in zip(MODULES[name].parameters(), fields, expected, strict=True):
        required = field.default is dataclasses.MISSING
        assert required == (theirs.default is inspect.Parameter.empty)
        assert required == (field.name in MODULES[name].beginning) or not required
        if not required:
            pair = about.kind == "pair" and theirs.default is not None
            assert field.default == ((theirs.default,) * 2 if pair else theirs.default)


@pytest.mark.parametrize("kind", MODULES.values())
def test_every_module_has_a_name_and_every_parameter_explains_itself(kind: type[Module]) -> None:
    assert kind.short.isidentifier()
    assert smallest(kind) == kind.starting_from({})
    for about in kind.parameters():
        assert str(about.label)
        assert str(about.help).endswith(".")
        assert about.minimum < about.maximum
        assert bool(about.choices) == (about.kind == "choice")


ILLEGAL: dict[str, list[Any]] = {
    "flag": [0, 1, None, "True", 0.0],
    "choice": ["mirror", "", None, 1, ("zeros",)],
    "channels": [0, -1, True, 1.0, "1", None, (1,), LARGEST + 1, 10**100],
    "number": [1.0, "1", True, (1,), LARGEST + 1, -(10**100)],
    "decimal": [0, -1, True, "1", None, float("inf"), float("nan"), 1e-40, LARGEST + 1],
    "real": [-0.5, True, "1", None, float("inf"), float("nan"), 10**400, (1.0,)],
    "share": [-0.1, 1.1, True, "1", None, float("inf"), float("nan"), 10**400, -(10**400)],
    "pair": ["some", (1,), (1, 2, 3), 1.0, (1, 2.0), (True, 1), (1, "1"), (-1, 1), -1, [2, 2]],
}


@pytest.mark.parametrize("kind", MODULES.values())
def test_illegal_values_are_refused_in_a_sentence(kind: type[Module]) -> None:
    for about in kind.parameters():
        refused = [value for value in ILLEGAL[about.kind] if not allowed(about, value)]
        assert refused
        for value in refused:
            with pytest.raises(LayerError, match=rf"^{about.name} must .*\.$"):
                smallest(kind).with_(**{about.name: value})


def allowed(about: Parameter, value: Any) -> bool:
    return value is None and about.optional is not None


@given(any_modules())
def test_torch_makes_every_module(layer: Module) -> None:
    try:
        made = layer.as_torch()
    except ValueError:  # groups that do not divide, or padding='same' with a stride
        assert layer.shape_problem((getattr(layer, "in_channels", 1), 30, 30)) is not None
        return
    assert type(made).__name__ == type(layer).__name__
    shapes = {name: tuple(tensor.shape) for name, tensor in made.state_dict().items()}
    expected = {**layer.weight_shapes(), **layer.buffer_shapes()}
    assert shapes == expected and list(shapes) == list(expected)
    assert not getattr(made, "inplace", False) and not getattr(made, "return_indices", False)


@given(any_modules(), st.data())
def test_another_kind_takes_over_what_it_can(layer: Module, data: st.DataObject) -> None:
    kept = {about.name: getattr(layer, about.name) for about in layer.parameters()}
    assert type(layer).starting_from(kept) == layer
    other = data.draw(st.sampled_from([*MODULES.values()])).starting_from(kept)
    for about in other.parameters():
        if about.name in kept and getattr(other, about.name) != kept[about.name]:
            with pytest.raises(LayerError):
                about.checked(kept[about.name])


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (Linear(320, 10), (10, 4, 4), "one row of 160 numbers"),
        (Linear(320, 10), (160,), "weights for 320 numbers, and gets 160"),
        (Linear(4, 10), (10, 4, 4), ""),
        (Flatten(0), (10, 4, 4), "Axis 0 is the batch"),
        (Flatten(-3), (10, 4), "Axis 0 is the batch"),
        (Flatten(3, 1), (10, 4, 4), "do not name two of the 4 axes in order"),
        (Flatten(2), (10,), "do not name two of the 2 axes in order"),
        (Flatten(), (10,), ""),
        (BatchNorm2d(3), (12,), "works on maps"),
        (BatchNorm2d(3), (4, 2, 2), "statistics for 3 channels, and the input has 4"),
        (BatchNorm2d(4, eps=0), (4, 2, 2), "divided by 0"),
        (BatchNorm2d(4, track_running_stats=False), (4, 1, 1), "a single number"),
        (BatchNorm2d(4, track_running_stats=False), (4, 1, 2), ""),
        (BatchNorm2d(4), (4, 1, 1), ""),
        (GroupNorm(3, 4), (4, 2, 2), "num_channels=4 cannot be split into 3 groups"),
        (GroupNorm(2, 4), (6, 2, 2), "factors for 4 channels, and the input has 6"),
        (GroupNorm(2, 4, affine=False), (6, 2, 2), ""),
        (GroupNorm(2, 4, affine=False), (5, 2, 2), "5 channels of the input cannot be split"),
        (GroupNorm(2, 4, eps=0), (4, 2, 2), "divided by 0"),
        (GroupNorm(4, 4), (4, 1, 1), "a single number: fewer groups"),
        (GroupNorm(2, 4), (4, 1, 1), ""),
        (GroupNorm(2, 4), (4, 3), ""),
        (GroupNorm(2, 4), (4,), ""),
        (Dropout2d(), (12,), "use Dropout"),
        (Dropout2d(), (4, 2, 2), ""),
        (Dropout(), (12,), ""),
        (Softmax(0), (12,), "dim=0 is the batch"),
        (Softmax(-2), (12,), "dim=-2 is the batch"),
        (Softmax(), (3, 12), "dim=0 is the batch"),
        (Softmax(), (12,), ""),
        (Softmax(), (3, 4, 4), ""),
        (Softmax(2), (12,), "dim=2 is out of range: the input has 2 axes"),
        (LeakyReLU(), (3, 12), ""),
    ],
)
def test_what_a_module_says_of_an_input(layer: Module, shape: tuple[int, ...], words: str) -> None:
    problem = layer.shape_problem(shape)
    assert (problem is None) == (not words)
    assert words in str(problem)


def test_operations_are_modules_and_come_first() -> None:
    assert list(MODULES)[: len(OPERATIONS)] == list(OPERATIONS)
