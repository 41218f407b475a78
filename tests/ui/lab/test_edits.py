"""Every way to change what the Lab shows, without a window."""

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.geometry import Pair
from explorer.core.inputs import DIGIT, NUMBERS
from explorer.core.kernels import KERNELS, weights
from explorer.core.layers import OPERATIONS, Array, AvgPool2d, Conv2d, MaxPool2d
from explorer.core.presets import PRESETS
from explorer.core.repair import problem
from explorer.core.scene import Fit, Focus, LabState
from explorer.data.resize import within
from explorer.ui.lab import edits
from tests.drawing.states import layers


def consistent(state: LabState) -> bool:
    """Whether everything in a state has the shape that its layer and input ask for."""
    layer = state.layer
    shapes = None if state.weight is None else state.weight.shape
    inside = 0 <= state.step <= max(state.windows - 1, 0)
    return (
        shapes == layer.weight_shape
        and (state.bias is not None) == layer.has_bias
        and state.channels == getattr(layer, "in_channels", state.channels)
        and state.channel < state.output_channels
        and state.input.dtype == np.float32
        and inside
    )


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_recognised(name: str):
    state = edits.from_preset(name, digit=3)
    assert consistent(state) and state.fits
    assert edits.matching_preset(state) == name
    assert state.digit == 3


def test_what_is_no_preset_is_not_recognised():
    state = edits.from_preset("numbers")
    assert edits.matching_preset(edits.with_input(state, size=(6, 5))) == ""
    assert edits.matching_preset(edits.with_kernel(state, "box")) == ""
    assert edits.matching_preset(edits.with_parameter(state, "bias", True)) == ""
    assert edits.matching_preset(edits.with_parameter(state, "padding", (1, 1))) == (
        "numbers_padding"
    )


def test_pooling_is_recognised_whatever_weights_were_chosen_before():
    state = edits.with_kernel(edits.from_preset("max_pool"), "box")
    assert edits.matching_preset(state) == "max_pool"


@pytest.mark.parametrize("name", [*NUMBERS, DIGIT])
@pytest.mark.parametrize("size", [(1, 1), (28, 28), (32, 7)])
def test_an_input_has_any_size(name: str, size: tuple[int, int]):
    made = edits.sample(name, 0, 2, size)
    assert made.shape == (2, *size)
    assert made.dtype == np.float32
    assert made.min() >= 0
    assert made.max() <= 255 or name == "strided"  # sums of a convolution


def test_a_digit_is_the_bundled_one_in_whole_greys():
    made = edits.sample(DIGIT, 2, 1, (28, 28))
    assert made.max() > 200
    assert (made == made.round()).all()
    assert np.array_equal(edits.sample(DIGIT, 2 + 5000, 1, (28, 28)), made)
    assert not np.array_equal(edits.sample(DIGIT, 3, 1, (28, 28)), made)


def test_another_input_comes_in_its_own_size():
    state = edits.from_preset("digit_edges")
    pool = edits.with_input(state, name="pool")
    assert pool.size == (4, 4)
    assert edits.with_input(pool, name="numbers").size == (5, 5)
    assert edits.with_input(pool, name=DIGIT).size == (28, 28)
    wide = edits.with_input(state, size=(20, 30))
    assert edits.with_input(wide, digit=7).size == (20, 30)
    assert edits.with_input(wide, name=DIGIT).size == (20, 30)


def test_another_operation_keeps_what_both_have():
    state = edits.from_preset("numbers_padding")
    state = edits.with_layer(
        state, Conv2d(1, 1, (4, 3), (2, 2), (1, 0), (2, 1), bias=False, padding_mode="circular")
    )
    maximum = edits.with_operation(state, "MaxPool2d")
    assert maximum.layer == MaxPool2d((4, 3), None, (1, 0), (2, 1))
    mean = edits.with_operation(maximum, "AvgPool2d")
    assert mean.layer == AvgPool2d((4, 3), None, (1, 0))
    back = edits.with_operation(mean, "Conv2d")
    assert back.layer == Conv2d(1, 1, (4, 3), (1, 1), (1, 0), bias=False)
    assert all(consistent(s) for s in (maximum, mean, back))
    assert edits.with_operation(state, "Conv2d") is state


