"""The moments that can be gone back to: bounded, in order, spread over all steps."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.checkpoint import Checkpoint
from explorer.training.checkpoints import EARLY_SHARE, LIMIT_BYTES, MOST, Checkpoints

steps = st.integers(0, 100_000)
sizes = st.integers(0, 40)


def at(step: int, floats: int = 10, epoch_loss: float = 1.0) -> Checkpoint:
    weights = {"fc.weight": np.full(floats, step, np.float32)}
    return Checkpoint(step, weights, epoch_loss=epoch_loss)


@given(st.lists(st.tuples(steps, sizes)), st.integers(0, 2_000), st.integers(2, 20))
def test_the_bound_the_order_and_both_ends_are_kept(
    added: list[tuple[int, int]], limit: int, most: int
):
    kept = Checkpoints(limit, most)
    for done, (step, floats) in enumerate(added, 1):
        kept.add(at(step, floats))
        so_far = [step for step, _ in added[:done]]
        assert list(kept.steps) == sorted(set(kept.steps))
        assert set(kept.steps) <= set(so_far)
        assert kept.steps[0] == min(so_far)
        assert kept.steps[-1] == max(so_far)
        assert kept.nbytes == sum(checkpoint.nbytes for checkpoint in kept)
        assert len(kept) <= most
        assert kept.nbytes <= limit or len(kept) <= 2
        assert [checkpoint.step for checkpoint in kept] == list(kept.steps)


@given(st.integers(1, 400), st.integers(4, 40), st.integers(1, 50))
def test_what_stays_is_spread_evenly(count: int, most: int, apart: int):
    kept = Checkpoints(most=most)
    for i in range(count):
        kept.add(at(i * apart))
    gaps = np.diff(kept.steps)
    assert len(kept) == min(count, most)
    assert gaps.max(initial=0) <= 3 * apart * max(1, count / (len(kept) - 1 or 1))


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300), st.integers(4, 30))
def test_uneven_moments_leave_no_hole_that_was_not_there(strides: list[int], most: int):
    kept = Checkpoints(most=most)
    reached = np.cumsum(strides)
    for step in reached:
        kept.add(at(int(step)))
    fair = reached[-1] / (len(kept) - 1 or 1)
    assert np.diff(kept.steps).max(initial=0) <= 4 * fair + max(strides)


@given(st.integers(2, 20), st.integers(7, 60))
def test_ends_of_epochs_stay_while_there_is_room(epochs: int, per_epoch: int):
    kept = Checkpoints(most=4 * epochs)
    ends = [per_epoch * epoch for epoch in range(1, epochs + 1)]
    for step in range(epochs * per_epoch + 1):
        kept.add(at(step, epoch_loss=float(step % per_epoch)))
    assert set(ends) <= set(kept.steps)


def test_more_epochs_than_room_are_thinned_as_well():
    kept = Checkpoints(most=10)
    for step in range(0, 1_000, 10):
        kept.add(at(step, epoch_loss=0.0))
    assert len(kept) == 10
    assert np.diff(kept.steps).max() <= 330


def test_the_same_step_again_replaces():
    kept = Checkpoints()
    kept.add(at(3, 10))
    kept.add(at(7, 10))
    newer = at(3, 20)
    kept.add(newer)
    assert kept.steps == (3, 7)
    assert kept.nearest(3) is newer
    assert kept.nbytes == 4 * 30


@given(st.lists(steps, min_size=1, unique=True), steps)
def test_a_step_is_found_as_a_search_would_find_it(added: list[int], wanted: int):
    kept = Checkpoints()
    for step in added:
        kept.add(at(step))
    assert kept.nearest(wanted).step == min(sorted(added), key=lambda step: abs(step - wanted))


def test_where_nothing_is_nothing_is_found():
    with pytest.raises(LookupError):
        Checkpoints().nearest(0)
    assert Checkpoints().steps == ()


def test_a_long_run_stays_within_its_memory():
    kept = Checkpoints()
    floats = 2 * 61_706  # lenet5 with momentum
    for step in range(300):
        kept.add(at(step, floats))
    assert kept.nbytes <= LIMIT_BYTES
    assert len(kept) == LIMIT_BYTES // (4 * floats)
    tiny = Checkpoints()
    for step in range(2 * MOST):
        tiny.add(at(step, 1))
    assert len(tiny) == MOST


def test_torch_is_not_needed():
    said = "import sys, explorer.training.checkpoints; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


def test_most_is_kept_of_the_time_in_which_most_is_learned():
    kept = Checkpoints()
    last = 15_000
    step = 0
    while step < last:
        step += max(1, min(step // EARLY_SHARE, 25))
        kept.add(at(step))
    early = [step for step in kept.steps if step <= 100]
    assert len(early) > 30 and early[:5] == [1, 2, 3, 4, 5]
    late = np.diff([step for step in kept.steps if step > last // 2])
    assert late.max() <= 4 * last / MOST
