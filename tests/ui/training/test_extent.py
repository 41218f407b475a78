"""The ranges of the axes hold everything, grow seldom, and never shrink."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.training.extent import LEAST_LOSS, STRIDE, Extent

NONE = np.array([])

losses = st.lists(st.floats(0, 1e6), max_size=20).map(np.array)
accuracies = st.lists(st.floats(0, 100), max_size=5)
rates = st.floats(0, 100)


@given(st.floats(0, 1e6), losses, losses, accuracies, rates)
def test_it_holds_everything(
    right: float, raw: np.ndarray, smooth: np.ndarray, accuracies: list[float], lr: float
):
    extent = Extent().grown(right, raw, smooth, accuracies, lr)
    assert extent.right >= right
    assert extent.loss >= raw.max(initial=0)
    assert 0 < extent.low <= smooth[smooth > 2 * LEAST_LOSS].min(initial=np.inf)
    assert 0 <= extent.accuracy <= min(accuracies, default=100)
    assert extent.lr >= lr
    assert extent.grown(right, raw, smooth, accuracies, lr) is extent


@given(st.lists(st.tuples(st.integers(0, 10_000), losses, losses, accuracies, rates), max_size=6))
def test_it_never_shrinks(
    runs: list[tuple[int, np.ndarray, np.ndarray, list[float], float]],
):
    extent = Extent()
    for run in runs:
        grown = extent.grown(*run)
        assert grown.right >= extent.right
        assert grown.loss >= extent.loss
        assert grown.low <= extent.low
        assert grown.accuracy <= extent.accuracy
        assert grown.lr >= extent.lr
        extent = grown


def test_a_long_run_seldom_gets_new_axes():
    extent = Extent()
    extents = set()
    for steps in range(10_000):
        extent = extent.grown(steps, NONE, NONE, [])
        extents.add(extent)
    assert len(extents) <= 2 + np.log(10_000 / Extent().right) / np.log(STRIDE)
    assert extent.right <= 10_000 * STRIDE


def test_an_empty_run_and_one_within_leave_it_alone():
    extent = Extent()
    assert extent.grown(0, NONE, NONE, []) is extent
    assert extent.grown(100, np.array([2.5, 0.1]), np.array([0.1]), [80.0, 97.0]) is extent


def test_losses_that_are_no_numbers_have_no_place():
    extent = Extent()
    wrong = np.array([np.nan, np.inf, -np.inf])
    assert extent.grown(3, wrong, wrong, []) is extent
    assert extent.grown(3, np.array([np.nan, 4.0]), NONE, []).loss == 5


@pytest.mark.parametrize("right", [np.nan, np.inf])
def test_a_place_that_nobody_knows_moves_nothing(right: float):
    assert Extent().grown(right, NONE, NONE, []) == Extent()


def test_a_loss_of_zero_has_no_place_on_a_logarithmic_scale():
    assert Extent().grown(3, NONE, np.array([0.0, LEAST_LOSS]), []).low == Extent().low


def test_low_accuracies_begin_at_a_round_number():
    assert Extent().grown(1, NONE, NONE, [79.9, 43.2]).accuracy == 40
    assert Extent().grown(1, NONE, NONE, [0.0]).accuracy == 0
