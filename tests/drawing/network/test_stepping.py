"""The arrows: through a map, into the one beside it, and into other layers."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.geometry import Pair
from explorer.core.network import Network
from explorer.core.network.state import Spot
from explorer.drawing.network.layout import arrange
from explorer.drawing.network.stepping import beside
from tests.drawing.network.scenes import networks, scene_of, small, spots

STEPS: tuple[Pair, ...] = ((1, 0), (-1, 0), (0, 1), (0, -1))


@given(networks(), st.data(), st.sampled_from(STEPS), st.booleans())
def test_every_step_leads_to_a_cell(
    network: Network, data: st.DataObject, step: Pair, by_map: bool
):
    scene = scene_of(network)
    layout = arrange(scene, 1000, 700)
    spot = data.draw(spots(scene))
    if layout.spot_rect(spot) is not None:
        assert layout.spot_rect(beside(layout, spot, step, by_map)) is not None


@pytest.mark.parametrize("step", STEPS)
def test_within_a_map_a_step_can_be_taken_back(step: Pair):
    layout = arrange(small(), 1000, 700)
    spot = Spot(0, 1, 4, 4)
    back = (-step[0], -step[1])
    assert beside(layout, beside(layout, spot, step), back) == spot
    assert beside(layout, spot, step) == Spot(0, 1, 4 + step[0], 4 + step[1])


def test_a_map_goes_on_in_the_next_one():
    layout = arrange(small(), 1000, 700)
    boxes = layout.column(0).boxes
    assert boxes is not None
    below = boxes.index(1, 0)
    assert beside(layout, Spot(0, 0, 9, 3), (1, 0)) == Spot(0, below, 0, 3)
    assert beside(layout, Spot(0, 0, 7, 3), (1, 0), by_map=True) == Spot(0, below, 7, 3)
    assert beside(layout, Spot(0, 0, 0, 3), (-1, 0)) == Spot(0, 0, 0, 3)


def test_folded_layers_are_stepped_over():
    layout = arrange(replace(small(), collapsed=frozenset({1, 2})), 1000, 700)
    boxes = layout.column(0).boxes
    assert boxes is not None
    last = boxes.index(0, boxes.columns - 1)
    assert beside(layout, Spot(0, last, 5, 9), (0, 1)).place == 3
    assert beside(layout, Spot(1, 0, 0, 0), (0, 1)) == Spot(1, 0, 0, 0)


def test_there_is_nothing_before_the_picture_or_behind_the_last_layer():
    layout = arrange(small(), 1000, 700)
    assert beside(layout, Spot(-1, 0, 3, 0), (0, -1)) == Spot(-1, 0, 3, 0)
    assert beside(layout, Spot(5, 3), (0, 1)) == Spot(5, 3)
    assert beside(layout, Spot(5, 3), (1, 0)) == Spot(5, 4)
