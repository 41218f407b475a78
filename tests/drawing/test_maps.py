"""Maps of layers: where the boxes lie, and what colours they get."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.drawing.maps import Layer, arrange, draw_maps
from explorer.drawing.palette import DARK, LIGHT, Palette


def drawn(layers: list[Layer], palette: Palette, width: int = 200, height: int = 300) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(palette.surface))
    painter = QPainter(image)
    draw_maps(painter, layers, palette, width, QRectF(image.rect()))
    painter.end()
    return image


@given(st.lists(st.integers(1, 64), min_size=1, max_size=12), st.floats(40, 2000))
def test_boxes_lie_beside_and_below_each_other(counts: list[int], width: float):
    boxes = [
        place.box(i)
        for place, count in zip(arrange(counts, width), counts, strict=True)
        for i in range(count)
    ]
    for box in boxes:
        assert box.left() >= 0 and box.right() <= width
    for before, after in pairwise(boxes):
        assert not before.intersects(after)
        assert after.top() >= before.top()


@given(st.integers(1, 64), st.floats(40, 2000))
def test_a_layer_ends_below_its_last_box(count: int, width: float):
    (place,) = arrange([count], width)
    assert place.bottom == pytest.approx(place.box(count - 1).bottom())


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_ends_have_the_ends_of_the_map(qapp: QGuiApplication, palette: Palette):
    values = np.zeros((2, 4, 4), np.float32)
    values[0], values[1] = -3, 3
    for signed, anchors in ((True, palette.map_signed), (False, palette.map_picture)):
        layer = Layer("conv1", values, signed)
        image = drawn([layer], palette)
        (place,) = arrange([2], 200)
        for index, end in ((0, anchors[0]), (1, anchors[-1])):
            assert image.pixelColor(place.box(index).center().toPoint()) == QColor(end)


def test_only_what_can_be_seen_is_drawn(qapp: QGuiApplication):
    layers = [Layer(f"conv{i}", np.ones((20, 8, 8), np.float32), True) for i in range(4)]
    places = arrange([20] * 4, 200)
    image = QImage(200, round(places[-1].bottom), QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_maps(painter, layers, LIGHT, 200, QRectF(0, 0, 200, places[0].bottom))
    painter.end()
    assert image.pixelColor(places[0].box(3).center().toPoint()) != QColor(0, 0, 0)
    assert image.pixelColor(places[3].box(3).center().toPoint()) == QColor(0, 0, 0)


@pytest.mark.parametrize("fill", [0.0, np.nan, np.inf, 1e30])
def test_any_number_can_be_drawn(qapp: QGuiApplication, fill: float):
    drawn([Layer("conv1", np.full((3, 5, 2), fill, np.float32), True)], LIGHT)


def test_a_shape_is_written_as_torch_does():
    assert Layer("pool1", np.zeros((10, 12, 11), np.float32), True).shape == "10 × 12 × 11"
