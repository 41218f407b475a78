"""What a cell sees of the picture is what has a gradient there, and the arithmetic agrees."""

from fractions import Fraction
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.geometry import AdaptiveAxis, TransposedAxis
from explorer.core.layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    GroupNorm,
    Layer,
    Linear,
    LogSoftmax,
    LPPool2d,
    MaxPool2d,
    Module,
    ReLU,
    Shape,
    Softmax,
)
from explorer.core.layers.softmax import Shares
from explorer.core.network import Network, flow
from explorer.core.network.field import Field
from explorer.core.network.presets import PRESETS
from explorer.core.network.tracing import Region, trace_back
from tests.core.network.strategies import networks
from tests.core.strategies import without_advice

At = tuple[int, int, int]
SUMS = (Flatten, Linear, Conv2d, ConvTranspose2d, AvgPool2d, AdaptiveAvgPool2d)


def cells(shape: Shape) -> list[At]:
    """Return all cells of an output, as `trace_back` wants them."""
    h, w = (*shape[1:], 1, 1)[:2]
    return list(product(range(shape[0]), range(h), range(w)))


def added_up(layer: Layer, x: torch.Tensor) -> torch.Tensor:
    """Return the sum of each window of a max or power pooling."""
    size = (x.shape[2], x.shape[3])
    axes = layer.axes(size)
    if isinstance(layer, AdaptiveMaxPool2d):
        return F.adaptive_avg_pool2d(x, layer.output_size)
    kernel, stride, dilation = (
        layer.setting(name) if hasattr(layer, name) else (1, 1)
        for name in ("kernel_size", "stride", "dilation")
    )
    around = []
    for axis, k, s, d in zip(axes, kernel, stride, dilation, strict=True):
        needed = (axis.output - 1) * s + d * (k - 1) + 1
        around.append((axis.padding, needed - axis.size - axis.padding))
    (above, below), (left, right) = around
    ones = torch.ones(x.shape[1], 1, *kernel, dtype=x.dtype)
    padded = F.pad(x, (left, right, above, below))
    return F.conv2d(padded, ones, None, stride, 0, dilation, x.shape[1])


def positive(layer: Module, x: torch.Tensor) -> torch.Tensor:
    """Return what `layer` makes of `x`, with a sum of the same numbers where it is no sum."""
    if isinstance(layer, MaxPool2d | AdaptiveMaxPool2d | LPPool2d):
        return added_up(layer, x)
    if isinstance(layer, Shares):
        return x + x.sum(dim=layer.axis(tuple(x.shape[1:])) + 1, keepdim=True)
    if isinstance(layer, BatchNorm2d):
        return x if layer.track_running_stats else x + x.sum(dim=(2, 3), keepdim=True)
    if isinstance(layer, GroupNorm):
        groups = x.reshape(len(x), layer.num_groups, -1)
        return x + (groups + groups.sum(dim=2, keepdim=True)).reshape(x.shape)
    if not isinstance(layer, SUMS):
        return x
    module = layer.as_torch().double()
    with torch.no_grad():
        for weight in module.parameters():
            weight.fill_(1.0)
    made: torch.Tensor = module(x)
    return made / made.detach().abs().max().clamp(min=1)


def outputs(network: Network, x: torch.Tensor) -> list[torch.Tensor]:
    made = []
    with without_advice():
        for layer in network.layers:
            x = positive(layer, x)
            made.append(x)
    return made


def seen(region: Region) -> set[tuple[int, int]]:
    return set(product(region.rows, region.columns))


def crosses(network: Network, shape: Shape) -> bool:
    """Tell whether what a cell reads is a crossing of rows and columns all the way.

    A group of the numbers of a row may be more than one row of a map and less than two.
    """
    return not any(
        isinstance(place.layer, GroupNorm)
        and place.layer.num_groups > 1
        and len(place.input or ()) == 1
        for place in flow(network, shape)
    )


