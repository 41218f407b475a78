from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change, Evaluated
from explorer.training.history import MOST_NORMS, SMOOTHING, History, thin
from explorer.training.mailbox import Mail, Mailbox
from explorer.training.reports import GradientNorms


def test_it_keeps_what_the_mails_bring():
    box, history = Mailbox(), History()
    assert not history.add(box.drain())
    epoch = Evaluated(1, 2, 0.5, 0.4, 0.9, 1.0, 2.0)
    for losses in ((2.0, 1.0), (3.0,)):
        box.add_losses(losses, 1.0)
        assert history.add(box.drain())
    box.add_epoch(epoch)
    assert history.add(box.drain())
    assert history.losses.tolist() == [2, 1, 3] and history.epochs == [epoch]


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50))
def test_the_smoothed_curve_is_a_weighted_mean_of_the_past(losses: list[float]):
    box, history = Mailbox(), History()
    box.add_losses(tuple(losses), 1.0)
    history.add(box.drain())
    weights = SMOOTHING ** np.arange(len(losses))[::-1]
    assert history.smoothed[-1] == pytest.approx(np.average(losses, weights=weights))
    assert history.smoothed[0] == pytest.approx(losses[0])


def test_time_goes_on_evenly_between_two_mails():
    box, history = Mailbox(), History()
    for seconds in (1.0, 4.0):
        box.add_losses((1.0,) * 10, seconds)
        history.add(box.drain())
    assert history.seconds_at([0, 5, 10, 15, 20]).tolist() == [0, 0.5, 1, 2.5, 4]


def test_a_run_that_goes_on_has_the_past_as_its_first_moment():
    start = Checkpoint(50, {}, training_seconds=7.0)
    box, history = Mailbox(50), History(start)
    box.add_losses((1.0, 2.0), 9.0)
    box.add_checkpoint(Checkpoint(52, {}))
    box.add_change(Change(51, "lr", 0.1))
    assert history.add(box.drain())
    assert (history.first_step, history.last_step) == (50, 52)
    assert history.seconds_at([50, 51, 52]).tolist() == [7, 8, 9]
    assert history.checkpoints.steps == (50, 52) and history.checkpoints.nearest(50) is start
    assert history.changes == [Change(51, "lr", 0.1)]


def test_gradients_are_thinned_and_keep_their_order():
    box, history = Mailbox(), History()
    for step in range(1, 3 * MOST_NORMS):
        box.add_norms(GradientNorms(step, (("conv1", float(step)),)))
        history.add(box.drain())
    steps = [norms.step for norms in history.norms]
    assert len(steps) <= MOST_NORMS and all(a < b for a, b in pairwise(steps))
    assert steps[0] == 1 and steps[-1] == 3 * MOST_NORMS - 1


@given(st.integers(0, 500), st.integers(2, 100), st.integers(0, 2**32 - 1))
def test_a_thinned_curve_keeps_its_spikes(count: int, points: int, seed: int):
    values = np.random.default_rng(seed).normal(size=count)
    steps, kept = thin(values, points)
    assert len(steps) == len(kept) <= max(points, 0)
    assert np.array_equal(values[steps - 1], kept)
    assert (np.diff(steps) > 0).all()
    if count:
        assert kept.min() == values.min() and kept.max() == values.max()


def test_of_a_slider_that_was_dragged_only_the_end_counts():
    history = History()
    history.add(Mail(1, (1.0,) * 1000, (), None, None, None, None, seconds=10.0))  # 10 ms a step
    dragged = [Change(step, "lr", step / 1000) for step in range(100, 300, 20)]
    again, other = Change(500, "lr", 0.5), Change(510, "momentum", 0.9)
    back = Change(520, "lr", 0.4)
    history.changes.extend([*dragged, again, other, back])
    assert history.settled == [dragged[-1], again, other, back]
    assert len(history.changes) == 13