@given(layers(), st.sampled_from(sorted(OPERATIONS)), st.sampled_from([(5, 5), (1, 1), (32, 9)]))
def test_another_operation_is_within_reach_of_its_sliders(
    layer: Conv2d, name: str, size: tuple[int, int]
):
    start = edits.with_layer(edits.with_input(edits.from_preset("numbers"), size=size), layer)
    state = edits.with_operation(start, name)
    assert consistent(state)
    assert type(state.layer).__name__ == name
    for about in state.layer.parameters():
        if about.kind == "pair" and about.optional is None:
            assert all(
                n is None or about.minimum <= n <= about.maximum
                for n in getattr(state.layer, about.name)
            )


@given(layers(), st.floats(0, 1))
def test_a_change_keeps_the_step_inside_and_lets_go(layer: Conv2d, share: float):
    state = edits.from_preset("digit_edges")
    step = share * (state.windows - 1)
    state = dataclasses.replace(
        state, step=step, pins=(Focus("output", (25, 25)),), hover=Focus("kernel", (2, 2))
    )
    changed = edits.with_layer(state, layer)
    assert consistent(changed)
    assert changed.step == min(step, max(changed.windows - 1, 0))
    assert changed.focus is None
    smaller = edits.with_input(state, size=(4, 4))
    assert consistent(smaller) and smaller.step <= 3


@pytest.mark.parametrize("name", KERNELS)
def test_other_weights_leave_the_rest_alone(name: str):
    before = dataclasses.replace(edits.from_preset("numbers"), pins=(Focus("output", (1, 1)),))
    after = edits.with_kernel(before, name)
    expected = weights(name, before.layer)
    assert after.weight is not None and expected is not None
    assert np.array_equal(after.weight, expected)
    assert (after.pins, after.step) == (before.pins, before.step)
    assert after.input is before.input


def test_weights_follow_the_kernel_and_bias_follows_its_switch():
    state = edits.with_parameter(edits.from_preset("numbers"), "kernel_size", (2, 5))
    assert state.weight is not None and state.weight.shape == (1, 1, 2, 5)
    assert state.bias is None
    state = edits.with_parameter(state, "bias", True)
    assert state.bias is not None and state.bias.tolist() == [edits.BIAS]
    assert edits.with_operation(state, "AvgPool2d").bias is None


@given(layers(), st.tuples(st.integers(1, 32), st.integers(1, 32)))
def test_every_repair_repairs(layer: Conv2d, size: tuple[int, int]):
    state = edits.with_input(edits.from_preset("numbers"), size=size)
    state = edits.with_layer(state, layer)
    found = problem(state.layer, state.size)
    assert (found is None) == state.fits
    if found is not None:
        assert found.repairs
        for repair in found.repairs:
            mended = edits.with_repair(state, repair)
            assert mended.fits and consistent(mended)
            assert problem(mended.layer, mended.size) is None


def test_nothing_changes_the_state_it_starts_from():
    state = edits.from_preset("numbers")
    before = state.input.copy()
    edits.with_parameter(state, "padding", (2, 2))
    edits.with_input(state, name="small")
    assert np.array_equal(state.input, before)
    assert state.layer == PRESETS["numbers"].layer


# ----------------------------------------------------------------------------- pictures from files


def a_picture(h: int, w: int, channels: int = 3) -> Array:
    return np.random.default_rng(0).integers(0, 256, (channels, h, w)).astype(np.float32)


def opened(h: int, w: int, fit: Fit = "crop") -> LabState:
    state = edits.with_fit(edits.from_preset("max_pool"), fit)
    return edits.with_picture(state, a_picture(h, w))


@given(
    st.tuples(st.integers(1, 512), st.integers(1, 512)),
    st.sampled_from(["crop", "scale"]),
    st.data(),
)
@settings(deadline=None, max_examples=20)
def test_a_picture_has_any_proportions(size: Pair, fit: Fit, data: st.DataObject):
    state = opened(*size, fit)
    fit = "scale" if max(size) > edits.NARROW * min(size) else fit
    assert state.fit == fit
    assert consistent(state) and state.channels == 3 and state.is_picture
    assert max(state.size) <= edits.FIRST_SIDE
    if fit == "crop":
        assert state.size == (min(*size, edits.FIRST_SIDE),) * 2
        return
    assert state.size == within(size, min(max(size), edits.FIRST_SIDE))
    for _ in range(3):
        wanted = data.draw(st.tuples(st.integers(1, 512), st.integers(1, 512)))
        state = edits.with_size(state, wanted)
        assert state.size == within(size, max(state.size))


