"""Which channels a channel is made of, against what torch says when a channel changes."""

import numpy as np
import pytest

from explorer.core.layers import (
    BatchNorm2d,
    Conv2d,
    Flatten,
    GroupNorm,
    Linear,
    LogSoftmax,
    MaxPool2d,
    ReLU,
)
from explorer.core.network import Network, flow
from explorer.core.network.running import Runner, initial_weights
from explorer.drawing.network.reading import read

LAYERS = (
    Conv2d(2, 4, (3, 3)),
    ReLU(),
    Conv2d(4, 8, (3, 3), groups=4),
    BatchNorm2d(8),
    GroupNorm(2, 8),
    Conv2d(8, 6, (1, 1), groups=2),
    MaxPool2d((2, 2)),
    Flatten(),
    Linear(24, 5),
    LogSoftmax(1),
)


@pytest.mark.parametrize("last", range(len(LAYERS)))
def test_what_is_read_is_what_makes_a_difference(last: int):
    network = Network(LAYERS[: last + 1])
    places = flow(network, (2, 8, 8))
    runner = Runner(network)
    runner.load(initial_weights(network, 0))
    x = np.random.default_rng(0).normal(size=(2, 8, 8)).astype(np.float32)
    plain = list(runner.outputs(x))
    output = places[last].output
    assert output is not None
    for channel in range(min(output[0], 8)):
        found = read(places, last, channel)
        assert found[-1] == {channel} and len(found) == last + 2
        # Stage by stage: the layers from there on, with one channel of their input changed.
        for stage in range(last + 1):
            before = x if stage == 0 else plain[stage - 1]
            rest = Network(LAYERS[stage : last + 1])
            behind = Runner(rest)
            weights = initial_weights(rest, 1)
            behind.load({name: np.abs(value) + 0.1 for name, value in weights.items()})
            usual = list(behind.outputs(np.abs(before)))[-1][channel]
            for changed in range(len(before)):
                other = np.abs(before)
                other[changed] += 1.0
                differs = np.any(list(behind.outputs(other))[-1][channel] != usual)
                assert bool(differs) <= (changed in found[stage])


def test_each_map_of_a_depthwise_convolution_reads_one():
    places = flow(Network(LAYERS[:3]), (2, 8, 8))
    assert read(places, 2, 5)[2] == {2}
    assert read(places, 2, 5)[0] == {0, 1}


def test_a_number_of_a_row_comes_from_one_map():
    places = flow(Network((Conv2d(1, 3, (3, 3)), Flatten())), (1, 6, 6))
    assert read(places, 1, 16 * 2 + 5) == (frozenset({0}), frozenset({2}), frozenset({37}))
