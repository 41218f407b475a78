"""The numbers of input, kernel and bias by hand: where they stand in a scene, and their change."""

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.core.geometry import AnyAxis, Pair
from explorer.core.kernels import drawn
from explorer.core.layers import Array
from explorer.core.scene import BRIGHTEST, OWN, BoardName, Focus, LabState

LARGEST_DIGIT: Final = 9
"""Largest random number of any other input."""

Places = np.ndarray[Any, np.dtype[np.integer[Any]]]
"""Where numbers stand in the flat order of an array."""


def editable(state: LabState, focus: Focus) -> bool:
    """Tell whether a number can be typed there: in a real cell of the input, or in the kernel."""
    return _place(state, focus) is not None


def value_at(state: LabState, focus: Focus) -> float | None:
    """Return the number of an editable cell, None for any other."""
    place = _place(state, focus)
    array = _array(state, focus.board)
    return None if place is None or array is None else float(array.flat[place])


def with_value(state: LabState, focus: Focus, value: float) -> LabState:
    """Write a number into a cell; `state` itself where that changes nothing."""
    return with_block(state, focus, np.full((1, 1), value, np.float32))


def with_block(state: LabState, focus: Focus, block: Array) -> LabState:
    """Write `block`, shape (rows, columns), with its top left number in the cell of `focus`.

    What sticks out of the board is left away; `state` itself where nothing changes. On the kernel
    right and down are as it is shown, turned or not.
    """
    cells, at = _cells(state, focus.board, focus.channel), _real(state, focus)
    if cells is None or at is None:
        return state
    if focus.board == "kernel" and state.turns_kernel:
        cells = cells[::-1, ::-1]
        at = cells.shape[0] - 1 - at[0], cells.shape[1] - 1 - at[1]
    places = cells[at[0] :, at[1] :][: block.shape[0], : block.shape[1]]
    return _with_numbers(state, focus.board, places, block[: places.shape[0], : places.shape[1]])


def with_fill(state: LabState, board: BoardName, channel: int | None, value: float) -> LabState:
    """Write one number into all cells of a channel, of all channels for None.

    On the kernel a channel is the slice that meets this input channel; None is every weight of the
    layer. `state` itself where nothing changes.
    """
    cells = _cells(state, board, channel)
    return state if cells is None else _with_numbers(state, board, cells, np.float32(value))


def with_random(state: LabState, board: BoardName, channel: int | None, seed: int) -> LabState:
    """Draw the numbers of a channel, of all channels for None, as `with_fill` understands them.

    Inputs get whole numbers from 0 to 9, pictures to 255; kernels get tenths from -1 to 1. The same
    `seed` gives the same numbers.
    """
    cells = _cells(state, board, channel)
    if cells is None:
        return state
    if board == "kernel":
        return _with_numbers(state, board, cells, drawn(cells.shape, seed))
    largest = BRIGHTEST if state.is_picture else LARGEST_DIGIT
    numbers = np.random.default_rng(seed).integers(0, largest + 1, cells.shape)
    return _with_numbers(state, board, cells, numbers.astype(np.float32))


def with_bias(state: LabState, channel: int, value: float) -> LabState:
    """Set the bias of an output channel; `state` itself where nothing changes."""
    if state.bias is None or not 0 <= channel < len(state.bias):
        return state
    bias = state.bias.copy()
    bias[channel] = value
    same = np.array_equal(bias, state.bias, equal_nan=True)
    return state if same else dataclasses.replace(state, bias=bias)


def neighbour(state: LabState, focus: Focus, dr: int, dc: int) -> Focus:
    """Return the cell `dr` rows down and `dc` columns to the right, never beyond the border.

    On the input only real cells count: padding, and zeros between stretched cells, are passed over.
    """
    (row, column), steps = focus.cell, (dr, dc)
    if focus.board == "kernel" and state.turns_kernel:
        steps = -dr, -dc
    lines = [_line(state, focus.board, side) for side in (0, 1)]
    if not all(lines):
        return focus
    moved = (_moved(line, at, by) for line, at, by in zip(lines, (row, column), steps, strict=True))
    row, column = moved
    return dataclasses.replace(focus, cell=(row, column))


def _line(state: LabState, board: BoardName, side: int) -> Sequence[int]:
    """Return the rows (0) or columns (1) of a board where one may stop, in order."""
    axis = state.axes[side]
    if board == "input":
        positions = range(axis.first, axis.first + axis.shown)
        return [position for position in positions if _source(axis, position) is not None]
    return range(axis.kernel if board == "kernel" else state.output_size[side])


def _moved(line: Sequence[int], at: int, by: int) -> int:
    # From between two stops the first step goes to the next one.
    index = bisect_right(line, at) - 1 if by > 0 else bisect_left(line, at)
    return line[min(max(index + by, 0), len(line) - 1)]


def _source(axis: AnyAxis, position: int) -> int | None:
    """Return the real cell at `position`; a copy of it in the padding does not count."""
    return None if axis.is_padding(position) else axis.source(position)


def _real(state: LabState, focus: Focus) -> Pair | None:
    """Return the (row, column) of `focus` among the real cells of its board."""
    row: int | None
    column: int | None
    row, column = focus.cell
    if focus.board == "input":
        row, column = (_source(a, p) for a, p in zip(state.axes, focus.cell, strict=True))
        if row is None or column is None:
            return None
    elif not (0 <= row < state.axes[0].kernel and 0 <= column < state.axes[1].kernel):
        return None
    return row, column


def _array(state: LabState, board: BoardName) -> Array | None:
    return {"input": state.input, "kernel": state.weight, "output": None}[board]


def _cells(state: LabState, board: BoardName, channel: int | None) -> Places | None:
    """Return where the real cells of a board stand in its array, shape (..., h, w)."""
    array = _array(state, board)
    if array is None:
        return None
    channels = range(state.channels) if board == "input" else state.read_channels
    places = np.arange(array.size).reshape(array.shape)
    if channel is None:
        return places
    if channel not in channels:
        return None
    if board == "input":
        table: Places = places[channel]
        return table
    if state.flip:
        places = places[:, :, ::-1, ::-1]
    slices = state.layer.kernel_for(places, state.channel)
    one: Places = slices[channels.index(channel)]
    return one


def _place(state: LabState, focus: Focus) -> int | None:
    cells, at = _cells(state, focus.board, focus.channel), _real(state, focus)
    return None if cells is None or at is None else int(cells[at])


def _with_numbers(
    state: LabState, board: BoardName, places: Places, numbers: Array | np.float32
) -> LabState:
    """Write `numbers` to the flat `places` of the board's array."""
    array = _array(state, board)
    assert array is not None
    changed = np.array(array, np.float32)
    changed.flat[places.ravel()] = np.broadcast_to(numbers, places.shape).ravel()
    if np.array_equal(changed, array, equal_nan=True):
        return state
    if board == "kernel":
        return dataclasses.replace(state, kernel=OWN, weight=changed)
    return state.with_own_numbers(changed)
