"""Parameters and multiply-adds are torch's own count, and taking a kernel apart is worth it."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, example, given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from explorer.core.cost import (
    Comparison,
    Cost,
    at_once,
    compare,
    is_separable,
    multiply_adds,
    parameters,
    receptive_field,
)
from explorer.core.geometry import PADDING_MODES, Pair
from explorer.core.kernels import weights
from explorer.core.layers import (
    AdaptiveAvgPool2d,
    Array,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    MaxPool2d,
)
from tests.core.strategies import Case, cases, module, torch_accepts

PAIRS = st.tuples(st.integers(1, 5), st.integers(1, 5))


def operations_of(layer: Layer, channels: int, size: Pair) -> int:
    """Return what torch's own counter says."""
    counter = FlopCounterMode(display=False)
    with torch.device("meta"), counter:
        module(layer)(torch.empty(1, channels, *size))
    return counter.get_total_flops()


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    groups = draw(st.integers(1, 3))
    channels = st.integers(1, 4).map(lambda n: n * groups)
    kind = draw(st.sampled_from((Conv2d, ConvTranspose2d)))
    layer = kind(
        draw(channels),
        draw(channels),
        kernel_size=draw(PAIRS),
        stride=draw(PAIRS),
        padding=draw(st.tuples(st.integers(0, 4), st.integers(0, 4))),
        dilation=draw(PAIRS),
        groups=groups,
        bias=draw(st.booleans()),
    )
    if isinstance(layer, ConvTranspose2d):
        below = [max(pair) - 1 for pair in zip(layer.stride, layer.dilation, strict=True)]
        layer = layer.with_(output_padding=tuple(draw(st.integers(0, top)) for top in below))
    return Case(layer, layer.in_channels, draw(st.tuples(st.integers(1, 20), st.integers(1, 20))))


@given(convolutions() | cases())
def test_parameters_are_those_that_torch_learns(case: Case) -> None:
    with torch.device("meta"):
        learned = sum(p.numel() for p in module(case.layer).parameters())
    assert parameters(case.layer) == learned


@given(convolutions() | cases())
@example(Case(Conv2d(1, 10, (5, 5)), 1, (28, 28)))
@example(Case(ConvTranspose2d(2, 3, (3, 3), stride=(2, 2), padding=(1, 1)), 2, (14, 14)))
def test_a_multiply_add_is_two_of_torchs_operations(case: Case) -> None:
    assume(torch_accepts(case.layer, case.channels, case.size))
    expected = operations_of(case.layer, case.channels, case.size)
    assert 2 * multiply_adds(case.layer, case.channels, case.size) == expected


def test_what_torch_refuses_costs_nothing() -> None:
    assert multiply_adds(Conv2d(1, 1, (5, 5)), 1, (4, 9)) == 0
    assert multiply_adds(Conv2d(3, 1, (1, 1)), 2, (4, 9)) == 0
    folded = Conv2d(1, 1, (3, 3), padding=(4, 4), padding_mode="reflect")
    assert multiply_adds(folded, 1, (4, 9)) == 0


def test_pooling_learns_and_multiplies_nothing() -> None:
    for layer in (MaxPool2d((2, 2)), AvgPool2d((2, 2))):
        assert parameters(layer) == 0
        assert multiply_adds(layer, 3, (28, 28)) == 0


# ---------------------------------------------------------------------------------- receptive field


def reached(layer: Layer, cells: int) -> int:
    """Return from the first to the last the rows that one output row depends on, by trying."""
    each = torch.eye(cells, dtype=torch.float64).reshape(cells, 1, cells, 1)
    shape = layer.weight_shape
    ones = None if shape is None else torch.ones(shape, dtype=torch.float64)
    moved = layer.forward(each, ones, None)[:, 0, :, 0] > 0
    places = [moved[:, row].nonzero().flatten() for row in range(moved.shape[1])]
    return max((int(at[-1] - at[0]) + 1 for at in places if len(at)), default=0)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6))
@example(3, 2, 1)
@example(2, 4, 1)
@example(5, 4, 6)
def test_a_receptive_field_is_how_far_an_output_cell_looks(
    kernel: int, stride: int, dilation: int
) -> None:
    settings: dict[str, Any] = {"kernel_size": (kernel, 1), "stride": (stride, 1)}
    dilated = {**settings, "dilation": (dilation, 1), "bias": False}
    cells = 2 * dilation * kernel
    for layer in (
        Conv2d(1, 1, **dilated),
        ConvTranspose2d(1, 1, **dilated),
        AvgPool2d(**settings),
    ):
        assert receptive_field(layer) == (reached(layer, cells), 1)
    pool = MaxPool2d(**settings, dilation=(dilation, 1))
    assert receptive_field(pool) == (dilation * (kernel - 1) + 1, 1)


def test_the_window_of_adaptive_pooling_is_not_its_own() -> None:
    with pytest.raises(TypeError, match=r"Ask an axis of AdaptiveAvgPool2d .*\.$"):
        receptive_field(AdaptiveAvgPool2d((2, 2)))


# ---------------------------------------------------------------------------------------- separable


def run(cost: Cost, x: torch.Tensor, weights: list[Array], bias: Array) -> torch.Tensor:
    for step, weight in zip(cost.layers, weights, strict=True):
        last = step is cost.layers[-1] and step.has_bias
        x = step.forward(x, torch.from_numpy(weight), torch.from_numpy(bias) if last else None)
    return x


