"""Every way to change what the Lab shows: from one state to the next, without Qt."""

import dataclasses
from typing import Any

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.inputs import DIGIT, numbers, own_size, shifted
from explorer.core.kernels import weights
from explorer.core.layers import OPERATIONS, Array, Conv2d, Layer
from explorer.core.presets import PRESETS
from explorer.core.repair import Repair
from explorer.core.scene import OWN, PICTURE, PICTURES, Fit, LabState
from explorer.data.digits import bundled_test
from explorer.data.pictures import LARGEST
from explorer.data.resize import cropped, resize, within

FIRST_SIDE = 64
"""Most rows and columns of a picture that has just been opened: few enough to find numbers by
zooming in."""
MOVED = {"stroke": "stroke_moved"}
"""Inputs that there are a second time, one pixel to the right."""
FAMILY = "edge_across"
"""Where weights come from when those that the user has typed are gone with their layer."""
NARROW = 4
"""Times that one side of a picture is the other at most while its middle square shows enough."""
BIAS = 1.0
"""What a new output channel adds to its cells while there is a bias."""


def from_preset(name: str, digit: int = 0) -> LabState:
    """Return the state that a worked example starts from."""
    preset = PRESETS[name]
    state = LabState(
        layer=preset.layer,
        sample=preset.sample,
        digit=digit,
        input=sample(preset.sample, digit, preset.channels, preset.size),
        kernel=preset.kernel,
        weight=None,
        bias=None,
    )
    return _weighted(state)


def with_preset(state: LabState, name: str) -> LabState:
    """Return a worked example, seen in the way that `state` is."""
    views = {view: getattr(state, view) for view in ("usage", "tints", "stamping", "fit")}
    return dataclasses.replace(from_preset(name, digit=state.digit), **views)


def matching_preset(state: LabState) -> str:
    """Return the name of the worked example that `state` is, or an empty text."""
    has_weights = state.layer.weight_shape is not None
    for name, preset in PRESETS.items():
        same = preset.layer == state.layer and preset.sample == state.sample
        same = same and (preset.channels, preset.size) == (state.channels, state.size)
        if same and not state.flip and (not has_weights or preset.kernel == state.kernel):
            return name
    return ""


def sample(
    name: str,
    digit: int,
    channels: int,
    size: Pair,
    origin: Array | None = None,
    fit: Fit = "crop",
) -> Array:
    """Return the named input, shape (channels, h, w): pixels count from 0 to 255.

    Each channel of a digit is another one. What the user has made comes from `origin`, and of a
    picture from a file as much as `fit` says.
    """
    if origin is not None:
        return _fitted(origin, channels, size, name, fit)
    if name != DIGIT:
        return numbers(name, size, channels)
    images, _ = bundled_test()
    chosen = (images[(digit + channel) % len(images)] for channel in range(channels))
    return np.stack([resize(image, size) for image in chosen]).astype(np.float32)


def _fitted(origin: Array, channels: int, size: Pair, name: str, fit: Fit) -> Array:
    """Return pictures resampled, and numbers cut off or with zeros around them.

    A single channel of a colour picture is its brightness; further channels are those that there
    are, once more.
    """
    is_picture = name in PICTURES
    if is_picture and channels == 1 and len(origin) > 1:
        origin = origin.mean(axis=0, keepdims=True)
    chosen = origin[np.arange(channels) % len(origin)]
    if is_picture:
        pixels = np.nan_to_num(chosen).round().clip(0, 255).astype(np.uint8)
        if name == PICTURE and fit == "crop":
            pixels = np.stack([cropped(channel, size) for channel in pixels])
        return np.stack([resize(channel, size) for channel in pixels]).astype(np.float32)
    table = np.zeros((channels, *size), np.float32)
    h, w = min(size[0], chosen.shape[1]), min(size[1], chosen.shape[2])
    table[:, :h, :w] = chosen[:, :h, :w]
    return table


