"""What opens in the Lab gives the very numbers that the network gave."""

import dataclasses
import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.arithmetic import evaluate
from explorer.core.layers import Conv2d
from explorer.core.network.in_lab import Opened
from explorer.core.network.preparing import prepared
from explorer.core.scene import LabState
from explorer.core.text import Text
from explorer.data.digits import Digits
from explorer.training.engine import Run
from explorer.training.in_lab import (
    Moment,
    Spot,
    in_lab,
    strongest,
)
from explorer.training.pixels import normalise
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.training.stages import stages_of
from tests.training.moments import digit, moment_of
from tests.training.own_networks import OWN

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


def state_of(found: Moment, spot: Spot) -> LabState:
    opened = in_lab(found, spot)
    assert isinstance(opened, Opened), str(opened)
    return opened.state


@given(spots())
def test_the_lab_has_the_networks_number(drawn: tuple[Moment, Spot]):
    found, spot = drawn
    state = state_of(found, spot)
    assert state.fits
    evaluation = evaluate(state.layer, state.input, state.used_weight, state.bias)
    assert evaluation.output is not None
    assert evaluation.proof is not None and evaluation.proof.agrees
    assert state.cell == state.place == spot.cell
    maps = found.maps(spot.stage)
    assert maps is not None
    made = evaluation.output[state.channel][state.cell]
    assert made == pytest.approx(maps[spot.channel][spot.cell], abs=1e-5)


@pytest.mark.parametrize("network", [*NETWORK_NAMES, *OWN.values()], ids=[*NETWORK_NAMES, *OWN])
def test_every_map_of_a_network_that_learns_can_be_opened(network: str, digits: Digits):
    run = Run(Settings(network, device="cpu", epochs=1, lr=0.02), digits, torch.device("cpu"))
    for _ in itertools.islice(run, 3):
        pass
    found = Moment(network, run.answer(digits.test_images[0]))
    chance = np.random.default_rng(0)
    for stage in stages_of(network):
        maps = found.maps(stage.name)
        assert maps is not None
        for _ in range(4):
            channel, row, column = (int(chance.integers(side)) for side in maps.shape)
            state = state_of(found, Spot(stage.name, channel, (row, column)))
            evaluation = evaluate(state.layer, state.input, state.used_weight, state.bias)
            assert evaluation.output is not None and state.place is not None
            made = evaluation.output[state.channel][state.place]
            assert made == pytest.approx(maps[channel, row, column], rel=1e-4, abs=1e-4), stage


def test_every_layer_of_the_named_networks_is_itself():
    for network in NETWORKS:
        for stage in stages_of(network):
            opened = in_lab(moment_of(network), Spot(stage.name, 3, (0, 0)))
            assert isinstance(opened, Opened) and opened.note is None
            assert len(opened.state.input) > 1 or stage.name == "conv1"


def test_what_the_lab_has_no_room_for_is_made_small(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("explorer.core.limits.MOST_OUTPUTS", 8)
    opened = in_lab(moment_of("classic"), Spot("conv2", 7, (1, 2)))
    assert isinstance(opened, Opened) and opened.note is not None
    assert isinstance(opened.state.layer, Conv2d)
    assert (opened.state.layer.out_channels, opened.state.channel) == (1, 0)
    assert "channels" in str(opened.note)


def test_a_kernel_shows_its_input_channel():
    found = moment_of("lenet5")
    spot = strongest(found, "conv2", 9, source=4)
    assert spot is not None
    state = state_of(found, spot)
    maps = found.maps("conv2")
    assert maps is not None
    assert abs(maps[9][spot.cell]) == np.abs(maps[9]).max()
    assert (state.channel, state.shown_channel, state.cell) == (9, 4, spot.cell)


def test_what_is_missing_opens_nothing():
    found = moment_of("classic")
    spot = Spot("conv2", 0, (0, 0))
    ignorant = dataclasses.replace(found.answer, weights={})
    bare = dataclasses.replace(found.answer, maps=found.answer.maps[3:])
    for less, where in (
        (dataclasses.replace(found, answer=ignorant), spot),
        (dataclasses.replace(found, answer=bare), spot),
        (dataclasses.replace(found, network="other"), spot),
        (found, Spot("fc1", 0, (0, 0))),
        (found, Spot("conv9", 0, (0, 0))),
    ):
        assert isinstance(in_lab(less, where), Text)
    assert strongest(found, "conv9", 0, 0) is None


def test_a_picture_is_normalised_as_torch_does():
    every = np.arange(256, dtype=np.uint8).repeat(4)[: 28 * 28].reshape(28, 28)
    for picture in (every, digit(3)):
        torchs = normalise(torch.from_numpy(picture)[None])[0].numpy()
        assert np.array_equal(prepared(picture[None]), torchs)
