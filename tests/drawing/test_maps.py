"""Maps of layers: where the boxes lie, and what colours they get."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.drawing.maps import (
    GAP,
    LARGE,
    Layer,
    Mark,
    arrange,
    cell_rect,
    draw_maps,
    map_rect,
    mark_at,
)
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


STACK = [
    Layer("input", np.zeros((1, 28, 28), np.float32), False),
    Layer("conv1", np.zeros((10, 24, 20), np.float32), True),
    Layer("pool2", np.zeros((20, 4, 4), np.float32), True),
]


@given(st.data(), st.floats(100, 900))
def test_a_cell_is_found_where_it_lies(data: st.DataObject, width: float):
    layer = data.draw(st.integers(0, 2))
    channel, row, column = (
        data.draw(st.integers(0, side - 1)) for side in STACK[layer].values.shape
    )
    mark = Mark(layer, channel, (row, column))
    assert mark_at(STACK, width, cell_rect(STACK, width, mark).center()) == mark
    assert (
        map_rect(STACK, width, mark)
        .adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
        .contains(cell_rect(STACK, width, mark))
    )


def test_between_the_maps_there_is_no_cell():
    places = arrange([1, 10, 20], 200)
    assert mark_at(STACK, 200, QPointF(5, places[1].top + 3)) is None
    assert mark_at(STACK, 200, QPointF(-3, -3)) is None
    assert mark_at([], 200, QPointF(5, 5)) is None
    box = places[1].box(1)
    assert mark_at(STACK, 200, QPointF(box.left() - 2, box.center().y())) is None


def test_a_chosen_cell_is_framed(qapp: QGuiApplication):
    image = QImage(200, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    mark = Mark(2, 3, (1, 2))
    draw_maps(painter, STACK, LIGHT, 200, QRectF(image.rect()), mark, Mark(1, 0, (0, 0)))
    painter.end()
    corner = cell_rect(STACK, 200, mark).topLeft().toPoint()
    assert image.pixelColor(corner) == QColor(LIGHT.focus_window)


@pytest.mark.parametrize("width", [200, 400])
def test_a_note_is_written_even_where_there_is_little_room(qapp: QGuiApplication, width: int):
    plain = Layer("conv1", np.full((10, 24, 24), 7.83, np.float32), True)
    noted = Layer("conv1", plain.values, True, "frozen")
    assert drawn([plain], LIGHT, width) != drawn([noted], LIGHT, width)


@given(st.lists(st.integers(1, 64), min_size=1, max_size=9), st.integers(400, 2000))
def test_in_a_large_place_maps_are_large(counts: list[int], width: int):
    low, high = (arrange(counts, width, height) for height in (0, 10_000))
    assert all(place.side >= LARGE - 1 for place in (*low, *high))
    assert high[0].side >= low[0].side
    for place in (*low, *high):
        assert place.columns * (place.side + GAP) <= width + GAP


def test_all_layers_are_in_sight_where_there_is_room():
    places = arrange([1, 10, 10, 10, 20, 20, 20], 1000, 720)
    assert places[-1].bottom <= 720 and places[0].side > LARGE
