"""The picture of a network: something is painted where something lies, and lit where it should."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter

from explorer.core.layers import Conv2d, ReLU
from explorer.core.network import Network
from explorer.core.network.state import Spot
from explorer.drawing.network.layout import HEADER, arrange
from explorer.drawing.network.paint import paint_light, paint_still, sheet_of
from explorer.drawing.network.scene import FlowScene, Mark
from explorer.drawing.network.view import View, fit_all, fit_layer
from explorer.drawing.palette import DARK, LIGHT, Palette
from tests.drawing.network.scenes import broken, networks, preset, scene_of, small, spots, traced

SIZE = QSizeF(900, 600)


def painted(
    scene: FlowScene, palette: Palette = LIGHT, view: View | None = None, size: QSizeF = SIZE
) -> QImage:
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    layout = arrange(scene, size.width(), size.height())
    try:
        sheet = sheet_of(painter, scene, size, view or fit_all(layout, size), palette)
        paint_still(sheet)
        paint_light(sheet)
    finally:
        painter.end()
    return image


def colours(image: QImage, area: QRectF) -> set[str]:
    there = area.toRect().intersected(image.rect())
    return {
        image.pixelColor(x, y).name()
        for x in range(there.left(), there.right() + 1)
        for y in range(there.top(), there.bottom() + 1)
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_there_is_something_where_a_map_is(qapp: QGuiApplication, palette: Palette):
    scene = small()
    layout = arrange(scene, SIZE.width(), SIZE.height())
    view = fit_all(layout, SIZE)
    image = painted(scene, palette)
    for column in layout.columns:
        assert column.boxes is not None
        for index in range(column.boxes.count):
            area = view.rect(column.boxes.box(index)).adjusted(1, 1, -1, -1)
            assert colours(image, area) != {palette.surface}
        header = QRectF(view.rect(column.area).left(), 0, column.width, HEADER)
        assert palette.text in colours(image, header)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_what_a_cell_is_made_of_is_framed(qapp: QGuiApplication, palette: Palette):
    scene = traced(small(), Spot(3, 5, 1, 1))
    layout = arrange(scene, SIZE.width(), SIZE.height())
    view = fit_all(layout, SIZE)
    image = painted(scene, palette)
    still = painted(replace(scene, hover=None, regions=()), palette)
    # A group of two maps reads one: the third of pool, relu and conv, and of the picture all.
    for place, channels in ((-1, {0}), (0, {2}), (1, {2}), (2, {2})):
        boxes = layout.column(place).boxes
        assert boxes is not None
        region = scene.regions[place + 1]
        for index in range(boxes.count):
            area = boxes.cell(index, region.rows[0], region.columns[0]).united(
                boxes.cell(index, region.rows[-1], region.columns[-1])
            )
            found = palette.focus_window in colours(image, view.rect(area).adjusted(-1, -1, 2, 2))
            assert found == (index in channels)
        assert palette.focus_window not in colours(still, view.rect(layout.column(place).body))
    spot = layout.spot_rect(Spot(3, 5, 1, 1))
    assert spot is not None
    assert palette.focus_window in colours(image, view.rect(spot).adjusted(-4, -4, 4, 4))


@given(networks(), st.data(), st.sampled_from([LIGHT, DARK]))
@settings(max_examples=15)
def test_any_network_can_be_painted(
    qapp: QGuiApplication, network: Network, data: st.DataObject, palette: Palette
):
    scene = scene_of(network)
    spot = data.draw(spots(scene))
    scene = traced(scene, spot)
    place = data.draw(st.integers(-1, len(scene.places) - 1))
    scene = replace(scene, pin=data.draw(st.sampled_from([None, spot])), chosen=place)
    layout = arrange(scene, SIZE.width(), SIZE.height())
    painted(scene, palette)
    painted(scene, palette, fit_layer(layout, SIZE, place))
    painted(scene, palette, View(40.0, -2000.0, -1500.0))


@pytest.mark.parametrize("fill", [0.0, np.nan, np.inf, -1e30])
def test_any_number_can_be_painted(qapp: QGuiApplication, fill: float):
    scene = small()
    outputs = tuple(np.full_like(values, fill) for values in scene.outputs if values is not None)
    scene = replace(scene, outputs=outputs, collapsed=frozenset({1}))
    layout = arrange(scene, SIZE.width(), SIZE.height())
    for view in (None, fit_layer(layout, SIZE, 4)):
        painted(scene, view=view)


def test_what_is_not_known_leaves_empty_boxes(qapp: QGuiApplication):
    scene = replace(small(), outputs=())
    layout = arrange(scene, SIZE.width(), SIZE.height())
    area = layout.map_rect(0, 0)
    assert area is not None
    inside = fit_all(layout, SIZE).rect(area).adjusted(2, 2, -2, -2)
    assert colours(painted(scene), inside) == {LIGHT.ghost}


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_layer_that_does_not_fit_has_a_sign(qapp: QGuiApplication, palette: Palette):
    scene = broken()
    layout = arrange(scene, SIZE.width(), SIZE.height())
    view, image = fit_all(layout, SIZE), painted(scene, palette)
    there, behind = (view.rect(layout.column(place).body) for place in (2, 3))
    assert palette.warning in colours(image, there.adjusted(8, 8, -8, -8))
    assert palette.warning not in colours(image, behind)


def test_that_something_does_not_fit_is_not_written_over_the_maps_beside_it(
    qapp: QGuiApplication,
):
    layers = (Conv2d(1, 16, (3, 3)), Conv2d(3, 8, (3, 3)), *(ReLU() for _ in range(14)))
    scene = scene_of(Network(layers), (1, 28, 28))
    size = QSizeF(500, 400)
    layout = arrange(scene, size.width(), size.height())
    view = fit_all(layout, size)
    area = view.rect(layout.column(0).body).toRect()
    one, other = (
        painted(scene, replace(LIGHT, warning=colour), size=size).copy(area)
        for colour in (LIGHT.warning, LIGHT.accent)
    )
    assert one == other


@pytest.mark.parametrize(
    "mark", [Mark(frozen=True), Mark(off="zeros"), Mark(off="identity"), Mark(edited=True)]
)
def test_a_mark_is_seen(qapp: QGuiApplication, mark: Mark):
    scene = small()
    marks = tuple(mark if place == 3 else Mark() for place in range(len(scene.places)))
    assert painted(replace(scene, marks=marks)) != painted(scene)


def test_numbers_are_written_where_there_is_room(qapp: QGuiApplication):
    scene = small()
    layout = arrange(scene, SIZE.width(), SIZE.height())
    area = layout.spot_rect(Spot(0, 0, 4, 4))
    assert area is not None
    far = View().zoomed(40 / area.width(), area.center())
    far = far.moved(SIZE_MIDDLE - far.point(area.center()))
    inside = far.rect(area).adjusted(3, 3, -3, -3)
    assert len(colours(painted(scene, view=far), inside)) > 1


SIZE_MIDDLE = QRectF(0, 0, SIZE.width(), SIZE.height()).center()


def test_a_photo_has_the_colours_of_its_channels(qapp: QGuiApplication):
    scene = preset("alexnet")
    assert [QColor(c).isValid() for c in colours(painted(scene), QRectF(0, 100, 80, 500))]