def check_against_gradients(network: Network, shape: Shape, at: At) -> None:
    places = flow(network, shape)
    regions = trace_back(places, len(places) - 1, at)
    assert len(regions) == len(places) + 1
    is_crossing = crosses(network, shape)
    x = torch.ones((1, *shape), dtype=torch.float64, requires_grad=True)
    made = outputs(network, x)
    assert [tuple(stage.shape[1:]) for stage in made] == [place.output for place in places]
    index = (0, *at) if made[-1].ndim != 3 else (0, at[0], max(at[1], at[2]))
    number = made[-1][index[: made[-1].ndim]]
    gradients = torch.autograd.grad(number, [x, *made], allow_unused=True)
    for region, stage, gradient in zip(regions, [x, *made], gradients, strict=True):
        touched = torch.zeros_like(stage) if gradient is None else gradient
        there = touched[0] != 0
        for one in (region.rows, region.columns):
            assert list(one) == sorted(set(one))
        if there.ndim == 3:
            found = {tuple(cell) for cell in there.any(dim=0).nonzero().tolist()}
        elif there.ndim == 2:
            found = {tuple(cell) for cell in there.nonzero().tolist()}
        else:
            found = {(cell, 0) for cell in there.nonzero().flatten().tolist()}
        assert (
            seen(region) >= found if there.ndim > 1 and not is_crossing else seen(region) == found
        )


@given(networks(most=5), st.data())
def test_a_cell_is_made_of_what_has_a_gradient(
    case: tuple[Network, Shape], data: st.DataObject
) -> None:
    network, shape = case
    output = flow(network, shape)[-1].output
    assert output is not None
    check_against_gradients(network, shape, data.draw(st.sampled_from(cells(output))))


DEEP = (
    Conv2d(1, 2, (3, 2), (2, 1), (1, 1), (1, 2), padding_mode="reflect"),
    ConvTranspose2d(2, 2, (3, 3), (2, 2), (1, 0), (1, 0)),
    MaxPool2d((3, 2), (2, 1), (1, 0), (2, 1), ceil_mode=True),
    AdaptiveAvgPool2d((4, 3)),
)


@pytest.mark.parametrize(
    "layers",
    [
        DEEP,
        (*DEEP, Flatten()),
        (*DEEP, Flatten(), Softmax(1)),
        (*DEEP, Flatten(), ReLU(), Linear(24, 3), Linear(3, 2)),
        (*DEEP, Flatten(2)),
        (*DEEP, Flatten(2), Softmax(1)),
        (*DEEP, Flatten(2), Softmax(2)),
        (*DEEP, Flatten(2), Flatten()),
        (*DEEP, Flatten(2), Linear(12, 2)),
        (*DEEP, Flatten(1, 2)),
        (*DEEP, Flatten(1, 2), LogSoftmax(1)),
        (*DEEP, Flatten(1, 2), LogSoftmax(-1), Flatten()),
        (*DEEP, Flatten(1, 2), Linear(3, 5), Flatten()),
        (*DEEP, Flatten(-3, -2), Linear(3, 5), Flatten(), Linear(40, 2)),
        (*DEEP, Linear(3, 4), MaxPool2d((2, 2))),
        (*DEEP, Softmax(1)),
        (*DEEP, Softmax(2), MaxPool2d((2, 1))),
        (*DEEP, LogSoftmax(-1), MaxPool2d((1, 2))),
        (*DEEP, BatchNorm2d(2, track_running_stats=False)),
        (*DEEP, BatchNorm2d(2), Dropout()),
        (*DEEP, GroupNorm(1, 2)),
        (*DEEP, GroupNorm(2, 2), MaxPool2d((2, 2))),
        (*DEEP, Flatten(), GroupNorm(8, 24), ReLU()),
        (*DEEP, Flatten(2), GroupNorm(1, 2)),
        (*DEEP, Flatten(2), GroupNorm(2, 2), Flatten()),
        (*DEEP, Flatten(1, 2), GroupNorm(4, 8), Linear(3, 2)),
        (Conv2d(1, 1, (1, 1), padding=(3, 3)), MaxPool2d((2, 2), (1, 1))),  # padding only
        (Conv2d(1, 1, (1, 1), padding=(3, 3)), Flatten(), ReLU()),
        (Softmax(3), Conv2d(1, 1, (1, 1), padding=(0, 1)), Conv2d(1, 1, (1, 1), padding=(1, 0))),
    ],
)
def test_every_cell_of_a_deep_stack(layers: tuple[Module, ...]) -> None:
    network, shape = Network(layers), (1, 9, 8)
    output = flow(network, shape)[-1].output
    assert output is not None
    for at in cells(output):
        check_against_gradients(network, shape, at)


