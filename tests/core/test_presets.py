"""The worked examples of the lessons, number by number."""

from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explorer.core.arithmetic import cell, evaluate
from explorer.core.geometry import Pair
from explorer.core.inputs import DIGIT, INPUTS, numbers, own_size
from explorer.core.kernels import KERNELS, weights
from explorer.core.layers import OPERATIONS, Array
from explorer.core.presets import PRESETS, SECTIONS
from tests.core.strategies import torch_accepts

WORKED = {
    "numbers": "211 295 262 / 259 282 214 / 251 253 169",
    "numbers_padding": "91 168 224 215 127 / 114 211 295 262 149 / 192 259 282 214 122 / "
    "194 251 253 169 86 / 96 112 110 68 31",
    "numbers_stride": "211 262 / 251 169",
    "small": "10 12 12 / 18 16 16 / 13 9 3",
    "small_stride": "10 12 / 13 3",
    "small_padding": "1 3 4 10 8 / 5 10 12 12 6 / 7 18 16 16 8 / 11 13 9 3 4 / 14 13 9 7 4",
    "small_pool_ceil": "2 3 / 5 1",
    "small_pool": "2",
    "stride_pair": "211 295 262 / 251 253 169",
    "stride_pair_across": "211 262 / 259 214 / 251 169",
    "same": "91 168 224 215 127 / 114 211 295 262 149 / 192 259 282 214 122 / "
    "194 251 253 169 86 / 96 112 110 68 31",
    "valid": "211 295 262 / 259 282 214 / 251 253 169",
    "max_pool": "4 8 / 9 8",
    "avg_pool": "3.25 6.25 / 5.75 6.25",
    "adaptive_max_pool": "4 8 8 / 9 8 8 / 9 7 6",
    "shift": "0 9 9 / 0 9 9 / 9 9 0",
    "shift_moved": "0 9 9 / 0 9 9 / 9 9 0",
    "sobel": "17 11 -10 / 11 7 -12 / -2 -3 -11",
}
SHAPES = {
    "channels": ((5, 100, 100), (10, 98, 98)),
    "six_maps": ((3, 24, 24), (6, 22, 22)),
    "mixing": ((3, 24, 24), (3, 24, 24)),
    "groups": ((4, 6, 6), (4, 4, 4)),
    "depthwise": ((3, 5, 5), (3, 3, 3)),
    "pool_channels": ((3, 4, 4), (3, 2, 2)),
    "size_28": ((1, 28, 28), (1, 24, 24)),
    "size_256": ((1, 256, 256), (1, 128, 128)),
    "size_128": ((1, 128, 128), (1, 64, 64)),
    "dilation": ((1, 7, 7), (1, 3, 3)),
    "same_even": ((1, 5, 5), (1, 5, 5)),
    "adaptive_avg_pool": ((1, 5, 5), (1, 3, 3)),
    "transposed": ((1, 3, 3), (1, 7, 7)),
    "transposed_back": ((1, 2, 2), (1, 5, 5)),
    "transposed_double": ((1, 4, 4), (1, 8, 8)),
    "sobel_column": ((1, 5, 5), (1, 3, 5)),
    "sobel_row": ((1, 3, 5), (1, 3, 3)),
    "separable_depthwise": ((3, 24, 24), (3, 22, 22)),
    "separable_pointwise": ((3, 22, 22), (6, 22, 22)),
}
"""Input and output, both (C, H, W)."""


def table(text: str) -> list[list[float]]:
    return [[float(number) for number in row.split()] for row in text.split("/")]


def taken(name: str) -> Array:
    """Return the input of an example, shape (C, H, W); a digit is a picture of random greys."""
    preset = PRESETS[name]
    if preset.sample != DIGIT:
        return numbers(preset.sample, preset.size, preset.channels)
    greys = np.random.default_rng(0).integers(0, 256, (preset.channels, *preset.size))
    return greys.astype(np.float32)


