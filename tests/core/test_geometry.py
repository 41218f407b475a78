"""Windows and their inverse against torch; the written formula against the number."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given

from explorer.core.geometry import Axis, Token, size_formula
from explorer.core.layers import Array, AvgPool2d, Conv2d, MaxPool2d
from tests.core.strategies import Case, cases, module, torch_output

CONVOLUTIONS = cases().filter(lambda case: isinstance(case.layer, Conv2d))
POOLINGS = cases().filter(lambda case: not isinstance(case.layer, Conv2d))


def by_window(axis: Axis) -> Array:
    """Return which cell each tap of each window reads, shape (size, kernel, output)."""
    table = np.zeros((axis.size, axis.kernel, axis.output), np.float32)
    for index in range(axis.output):
        for tap, position in enumerate(axis.window(index)):
            cell = axis.source(position)
            if cell is not None:
                table[cell, tap, index] += 1
    return table


def by_reach(axis: Axis) -> Array:
    """Return the same table as `by_window`, from the other end."""
    table = np.zeros((axis.size, axis.kernel, axis.output), np.float32)
    for cell in range(axis.size):
        for index, tap in axis.reach(cell):
            table[cell, tap, index] += 1
    return table


def one_hot(h: int, w: int) -> Array:
    """Return every (h, w) picture that is 1 in one cell and 0 elsewhere, shape (h·w, 1, h, w)."""
    return np.eye(h * w, dtype=np.float32).reshape(h * w, 1, h, w)


def single(case: Case) -> Conv2d:
    """Return the convolution of `case` with one channel and no bias."""
    layer = case.layer.with_(in_channels=1, out_channels=1, groups=1, bias=False)
    assert isinstance(layer, Conv2d)
    return layer


@given(CONVOLUTIONS)
def test_windows_and_reach_of_a_convolution_are_those_of_torch(case: Case) -> None:
    # Each picture has a 1 in one cell and each kernel in one tap: the output is 1 where torch
    # multiplies these two. The padding modes are in it, for that is torch's own forward pass.
    layer = single(case)
    taps = layer.kernel_size[0] * layer.kernel_size[1]
    kernels = one_hot(*layer.kernel_size)
    theirs = torch_output(layer.with_(out_channels=taps), one_hot(*case.size), kernels).numpy()
    for table in (by_window, by_reach):
        rows, columns = map(table, layer.axes(case.size))
        ours = np.einsum("hai,wbj->hwabij", rows, columns)
        assert np.array_equal(ours.reshape(theirs.shape), theirs)


@given(CONVOLUTIONS)
def test_gradients_arrive_where_windows_and_reach_say(case: Case) -> None:
    layer = single(case)
    rows, columns = map(by_window, layer.axes(case.size))
    convolve = module(layer, np.ones(layer.weight_shape, np.float32))
    x = torch.ones(1, 1, *case.size, requires_grad=True)
    output = convolve(x)[0, 0]
    weight = convolve.get_parameter("weight")
    for i, j in {(0, 0), (output.shape[0] // 2, output.shape[1] // 2), (-1, -1)}:
        cells, taps = torch.autograd.grad(output[i, j], (x, weight), retain_graph=True)
        assert np.array_equal(cells[0, 0], np.outer(rows[..., i].sum(1), columns[..., j].sum(1)))
        assert np.array_equal(taps[0, 0], np.outer(rows[..., i].sum(0), columns[..., j].sum(0)))


@given(POOLINGS)
def test_windows_and_reach_of_pooling_are_those_of_torch(case: Case) -> None:
    theirs = torch_output(case.layer, one_hot(*case.size)).numpy() > 0
    for table in (by_window, by_reach):
        rows, columns = (table(axis).any(axis=1) for axis in case.layer.axes(case.size))
        ours = np.einsum("hi,wj->hwij", rows, columns)
        assert np.array_equal(ours.reshape(theirs.shape), theirs)


@given(cases())
def test_padding_and_overhang_are_what_lies_around_the_real_cells(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        read = {position for index in range(axis.output) for position in axis.window(index)}
        assert axis.overhang == max(0, max(read) - (axis.size + axis.padding - 1))
        assert axis.overhang == 0 or axis.ceil_mode
        for position in range(-axis.padding - 2, max(read) + 2):
            real = 0 <= position < axis.size
            inside = -axis.padding <= position < axis.size + axis.padding
            assert axis.is_padding(position) == (inside and not real)
            copied = inside and axis.padding_mode != "zeros"
            assert (axis.source(position) is not None) == (real or copied)
        assert axis.reach(-1) == axis.reach(axis.size) == ()


@given(CONVOLUTIONS)
def test_every_padded_cell_is_a_copy_of_the_cell_that_torch_copies(case: Case) -> None:
    layer = single(case).with_(kernel_size=(1, 1), stride=(1, 1), dilation=(1, 1))
    h, w = case.size
    numbered = np.arange(1, h * w + 1, dtype=np.float32).reshape(1, 1, h, w)
    padded = torch_output(layer, numbered, np.ones((1, 1, 1, 1), np.float32))[0, 0]
    rows, columns = layer.axes(case.size)
    for i in range(rows.output):
        for j in range(columns.output):
            y, x = rows.source(i - rows.padding), columns.source(j - columns.padding)
            assert padded[i, j] == (0 if y is None or x is None else numbered[0, 0, y, x])


def test_a_3_by_3_kernel_uses_a_corner_once_and_the_centre_nine_times() -> None:
    rows, columns = Conv2d(1, 1, (3, 3)).axes((5, 5))
    counts = [[len(rows.reach(y)) * len(columns.reach(x)) for x in range(5)] for y in range(5)]
    assert counts[0] == [1, 2, 3, 2, 1]
    assert counts[2] == [3, 6, 9, 6, 3]


# ----------------------------------------------------------------------------------------- formula


def value(formula: tuple[Token, ...]) -> int:
    """Work out the left side of a written formula."""
    written = "".join(token.text for token in formula).partition(" = ")[0]
    for sign, python in (
        ("⌊", "math.floor("),
        ("⌈", "math.ceil("),
        ("⌋", ")"),
        ("⌉", ")"),
        ("·", "*"),
        ("−", "-"),
    ):
        written = written.replace(sign, python)
    result: int = eval(written, {"math": math})
    return result


@given(cases())
def test_the_formula_comes_out_at_the_output_size(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        formula = size_formula(axis)
        assert value(formula) == axis.output
        roles = {token.role: token.text for token in formula if token.role}
        assert roles == {
            "input_size": str(axis.size),
            "padding": str(axis.padding),
            "dilation": str(axis.dilation),
            "kernel_size": str(axis.kernel),
            "stride": str(axis.stride),
            "output": str(axis.output),
        }


@pytest.mark.parametrize(
    ("axis", "written"),
    [
        (Axis(28, 5), "⌊(28 + 2·0 − 1·(5 − 1) − 1) / 1⌋ + 1 = 24"),
        (Axis(256, 3, stride=2, padding=1), "⌊(256 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 128"),
        (AvgPool2d((2, 2)).axes((128, 128))[0], "⌊(128 + 2·0 − 1·(2 − 1) − 1) / 2⌋ + 1 = 64"),
        (
            MaxPool2d((1, 1), (2, 2), ceil_mode=True).axes((32, 32))[0],
            "⌈(32 + 2·0 − 1·(1 − 1) − 1) / 2⌉ + 1 − 1 = 16",
        ),
    ],
)
def test_formulas_of_the_textbooks(axis: Axis, written: str) -> None:
    assert "".join(token.text for token in size_formula(axis)) == written
