"""Where everything lies: in order, side by side, and found again by its place."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from explorer.core.layers import Conv2d, Flatten, Linear
from explorer.core.network import Network
from explorer.core.network.state import Spot
from explorer.drawing.network.contents import SHOWN_MAPS, SUREST
from explorer.drawing.network.hit import Hit, at
from explorer.drawing.network.layout import arrange
from explorer.drawing.network.scene import Answer
from explorer.drawing.network.view import fit_all
from tests.drawing.network.scenes import broken, networks, preset, scene_of, small, spots

SIDES = st.tuples(st.integers(500, 2600), st.integers(360, 1600))


@given(networks(), SIDES, st.data())
def test_nothing_overlaps(network: Network, size: tuple[int, int], data: st.DataObject):
    scene = scene_of(network)
    places = st.integers(0, max(len(scene.places) - 1, 0))
    scene = replace(scene, collapsed=frozenset(data.draw(st.sets(places))))
    layout = arrange(scene, *size)
    assert [column.place for column in layout.columns] == list(range(-1, len(scene.places)))
    whole = QRectF(0, 0, layout.size.width() + 0.01, layout.size.height() + 0.01)
    for before, after in pairwise(layout.columns):
        assert before.x + before.width < after.x
    for column in layout.columns:
        assert whole.contains(column.area)
        assert column.body.left() >= column.x - 0.01
        assert column.body.right() <= column.x + column.width + 0.01
        if column.boxes is None:
            continue
        assert column.body.adjusted(-0.01, -0.01, 0.01, 0.01).contains(column.boxes.rect)
        boxes = [column.boxes.box(index) for index in range(column.boxes.count)]
        for first, second in pairwise(boxes):
            assert not first.adjusted(0.01, 0.01, -0.01, -0.01).intersects(second)
        for bar in column.bars:
            assert bar.left() > column.boxes.rect.right() and bar.right() <= whole.right()


@given(networks(), SIDES, st.data())
def test_a_cell_is_found_where_it_lies(
    network: Network, size: tuple[int, int], data: st.DataObject
):
    scene = scene_of(network)
    layout = arrange(scene, *size)
    spot = data.draw(spots(scene))
    area = layout.spot_rect(spot)
    if area is None:
        boxes = layout.column(spot.place).boxes
        assert boxes is not None and spot.channel >= boxes.count
        return
    assert at(layout, area.center()) == Hit("cell", spot.place, spot.channel, spot)
    of_map = layout.map_rect(spot.place, spot.channel)
    assert of_map is not None and of_map.adjusted(-0.01, -0.01, 0.01, 0.01).contains(area)


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1000, 500), (2560, 1440)])
@pytest.mark.parametrize("name", ["classic", "compact", "lenet5", "small_vgg", "separable"])
def test_the_networks_for_digits_are_seen_whole(name: str, size: tuple[int, int]):
    layout = arrange(preset(name), *size)
    zoom = fit_all(layout, QSizeF(*size)).zoom
    assert zoom > 0.9
    sides = [column.boxes.width for column in layout.columns if column.boxes is not None]
    assert min(sides) * zoom > 13


def test_of_very_many_maps_the_first_are_shown():
    scene = scene_of(Network((Conv2d(1, 512, (3, 3)),)))
    column = arrange(scene, 1000, 700).column(0)
    assert column.boxes is not None and column.boxes.count == SHOWN_MAPS
    assert column.more == 512 - SHOWN_MAPS


def test_the_last_numbers_have_bars():
    layout = arrange(small(), 1000, 700)
    last = layout.columns[-1]
    assert last.boxes is not None and len(last.bars) == 10
    for index, bar in enumerate(last.bars):
        assert bar.center().y() == pytest.approx(last.boxes.box(index).center().y())
        assert at(layout, bar.center()) == Hit("cell", 5, index, Spot(5, index))
    assert not any(column.bars for column in layout.columns[:-1])


def test_a_folded_layer_makes_room():
    scene = small()
    folded = arrange(replace(scene, collapsed=frozenset({1, 2})), 1000, 700)
    whole = arrange(scene, 1000, 700)
    assert folded.column(1).width < whole.column(1).width
    first, before = folded.column(0).boxes, whole.column(0).boxes
    assert first is not None and before is not None and first.width >= before.width


def test_what_does_not_flow_has_a_column_without_maps():
    layout = arrange(broken(), 1000, 700)
    assert [column.content.kind for column in layout.columns] == [
        "maps",
        "maps",
        "maps",
        "empty",
        "empty",
    ]


def test_long_names_of_classes_have_room():
    scene = small()
    assert scene.answer is not None
    names = tuple(f"class of things {number}" for number in range(10))
    named = replace(scene, answer=replace(scene.answer, names=names))
    assert arrange(named, 1000, 700).columns[-1].bars[0].width() > (
        arrange(scene, 1000, 700).columns[-1].bars[0].width() + 60
    )


def test_of_very_many_classes_the_surest_have_bars():
    shares = np.full(100, 0.01, np.float32)
    scene = scene_of(Network((Flatten(), Linear(784, 100))))
    scene = replace(scene, answer=Answer(tuple(map(str, range(100))), shares))
    last = arrange(scene, 1000, 700).columns[-1]
    assert last.boxes is not None and last.boxes.count == 100 and len(last.bars) == SUREST
    found = at(arrange(scene, 1000, 700), last.bars[0].center())
    assert found == Hit("layer", 1)
