"""The ranges of the axes hold everything, grow seldom, and never shrink."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.training.extent import STRIDE, Extent

losses = st.lists(st.floats(0, 1e6), max_size=20).map(np.array)
accuracies = st.lists(st.floats(0, 100), max_size=5)


@given(st.integers(0, 1_000_000), losses, accuracies)
def test_it_holds_everything(steps: int, losses: np.ndarray, accuracies: list[float]):
    extent = Extent().grown(steps, losses, accuracies)
    assert extent.steps >= steps
    assert extent.loss >= losses.max(initial=0)
    assert 0 <= extent.accuracy <= min(accuracies, default=100)
    assert extent.grown(steps, losses, accuracies) is extent


@given(st.lists(st.tuples(st.integers(0, 10_000), losses, accuracies), max_size=6))
def test_it_never_shrinks(runs: list[tuple[int, np.ndarray, list[float]]]):
    extent = Extent()
    for run in runs:
        grown = extent.grown(*run)
        assert grown.steps >= extent.steps
        assert grown.loss >= extent.loss
        assert grown.accuracy <= extent.accuracy
        extent = grown


def test_a_long_run_seldom_gets_new_axes():
    extent = Extent()
    extents = set()
    for steps in range(10_000):
        extent = extent.grown(steps, np.array([]), [])
        extents.add(extent)
    assert len(extents) <= 2 + np.log(10_000 / Extent().steps) / np.log(STRIDE)
    assert extent.steps <= 10_000 * STRIDE


def test_an_empty_run_and_one_within_leave_it_alone():
    extent = Extent()
    assert extent.grown(0, np.array([]), []) is extent
    assert extent.grown(100, np.array([2.5, 0.1]), [80.0, 97.0]) is extent


def test_losses_that_are_no_numbers_have_no_place():
    extent = Extent()
    assert extent.grown(3, np.array([np.nan, np.inf, -np.inf]), []) is extent
    assert extent.grown(3, np.array([np.nan, 4.0]), []).loss == 5


def test_low_accuracies_begin_at_a_round_number():
    assert Extent().grown(1, np.array([]), [79.9, 43.2]).accuracy == 40
    assert Extent().grown(1, np.array([]), [0.0]).accuracy == 0
