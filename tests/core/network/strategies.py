"""Random networks: any stacks, and such as a picture flows through to the end."""

from math import prod
from typing import Any

from hypothesis import strategies as st

from explorer.core.layers import (
    MODULES,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout2d,
    Flatten,
    Layer,
    Linear,
    LPPool2d,
    MaxPool2d,
    Module,
    Shape,
)
from explorer.core.layers.softmax import Shares
from explorer.core.network import Network
from tests.core.any_layers import any_modules
from tests.core.strategies import Case, any_cases, fitted, without_advice

WINDOWS: tuple[type[Layer], ...] = (
    Conv2d,
    ConvTranspose2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveMaxPool2d,
    AdaptiveAvgPool2d,
    LPPool2d,
)
MOST_NUMBERS = 600
"""That flow between two layers."""

PICTURES = st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 12))


def any_networks(most: int = 5) -> st.SearchStrategy[Network]:
    """Return stacks of all kinds of modules, whether one suits the next or not."""
    layers = st.lists(any_modules(), min_size=1, max_size=most)
    return st.builds(Network, layers.map(tuple))


@st.composite
def networks(
    draw: st.DrawFn,
    *kinds: type[Module],
    most: int = 8,
    pictures: st.SearchStrategy[Shape] = PICTURES,
) -> tuple[Network, Shape]:
    """Return stacks of 1 to `most` layers of all kinds, or of `kinds`, and a picture for each."""
    shape: Shape = draw(pictures)
    now, layers = shape, []
    wanted = draw(st.lists(st.sampled_from(kinds or [*MODULES.values()]), max_size=most))
    for kind in wanted:
        layer = draw(_fitting(kind, now))
        if layer is None or prod(layer.output_shape(now)) > MOST_NUMBERS:
            continue
        layers.append(layer)
        now = layer.output_shape(now)
    if not layers:
        layer = draw(_fitting(kinds[0] if kinds else Flatten, now))
        assert layer is not None
        layers.append(layer)
    return Network(tuple(layers)), shape


@st.composite
def _fitting(draw: st.DrawFn, kind: type[Module], shape: Shape) -> Module | None:
    """Return a module of a kind that takes an input of `shape`, or None where none does."""
    if issubclass(kind, (*WINDOWS, BatchNorm2d, Dropout2d)) and len(shape) != 3:
        return None
    if issubclass(kind, WINDOWS):
        return draw(_windows(kind, shape))
    layer: Module = draw(any_modules(kind))
    if isinstance(layer, Linear):
        return Linear(shape[-1], draw(st.integers(1, 12)), layer.bias)
    if isinstance(layer, BatchNorm2d):
        tracks = layer.track_running_stats or shape[1:] == (1, 1)
        return layer.with_(num_features=shape[0], eps=1e-3, track_running_stats=tracks)
    if isinstance(layer, Shares):
        return layer.with_(dim=draw(_axes(len(shape))))
    if isinstance(layer, Flatten):
        first, last = sorted(draw(st.tuples(*[st.integers(1, len(shape))] * 2)))
        ends = [draw(st.sampled_from((axis, axis - len(shape) - 1))) for axis in (first, last)]
        return Flatten(*ends)
    return layer if layer.shape_problem(shape) is None else next(layer.instead(shape), None)


def _axes(count: int) -> st.SearchStrategy[int]:
    return st.integers(1, count) | st.integers(-count, -1)


@st.composite
def _windows(draw: st.DrawFn, kind: type[Layer], shape: Shape) -> Layer:
    channels, h, w = shape
    layer = draw(any_cases(kind)).layer
    if isinstance(layer, Conv2d | ConvTranspose2d):
        groups = layer.groups if channels % layer.groups == 0 else 1
        changes: dict[str, Any] = {"in_channels": channels, "groups": groups}
        if isinstance(layer, Conv2d) and draw(st.booleans()):
            changes |= {"padding": "same", "stride": (1, 1)}
        layer = layer.with_(**changes)
    with without_advice():
        return fitted(Case(layer, channels, (h, w))).layer