def with_operation(state: LabState, name: str) -> LabState:
    """Change the kind of layer, keeping the parameters that both kinds have.

    The stride starts anew, for pooling usually moves by its window and convolution by one. What
    the other kind's slider does not reach is cut off.
    """
    kind = OPERATIONS[name]
    if isinstance(state.layer, kind):
        return state
    known = {about.name for about in state.layer.parameters()} - {"stride"}
    kept: dict[str, Any] = {"in_channels": state.channels}
    for about in kind.parameters():
        if about.name in known:
            value = state.layer.setting(about.name)
            if about.kind == "pair":
                value = tuple(one if one is None else min(one, about.maximum) for one in value)
            kept[about.name] = value
    return with_layer(state, kind.starting_from(kept))


def with_parameter(state: LabState, name: str, value: Any) -> LabState:
    """Set one parameter of the layer; input and weights follow its channels and its kernel."""
    return with_layer(state, state.layer.with_(**{name: value}))


def with_layer(state: LabState, layer: Layer) -> LabState:
    """Put another layer in the place of the present one; the input gets the channels it needs.

    With a layer of another kind a visit ends, as it does with another input.
    """
    changed = dataclasses.replace(state, layer=layer)
    if type(layer) is not type(state.layer):
        changed = dataclasses.replace(changed, visit=None)
    channels = getattr(layer, "in_channels", state.channels)
    if channels != state.channels:
        changed = dataclasses.replace(changed, input=_sampled(changed, channels, state.size))
    return _settled(_weighted(changed))


def with_kernel(state: LabState, name: str) -> LabState:
    """Take the weights from another family."""
    return state if name == OWN else _weighted(dataclasses.replace(state, kernel=name))


def with_learned(state: LabState, kernels: Array) -> LabState:
    """Take the kernels that a network has learned, (out_channels, 1, h, w), one channel each."""
    h, w = kernels.shape[2:]
    kept = {"kernel_size": (h, w), "in_channels": 1, "out_channels": len(kernels)}
    kept |= {"bias": False}
    if isinstance(state.layer, Conv2d):
        kept |= {"stride": state.layer.stride, "padding": state.layer.padding}
    changed = dataclasses.replace(state, kernel=OWN, weight=kernels, visit=None)
    return with_layer(changed, Conv2d(**kept))  # type: ignore[arg-type]


def with_state(state: LabState, other: LabState) -> LabState:
    """Return another layer with its own input and weights, seen in the way that `state` is."""
    return dataclasses.replace(other, tints=state.tints, fit=state.fit)


def with_flip(state: LabState, flip: bool) -> LabState:
    """Turn the kernel by half a turn before it slides, or let it be."""
    return dataclasses.replace(state, flip=flip)


def with_input(
    state: LabState,
    *,
    name: str | None = None,
    digit: int | None = None,
    size: Pair | None = None,
    channels: int | None = None,
) -> LabState:
    """Change which input is looked at, in its own size, which digit, or how large it is."""
    name = state.sample if name is None else name
    if name != state.sample:
        size = own_size(name) if size is None else size
        state = dataclasses.replace(state, sample=name, origin=None, visit=None)
    if digit is not None:
        state = dataclasses.replace(state, digit=digit)
    channels = state.channels if channels is None else channels
    grown = _sampled(state, channels, state.size if size is None else size)
    return _with_channels(dataclasses.replace(state, input=grown))


def with_own_input(state: LabState, name: str, origin: Array, size: Pair) -> LabState:
    """Look at a drawing or a picture, shape (C, H, W), in a size; the layer takes its channels."""
    changed = dataclasses.replace(state, sample=name, origin=origin, visit=None)
    return _with_channels(dataclasses.replace(changed, input=_sampled(changed, len(origin), size)))


