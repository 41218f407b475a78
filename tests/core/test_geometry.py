"""Windows and their inverse against torch; the written formula against the number."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.geometry import (
    AdaptiveAxis,
    AnyAxis,
    Axis,
    KeptAxis,
    Token,
    TransposedAxis,
    size_formula,
)
from explorer.core.layers import (
    OPERATIONS,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    Array,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    ReLU,
    Softmax,
)
from tests.core.strategies import SLIDING, Case, cases, module, torch_output

CONVOLUTIONS: tuple[type[Layer], ...] = (Conv2d, ConvTranspose2d)
POOLINGS = tuple(kind for kind in SLIDING if kind not in CONVOLUTIONS)
ACTIVATIONS = tuple(kind for kind in OPERATIONS.values() if kind not in SLIDING)


def by_window(axis: AnyAxis) -> Array:
    """Return which cell each tap of each window reads, shape (size, kernel, output)."""
    table = np.zeros((axis.size, axis.kernel, axis.output), np.float32)
    for index in range(axis.output):
        for tap, position in enumerate(axis.window(index)):
            cell = axis.source(position)
            if cell is not None:
                table[cell, tap, index] += 1
    return table


def by_reach(axis: AnyAxis) -> Array:
    """Return the same table as `by_window`, from the other end."""
    table = np.zeros((axis.size, axis.kernel, axis.output), np.float32)
    for cell in range(axis.size):
        for index, tap in axis.reach(cell):
            table[cell, tap, index] += 1
    return table


def one_hot(h: int, w: int) -> Array:
    """Return every (h, w) picture that is 1 in one cell and 0 elsewhere, shape (h·w, 1, h, w)."""
    return np.eye(h * w, dtype=np.float32).reshape(h * w, 1, h, w)


def single(case: Case) -> Conv2d | ConvTranspose2d:
    """Return the convolution of `case` with one channel and no bias."""
    layer = case.layer.with_(in_channels=1, out_channels=1, groups=1, bias=False)
    assert isinstance(layer, Conv2d | ConvTranspose2d)
    return layer


def outputs_last(kernels: Array, layer: Conv2d | ConvTranspose2d) -> Array:
    """Return kernels of shape (outputs, 1, h, w) as the weight that `layer` takes."""
    return kernels if isinstance(layer, Conv2d) else kernels.swapaxes(0, 1)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
@given(st.data())
def test_windows_and_reach_of_a_convolution_are_those_of_torch(
    kind: type[Layer], data: st.DataObject
) -> None:
    case = data.draw(cases(kind))
    # Each picture has a 1 in one cell and each kernel in one tap: the output is 1 where torch
    # multiplies these two. The padding modes are in it, for that is torch's own forward pass.
    layer = single(case)
    taps = layer.kernel_size[0] * layer.kernel_size[1]
    kernels = outputs_last(one_hot(*layer.kernel_size), layer)
    theirs = torch_output(layer.with_(out_channels=taps), one_hot(*case.size), kernels).numpy()
    for table in (by_window, by_reach):
        rows, columns = map(table, layer.axes(case.size))
        ours = np.einsum("hai,wbj->hwabij", rows, columns)
        assert np.array_equal(ours.reshape(theirs.shape), theirs)


@pytest.mark.parametrize("kind", CONVOLUTIONS)
@given(st.data())
def test_gradients_arrive_where_windows_and_reach_say(
    kind: type[Layer], data: st.DataObject
) -> None:
    case = data.draw(cases(kind))
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


@pytest.mark.parametrize("kind", POOLINGS)
@given(st.data())
def test_windows_and_reach_of_pooling_are_those_of_torch(
    kind: type[Layer], data: st.DataObject
) -> None:
    case = data.draw(cases(kind))
    theirs = torch_output(case.layer, one_hot(*case.size)).numpy() > 0
    for table in (by_window, by_reach):
        rows, columns = (table(axis).any(axis=1) for axis in case.layer.axes(case.size))
        ours = np.einsum("hi,wj->hwij", rows, columns)
        assert np.array_equal(ours.reshape(theirs.shape), theirs)


@pytest.mark.parametrize("kind", [AvgPool2d, AdaptiveAvgPool2d])
@given(st.data())
def test_gradients_of_a_mean_arrive_where_the_windows_say(
    kind: type[Layer], data: st.DataObject
) -> None:
    case = data.draw(cases(kind))
    rows, columns = (by_window(axis).max(axis=1) for axis in case.layer.axes(case.size))
    x = torch.ones(1, 1, *case.size, requires_grad=True)
    output = case.layer.forward(x, None, None)[0, 0]
    for i, j in {(0, 0), (output.shape[0] // 2, output.shape[1] // 2), (-1, -1)}:
        (cells,) = torch.autograd.grad(output[i, j], x, retain_graph=True)
        assert np.array_equal(cells[0, 0] > 0, np.outer(rows[:, i], columns[:, j]))


@given(cases())
def test_positions_lie_on_the_board_and_windows_in_their_block(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        board = range(axis.first, axis.first + axis.shown)
        assert axis.first <= 0 and 0 in board
        cells = [axis.source(position) for position in board]
        assert set(range(axis.size)) <= set(cells)
        assert axis.source(board.start - 1) is axis.source(board.stop) is None
        assert axis.padded + axis.overhang == axis.shown
        for index in range(axis.output):
            window = axis.window(index)
            assert len(window) <= axis.kernel
            assert min(window) == axis.start(index)
            assert max(window) - min(window) + 1 == axis.span(index)
            assert set(window) <= set(board)
            assert axis.start(index + 0.5) == (axis.start(index) + axis.start(index + 1)) / 2
        assert axis.kernel == max(len(axis.window(index)) for index in range(axis.output))


@given(cases(Conv2d, MaxPool2d, AvgPool2d, LPPool2d))
def test_padding_and_overhang_are_what_lies_around_the_real_cells(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        assert isinstance(axis, Axis)
        read = {position for index in range(axis.output) for position in axis.window(index)}
        assert axis.overhang == max(0, max(read) - (axis.size + axis.behind - 1))
        assert axis.overhang == 0 or axis.ceil_mode
        for position in range(-axis.padding - 2, max(read) + 2):
            real = 0 <= position < axis.size
            inside = -axis.padding <= position < axis.size + axis.behind
            assert axis.is_padding(position) == (inside and not real)
            copied = inside and axis.padding_mode != "zeros"
            assert (axis.source(position) is not None) == (real or copied)
        assert axis.reach(-1) == axis.reach(axis.size) == ()


@given(cases(ConvTranspose2d))
def test_stamps_and_windows_are_the_same_pairs(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        assert isinstance(axis, TransposedAxis)
        stamped = {
            (cell, tap, index)
            for cell in range(axis.size)
            for tap, index in enumerate(axis.stamp(cell))
            if 0 <= index < axis.output
        }
        read = {
            (axis.source(position), tap, index)
            for index in range(axis.output)
            for tap, position in enumerate(axis.window(index))
            if axis.source(position) is not None
        }
        assert stamped == read


def test_the_stretched_input_has_zeros_between_and_around() -> None:
    axis = TransposedAxis(3, 3, stride=2, padding=1, output_padding=1)
    board = range(axis.first, axis.first + axis.shown)
    assert (axis.output, board) == (6, range(-1, 7))
    assert [axis.source(p) for p in board] == [None, 0, None, 1, None, 2, None, None]
    assert [axis.is_padding(p) for p in board] == [p not in (0, 2, 4) for p in board]
    assert [axis.window(index) for index in (0, 5)] == [(1, 0, -1), (6, 5, 4)]
    assert axis.stamp(0) == (-1, 0, 1)  # the first tap is cropped


def test_adaptive_windows_overlap_and_differ_in_length_where_a_rest_is_left() -> None:
    axis = AdaptiveAxis(7, 3)
    assert [axis.window(i) for i in range(3)] == [(0, 1, 2), (2, 3, 4), (4, 5, 6)]
    assert [AdaptiveAxis(5, 4).span(i) for i in range(4)] == [2, 2, 2, 2]
    assert [AdaptiveAxis(4, 3).window(i) for i in range(3)] == [(0, 1), (1, 2), (2, 3)]
    assert [AdaptiveAxis(8, 5).span(i) for i in range(5)] == [2, 3, 2, 3, 2]
    assert [AdaptiveAxis(2, 3).window(i) for i in range(3)] == [(0,), (0, 1), (1,)]
    assert axis.reach(2) == ((0, 2), (1, 0))


def test_same_pads_more_behind_where_the_kernel_is_even() -> None:
    vertical, horizontal = Conv2d(1, 1, (4, 3), padding="same").axes((5, 5))
    assert (vertical.first, vertical.shown, vertical.output) == (-1, 8, 5)
    assert vertical.is_padding(6) and not vertical.is_padding(7)
    assert (horizontal.first, horizontal.shown, horizontal.output) == (-1, 7, 5)


@given(cases(Conv2d))
def test_every_padded_cell_is_a_copy_of_the_cell_that_torch_copies(case: Case) -> None:
    layer = single(case)
    if isinstance(layer.padding, str):
        layer = layer.with_(padding=layer.setting("padding"))
    layer = layer.with_(kernel_size=(1, 1), stride=(1, 1), dilation=(1, 1))
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


@pytest.mark.parametrize("kind", ACTIVATIONS)
@given(st.data())
def test_an_activation_reads_what_its_gradient_says(kind: type[Layer], data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    shape = (case.channels, *case.size)
    x = torch.linspace(0.1, 1, math.prod(shape)).reshape(1, *shape).requires_grad_()
    at = tuple(data.draw(st.integers(0, side - 1)) for side in shape)
    (gradient,) = torch.autograd.grad(case.layer.as_torch()(x)[0][at], x)
    rows, columns = (
        axis.window(i) for axis, i in zip(case.layer.axes(case.size), at[1:], strict=True)
    )
    read = np.zeros(shape, bool)
    read[np.ix_(case.layer.inputs_of(at[0], case.channels), rows, columns)] = True
    theirs = gradient[0].numpy() != 0
    if read.sum() > 1 or not isinstance(case.layer, Softmax | LogSoftmax):
        assert np.array_equal(theirs, read)
    else:  # one number alone is all of itself, whatever it is
        assert not theirs.any() and read[at]


@given(cases())
def test_the_formula_comes_out_at_the_output_size(case: Case) -> None:
    for axis in case.layer.axes(case.size):
        formula = size_formula(axis)
        roles = {token.role: token.text for token in formula if token.role}
        assert formula[-1] == Token(str(axis.output), "output")
        assert roles["input_size"] == str(axis.size)
        if isinstance(axis, AdaptiveAxis):
            assert roles.keys() == {"input_size", "output"}
            continue
        assert value(formula) == axis.output
        if isinstance(axis, KeptAxis):
            assert roles == {"input_size": str(axis.size), "output": str(axis.size)}
            continue
        expected = {
            "input_size": str(axis.size),
            "padding": str(axis.padding),
            "dilation": str(axis.dilation),
            "kernel_size": str(axis.kernel),
            "stride": str(axis.stride),
            "output": str(axis.output),
        }
        if isinstance(axis, TransposedAxis):
            expected["output_padding"] = str(axis.output_padding)
        elif isinstance(axis, Axis) and axis.extra:
            expected["padding"] = f"({axis.padding} + {axis.behind})"
        assert roles == expected


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
        (
            Conv2d(1, 1, (4, 4), padding="same").axes((5, 5))[0],
            "⌊(5 + (1 + 2) − 1·(4 − 1) − 1) / 1⌋ + 1 = 5",
        ),
        (
            TransposedAxis(14, 3, stride=2, padding=1, output_padding=1),
            "(14 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 28",
        ),
        (ReLU().axes((8, 8))[0], "8 = 8"),
        (
            AdaptiveMaxPool2d((3, 3)).axes((8, 8))[0],
            "⌊i·8 / 3⌋ … ⌈(i + 1)·8 / 3⌉ − 1, i < 3",
        ),
    ],
)
def test_formulas_of_the_textbooks(axis: AnyAxis, written: str) -> None:
    assert "".join(token.text for token in size_formula(axis)) == written