def test_a_small_picture_comes_pixel_by_pixel():
    full = a_picture(20, 30)
    assert np.array_equal(opened(20, 30, "scale").input, full)
    assert np.array_equal(opened(20, 30).input, full[:, :, 5:25])


def test_of_a_narrow_picture_the_whole_is_shown():
    assert opened(1, 500).size == (1, 64)
    assert opened(500, 100).size == (64, 13)
    assert opened(400, 100).size == (64, 64)


def test_cropping_takes_the_middle_and_scaling_the_whole():
    scaled, middle = opened(64, 128, "scale"), opened(64, 128)
    assert (scaled.size, middle.size) == ((32, 64), (64, 64))
    assert np.array_equal(middle.input, middle.origin[:, :, 32:96])  # type: ignore[index]
    again = edits.with_fit(scaled, "crop")
    assert np.array_equal(again.input, middle.input)
    assert np.array_equal(edits.with_fit(again, "scale").input, scaled.input)
    assert edits.with_fit(scaled, "scale") is scaled


def test_the_other_side_of_a_whole_picture_follows():
    state = opened(64, 128, "scale")
    assert edits.with_size(state, (10, 64)).size == (10, 20)
    assert edits.with_size(state, (32, 10)).size == (5, 10)
    assert edits.with_size(state, (512, 64)).size == (256, 512)
    assert edits.with_size(state, (90, 100)).size == (50, 100)
    assert edits.with_size(opened(64, 128), (10, 64)).size == (10, 64)


def test_the_next_picture_comes_as_the_last_one_did():
    state = edits.with_preset(opened(64, 128, "scale"), "numbers")
    assert edits.with_picture(state, a_picture(100, 50)).size == (64, 32)


def test_a_single_channel_of_a_colour_picture_is_its_brightness():
    full = a_picture(8, 8)
    state = edits.with_input(edits.with_picture(edits.from_preset("max_pool"), full), channels=1)
    np.testing.assert_allclose(state.input[0], full.mean(0), atol=0.5)


def test_numbers_that_are_none_do_no_harm_to_a_picture():
    state = edits.with_own_input(opened(4, 4), "drawing", np.full((1, 4, 4), np.nan, "f4"), (3, 3))
    assert (state.input == 0).all()


# ------------------------------------------------------------------------------------------ shifts


def test_a_shift_of_the_strokes_is_the_next_example():
    state = edits.with_shift(edits.from_preset("shift"))
    assert edits.matching_preset(state) == "shift_moved"
    assert np.array_equal(state.input, edits.from_preset("shift_moved").input)


@pytest.mark.parametrize(
    ("preset", "sample"), [("digit_pool", "edited"), ("six_maps", "edited"), ("numbers", "own")]
)
def test_anything_can_be_shifted_by_one_pixel(preset: str, sample: str):
    state = edits.from_preset(preset)
    moved = edits.with_shift(state)
    assert np.array_equal(moved.input[:, :, 1:], state.input[:, :, :-1])
    assert not moved.input[:, :, 0].any()
    assert (moved.sample, moved.layer) == (sample, state.layer) and consistent(moved)
    assert moved.is_picture == state.is_picture


def test_strokes_of_another_size_are_shifted_too():
    state = edits.with_input(edits.from_preset("shift"), size=(9, 9), channels=2)
    moved = edits.with_shift(state)
    assert moved.sample == "own"
    assert np.array_equal(moved.input[:, :, 1:], state.input[:, :, :-1])


def test_where_nothing_is_left_to_shift_nothing_changes():
    state = edits.with_own_input(
        edits.from_preset("numbers"), "own", np.zeros((1, 2, 2), "f4"), (2, 2)
    )
    assert edits.with_shift(state) is state


def test_pooling_changes_less_under_a_shift_than_its_input():
    state = edits.from_preset("digit_pool", digit=2)
    moved = edits.with_shift(state)
    before, after = (F.max_pool2d(torch.from_numpy(one.input), 2).numpy() for one in (state, moved))
    assert (before != after).mean() < (state.input != moved.input).mean() * 1.5
    assert np.count_nonzero(before != after) < np.count_nonzero(state.input != moved.input)


def test_another_state_is_seen_in_the_way_that_this_one_is():
    other = edits.from_preset("digit_pool", digit=3)
    seen = dataclasses.replace(edits.from_preset("numbers"), tints=True, fit="scale")
    shown = edits.with_state(seen, other)
    assert shown.computes_as(other) and (shown.tints, shown.fit) == (True, "scale")
