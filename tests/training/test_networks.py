import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from explorer.core.network.naming import network_named
from explorer.training.errors import SettingsError
from explorer.training.networks import (
    SeededDropout,
    SeededDropout2d,
    build,
    nll_of_probabilities,
)
from explorer.training.settings import NETWORK_NAMES
from tests.training.own_networks import OWN, plain


def first_weight(network: torch.nn.Module) -> torch.Tensor:
    return network.get_parameter("conv1.weight")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("classic", 21_840), ("compact", 8_490), ("lenet5", 61_706), ("sprint", 18_378)],
)
def test_parameters_and_shapes_are_those_of_the_curriculum(name: str, parameters: int):
    network = build(name, 0)
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters
    assert network(torch.zeros(7, 1, 28, 28)).shape == (7, 10)
    assert first_weight(network).shape == ({"lenet5": 6, "sprint": 16}.get(name, 10), 1, 5, 5)


def test_classic_ends_with_log_probabilities():
    output = build("classic", 0)(torch.randn(3, 1, 28, 28))
    torch.testing.assert_close(output.exp().sum(1), torch.ones(3))


@pytest.mark.parametrize("name", [*NETWORK_NAMES, *OWN.values()])
def test_all_losses_are_the_negative_log_likelihood(name: str):
    network = build(name, 0)
    output, target = network(torch.randn(3, 1, 28, 28)), torch.tensor([3, 0, 9])
    probabilities = network.probabilities(output)
    torch.testing.assert_close(probabilities.sum(1), torch.ones(3))
    expected = -probabilities.log()[torch.arange(3), target]
    torch.testing.assert_close(network.loss(output, target), expected.mean())
    torch.testing.assert_close(network.loss(output, target, reduction="sum"), expected.sum())


