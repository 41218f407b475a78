"""Random scenes over everything that a record holds, and one of which everything can be seen."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from explorer.core.inputs import DIGIT, INPUTS, numbers
from explorer.core.kernels import KERNELS, RANDOM, weights
from explorer.core.layers import Array, Conv2d, Layer
from explorer.core.record import to_record
from explorer.core.scene import EDITED, OWN, PICTURE, Focus, LabState
from tests.core.any_layers import any_layers

Path = tuple[str | int, ...]

SPECIAL = (math.nan, math.inf, -math.inf, -0.0, 1e-45, -1.1754942e-38, 3.4028235e38, 0.1, 2.0**24)


def _arrays(shape: tuple[int, ...]) -> st.SearchStrategy[Array]:
    size = math.prod(shape)

    def random(seed: int) -> Array:
        made = np.random.default_rng(seed)
        bits = made.integers(0, 2**32, shape, np.uint32).view(np.float32)
        kinds = (
            bits,  # every NaN and every denormal number may be among them
            made.integers(0, 256, shape).astype(np.float32),
            made.choice(np.array(SPECIAL, np.float32), shape),
            (made.integers(-100, 100, shape) / 10).astype(np.float32),
            np.zeros(shape, np.float32),
        )
        return kinds[seed % len(kinds)]

    return st.integers(0, 10_000 if size else 0).map(random)


@st.composite
def states(draw: st.DrawFn) -> LabState:
    """Return states over everything that a record holds."""
    layer = draw(any_layers())
    size = draw(st.integers(1, 24)), draw(st.integers(1, 24))
    channels = getattr(layer, "in_channels", draw(st.integers(1, 4)))
    sample = draw(st.sampled_from([*INPUTS, DIGIT, OWN, "drawing", PICTURE, EDITED]))
    x = numbers(sample, size, channels) if sample in INPUTS else draw(_arrays((channels, *size)))
    origin = None
    if sample in {OWN, "drawing", PICTURE, EDITED}:
        origin = draw(st.just(x) | _arrays((draw(st.integers(1, 3)), 5, 7)))
    kernel = draw(st.sampled_from([*KERNELS, OWN]))
    shape = layer.weight_shape
    weight = None
    if shape is not None:
        weight = draw(_arrays(shape)) if kernel in {OWN, RANDOM} else weights(kernel, layer)
    bias = draw(_arrays((layer.output_channels(channels),))) if layer.has_bias else None
    state = LabState(
        layer,
        sample,
        draw(st.integers(0, 199)),
        x,
        kernel,
        weight,
        bias,
        flip=draw(st.booleans()),
        usage=draw(st.booleans()),
        stamping=draw(st.booleans()),
        tints=draw(st.booleans()),
        origin=origin,
        fit=draw(st.sampled_from(["crop", "scale"])) if sample == PICTURE else "crop",
        channel=draw(st.integers(0, layer.output_channels(channels) - 1)),
    )
    step = draw(st.floats(0, max(state.steps - 1, 0)))
    pins = tuple(draw(st.lists(_pins(state), max_size=3, unique=True))) if state.fits else ()
    return replace(state, step=step, pins=pins, hover=Focus("output", (0, 0)))


def _pins(state: LabState) -> st.SearchStrategy[Focus]:
    def on(board: Any, sides: list[tuple[int, int]], channels: range) -> st.SearchStrategy[Focus]:
        cell = st.tuples(*(st.integers(low, low + size - 1) for low, size in sides))
        return st.builds(Focus, st.just(board), cell, st.sampled_from(channels))

    outputs = [(0, side) for side in state.output_size]
    boards = [
        on("input", [(axis.first, axis.shown) for axis in state.axes], range(state.channels)),
        on("output", outputs, range(state.output_channels)),
    ]
    if state.weight is not None:
        taps = [(0, side) for side in state.weight.shape[2:]]
        boards.append(on("kernel", taps, state.read_channels))
    return st.one_of(boards)


def a_state(layer: Layer | None = None, /, **changes: Any) -> LabState:
    """Return a scene of which everything can be seen."""
    layer = layer or Conv2d(2, 2, (3, 3), padding=(1, 1))
    x = numbers("numbers", (5, 5), 2)
    bias = np.array([0.5, -1], np.float32)[: layer.output_channels(2)] if layer.has_bias else None
    state = LabState(layer, "numbers", 3, x, "counting", weights("counting", layer), bias)
    pins: tuple[Focus, ...] = (
        Focus("input", (-1, 0), 1),
        Focus("kernel", (2, 2)),
        Focus("output", (4, 4), 1),
    )
    if state.weight is None:
        pins = (Focus("output", (1, 1)),)
    view: dict[str, Any] = {"channel": 1, "step": 2.5, "pins": pins, "usage": True}
    return replace(state, **(view | changes))


def assert_same(one: LabState, other: LabState) -> None:
    """Compare everything but what the pointer is on, and numbers to the last bit."""
    for name in LabState.__dataclass_fields__:
        mine, yours = getattr(one, name), getattr(other, name)
        if isinstance(mine, np.ndarray):
            assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype), name
            assert mine.tobytes() == yours.tobytes(), name
            assert mine.flags.writeable, name  # torch warns of others
        elif name != "hover":
            assert mine == yours, name
            assert type(mine) is type(yours), name
    assert one.hover is None


def through_json(record: dict[str, Any]) -> Any:
    return json.loads(json.dumps(record, allow_nan=False))


def changed(path: Path, value: object, layer: Layer | None = None) -> Any:
    """Return the record of `a_state` with another value at a place."""
    record: Any = to_record(a_state(layer))
    at = record
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return record
