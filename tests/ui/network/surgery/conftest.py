"""A document with a small network that computes, and some digits to test it on."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from explorer.core.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from explorer.core.network import Network
from explorer.core.network.state import NetworkState
from explorer.data.digits import Digits
from explorer.ui.network.document import NetworkDocument
from tests.small_digits import few_digits

NETWORK = Network(
    (
        Conv2d(1, 4, (5, 5)),
        ReLU(),
        MaxPool2d((4, 4)),
        Conv2d(4, 6, (3, 3), padding=(1, 1)),
        ReLU(),
        Flatten(),
        Linear(216, 10),
    )
)
CONV1, RELU1, POOL, CONV2, RELU2, FLATTEN, FC = range(7)


@pytest.fixture(scope="session")
def digits() -> Digits:
    """250 to test."""
    return few_digits()


@pytest.fixture
def document(app: QApplication, digits: Digits) -> Iterator[NetworkDocument]:
    made = NetworkDocument(NetworkState(NETWORK, np.array(digits.test_images[:1]), seed=1))
    made.use_torch()
    yield made
    made.shut_down()
    made.deleteLater()
