"""Frames of the Lab: what the pixels say is what the numbers say."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import Evaluation
from explorer.core.geometry import PADDING_MODES
from explorer.core.layers import Array, AvgPool2d, Layer, MaxPool2d
from explorer.core.presets import PRESETS
from explorer.core.scene import Focus, LabState
from explorer.drawing.boards import Scale
from explorer.drawing.colour import levels, ramp
from explorer.drawing.frame import Frame, hit, moving, result, still
from explorer.drawing.grid import Board
from explorer.drawing.layout import arrange
from explorer.drawing.palette import DARK, LIGHT, THEMES, Palette
from explorer.drawing.tracing import glide
from tests.drawing.states import a_preset, a_state, boards, evaluated, states

WIDTH, HEIGHT = 800, 600


@pytest.fixture(autouse=True)
def fonts(qapp: Any) -> None:
    """Text is drawn, so there has to be an application."""


def a_frame(
    state: LabState,
    evaluation: Evaluation | None = None,
    *,
    palette: Palette = LIGHT,
    zoom: float = 1.0,
    offset: QPointF | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Frame:
    made = evaluated(state) if evaluation is None else evaluation
    layout = arrange(state, *size).zoomed(zoom, offset or QPointF())
    return Frame(state, made, layout, palette, QRectF(0, 0, *size))


def painted(frame: Frame, ratio: float = 1.0) -> QImage:
    size = frame.viewport.size().toSize() * ratio
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(frame.palette.surface))
    painter = QPainter(image)
    still(painter, frame)
    moving(painter, frame, result(frame, ratio))
    painter.end()
    return image


def rgb(name: str) -> tuple[int, int, int]:
    colour = QColor(name)
    return colour.red(), colour.green(), colour.blue()


def pixels(image: QImage, board: Board, origin: QPointF | None = None) -> np.ndarray:
    """Return the colours at the middle of every cell, shape (h, w, 3)."""
    ratio, shift = image.devicePixelRatio(), origin or QPointF()
    h, w = board.shape
    found = np.zeros((h, w, 3), np.uint8)
    for row, column in np.ndindex(h, w):
        point = board.cell_rect(row + board.first[0], column + board.first[1]).center() - shift
        colour = image.pixelColor(int(point.x() * ratio), int(point.y() * ratio))
        found[row, column] = colour.red(), colour.green(), colour.blue()
    return found


def colours(values: Array, scale: Scale) -> np.ndarray:
    return np.asarray(ramp(scale.anchors)[levels(values, scale.low, scale.high)])


@given(
    states() | states(stamping=True),
    st.sampled_from(list(THEMES.values())),
    st.sampled_from([1.0, 1.25, 2.0]),
    st.booleans(),
    st.sampled_from([1.0, 3.7, 12.0]),
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_any_state_can_be_drawn(
    state: LabState,
    palette: Palette,
    ratio: float,
    with_torch: bool,
    zoom: float,
    moved: tuple[float, float],
):
    size = (480, 360)
    offset = QPointF(size[0] * (1 - zoom) * moved[0], size[1] * (1 - zoom) * moved[1])
    frame = a_frame(
        state,
        None if with_torch else Evaluation(),
        palette=palette,
        zoom=zoom,
        offset=offset,
        size=size,
    )
    assert not painted(frame, ratio).isNull()


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("name", [n for n in PRESETS if n.startswith("digit")])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_output_has_the_colours_of_its_numbers(name: str, palette: Palette, ratio: float):
    frame = a_frame(a_preset(name), palette=palette)
    output, board = frame.evaluation.output, frame.layout.output
    picture = result(frame, ratio)
    assert output is not None and board is not None and picture is not None
    origin = QPointF(board.rect.toAlignedRect().topLeft())
    seen = pixels(picture.toImage(), board, origin)
    assert np.array_equal(seen, colours(output[0], frame.output_scale))


@pytest.mark.parametrize("palette", THEMES.values(), ids=THEMES)
def test_the_input_has_the_colours_of_its_numbers(palette: Palette):
    frame = a_frame(a_preset("digit_edges"), palette=palette)
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    still(painter, frame)
    painter.end()
    seen = pixels(image, frame.layout.input[0])
    assert np.array_equal(seen, colours(frame.state.input[0], frame.input_scales[0]))


@pytest.mark.parametrize("step", [0.0, 30.5, 400.0, 675.0])
def test_the_output_is_pale_until_the_window_has_been_there(step: float):
    frame = a_frame(a_preset("digit_edges", step=step))
    output, board = frame.evaluation.output, frame.layout.output
    assert output is not None and board is not None
    seen = pixels(painted(frame), board).reshape(-1, 3)
    full = colours(output[0], frame.output_scale).reshape(-1, 3)
    last = int(step)
    away = abs(np.arange(676) // 26 - last // 26) > 8  # no beam, no frame of the window
    done = (np.arange(676) <= last) & away
    to_come = (np.arange(676) > last) & away
    assert np.array_equal(seen[done], full[done])
    assert np.abs(seen[to_come].astype(int) - rgb(LIGHT.ghost)).max(initial=0) < 50


def test_a_traced_cell_is_shown_before_the_window_comes():
    state = a_preset("digit_edges", hover=Focus("input", (20, 20)))
    frame = a_frame(state)
    output, board = frame.evaluation.output, frame.layout.output
    assert output is not None and board is not None and frame.traced is not None
    full = colours(output[0], frame.output_scale)
    seen = pixels(painted(frame), board)
    assert len(frame.traced.outputs) == 9
    for at in frame.traced.outputs:
        assert np.array_equal(seen[at], full[at])


@pytest.mark.parametrize("board", ["input", "output"])
def test_what_is_not_traced_is_veiled(board: str):
    plain = a_preset("digit_edges", step=675.0)
    hovered = dataclasses.replace(plain, hover=Focus("kernel", (0, 0)))
    frame, clear = a_frame(hovered, palette=DARK), a_frame(plain, palette=DARK)
    assert frame.traced is not None
    place = frame.layout.input[0] if board == "input" else frame.layout.output
    assert place is not None
    before = pixels(painted(clear), place)[:10]
    after = pixels(painted(frame), place)[:10]
    cells = getattr(frame.traced, f"{board}s")
    lit = np.array([[(i, j) in cells for j in range(place.shape[1])] for i in range(10)])
    assert np.array_equal(after[lit], before[lit])
    light = before[~lit].astype(int).sum(axis=1) > 200
    assert (after[~lit][light] < before[~lit][light]).any(axis=1).all()


def test_copied_padding_shows_paler_what_it_copies():
    layer = a_preset("digit_edges").layer.with_(padding=(3, 3), padding_mode="circular")
    x = a_preset("digit_edges").input
    frame = a_frame(a_state(layer, x, sample="digit"))
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    still(painter, frame)
    painter.end()
    light = pixels(image, frame.layout.input[0]).astype(int).sum(axis=2)
    dark_is_large = np.corrcoef(light[0, 3:-3], x[0, -3])[0, 1]
    assert dark_is_large < -0.9  # the hatch of padding disturbs a little
    assert light[0, 3:-3].std() < 0.8 * light[-4, 3:-3].std()


def test_without_torch_there_is_a_frame_without_numbers():
    frame = a_frame(a_preset("numbers"), Evaluation())
    assert frame.taken_apart is None
    assert result(frame, 1.0) is None
    board = frame.layout.output
    assert board is not None
    assert tuple(pixels(painted(frame), board)[2, 2]) == rgb(LIGHT.ghost)


def test_a_setting_that_does_not_fit_still_shows_the_input():
    state = a_state(MaxPool2d((9, 9)), a_preset("digit_edges").input[:, :8, :8], sample="digit")
    frame = a_frame(state)
    assert frame.evaluation.refusal
    assert frame.layout.output is None and frame.taken_apart is None and frame.traced is None
    image = painted(frame)
    assert len({c.tobytes() for c in pixels(image, frame.layout.input[0]).reshape(-1, 3)}) > 8


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_padding_that_cannot_be_copied_can_be_drawn(mode: str):
    layer = a_preset("numbers").layer.with_(padding=(8, 8), padding_mode=mode)
    frame = a_frame(a_state(layer, np.ones((1, 1, 1), np.float32)))
    assert frame.state.fits == (mode in ("zeros", "replicate"))
    assert not painted(frame).isNull()


def test_pooling_keeps_the_colours_of_its_input_unless_it_goes_beyond():
    x = a_preset("digit_edges").input
    for layer in (MaxPool2d((2, 2)), AvgPool2d((2, 2))):
        frame = a_frame(a_state(layer, x, sample="digit"))
        assert frame.output_scale == frame.input_scales[0]
    frame = a_frame(a_state(AvgPool2d((2, 2), divisor_override=1), x, sample="digit"))
    output = frame.evaluation.output
    assert output is not None and output.max() > 255
    assert frame.output_scale == Scale(LIGHT.map_picture, 0.0, float(output.max()))
    frame = a_frame(a_state(AvgPool2d((2, 2), divisor_override=1), x - 128))
    assert frame.output_scale.low == -frame.output_scale.high < frame.input_scales[0].low


def test_the_cell_that_is_taken_apart_is_the_one_looked_at():
    def result_of(**where: Any) -> float:
        taken = a_frame(a_preset("numbers", **where)).taken_apart
        assert taken is not None
        return taken.result

    assert result_of() == 211
    assert result_of(step=4.9) == 282
    assert result_of(step=4.9, hover=Focus("output", (2, 2))) == 169
    assert result_of(step=4.9, hover=Focus("kernel", (2, 2))) == 282


@pytest.mark.parametrize("name", ["input", "kernel", "output"])
def test_a_point_hits_the_cell_that_is_drawn_there(name: str):
    state = a_preset("numbers_padding")
    layout = arrange(state, WIDTH, HEIGHT)
    board = boards(layout)[name]
    at = board.first[0] + 1, board.first[1] + 2
    found = hit(state, layout, board.cell_rect(*at).center())
    assert found == Focus(name, at)  # type: ignore[arg-type]


def test_between_the_boards_there_is_nothing():
    state = a_preset("numbers_padding")
    layout = arrange(state, WIDTH, HEIGHT)
    assert hit(state, layout, QPointF(1, 1)) is None
    assert hit(state, layout, layout.result.center()) is None
    assert hit(state, layout, layout.window[0].rect.center()) is None


def test_there_is_nothing_of_an_output_out_of_sight(qtbot: QtBot):
    frame = a_frame(a_preset("numbers"), zoom=12.0)
    assert frame.layout.output is not None
    assert not frame.layout.output.rect.intersects(frame.viewport)
    assert result(frame, 1.0) is None
    assert not painted(frame).isNull()


def test_the_window_rests_on_a_cell_for_most_of_its_step():
    resting = [glide(a_preset("numbers", step=step)) for step in (4.0, 4.3, 4.59)]
    assert set(resting) == {(1.0, 1.0)}
    row, column = glide(a_preset("numbers", step=4.8))
    assert row == 1.0 and 1.0 < column < 2.0
    assert glide(a_preset("numbers", step=5.0)) == (1.0, 2.0)


@pytest.mark.parametrize("layer", [MaxPool2d((2, 2)), AvgPool2d((2, 2), count_include_pad=False)])
def test_padding_shows_a_zero_only_where_one_enters(layer: MaxPool2d | AvgPool2d):
    x = a_preset("numbers").input
    entering = AvgPool2d((2, 2), padding=(1, 1))

    def corner_of(layer: Layer) -> QImage:
        frame = a_frame(a_state(layer, x, step=4.0))
        return painted(frame).copy(frame.layout.input[0].cell_rect(-1, -1).toAlignedRect())

    bare, written = corner_of(layer.with_(padding=(1, 1))), corner_of(entering)
    assert bare != written


def test_the_sum_shows_copies_as_copies_and_zeros_as_zeros():
    x, layer = a_preset("numbers").input, a_preset("numbers").layer.with_(padding=(1, 1))

    def corner_of(mode: str) -> np.ndarray:
        frame = a_frame(a_state(layer.with_(padding_mode=mode), x))
        place = frame.layout.window[0].cell_rect(0, 0).toAlignedRect().adjusted(3, 3, -3, -3)
        image = painted(frame).copy(place)
        found = [image.pixelColor(i, j).getRgb() for i in range(8) for j in range(8)]
        return np.array(found)

    real = corner_of("zeros").astype(int)
    copied = corner_of("replicate").astype(int)
    assert np.abs(real - copied).max() > 30
    assert len({tuple(c) for c in copied}) > 1  # hatched, where a real cell has one colour


def test_the_kernel_has_a_legend_where_there_is_room():
    frame = a_frame(a_preset("numbers"))
    kernel = frame.layout.kernel[0]
    strip = QRectF(kernel.x + 60, kernel.y - 38, 100, 16).toAlignedRect()
    seen = painted(frame).copy(strip)
    colours = {seen.pixelColor(i, j).name() for i in range(100) for j in range(16)}
    assert len(colours) > 30
