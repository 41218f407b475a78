"""Input cells that stamp: the output as far as it has come, and what a hand points at."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from explorer.core.layers import ConvTranspose2d
from explorer.core.scene import Focus, LabState
from explorer.core.stamping import sums
from explorer.drawing.frame import hit, result
from explorer.drawing.input_boards import input_notes
from explorer.drawing.layout import arrange
from explorer.drawing.palette import DARK, LIGHT, THEMES, Palette
from explorer.drawing.stamping import stamped_notes
from tests.drawing.states import a_preset, a_state
from tests.drawing.test_frame import HEIGHT, WIDTH, a_frame, colours, painted, pixels, rgb

CROPPING = ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1), (1, 1), bias=True)

LAYERS = (
    ConvTranspose2d(1, 1, (3, 3), (2, 2)),
    CROPPING,
    ConvTranspose2d(1, 1, (2, 3), (3, 2), (2, 0), (1, 0), dilation=(2, 3)),
    ConvTranspose2d(2, 2, (2, 2), (1, 1), (1, 1)),
)


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def a_digit(layer: ConvTranspose2d, **more: Any) -> LabState:
    """Return a state of so many cells that no numbers are written on them."""
    x = np.tile(a_preset("digit_edges").input, (layer.in_channels, 1, 1))
    return a_state(layer, x, sample="digit", stamping=True, **more)


def numbers(layer: ConvTranspose2d, **more: Any) -> LabState:
    x = np.tile(a_preset("numbers").input, (layer.in_channels, 1, 1))
    return a_state(layer, x, stamping=True, **more)


def beside(state: LabState, shape: tuple[int, int]) -> np.ndarray:
    """Return which cells of the output are away from the stamp that has a frame."""
    row, column = state.stamper
    vertical, horizontal = state.axes
    away = np.ones(shape, bool)
    top, left = row * vertical.stride - vertical.padding, column * horizontal.stride
    left -= horizontal.padding
    rows = slice(max(top - 2, 0), max(top + vertical.extent + 2, 0))
    away[rows, max(left - 2, 0) : max(left + horizontal.extent + 2, 0)] = False
    return away


def reached(state: LabState) -> np.ndarray:
    """Return which cells of the output a stamp has touched by now, by trying each of them."""
    vertical, horizontal = state.axes
    found = np.zeros(state.output_size, bool)
    for number in range(int(state.step) + 1):
        row, column = divmod(number, state.size[1])
        for i, j in product(range(vertical.kernel), range(horizontal.kernel)):
            y = row * vertical.stride + i * vertical.dilation - vertical.padding
            x = column * horizontal.stride + j * horizontal.dilation - horizontal.padding
            if 0 <= y < found.shape[0] and 0 <= x < found.shape[1]:
                found[y, x] = True
    return found


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("layer", LAYERS, ids=str)
@pytest.mark.parametrize("step", [0.0, 300.4, 521.0, 782.0])
def test_what_has_been_stamped_has_the_colours_of_its_sums(
    layer: ConvTranspose2d, step: float, palette: Palette
):
    state = a_digit(layer, step=step, channel=layer.out_channels - 1)
    frame = a_frame(state, palette=palette)
    board, (h, w) = frame.layout.output, state.output_size
    assert board is not None
    values = sums(state, range(h), range(w), int(step) + 1)
    top, left = -board.first[0], -board.first[1]
    seen = pixels(painted(frame), board)[top : top + h, left : left + w]
    away, done = beside(state, (h, w)), reached(state)
    expected = colours(values, frame.output_scale)
    assert (away & done).any() or step == 0
    assert np.array_equal(seen[away & done], expected[away & done])


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_what_has_not_been_stamped_is_pale(layer: ConvTranspose2d):
    state = a_digit(layer, step=300.0)
    frame = a_frame(state)
    board, (h, w) = frame.layout.output, state.output_size
    assert board is not None
    seen = pixels(painted(frame), board)
    seen = seen[-board.first[0] :, -board.first[1] :][:h, :w]
    row = state.stamper[0] * state.axes[0].stride - state.axes[0].padding
    behind = ~reached(state) & (np.arange(h) >= row)[:, None] & beside(state, (h, w))
    assert behind.any()
    assert np.abs(seen[behind].astype(int) - rgb(LIGHT.ghost)).max() < 50


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_after_the_last_step_there_is_the_output_of_torch(layer: ConvTranspose2d):
    last = a_digit(layer).steps - 1
    frame = a_frame(a_digit(layer, step=float(last)))
    board, output = frame.layout.output, frame.evaluation.output
    picture = result(frame, 1.0)
    assert board is not None and output is not None and picture is not None
    origin = QPointF(board.rect.toAlignedRect().topLeft())
    h, w = output.shape[1:]
    top, left = -board.first[0], -board.first[1]
    exact = colours(output[0], frame.output_scale)
    seen = pixels(picture.toImage(), board, origin)[top : top + h, left : left + w]
    assert np.array_equal(seen, exact)
    seen = pixels(painted(frame), board)[top : top + h, left : left + w]
    away = beside(frame.state, (h, w))
    assert np.array_equal(seen[away], exact[away])


def test_what_is_cropped_is_hatched_and_paler():
    state = a_digit(CROPPING.with_(padding=(8, 8), kernel_size=(9, 9)), step=782.0)
    frame = a_frame(state, palette=DARK)
    board = frame.layout.output
    assert board is not None and board.first == (-8, -8)
    plain = colours(np.asarray(frame.output), frame.output_scale).astype(int)
    seen = pixels(painted(frame), board).astype(int)
    h, w = state.output_size
    inside = np.zeros(board.shape, bool)
    inside[8 : 8 + h, 8 : 8 + w] = True
    away = np.ones(board.shape, bool)
    away[-16:, -16:] = False
    assert np.array_equal(seen[inside & away], plain[inside & away])
    assert (seen[~inside & away] != plain[~inside & away]).any(axis=1).mean() > 0.9


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"padding": (0, 0), "output_padding": (0, 0)}, "11 × 11"),
        ({"output_padding": (0, 0)}, "9 × 9 of 11 × 11, 1 cropped on each side"),
        ({}, "10 × 10 of 11 × 11, 1 cropped before, 0 behind"),
        ({"output_padding": (0, 1)}, "9 × 10 of 11 × 11, cropped 1 + 1 rows, 1 + 0 columns"),
        ({"padding": (0, 0)}, "12 × 12"),
    ],
)
def test_the_note_counts_what_is_cropped(changes: dict[str, Any], note: str):
    assert stamped_notes(numbers(CROPPING.with_(**changes)))[0] == note


def test_the_note_of_the_input_tells_zeros_between_from_zeros_around():
    x = a_preset("numbers").input
    layer = ConvTranspose2d(1, 1, (3, 3), (2, 2))
    windows = a_frame(a_state(layer, x))
    assert input_notes(windows)[1] == "5 × 5 → 9 × 9 → 13 × 13"
    assert input_notes(windows)[0] == "5 × 5, stretched to 9 × 9, padded 13 × 13"
    assert input_notes(a_frame(a_state(layer, x, stamping=True))) == ("5 × 5",)
    bare = a_frame(a_state(layer.with_(stride=(1, 1)), x))
    assert input_notes(bare)[0] == "5 × 5, padded 9 × 9"
    point = a_frame(a_state(layer.with_(kernel_size=(1, 1)), x))
    assert input_notes(point)[0] == "5 × 5, stretched to 9 × 9"


def test_a_point_on_the_input_hits_the_position_on_the_stretched_one():
    state = numbers(CROPPING)
    layout = arrange(state, WIDTH, HEIGHT)
    board = layout.input[0]
    for row, column in np.ndindex(5, 5):
        found = hit(state, layout, board.counted.cell_rect(row, column).center())
        assert found == Focus("input", (2 * row, 2 * column))
        frame = a_frame(a_state(CROPPING, state.input, stamping=True, hover=found))
        assert frame.state.stamper == (row, column)
        assert frame.traced is not None and frame.traced.pairs <= 9


def test_what_is_cropped_cannot_be_pointed_at():
    state = numbers(CROPPING)
    layout = arrange(state, WIDTH, HEIGHT)
    assert layout.output is not None
    for at in ((-1, -1), (-1, 4), (4, -1)):
        assert hit(state, layout, layout.output.cell_rect(*at).center()) is None
    for at in ((0, 0), (9, 9)):
        found = hit(state, layout, layout.output.cell_rect(*at).center())
        assert found == Focus("output", at)


def test_pointing_at_an_output_cell_lights_the_cells_that_stamp_it():
    layer = CROPPING.with_(kernel_size=(9, 9))
    plain = a_frame(a_digit(layer, step=783.0), palette=DARK)
    frame = a_frame(
        a_digit(layer, step=783.0, hover=Focus("output", (21, 21), 0)),
        palette=DARK,
    )
    assert frame.traced is not None
    board = frame.layout.input[0]
    lit = {at for at in map(board.index, frame.traced.inputs) if at is not None}
    assert lit == set(product(range(7, 12), repeat=2))
    before = pixels(painted(plain), board.counted)
    after = pixels(painted(frame), board.counted)
    for row, column in np.ndindex(28, 28):
        away = max(abs(row - 9), abs(column - 9))
        if away < 2:  # those at the edge lie below the frame
            assert np.array_equal(after[row, column], before[row, column])
        elif away > 3 and before[row, column].astype(int).sum() > 400:
            assert (after[row, column] < before[row, column]).any()


def test_pointing_at_an_input_cell_shows_its_stamp_as_it_ends():
    state = a_digit(CROPPING, step=0.0, hover=Focus("input", (40, 20)))
    frame = a_frame(state)
    board, output = frame.layout.output, frame.evaluation.output
    assert board is not None and output is not None and frame.traced is not None
    assert frame.traced.outputs == set(product(range(39, 42), range(19, 22)))
    seen = pixels(painted(frame), board)
    exact = colours(output[0], frame.output_scale)
    middle = 40, 20  # its neighbours lie below the frame
    assert np.array_equal(seen[41, 21], exact[middle])


def test_what_is_held_on_a_zero_is_nothing_among_plain_cells():
    held = Focus("input", (1, 1))
    state = numbers(CROPPING, pins=(held,), step=3.0)
    frame = a_frame(state)
    assert frame.traced is None
    assert state.stamper == (0, 3)
    assert a_frame(a_state(CROPPING, state.input, pins=(held,))).traced is not None
    bare = numbers(CROPPING, step=3.0)
    assert painted(frame) == painted(a_frame(bare))


def test_a_step_beyond_the_end_shows_the_end():
    frame, beyond = (a_frame(numbers(CROPPING, step=step)) for step in (24.0, 80.0))
    assert painted(frame) == painted(beyond)


def test_only_transposed_convolution_stamps():
    plain, wished = (a_preset("numbers", stamping=stamping) for stamping in (False, True))
    assert not wished.stamps
    assert painted(a_frame(plain)) == painted(a_frame(wished))


def test_the_cell_that_is_explained_is_marked_and_named():
    frame = a_frame(numbers(CROPPING, step=7.0, channel=0))
    board = frame.layout.output
    assert board is not None and frame.state.focus is None
    accent = rgb(LIGHT.accent)

    def has_accent(place: QRectF) -> bool:
        image = painted(frame).copy(place.toAlignedRect())
        seen = (image.pixelColor(i, j) for i in range(image.width()) for j in range(image.height()))
        return accent in {(c.red(), c.green(), c.blue()) for c in seen}

    assert has_accent(board.cell_rect(*frame.state.cell).adjusted(-3, -3, 3, 3))
    assert has_accent(QRectF(board.x, board.y - 40, WIDTH - board.x, 24))
