"""Networks to be drawn: small ones, broken ones, and any that hypothesis comes up with."""

import numpy as np
from hypothesis import strategies as st

from explorer.core.layers import (
    AdaptiveAvgPool2d,
    Array,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GroupNorm,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
    Shape,
)
from explorer.core.network import Network, flow
from explorer.core.network.presets import PRESETS
from explorer.core.network.state import Spot
from explorer.core.network.tracing import trace_back
from explorer.drawing.network.scene import Answer, FlowScene

DIGITS = tuple("0123456789")


def scene_of(network: Network, shape: Shape = (1, 28, 28), seed: int = 0) -> FlowScene:
    """Return a scene with numbers drawn at random where anything flows."""
    chance = np.random.default_rng(seed)
    places = flow(network, shape)
    outputs: list[Array | None] = []
    for place in places:
        if place.output is None or np.prod(place.output) > 200_000:
            outputs.append(None)
            continue
        values = chance.normal(size=place.output).astype(np.float32)
        outputs.append(np.abs(values) if isinstance(place.layer, ReLU) else values)
    picture = chance.integers(0, 256, shape).astype(np.uint8)
    shares = np.exp(chance.normal(size=10)).astype(np.float32)
    answer = Answer(DIGITS, shares / shares.sum())
    return FlowScene(places, picture, tuple(outputs), answer)


def preset(name: str) -> FlowScene:
    found = PRESETS[name]
    return scene_of(found.network, found.input)


def small() -> FlowScene:
    """Return a scene of a few layers, of which one has groups."""
    layers: tuple[Module, ...] = (
        Conv2d(1, 4, (3, 3)),
        ReLU(),
        MaxPool2d((2, 2)),
        Conv2d(4, 8, (3, 3), groups=4),
        Flatten(),
        Linear(72, 10),
    )
    return scene_of(Network(layers), (1, 12, 12))


def broken() -> FlowScene:
    """Return a scene that breaks at place 2, with a layer behind it."""
    layers = (Conv2d(1, 4, (3, 3)), ReLU(), Conv2d(3, 8, (3, 3)), ReLU())
    return scene_of(Network(layers), (1, 12, 12))


def traced(scene: FlowScene, spot: Spot) -> FlowScene:
    """Return the scene with a hand that points at a cell."""
    from dataclasses import replace

    at = (spot.channel, spot.row, spot.column)
    regions = () if spot.place < 0 else trace_back(scene.places, spot.place, at)
    return replace(scene, hover=spot, regions=regions)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Return up to twenty layers, most of which fit."""
    layers: list[Module] = []
    shape: Shape = (1, 28, 28)
    for _ in range(draw(st.integers(0, 20))):
        layer = draw(_layers(shape))
        layers.append(layer)
        if layer.shape_problem(shape) is not None:
            break
        shape = layer.output_shape(shape)
    if draw(st.booleans()):
        layers += [ReLU()] * draw(st.integers(0, 2))
    return Network(tuple(layers))


def _layers(shape: Shape) -> st.SearchStrategy[Module]:
    if len(shape) != 3 and shape[-1] > 2**15:
        return st.just(ReLU())
    if len(shape) != 3:
        features = st.sampled_from([2, 10, 50, 400, 3000])
        return st.one_of(
            features.map(lambda count: Linear(shape[-1], count)),
            st.just(ReLU()),
            st.just(LogSoftmax(1)),
        )
    channels = shape[0]
    return st.one_of(
        st.sampled_from([1, 3, 10, 16, 64, 100, 512]).map(
            lambda count: Conv2d(channels, count, (3, 3), padding=(1, 1))
        ),
        st.just(Conv2d(channels, 2 * channels, (3, 2), groups=channels)),
        st.just(ReLU()),
        st.just(BatchNorm2d(channels)),
        st.just(GroupNorm.new_for(shape)),
        st.just(MaxPool2d((2, 2))),
        st.just(AdaptiveAvgPool2d((1, 1))),
        st.sampled_from([Flatten(), Flatten(2)]),
        st.just(Conv2d(channels + 1, 4, (3, 3))),
    )


def spots(scene: FlowScene) -> st.SearchStrategy[Spot]:
    """Return any cell of anything that flows."""
    flowing = [place for place in range(-1, len(scene.places)) if scene.shape(place) is not None]

    def within(place: int) -> st.SearchStrategy[Spot]:
        shape = scene.shape(place)
        assert shape is not None
        channel = st.integers(0, shape[0] - 1)
        if len(shape) == 1:
            return channel.map(lambda index: Spot(place, index))
        h, w = (1, shape[1]) if len(shape) == 2 else shape[1:]
        return st.builds(
            Spot, st.just(place), channel, st.integers(0, h - 1), st.integers(0, w - 1)
        )

    return st.sampled_from(flowing).flatmap(within)
