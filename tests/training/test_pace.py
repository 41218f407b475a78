import pytest

from explorer.training.pace import WINDOW, Pace


def test_nothing_is_known_before_the_first_step():
    pace = Pace(1000)
    assert pace.images_per_second is None and pace.seconds_left is None


def test_a_steady_speed():
    pace = Pace(1000)
    for step in range(1, 51):
        pace.note(step * 10, step * 0.5)
        assert pace.images_per_second == pytest.approx(20)
        assert pace.seconds_left == pytest.approx((1000 - step * 10) / 20)


def test_only_the_last_seconds_count():
    pace = Pace(10_000)
    pace.note(10, 10.0)
    for step in range(1, 101):
        pace.note(10 + step * 10, 10.0 + step * 0.1)
    assert pace.images_per_second == pytest.approx(100)


def test_a_step_longer_than_the_window():
    pace = Pace(100)
    pace.note(10, 2 * WINDOW)
    pace.note(20, 4 * WINDOW)
    assert pace.images_per_second == pytest.approx(10 / (2 * WINDOW))


def test_steps_in_no_time_at_all_have_no_speed():
    # To so many seconds a float cannot add those of a step.
    pace = Pace(100, seconds=1e18)
    pace.note(10, 1e18 + 0.001)
    assert pace.images_per_second is None and pace.seconds_left is None


def test_at_the_end_nothing_is_left():
    pace = Pace(10)
    pace.note(10, 1.0)
    assert pace.seconds_left == 0
