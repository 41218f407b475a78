"""Numbers by hand: what an edit changes, and how the arrow keys go from cell to cell."""

import dataclasses
from math import nan
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.geometry import Pair
from explorer.core.layers import Array, Conv2d, ConvTranspose2d, Layer, MaxPool2d
from explorer.core.scene import EDITED, OWN, PICTURE, PICTURES, BoardName, Focus, LabState
from explorer.core.values import (
    editable,
    neighbour,
    value_at,
    with_bias,
    with_block,
    with_fill,
    with_random,
    with_value,
)
from tests.core.blocks import BLOCKS


def a_state(
    layer: Layer, size: Pair = (5, 6), channels: int | None = None, **more: Any
) -> LabState:
    """Return a state whose numbers all differ."""
    channels = getattr(layer, "in_channels", 1) if channels is None else channels
    x = np.arange(channels * size[0] * size[1], dtype=np.float32).reshape(channels, *size)
    shape = layer.weight_shape
    weight = None if shape is None else np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    bias = np.zeros(layer.output_channels(1), np.float32) if layer.has_bias else None
    return LabState(layer, "numbers", 0, x, "counting", weight, bias, **more)


@st.composite
def convolutions(draw: st.DrawFn) -> LabState:
    """Return convolutions of both directions with groups, turned or not."""
    kind = draw(st.sampled_from([Conv2d, ConvTranspose2d]))
    groups = draw(st.integers(1, 3))
    pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
    layer = kind(
        groups * draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        draw(pairs),
        draw(pairs),
        groups=groups,
    )
    channel = draw(st.integers(0, layer.out_channels - 1))
    return a_state(layer, flip=draw(st.booleans()), channel=channel)


# ------------------------------------------------------------------------------------ single cells


@given(convolutions(), st.data())
def test_what_is_typed_into_the_kernel_is_what_slides(state: LabState, data: st.DataObject):
    assert state.weight is not None
    index = data.draw(st.integers(0, len(state.read_channels) - 1))
    h, w = state.weight.shape[2:]
    at = data.draw(st.tuples(st.integers(0, h - 1), st.integers(0, w - 1)))
    focus = Focus("kernel", at, state.read_channels[index])
    new = with_value(state, focus, -7.5)
    assert value_at(new, focus) == -7.5
    assert new.kernel == OWN and new.weight is not None and new.used_weight is not None
    assert np.count_nonzero(new.weight != state.weight) == 1
    assert new.layer.kernel_for(new.used_weight, new.channel)[(index, *at)] == -7.5


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("kind", [Conv2d, ConvTranspose2d])
def test_torch_gets_the_weight_where_it_was_typed(kind: type[Any], flip: bool):
    layer = kind(4, 6, (2, 3), groups=2, bias=False)
    state = with_fill(a_state(layer, flip=flip, channel=4), "kernel", None, 0)
    assert list(state.read_channels) == [2, 3]
    state = with_value(state, Focus("kernel", (0, 2), 3), 1)
    impulse = torch.zeros(1, 4, 5, 5)
    impulse[0, 3, 2, 2] = 1
    out = layer.forward(impulse, torch.from_numpy(state.used_weight), None)[0]
    # A convolution looks at the cell through its kernel's cell, a transposed one stamps it there.
    expected = (2, 0) if kind is Conv2d else (2, 4)
    assert out.nonzero().tolist() == [[4, *expected]]


def test_an_edit_of_the_turned_kernel_goes_to_the_mirrored_place():
    state = with_value(a_state(Conv2d(1, 1, (2, 3)), flip=True), Focus("kernel", (0, 2)), 9)
    assert state.weight is not None
    assert state.weight[0, 0].tolist() == [[0, 1, 2], [9, 4, 5]]


