"""Every way to change what the Lab shows: from one state to the next, without Qt."""

import dataclasses
from typing import Any

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import OPERATIONS, Array, Layer, Parameter
from explorer.core.presets import DIGIT, PRESETS, numbers, own_size, weights
from explorer.core.repair import Repair
from explorer.core.scene import LabState
from explorer.data.digits import bundled_test
from explorer.data.resize import resize

BIAS = 1.0
"""The bias of every output channel while there is one."""


def from_preset(name: str, digit: int = 0) -> LabState:
    """Return the state that a worked example starts from."""
    preset = PRESETS[name]
    state = LabState(
        layer=preset.layer,
        sample=preset.sample,
        digit=digit,
        input=sample(preset.sample, digit, preset.size),
        kernel=preset.kernel,
        weight=None,
        bias=None,
    )
    return _weighted(state)


def matching_preset(state: LabState) -> str:
    """Return the name of the worked example that `state` is, or an empty text."""
    has_weights = state.layer.weight_shape is not None
    for name, preset in PRESETS.items():
        same = preset.layer == state.layer and preset.sample == state.sample
        same = same and preset.size == state.size
        if same and (not has_weights or preset.kernel == state.kernel):
            return name
    return ""


def sample(name: str, digit: int, size: Pair) -> Array:
    """Return the named input in a size (h, w), shape (1, h, w): pixels count from 0 to 255."""
    if name != DIGIT:
        return numbers(name, size)
    images, _ = bundled_test()
    return resize(images[digit % len(images)], size)[None].astype(np.float32)


def with_operation(state: LabState, name: str) -> LabState:
    """Change the kind of layer, keeping the parameters that both kinds have.

    The stride starts anew, for pooling usually moves by its window and convolution by one. What
    the other kind's slider does not reach is cut off.
    """
    kind = OPERATIONS[name]
    if isinstance(state.layer, kind):
        return state
    known = {about.name for about in state.layer.parameters()} - {"stride"}
    kept = {
        about.name: _within(getattr(state.layer, about.name), about)
        for about in kind.parameters()
        if about.name in known
    }
    return with_layer(state, kind.starting_from(kept))


def _within(value: Any, about: Parameter) -> Any:
    if about.kind != "pair":
        return value
    return min(value[0], about.maximum), min(value[1], about.maximum)


def with_parameter(state: LabState, name: str, value: Any) -> LabState:
    """Set one parameter of the layer; weights follow the kernel's size."""
    return with_layer(state, state.layer.with_(**{name: value}))


def with_layer(state: LabState, layer: Layer) -> LabState:
    """Put another layer in the place of the present one."""
    return _settled(_weighted(dataclasses.replace(state, layer=layer)))


def with_kernel(state: LabState, name: str) -> LabState:
    """Take the weights from another family."""
    return _weighted(dataclasses.replace(state, kernel=name))


def with_input(
    state: LabState,
    *,
    name: str | None = None,
    digit: int | None = None,
    size: Pair | None = None,
) -> LabState:
    """Change which input is looked at, in its own size, which digit, or how large it is."""
    name = state.sample if name is None else name
    digit = state.digit if digit is None else digit
    if size is None:
        size = state.size if name == state.sample else own_size(name)
    grown = sample(name, digit, size)
    return _settled(dataclasses.replace(state, sample=name, digit=digit, input=grown))


def with_repair(state: LabState, repair: Repair) -> LabState:
    """Take a legal setting that was offered for an illegal one."""
    return with_layer(with_input(state, size=repair.size), repair.layer)


def _weighted(state: LabState) -> LabState:
    """Return `state` with the weights and the bias that its layer asks for."""
    layer = state.layer
    bias = np.full(layer.output_channels(1), BIAS, np.float32) if layer.has_bias else None
    return dataclasses.replace(state, weight=weights(state.kernel, layer), bias=bias)


def _settled(state: LabState) -> LabState:
    """Return `state` with the step inside of what there is now, and nothing held any more."""
    step = min(state.step, max(state.windows - 1, 0))
    return dataclasses.replace(state, step=step, pin=None, hover=None)
