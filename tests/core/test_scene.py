"""What the Lab shows, and which cell of it is looked at."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import Conv2d, ConvTranspose2d, Layer, MaxPool2d
from explorer.core.scene import Focus, LabState
from tests.core.strategies import Case, any_cases, torch_accepts


def a_state(layer: Layer, size: tuple[int, int] = (5, 5), channels: int = 1) -> LabState:
    x = np.zeros((channels, *size), np.float32)
    return LabState(layer, "numbers", 0, x, "counting", None, None)


@given(any_cases())
def test_it_fits_where_torch_takes_it(case: Case):
    state = a_state(case.layer, case.size, case.channels)
    assert state.size == case.size
    assert state.fits == torch_accepts(case.layer, case.channels, case.size)
    assert (state.windows > 0) == state.fits
    h, w = state.output_size
    assert state.windows == h * w


@given(st.floats(0, 5.999))
def test_the_window_is_at_the_cell_of_the_step(step: float):
    state = dataclasses.replace(a_state(Conv2d(1, 1, (4, 3))), step=step)
    assert state.output_size == (2, 3)
    assert state.cell == divmod(int(step), 3)


def test_a_step_beyond_the_end_is_the_last_cell():
    assert dataclasses.replace(a_state(Conv2d(1, 1, (4, 3))), step=99.0).cell == (1, 2)


def test_without_an_output_there_is_a_cell_all_the_same():
    state = a_state(MaxPool2d((9, 9)))
    assert not state.fits
    assert (state.output_size, state.windows, state.cell) == ((0, 0), 0, (0, 0))


@pytest.mark.parametrize("board", ["input", "kernel"])
def test_only_a_traced_output_cell_is_taken_apart(board: str):
    state = dataclasses.replace(a_state(Conv2d(1, 1, (3, 3))), step=4.0)
    other = Focus(board, (2, 2))  # type: ignore[arg-type]
    assert dataclasses.replace(state, hover=other).cell == (1, 1)
    assert dataclasses.replace(state, hover=Focus("output", (2, 0))).cell == (2, 0)


def test_the_pointer_comes_before_the_pin():
    state = a_state(Conv2d(1, 1, (3, 3)))
    pin, hover = Focus("output", (0, 0)), Focus("input", (4, 4))
    assert state.focus is None
    assert dataclasses.replace(state, pins=(pin,)).focus == pin
    assert dataclasses.replace(state, pins=(pin,), hover=hover).focus == hover


def stamping(layer: Layer, **more: Any) -> LabState:
    return dataclasses.replace(a_state(layer), stamping=True, **more)


def test_input_cells_are_the_steps_where_they_stamp():
    state = stamping(ConvTranspose2d(1, 1, (3, 3), (2, 2)), step=7.9)
    assert (state.stamps, state.course, state.steps) == (True, (5, 5), 25)
    assert state.windows == 121
    assert state.stamper == (1, 2)
    assert state.cell == (3, 5)
    windows = dataclasses.replace(state, stamping=False)
    assert (windows.stamps, windows.course, windows.steps) == (False, (11, 11), 121)
    assert windows.cell == (0, 7)


@pytest.mark.parametrize("layer", [Conv2d(1, 1, (3, 3)), MaxPool2d((2, 2))], ids=str)
def test_only_transposed_convolution_stamps(layer: Layer):
    state = stamping(layer, step=3.0)
    assert not state.stamps
    assert state.steps == state.windows
    assert state.cell == dataclasses.replace(state, stamping=False).cell


def test_stamps_that_do_not_fit_have_no_steps():
    state = stamping(ConvTranspose2d(1, 1, (1, 1), padding=(3, 3)))
    assert not state.fits
    assert (state.course, state.steps, state.stamper, state.cell) == ((0, 0), 0, (0, 0), (0, 0))


def test_a_stamp_whose_middle_is_cropped_stands_for_the_nearest_cell():
    state = stamping(ConvTranspose2d(1, 1, (1, 1), padding=(1, 1)))
    assert state.cell == (0, 0)
    assert dataclasses.replace(state, step=24.0).cell == (2, 2)


def test_the_cell_that_is_traced_is_the_one_that_stamps():
    state = stamping(ConvTranspose2d(1, 1, (3, 3), (2, 2)), step=7.0)
    real, zero = Focus("input", (4, 8)), Focus("input", (4, 7))
    assert dataclasses.replace(state, hover=real).stamper == (2, 4)
    assert dataclasses.replace(state, hover=zero).stamper == (1, 2)
    output = dataclasses.replace(state, hover=Focus("output", (9, 9)))
    assert (output.stamper, output.cell) == ((1, 2), (9, 9))


def test_stamps_look_other_than_windows():
    state = stamping(ConvTranspose2d(1, 1, (3, 3)))
    assert not state.looks_as(dataclasses.replace(state, stamping=False))
    assert state.computes_as(dataclasses.replace(state, stamping=False))
    assert state.looks_as(dataclasses.replace(state, step=3.0))


def test_the_channel_shown_large_is_the_last_one_pointed_at():
    state = a_state(Conv2d(4, 2, (3, 3), groups=2), channels=4)
    assert state.shown_channel == 0
    pinned = dataclasses.replace(state, pins=(Focus("kernel", (0, 0), 1),))
    assert pinned.shown_channel == 1
    assert dataclasses.replace(pinned, hover=Focus("output", (0, 0))).shown_channel == 1
    assert dataclasses.replace(pinned, hover=Focus("input", (0, 0), 0)).shown_channel == 0
    # Of a channel that is not read there is nothing to show.
    assert dataclasses.replace(pinned, channel=1).shown_channel == 2


def test_zeros_between_cells_are_no_padding():
    state = a_state(ConvTranspose2d(1, 1, (3, 3), (2, 2)), (3, 3))
    assert [state.is_put_in(at) for at in ((0, 1), (3, 3), (-1, 0), (0, 5))] == [
        True,
        True,
        False,
        False,
    ]
    assert not a_state(Conv2d(1, 1, (3, 3), padding=(1, 1))).is_put_in((0, 1))


def test_a_held_output_cell_is_explained_while_something_else_is_pointed_at():
    first, last, other = Focus("output", (0, 1)), Focus("output", (1, 1)), Focus("input", (0, 0))
    state = dataclasses.replace(a_state(Conv2d(1, 1, (3, 3))), step=8.0)
    assert (state.explained, state.cell) == (None, (2, 2))
    held = dataclasses.replace(state, pins=(first, last, other))
    assert (held.focus, held.explained, held.cell) == (other, last, (1, 1))
    assert dataclasses.replace(held, hover=Focus("kernel", (0, 0))).cell == (1, 1)
    assert dataclasses.replace(held, hover=Focus("output", (2, 0))).cell == (2, 0)
