"""Random layers, inputs and weights, and the torch modules made from the same parameters."""

import dataclasses
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from explorer.core.geometry import PADDING_MODES, Pair
from explorer.core.layers import (
    ELU,
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    Array,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LeakyReLU,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)

SIDES = st.integers(1, 12)
SIZES = st.tuples(SIDES, SIDES)
CHANNELS = st.integers(1, 4)


@dataclass(frozen=True)
class Case:
    """A layer and the (C, H, W) of an input for it."""

    layer: Layer
    channels: int
    size: Pair


def module(layer: Layer, weight: Array | None = None, bias: Array | None = None) -> torch.nn.Module:
    """Return torch's own module with the parameters of `layer`."""
    arguments = {field.name: getattr(layer, field.name) for field in dataclasses.fields(layer)}
    made: torch.nn.Module = getattr(torch.nn, type(layer).__name__)(**arguments)
    with torch.no_grad():
        for name, values in (("weight", weight), ("bias", bias)):
            if values is not None:
                getattr(made, name).copy_(torch.from_numpy(values))
    return made


@contextmanager
def without_advice() -> Iterator[None]:
    """Do not hear that 'same' with an even kernel takes another copy, which torch says once."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Using padding='same'")
        yield


def torch_output(
    layer: Layer, x: Array, weight: Array | None = None, bias: Array | None = None
) -> torch.Tensor:
    """Return what torch's module makes of a batch `x` of shape (N, C, H, W)."""
    with torch.no_grad(), without_advice():
        made = module(layer, weight, bias)(torch.tensor(x))  # a copy, for what works in place
    output: torch.Tensor = made[0] if isinstance(made, tuple) else made
    return output


def torch_refusal(layer: Layer, channels: int, size: Pair) -> str | None:
    """Return what torch's module says against an input, or None when it takes it.

    Transposed convolutions are asked in float64, which oneDNN does not know: with groups or a large
    kernel it lets an empty output pass, and refuses less than that in riddles. No other does.
    """
    dtype = torch.float64 if isinstance(layer, ConvTranspose2d) else torch.float32
    try:
        with torch.no_grad(), without_advice():
            made = module(layer).to(dtype)(torch.zeros((1, channels, *size), dtype=dtype))
    except (RuntimeError, ValueError, NotImplementedError) as refusal:
        return str(refusal).split("\n", 1)[0]
    output = made[0] if isinstance(made, tuple) else made
    assert output.numel()
    return None


def torch_accepts(layer: Layer, channels: int, size: Pair) -> bool:
    return torch_refusal(layer, channels, size) is None


def numbers(case: Case, seed: int, exponent: int = 0) -> tuple[Array, Array | None, Array | None]:
    """Return an input, a weight and a bias of random numbers around 10 to the `exponent`."""
    random = np.random.default_rng(seed)

    def draw(shape: tuple[int, ...]) -> Array:
        return (random.standard_normal(shape) * 10.0**exponent).astype(np.float32)

    shape = case.layer.weight_shape
    weight = None if shape is None else draw(shape)
    bias = draw((case.layer.output_channels(1),)) if case.layer.has_bias else None
    return draw((case.channels, *case.size)), weight, bias


