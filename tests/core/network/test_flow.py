"""What flows through a network is what torch makes: shapes, parameters, multiply-adds."""

from collections import OrderedDict
from math import prod

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.core.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Shape
from explorer.core.network import Network, flow, total
from explorer.core.network.running import Runner
from tests.core.network.strategies import any_networks, networks
from tests.core.strategies import without_advice

Case = tuple[Network, Shape]


def as_torch(network: Network) -> nn.Sequential:
    """Return torch's own network, with the names of ours, on the meta device."""
    with torch.device("meta"):
        made = [layer.as_torch() for layer in network.layers]
    return nn.Sequential(OrderedDict(zip(network.names, made, strict=True))).eval()


def stages(made: nn.Sequential, x: torch.Tensor) -> list[torch.Tensor]:
    found = []
    with torch.no_grad(), without_advice():
        for module in made:
            x = module(x)
            found.append(x)
    return found


@given(networks())
def test_shapes_and_costs_are_those_of_torch(case: Case) -> None:
    network, shape = case
    places, made = flow(network, shape), as_torch(network)
    assert [place.name for place in places] == list(made._modules)
    before: Shape = shape
    for place, module in zip(places, made, strict=True):
        counter = FlopCounterMode(display=False)
        with counter, torch.no_grad(), without_advice():
            output = module(torch.empty((1, *before), device="meta"))
        assert place.problem is None
        assert place.input == before
        assert place.output == tuple(output.shape[1:])
        assert place.parameters == sum(weight.numel() for weight in module.parameters())
        assert 2 * place.multiply_adds == counter.get_total_flops()
        assert place.activation_bytes == output.numel() * output.element_size()
        before = place.output or ()
    sums = total(network, shape)
    assert sums.output == before
    assert sums.parameters == sum(weight.numel() for weight in made.parameters())
    assert sums.multiply_adds == sum(place.multiply_adds for place in places)
    assert sums.activation_bytes == 4 * sum(prod(place.output or ()) for place in places)


@given(networks(), st.integers(0, 2**32 - 1))
def test_what_comes_out_of_each_layer_is_what_torch_makes(case: Case, seed: int) -> None:
    network, shape = case
    runner = Runner(network)
    x = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    with without_advice():
        found = list(runner.outputs(x))
    made = nn.Sequential(runner._modules).eval()
    for ours, theirs, place in zip(
        found, stages(made, torch.from_numpy(x)[None]), flow(network, shape), strict=True
    ):
        assert ours.shape == place.output
        np.testing.assert_array_equal(ours, theirs[0].numpy())


@given(networks())
def test_the_state_has_the_shapes_and_the_order_of_torch(case: Case) -> None:
    network, _ = case
    theirs = {name: tuple(value.shape) for name, value in as_torch(network).state_dict().items()}
    assert network.state_shapes == theirs
    assert list(network.state_shapes) == list(theirs)
    learned = {name: tuple(p.shape) for name, p in as_torch(network).named_parameters()}
    assert network.weight_shapes == learned
    assert list(network.weight_shapes) == list(learned)
    assert list(network.learning) == list(dict.fromkeys(name.split(".")[0] for name in learned))


@given(any_networks(8), st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 12)))
def test_nothing_flows_behind_a_break(network: Network, shape: Shape) -> None:
    places = flow(network, shape)
    broken = [i for i, place in enumerate(places) if place.problem is not None]
    assert len(broken) <= 1
    end = broken[0] if broken else len(places)
    assert all(place.output is not None and place.field is not None for place in places[:end])
    for place in places[end:]:
        assert place.output is None and place.field is None
        assert place.multiply_adds == 0 and place.activation_bytes == 0
        assert (place.input is None) == (place is not places[end])
    sums = total(network, shape)
    assert (sums.output is None) == bool(broken)
    assert sums.parameters == sum(map(prod, network.weight_shapes.values()))


def test_a_broken_network_still_tells_what_it_learns() -> None:
    network = Network((Conv2d(1, 10, (5, 5)), ReLU(), Linear(320, 10)))
    first, second, last = flow(network, (1, 28, 28))
    assert (first.output, second.output, last.output) == ((10, 24, 24), (10, 24, 24), None)
    assert "a Flatten before it makes one row of 5760 numbers" in str(last.problem)
    assert last.parameters == 3210
    assert total(network, (1, 28, 28)).parameters == 260 + 3210


def test_the_picture_is_what_comes_out_of_no_layers() -> None:
    assert flow(Network(), (1, 28, 28)) == ()
    assert total(Network(), (1, 28, 28)).output == (1, 28, 28)


def test_numbers_in_a_row_have_no_field_where_there_never_were_maps() -> None:
    (place,) = flow(Network((Linear(3, 2),)), (3,))
    assert place.output == (2,) and place.field is None


def test_a_flow_is_remembered() -> None:
    layers = (Conv2d(1, 2, (3, 3)), MaxPool2d((2, 2)), Flatten())
    assert flow(Network(layers), (1, 9, 9)) is flow(Network(layers), (1, 9, 9))
