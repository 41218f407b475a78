"""Drawings of all kinds, put where MNIST has its digits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.data.centring import BOX, FAINT, centred
from explorer.data.digits import bundled_test


def mass(picture: np.ndarray) -> np.ndarray:
    """Return the (row, column) of the centre of mass."""
    where = np.indices(picture.shape).reshape(2, -1)
    return np.array(where @ picture.ravel().astype(float) / picture.sum())


def test_nothing_gives_nothing():
    assert not centred(np.zeros((50, 70), np.uint8)).any()


def test_wherever_it_is_drawn_it_comes_out_the_same():
    page = np.zeros((3, 280, 280), np.uint8)
    for sheet, (row, column) in zip(page, ((0, 0), (90, 40), (180, 180)), strict=True):
        sheet[row : row + 100, column + 20 : column + 40] = 255
        sheet[row : row + 20, column : column + 60] = 255
    first, *others = (centred(sheet) for sheet in page)
    assert all(np.array_equal(first, other) for other in others)
    assert np.abs(mass(first) - 13.5).max() <= 0.51


def test_the_longer_side_fills_the_box():
    page = np.zeros((200, 200), np.uint8)
    page[20:180, 90:110] = 255
    rows, columns = np.nonzero(centred(page))
    assert np.ptp(rows) + 1 == BOX
    assert np.ptp(columns) + 1 in (2, 3)


def test_mnists_own_digits_stay_where_they_are():
    for digit in bundled_test()[0][:200]:
        moved = centred(digit)
        assert np.abs(mass(moved) - mass(digit)).max() < 1.2
        assert abs(int(moved.sum()) - int(digit.sum())) < 0.35 * digit.sum()


@settings(max_examples=60)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_whatever_is_drawn_fits(ink: np.ndarray):
    page = centred(ink)
    assert page.shape == (28, 28) and page.dtype == np.uint8
    assert page.any() == (ink > FAINT).any()
