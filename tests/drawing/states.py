"""States of the Lab to draw: made by hand, or at random over everything that the sliders allow."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from explorer.core.arithmetic import Evaluation, evaluate
from explorer.core.geometry import PADDING_MODES
from explorer.core.layers import OPERATIONS, Array, Layer, Parameter
from explorer.core.presets import DIGIT, KERNELS, NUMBERS, PRESETS, numbers, weights
from explorer.core.scene import Focus, LabState


def a_state(layer: Layer, x: Array, *, sample: str = "numbers", **more: Any) -> LabState:
    """Return `layer` over `x`, shape (1, h, w), with the weights 1, 2, 3, …"""
    bias = np.ones(1, np.float32) if layer.has_bias else None
    kernel = more.pop("kernel", "counting")
    return LabState(layer, sample, 0, x, kernel, weights(kernel, layer), bias, **more)


def a_preset(name: str, **more: Any) -> LabState:
    """Return a worked example; a digit is a picture of random greys."""
    preset = PRESETS[name]
    if preset.sample == DIGIT:
        random = np.random.default_rng(0)
        x = random.integers(0, 256, (1, *preset.size)).astype(np.float32)
    else:
        x = numbers(preset.sample, preset.size)
    return a_state(preset.layer, x, sample=preset.sample, kernel=preset.kernel, **more)


def evaluated(state: LabState) -> Evaluation:
    return evaluate(state.layer, state.input, state.weight, state.bias)


def _setting(about: Parameter) -> st.SearchStrategy[Any]:
    if about.kind == "flag":
        return st.booleans()
    if about.kind == "choice":
        return st.sampled_from(PADDING_MODES)
    if about.kind == "channels":
        return st.just(1)
    number = st.integers(about.minimum, about.maximum)
    value = st.tuples(number, number) if about.kind == "pair" else number
    return value if about.optional is None else st.none() | value


def layers() -> st.SearchStrategy[Layer]:
    """Return every layer that the sliders can set, the illegal ones among them."""
    kinds = [
        st.builds(kind, **{about.name: _setting(about) for about in kind.parameters()})
        for kind in OPERATIONS.values()
    ]
    return st.one_of(*kinds)


@st.composite
def states(draw: st.DrawFn) -> LabState:
    """Return any state that a hand can bring about, a cell under the pointer included."""
    size = draw(st.integers(1, 32)), draw(st.integers(1, 32))
    name = draw(st.sampled_from([*NUMBERS, DIGIT]))
    if name == DIGIT:
        x = np.full((1, *size), draw(st.integers(0, 255)), np.float32)
    else:
        x = numbers(name, size)
    kernel = draw(st.sampled_from(sorted(KERNELS)))
    state = a_state(draw(layers()), x, sample=name, kernel=kernel)
    step = draw(st.floats(0, 1)) * max(state.windows - 1, 0)
    hover = draw(_focus(state)) if state.fits else None
    return a_state(state.layer, x, sample=name, kernel=kernel, step=step, hover=hover)


def _focus(state: LabState) -> st.SearchStrategy[Focus | None]:
    (v, h), (rows, columns) = state.layer.axes(state.size), state.output_size
    bounds = {
        "input": ((-v.padding, v.size + v.padding), (-h.padding, h.size + h.padding)),
        "output": ((0, rows), (0, columns)),
        "kernel": ((0, v.kernel), (0, h.kernel)),
    }
    if state.weight is None:
        del bounds["kernel"]
    found = [
        st.builds(
            Focus,
            st.just(board),
            st.tuples(*(st.integers(low, high - 1) for low, high in ranges)),
        )
        for board, ranges in bounds.items()
    ]
    return st.one_of(st.none(), *found)
