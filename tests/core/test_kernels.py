"""The kernel library: the classic numbers, in every size, for any number of channels."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import evaluate
from explorer.core.inputs import numbers
from explorer.core.kernels import KERNELS, RANDOM, SYMMETRIES, drawn, turned, weights
from explorer.core.layers import Array, Conv2d, ConvTranspose2d, Layer, MaxPool2d

SIDES = range(1, 12)
CLASSIC = {
    "counting": "1 2 3 / 4 5 6 / 7 8 9",
    "cross": "1 2 1 / 0 1 0 / 2 1 0",
    "edge_across": "-1 0 1 / -2 0 2 / -1 0 1",
    "edge_down": "-1 -2 -1 / 0 0 0 / 1 2 1",
    "laplacian": "0 1 0 / 1 -4 1 / 0 1 0",
    "emboss": "-2 -1 0 / -1 1 1 / 0 1 2",
    "sharpen": "-1 -1 -1 / -1 9 -1 / -1 -1 -1",
    "smoothing": "1 2 1 / 2 4 2 / 1 2 1",
    "identity": "0 0 0 / 0 1 0 / 0 0 0",
}
FLAT = {
    "edge_across": 0,
    "edge_down": 0,
    "laplacian": 0,
    "emboss": 1,
    "sharpen": 1,
    "gaussian": 1,
    "box": 1,
    "identity": 1,
}
"""What a family makes of a picture of ones."""


def table(text: str) -> list[list[float]]:
    return [[float(number) for number in row.split()] for row in text.split("/")]


def made(kernel: str, layer: Layer) -> Array:
    weight = weights(kernel, layer)
    assert weight is not None
    return weight


@pytest.mark.parametrize("name", CLASSIC)
def test_three_by_three_are_the_classic_numbers(name: str):
    assert KERNELS[name].make(3, 3).tolist() == table(CLASSIC[name])


def test_the_gaussian_is_the_binomial_one():
    assert (16 * KERNELS["gaussian"].make(3, 3)).tolist() == table("1 2 1 / 2 4 2 / 1 2 1")
    assert (16 * KERNELS["gaussian"].make(1, 5)).tolist() == table("1 4 6 4 1")
    places = np.arange(11) - 5
    bell = np.exp(-(places**2) / 5) / np.sqrt(5 * np.pi)  # a variance of (11 - 1) / 4
    assert KERNELS["gaussian"].make(11, 1)[:, 0] == pytest.approx(bell, abs=0.007)


def test_the_box_is_a_mean():
    assert (KERNELS["box"].make(2, 4) == 1 / 8).all()


@pytest.mark.parametrize("name", KERNELS)
def test_a_family_has_a_kernel_of_every_size(name: str):
    for h, w in product(SIDES, SIDES):
        kernel = KERNELS[name].make(h, w)
        assert kernel.shape == (h, w)
        assert kernel.dtype == np.float32
        assert np.isfinite(kernel).all()


@pytest.mark.parametrize("name", FLAT)
def test_what_a_family_does_to_a_flat_picture(name: str):
    for h, w in product(SIDES, SIDES):
        assert KERNELS[name].make(h, w).sum() == pytest.approx(FLAT[name], abs=1e-5)


@pytest.mark.parametrize("name", ["laplacian", "gaussian", "smoothing", "box"])
def test_what_has_no_direction_is_symmetric(name: str):
    for side in (3, 5, 7):
        kernel = KERNELS[name].make(side, side)
        assert all(np.array_equal(turned(kernel, n), kernel) for n in range(SYMMETRIES))


def test_derivatives_meet_a_slope():
    layer = Conv2d(1, 1, (3, 3), bias=False)
    slope = numbers("gradient", (5, 5))
    results = {}
    for name in ("edge_across", "edge_down", "laplacian", "identity", "gaussian"):
        output = evaluate(layer, slope, made(name, layer), None).output
        assert output is not None
        results[name] = output[0].tolist()
    assert results["edge_across"] == [[8] * 3] * 3
    assert results["edge_down"] == results["laplacian"] == [[0] * 3] * 3
    assert results["identity"] == results["gaussian"] == [[1, 2, 3]] * 3


def test_a_square_has_eight_faces():
    square = KERNELS["counting"].make(3, 3)
    faces = [turned(square, n) for n in range(SYMMETRIES)]
    assert np.array_equal(faces[0], square)
    assert faces[2].tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]
    assert not any(np.array_equal(a, b) for a, b in combinations(faces, 2))
    assert np.array_equal(turned(square, SYMMETRIES), square)
    assert [turned(square[:2], n).shape for n in range(4)] == [(2, 3), (3, 2), (2, 3), (3, 2)]


def test_random_numbers_come_from_their_seed():
    first = drawn((4, 3, 5, 5), seed=7)
    assert np.array_equal(first, drawn((4, 3, 5, 5), seed=7))
    assert not np.array_equal(first, drawn((4, 3, 5, 5), seed=8))
    assert np.array_equal(first, drawn((6, 3, 5, 5), seed=7)[:4])
    assert first.dtype == np.float32
    assert -1 <= first.min() < -0.5 and 0.5 < first.max() <= 1
    assert np.allclose(first * 10, (first * 10).round(), atol=1e-5)
    layer = Conv2d(3, 4, (5, 5))
    assert np.array_equal(made(RANDOM, layer), drawn((4, 3, 5, 5)))
    other = weights(RANDOM, layer, seed=7)
    assert other is not None and np.array_equal(other, first)


def test_what_has_no_weights_gets_none():
    assert weights("counting", MaxPool2d((2, 2))) is None


def test_one_channel_has_the_family_itself():
    for name in KERNELS:
        layer = Conv2d(1, 1, (3, 5))
        assert np.array_equal(made(name, layer)[0, 0], KERNELS[name].make(3, 5))


def test_every_slice_of_a_kernel_is_the_same():
    weight = made("edge_across", Conv2d(3, 1, (3, 3)))
    assert weight.shape == (1, 3, 3, 3)
    assert (weight == KERNELS["edge_across"].make(3, 3)).all()


def test_six_kernels_are_six_families():
    weight = made("edge_across", Conv2d(3, 6, (3, 3)))
    names = ["edge_across", "edge_down", "laplacian", "emboss", "sharpen", "gaussian"]
    for kernel, name in zip(weight, names, strict=True):
        assert (kernel == KERNELS[name].make(3, 3)).all()


def test_tables_are_turned():
    weight = made("counting", Conv2d(1, 3, (2, 2)))
    assert weight[:, 0].tolist() == [[[1, 2], [3, 4]], [[2, 4], [1, 3]], [[4, 3], [2, 1]]]


def test_one_by_one_kernels_weigh_channels():
    mean, middle, difference = made("box", Conv2d(3, 3, (1, 1)))[:, :, 0, 0]
    assert mean == pytest.approx([1 / 3] * 3)
    assert middle.tolist() == [0, 1, 0]
    assert difference.tolist() == [-1, 0, 1]
    assert made("edge_down", Conv2d(3, 1, (1, 1))).flatten().tolist() == [1, 0, -1]
    matrix = made("counting", Conv2d(3, 2, (1, 1)))[:, :, 0, 0]
    assert matrix.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_groups_have_kernels_of_their_own():
    weight = made("counting", Conv2d(4, 4, (3, 3), groups=2))
    assert weight.shape == (4, 2, 3, 3)
    assert (weight[:, 0] == weight[:, 1]).all()
    assert len(np.unique(weight[:, 0], axis=0)) == 4


def test_a_transposed_layer_has_its_kernels_where_torch_looks_for_them():
    layer = ConvTranspose2d(4, 6, (3, 3), groups=2)
    weight = made("edge_across", layer)
    assert weight.shape == (4, 3, 3, 3)
    for channel, name in enumerate(("edge_across", "edge_down", "laplacian", "emboss", "sharpen")):
        inputs = slice(2 * (channel // 3), 2 * (channel // 3) + 2)
        assert (weight[inputs, channel % 3] == KERNELS[name].make(3, 3)).all()


LAYERS = st.builds(
    Conv2d,
    st.integers(1, 6),
    st.integers(1, 14),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
)


@given(st.sampled_from(sorted(KERNELS)), LAYERS)
def test_no_two_output_channels_are_the_same(name: str, layer: Conv2d):
    weight = made(name, layer)
    assert weight.shape == layer.weight_shape and weight.dtype == np.float32
    if weight[0].size > 3:
        assert len(np.unique(weight, axis=0)) == layer.out_channels
        assert all(kernel.any() for kernel in weight[1:])


@given(
    st.sampled_from(sorted(KERNELS)),
    st.sampled_from([Conv2d, ConvTranspose2d]),
    st.tuples(st.integers(1, 8), st.integers(1, 8), st.integers(1, 8)),
    st.tuples(st.integers(1, 4), st.integers(1, 4)),
)
def test_any_setting_has_weights_even_one_that_torch_refuses(
    name: str,
    kind: type[Conv2d] | type[ConvTranspose2d],
    channels: tuple[int, int, int],
    kernel_size: tuple[int, int],
):
    inputs, outputs, groups = channels
    layer = kind(inputs, outputs, kernel_size, groups=groups)
    weight = made(name, layer)
    assert weight.shape == layer.weight_shape
    assert np.isfinite(weight).all()


def test_the_titles_are_told_apart():
    titles = [str(kernel.title) for kernel in KERNELS.values()]
    assert len(set(titles)) == len(titles)