def with_picture(state: LabState, origin: Array) -> LabState:
    """Look at a picture, shape (C, H, W), in a size that suits it; at the whole of a narrow one."""
    h, w = origin.shape[1:]
    if max(h, w) > NARROW * min(h, w):
        state = dataclasses.replace(state, fit="scale")
    longest = min(max(h, w), FIRST_SIDE)
    size = within((h, w), longest) if state.fit == "scale" else (min(h, w, FIRST_SIDE),) * 2
    return with_own_input(state, PICTURE, origin, size)


def with_fit(state: LabState, fit: Fit) -> LabState:
    """Look at the middle square of a picture or at the whole; the longer side stays."""
    if fit == state.fit:
        return state
    changed, longest = dataclasses.replace(state, fit=fit), max(state.size)
    if state.sample != PICTURE or state.origin is None:
        return changed
    h, w = state.origin.shape[1:]
    return with_input(changed, size=(longest,) * 2 if fit == "crop" else within((h, w), longest))


def with_size(state: LabState, size: Pair) -> LabState:
    """Make the input larger or smaller; a whole picture keeps its proportions.

    Where the user changes one side the other follows; where both, the longer one counts.
    """
    if state.sample == PICTURE and state.fit == "scale" and state.origin is not None:
        h, w = state.origin.shape[1:]
        rows, columns = size
        if columns == state.size[1]:
            longest = max(rows, round(w * rows / h))
        elif rows == state.size[0]:
            longest = max(columns, round(h * columns / w))
        else:
            longest = max(size)
        size = within((h, w), min(longest, LARGEST))
    return with_input(state, size=size)


def with_shift(state: LabState) -> LabState:
    """Move the input by one pixel to the right; zeros come in on the left."""
    moved = np.stack([shifted(channel, 0, 1) for channel in state.input])
    if np.array_equal(moved, state.input):
        return state
    twin = MOVED.get(state.sample)
    if twin is not None and np.array_equal(moved, numbers(twin, state.size, state.channels)):
        return dataclasses.replace(state, sample=twin, input=moved)
    return state.with_own_numbers(moved)


def with_repair(state: LabState, repair: Repair) -> LabState:
    """Take a legal setting that was offered for an illegal one."""
    return with_layer(with_input(state, size=repair.size), repair.layer)


def _sampled(state: LabState, channels: int, size: Pair) -> Array:
    return sample(state.sample, state.digit, channels, size, state.origin, state.fit)


def _with_channels(state: LabState) -> LabState:
    """Return `state` with a layer that takes as many channels as the input has."""
    if getattr(state.layer, "in_channels", state.channels) == state.channels:
        return _settled(_weighted(state))
    layer = state.layer.with_(in_channels=state.channels)
    return _settled(_weighted(dataclasses.replace(state, layer=layer)))


def _weighted(state: LabState) -> LabState:
    """Return `state` with the weights and the bias that its layer asks for.

    Own weights stay where the new kernel has a place for them.
    """
    layer, shape = state.layer, state.layer.weight_shape
    if state.kernel == OWN and (shape is None or state.weight is None):
        state = dataclasses.replace(state, kernel=FAMILY)
    if state.kernel == OWN and shape is not None:
        weight: Array | None = _kept(np.zeros(shape, np.float32), state.weight)
    else:
        weight = weights(state.kernel, layer)
    bias = None
    if layer.has_bias:
        outputs = layer.output_channels(state.channels)
        bias = _kept(np.full(outputs, BIAS, np.float32), state.bias)
    return dataclasses.replace(state, weight=weight, bias=bias)


def _kept(new: Array, old: Array | None) -> Array:
    """Return `new` with the numbers of `old` wherever both have a place."""
    if old is not None:
        common = tuple(slice(min(a, b)) for a, b in zip(new.shape, old.shape, strict=True))
        new[common] = old[common]
    return new


def _settled(state: LabState) -> LabState:
    """Return `state` with step and channel inside of what there is, and nothing held any more."""
    step = min(state.step, max(state.steps - 1, 0))
    channel = min(state.channel, state.output_channels - 1)
    return dataclasses.replace(state, step=step, channel=channel, pins=(), hover=None)
