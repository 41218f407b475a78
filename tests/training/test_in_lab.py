"""What opens in the Lab gives the very numbers that the network gave."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import evaluate
from explorer.core.layers import Conv2d
from explorer.training.in_lab import (
    Moment,
    Spot,
    in_lab,
    is_alone,
    moment,
    normalised,
    strongest,
)
from explorer.training.pixels import normalise
from explorer.training.stages import lab_stage, stages_of
from tests.training.moments import digit, moment_of

NETWORKS = ("classic", "compact", "lenet5", "sprint")
"""Those whose layers the Lab has room for, at least a channel at a time."""


@st.composite
def spots(draw: st.DrawFn) -> tuple[Moment, Spot]:
    network = draw(st.sampled_from(NETWORKS))
    found = moment_of(network, draw(st.integers(0, 3)))
    stage = draw(st.sampled_from(stages_of(network)))
    maps = found.maps(stage.name)
    assert maps is not None
    channel, row, column = (draw(st.integers(0, side - 1)) for side in maps.shape)
    return found, Spot(stage.name, channel, (row, column))


@given(spots())
def test_the_lab_has_the_networks_number(drawn: tuple[Moment, Spot]):
    found, spot = drawn
    state = in_lab(found, spot)
    assert state is not None and state.fits
    evaluation = evaluate(state.layer, state.input, state.used_weight, state.bias)
    assert evaluation.output is not None
    assert evaluation.proof is not None and evaluation.proof.agrees
    assert state.cell == state.place == spot.cell
    made = evaluation.output[state.channel][state.cell]
    stage = lab_stage(found.network, spot.stage)
    assert stage is not None
    maps = found.maps(stage.name)
    assert maps is not None
    assert made == pytest.approx(maps[spot.channel][spot.cell], abs=1e-5)
    if stage.name != spot.stage:
        after = found.maps(spot.stage)
        assert after is not None
        assert max(made, 0) == pytest.approx(after[spot.channel][spot.cell], abs=1e-5)


@given(spots())
def test_all_of_a_map_is_the_networks(drawn: tuple[Moment, Spot]):
    found, spot = drawn
    state = in_lab(found, spot)
    stage = lab_stage(found.network, spot.stage)
    assert state is not None and stage is not None
    output = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    maps = found.maps(stage.name)
    assert output is not None and maps is not None
    if is_alone(state, found, spot):
        maps = maps[spot.channel : spot.channel + 1]
    np.testing.assert_allclose(output, maps, atol=1e-5)


def test_only_a_layer_of_more_channels_than_there_is_room_is_shown_alone():
    alone = {
        (network, stage.name)
        for network in NETWORKS
        for stage in stages_of(network)
        for found, spot in [(moment_of(network), Spot(stage.name, 3, (0, 0)))]
        for state in [in_lab(found, spot)]
        if state is not None and is_alone(state, found, spot)
    }
    after_the_second = {("compact", "relu2"), ("sprint", "relu2")}
    assert (
        alone == {(name, "pool2") for name in ("classic", "compact", "sprint")} | after_the_second
    )


def test_a_convolution_too_large_shows_one_kernel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.core.limits.MOST_OUTPUTS", 8)
    found = moment_of("classic")
    spot = Spot("conv2", 7, (1, 2))
    state = in_lab(found, spot)
    assert state is not None and isinstance(state.layer, Conv2d) and state.fits
    assert (state.layer.out_channels, state.channel) == (1, 0)
    assert is_alone(state, found, spot)
    output = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    maps = found.maps("conv2")
    assert output is not None and maps is not None
    np.testing.assert_allclose(output, maps[7:8], atol=1e-5)


def test_what_the_lab_has_no_room_for_is_not_opened(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.core.limits.MOST_INPUTS", 8)
    found = moment_of("classic")
    assert in_lab(found, Spot("conv2", 7, (1, 2))) is None
    assert in_lab(found, Spot("pool1", 7, (1, 2))) is not None


def test_a_kernel_shows_its_input_channel():
    found = moment_of("lenet5")
    spot = strongest(found, "conv2", 9, source=4)
    assert spot is not None
    state = in_lab(found, spot)
    maps = found.maps("conv2")
    assert state is not None and maps is not None
    assert abs(maps[9][spot.cell]) == np.abs(maps[9]).max()
    assert (state.channel, state.shown_channel, state.cell) == (9, 4, spot.cell)


def test_both_must_be_of_the_same_step():
    found = moment_of("compact")
    late = dataclasses.replace(found.answer, step=found.answer.step + 1)
    assert moment("compact", found.kernels, late) is None
    assert moment("compact", found.kernels, None) is None
    assert moment("compact", found.kernels, found.answer) is not None


def test_what_is_missing_opens_nothing():
    found = moment_of("classic")
    spot = Spot("conv2", 0, (0, 0))
    assert in_lab(dataclasses.replace(found, kernels=()), spot) is None
    bare = dataclasses.replace(found.answer, maps=found.answer.maps[3:])
    assert in_lab(dataclasses.replace(found, answer=bare), spot) is None
    assert in_lab(dataclasses.replace(found, network="other"), spot) is None
    assert in_lab(found, Spot("fc1", 0, (0, 0))) is None
    assert strongest(found, "conv9", 0, 0) is None


def test_a_picture_is_normalised_as_torch_does():
    every = np.arange(256, dtype=np.uint8).repeat(4)[: 28 * 28].reshape(28, 28)
    for picture in (every, digit(3)):
        torchs = normalise(torch.from_numpy(picture)[None])[0].numpy()
        assert np.array_equal(normalised(picture), torchs)
