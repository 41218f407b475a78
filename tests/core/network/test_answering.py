"""What a network answers: whatever its last layers make of it, probabilities that add up to 1."""

import numpy as np
import pytest

from explorer.core.layers import Gives
from explorer.core.network import flow
from explorer.core.network.answering import gives, probabilities
from explorer.core.network.reader import read_network

SHAPE = (3, 1, 1)


@pytest.mark.parametrize(
    ("layers", "off", "expected"),
    [
        ("nn.Flatten(), nn.Softmax(1)", (), "probabilities"),
        ("nn.Softmax(1), nn.Flatten()", (), "probabilities"),
        ("nn.LogSoftmax(1), nn.Flatten()", (), "log_probabilities"),
        ("nn.Flatten(), nn.Linear(3, 3)", (), "scores"),
        ("nn.Softmax(1), nn.ReLU(), nn.Flatten()", (), "scores"),
        ("nn.Softmax(2), nn.Flatten()", (), "scores"),
        ("nn.Flatten(), nn.Softmax(1)", ("softmax",), "scores"),
    ],
)
def test_the_last_layer_that_works_says_what_comes_out(
    layers: str, off: tuple[str, ...], expected: Gives
):
    network = read_network(f"nn.Sequential({layers})")
    assert set(off) <= set(network.names)
    assert gives(flow(network, SHAPE), off) == expected


def test_all_of_them_become_probabilities():
    shares = np.array([0.5, 0.25, 0.25], np.float32)
    for output, given in (
        (shares, "probabilities"),
        (np.log(shares), "log_probabilities"),
        (np.log(shares) + 3, "scores"),
    ):
        found = probabilities(output, given)  # type: ignore[arg-type]
        np.testing.assert_allclose(found, shares, rtol=1e-6)  # type: ignore[arg-type]


def test_what_is_no_answer_is_none():
    assert probabilities(np.zeros((3, 1, 1), np.float32), "scores") is None
    assert probabilities(np.array([np.nan, 1], np.float32), "scores") is None
    assert probabilities(np.zeros(1001, np.float32), "scores") is None
