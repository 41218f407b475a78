"""Where things lie on the canvas: nothing outside, nothing on top of another."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from explorer.core.layers import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d
from explorer.core.scene import LabState
from explorer.drawing.grid import Board
from explorer.drawing.layout import arrange
from tests.drawing.states import a_preset, a_state, boards, states

WIDTHS = st.integers(320, 3840)
HEIGHTS = st.integers(320, 2160)


def blank(h: int, w: int) -> np.ndarray:
    return np.zeros((1, h, w), np.float32)


EXTREMES = [
    a_state(Conv2d(1, 1, (1, 1), bias=False), blank(1, 1)),
    a_state(MaxPool2d((1, 1)), blank(1, 1)),
    a_state(Conv2d(1, 1, (1, 1), padding=(8, 8)), blank(32, 32)),
    a_state(Conv2d(1, 1, (11, 11), padding=(8, 8)), blank(32, 32)),
    a_state(Conv2d(1, 1, (11, 11), (8, 8), (8, 8)), blank(32, 32)),
    a_state(Conv2d(1, 1, (11, 1), padding=(8, 0)), blank(32, 1)),
    a_state(Conv2d(1, 1, (1, 11), padding=(0, 8)), blank(1, 32)),
    a_state(AvgPool2d((11, 11), (8, 8), (5, 5), ceil_mode=True), blank(32, 32)),
    a_state(MaxPool2d((11, 11), (8, 8), (5, 5), (3, 3), ceil_mode=True), blank(32, 32)),
    a_state(Conv2d(1, 1, (11, 11), dilation=(6, 6)), blank(5, 5)),
    a_state(ConvTranspose2d(1, 1, (1, 1)), blank(1, 1), stamping=True),
    a_state(ConvTranspose2d(1, 1, (11, 11), (8, 8), dilation=(6, 6)), blank(32, 32), stamping=True),
    a_state(Conv2d(8, 8, (11, 11)), np.zeros((8, 32, 32), np.float32)),
    a_state(
        ConvTranspose2d(8, 8, (11, 11), (8, 8)), np.zeros((8, 32, 32), np.float32), stamping=True
    ),
    a_state(ConvTranspose2d(1, 1, (11, 1), (8, 1), (8, 0)), blank(32, 1), stamping=True),
    a_state(ConvTranspose2d(1, 1, (1, 11), (1, 8), (0, 8)), blank(1, 32), stamping=True),
]


@pytest.mark.parametrize("height", range(380, 620, 20))
def test_the_window_of_ten_channels_can_be_seen_in_a_small_canvas(height: int):
    state = a_state(Conv2d(10, 20, (5, 5)), np.zeros((10, 12, 12), np.float32))
    assert arrange(state, 392, height).window[0].cell > 8


def check(state: LabState, width: int, height: int) -> None:
    layout = arrange(state, width, height)
    places = {name: board.rect for name, board in boards(layout).items()}
    places["result"] = layout.result
    places |= {f"partial.{number}": place for number, place in enumerate(layout.partial)}
    canvas = QRectF(0, 0, width, height)
    for name, place in places.items():
        assert place.width() > 0 and place.height() > 0, name
        assert canvas.contains(place), (name, place, width, height)
    for (one, a), (other, b) in combinations(places.items(), 2):
        # Two that touch may do so by a rounding error.
        assert not a.adjusted(1e-9, 1e-9, -1e-9, -1e-9).intersects(b), (one, a, other, b)
    assert ("output" in places) == state.fits
    assert ("kernel" in places) == (state.weight is not None)


@given(states() | states(stamping=True), WIDTHS, HEIGHTS)
def test_everything_is_on_the_canvas_and_apart(state: LabState, width: int, height: int):
    check(state, width, height)


@pytest.mark.parametrize("size", [(320, 320), (320, 2160), (3840, 320), (640, 480), (3840, 2160)])
@pytest.mark.parametrize("state", EXTREMES, ids=lambda state: str(state.layer)[:40])
def test_extremes_are_on_the_canvas_and_apart(state: LabState, size: tuple[int, int]):
    check(state, *size)


@given(states() | states(stamping=True), WIDTHS, HEIGHTS)
def test_what_belongs_together_has_cells_of_one_size(state: LabState, width: int, height: int):
    layout = arrange(state, width, height)
    if layout.output is not None:
        if not state.stamps:
            assert layout.output.shape == state.output_size
        assert len(layout.thumbs) == (0 if state.output_channels == 1 else state.output_channels)
        if state.channels == state.output_channels == 1:
            assert layout.output.cell == layout.input[0].cell
    assert len(layout.input) == state.channels
    total = () if layout.total is None else (layout.total,)
    below = (*layout.window, *layout.kernel, *layout.stamp, *total)
    for these in (layout.input, layout.thumbs, below):
        assert len({board.cell for board in these}) <= 1


@given(states(stamping=True))
def test_a_stamping_input_has_its_real_cells_alone(state: LabState):
    layout = arrange(state, 800, 600)
    strides = state.axes[0].stride, state.axes[1].stride
    for board in layout.input:
        assert board.shape == state.size
        for at in np.ndindex(state.size):
            position = at[0] * strides[0], at[1] * strides[1]
            assert board.index(position) == at
            assert board.at(board.cell_rect(*position).center()) == position
        assert strides == (1, 1) or board.index((1, 1)) is None or 1 in strides


def test_an_output_has_what_padding_crops_around_it():
    layer = ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1))
    output = arrange(a_state(layer, blank(5, 5), stamping=True), 800, 600).output
    assert output is not None
    assert (output.first, output.shape) == ((-1, -1), (11, 11))
    layer = layer.with_(padding=(0, 1), output_padding=(1, 1))
    output = arrange(a_state(layer, blank(5, 5), stamping=True), 800, 600).output
    assert output is not None
    assert (output.first, output.shape) == ((0, -1), (12, 11))


def test_the_input_board_begins_with_its_padding():
    board = arrange(a_preset("numbers_padding"), 800, 600).input[0]
    assert board.shape == (7, 7)
    assert board.first == (-1, -1)
    assert board.at(board.rect.topLeft() + QPointF(1, 1)) == (-1, -1)


def test_a_window_that_sticks_out_has_cells_to_stick_out_into():
    board = arrange(a_preset("small_pool_ceil"), 800, 600).input[0]
    assert board.shape == (6, 6)
    assert board.first == (0, 0)


@given(
    st.integers(-9, 9),
    st.integers(-9, 9),
    st.floats(2, 60),
    st.floats(1, 12),
    st.tuples(st.floats(-900, 900), st.floats(-900, 900)),
)
@example(0, 0, 2.0, 1.0, (0.0, 0.0))
def test_a_cell_is_found_where_it_is_drawn(
    row: int, column: int, cell: float, zoom: float, shift: tuple[float, float]
):
    board = Board(13.5, -4.25, cell, (3, 4), (row, column)).zoomed(zoom, QPointF(*shift))
    for i, j in product(range(row, row + 3), range(column, column + 4)):
        assert board.at(board.cell_rect(i, j).center()) == (i, j)
        assert board.rect.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(board.cell_rect(i, j))
    outside = board.rect.adjusted(-1, -1, 1, 1)
    for corner in (outside.topLeft(), outside.topRight(), outside.bottomLeft()):
        assert board.at(corner) is None


def test_a_canvas_without_a_size_has_a_layout_all_the_same():
    assert arrange(a_preset("numbers"), 0, 0).output is not None


def test_zooming_keeps_everything_in_proportion():
    plain = arrange(a_preset("numbers"), 800, 600)
    zoomed = plain.zoomed(3, QPointF(-100, 50))
    for name, board in boards(plain).items():
        larger = boards(zoomed)[name]
        assert larger.rect.topLeft() == board.rect.topLeft() * 3 + QPointF(-100, 50)
        assert larger.rect.size() == board.rect.size() * 3
    assert zoomed.result.topLeft() == plain.result.topLeft() * 3 + QPointF(-100, 50)
    assert zoomed.result.size() == plain.result.size() * 3
    assert plain.zoomed(1, QPointF()) == plain
