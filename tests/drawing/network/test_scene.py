"""What a scene knows of itself: signs, breaks, the answer, and what is the same as before."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.core.layers import AvgPool2d, Conv2d, Flatten, Linear, ReLU, Sigmoid, Tanh
from explorer.core.network import Network
from explorer.core.network.state import Spot
from explorer.drawing.network.scene import Mark
from tests.drawing.network.scenes import broken, scene_of, small, traced


def test_what_comes_out_of_a_relu_has_one_sign_until_it_is_mixed():
    layers = (Conv2d(1, 2, (3, 3)), ReLU(), AvgPool2d((2, 2)), Tanh(), Flatten(), Linear(50, 4))
    scene = scene_of(Network((*layers, Sigmoid())), (1, 12, 12))
    assert scene.signed == (True, False, False, False, False, True, False)
    off = tuple(Mark(off="identity") if place == 1 else Mark() for place in range(7))
    assert replace(scene, marks=off).signed[:3] == (True, True, True)


def test_the_first_layer_that_does_not_fit_breaks_it():
    assert small().breaks is None
    assert broken().breaks == 2


def test_the_answer_belongs_to_as_many_numbers():
    assert small().has_answer
    assert not replace(small(), answer=None).has_answer
    assert not scene_of(Network((Flatten(), Linear(784, 11)))).has_answer
    assert not scene_of(Network(())).has_answer


def test_pointing_changes_nothing_that_stands_still():
    scene = small()
    assert traced(scene, Spot(3, 5, 1, 1)).stands_as(scene)
    for other in (
        replace(scene, chosen=1),
        replace(scene, collapsed=frozenset({1})),
        replace(scene, marks=(Mark(frozen=True),)),
        replace(scene, outputs=tuple(np.array(values) for values in scene.outputs)),
        replace(scene, outputs=()),
        replace(scene, picture=scene.picture.copy()),
        replace(scene, answer=None),
    ):
        assert not other.stands_as(scene)


def test_the_number_in_a_cell():
    scene = small()
    for spot, at in (
        (Spot(-1, 0, 3, 4), (0, 3, 4)),
        (Spot(3, 5, 1, 2), (5, 1, 2)),
        (Spot(5, 7), (7,)),
    ):
        values = scene.values(spot.place)
        assert values is not None and scene.number(spot) == pytest.approx(float(values[at]))
    rows = scene_of(Network((Flatten(2),)))
    assert rows.outputs[0] is not None
    assert rows.number(Spot(0, 0, 0, 9)) == pytest.approx(float(rows.outputs[0][0, 9]))
