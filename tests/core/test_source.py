"""The line of PyTorch makes the same layer."""

import ast
import dataclasses
from typing import Any

import pytest
import torch
from hypothesis import given

from explorer.core.layers import AvgPool2d, Conv2d, Layer, MaxPool2d
from explorer.core.source import source
from tests.core.strategies import Case, any_cases


@given(any_cases())
def test_the_line_makes_the_same_module(case: Case) -> None:
    layer = case.layer
    made = eval(source(layer), {"nn": torch.nn})
    assert type(made) is getattr(torch.nn, type(layer).__name__)
    for about in layer.parameters():
        theirs: Any = getattr(made, about.name)
        if about.name == "bias":
            theirs = theirs is not None
        if about.kind == "pair" and isinstance(theirs, int):
            theirs = (theirs, theirs)
        assert theirs == layer.setting(about.name)


@given(any_cases())
def test_the_line_leaves_out_what_is_the_default(case: Case) -> None:
    call = ast.parse(source(case.layer), mode="eval").body
    assert isinstance(call, ast.Call)
    named = [keyword.arg for keyword in call.keywords]
    expected = [
        field.name
        for field in dataclasses.fields(case.layer)
        if getattr(case.layer, field.name) != field.default and "channels" not in field.name
    ]
    assert named == expected


@pytest.mark.parametrize(
    ("layer", "line"),
    [
        (Conv2d(1, 10, (5, 5)), "nn.Conv2d(1, 10, kernel_size=5)"),
        (
            Conv2d(2, 4, (3, 1), (2, 2), groups=2, padding_mode="reflect"),
            "nn.Conv2d(2, 4, kernel_size=(3, 1), stride=2, groups=2, padding_mode='reflect')",
        ),
        (Conv2d(1, 1, (3, 3), bias=False), "nn.Conv2d(1, 1, kernel_size=3, bias=False)"),
        (MaxPool2d((2, 2)), "nn.MaxPool2d(kernel_size=2)"),
        (
            AvgPool2d((3, 3), (1, 2), divisor_override=4),
            "nn.AvgPool2d(kernel_size=3, stride=(1, 2), divisor_override=4)",
        ),
    ],
)
def test_lines_as_one_writes_them(layer: Layer, line: str) -> None:
    assert source(layer) == line