@st.composite
def full_convolutions(draw: st.DrawFn) -> Conv2d:
    channels = st.integers(1, 4)
    return Conv2d(
        draw(channels),
        draw(channels),
        kernel_size=draw(PAIRS),
        stride=draw(PAIRS),
        padding=draw(st.tuples(st.integers(0, 3), st.integers(0, 3))),
        dilation=draw(st.tuples(st.integers(1, 2), st.integers(1, 2))),
        bias=draw(st.booleans()),
        padding_mode=draw(st.sampled_from(PADDING_MODES)),
    )


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@given(full_convolutions(), st.integers(0, 2**32 - 1))
@example(Conv2d(2, 3, (2, 4), padding="same"), 0)
@example(Conv2d(2, 3, (2, 4), padding="valid"), 0)
def test_a_kernel_taken_apart_gives_what_the_full_one_gives(layer: Conv2d, seed: int) -> None:
    size = (12, 10)
    costs = compare(layer, size)
    random = np.random.default_rng(seed)
    inner, outer = layer.in_channels, layer.out_channels
    x = torch.from_numpy(random.standard_normal((1, inner, *size)))
    bias = random.standard_normal(outer)

    each = random.standard_normal((inner, 1, *layer.kernel_size))
    mix = random.standard_normal((outer, inner, 1, 1))
    full = run(costs.full, x, [mix * each[:, 0]], bias)
    torch.testing.assert_close(run(costs.depthwise_separable, x, [each, mix], bias), full)

    # One profile down and one across for each output channel, as far as an outer product reaches.
    down = random.standard_normal((outer, inner, layer.kernel_size[0], 1))
    across = random.standard_normal((outer, 1, 1, layer.kernel_size[1]))
    full = run(costs.full, x, [down * across], bias)
    torch.testing.assert_close(run(costs.spatially_separable, x, [down, across], bias), full)
    assert is_separable(down * across)


@given(full_convolutions())
def test_every_way_is_counted_step_by_step_as_torch_counts(layer: Conv2d) -> None:
    costs = compare(layer, (12, 10))
    for cost in (costs.full, costs.depthwise_separable, costs.spatially_separable):
        channels, size, operations = layer.in_channels, (12, 10), 0
        for step in cost.layers:
            operations += operations_of(step, channels, size)
            channels, size = step.output_channels(channels), step.out_size(size)
        assert 2 * cost.multiply_adds == operations
        assert cost.parameters == sum(parameters(step) for step in cost.layers)


def numbers(costs: Comparison) -> list[tuple[int, int]]:
    ways = (costs.full, costs.depthwise_separable, costs.spatially_separable)
    return [(way.parameters, way.multiply_adds) for way in ways]


def test_known_costs() -> None:
    sobel = compare(Conv2d(1, 1, (3, 3), bias=False), (5, 5))
    assert numbers(sobel) == [(9, 81), (10, 90), (6, 72)]
    # 32 · 64 · 9 against 32 · 9 + 32 · 64, on 28 × 28 cells.
    wide = compare(Conv2d(32, 64, (3, 3), padding=(1, 1), bias=False), (28, 28))
    assert numbers(wide)[:2] == [(18_432, 14_450_688), (2_336, 1_831_424)]


@given(
    st.tuples(*(st.integers(1, 4) for _ in "oihw")), st.integers(1, 2), st.integers(0, 2**32 - 1)
)
@example((1, 1, 3, 3), 1, 0)
@example((2, 3, 4, 4), 2, 0)
def test_a_kernel_is_separable_where_all_its_slices_together_have_rank_1(
    shape: tuple[int, int, int, int], profiles: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    outer, inner, h, w = shape
    columns = random.integers(-3, 4, (outer, inner, h, profiles))
    rows = random.integers(-3, 4, (outer, 1, profiles, w))
    weight = (columns @ rows / 7).astype(np.float32)
    ranks = np.linalg.matrix_rank(weight.reshape(outer, inner * h, w), rtol=1e-5)
    assert is_separable(weight) == bool((ranks == 1).all())


SEPARABLE = {
    **dict.fromkeys(("edge_across", "edge_down", "gaussian", "smoothing", "box", "identity"), True),
    **dict.fromkeys(("counting", "cross", "laplacian", "emboss", "sharpen"), False),
}


@pytest.mark.parametrize("family", SEPARABLE)
def test_which_kernels_are_separable(family: str) -> None:
    weight = weights(family, Conv2d(1, 1, (3, 3)))
    assert weight is not None and is_separable(weight) == SEPARABLE[family]
    assert (np.linalg.matrix_rank(weight[0, 0]) == 1) == SEPARABLE[family]


def test_what_is_not_finite_or_nothing_is_not_separable() -> None:
    assert not is_separable(np.full((1, 1, 2, 2), np.nan, np.float32))
    assert not is_separable(np.zeros((1, 1, 2, 2), np.float32))
    assert not is_separable(np.ones((1, 0, 2, 2), np.float32))


def test_groups_are_taken_away_before_the_comparison() -> None:
    grouped = Conv2d(4, 4, (3, 3), groups=2)
    assert compare(grouped, (9, 9)) == compare(grouped.with_(groups=1), (9, 9))


def test_two_steps_are_done_at_once_by_a_kernel_that_spans_both():
    assert at_once(Conv2d(3, 3, (3, 3), groups=3, bias=False), Conv2d(3, 6, (1, 1))) == Conv2d(
        3, 6, (3, 3)
    )
    down, across = Conv2d(1, 1, (3, 1), bias=False), Conv2d(1, 1, (1, 3), bias=False)
    assert at_once(down, across) == Conv2d(1, 1, (3, 3), bias=False)
