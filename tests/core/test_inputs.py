"""Inputs that are made: tables and test pictures of every size, with channels that differ."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.inputs import DIGIT, INPUTS, NUMBERS, numbers, own_size, shifted
from explorer.core.kernels import SYMMETRIES, turned


@given(
    st.sampled_from(sorted(INPUTS)),
    st.tuples(st.integers(1, 64), st.integers(1, 64)),
    st.integers(1, 8),
)
def test_every_input_has_every_size(name: str, size: tuple[int, int], channels: int):
    made = numbers(name, size, channels)
    assert made.shape == (channels, *size)
    assert made.dtype == np.float32
    assert np.isfinite(made).all()


@pytest.mark.parametrize("name", INPUTS)
def test_the_largest_inputs(name: str):
    assert numbers(name, (512, 512)).shape == (1, 512, 512)
    assert numbers(name, (512, 1), 8).shape == (8, 512, 1)
    assert numbers(name, (1, 1), 8).shape == (8, 1, 1)


@pytest.mark.parametrize("name", INPUTS)
def test_channels_differ(name: str):
    made = numbers(name, (24, 24), 8)
    assert not any(np.array_equal(a, b) for a, b in combinations(made, 2))
    assert np.array_equal(numbers(name, (24, 24)), made[:1])


@pytest.mark.parametrize("name", INPUTS)
def test_an_own_size_shows_something(name: str):
    made = numbers(name, own_size(name))
    assert made.min() < made.max()


def test_a_digit_has_the_size_of_mnist():
    assert own_size(DIGIT) == (28, 28)


def test_a_table_is_cut_off_or_repeated():
    assert numbers("pool", (2, 6)).tolist() == [[[3, 4, 6, 5, 3, 4], [2, 4, 6, 8, 2, 4]]]
    assert numbers("numbers", (32, 32)).shape == (1, 32, 32)
    for name, rows in NUMBERS.items():
        assert numbers(name, own_size(name))[0].tolist() == [list(row) for row in rows]


@pytest.mark.parametrize("name", NUMBERS)
def test_further_channels_of_a_table_are_turned(name: str):
    table = np.array(NUMBERS[name], np.float32)
    made = numbers(name, own_size(name), SYMMETRIES + 1)
    for channel, values in enumerate(made):
        assert np.array_equal(values, turned(table, channel))
    assert np.array_equal(made[1], np.rot90(table))


def test_a_gradient_rises_by_one():
    right, down, left, up, *slanted = numbers("gradient", (3, 4), 8)
    assert right.tolist() == [[0, 1, 2, 3]] * 3
    assert down.tolist() == [[0] * 4, [1] * 4, [2] * 4]
    assert np.array_equal(left, right[:, ::-1]) and np.array_equal(up, down[::-1])
    assert [np.diff(values, axis=a).mean() for values in slanted for a in (0, 1)] == [
        *(1, 1),
        *(1, -1),
        *(-1, -1),
        *(-1, 1),
    ]


def test_a_checkerboard_has_fields_that_grow_with_the_channel():
    one, two, three = numbers("checkerboard", (4, 6), 3)
    assert one[:2].tolist() == [[1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1]]
    assert two.tolist() == [[1, 1, 0, 0, 1, 1]] * 2 + [[0, 0, 1, 1, 0, 0]] * 2
    assert three.tolist() == [[1, 1, 1, 0, 0, 0]] * 3 + [[0, 0, 0, 1, 1, 1]]


@given(st.tuples(st.integers(1, 40), st.integers(1, 40)), st.integers(1, 8))
def test_an_impulse_is_a_single_one(size: tuple[int, int], channels: int):
    made = numbers("impulse", size, channels)
    assert (made.sum(axis=(1, 2)) == 1).all() and made.max() == 1
    assert made[0, size[0] // 2, size[1] // 2] == 1


def test_the_impulses_of_several_channels_lie_apart():
    made = numbers("impulse", (12, 12), 8)
    places = np.array([np.argwhere(values)[0] for values in made])
    for a, b in combinations(places, 2):
        assert np.abs(a - b).max() >= 3


@pytest.mark.parametrize("side", [16, 24, 256])
def test_shapes_are_a_colour_picture(side: int):
    made = numbers("shapes", (side, side), 3)
    assert made.min() == 0 and made.max() <= 255
    colours = {tuple(colour) for colour in made.reshape(3, -1).T.tolist()}
    assert colours == {(0, 0, 0), (250, 90, 30), (60, 200, 110), (120, 150, 255)}


def test_what_is_shifted_leaves_zeros_behind():
    table = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    assert shifted(table, 0, 1).tolist() == [[0, 1, 2], [0, 4, 5]]
    assert shifted(table, 1, 2).tolist() == [[0, 0, 0], [0, 0, 1]]
    assert np.array_equal(shifted(table, 0, 0), table)


def test_strokes_move_by_one_pixel():
    still, moved = (numbers(name, (6, 6))[0] for name in ("stroke", "stroke_moved"))
    assert np.array_equal(moved[:, 1:], still[:, :-1])
    assert not moved[:, 0].any()


def test_the_titles_are_told_apart():
    titles = [str(made.title) for made in INPUTS.values()]
    assert len(set(titles)) == len(titles)
