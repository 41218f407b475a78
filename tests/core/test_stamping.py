"""What stamps add up to, against torch and against our other arithmetic, the windows."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import gather
from explorer.core.layers import Array, ConvTranspose2d
from explorer.core.scene import LabState
from explorer.core.stamping import complete, reached, stamped, stamps, sums
from tests.drawing.states import evaluated, stamping_layers


@st.composite
def stamping(draw: st.DrawFn) -> LabState:
    """Return any legal state of small numbers where input cells stamp."""
    layer = draw(stamping_layers().filter(lambda layer: layer.size_problem((6, 6)) is None))
    random = np.random.default_rng(draw(st.integers(0, 99)))
    size = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    if layer.size_problem(size) is not None:
        size = 6, 6
    return LabState(
        layer,
        "numbers",
        0,
        random.integers(-9, 10, (layer.in_channels, *size)).astype(np.float32),
        "own",
        random.integers(-9, 10, layer.weight_shape).astype(np.float32),
        random.integers(-9, 10, layer.out_channels).astype(np.float32) if layer.bias else None,
        flip=draw(st.booleans()),
        channel=draw(st.integers(0, layer.out_channels - 1)),
        stamping=True,
    )


def kept(state: LabState) -> tuple[range, range]:
    h, w = state.output_size
    return range(h), range(w)


def until(state: LabState, count: int) -> Array:
    """Return the input with all cells but the first `count` set to zero."""
    x = state.input.reshape(state.channels, -1).copy()
    x[:, count:] = 0
    return x.reshape(state.input.shape)


@given(stamping())
def test_all_stamps_make_the_output_of_torch(state: LabState):
    output = evaluated(state).output
    assert output is not None
    assert np.array_equal(sums(state, *kept(state)), output[state.channel])


@given(stamping(), st.floats(0, 1))
def test_the_first_stamps_make_what_windows_over_the_first_cells_do(state: LabState, share: float):
    count = round(share * state.steps)
    windows = gather(state.layer, until(state, count))
    own = state.layer.combine(windows, state.used_weight, state.bias)[state.channel]
    assert np.array_equal(sums(state, *kept(state), count), own)


@given(stamping(), st.floats(0, 1), st.data())
def test_a_part_is_cut_out_of_the_whole(state: LabState, share: float, data: st.DataObject):
    count = round(share * state.steps)
    rows, columns = stamped(state)
    some_rows, some_columns = (
        range(*sorted(data.draw(st.tuples(*2 * [st.integers(each.start, each.stop)]))))
        for each in (rows, columns)
    )
    at = np.s_[
        some_rows.start - rows.start : some_rows.stop - rows.start,
        some_columns.start - columns.start : some_columns.stop - columns.start,
    ]
    for arithmetic in (sums, reached):
        part = arithmetic(state, some_rows, some_columns, count)
        assert np.array_equal(part, arithmetic(state, rows, columns, count)[at])


@given(stamping(), st.floats(0, 1))
def test_the_first_stamps_have_reached_where_ones_would_show(state: LabState, share: float):
    count = round(share * state.steps)
    assert state.weight is not None
    ones = dataclasses.replace(
        state,
        input=np.ones_like(state.input),
        weight=np.ones_like(state.weight),
        bias=None,
    )
    assert np.array_equal(
        reached(state, *stamped(state), count), sums(ones, *stamped(state), count) > 0
    )


@given(stamping())
def test_around_the_output_lies_what_less_padding_would_let_stand(state: LabState):
    output = evaluated(state).output
    assert output is not None
    whole = complete(state, output)
    open_layer = state.layer.with_(padding=(0, 0), output_padding=(0, 0))
    opened = evaluated(dataclasses.replace(state, layer=open_layer)).output
    assert opened is not None
    h, w = opened.shape[1:]
    assert np.array_equal(whole[:h, :w], opened[state.channel])
    bias = 0.0 if state.bias is None else state.bias[state.channel]
    assert (whole[h:] == bias).all() and (whole[:, w:] == bias).all()


@given(stamping(), st.data())
def test_one_stamp_is_what_one_step_adds(state: LabState, data: st.DataObject):
    step = data.draw(st.integers(0, state.steps - 1))
    now = dataclasses.replace(state, step=float(step))
    rows, columns = stamped(state)
    added = sums(now, rows, columns, step + 1) - sums(now, rows, columns, step)
    expected = np.zeros_like(added)
    vertical, horizontal = state.axes
    row, column = now.stamper
    total = stamps(now).sum(axis=0)
    for i, j in np.ndindex(total.shape):
        y = row * vertical.stride + i * vertical.dilation
        x = column * horizontal.stride + j * horizontal.dilation
        expected[y, x] += total[i, j]
    assert np.array_equal(added, expected)


def test_numbers_beyond_all_bounds_are_added_without_a_complaint():
    x = np.full((1, 2, 2), np.inf, np.float32)
    weight = np.array([[[[1.0, -1.0], [0.0, 3e38]]]], np.float32)
    state = LabState(ConvTranspose2d(1, 1, (2, 2)), "own", 0, x, "own", weight, None, stamping=True)
    output = evaluated(state).output
    assert output is not None
    assert np.array_equal(sums(state, range(3), range(3)), output[0], equal_nan=True)
    assert np.array_equal(complete(state, output), output[0], equal_nan=True)
    assert np.isnan(stamps(state)).any()
