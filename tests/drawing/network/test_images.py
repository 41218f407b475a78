"""Maps as images: made once, of means where cells are small, and in colours that say the sign."""

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QGuiApplication

from explorer.drawing.network import images as module
from explorer.drawing.network.images import Images, scale_of, scales_of_picture, thinning
from explorer.drawing.palette import LIGHT, MAPS_RGB

SIGNED = (scale_of((-2.0, 1.0), True, LIGHT),)


def numbers(*shape: int) -> np.ndarray:
    return np.linspace(-2, 1, int(np.prod(shape)), dtype=np.float32).reshape(shape)


def test_an_image_is_made_once(qapp: QGuiApplication):
    kept, values = Images(), numbers(3, 5, 4)
    first = kept.maps(values, SIGNED, 1, 3)
    assert kept.maps(values, SIGNED, 1, 3) is first
    assert [(one.width(), one.height()) for one in first] == [(4, 5)] * 3
    assert kept.maps(values.copy(), SIGNED, 1, 3) is not first


def test_the_ends_have_the_ends_of_the_colours(qapp: QGuiApplication):
    values = numbers(1, 2, 2)
    (image,) = Images().maps(values, SIGNED, 1, 1)
    assert image.pixelColor(0, 0) == QColor(LIGHT.map_signed[0])
    (above,) = Images().maps(np.abs(values), (scale_of((0, 2), False, LIGHT),), 1, 1)
    assert above.pixelColor(0, 0) == QColor(LIGHT.map_signed[-1])


def test_an_array_in_the_place_of_another_is_another(qapp: QGuiApplication):
    kept = Images()
    for level in range(8):
        values = np.full((1, 2, 2), level / 8, np.float32)
        assert kept.limits(values)[1] == pytest.approx(max(level / 8, 1e-12))
        del values
        gc.collect()


def test_only_so_much_is_kept(qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_BYTES", 3 * 64 * 64 * 4)
    kept, arrays = Images(), [numbers(1, 64, 64) for _ in range(6)]
    sheets = [kept.maps(values, SIGNED, 1, 1) for values in arrays]
    assert kept.maps(arrays[-1], SIGNED, 1, 1) is sheets[-1]
    assert kept.maps(arrays[0], SIGNED, 1, 1) is not sheets[0]


def test_what_is_shown_no_more_is_let_go(qapp: QGuiApplication):
    kept, old, new = Images(), numbers(1, 4, 4), numbers(1, 4, 4)
    sheets = [kept.maps(values, SIGNED, 1, 1) for values in (old, new)]
    held = weakref.ref(sheets[0][0])
    del sheets[0]
    kept.keep_only([new, None])
    gc.collect()
    assert held() is None
    assert kept.maps(new, SIGNED, 1, 1) is sheets[0]


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([2, 4, 8]))
def test_small_cells_are_shown_as_their_mean(h: int, w: int, thin: int):
    values = numbers(2, h, w)
    scale = (scale_of((-2, 2), True, LIGHT),)
    images = Images().maps(values, scale, thin, 2)
    assert (images[0].height(), images[0].width()) == (-(-h // thin), -(-w // thin))
    means = np.array([values[0, :thin, :thin].mean()], np.float32).reshape(1, 1, 1)
    (alone,) = Images().maps(means, scale, 1, 1)
    assert images[0].pixelColor(0, 0) == alone.pixelColor(0, 0)


def test_how_many_cells_become_one():
    assert [thinning(cell, 224) for cell in (20, 1, 0.5, 0.25, 0.08, 0.0)] == [1, 1, 2, 4, 16, 1]
    assert thinning(0.01, 5) == 4


def test_a_picture_of_three_channels_is_red_green_and_blue():
    scales = scales_of_picture(np.zeros((3, 4, 4), np.uint8), LIGHT)
    assert tuple(scale.anchors for scale in scales) == MAPS_RGB
    (grey,) = scales_of_picture(np.full((1, 4, 4), 0.5, np.float32), LIGHT)
    assert (grey.low, grey.high) == (0, 0.5)


def test_what_is_made_of_an_array_is_made_once():
    kept, values, calls = Images(), numbers(2, 3, 3), []

    def total(of: np.ndarray) -> np.ndarray:
        calls.append(of)
        return np.asarray(of.sum())

    assert kept.kept(values, total) is kept.kept(values, total)
    assert len(calls) == 1