# --------------------------------------------------------------------------- size, jump and start

_PLAIN = (
    Conv2d,
    MaxPool2d,
    AvgPool2d,
    LPPool2d,
    ReLU,
    Softmax,
    Flatten,
    Linear,
    BatchNorm2d,
    GroupNorm,
)
_ROOMY = st.tuples(st.integers(1, 2), st.integers(8, 12), st.integers(8, 12))


def exact(layer: Module, shape: Shape) -> bool:
    """Tell whether all windows of a layer are alike, in the places where they read no padding."""
    if isinstance(layer, GroupNorm) and len(shape) != 3:
        return layer.num_groups == 1  # a group of a row may be a part of a map
    if not isinstance(layer, Layer) or len(shape) != 3:
        return True
    axes = layer.axes((shape[1], shape[2]))
    return not any(
        isinstance(axis, TransposedAxis)
        or (isinstance(axis, AdaptiveAxis) and axis.size % axis.output)
        for axis in axes
    )


def check_field(field: Field, region: Region, at: At, output: Shape, shape: Shape) -> None:
    """Compare what the arithmetic says with what a cell reads, on the axes with no border."""
    if not region.rows or not region.columns:
        return
    place = (at[1], at[2])
    for i, read in enumerate((region.rows, region.columns)):
        if field.jump[i] and len(output) != 3:
            continue  # of numbers in a row the first one of a map alone has its place in `start`
        middle = field.start[i] + place[i] * field.jump[i]
        half = (field.size[i] - 1) / 2
        if middle - half < 0 or middle + half > shape[i + 1] - 1:
            continue
        assert (read[0], read[-1]) == (middle - half, middle + half)


