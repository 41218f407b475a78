import pytest
import torch
import torch.nn.functional as F

from explorer.training.errors import SettingsError
from explorer.training.networks import NETWORKS, SeededDropout, build
from explorer.training.settings import NETWORK_NAMES


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


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_all_losses_are_the_negative_log_likelihood(name: str):
    network = build(name, 0)
    output, target = network(torch.randn(3, 1, 28, 28)), torch.tensor([3, 0, 9])
    expected = -F.log_softmax(output, 1)[torch.arange(3), target]
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


def test_the_names_are_those_of_the_settings():
    assert tuple(NETWORKS) == NETWORK_NAMES


def test_a_seed_gives_the_same_weights_and_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    first, same, other = (build("compact", seed) for seed in (5, 5, 6))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(first_weight(first), first_weight(same))
    assert not torch.equal(first_weight(first), first_weight(other))


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
    rest = [layer for layer in layers[place + 1 :] if isinstance(layer, torch.nn.Linear)]
    assert len(rest) == 1 and isinstance(layers[place + 1], torch.nn.Linear)
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


def test_an_unknown_name_is_refused():
    with pytest.raises(SettingsError, match="choose classic, compact, lenet5 or sprint"):
        build("lenet", 0)
