import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.events import Evaluated
from explorer.training.history import SMOOTHING, History, thin
from explorer.training.mailbox import Mailbox


def test_it_keeps_what_the_mails_bring():
    box, history = Mailbox(), History()
    assert not history.add(box.drain())
    epoch = Evaluated(1, 2, 0.5, 0.4, 0.9, 1.0, 2.0)
    for losses in ((2.0, 1.0), (3.0,)):
        box.add_losses(losses)
        assert history.add(box.drain())
    box.add_epoch(epoch)
    assert history.add(box.drain())
    assert history.losses.tolist() == [2, 1, 3] and history.epochs == [epoch]


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50))
def test_the_smoothed_curve_is_a_weighted_mean_of_the_past(losses: list[float]):
    box, history = Mailbox(), History()
    box.add_losses(tuple(losses))
    history.add(box.drain())
    weights = SMOOTHING ** np.arange(len(losses))[::-1]
    assert history.smoothed[-1] == pytest.approx(np.average(losses, weights=weights))
    assert history.smoothed[0] == pytest.approx(losses[0])


@given(st.integers(0, 500), st.integers(2, 100), st.integers(0, 2**32 - 1))
def test_a_thinned_curve_keeps_its_spikes(count: int, points: int, seed: int):
    values = np.random.default_rng(seed).normal(size=count)
    steps, kept = thin(values, points)
    assert len(steps) == len(kept) <= max(points, 0)
    assert np.array_equal(values[steps - 1], kept)
    assert (np.diff(steps) > 0).all()
    if count:
        assert kept.min() == values.min() and kept.max() == values.max()