@pytest.mark.parametrize("name", ["classic", "compact"])
def test_pooling_before_or_after_relu_is_the_order_of_the_curriculum(name: str):
    # The results agree, so only the calls can tell.
    order = []

    class Spy(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            order.append(getattr(function, "__name__", ""))
            return function(*args, **(kwargs or {}))

    with Spy():
        build(name, 0)(torch.zeros(1, 1, 28, 28))
    seen = [call for call in order if call in ("conv2d", "relu", "max_pool2d", "boolean_dispatch")]
    pool = next(call for call in seen if "relu" not in call and "conv" not in call)
    block = ["conv2d", "relu", pool] if name == "classic" else ["conv2d", pool, "relu"]
    assert seen[:6] == block * 2


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_the_stages_lead_to_the_output(name: str):
    network, images = build(name, 0), torch.randn(3, 1, 28, 28)
    stages = list(network.stages(images))
    assert [stage for stage, _ in stages] == [layer for layer, _ in network.named_children()]
    assert stages[0][1].shape == network[0](images).shape
    assert torch.equal(stages[-1][1], network(images))


def test_a_seed_gives_the_same_weights_and_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    first, same, other = (build("compact", seed) for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first_weight(first), first_weight(same))
    assert not torch.equal(first_weight(first), first_weight(other))


HAND_WRITTEN: dict[str, Callable[[], list[nn.Module]]] = {
    "classic": lambda: [
        nn.Conv2d(1, 10, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(10, 20, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(320, 50),
        nn.ReLU(),
        nn.Linear(50, 10),
        nn.LogSoftmax(dim=1),
    ],
    "compact": lambda: [
        nn.Conv2d(1, 10, kernel_size=5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(10, 20, kernel_size=5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(320, 10),
    ],
    "lenet5": lambda: [
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    ],
    "sprint": lambda: [
        nn.Conv2d(1, 16, kernel_size=5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(16, 32, kernel_size=5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(512, 10),
    ],
}


@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_they_begin_as_the_same_modules_made_by_hand(name: str):
    with torch.random.fork_rng():
        torch.manual_seed(2**63 - 1)
        byhand = nn.Sequential(*HAND_WRITTEN[name]())
    network = build(name, 2**63 - 1)
    assert list(map(type, network)) == list(map(type, byhand))
    x = torch.randn(3, 1, 28, 28)
    assert torch.equal(network(x), byhand(x))
    pairs = list(zip(network.parameters(), byhand.parameters(), strict=True))
    assert all(torch.equal(mine, torchs) for mine, torchs in pairs)


@pytest.mark.parametrize("name", [*NETWORK_NAMES, *OWN.values()])
def test_in_eval_they_are_what_pytorch_makes_of_their_source(name: str):
    model = plain(network_named(name)).eval()
    network = build(name, 1, dropout=0.5).eval()
    model.load_state_dict(dict(network.state_dict()), strict=True)
    x = torch.randn(3, 1, 28, 28)
    assert torch.equal(network(x), model(x))


def test_a_seed_leaves_the_generators_of_accelerators_alone(monkeypatch: pytest.MonkeyPatch):
    seeded: list[int] = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    monkeypatch.setattr(torch.mps, "manual_seed", seeded.append)
    build("compact", 5)
    assert not seeded


def test_the_weights_are_those_that_torch_gives_after_the_same_seed():
    network = build("compact", 3)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        conv = torch.nn.Conv2d(1, 10, 5)
    assert torch.equal(first_weight(network), conv.weight)


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_dropout_stands_before_the_last_linear_layer_and_changes_no_weight(name: str):
    plain, dropping = build(name, 3), build(name, 3, dropout=0.25)
    assert plain.state_dict().keys() == dropping.state_dict().keys()
    assert all(
        torch.equal(a, b) for a, b in zip(plain.parameters(), dropping.parameters(), strict=True)
    )
    layers = list(dropping.children())
    (place,) = [i for i, layer in enumerate(layers) if isinstance(layer, SeededDropout)]
    learning = [layer for layer in layers[place:] if list(layer.parameters())]
    assert learning == [layers[place + 1]]
    x = torch.randn(5, 1, 28, 28)
    assert torch.equal(plain.eval()(x), dropping.eval()(x))


def test_dropout_draws_from_its_generator_and_keeps_the_mean():
    dropout = SeededDropout(0.25)
    dropout.generator = torch.Generator()
    x = torch.ones(100, 1000)
    drawn = []
    for seed in (1, 1, 2):
        dropout.generator.manual_seed(seed)
        drawn.append(dropout(x))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert drawn[0].unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert drawn[0].mean().item() == pytest.approx(1, abs=0.01)


def test_whole_channels_are_dropped_and_the_mean_stays():
    dropout = SeededDropout2d(0.25)
    dropout.generator = torch.Generator()
    x = torch.ones(100, 100, 3, 4)
    drawn = []
    for seed in (1, 1, 2):
        dropout.generator.manual_seed(seed)
        drawn.append(dropout(x))
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert torch.equal(drawn[0], drawn[0][:, :, :1, :1].expand_as(x))
    assert drawn[0].unique().tolist() == pytest.approx([0, 1 / 0.75])
    assert drawn[0].mean().item() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("kind", [SeededDropout, SeededDropout2d])
def test_everything_can_be_dropped(kind: type[SeededDropout | SeededDropout2d]):
    assert not kind(1.0)(torch.ones(2, 3, 4, 4)).any()


def test_every_dropout_of_a_network_can_be_repeated():
    layers = list(build(OWN["dropping"], 0, dropout=0.4))
    kinds = [layer for layer in layers if isinstance(layer, nn.Dropout | nn.Dropout2d)]
    assert [type(layer) for layer in kinds] == [SeededDropout2d, SeededDropout, SeededDropout]
    assert [layer.p for layer in kinds] == [0.3, 0.2, 0.4]
    names = [name for name, _ in build(OWN["dropping"], 0, dropout=0.4).named_children()]
    assert names[-3:] == ["dropout", "fc", "log_softmax"] and "dropout2" in names


def test_a_probability_of_nothing_costs_much_but_not_everything():
    shares = torch.tensor([[0.0, 1.0], [0.5, 0.5]], requires_grad=True)
    loss = nll_of_probabilities(shares, torch.tensor([0, 1]))
    assert loss.item() == pytest.approx((87.3365 + math.log(2)) / 2)
    loss.backward()
    assert shares.grad is not None and shares.grad.tolist() == [[0, 0], [0, -1]]


def test_frozen_layers_stay_in_eval():
    network = build(OWN["normed"], 0)
    norm = network.get_submodule("norm")
    norm.requires_grad_(False)
    for mode in (True, False, True):
        network.train(mode)
        assert network.training == mode and not norm.training
    norm.requires_grad_(True)
    assert network.train().get_submodule("norm").training


@pytest.mark.parametrize("name", ["all_convolutional", "small_vgg", OWN["transposed"]])
def test_the_last_layer_is_for_so_many_classes(name: str):
    assert build(name, 0, classes=27)(torch.zeros(2, 1, 28, 28)).shape == (2, 27)


def test_a_network_that_cannot_tell_so_many_apart_is_refused():
    large = "nn.Conv2d(1, 1500, 1), nn.Conv2d(1500, 10, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten()"
    with pytest.raises(SettingsError, match=r"^The network cannot tell 64 classes apart\. One"):
        build(f"nn.Sequential({large})", 0, classes=64)


def test_an_unknown_name_is_refused():
    with pytest.raises(SettingsError, match=r"choose classic, compact, .* or small_vgg, or write"):
        build("lenet", 0)