@settings(max_examples=settings().max_examples // 2)
@given(networks(*_PLAIN, most=5, pictures=_ROOMY))
def test_the_arithmetic_agrees_where_no_border_is_in_the_way(case: tuple[Network, Shape]) -> None:
    network, shape = case
    places = flow(network, shape)
    for last, place in enumerate(places):
        assert place.output is not None and place.field is not None
        if not all(exact(before.layer, before.input or ()) for before in places[: last + 1]):
            return
        for at in cells(place.output):
            region = trace_back(places, last, at)[0]
            check_field(place.field, region, at, place.output, shape)


@settings(max_examples=settings().max_examples // 2)
@given(networks(ConvTranspose2d, AdaptiveAvgPool2d, most=1))
def test_where_windows_are_not_alike_the_arithmetic_is_near(case: tuple[Network, Shape]) -> None:
    network, shape = case
    (place,) = flow(network, shape)
    assert place.output is not None and place.field is not None
    for at in cells(place.output):
        (region, _) = trace_back((place,), 0, at)
        for i, read in enumerate((region.rows, region.columns)):
            middle = place.field.start[i] + at[i + 1] * place.field.jump[i]
            size = place.field.size[i]
            if not read:
                continue
            assert read[-1] - read[0] + 1 <= size
            axis = place.layer.axes((shape[1], shape[2]))[i]  # type: ignore[attr-defined]
            apart = max(Fraction(1), Fraction(axis.extent, 2 * axis.stride))
            if size <= middle <= shape[i + 1] - 1 - size:
                assert abs(Fraction(read[0] + read[-1], 2) - middle) <= apart


def sizes(name: str) -> list[tuple[int, ...]]:
    """Return the size, jump and start of the rows of each layer of a preset, in whole numbers."""
    preset = PRESETS[name]
    found = []
    for place in flow(preset.network, preset.input):
        assert place.field is not None
        assert place.field.size[0] == place.field.size[1]
        found.append((place.field.size[0], place.field.jump[0], place.field.start[0]))
    return found  # type: ignore[return-value]


def test_compact_sees_all_of_a_digit_at_last() -> None:
    half = Fraction(1, 2)
    assert sizes("compact") == [
        (5, 1, 2),
        (6, 2, 2 + half),
        (6, 2, 2 + half),
        (14, 2, 6 + half),
        (16, 4, 7 + half),
        (16, 4, 7 + half),
        (16, 4, 7 + half),
        (28, 0, 13 + half),
    ]


def test_classic_sees_no_more_after_that() -> None:
    assert [size for size, *_ in sizes("classic")][-5:] == [16, 28, 28, 28, 28]


def test_dilation_doubles_what_is_seen() -> None:
    assert [size for size, *_ in sizes("dilated")][:5:2] == [3, 7, 15]


def test_two_small_kernels_see_as_much_as_a_large_one() -> None:
    assert [size for size, *_ in sizes("small_vgg")][:3:2] == [3, 5]


@pytest.mark.parametrize(
    ("layers", "size", "jump", "start"),
    [
        ([Linear(8, 3)], (1, 8), (1, 0), (0, 3.5)),
        ([Softmax(1)], (1, 1), (1, 1), (0, 0)),
        ([Softmax(2)], (10, 1), (0, 1), (4.5, 0)),
        ([LogSoftmax(-1)], (1, 8), (1, 0), (0, 3.5)),
        ([Flatten()], (1, 1), (1, 1), (0, 0)),
        ([Flatten(), Softmax(1)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Flatten(2), Softmax(1)], (1, 1), (1, 1), (0, 0)),
        ([Flatten(2), Softmax(2)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Flatten(2), Flatten(), Linear(160, 1)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Flatten(1, 2), Softmax(1)], (10, 1), (0, 1), (4.5, 0)),
        ([Flatten(1, 2), Linear(8, 1)], (1, 8), (1, 0), (0, 3.5)),
        ([Flatten(1, 1), MaxPool2d((2, 4)), Flatten(), Linear(20, 1)], (10, 8), (0, 0), (4.5, 3.5)),
        ([BatchNorm2d(2, track_running_stats=False)], (10, 8), (0, 0), (4.5, 3.5)),
        ([GroupNorm(1, 2)], (10, 8), (0, 0), (4.5, 3.5)),
        ([GroupNorm(2, 2)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Flatten(2), GroupNorm(2, 2)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Flatten(), GroupNorm(2, 160)], (10, 8), (0, 0), (4.5, 3.5)),
        ([Softmax(2), MaxPool2d((2, 2))], (10, 2), (0, 2), (4.5, 0.5)),
        ([ConvTranspose2d(2, 2, (4, 2), (2, 2))], (2, 1), (0.5, 0.5), (-0.75, -0.25)),
        ([AdaptiveAvgPool2d((5, 3))], (2, 4), (2, Fraction(8, 3)), (0.5, 1)),
        ([Conv2d(2, 2, (3, 3), padding="same")], (3, 3), (1, 1), (0, 0)),
    ],
)
def test_some_fields(layers: list[Module], size: object, jump: object, start: object) -> None:
    field = flow(Network(tuple(layers)), (2, 10, 8))[-1].field
    assert field is not None
    assert (field.size, field.jump, field.start) == (size, jump, start)
