"""The window's sum: what lies under the window lies there as on the board."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from PySide6.QtCore import QPointF, QRectF

from explorer.core.geometry import TransposedAxis
from explorer.core.layers import Conv2d, ConvTranspose2d, Layer, LogSoftmax, Softmax
from explorer.core.scene import Focus, LabState
from explorer.drawing.bench import taps_apart
from explorer.drawing.bench_layout import SLICE
from explorer.drawing.boards import SMALLEST_WITH_NUMBERS
from explorer.drawing.frame import hit
from explorer.drawing.grid import Board
from explorer.drawing.layout import Layout, arrange, kernel_boards
from explorer.drawing.palette import LIGHT
from explorer.drawing.transition import between
from tests.drawing.states import a_preset, a_state, states
from tests.drawing.test_frame import a_frame, colours, painted

WIDTH, HEIGHT = 800, 600


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def corner_colours(frame: Any, board: Board) -> np.ndarray:
    """Return the colour in the corner of every cell, beside its number, as the board is seen."""
    image, seen = painted(frame), board.counted
    found = np.zeros((*board.shape, 3), np.uint8)
    for at in np.ndindex(*board.shape):
        corner = seen.cell_rect(*at).bottomRight()
        colour = image.pixelColor(int(corner.x()) - 4, int(corner.y()) - 4)
        found[at] = colour.red(), colour.green(), colour.blue()
    return found


@given(states())
def test_window_and_kernel_lie_as_the_window_on_the_input(state: LabState):
    if not state.fits or state.stamps or state.weight is None:
        return
    layout = arrange(state, WIDTH, HEIGHT)
    window, (vertical, horizontal) = layout.window[0], state.axes
    rows, columns = vertical.window(state.cell[0]), horizontal.window(state.cell[1])
    for boards in (window, *layout.kernel):
        down = [boards.cell_rect(i, 0).top() for i in range(len(rows))]
        across = [boards.cell_rect(0, j).left() for j in range(len(columns))]
        assert np.array_equal(np.argsort(down), np.argsort(rows))
        assert np.array_equal(np.argsort(across), np.argsort(columns))
    turned = isinstance(vertical, TransposedAxis)
    assert window.pitch == ((-1, -1) if turned else (1, 1))


@pytest.mark.parametrize("flip", [False, True])
def test_the_kernel_of_a_stretched_input_is_drawn_turned(flip: bool):
    state = a_preset("transposed", flip=flip)
    frame = a_frame(state)
    assert state.weight is not None
    shown = state.weight[0, 0] if flip else state.weight[0, 0, ::-1, ::-1]
    assert np.array_equal(
        corner_colours(frame, frame.layout.kernel[0]), colours(shown, frame.kernel_scale)
    )
    stamping = a_frame(dataclasses.replace(state, stamping=True))
    stamped = state.weight[0, 0, ::-1, ::-1] if flip else state.weight[0, 0]
    seen = corner_colours(stamping, stamping.layout.kernel[0])
    assert np.array_equal(seen, colours(stamped, stamping.kernel_scale))


def test_the_window_of_a_stretched_input_has_its_numbers_where_they_are():
    state = a_preset("transposed", step=24.0)  # rows and columns 3 to 5 of all, counted from -2
    frame = a_frame(state)
    board, (values,) = frame.layout.window[0], state.input
    full = np.zeros((9, 9), np.float32)
    full[2:7:2, 2:7:2] = values
    part = full[3:6, 3:6]
    seen = corner_colours(frame, board)
    expected = colours(part, frame.value_scales[0])
    assert np.array_equal(seen[part != 0], expected[part != 0])
    assert {tuple(colour) for colour in seen[part == 0].tolist()} == {(0xE9, 0xED, 0xF3)}


@pytest.mark.parametrize("flip", [False, True])
def test_a_turned_weight_is_found_where_it_is_and_traced_with_what_it_meets(flip: bool):
    state = a_preset("transposed", flip=flip)
    layout = arrange(state, WIDTH, HEIGHT)
    board = layout.kernel[0]
    last = board.counted.cell_rect(2, 1).center()
    assert hit(state, layout, last) == Focus("kernel", (0, 1))
    # The weight at the bottom meets the lowest row that the first window reads.
    frame = a_frame(dataclasses.replace(state, hover=Focus("kernel", (0, 1))))
    assert frame.traced is not None
    assert min(frame.traced.rows.inputs) == max(state.axes[0].window(0))


def many(channels: int, **more: Any) -> LabState:
    x = np.arange(channels * 36, dtype=np.float32).reshape(channels, 6, 6)
    return a_state(Conv2d(channels, 2, (3, 3)), x, **more)


def test_several_channels_can_be_read_where_there_is_room():
    layout = arrange(many(2), 1200, 900)
    assert layout.large is None and len(layout.window) == 2
    assert layout.window[0].cell >= SMALLEST_WITH_NUMBERS


@pytest.mark.parametrize("channels", [5, 8])
def test_of_too_many_channels_one_is_large_beside_a_list(channels: int):
    state = many(channels)
    layout = arrange(state, 600, 600)
    assert layout.large is not None and layout.large.cell >= SMALLEST_WITH_NUMBERS
    assert layout.window[0].cell == layout.large.cell and len(layout.window) == 1
    assert len(layout.kernel) == len(layout.partial) == channels
    assert all(board.rect.width() == pytest.approx(SLICE) for board in layout.kernel)
    point = layout.large.cell_rect(1, 2).center()
    assert hit(state, layout, point) == Focus("kernel", (1, 2), 0)
    other = layout.kernel[3].cell_rect(0, 1).center()
    focus = hit(state, layout, other)
    assert focus == Focus("kernel", (0, 1), 3)
    hovered = dataclasses.replace(state, hover=focus)
    assert arrange(hovered, 600, 600) == layout  # nothing runs away from the pointer
    assert hit(hovered, layout, point) == Focus("kernel", (1, 2), 3)
    assert [channel for channel, _ in kernel_boards(hovered, layout)][:2] == [3, 0]


def test_the_large_channel_shows_what_is_pointed_at():
    plain = many(5)
    state = dataclasses.replace(plain, hover=Focus("input", (0, 0), 2))
    frame = a_frame(state, size=(600, 600))
    assert frame.layout.large is not None and state.used_weight is not None
    beside = frame.beside_the_point
    seen = corner_colours(frame, frame.layout.window[0])
    part = state.input[2, :3, :3]
    assert np.array_equal(seen, colours(part, beside.value_scales[2]))
    assert beside.palette != LIGHT


def test_a_turned_kernel_glides_as_one():
    def of(kernel: int) -> Layout:
        layer = ConvTranspose2d(1, 1, (kernel, kernel), bias=False)
        return arrange(a_state(layer, np.ones((1, 4, 4), np.float32)), WIDTH, HEIGHT)

    old, new = of(2), of(3)
    halfway = between(old, new, 0.5).kernel[0]
    tops = [board.cell_rect(0, 0).bottomRight().y() for board in (*old.kernel, *new.kernel)]
    assert min(tops) - 1 <= halfway.cell_rect(0, 0).bottomRight().y() <= max(tops) + 1
    assert QRectF(0, 0, WIDTH, HEIGHT).contains(halfway.whole)


def test_only_taps_with_holes_between_them_are_said_to_be_apart():
    x = np.ones((1, 9, 9), np.float32)
    said = [
        taps_apart(a_state(Conv2d(1, 1, (3, 3), dilation=dilation), x))
        for dilation in ((1, 1), (2, 2), (1, 3))
    ]
    assert said == [(), ("taps 2 cells apart",), ("taps 1 × 3 cells apart",)]


@pytest.mark.parametrize("channels", [17, 32, 64])
@pytest.mark.parametrize("size", [(576, 590), (500, 430)])
def test_of_very_many_channels_the_list_has_a_colour_for_each(channels: int, size: tuple[int, int]):
    x = np.zeros((channels, 6, 6), np.float32)
    x[channels - 1] = 9
    state = a_state(Conv2d(channels, 2, (3, 3)), x)
    layout = arrange(state, *size)
    assert layout.large is not None and layout.large.cell >= 4
    places = [*layout.partial, *(board.rect for board in layout.kernel)]
    everything = QRectF(0, 0, *size)
    assert all(everything.contains(place) for place in places)
    for i, one in enumerate(places):
        assert not any(one.adjusted(1, 1, -1, -1).intersects(other) for other in places[:i])
    image = painted(a_frame(state, size=size))

    def bar(channel: int) -> str:
        place = layout.partial[channel]
        point = QPointF(place.left() + place.width() / 4, place.center().y()).toPoint()
        return image.pixelColor(point).name()

    assert bar(0) == bar(1) != bar(channels - 1)


@pytest.mark.parametrize("layer", [Softmax(1), LogSoftmax(1)])
def test_of_shares_the_own_number_is_marked(layer: Layer):
    x = np.ones((3, 2, 2), np.float32)
    frames = [a_frame(a_state(layer, x, channel=channel)) for channel in (0, 2)]
    edges = []
    for frame in frames:
        image = painted(frame)
        corners = [board.rect.topLeft().toPoint() for board in frame.layout.window]
        edges.append([image.pixelColor(corner).name() for corner in corners])
    assert edges[0][0] == edges[1][2] != edges[0][1]
    assert edges[0][2] == edges[1][0] == edges[0][1]
