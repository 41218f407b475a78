"""Kernels that a network has learned, in the Lab."""

import numpy as np
from pytestqt.qtbot import QtBot

from explorer.core.layers import Conv2d
from explorer.core.scene import OWN
from explorer.ui.lab.parameters import LEARNED
from explorer.ui.learned import learned
from tests.ui.lab.hand import LabHand


def test_they_stand_in_the_list_of_weights_once_there_are_any(hand: LabHand, qtbot: QtBot):
    kernels = np.random.default_rng(0).normal(size=(10, 1, 5, 5)).astype(np.float32)
    learned.offer(kernels)
    learned.offer(kernels)
    field = hand.page.parameters.kernel
    assert [field.itemData(i) for i in range(field.count())].count(LEARNED) == 1
    hand.choose("input", "digit")
    hand.choose("kernel", LEARNED)
    assert hand.state.layer == Conv2d(1, 10, (5, 5), bias=False)
    assert hand.state.kernel == OWN
    assert hand.state.weight is not None and np.array_equal(hand.state.weight, kernels)
    hand.click("undo")
    assert hand.state.kernel == "counting"
