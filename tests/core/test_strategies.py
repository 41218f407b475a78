"""The random layers reach every setting: what they never were, no property test has looked at."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings

from explorer.core.geometry import PADDING_MODES, AdaptiveAxis, Axis
from explorer.core.layers import (
    ELU,
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
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
from tests.core.strategies import Case, cases

OFTEN = settings(
    max_examples=500,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""What is not among so many is not found."""

Wish = Callable[[Any], Any]
"""Of a `Case`, whose layer may be of any kind."""


def overhangs(case: Case) -> bool:
    return any(isinstance(a, Axis) and a.overhang for a in case.layer.axes(case.size))


def padded(case: Case) -> bool:
    return any(case.layer.setting("padding"))


def padded_with(mode: str) -> Wish:
    return lambda case: case.layer.padding_mode == mode and padded(case)


def uneven(case: Case) -> bool:
    """Tell whether adaptive windows differ in length."""
    return any(
        isinstance(axis, AdaptiveAxis) and len({axis.span(i) for i in range(axis.output)}) > 1
        for axis in case.layer.axes(case.size)
    )


def given(name: str, value: object) -> Wish:
    return lambda case: getattr(case.layer, name) == value


def above(name: str, least: int) -> Wish:
    return lambda case: max(case.layer.setting(name)) > least


EVERYWHERE: dict[str, Wish] = {
    "the smallest input": lambda case: case.size == (1, 1),
    "the largest input": lambda case: max(case.size) == 12,
    "unlike sides": lambda case: case.size[0] != case.size[1],
    "one channel": lambda case: case.channels == 1,
    "four channels": lambda case: case.channels == 4,
}
WISHES: dict[type[Layer], dict[str, Wish]] = {
    Conv2d: {
        **{f"padding of {mode}": padded_with(mode) for mode in PADDING_MODES},
        "same": given("padding", "same"),
        "same with an even kernel": lambda case: (
            case.layer.padding == "same" and min(k % 2 for k in case.layer.kernel_size) == 0
        ),
        "valid": given("padding", "valid"),
        "groups": lambda case: case.layer.groups > 1 and case.layer.out_channels > 2,
        "no bias": given("bias", False),
        "stride": above("stride", 1),
        "dilation": above("dilation", 1),
    },
    ConvTranspose2d: {
        "padding": padded,
        "output_padding": above("output_padding", 0),
        "groups": lambda case: case.layer.groups > 1,
        "stride": above("stride", 1),
        "dilation": above("dilation", 1),
    },
    MaxPool2d: {
        "padding": padded,
        "overhang": overhangs,
        "dilation": above("dilation", 1),
        "return_indices": given("return_indices", True),
        "a stride of its own": lambda case: case.layer.stride is not None,
    },
    AvgPool2d: {
        "padding that does not count": lambda case: (
            padded(case) and not case.layer.count_include_pad
        ),
        "overhang and padding": lambda case: overhangs(case) and padded(case),
        "divisor_override": lambda case: (case.layer.divisor_override or 0) > 1,
    },
    AdaptiveMaxPool2d: {
        "uneven windows": uneven,
        "a side that stays": lambda case: None in case.layer.output_size,
        "return_indices": given("return_indices", True),
    },
    AdaptiveAvgPool2d: {"uneven windows": uneven},
    **{
        kind: {
            "in place": given("inplace", True),
        }
        for kind in (ReLU, SiLU)
    },
    LeakyReLU: {
        "no slope": given("negative_slope", 0),
        "a steep slope": lambda case: case.layer.negative_slope > 1,
    },
    ELU: {"a small alpha": lambda case: 0 < case.layer.alpha < 1},
    Sigmoid: {},
    Tanh: {},
    **{
        kind: {f"along {axis}": given("dim", dim) for dim, axis in enumerate("NCHW")}
        for kind in (Softmax, LogSoftmax)
    },
    LPPool2d: {
        "overhang": overhangs,
        "an odd norm": given("norm_type", 3),
        "a broken norm": lambda case: case.layer.norm_type % 1,
    },
}


@pytest.mark.parametrize(
    ("kind", "wish"),
    [
        pytest.param(kind, wish, id=f"{kind.__name__}: {name}")
        for kind in OPERATIONS.values()
        for name, wish in (EVERYWHERE | WISHES[kind]).items()
    ],
)
def test_random_cases_come_to_every_setting(kind: type[Layer], wish: Wish) -> None:
    assert wish(find(cases(kind), lambda case: bool(wish(case)), settings=OFTEN))
