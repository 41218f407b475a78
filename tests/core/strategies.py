"""Random layers, inputs and weights, and the torch modules made from the same parameters."""

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from explorer.core.geometry import PADDING_MODES, Pair
from explorer.core.layers import Array, AvgPool2d, Conv2d, Layer, MaxPool2d

SIDES = st.integers(1, 12)
SIZES = st.tuples(SIDES, SIDES)


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


def torch_output(
    layer: Layer, x: Array, weight: Array | None = None, bias: Array | None = None
) -> torch.Tensor:
    """Return what torch's module makes of a batch `x` of shape (N, C, H, W)."""
    with torch.no_grad():
        made = module(layer, weight, bias)(torch.from_numpy(x))
    output: torch.Tensor = made[0] if isinstance(made, tuple) else made
    return output


def torch_accepts(layer: Layer, channels: int, size: Pair) -> bool:
    try:
        torch_output(layer, np.zeros((1, channels, *size), np.float32))
    except (RuntimeError, ValueError, NotImplementedError):
        return False
    return True


def numbers(case: Case, seed: int, exponent: int = 0) -> tuple[Array, Array | None, Array | None]:
    """Return an input, a weight and a bias of random numbers around 10 to the `exponent`."""
    random = np.random.default_rng(seed)

    def draw(shape: tuple[int, ...]) -> Array:
        return (random.standard_normal(shape) * 10.0**exponent).astype(np.float32)

    shape = case.layer.weight_shape
    weight = None if shape is None else draw(shape)
    bias = draw(shape[:1]) if shape is not None and case.layer.has_bias else None
    return draw((case.channels, *case.size)), weight, bias


def _pairs(low: int, high: int) -> st.SearchStrategy[Pair]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def _convolutions(draw: st.DrawFn) -> Case:
    groups = draw(st.integers(1, 4))
    per_group = st.integers(1, 4 // groups)
    layer = Conv2d(
        groups * draw(per_group),
        groups * draw(per_group),
        kernel_size=draw(_pairs(1, 6)),
        stride=draw(_pairs(1, 4)),
        padding=draw(_pairs(0, 6)),
        dilation=draw(_pairs(1, 3)),
        groups=groups,
        bias=draw(st.booleans()),
        padding_mode=draw(st.sampled_from(PADDING_MODES)),
    )
    return Case(layer, layer.in_channels, draw(SIZES))


def _pooling(**others: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    return {
        "kernel_size": _pairs(1, 6),
        "stride": st.none() | _pairs(1, 5),
        "padding": _pairs(0, 3),
        "ceil_mode": st.booleans(),
        **others,
    }


_MAX = st.builds(MaxPool2d, **_pooling(dilation=_pairs(1, 4), return_indices=st.booleans()))
_AVG = st.builds(
    AvgPool2d,
    **_pooling(count_include_pad=st.booleans(), divisor_override=st.none() | st.integers(1, 32)),
)


def any_cases() -> st.SearchStrategy[Case]:
    """Return settings of every operation, the illegal ones among them."""
    channels = st.integers(1, 4)
    return st.one_of(
        _convolutions(),
        st.builds(Case, _MAX, channels, SIZES),
        st.builds(Case, _AVG, channels, SIZES),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return settings that torch accepts; what it refuses is made smaller until it fits."""
    case = draw(any_cases())
    if torch_accepts(case.layer, case.channels, case.size):
        return case
    kernel, padding = zip(*(_fitting(case.layer, i, case.size[i]) for i in (0, 1)), strict=True)
    changes = {"kernel_size": kernel, "padding": padding}
    if not isinstance(case.layer, AvgPool2d):
        changes["dilation"] = (1, 1)
    return Case(case.layer.with_(**changes), case.channels, case.size)


def _fitting(layer: Layer, i: int, size: int) -> tuple[int, int]:
    kernel, padding = layer.setting("kernel_size")[i], layer.setting("padding")[i]
    if isinstance(layer, Conv2d):
        limit = {"reflect": size - 1, "circular": size}.get(layer.padding_mode, padding)
    else:
        limit = kernel // 2
    padding = min(padding, limit)
    return min(kernel, size + 2 * padding), padding
