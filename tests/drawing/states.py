"""States of the Lab to draw: made by hand, or at random over everything that the sliders allow."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from explorer.core.arithmetic import Evaluation, evaluate
from explorer.core.inputs import DIGIT, INPUTS, numbers
from explorer.core.kernels import KERNELS, weights
from explorer.core.layers import OPERATIONS, Array, ConvTranspose2d, Layer, Parameter
from explorer.core.presets import PRESETS
from explorer.core.scene import Focus, LabState
from explorer.drawing.grid import Board
from explorer.drawing.layout import Layout

MOST_CHANNELS = 4


def a_state(layer: Layer, x: Array, *, sample: str = "numbers", **more: Any) -> LabState:
    """Return `layer` over `x`, shape (C, h, w), with the weights 1, 2, 3, …"""
    bias = np.ones(layer.output_channels(len(x)), np.float32) if layer.has_bias else None
    kernel = more.pop("kernel", "counting")
    return LabState(layer, sample, 0, x, kernel, weights(kernel, layer), bias, **more)


def an_input(name: str, channels: int, size: tuple[int, int]) -> Array:
    """Return the named input; a digit is a picture of random greys."""
    if name != DIGIT:
        return numbers(name, size, channels)
    random = np.random.default_rng(0)
    return random.integers(0, 256, (channels, *size)).astype(np.float32)


def a_preset(name: str, **more: Any) -> LabState:
    """Return a worked example."""
    preset = PRESETS[name]
    x = an_input(preset.sample, preset.channels, preset.size)
    return a_state(preset.layer, x, sample=preset.sample, kernel=preset.kernel, **more)


def evaluated(state: LabState) -> Evaluation:
    return evaluate(state.layer, state.input, state.used_weight, state.bias)


def boards(layout: Layout) -> dict[str, Board]:
    """Return every board of `layout`: the first of a kind by its name, others with a number."""
    found: dict[str, Board] = {}
    for name in ("input", "window", "kernel", "stamp", "thumbs"):
        for number, board in enumerate(getattr(layout, name)):
            found[f"{name}.{number}" if number else name] = board
    if layout.output is not None:
        found["output"] = layout.output
    if layout.total is not None:
        found["total"] = layout.total
    if layout.large is not None:
        found["large"] = layout.large
    return found


def _setting(about: Parameter) -> st.SearchStrategy[Any]:
    if about.kind == "flag":
        return st.booleans()
    if about.kind == "choice":
        return st.sampled_from(about.choices)
    if about.kind in ("decimal", "real", "share"):
        return st.floats(about.minimum, about.maximum)
    number = st.integers(about.minimum, min(about.maximum, 11))
    if about.kind == "channels":
        number = st.integers(about.minimum, min(about.maximum, MOST_CHANNELS))
    one = number if about.half_open is None else st.none() | number
    value = st.tuples(one, one) if about.kind == "pair" else number
    if about.words:
        value = value | st.sampled_from(about.words)
    return value if about.optional is None else st.none() | value


def layers() -> st.SearchStrategy[Layer]:
    """Return every layer that the sliders can set, the illegal ones among them."""
    kinds = [
        st.builds(kind, **{about.name: _setting(about) for about in kind.parameters()})
        for kind in OPERATIONS.values()
    ]
    return st.one_of(*kinds)


@st.composite
def stamping_layers(draw: st.DrawFn) -> ConvTranspose2d:
    """Return a legal transposed convolution, but for a padding that may crop everything."""

    def pair(low: int, high: int) -> tuple[int, int]:
        return draw(st.integers(low, high)), draw(st.integers(low, high))

    groups = draw(st.integers(1, 2))
    stride, dilation = pair(1, 4), pair(1, 3)
    h, w = (max(stride[i], dilation[i]) - 1 for i in (0, 1))
    return ConvTranspose2d(
        groups * draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        pair(1, 5),
        stride,
        pair(0, 4),
        (draw(st.integers(0, h)), draw(st.integers(0, w))),
        groups,
        draw(st.booleans()),
        dilation,
    )


@st.composite
def states(draw: st.DrawFn, *, stamping: bool = False) -> LabState:
    """Return any state that a hand can bring about, a cell under the pointer included.

    With `stamping` only those where input cells stamp.
    """
    layer = draw(stamping_layers() if stamping else layers())
    channels = getattr(layer, "in_channels", None) or draw(st.integers(1, MOST_CHANNELS))
    size = draw(st.integers(1, 32)), draw(st.integers(1, 32))
    name = draw(st.sampled_from([*INPUTS, DIGIT]))
    x = an_input(name, channels, size)
    kernel = draw(st.sampled_from(sorted(KERNELS)))
    state = a_state(layer, x, sample=name, kernel=kernel)
    return a_state(
        layer,
        x,
        sample=name,
        kernel=kernel,
        # A step may lie beyond the end: it is kept when one goes from windows to stamps.
        step=draw(st.floats(0, 1)) * max(state.windows - 1, 0),
        channel=draw(st.integers(0, state.output_channels - 1)),
        flip=draw(st.booleans()),
        usage=draw(st.booleans()),
        tints=draw(st.booleans()),
        stamping=stamping or draw(st.booleans()),
        hover=draw(st.none() | _focus(state)) if state.fits else None,
        pins=tuple(draw(st.lists(_focus(state), max_size=2))) if state.fits else (),
    )


def _focus(state: LabState) -> st.SearchStrategy[Focus]:
    (v, h), (rows, columns) = state.axes, state.output_size
    outputs, inputs = st.integers(0, state.output_channels - 1), st.integers(0, state.channels - 1)
    bounds = {
        "input": (inputs, (v.first, v.first + v.shown), (h.first, h.first + h.shown)),
        "output": (outputs, (0, rows), (0, columns)),
        "kernel": (inputs, (0, v.kernel), (0, h.kernel)),
    }
    if state.weight is None:
        del bounds["kernel"]
    found = [
        st.builds(
            Focus,
            st.just(board),
            st.tuples(*(st.integers(low, high - 1) for low, high in ranges)),
            channel,
        )
        for board, (channel, *ranges) in bounds.items()
    ]
    return st.one_of(*found)
