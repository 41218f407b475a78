"""The line of PyTorch makes the same layer, and the snippet runs as it stands."""

import ast
import contextlib
import dataclasses
import io
import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import evaluate
from explorer.core.layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LPPool2d,
    MaxPool2d,
)
from explorer.core.reader import read
from explorer.core.source import runnable, source
from tests.core.any_layers import any_layers
from tests.core.strategies import Case, cases, module, numbers, torch_output

POSITIONAL = {"in_channels", "out_channels", "output_size", "norm_type"}


def run_here(snippet: str) -> tuple[dict[str, Any], str]:
    """Return what a snippet leaves behind and what it prints."""
    left: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(snippet, left)
    return left, printed.getvalue()


def settings_of(made: torch.nn.Module, layer: Layer) -> dict[str, Any]:
    """Return what torch's module keeps of its parameters, single numbers as pairs."""
    kept: dict[str, Any] = {}
    for about in layer.parameters():
        value = getattr(made, about.name)
        if about.name == "bias":
            value = value is not None
        if about.kind == "pair" and isinstance(value, int):
            value = (value, value)
        kept[about.name] = value
    return kept


@given(any_layers())
def test_the_line_makes_the_same_module(layer: Layer) -> None:
    try:
        expected = module(layer)
    except ValueError as refusal:  # groups that do not divide, or padding='same' with a stride
        with pytest.raises(ValueError, match=re.escape(str(refusal))):
            eval(source(layer), {"nn": torch.nn})
        return
    made = eval(source(layer), {"nn": torch.nn})
    assert type(made) is type(expected)
    assert settings_of(made, layer) == settings_of(expected, layer)


@given(any_layers())
def test_the_line_is_read_back(layer: Layer) -> None:
    assert read(source(layer)) == layer


@given(any_layers())
def test_the_line_leaves_out_what_is_the_default(layer: Layer) -> None:
    call = ast.parse(source(layer), mode="eval").body
    assert isinstance(call, ast.Call)
    named = [keyword.arg for keyword in call.keywords]
    expected = [
        field.name
        for field in dataclasses.fields(layer)
        if getattr(layer, field.name) != field.default and field.name not in POSITIONAL
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
        (Conv2d(1, 1, (2, 2), padding="same"), "nn.Conv2d(1, 1, kernel_size=2, padding='same')"),
        (
            ConvTranspose2d(1, 2, (3, 3), (2, 2), output_padding=(1, 1)),
            "nn.ConvTranspose2d(1, 2, kernel_size=3, stride=2, output_padding=1)",
        ),
        (AdaptiveAvgPool2d((1, 1)), "nn.AdaptiveAvgPool2d(1)"),
        (AdaptiveMaxPool2d((None, None)), "nn.AdaptiveMaxPool2d((None, None))"),
        (LPPool2d(2, (3, 3)), "nn.LPPool2d(2, kernel_size=3)"),
    ],
)
def test_lines_as_one_writes_them(layer: Layer, line: str) -> None:
    assert source(layer) == line


@given(cases(), st.integers(0, 2**32 - 1), st.integers(-30, 30), st.integers(1, 3))
def test_the_snippet_runs_with_the_same_weights(
    case: Case, seed: int, exponent: int, batch: int
) -> None:
    _, weight, bias = numbers(case, seed, exponent)
    shape = (batch, case.channels, *case.size)
    left, printed = run_here(runnable(case.layer, shape, weight, bias))
    expected = torch_output(case.layer, np.zeros(shape, np.float32), weight, bias)
    assert printed == f"{tuple(expected.shape)}\n"
    for name, values in (("weight", weight), ("bias", bias)):
        if values is not None:
            copied = getattr(left["layer"], name).detach()
            assert torch.equal(copied, torch.from_numpy(values))


def test_the_snippet_without_weights_runs_in_a_process_of_its_own() -> None:
    snippet = runnable(Conv2d(1, 10, (5, 5)), (1, 1, 28, 28))
    assert "copy_" not in snippet
    ran = subprocess.run(
        [sys.executable, "-"], input=snippet, capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "(1, 10, 24, 24)\n"


def test_the_snippet_of_a_pooling_that_also_tells_places() -> None:
    left, printed = run_here(runnable(MaxPool2d((2, 2), return_indices=True), (1, 1, 4, 4)))
    assert printed == "(1, 1, 2, 2)\n" and left["indices"].shape == (1, 1, 2, 2)


@pytest.mark.parametrize(
    "values",
    [[0.1, -0.0, 1 / 3, 1e-45], [float("inf"), float("-inf"), float("nan"), 3.4028235e38]],
)
def test_every_number_survives(values: list[float]) -> None:
    weight = np.array(values, np.float32).reshape(1, 1, 2, 2)
    left, _ = run_here(runnable(Conv2d(1, 1, (2, 2), bias=False), (1, 1, 2, 2), weight))
    copied = left["layer"].weight.detach().numpy()
    assert np.array_equal(copied, weight, equal_nan=True)
    assert np.array_equal(np.signbit(copied), np.signbit(weight))


@given(st.integers(0, 2**31 - 2**23 - 1), st.booleans())
def test_any_float32_survives(bits: int, negative: bool) -> None:
    value = np.array([bits], np.uint32).view(np.float32)
    weight = (-value if negative else value).reshape(1, 1, 1, 1)
    left, _ = run_here(runnable(Conv2d(1, 1, (1, 1)), (1, 1, 1, 1), weight))
    assert np.array_equal(left["layer"].weight.detach().numpy(), weight)


def test_how_the_snippet_looks() -> None:
    weight = np.arange(4, dtype=np.float32).reshape(1, 1, 2, 2)
    bias = np.array([0.5], np.float32)
    assert runnable(Conv2d(1, 1, (2, 2)), (1, 1, 5, 5), weight, bias) == (
        "import torch\n"
        "from torch import nn\n"
        "\n"
        "layer = nn.Conv2d(1, 1, kernel_size=2)\n"
        "with torch.no_grad():\n"
        "    layer.weight.copy_(torch.tensor([\n"
        "        [\n"
        "            [\n"
        "                [0.0, 1.0],\n"
        "                [2.0, 3.0],\n"
        "            ],\n"
        "        ],\n"
        "    ]))\n"
        "    layer.bias.copy_(torch.tensor([0.5]))\n"
        "\n"
        "x = torch.randn(1, 1, 5, 5)\n"
        "y = layer(x)\n"
        "print(tuple(y.shape))\n"
    )


@given(cases(), st.booleans())
def test_a_snippet_with_flipped_weights_computes_a_true_convolution(case: Case, flip: bool) -> None:
    layer = case.layer
    if layer.weight_shape is None:
        assert runnable(layer, (1, case.channels, *case.size), flip=True) == runnable(
            layer, (1, case.channels, *case.size)
        )
        return
    x, weight, bias = numbers(case, 7)
    assert weight is not None
    left, _ = run_here(runnable(layer, (1, *x.shape), weight, bias, flip=flip))
    turned = np.ascontiguousarray(weight[:, :, ::-1, ::-1]) if flip else weight
    expected = evaluate(layer, x, turned, bias).output
    assert expected is not None
    with torch.no_grad():
        found = left["layer"](torch.from_numpy(x)[None])[0].numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_flip_says_why() -> None:
    snippet = runnable(Conv2d(1, 1, (3, 3)), (1, 1, 5, 5), flip=True)
    assert "# A true convolution turns the kernel by half a turn; torch itself does not" in snippet
    assert run_here(snippet)[1] == "(1, 1, 3, 3)\n"