def test_an_input_becomes_the_users_own_and_the_old_one_stays_as_it_was():
    state = a_state(Conv2d(2, 1, (3, 3), padding=(1, 1)))
    before = state.input.copy()
    new = with_value(state, Focus("input", (4, 0), 1), 0.1)
    assert (state.input == before).all()
    assert new.sample == OWN and new.origin is new.input and new.input.dtype == np.float32
    assert np.argwhere(new.input != before).tolist() == [[1, 4, 0]]
    assert new.input[1, 4, 0] == np.float32(0.1)
    assert new.weight is state.weight and new.kernel == "counting"


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_is_not_editable_not_even_copies(mode: Any):
    state = a_state(Conv2d(1, 1, (3, 3), padding=(1, 2), padding_mode=mode))
    for row in range(-2, 8):
        for column in range(-3, 9):
            focus = Focus("input", (row, column))
            real = 0 <= row < 5 and 0 <= column < 6
            assert editable(state, focus) == real
            assert value_at(state, focus) == (row * 6 + column if real else None)
            if not real:
                assert with_value(state, focus, 1) is state


def test_overhang_is_not_editable():
    state = a_state(MaxPool2d((3, 3), (2, 2), ceil_mode=True), (6, 6))
    assert editable(state, Focus("input", (5, 5)))
    assert not editable(state, Focus("input", (6, 5)))


def test_the_cells_of_a_stretched_input_stand_apart():
    state = a_state(ConvTranspose2d(1, 1, (3, 3), (2, 3)), (3, 4))
    assert value_at(state, Focus("input", (2, 6))) == state.input[0, 1, 2]
    assert not editable(state, Focus("input", (1, 6)))
    new = with_value(state, Focus("input", (4, 9)), -1)
    assert np.argwhere(new.input != state.input).tolist() == [[0, 2, 3]]


@pytest.mark.parametrize(
    "focus",
    [
        Focus("output", (0, 0)),
        Focus("input", (0, 0), 2),
        Focus("input", (0, 0), -1),
        Focus("kernel", (3, 0)),
        Focus("kernel", (0, -1)),
        Focus("kernel", (0, 0), 1),
    ],
)
def test_what_is_not_there_or_computed_is_not_editable(focus: Focus):
    state = a_state(Conv2d(2, 2, (3, 3), groups=2))
    assert not editable(state, focus) and value_at(state, focus) is None
    assert with_value(state, focus, 1) is state
    assert with_block(state, focus, np.ones((2, 2), np.float32)) is state


def test_pooling_has_no_kernel_to_edit():
    state = a_state(MaxPool2d((2, 2)))
    assert not editable(state, Focus("kernel", (0, 0)))
    assert with_fill(state, "kernel", 0, 1) is with_random(state, "kernel", None, 1) is state


def test_the_input_can_be_edited_where_the_layer_does_not_fit():
    state = a_state(Conv2d(1, 1, (9, 9)))
    assert not state.fits
    assert with_value(state, Focus("input", (1, 1)), -1).input[0, 1, 1] == -1


# ---------------------------------------------------------------------------------- many at a time


@given(st.integers(-1, 5), st.integers(-1, 6), BLOCKS)
def test_a_block_is_cut_off_at_the_border(row: int, column: int, block: Array):
    state = a_state(Conv2d(1, 1, (3, 3), padding=(1, 1)))
    new = with_block(state, Focus("input", (row, column)), block)
    expected = state.input.copy()
    if 0 <= row < 5 and 0 <= column < 6:
        part = expected[0, row:, column:][: block.shape[0], : block.shape[1]]
        part[:] = block[: part.shape[0], : part.shape[1]]
    assert np.array_equal(new.input, expected, equal_nan=True)


@given(convolutions(), BLOCKS)
def test_a_block_in_the_kernel_is_cut_off_too(state: LabState, block: Array):
    channel = state.read_channels[-1]
    first = (0, 0)
    if state.turns_kernel:  # its last weight is the one at the top left
        first = state.axes[0].kernel - 1, state.axes[1].kernel - 1
    new = with_block(state, Focus("kernel", first, channel), block)
    assert new.used_weight is not None
    board = new.layer.kernel_for(new.used_weight, new.channel)[-1]
    if state.turns_kernel:
        board = board[::-1, ::-1]
    h, w = (min(n, m) for n, m in zip(board.shape, block.shape, strict=True))
    assert np.array_equal(board[:h, :w], block[:h, :w], equal_nan=True)


