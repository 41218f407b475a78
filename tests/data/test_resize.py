"""Digits and pictures in other sizes."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.digits import bundled_test
from explorer.data.resize import cropped, resize, within

SIDES = st.integers(1, 32)


def test_an_unchanged_size_gives_the_very_same_array() -> None:
    image = bundled_test()[0][0]
    assert resize(image, (28, 28)) is image


@settings(deadline=None)
@given(h=SIDES, w=SIDES, index=st.integers(0, 99))
def test_every_size_of_the_lab(h: int, w: int, index: int) -> None:
    image = bundled_test()[0][index]
    small = resize(image, (h, w))
    assert small.shape == (h, w)
    assert small.dtype == np.uint8
    assert small.max() > 0


@settings(deadline=None)
@given(h=SIDES, w=SIDES, value=st.integers(0, 255))
def test_an_even_grey_stays_even(h: int, w: int, value: int) -> None:
    assert (resize(np.full((28, 28), value, np.uint8), (h, w)) == value).all()


@pytest.mark.parametrize("side", [1, 2, 4, 7, 14])
def test_a_side_that_divides_averages_whole_boxes(side: int) -> None:
    image = bundled_test()[0][0]
    box = 28 // side
    means = image.reshape(side, box, side, box).mean(axis=(1, 3))
    # Pillow rounds after each axis.
    np.testing.assert_allclose(resize(image, (side, side)), means, atol=1)


def test_a_multiple_repeats() -> None:
    image = np.random.default_rng(0).integers(0, 256, (4, 5), np.uint8)
    assert (resize(image, (8, 15)) == image.repeat(2, axis=0).repeat(3, axis=1)).all()


@pytest.mark.parametrize("size", [(32, 32), (24, 24), (20, 30), (14, 14), (30, 9), (5, 11)])
def test_the_digit_keeps_its_place(size: tuple[int, int]) -> None:
    image = bundled_test()[0][0]
    np.testing.assert_allclose(centre(resize(image, size)), centre(image), atol=0.01)


def centre(image: npt.NDArray[np.uint8]) -> tuple[float, float]:
    """The centre of mass as fractions of height and width."""
    rows, columns = np.indices(image.shape) + 0.5
    mass = image.sum()
    return (rows * image).sum() / mass / len(image), (columns * image).sum() / mass / len(image[0])


def test_a_slice_can_be_resized() -> None:
    assert resize(bundled_test()[0][0][::2, ::-1], (5, 9)).shape == (5, 9)


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_no_size_below_one(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        resize(bundled_test()[0][0], size)


@given(st.tuples(st.integers(1, 600), st.integers(1, 600)), st.integers(1, 512))
def test_proportions_stay(size: tuple[int, int], longest: int) -> None:
    h, w = within(size, longest)
    assert max(h, w) == longest and min(h, w) >= 1
    assert (h == 1 and size[0] < size[1]) or abs(h - size[0] * longest / max(size)) <= 0.5
    assert within(size, max(size)) == size


def test_cropping_takes_the_middle_in_the_proportions_of_the_size() -> None:
    image = np.arange(20 * 60, dtype=np.float32).reshape(20, 60).astype(np.uint8)
    assert np.array_equal(cropped(image, (10, 10)), image[:, 20:40])
    assert np.array_equal(cropped(image.T, (99, 99)), image.T[20:40])
    assert np.array_equal(cropped(image, (1, 3)), image)


@given(*[st.tuples(st.integers(1, 40), st.integers(1, 40))] * 2)
def test_cropping_leaves_something_and_all_of_one_side(
    old: tuple[int, int], size: tuple[int, int]
) -> None:
    h, w = cropped(np.zeros(old, np.uint8), size).shape
    assert h >= 1 and w >= 1 and (h == old[0] or w == old[1])
