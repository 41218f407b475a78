import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import GroupNorm
from explorer.core.network import Network
from explorer.core.network.naming import network_named
from explorer.core.network.presets import PRESETS
from explorer.core.pasted import ReadError
from explorer.training.learnable import gives, needing_company, problem
from explorer.training.networks import build
from explorer.training.settings import NETWORK_NAMES, check_network
from tests.training.own_networks import OWN


def refused(*layers: str, classes: int | None = None) -> str:
    """Return why a network cannot learn digits."""
    found = problem(network_named(f"nn.Sequential({', '.join(layers)})"), classes)
    assert found is not None and found.context == "training"
    said = str(found)
    assert said.endswith(".") and "\n" not in said
    return said


@pytest.mark.parametrize("name", [*NETWORK_NAMES, *OWN.values()])
def test_what_can_learn_has_no_problem(name: str):
    network = network_named(name)
    assert problem(network) is None and problem(network, 10) is None
    assert check_network(name) == name


def test_what_is_there_to_be_looked_at_cannot_learn():
    for name in PRESETS.keys() - set(NETWORK_NAMES):
        said = str(problem(network_named(name)))
        assert (
            "A digit is 1 × 28 × 28, and then conv1 does not fit: The kernels have slices" in said
        )


def test_each_has_its_sentence():
    assert "No layer has the weights" in str(problem(Network()))
    assert "No layer has the weights" in refused("nn.Flatten()", "nn.ReLU()")
    assert "then fc does not fit" in refused("nn.Flatten()", "nn.Linear(783, 10)")
    said = refused("nn.Conv2d(1, 10, 28)")
    assert "At the end there are maps of 10 × 1 × 1" in said and "add a Flatten" in said
    said = refused("nn.Conv2d(1, 3, 5)", "nn.Flatten()")
    assert "conv1 gives 3 answers, and 1728 numbers come out" in said
    said = refused("nn.Linear(28, 5)", "nn.Flatten()")
    assert "fc gives 5 answers, and 140 numbers come out" in said
    said = refused("nn.Flatten()", "nn.Linear(784, 20000)", "nn.Linear(20000, 10)")
    assert "15,900,010 parameters, and 10,000,000 is the limit" in said
    said = refused("nn.Conv2d(1, 9000, 1)", "nn.AdaptiveAvgPool2d(1)", "nn.Flatten()")
    assert "7,074,000 numbers of one digit" in said
    said = refused(*["nn.Conv2d(1, 900, 1)", "nn.Conv2d(900, 2000, 1)"], *MEAN)
    assert "multiply-adds, and 1,000,000,000 is the limit" in said
    lonely = "nn.BatchNorm2d(4, track_running_stats=False)"
    said = refused("nn.Conv2d(1, 4, 28)", lonely, "nn.Flatten()", "nn.Linear(4, 10)")
    assert "then norm does not fit: Without running statistics" in said
    assert problem(network_named(f"nn.Sequential(nn.Conv2d(1, 4, 27), {lonely}, {END})")) is None


MEAN = ("nn.AdaptiveAvgPool2d(1)", "nn.Flatten()")
END = "nn.Flatten(), nn.Linear(16, 10)"


def test_another_number_of_classes_may_be_too_much():
    large = ("nn.Conv2d(1, 1500, 1)", "nn.Conv2d(1500, 10, 5)", *MEAN)
    assert problem(network_named(f"nn.Sequential({', '.join(large)})"), 6) is None
    assert "multiply-adds, and 1,000,000,000 is the limit" in refused(*large, classes=64)
    normed = network_named("nn.Sequential(nn.Conv2d(1, 10, 28), nn.BatchNorm2d(10), nn.Flatten())")
    assert problem(normed, 5) is None, "the normalisation follows"
    grouped = network_named("nn.Sequential(nn.Conv2d(1, 9, 9), nn.GroupNorm(3, 9), nn.Flatten())")
    assert grouped.with_classes(10).layers[1] == GroupNorm(2, 10)


def test_what_it_gives_is_seen_from_its_end():
    flat = "nn.Flatten(), nn.Linear(784, 10)"
    kernels = "nn.Conv2d(1, 10, 28)"
    for layers, expected in (
        (flat, "scores"),
        (f"{flat}, nn.ReLU()", "scores"),
        (f"{flat}, nn.LogSoftmax(dim=1)", "log_probabilities"),
        (f"{flat}, nn.LogSoftmax(-1), nn.Flatten()", "log_probabilities"),
        (f"{flat}, nn.Softmax()", "probabilities"),
        (f"{kernels}, nn.Softmax(1), nn.Flatten()", "probabilities"),
        (f"{kernels}, nn.Softmax(2), nn.Flatten()", "scores"),
        (f"{kernels}, nn.Softmax(1), nn.AdaptiveAvgPool2d(1), nn.Flatten()", "scores"),
    ):
        assert gives(network_named(f"nn.Sequential({layers})")) == expected


def test_on_a_single_cell_a_normalisation_needs_company():
    assert needing_company(network_named(OWN["one_cell"])) == ("norm",)
    assert needing_company(network_named(OWN["normed"])) == ()


LAYERS = st.sampled_from(
    [
        "nn.Conv2d(1, 4, 5, stride=3)",
        "nn.Conv2d(4, 10, 3)",
        "nn.Conv2d(1, 10, 28)",
        "nn.ConvTranspose2d(4, 10, 2)",
        "nn.MaxPool2d(2)",
        "nn.AdaptiveAvgPool2d(1)",
        "nn.BatchNorm2d(4)",
        "nn.BatchNorm2d(10, track_running_stats=False)",
        "nn.Dropout2d()",
        "nn.Dropout(0.1)",
        "nn.Tanh()",
        "nn.Flatten()",
        "nn.Flatten(2)",
        "nn.Linear(10, 10)",
        "nn.Linear(784, 10)",
        "nn.Linear(28, 10)",
        "nn.Softmax(1)",
        "nn.LogSoftmax(-1)",
    ]
)


@given(st.lists(LAYERS, min_size=1, max_size=6), st.sampled_from([2, 10, 64]))
def test_torch_is_of_the_same_mind(layers: list[str], classes: int):
    network = network_named(f"nn.Sequential({', '.join(layers)})")
    if problem(network, classes) is not None:
        return
    # The number of classes says nothing about the network as it is written.
    if problem(network) is None:
        made = build(check_network(f"nn.Sequential({', '.join(layers)})"), 0, 0.2, classes)
        x = torch.randn(3, 1, 28, 28)
        assert made(x).shape == (3, classes)
        loss = made.loss(made(x), torch.tensor([0, 1, 1]))
        loss.backward()
        assert made.eval()(x[:1]).shape == (1, classes)
        assert torch.isfinite(loss)


@given(st.text(max_size=60) | st.text("nSequtial.(Conv2d1, 0)=*[]", max_size=60))
def test_any_text_is_a_network_or_refused(text: str):
    try:
        network_named(text)
    except ReadError as error:
        assert str(error)