def test_arrows_on_a_turned_kernel_go_where_they_point():
    layer = ConvTranspose2d(1, 1, (3, 3))
    turned, stamping = a_state(layer), a_state(layer, stamping=True)
    at = Focus("kernel", (1, 1))
    assert neighbour(turned, at, 1, -1).cell == (0, 2)
    assert neighbour(turned, at, -5, 0).cell == (2, 1)
    assert neighbour(stamping, at, 1, -1).cell == (2, 0)


def test_a_block_for_a_stretched_input_fills_real_cells():
    state = a_state(ConvTranspose2d(1, 1, (3, 3), (2, 2)), (3, 3))
    new = with_block(state, Focus("input", (2, 2)), np.full((5, 5), -1, np.float32))
    assert new.input[0].tolist() == [[0, 1, 2], [3, -1, -1], [6, -1, -1]]


def test_a_channel_or_all_are_filled():
    state = a_state(Conv2d(2, 2, (2, 2)), channel=1)
    one, every = (with_fill(state, "input", channel, 5) for channel in (1, None))
    assert (one.input[1] == 5).all() and (one.input[0] == state.input[0]).all()
    assert (every.input == 5).all()
    one, every = (with_fill(state, "kernel", channel, 5) for channel in (1, None))
    assert one.weight is not None and state.weight is not None and every.weight is not None
    assert np.argwhere(one.weight != state.weight)[:, :2].tolist() == [[1, 1]] * 4
    assert (every.weight == 5).all()
    assert with_fill(state, "output", None, 5) is state


@pytest.mark.parametrize(
    ("sample", "largest", "named"), [("numbers", 9, OWN), ("digit", 255, EDITED)]
)
def test_random_inputs_are_whole_numbers_of_their_kind(sample: str, largest: int, named: str):
    state = a_state(Conv2d(2, 1, (3, 3)), (40, 40))
    state = dataclasses.replace(state, sample=sample, input=np.clip(state.input, 0, 9))
    new = with_random(state, "input", 1, 3)
    assert (new.input[0] == state.input[0]).all()
    assert (new.input[1] % 1 == 0).all()
    assert (new.input[1].min(), new.input[1].max()) == (0, pytest.approx(largest, abs=2))
    assert new.input.max() <= max(largest, state.input[0].max())
    assert new.sample == named and new.origin is new.input


@pytest.mark.parametrize("sample", PICTURES)
def test_a_picture_stays_one_while_its_numbers_are_brightnesses(sample: str):
    state = dataclasses.replace(a_state(Conv2d(1, 1, (3, 3))), sample=sample)
    state = dataclasses.replace(state, input=np.clip(state.input, 0, 255))
    typed = with_value(state, Focus("input", (1, 1)), 255)
    assert typed.is_picture and typed.origin is typed.input
    assert typed.sample == (PICTURE if sample == PICTURE else EDITED)
    assert with_value(typed, Focus("input", (0, 0)), 0.5).sample == typed.sample
    for beyond in (-1, 255.5, np.nan):
        assert with_value(typed, Focus("input", (0, 0)), beyond).sample == OWN


def test_random_kernels_are_tenths_and_the_seed_decides():
    state = a_state(Conv2d(3, 3, (11, 11)), (12, 12))
    drawn = with_random(state, "kernel", None, 1).weight
    assert drawn is not None and state.weight is not None
    assert (drawn.min(), drawn.max()) == (-1, 1)
    np.testing.assert_allclose(drawn * 10, np.round(drawn * 10), atol=1e-5)
    again, other = (with_random(state, "kernel", None, seed).weight for seed in (1, 2))
    assert again is not None and other is not None
    assert np.array_equal(again, drawn) and not np.array_equal(other, drawn)
    one = with_random(state, "kernel", 2, 1).weight
    assert one is not None and (one[:, :2] == state.weight[:, :2]).all()


