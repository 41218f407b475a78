"""The ranges of the axes: all runs have room, spikes have not, and they change seldom."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.ui.training.curves.extent import (
    A_LITTLE,
    BEYOND,
    FIRST,
    GUESSING,
    LEAST_LOSS,
    MOST_DECADES,
    STRIDE,
    Extent,
    Need,
    highest,
    lowest,
    together,
)

NONE = np.array([])

losses = st.lists(st.floats(0, 1e6), max_size=20).map(np.array)
extents = st.builds(
    Extent,
    right=st.floats(1, 1e6),
    loss=st.floats(0, 1e6),
    low=st.floats(3 * LEAST_LOSS, 10),
    accuracy=st.floats(0, 100),
    rates=st.tuples(st.floats(-12, 2), st.floats(-12, 2)).map(sorted).map(tuple),
)
needs = st.builds(Need, extents, st.one_of(st.none(), st.floats(1, 1e6), st.just(np.inf)))


@given(st.lists(needs, min_size=1, max_size=8), st.booleans())
def test_every_run_has_room_and_then_nothing_changes(runs: list[Need], log: bool):
    extent = together(runs, "step", None, log)
    for run in runs:
        assert extent.right >= run.extent.right
        assert 0 < extent.low <= run.extent.low
        assert 0 <= extent.accuracy <= run.extent.accuracy
        low, high = extent.rates
        assert high >= run.extent.rates[1] - A_LITTLE
        assert low <= run.extent.rates[0] + A_LITTLE or high - low == MOST_DECADES
    usual = sorted(run.extent.loss for run in runs)[(len(runs) - 1) // 2]
    assert extent.loss >= usual
    assert together(runs, "step", extent, log).loss == extent.loss


@given(needs)
def test_alone_a_run_has_all_that_it_needs(run: Need):
    assert together([run], "step", None, False).loss >= run.extent.loss


@given(losses, losses, st.booleans())
def test_no_more_than_the_highest_loss_is_shown(raw: np.ndarray, tests: np.ndarray, log: bool):
    top = max(raw.max(initial=0), tests.max(initial=0))
    assert 0 <= highest(raw, tests, log) <= top
    assert highest(raw, tests, False) <= highest(raw, tests, True)


def test_a_short_run_is_shown_from_its_first_step_on():
    raw = np.geomspace(2.3, 0.1, 400)
    assert highest(raw, NONE, False) == 2.3


def test_a_long_run_has_its_first_steps_above_the_scale_but_not_a_logarithmic_one():
    raw = np.concatenate((np.linspace(2.3, 0.3, 100), np.full(10_000, 0.3)))
    assert highest(raw, NONE, False) < 1
    assert highest(raw, NONE, True) == 2.3


def test_what_most_tests_say_is_seen_though_the_training_losses_are_far_below():
    tests = np.array([0.5, 0.6, 0.7])
    assert highest(np.full(1000, 0.01), tests, False) == 0.7


def test_a_long_run_seldom_gets_new_axes():
    extent = None
    found = set()
    for step in range(10_000):
        need = Need(Extent(right=step, loss=2.0), np.inf)
        extent = together([need], "step", extent, False)
        found.add(extent)
    assert extent is not None
    assert len(found) <= 2 + np.log(10_000 / FIRST["step"]) / np.log(STRIDE)
    assert extent.right <= 10_000 * STRIDE


def test_a_run_that_goes_on_has_room_up_to_its_end_and_none_when_it_has_ended():
    need = Need(Extent(right=900), 1000.0)
    assert 900 <= together([need], "step", None, False).right <= 1000 * BEYOND
    ended = replace(need, limit=None)
    assert together([ended], "step", None, False).right == 900 * BEYOND


def test_while_it_learns_the_scale_does_not_follow_each_little_way_down():
    before = together([Need(Extent(loss=2.3), np.inf)], "step", None, False)
    for loss, expected in ((2.0, GUESSING), (1.4, GUESSING), (0.3, 0.3)):
        need = Need(Extent(loss=loss), np.inf)
        assert together([need], "step", before, False).loss == pytest.approx(expected)
        assert together([replace(need, limit=None)], "step", before, False).loss <= 1.6 * loss


@pytest.mark.parametrize("right", [np.nan, np.inf])
def test_a_place_that_nobody_knows_moves_nothing(right: float):
    for limit in (None, np.inf):
        assert together([Need(Extent(right=right), limit)], "epoch", None, False).right == 1


def test_losses_that_are_no_numbers_have_no_place():
    wrong = np.array([np.nan, np.inf, -np.inf])
    assert highest(wrong, wrong, False) == 0
    assert highest(np.array([np.nan, 4.0]), NONE, False) == 4
    assert together([Need(Extent(loss=0.0))], "step", None, False).loss == GUESSING


def test_a_loss_of_zero_has_no_place_on_a_logarithmic_scale():
    assert lowest(np.array([0.0, LEAST_LOSS])) == np.inf
    assert lowest(np.array([0.0, 0.3, np.nan])) == 0.3


@pytest.mark.parametrize(("least", "shown"), [(97.0, 80), (79.9, 70), (43.2, 40), (0.0, 0)])
def test_low_accuracies_begin_at_a_round_number(least: float, shown: float):
    assert together([Need(Extent(accuracy=least))], "step", None, False).accuracy == shown
