"""torch's numbers, our own beside them, and every cell taken apart."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.core.arithmetic import cell, evaluate, gather, prove
from explorer.core.cell import Cell, Term
from explorer.core.layers import Array, AvgPool2d, Conv2d, Layer, MaxPool2d
from tests.core.strategies import Case, cases, module, numbers, torch_output

SEEDS = st.integers(0, 2**32 - 1)
EXPONENTS = st.integers(-8, 8)


def output_of(case: Case, x: Array, weight: Array | None, bias: Array | None) -> Array:
    output = evaluate(case.layer, x, weight, bias).output
    assert output is not None
    return output


@given(cases(), SEEDS, EXPONENTS)
def test_the_output_is_torchs_and_the_proof_agrees(case: Case, seed: int, exponent: int) -> None:
    x, weight, bias = numbers(case, seed, exponent)
    evaluation = evaluate(case.layer, x, weight, bias)
    assert evaluation.refusal is None
    output, proof = evaluation.output, evaluation.proof
    assert output is not None
    assert proof is not None
    assert np.array_equal(output, torch_output(case.layer, x[None], weight, bias)[0])
    assert proof.agrees
    assert proof.cells == output.size
    assert np.isfinite(proof.largest)


@given(cases(), SEEDS, EXPONENTS, st.data())
def test_one_wrong_cell_does_not_pass(
    case: Case, seed: int, exponent: int, data: st.DataObject
) -> None:
    x, weight, bias = numbers(case, seed, exponent)
    output = output_of(case, x, weight, bias)
    windows = gather(case.layer, x)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, weight, bias, output, at)
    scale = sum(abs(product(term)) for term in taken.terms) + abs(taken.bias or 0)
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
    for wrong in (output[..., :-1], output[None], np.concatenate((output, output))):
        assert not prove(case.layer, windows, weight, bias, wrong).agrees


@given(cases(), SEEDS)
def test_wrong_windows_do_not_pass(case: Case, seed: int) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    windows = gather(case.layer, x + 1)
    assume(windows.real.any())
    assert not prove(case.layer, windows, weight, bias, output).agrees


@given(cases(), SEEDS, st.data())
def test_the_terms_of_a_cell_give_its_value(case: Case, seed: int, data: st.DataObject) -> None:
    x, weight, bias = numbers(case, seed)
    output = output_of(case, x, weight, bias)
    at = data.draw(st.sampled_from(list(np.ndindex(output.shape))))
    taken = cell(case.layer, x, weight, bias, output, at)
    assert taken.result == output[at]
    assert value(case, taken) == pytest.approx(float(output[at]), rel=1e-4, abs=1e-4)
    for term in taken.terms:
        k, i, j = term.tap
        if weight is not None:
            assert term.weight == weight[at[0], k, i, j]
        if term.source is None:
            assert term.value == 0
        else:
            assert term.value == x[(term.channel, *term.source)]


def product(term: Term) -> float:
    """Return what a term adds."""
    return term.value if term.weight is None else term.value * term.weight


def value(case: Case, taken: Cell) -> float:
    """Work out a cell the way it is written on the screen."""
    counted = [product(term) for term in taken.terms if term.counts]
    if case.layer.picks_largest:
        assert taken.divisor is None
        assert (taken.winner is None) == (not counted)
        return float("-inf") if taken.winner is None else taken.terms[taken.winner].value
    assert taken.winner is None
    total = sum(counted) + (taken.bias or 0)
    assert (taken.divisor is not None) == isinstance(case.layer, AvgPool2d)
    return float(total / (taken.divisor or 1))


@given(
    cases().filter(lambda case: isinstance(case.layer, MaxPool2d)), SEEDS, st.booleans(), st.data()
)
def test_the_winner_is_the_cell_that_torch_names(
    case: Case, seed: int, ties: bool, data: st.DataObject
) -> None:
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


@pytest.mark.parametrize("layer", [Conv2d(4, 4, (11, 11), padding=(8, 8)), AvgPool2d((11, 11))])
def test_the_largest_settings_of_the_sliders_agree(layer: Layer) -> None:
    case = Case(layer, 4, (32, 32))
    proof = evaluate(layer, *numbers(case, seed=0)).proof
    assert proof is not None
    assert proof.agrees


def test_not_a_number_and_infinity_agree_where_torch_has_them_too() -> None:
    x = np.array([[[np.nan, 1], [np.inf, 2]]], np.float32)
    for layer in (MaxPool2d((1, 2)), AvgPool2d((1, 2)), MaxPool2d((2, 1))):
        proof = evaluate(layer, x, None, None).proof
        assert proof is not None
        assert proof.agrees
