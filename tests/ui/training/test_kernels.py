"""The gallery of the first layer's kernels."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import THEMES
from explorer.ui.theme import theme
from explorer.ui.training.kernels import KernelGallery

TEN = np.random.default_rng(0).normal(size=(10, 1, 5, 5)).astype(np.float32)


@pytest.fixture
def gallery(app: QApplication, qtbot: QtBot) -> KernelGallery:
    made = KernelGallery()
    qtbot.addWidget(made)
    return made


def picture(gallery: KernelGallery, width: int = 280, height: int = 400) -> QImage:
    gallery.setMinimumSize(1, 1)
    gallery.resize(width, height)
    return gallery.grab().toImage()


def colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


def test_it_says_what_to_do_while_it_is_empty(gallery: KernelGallery):
    empty = picture(gallery)
    assert len(colours(empty)) > 2
    gallery.show_kernels(TEN)
    assert picture(gallery) != empty
    gallery.show_kernels(None)
    assert picture(gallery) == empty


@pytest.mark.parametrize("mode", THEMES)
def test_the_extremes_have_the_ends_of_the_map(gallery: KernelGallery, mode: str):
    theme.set_mode(mode)
    one = np.zeros((1, 1, 2, 2), np.float32)
    one[0, 0] = [[-1, 1], [0, 0]]
    gallery.show_kernels(one)
    found = colours(picture(gallery))
    ends = THEMES[mode].map_weight
    assert {QColor(ends[0]).rgb(), QColor(ends[-1]).rgb()} <= found


def test_new_kernels_are_seen_at_once(gallery: KernelGallery, qtbot: QtBot):
    with qtbot.waitExposed(gallery):
        gallery.show()
    gallery.show_kernels(TEN)
    before = picture(gallery)
    gallery.show_kernels(TEN[::-1])
    assert picture(gallery) != before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 900), st.integers(1, 900))
def test_any_size_will_do(gallery: KernelGallery, width: int, height: int):
    gallery.show_kernels(TEN)
    assert picture(gallery, width, height).size().toTuple() == (width, height)


@pytest.mark.parametrize("fill", [0.0, 1e-30, 1e30])
def test_kernels_may_all_be_the_same(gallery: KernelGallery, fill: float):
    gallery.show_kernels(np.full((10, 1, 5, 5), fill, np.float32))
    picture(gallery)