def _pairs(low: int, high: int) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def _channels(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.integers(1, 4))
    per_group = st.integers(1, 4 // groups)
    return {
        "in_channels": groups * draw(per_group),
        "out_channels": groups * draw(per_group),
        "groups": groups,
        "bias": draw(st.booleans()),
        "kernel_size": draw(_pairs(1, 6)),
        "stride": draw(_pairs(1, 4)),
        "dilation": draw(_pairs(1, 3)),
    }


@st.composite
def _convolutions(draw: st.DrawFn) -> Case:
    mode = draw(st.sampled_from(PADDING_MODES))
    layer = Conv2d(**draw(_channels()), padding=draw(_pairs(0, 6)), padding_mode=mode)
    return Case(layer, layer.in_channels, draw(SIZES))


@st.composite
def _worded(draw: st.DrawFn) -> Case:
    """Return convolutions whose padding is a word; with 'same' a stride of 1 comes often."""
    case = draw(_convolutions())
    stride = draw(st.just((1, 1)) | _pairs(1, 2))
    word = draw(st.sampled_from(("same", "valid")))
    return Case(case.layer.with_(padding=word, stride=stride), case.channels, case.size)


@st.composite
def _transposed(draw: st.DrawFn) -> Case:
    layer = ConvTranspose2d(
        **draw(_channels()), padding=draw(_pairs(0, 4)), output_padding=draw(_pairs(0, 3))
    )
    return Case(layer, layer.in_channels, draw(SIZES))


def _pooling(**others: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "kernel_size": _pairs(1, 6),
        "stride": st.none() | _pairs(1, 5),
        "ceil_mode": st.booleans(),
        **others,
    }


_TARGETS = st.tuples(st.none() | SIDES, st.none() | SIDES)
NORMS = st.sampled_from((1, 2, 3, 4, 0.5, 1.5, 2.5)) | st.floats(0.25, 6)
_POOLS: dict[type[Layer], st.SearchStrategy[Layer]] = {
    MaxPool2d: st.builds(
        MaxPool2d,
        **_pooling(padding=_pairs(0, 3), dilation=_pairs(1, 4), return_indices=st.booleans()),
    ),
    AvgPool2d: st.builds(
        AvgPool2d,
        **_pooling(
            padding=_pairs(0, 3),
            count_include_pad=st.booleans(),
            divisor_override=st.none() | st.integers(1, 32),
        ),
    ),
    AdaptiveMaxPool2d: st.builds(AdaptiveMaxPool2d, _TARGETS, return_indices=st.booleans()),
    AdaptiveAvgPool2d: st.builds(AdaptiveAvgPool2d, _TARGETS),
    LPPool2d: st.builds(LPPool2d, NORMS, **_pooling()),
}

_REAL = st.floats(0, 4) | st.sampled_from((0, 1, 0.01, 30_000))
_DIMS = st.integers(-3, 3)
_ACTIVATIONS: dict[type[Layer], st.SearchStrategy[Layer]] = {
    **{kind: st.builds(kind, st.booleans()) for kind in (ReLU, SiLU)},
    **{kind: st.builds(kind, _REAL, st.booleans()) for kind in (LeakyReLU, ELU)},
    **{kind: st.builds(kind) for kind in (Sigmoid, Tanh)},
    **{kind: st.builds(kind, _DIMS) for kind in (Softmax, LogSoftmax)},
}

SLIDING: tuple[type[Layer], ...] = (Conv2d, ConvTranspose2d, *_POOLS)
"""The kinds whose size depends on their settings, and that may not fit."""


def any_cases(*kinds: type[Layer]) -> st.SearchStrategy[Case]:
    """Return settings of every operation, or of `kinds`, the illegal ones among them.

    torch makes a module of each; whether it takes the input is another matter.
    """
    of_kind: dict[type[Layer], st.SearchStrategy[Case]] = {
        Conv2d: _convolutions(),
        ConvTranspose2d: _transposed(),
        **{
            kind: st.builds(Case, made, CHANNELS, SIZES)
            for kind, made in (_POOLS | _ACTIVATIONS).items()
        },
    }
    return st.one_of(*(of_kind[kind] for kind in kinds or OPERATIONS.values()))


@st.composite
def unmade_cases(draw: st.DrawFn) -> Case:
    """Return convolutions of which torch may refuse to make a module: groups, words, channels."""
    case = draw(_worded() | any_cases(Conv2d, ConvTranspose2d))
    changed = {name: draw(st.integers(1, 6)) for name in ("in_channels", "out_channels", "groups")}
    layer = case.layer.with_(**draw(st.just({}) | st.just(changed)))
    assert isinstance(layer, Conv2d | ConvTranspose2d)
    channels = draw(st.just(layer.in_channels) | CHANNELS)
    return Case(layer, channels, case.size)


@st.composite
def cases(draw: st.DrawFn, *kinds: type[Layer]) -> Case:
    """Return settings that torch accepts; what it refuses is made smaller until it fits."""
    drawn = any_cases(*kinds)
    return fitted(draw(drawn | _worded() if not kinds or Conv2d in kinds else drawn))


def fitted(case: Case) -> Case:
    """Return settings that torch accepts: `case`, or what is left of it when it is made smaller."""
    layer = case.layer
    if torch_accepts(layer, case.channels, case.size):
        return case
    if isinstance(layer, ConvTranspose2d):
        changes: dict[str, Any] = {"padding": (0, 0), "output_padding": (0, 0)}
        return Case(layer.with_(**changes), case.channels, case.size)
    kernel, padding = zip(*(_fitting(layer, i, case.size[i]) for i in (0, 1)), strict=True)
    changes = {"kernel_size": kernel, "padding": padding, "dilation": (1, 1)}
    known = {about.name for about in layer.parameters()}
    changes = {name: value for name, value in changes.items() if name in known}
    return Case(layer.with_(**changes), case.channels, case.size)


def _fitting(layer: Layer, i: int, size: int) -> tuple[int, int]:
    kernel = layer.setting("kernel_size")[i]
    if isinstance(layer, LPPool2d):
        return min(kernel, size), 0
    padding = layer.setting("padding")[i]
    if isinstance(layer, Conv2d):
        limit = {"reflect": size - 1, "circular": size}.get(layer.padding_mode, padding)
    else:
        limit = kernel // 2
    padding = min(padding, limit)
    return min(kernel, size + 2 * padding), padding
