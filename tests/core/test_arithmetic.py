"""torch's numbers, our own beside them, and every cell taken apart."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.core.arithmetic import TOLERANCE, cell, evaluate, gather, prove
from explorer.core.cell import Cell
from explorer.core.geometry import Pair
from explorer.core.layers import (
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    Array,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    Softmax,
)
from explorer.core.layers.pointwise import Pointwise
from explorer.core.presets import PRESETS
from tests.core.strategies import NORMS, Case, cases, module, numbers, torch_output

SEEDS = st.integers(0, 2**32 - 1)
EXPONENTS = st.integers(-8, 8)


def output_of(case: Case, x: Array, weight: Array | None, bias: Array | None) -> Array:
    output = evaluate(case.layer, x, weight, bias).output
    assert output is not None
    return output


@pytest.mark.parametrize("kind", OPERATIONS.values())
@given(st.data(), SEEDS, EXPONENTS)
def test_the_output_is_torchs_and_the_proof_agrees(
    kind: type[Layer], data: st.DataObject, seed: int, exponent: int
) -> None:
    case = data.draw(cases(kind))
    x, weight, bias = numbers(case, seed, exponent)
    evaluation = evaluate(case.layer, x, weight, bias)
    assert evaluation.refusal is None
    output, proof = evaluation.output, evaluation.proof
    assert output is not None
    assert proof is not None
    theirs = torch_output(case.layer, x[None], weight, bias)[0]
    assert np.array_equal(output, theirs, equal_nan=True)
    assert proof.agrees
    assert proof.relative <= TOLERANCE
    assert proof.cells == output.size
    if not isinstance(case.layer, LPPool2d):
        assert np.isfinite(proof.largest)


@pytest.mark.parametrize("kernel_size", [(2, 4), (4, 2), (2, 3), (3, 2)])
def test_same_is_torchs_to_the_last_bit_where_one_side_is_uneven(kernel_size: Pair) -> None:
    layer = Conv2d(2, 2, kernel_size, padding="same", dilation=(1, 2), groups=2)
    for seed in range(20):
        case = Case(layer, 2, (1 + seed % 3, 2 + seed % 5))
        x, weight, bias = numbers(case, seed)
        theirs = torch_output(layer, x[None], weight, bias)[0]
        assert np.array_equal(output_of(case, x, weight, bias), theirs)


@given(cases(), SEEDS, EXPONENTS, st.data())
def test_one_wrong_cell_does_not_pass(
    case: Case, seed: int, exponent: int, data: st.DataObject
) -> None:
    x, weight, bias = numbers(case, seed, exponent)
    if isinstance(case.layer, LPPool2d):  # the root of powers that cancel may be anything small
        x = np.abs(x) / 10.0 ** np.float32(exponent) + 0.1
    output = output_of(case, x, weight, bias)
    windows = gather(case.layer, x)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, weight, bias, output, at)
    scale = sum(abs(term.product) for term in taken.terms) + abs(taken.bias or 0)
    if isinstance(case.layer, LPPool2d):
        scale = 10 * abs(taken.result)
    elif isinstance(case.layer, Pointwise | Softmax):
        scale = max(abs(taken.result), 1e-20)
    elif isinstance(case.layer, LogSoftmax):
        scale = 1 + abs(taken.result)
    for wrong in (np.nan, np.inf, -np.inf, output[at] + 0.01 * scale):
        if wrong == output[at]:
            continue  # a window without any real cell has the maximum -inf
        changed = output.copy()
        changed[at] = wrong
        proof = prove(case.layer, windows, weight, bias, changed)
        assert not proof.agrees
        assert not proof.largest < abs(changed[at] - output[at]) * 0.9


@given(cases(), SEEDS)
def test_a_wrong_shape_does_not_pass(case: Case, seed: int) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    windows = gather(case.layer, x)
    shorter = output[..., :-1]
    for wrong in (shorter, output[None], np.concatenate((output, output))):
        assert not prove(case.layer, windows, weight, bias, wrong).agrees


@given(cases(), SEEDS)
def test_wrong_windows_do_not_pass(case: Case, seed: int) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    assume(np.isfinite(output).all())
    windows = gather(case.layer, x + 1)
    assume(windows.real.any())
    # Shares do not change where all numbers grow by the same.
    assume(not isinstance(case.layer, Softmax | LogSoftmax))
    assert not prove(case.layer, windows, weight, bias, output).agrees


@pytest.mark.parametrize("kind", OPERATIONS.values())
@given(st.data(), SEEDS)
def test_the_terms_of_a_cell_give_its_value(
    kind: type[Layer], data: st.DataObject, seed: int
) -> None:
    case = data.draw(cases(kind))
    x, weight, bias = numbers(case, seed)
    if isinstance(case.layer, LPPool2d):
        x = np.abs(x)
    output = output_of(case, x, weight, bias)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, weight, bias, output, at)
    assert taken.result == output[at]
    assert value(case, taken) == pytest.approx(float(output[at]), rel=1e-4, abs=1e-4)
    slices = None if weight is None else case.layer.kernel_for(weight, at[0])
    for term in taken.terms:
        if slices is not None:
            assert term.weight == slices[term.tap]
        if term.source is None:
            assert term.value == 0
        else:
            assert term.value == x[(term.channel, *term.source)]


def value(case: Case, taken: Cell) -> float:
    """Work out a cell the way it is written on the screen."""
    counted = [term.product for term in taken.terms if term.counts]
    if case.layer.picks_largest:
        assert taken.divisor is None
        assert (taken.winner is None) == (not counted)
        return float("-inf") if taken.winner is None else taken.terms[taken.winner].value
    assert taken.winner is None
    if isinstance(case.layer, LPPool2d):
        p = case.layer.norm_type
        return float((sum(term**p for term in counted) / (taken.divisor or 1)) ** (1 / p))
    total = sum(counted) + (taken.bias or 0)
    if isinstance(case.layer, Pointwise):
        return float(case.layer.values(np.array(total)))
    if isinstance(case.layer, Softmax | LogSoftmax):
        own = sum(t.value for t in taken.terms if (t.channel, *t.position) == taken.at)
        share = np.exp(own) / total
        return float(share if isinstance(case.layer, Softmax) else np.log(share))
    assert (taken.divisor is not None) == isinstance(case.layer, AvgPool2d | AdaptiveAvgPool2d)
    return float(total / (taken.divisor or 1))


@given(cases(Conv2d, ConvTranspose2d), SEEDS, st.data())
def test_the_partial_sums_of_the_channels_add_up(
    case: Case, seed: int, data: st.DataObject
) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, weight, bias, output, at)
    assert list(taken.channels) == list(case.layer.inputs_of(at[0], case.channels))
    total = sum(taken.partial(channel) for channel in taken.channels) + (taken.bias or 0)
    assert total == pytest.approx(taken.result, rel=1e-4, abs=1e-4)
    assert taken.partials == tuple((c, taken.partial(c)) for c in taken.channels)
    for channel in taken.channels:
        alone = np.zeros_like(x)
        alone[channel] = x[channel]
        theirs = torch_output(case.layer, alone[None], weight, bias)[0][at]
        assert taken.partial(channel) + (taken.bias or 0) == pytest.approx(
            float(theirs), rel=1e-4, abs=1e-4
        )


@pytest.mark.parametrize("kind", [MaxPool2d, AdaptiveMaxPool2d])
@given(SEEDS, st.booleans(), st.data())
def test_the_winner_is_the_cell_that_torch_names(
    kind: type[Layer], seed: int, ties: bool, data: st.DataObject
) -> None:
    case = data.draw(cases(kind))
    x, _, _ = numbers(case, seed)
    if ties:
        x = x.round()
    output = output_of(case, x, None, None)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, None, None, output, at)
    if taken.winner is None:
        assert output[at] == -np.inf
        return
    _, indices = module(case.layer.with_(return_indices=True))(torch.from_numpy(x))
    source = taken.terms[taken.winner].source
    assert source is not None
    assert source == divmod(int(indices[at]), case.size[1])


def test_average_pooling_counts_the_padding_and_never_the_overhang() -> None:
    layer = AvgPool2d((2, 2), (2, 2), (1, 1), ceil_mode=True)
    x = np.ones((1, 4, 4), np.float32)

    def divisors(layer: AvgPool2d) -> list[float | None]:
        output = output_of(Case(layer, 1, (4, 4)), x, None, None)
        return [cell(layer, x, None, None, output, (0, 0, j)).divisor for j in range(3)]

    assert divisors(layer) == [4, 4, 4]
    assert divisors(layer.with_(count_include_pad=False)) == [1, 2, 1]
    assert divisors(layer.with_(divisor_override=7)) == [7, 7, 7]
    overhanging = AvgPool2d((3, 3), ceil_mode=True)
    output = output_of(Case(overhanging, 1, (4, 4)), x, None, None)
    assert output.tolist() == [[[1, 1], [1, 1]]]
    assert cell(overhanging, x, None, None, output, (0, 1, 1)).divisor == 1
    assert cell(overhanging, x, None, None, output, (0, 0, 1)).divisor == 3


def test_a_group_reads_its_own_channels_only() -> None:
    layer = Conv2d(4, 2, (1, 1), groups=2, bias=False)
    x = np.arange(1, 5, dtype=np.float32).reshape(4, 1, 1)
    weight = np.ones((2, 2, 1, 1), np.float32)
    output = output_of(Case(layer, 4, (1, 1)), x, weight, None)
    assert output.ravel().tolist() == [3, 7]
    taken = cell(layer, x, weight, None, output, (1, 0, 0))
    assert [term.channel for term in taken.terms] == [2, 3]


def test_refusal_is_torchs_own_sentence() -> None:
    evaluation = evaluate(MaxPool2d((5, 5)), np.zeros((1, 3, 3), np.float32), None, None)
    assert evaluation.output is None
    assert evaluation.proof is None
    assert evaluation.refusal is not None
    assert "Output size is too small" in evaluation.refusal


def test_not_a_number_wins_the_maximum_as_in_torch() -> None:
    x = np.array([[[1, np.nan, 2]]], np.float32)
    output = output_of(Case(MaxPool2d((1, 3)), 1, (1, 3)), x, None, None)
    assert np.isnan(output).all()
    assert cell(MaxPool2d((1, 3)), x, None, None, output, (0, 0, 0)).winner == 1


@pytest.mark.parametrize("kind", [MaxPool2d, AdaptiveMaxPool2d])
def test_the_last_of_several_that_are_not_a_number_wins_as_in_torch(kind: Any) -> None:
    x = np.array([[[1, np.nan, 3, np.nan, 2]]], np.float32)
    layer: Layer = kind((1, 5)) if kind is MaxPool2d else kind((1, 1))
    _, indices = module(layer.with_(return_indices=True))(torch.from_numpy(x))
    winner = cell(layer, x, None, None, output_of(Case(layer, 1, (1, 5)), x, None, None), (0, 0, 0))
    assert winner.winner == indices.item() == 3


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(8, 8, (11, 11), padding=(8, 8)),
        Conv2d(8, 8, (11, 11), padding="same", groups=8),
        ConvTranspose2d(8, 8, (11, 11), (8, 8), output_padding=(7, 7), groups=4),
        AvgPool2d((11, 11)),
        AdaptiveAvgPool2d((16, 16)),
        LPPool2d(8, (11, 11)),
    ],
)
def test_the_largest_settings_of_the_sliders_agree(layer: Layer) -> None:
    case = Case(layer, 8, (32, 32))
    proof = evaluate(layer, *numbers(case, seed=0)).proof
    assert proof is not None
    assert proof.agrees


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(3, 1, (11, 11), padding="same"),
        ConvTranspose2d(3, 1, (3, 3), (2, 2)),
        MaxPool2d((11, 11), (1, 1)),
        AdaptiveAvgPool2d((5, None)),
        LPPool2d(2, (11, 11), (1, 1)),
    ],
)
def test_a_large_picture_is_proven_piece_by_piece_in_little_memory(layer: Layer) -> None:
    case = Case(layer, 3, (256, 256))
    x, weight, bias = numbers(case, seed=0)
    output = output_of(case, x, weight, bias)
    windows = gather(layer, x)
    tracemalloc.start()
    try:
        proof = prove(layer, windows, weight, bias, output)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert proof.agrees and proof.cells == output.size
    assert most < 100e6
    for column in (0, -1):
        changed = output.copy()
        changed[0, 0, column] += 1
        assert not prove(layer, windows, weight, bias, changed).agrees


@given(cases(), SEEDS, st.integers(1, 500))
def test_windows_cut_into_parts_are_the_same_windows(case: Case, seed: int, most: int) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    windows = gather(case.layer, x)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.core.layers.windows.MOST_NUMBERS", most)
        parts = list(windows.parts())
        proof = prove(case.layer, windows, weight, bias, output)
    joined = np.concatenate([part.values for _, part in parts], axis=2)
    assert np.array_equal(joined, windows.values)
    covered = np.concatenate([output[..., block] for block, _ in parts], axis=-1)
    assert np.array_equal(covered, output, equal_nan=True)
    assert proof.agrees


# ---------------------------------------------------------------------------- powers and their root


def test_what_power_average_pooling_computes() -> None:
    x = np.array([[[1, -2, 3, 4], [5, 6, -7, 8]]], np.float32)

    def pooled(layer: LPPool2d, x: Array = x) -> Any:
        return pytest.approx(output_of(Case(layer, 1, (2, 4)), x, None, None).ravel(), abs=1e-3)

    assert pooled(LPPool2d(1, (2, 2))) == [10, 8]  # the sum, with its sign
    assert pooled(LPPool2d(2, (2, 2))) == [8.124, 11.747]
    assert pooled(LPPool2d(3, (2, 2)), x[:, :, :2]) == [6.938]  # 1 − 8 + 125 + 216
    for layer, values in ((LPPool2d(3, (2, 2)), -x), (LPPool2d(1.5, (2, 2)), x)):
        # Neither −334 has a third root in floats, nor −2 a power of 1.5.
        assert np.isnan(output_of(Case(layer, 1, (2, 4)), values, None, None)).all()
    # A window that sticks out counts as a full one: 4 · 9 / 4 is below the root, not 4.
    layer = LPPool2d(2, (3, 3), ceil_mode=True)
    ones = np.ones((1, 5, 5), np.float32)
    output = output_of(Case(layer, 1, (5, 5)), ones, None, None)
    assert output.ravel().tolist() == [3, 3, 3, 3]
    taken = cell(layer, ones, None, None, output, (0, 1, 1))
    assert taken.divisor == pytest.approx(4 / 9)
    assert cell(layer, ones, None, None, output, (0, 0, 0)).divisor is None


@given(NORMS, SEEDS, st.integers(-20, 20))
def test_powers_that_leave_the_range_of_a_float_agree_as_well(
    norm: float, seed: int, exponent: int
) -> None:
    layer = LPPool2d(norm, (2, 2), ceil_mode=True)
    x, _, _ = numbers(Case(layer, 2, (5, 5)), seed, exponent)
    for values in (x, np.abs(x)):
        evaluation = evaluate(layer, values, None, None)
        assert evaluation.proof is not None and evaluation.proof.agrees


@pytest.mark.parametrize("value", [1e30, 3e38])
@pytest.mark.parametrize(
    "layer", [Conv2d(1, 1, (2, 2), bias=False), AvgPool2d((2, 2)), AdaptiveAvgPool2d((1, 1))]
)
def test_sums_that_leave_the_range_of_a_float_agree_as_well(layer: Layer, value: float) -> None:
    x = np.full((1, 2, 2), value, np.float32)
    weight = None if layer.weight_shape is None else np.full(layer.weight_shape, value, np.float32)
    evaluation = evaluate(layer, x, weight, None)
    assert evaluation.proof is not None and evaluation.proof.agrees
    assert np.isfinite(evaluation.proof.largest)


def test_not_a_number_and_infinity_agree_where_torch_has_them_too() -> None:
    x = np.array([[[np.nan, 1], [np.inf, 2]]], np.float32)
    for layer in (MaxPool2d((1, 2)), AvgPool2d((1, 2)), MaxPool2d((2, 1))):
        proof = evaluate(layer, x, None, None).proof
        assert proof is not None
        assert proof.agrees


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("name", ["transposed", "size_256", "numbers_padding", "channels"])
def test_a_weight_without_bounds_is_no_disagreement(name: str, bad: float):
    layer = PRESETS[name].layer
    assert isinstance(layer, Conv2d | ConvTranspose2d)
    rng = np.random.default_rng(0)
    x = rng.integers(1, 9, (layer.in_channels, 20, 20)).astype(np.float32)
    weight = rng.integers(1, 9, layer.weight_shape).astype(np.float32)
    weight.flat[0] = bad
    proof = evaluate(layer, x, weight, None).proof
    assert proof is not None and proof.agrees and proof.largest == 0


def test_a_weight_without_bounds_hides_no_other_mistake():
    layer = Conv2d(1, 1, (3, 3), padding=(1, 1), bias=False)
    x, weight = np.ones((1, 5, 5), np.float32), np.ones((1, 1, 3, 3), np.float32)
    weight[0, 0, 0, 0] = np.inf
    output = evaluate(layer, x, weight, None).output
    assert output is not None
    output[0, 2, 2] = 5
    assert not prove(layer, gather(layer, x), weight, None, output).agrees