def weight_of(name: str) -> Array:
    weight = weights(PRESETS[name].kernel, PRESETS[name].layer)
    assert weight is not None
    return weight


@cache
def given(name: str) -> Array:
    """Return the output of an example, (C, H, W), after our own arithmetic agreed with torch."""
    layer = PRESETS[name].layer
    weight = weights(PRESETS[name].kernel, layer)
    bias = np.ones(layer.output_channels(1), np.float32) if layer.has_bias else None
    evaluation = evaluate(layer, taken(name), weight, bias)
    assert evaluation.output is not None and evaluation.proof is not None
    assert evaluation.proof.agrees
    return evaluation.output


def tensors(name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the input with a batch of one, and the weight."""
    return torch.from_numpy(taken(name))[None], torch.from_numpy(weight_of(name))


@pytest.mark.parametrize("name", WORKED)
def test_an_example_has_the_numbers_of_the_lesson(name: str):
    assert given(name).tolist() == [table(WORKED[name])]


@pytest.mark.parametrize("name", SHAPES)
def test_an_example_has_the_sizes_of_the_lesson(name: str):
    assert (taken(name).shape, given(name).shape) == SHAPES[name]


@pytest.mark.parametrize("name", PRESETS)
def test_torch_takes_every_example_and_agrees(name: str):
    preset = PRESETS[name]
    assert torch_accepts(preset.layer, preset.channels, preset.size)
    assert preset.sample == DIGIT or preset.sample in INPUTS
    assert preset.kernel in KERNELS
    assert np.isfinite(given(name)).all()


def test_no_two_examples_are_the_same():
    seen = {
        (preset.layer, preset.sample, preset.size, preset.channels, preset.kernel)
        for preset in PRESETS.values()
    }
    assert len(seen) == len(PRESETS)
    titles = [str(preset.title) for preset in PRESETS.values()]
    assert len(set(titles)) == len(titles)


def test_there_is_an_example_of_every_layer():
    shown = {type(preset.layer).__name__ for preset in PRESETS.values()}
    assert set(OPERATIONS) == shown


def test_titles_can_be_told_apart_in_a_closed_box():
    assert max(len(str(preset.title)) for preset in PRESETS.values()) <= 25


def test_every_example_is_in_one_section():
    names = [name for _, examples in SECTIONS for name in examples]
    assert names == list(PRESETS) and len(set(names)) == len(names)
    titles = [str(title) for title, _ in SECTIONS]
    assert len(set(titles)) == len(titles)


def test_the_first_cell_is_the_sum_of_the_lesson():
    apart = cell(
        PRESETS["numbers"].layer,
        taken("numbers"),
        weight_of("numbers"),
        None,
        given("numbers"),
        (0, 0, 0),
    )
    written = " + ".join(f"{term.value:g}·{term.weight:g}" for term in apart.terms)
    assert written == "3·1 + 4·2 + 6·3 + 2·4 + 4·5 + 6·6 + 1·7 + 6·8 + 7·9"
    assert apart.result == 211


# ------------------------------------------------------------------------------------- channels


def test_ten_kernels_have_a_slice_for_each_of_five_channels():
    assert weight_of("channels").shape == (10, 5, 3, 3)


def test_a_map_is_the_sum_over_the_channels_and_one_bias():
    x, weight = tensors("channels")
    parts = [F.conv2d(x[:, c : c + 1], weight[3:4, c : c + 1]) for c in range(5)]
    expected = torch.stack(parts).sum(0)[0, 0] + 1
    assert torch.allclose(torch.from_numpy(given("channels")[3]), expected, rtol=1e-5, atol=1e-4)


def test_six_kernels_give_six_maps():
    maps = given("six_maps")
    assert len(maps) == 6
    assert len(np.unique(maps.round(3), axis=0)) == 6


def test_one_by_one_mixes_channels_only():
    red, green, blue = taken("mixing")
    mean, middle, difference = given("mixing")
    np.testing.assert_allclose(mean, (red + green + blue) / 3, rtol=1e-5)
    assert np.array_equal(middle, green)
    assert np.array_equal(difference, blue - red)


@pytest.mark.parametrize(("name", "each"), [("groups", 2), ("depthwise", 1)])
def test_a_group_sees_its_own_channels_only(name: str, each: int):
    x, weight = tensors(name)
    for channel, values in enumerate(given(name)):
        first = channel // each * each
        seen = F.conv2d(x[:, first : first + each], weight[channel : channel + 1])
        assert np.array_equal(values, seen[0, 0].numpy())


def test_pooling_takes_each_channel_by_itself():
    for values, channel in zip(given("pool_channels"), taken("pool_channels"), strict=True):
        assert np.array_equal(values, channel.reshape(2, 2, 2, 2).max(axis=(1, 3)))


# ------------------------------------------------------------------- stride, padding, dilation


@pytest.mark.parametrize("name", ["size_28", "size_256", "size_128"])
def test_the_formula_of_the_lesson(name: str):
    layer, (h, w) = PRESETS[name].layer, PRESETS[name].size
    found = []
    for i, side in enumerate((h, w)):
        padding, dilation = layer.setting("padding")[i], layer.setting("dilation")[i]
        kernel, stride = layer.setting("kernel_size")[i], layer.setting("stride")[i]
        found.append((side + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
    assert given(name).shape[1:] == tuple(found)


def test_a_stride_is_first_vertical_then_horizontal():
    down, across = given("stride_pair")[0], given("stride_pair_across")[0]
    each = given("numbers")[0]
    assert np.array_equal(down, each[::2]) and np.array_equal(across, each[:, ::2])
    for name, stride in (("stride_pair", (2, 1)), ("stride_pair_across", (1, 2))):
        x, weight = tensors(name)
        assert np.array_equal(given(name), F.conv2d(x, weight, stride=stride)[0].numpy())


def test_a_dilated_kernel_is_one_with_holes():
    x, weight = tensors("dilation")
    holed = torch.zeros(1, 1, 5, 5)
    holed[:, :, ::2, ::2] = weight
    assert np.array_equal(given("dilation"), F.conv2d(x, holed)[0].numpy())
    # 3·1 + 6·2 + 7·3 + 1·4 + 7·5 + 4·6 + 3·7 + 5·8 + 1·9
    assert given("dilation")[0, 0, 0] == 169


@pytest.mark.parametrize("name", ["reflect", "replicate", "circular"])
def test_padding_modes_differ_at_the_border_only(name: str):
    x, weight = tensors(name)
    padded = F.pad(x, (1, 1, 1, 1), mode=name)
    values = given(name)
    assert np.array_equal(values, F.conv2d(padded, weight)[0].numpy())
    assert values[0, 1:-1, 1:-1].tolist() == table(WORKED["numbers"])
    assert values[0, 0, 0] != given("numbers_padding")[0, 0, 0]


def test_the_corner_of_each_padding_mode():
    corners = {name: given(name)[0, 0, 0] for name in ("reflect", "replicate", "circular")}
    around = {
        "reflect": "4 2 4 / 4 3 4 / 4 2 4",
        "replicate": "3 3 4 / 3 3 4 / 2 2 4",
        "circular": "1 3 7 / 7 3 4 / 2 2 4",
    }
    for name, cells in around.items():
        assert corners[name] == (np.array(table(cells)) * weight_of(name)[0, 0]).sum()


def test_same_with_an_even_kernel_pads_below_and_on_the_right():
    x, weight = tensors("same_even")
    expected = F.conv2d(F.pad(x, (0, 1, 0, 1)), weight)
    assert np.array_equal(given("same_even"), expected[0].numpy())


# ---------------------------------------------------------------------------------------- pooling


def test_a_power_average_lies_between_sum_and_maximum():
    squares = taken("lp_pool")[0].reshape(2, 2, 2, 2) ** 2
    expected = np.sqrt(squares.sum(axis=(1, 3)))
    np.testing.assert_allclose(given("lp_pool")[0], expected, rtol=1e-5)


def test_adaptive_windows_overlap():
    x = taken("adaptive_avg_pool")[0]
    middle = given("adaptive_avg_pool")[0, 1, 1]
    assert middle == pytest.approx(x[1:4, 1:4].mean())
    assert given("adaptive_avg_pool")[0, 0, 0] == x[:2, :2].mean()


def test_adaptive_max_pooling_is_that_of_torch():
    x = torch.from_numpy(taken("adaptive_max_pool"))
    assert np.array_equal(given("adaptive_max_pool"), F.adaptive_max_pool2d(x, (3, 3)).numpy())


def test_pooling_hides_a_shift_by_one_pixel():
    before, after = taken("shift"), taken("shift_moved")
    assert np.array_equal(after[:, :, 1:], before[:, :, :-1])
    assert (before != after).sum() == 18
    assert np.array_equal(given("shift"), given("shift_moved"))


# ------------------------------------------------------------------------------ other convolutions


def output_size(name: str) -> Pair:
    h, w = given(name).shape[1:]
    return h, w


def test_stamps_add_up():
    x, weight = taken("transposed")[0], weight_of("transposed")[0, 0]
    board = np.zeros((7, 7))
    for (row, column), value in np.ndenumerate(x):
        board[2 * row : 2 * row + 3, 2 * column : 2 * column + 3] += value * weight
    assert np.array_equal(given("transposed")[0], board)


def test_a_transposed_convolution_is_one_over_an_input_with_zeros_inside():
    x, weight = tensors("transposed")
    spread = torch.zeros(1, 1, 5, 5)
    spread[:, :, ::2, ::2] = x
    expected = F.conv2d(F.pad(spread, (2, 2, 2, 2)), weight.flip(2, 3))
    assert np.array_equal(given("transposed"), expected[0].numpy())


def test_the_size_comes_back_and_not_the_values():
    original, back = taken("numbers_stride"), given("transposed_back")
    assert back.shape == original.shape
    assert not np.array_equal(back, original)


def test_output_padding_doubles_the_size():
    double = PRESETS["transposed_double"].layer
    assert output_size("transposed_double") == (8, 8)
    assert double.with_(output_padding=0).out_size((4, 4)) == (7, 7)


@pytest.mark.parametrize("name", [name for name in PRESETS if PRESETS[name].after])
def test_a_second_step_begins_with_what_the_first_gives(name: str):
    preset = PRESETS[name]
    first = given(preset.after)
    assert first.shape == (preset.channels, *preset.size)
    assert np.array_equal(taken(name), first)
    assert own_size(preset.sample) == preset.size


def test_two_small_kernels_make_the_whole_sobel():
    assert np.array_equal(given("sobel_row"), given("sobel"))
    column, row = weight_of("sobel_column")[0, 0], weight_of("sobel_row")[0, 0]
    assert (column.shape, row.shape) == ((3, 1), (1, 3))
    assert np.array_equal(column @ row, weight_of("sobel")[0, 0])


def test_depthwise_separable_has_fewer_weights():
    depthwise, pointwise = weight_of("separable_depthwise"), weight_of("separable_pointwise")
    assert depthwise.shape == (3, 1, 3, 3) and pointwise.shape == (6, 3, 1, 1)
    assert (depthwise.size + pointwise.size, weight_of("six_maps").size) == (27 + 18, 162)
    assert given("separable_pointwise").shape == given("six_maps").shape
    x = torch.from_numpy(taken("separable_depthwise"))[None]
    kernels = np.einsum("oi,ihw->oihw", pointwise[:, :, 0, 0], depthwise[:, 0])
    whole = F.conv2d(x, torch.from_numpy(kernels))[0].numpy()
    np.testing.assert_allclose(given("separable_pointwise"), whole, rtol=1e-4, atol=1e-2)