def test_a_bias_is_set_for_one_output_channel():
    state = a_state(Conv2d(1, 3, (3, 3)))
    new = with_bias(state, 1, 0.5)
    assert new.bias is not None and state.bias is not None
    assert (new.bias.tolist(), state.bias.tolist()) == ([0, 0.5, 0], [0, 0, 0])
    assert with_bias(state, 1, 0) is state
    assert with_bias(state, 3, 1) is with_bias(state, -1, 1) is state
    without = a_state(Conv2d(1, 1, (3, 3), bias=False))
    assert with_bias(without, 0, 1) is without


@given(convolutions(), st.sampled_from(["input", "kernel"]))
def test_what_changes_nothing_is_the_same_state(state: LabState, board: BoardName):
    focus = Focus(board, (0, 0), state.read_channels[0])
    value = value_at(state, focus)
    assert value is not None
    assert with_value(state, focus, value) is state
    unknown = with_value(state, focus, nan)
    assert unknown is not state
    assert with_value(unknown, focus, nan) is unknown
    filled = with_fill(state, board, None, 4)
    assert with_fill(filled, board, None, 4) is filled
    drawn = with_random(state, board, None, 5)
    drawn = drawn if board == "kernel" else dataclasses.replace(drawn, sample="numbers")
    assert with_random(drawn, board, None, 5) is drawn


# ----------------------------------------------------------------------------------- arrow keys


@given(
    convolutions(),
    st.sampled_from(["input", "kernel", "output"]),
    st.tuples(st.integers(-9, 30), st.integers(-9, 30)),
    st.integers(-3, 3),
    st.integers(-3, 3),
)
def test_the_arrows_never_leave_the_board(
    state: LabState, board: BoardName, at: Pair, dr: int, dc: int
):
    channel = 0 if board == "input" else state.read_channels[0]
    moved = neighbour(state, Focus(board, at, channel), dr, dc)
    assert (moved.board, moved.channel) == (board, channel)
    if board == "output":
        assert all(0 <= n < side for n, side in zip(moved.cell, state.output_size, strict=True))
    else:
        assert editable(state, moved)


@given(convolutions(), st.integers(-3, 3), st.integers(-3, 3), st.data())
def test_the_arrows_count_real_cells(state: LabState, dr: int, dc: int, data: st.DataObject):
    sides = zip(state.axes, state.size, strict=True)
    stops = [[p for p in range(99) if axis.source(p) is not None][:n] for axis, n in sides]
    here = [data.draw(st.integers(0, n - 1)) for n in state.size]
    at = stops[0][here[0]], stops[1][here[1]]
    there = (
        min(max(i + by, 0), len(stop) - 1)
        for i, by, stop in zip(here, (dr, dc), stops, strict=True)
    )
    expected = tuple(stop[i] for stop, i in zip(stops, there, strict=True))
    assert neighbour(state, Focus("input", at), dr, dc).cell == expected


def test_the_arrows_pass_padding_and_stretching_over():
    padded = a_state(Conv2d(1, 1, (3, 3), padding=(1, 1)))
    assert neighbour(padded, Focus("input", (-1, 2)), 1, 0).cell == (0, 2)
    assert neighbour(padded, Focus("input", (0, 0)), -1, -1).cell == (0, 0)
    assert neighbour(padded, Focus("input", (5, 6)), 0, 0).cell == (4, 5)
    stretched = a_state(ConvTranspose2d(1, 1, (3, 3), (2, 3)), (3, 4))
    assert neighbour(stretched, Focus("input", (2, 3)), 1, -1).cell == (4, 0)
    assert neighbour(stretched, Focus("input", (1, 4)), 1, -1).cell == (2, 3)


def test_without_an_output_the_arrows_stay():
    focus = Focus("output", (0, 0))
    assert neighbour(a_state(Conv2d(1, 1, (9, 9))), focus, 1, 1) is focus
