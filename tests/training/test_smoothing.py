"""The running mean: a weighted mean of the past, however it is cut into pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.history import SMOOTHING, History
from explorer.training.mailbox import Mailbox
from explorer.training.smoothing import Smoother

amounts = st.sampled_from([0.0, 0.01, 0.5, 0.9, 0.95, 0.99])


@given(amounts, st.integers(1, 700), st.integers(0, 2**32 - 1))
def test_it_is_a_weighted_mean_of_all_that_came_before(amount: float, count: int, seed: int):
    curve = np.random.default_rng(seed).exponential(size=count)
    smooth = Smoother(amount).update(curve)
    for i in {0, count // 2, count - 1}:
        weights = amount ** np.arange(i + 1.0)[::-1]
        assert smooth[i] == pytest.approx(np.average(curve[: i + 1], weights=weights))


@given(amounts, st.lists(st.integers(0, 300), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_pieces_give_the_same_as_the_whole(amount: float, sizes: list[int], seed: int):
    curve = np.random.default_rng(seed).exponential(size=sum(sizes))
    smoother = Smoother(amount)
    for end in np.cumsum(sizes):
        assert len(smoother.update(curve[:end])) == end
    whole = Smoother(amount).update(curve)
    np.testing.assert_allclose(smoother.values, whole, rtol=1e-12)


def test_nothing_new_costs_no_look_at_what_is_old():
    smoother = Smoother(0.9)
    before = smoother.update(np.array([1.0, 2.0])).copy()
    assert np.array_equal(smoother.update(np.array([np.nan, np.nan])), before)


def test_without_any_it_stays_as_it_is():
    curve = np.random.default_rng(0).exponential(size=500)
    assert np.array_equal(Smoother(0).update(curve), curve)


def test_it_is_the_same_mean_as_the_history_has():
    box, history = Mailbox(), History()
    box.add_losses(tuple(np.random.default_rng(1).exponential(size=2000)), 1.0)
    history.add(box.drain())
    smooth = Smoother(SMOOTHING).update(history.losses)
    np.testing.assert_allclose(smooth, history.smoothed, rtol=1e-12)


@pytest.mark.parametrize("amount", [-0.1, 1.0, 2.0])
def test_an_amount_beyond_the_limits_is_refused(amount: float):
    with pytest.raises(ValueError, match="choose a number from 0 to below 1"):
        Smoother(amount)
