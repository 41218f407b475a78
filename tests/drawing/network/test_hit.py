"""What is at a point of the screen, and the views from which it is looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.core.network import Network
from explorer.core.network.state import Spot
from explorer.drawing.network.hit import Hit, header_rect, hit, toggle_rect
from explorer.drawing.network.layout import HEADER, arrange
from explorer.drawing.network.view import View, body, fit_all, fit_layer, kept, shifted_to_see
from tests.drawing.network.scenes import networks, preset, scene_of, small

SIZE = QSizeF(1000, 700)
VIEWS = st.builds(View, st.floats(0.2, 30), st.floats(-2000, 500), st.floats(-2000, 500))


@given(networks())
def test_every_header_is_found_and_folds_its_layer(network: Network):
    layout = arrange(scene_of(network), 1000, 700)
    view = fit_all(layout, SIZE)
    for column in layout.columns:
        header = header_rect(layout, view, column, SIZE.width())
        low = QPointF(header.center().x(), header.bottom() - 4)
        assert hit(layout, view, SIZE.width(), low) == Hit("header", column.place)
        found = hit(layout, view, SIZE.width(), toggle_rect(header).center())
        assert found == Hit("header" if column.place < 0 else "toggle", column.place)


def test_cells_that_nobody_could_mean_are_part_of_their_map():
    layout = arrange(preset("vgg11"), 1000, 700)
    view = fit_all(layout, SIZE)
    area = layout.map_rect(0, 3)
    assert area is not None
    assert hit(layout, view, 1000, view.point(area.center())) == Hit("map", 0, 3)
    cell = layout.spot_rect(Spot(-1, 0, 100, 100))
    assert cell is not None
    near = view.zoomed(1 / cell.width(), view.point(cell.center()))
    found = hit(layout, near, 1000, near.point(cell.center()))
    assert found is not None and found.spot == Spot(-1, 0, 100, 100)


def test_beside_the_maps_there_is_the_layer_and_beside_it_nothing():
    layout = arrange(small(), 1000, 700)
    view = fit_all(layout, SIZE)
    column = layout.column(0)
    assert column.boxes is not None
    box = column.boxes.box(0)
    between = QPointF(box.center().x(), box.bottom() + 1)
    assert hit(layout, view, 1000, view.point(between)) == Hit("layer", 0)
    gap = QPointF(column.x + column.width + 2, box.center().y())
    assert hit(layout, view, 1000, view.point(gap)) is None
    assert hit(layout, view, 1000, QPointF(-5, -5)) is None


@given(VIEWS, st.floats(-500, 500), st.floats(-500, 500))
def test_a_view_has_an_inverse(view: View, x: float, y: float):
    back = view.world(view.point(QPointF(x, y)))
    assert (back.x(), back.y()) == pytest.approx((x, y), abs=1e-6)


@given(VIEWS, st.floats(0.2, 30), st.floats(0, 1000), st.floats(0, 700))
def test_what_is_zoomed_about_stays(view: View, zoom: float, x: float, y: float):
    about = QPointF(x, y)
    there = view.zoomed(zoom, about).point(view.world(about))
    assert (there.x(), there.y()) == pytest.approx((x, y), abs=1e-3)


@given(VIEWS, VIEWS)
def test_a_way_between_views_begins_and_ends_with_them(first: View, second: View):
    for share, view in ((0.0, first), (1.0, second)):
        found = first.between(second, share)
        assert (found.zoom, found.left, found.top) == pytest.approx(
            (view.zoom, view.left, view.top), rel=1e-6, abs=1e-3
        )


@given(networks(), st.data())
def test_a_layer_that_is_shown_is_in_sight(network: Network, data: st.DataObject):
    layout = arrange(scene_of(network), 1000, 700)
    whole = QRectF(0, HEADER, 1000, 700 - HEADER).adjusted(-0.5, -0.5, 0.5, 0.5)
    everything = fit_all(layout, SIZE)
    assert everything.zoom <= 1
    place = data.draw(st.integers(-1, len(layout.columns) - 2))
    view = fit_layer(layout, SIZE, place)
    assert whole.contains(view.rect(layout.column(place).area))
    assert view.zoom >= everything.zoom


@given(networks(), VIEWS)
def test_the_network_does_not_get_out_of_sight(network: Network, view: View):
    layout = arrange(scene_of(network), 1000, 700)
    there = kept(view, layout, SIZE).rect(QRectF(QPointF(), layout.size))
    assert there.intersects(body(SIZE))


@given(VIEWS, st.integers(0, 3), st.integers(0, 9), st.integers(0, 9))
def test_a_cell_comes_into_sight(view: View, channel: int, row: int, column: int):
    area = arrange(small(), 1000, 700).spot_rect(Spot(0, channel, row, column))
    assert area is not None
    there = shifted_to_see(view, area, SIZE).rect(area)
    if there.width() < 300:
        assert body(SIZE).contains(there)
