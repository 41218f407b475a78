"""What stamps add up to by our own arithmetic: slices, scaled and laid on top of each other."""

from __future__ import annotations

import numpy as np

from explorer.core.geometry import AnyAxis, TransposedAxis
from explorer.core.layers import Array
from explorer.core.layers.windows import Mask
from explorer.core.scene import LabState


def stamped(state: LabState) -> tuple[range, range]:
    """Return the rows and columns of all that is stamped, and of what `output_padding` adds.

    In positions of the output: what `padding` crops lies before 0 and beyond its size.
    """
    vertical, horizontal = state.axes
    return _stamped(vertical), _stamped(horizontal)


def _stamped(axis: AnyAxis) -> range:
    assert isinstance(axis, TransposedAxis)
    length = max(axis.stretched + axis.extent - 1, axis.padding + axis.output)
    return range(-axis.padding, length - axis.padding)


def stamps(state: LabState) -> Array:
    """Return what the cell at work stamps in each channel read, (C, kernel_h, kernel_w)."""
    row, column = state.stamper
    values = state.input[list(state.read_channels), row, column].astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled: Array = values[:, None, None] * _kernel(state)
    return scaled


def sums(state: LabState, rows: range, columns: range, count: int | None = None) -> Array:
    """Return the bias and what the first `count` stamps add to it, or all of them.

    Parameters
    ----------
    rows, columns
        The positions of the output that are asked for; those beyond it are cropped.

    Returns
    -------
    Array
        Shape (len(rows), len(columns)), float64.
    """
    bias = 0.0 if state.bias is None else float(state.bias[state.channel])
    total = np.full((len(rows), len(columns)), bias)
    with np.errstate(invalid="ignore", over="ignore"):
        for cell_rows, cell_columns in _stamped_by(state, count):
            _add(total, state, (rows, columns), (cell_rows, cell_columns))
    return total


def reached(state: LabState, rows: range, columns: range, count: int) -> Mask:
    """Return which of the positions the first `count` stamps touch."""
    found = np.zeros((len(rows), len(columns)), bool)
    for cells in _stamped_by(state, count):
        down, across = (
            _touched(axis, some, positions)
            for axis, some, positions in zip(state.axes, cells, (rows, columns), strict=True)
        )
        found |= down[:, None] & across[None, :]
    return found


def complete(state: LabState, output: Array) -> Array:
    """Return torch's `output`, shape (C, h, w), with what `padding` crops of it around it.

    Returns
    -------
    Array
        A number for each position of `stamped`, float32; outside of the output it is our own
        arithmetic.
    """
    rows, columns = stamped(state)
    h, w = state.output_size
    whole = np.empty((len(rows), len(columns)), np.float32)
    inside = range(h), range(w)
    before, behind = range(rows.start, 0), range(h, rows.stop)
    left, right = range(columns.start, 0), range(w, columns.stop)
    for part in (
        (before, columns),
        (behind, columns),
        (inside[0], left),
        (inside[0], right),
    ):
        if part[0] and part[1]:
            with np.errstate(over="ignore"):
                whole[_places(part[0], rows), _places(part[1], columns)] = sums(state, *part)
    whole[_places(inside[0], rows), _places(inside[1], columns)] = output[state.channel]
    return whole


def _kernel(state: LabState) -> Array:
    """Return the slices of the channel looked at, shape (C, kernel_h, kernel_w), float64."""
    assert state.used_weight is not None
    slices: Array = state.layer.kernel_for(state.used_weight, state.channel).astype(np.float64)
    return slices


def _places(part: range, whole: range) -> slice:
    return slice(part.start - whole.start, part.stop - whole.start)


def _stamped_by(state: LabState, count: int | None) -> list[tuple[range, range]]:
    """Return the first `count` cells of the input as blocks: whole rows, and the begun one."""
    h, w = state.size
    full, begun = divmod(h * w if count is None else min(count, h * w), w)
    return [(range(full), range(w)), (range(full, full + 1), range(begun))]


def _add(
    total: Array, state: LabState, positions: tuple[range, range], cells: tuple[range, range]
) -> None:
    """Add to `total`, which stands at `positions`, the stamps of a block of cells."""
    kernel = _kernel(state)
    x = state.input[list(state.read_channels)]
    down, across = (
        [_meeting(axis, tap, some, where) for tap in range(axis.kernel)]
        for axis, some, where in zip(state.axes, cells, positions, strict=True)
    )
    for i, (from_rows, to_rows) in enumerate(down):
        for j, (from_columns, to_columns) in enumerate(across):
            read = x[:, from_rows, from_columns]
            if read.size:
                # Not a dot product: BLAS leaves out zero weights, and zero times infinity is NaN.
                scaled = kernel[:, i, j, None, None] * read
                total[to_rows, to_columns] += scaled.sum(axis=0)


def _meeting(axis: AnyAxis, tap: int, cells: range, positions: range) -> tuple[slice, slice]:
    """Return which of `cells` stamp with `tap` one of `positions`, and where among these."""
    ahead = axis.dilation * tap - axis.padding
    low = max(cells.start, -((ahead - positions.start) // axis.stride))
    high = min(cells.stop, -((ahead - positions.stop) // axis.stride))
    if low >= high:
        return slice(0), slice(0)
    first = low * axis.stride + ahead - positions.start
    last = (high - 1) * axis.stride + ahead - positions.start
    return slice(low, high), slice(first, last + 1, axis.stride)


def _touched(axis: AnyAxis, cells: range, positions: range) -> Mask:
    """Return which of `positions` the stamps of `cells` touch, along one axis."""
    assert isinstance(axis, TransposedAxis)
    starts = np.arange(cells.start, cells.stop) * axis.stride - axis.padding
    touched = starts[:, None] + axis.dilation * np.arange(axis.kernel)
    mask: Mask = np.isin(np.arange(positions.start, positions.stop), touched)
    return mask
