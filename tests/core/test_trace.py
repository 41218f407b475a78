"""Which cells belong together, followed from every board and held against torch's gradients."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.geometry import Pair, TransposedAxis
from explorer.core.layers import (
    OPERATIONS,
    AdaptiveMaxPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    MaxPool2d,
)
from explorer.core.scene import BoardName, Focus
from explorer.core.trace import trace
from tests.core.strategies import Case, cases

FIVE = (5, 5)
THREE = Conv2d(1, 1, (3, 3))


def cells(h: int, w: int) -> Iterator[Pair]:
    return product(range(h), range(w))


def positions(layer: Layer, size: Pair) -> Iterator[Pair]:
    """Every position of the input board: real cells, what is around them and between."""
    v, h = layer.axes(size)
    return product(range(v.first, v.first + v.shown), range(h.first, h.first + h.shown))


def source(layer: Layer, size: Pair, at: Pair) -> tuple[int | None, int | None]:
    v, h = layer.axes(size)
    return v.source(at[0]), h.source(at[1])


def test_an_output_cell_is_made_from_its_window():
    traced = trace(THREE, FIVE, Focus("output", (1, 2)))
    assert traced.inputs == frozenset(product((1, 2, 3), (2, 3, 4)))
    assert traced.taps == frozenset(cells(3, 3))
    assert traced.outputs == {(1, 2)}
    assert traced.pairs == 9


@pytest.mark.parametrize(
    ("cell", "count"), [((0, 0), 1), ((0, 2), 3), ((2, 2), 9), ((4, 4), 1), ((1, 1), 4)]
)
def test_how_many_outputs_an_input_cell_reaches(cell: Pair, count: int):
    traced = trace(THREE, FIVE, Focus("input", cell))
    assert len(traced.outputs) == traced.pairs == count
    assert traced.inputs == {cell}


def test_padding_uses_the_border_as_often_as_the_middle():
    layer = THREE.with_(padding=(2, 2))
    counts = {len(trace(layer, FIVE, Focus("input", at)).outputs) for at in cells(5, 5)}
    assert counts == {9}


def test_a_weight_meets_one_cell_for_every_output():
    traced = trace(THREE.with_(stride=(2, 2)), FIVE, Focus("kernel", (0, 1)))
    assert traced.inputs == {(0, 1), (0, 3), (2, 1), (2, 3)}
    assert traced.outputs == frozenset(cells(2, 2))
    assert traced.taps == {(0, 1)}
    assert traced.pairs == 4


def test_a_cell_between_the_windows_reaches_nothing():
    layer = MaxPool2d((1, 1), (2, 2))
    traced = trace(layer, FIVE, Focus("input", (1, 1)))
    assert not (traced.inputs or traced.taps or traced.outputs or traced.pairs)


def test_dilation_leaves_gaps():
    traced = trace(THREE.with_(dilation=(2, 2)), (6, 6), Focus("output", (1, 0)))
    assert traced.inputs == frozenset(product((1, 3, 5), (0, 2, 4)))


def test_a_copy_counts_as_the_cell_that_it_copies():
    layer = THREE.with_(padding=(1, 1), padding_mode="replicate")
    corner = trace(layer, FIVE, Focus("input", (0, 0)))
    assert corner.inputs == {(0, 0), (-1, 0), (0, -1), (-1, -1)}
    assert len(corner.outputs) == 4
    assert corner.pairs == 9  # four cells, each once more in every copy that its window holds
    assert trace(layer, FIVE, Focus("input", (-1, -1))) == corner


def test_empty_padding_is_a_cell_of_its_own():
    layer = THREE.with_(padding=(1, 1))
    assert trace(layer, FIVE, Focus("input", (-1, -1))).inputs == {(-1, -1)}
    assert trace(layer, FIVE, Focus("input", (-1, 2))).outputs == {(0, 1), (0, 2), (0, 3)}


@pytest.mark.parametrize("kind", OPERATIONS.values())
@given(st.data())
def test_all_directions_tell_the_same(kind: type[Layer], data: st.DataObject):
    case = data.draw(cases(kind))
    layer, size = case.layer, case.size
    out = data.draw(st.sampled_from(list(cells(*layer.out_size(size)))))
    made = trace(layer, size, Focus("output", out))
    axes = layer.axes(size)
    read = [len(axis.window(index)) for axis, index in zip(axes, out, strict=True)]
    assert made.pairs == read[0] * read[1] == len(made.inputs)
    assert made.inputs <= set(positions(layer, size))
    back: list[tuple[BoardName, Pair]] = [("input", at) for at in made.inputs]
    back += [("kernel", tap) for tap in made.taps]
    for board, at in back:
        other = trace(layer, size, Focus(board, at))
        assert out in other.outputs
        assert other.taps & made.taps and other.inputs & made.inputs


@pytest.mark.parametrize("kind", OPERATIONS.values())
@given(st.data())
def test_an_input_cell_and_a_weight_name_the_outputs_that_name_them(
    kind: type[Layer], data: st.DataObject
):
    case = data.draw(cases(kind))
    layer, size = case.layer, case.size
    outputs = list(cells(*layer.out_size(size)))
    at = data.draw(st.sampled_from(list(positions(layer, size))))
    same = {at}
    if None not in source(layer, size, at):
        mine = source(layer, size, at)
        same = {other for other in positions(layer, size) if source(layer, size, other) == mine}
    windows = {out: trace(layer, size, Focus("output", out)).inputs for out in outputs}
    traced = trace(layer, size, Focus("input", at))
    assert traced.outputs == {out for out, inputs in windows.items() if inputs & same}
    assert traced.pairs == sum(len(inputs & same) for inputs in windows.values())
    kernel = layer.axes(size)[0].kernel, layer.axes(size)[1].kernel
    tap = data.draw(st.sampled_from(list(cells(*kernel))))
    weight = trace(layer, size, Focus("kernel", tap))
    axes = layer.axes(size)
    long_enough = {
        out
        for out in outputs
        if all(t < len(axis.window(o)) for axis, o, t in zip(axes, out, tap, strict=True))
    }
    assert weight.outputs == long_enough
    assert weight.pairs == len(long_enough)


def test_an_input_cell_of_a_transposed_convolution_reaches_its_stamp():
    layer = ConvTranspose2d(1, 1, (3, 3), (2, 2), (1, 1))
    corner = trace(layer, (3, 3), Focus("input", (0, 0)))
    assert corner.outputs == frozenset(cells(2, 2))  # the first row and column are cropped
    assert corner.inputs == {(0, 0)}
    middle = trace(layer, (3, 3), Focus("input", (2, 2)))  # the second cell, after a zero
    assert middle.outputs == frozenset(product((1, 2, 3), (1, 2, 3)))
    assert trace(layer, (3, 3), Focus("output", (0, 0))).inputs == set(
        product((-1, 0, 1), repeat=2)
    )
    zero = trace(layer, (3, 3), Focus("input", (1, 1)))
    assert zero.inputs == {(1, 1)}
    assert len(zero.outputs) == 9


def test_adaptive_windows_share_the_cells_between_them():
    layer = AdaptiveMaxPool2d((3, 3))
    assert trace(layer, FIVE, Focus("output", (1, 0))).inputs == set(product((1, 2, 3), (0, 1)))
    assert trace(layer, FIVE, Focus("input", (1, 2))).outputs == {(0, 1), (1, 1)}
    assert trace(layer, FIVE, Focus("kernel", (2, 0))).outputs == {(1, 0), (1, 1), (1, 2)}


@given(cases(Conv2d, ConvTranspose2d))
def test_the_pairs_of_a_cell_are_its_gradient(case: Case):
    layer = case.layer.with_(in_channels=1, out_channels=1, groups=1, bias=False)
    assert layer.weight_shape is not None
    x = torch.zeros(1, 1, *case.size, requires_grad=True)
    layer.forward(x, torch.ones(layer.weight_shape), None).sum().backward()
    assert x.grad is not None
    apart = [
        axis.stride if isinstance(axis, TransposedAxis) else 1 for axis in layer.axes(case.size)
    ]
    spread = [(y * apart[0], x * apart[1]) for y, x in cells(*case.size)]
    pairs = [trace(layer, case.size, Focus("input", at)).pairs for at in spread]
    assert np.reshape(pairs, case.size).tolist() == x.grad[0, 0].tolist()


@given(cases(), st.data())
def test_rows_and_columns_make_up_all_cells(case: Case, data: st.DataObject):
    layer, size = case.layer, case.size
    v, h = layer.axes(size)
    board: BoardName = data.draw(st.sampled_from(("input", "output", "kernel")))
    places = {
        "input": [range(axis.first, axis.first + axis.shown) for axis in (v, h)],
        "output": [range(axis.output) for axis in (v, h)],
        "kernel": [range(axis.kernel) for axis in (v, h)],
    }[board]
    row, column = (data.draw(st.sampled_from(place)) for place in places)
    traced = trace(layer, size, Focus(board, (row, column)))
    named = (
        (traced.inputs, traced.rows.inputs, traced.columns.inputs),
        (traced.taps, traced.rows.taps, traced.columns.taps),
        (traced.outputs, traced.rows.outputs, traced.columns.outputs),
    )
    for both, rows, columns in named:
        assert both == set(product(rows, columns))
        assert list(rows) == sorted(set(rows)) and list(columns) == sorted(set(columns))


@pytest.mark.parametrize(
    "layer", [Conv2d(1, 1, (11, 11), padding=(5, 5)), ConvTranspose2d(1, 1, (3, 3), (2, 2))]
)
def test_a_weight_on_a_large_input_is_followed_without_listing_cells(layer: Layer):
    size = (512, 512)
    h, w = layer.out_size(size)
    traced = trace(layer, size, Focus("kernel", (1, 2)))
    assert traced.pairs == h * w
    assert (len(traced.rows.outputs), len(traced.columns.outputs)) == (h, w)
    assert not vars(traced).keys() & {"inputs", "taps", "outputs"}
    assert len(traced.outputs) == h * w
