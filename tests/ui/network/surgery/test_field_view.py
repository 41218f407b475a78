"""How far a unit looks: what it follows, and what it says."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from explorer.core.network import edits, operations
from explorer.core.network.effective import Box, effective
from explorer.core.network.operations import Target
from explorer.core.network.preparing import prepared
from explorer.core.network.running import initial_weights
from explorer.core.network.state import PICTURE, Spot
from explorer.data.digits import Digits
from explorer.drawing.network.heat import Heat
from explorer.drawing.palette import THEMES
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.field_view import MANY, FieldView
from explorer.ui.network.surgery.looking import looked_at
from explorer.ui.theme import theme
from tests.ui.hand import Hand
from tests.ui.network.surgery.conftest import CONV1, CONV2, FC, NETWORK, RELU1

PATIENCE = 30_000


class Looker(Hand):
    def __init__(self, view: FieldView, document: NetworkDocument, qtbot: QtBot) -> None:
        super().__init__(view)
        self.view = view
        self.document = document
        self.qtbot = qtbot

    def settle(self) -> tuple[Heat, ...]:
        self.qtbot.waitUntil(lambda: not self.view._background.is_busy, timeout=PATIENCE)
        return self.view.maps.heats()

    @property
    def words(self) -> str:
        return self.reads("network.field.words").replace("\u00a0", " ")


@pytest.fixture
def hand(document: NetworkDocument, digits: Digits, qtbot: QtBot) -> Iterator[Looker]:
    view = FieldView(document)
    view.show_digits(digits)
    qtbot.addWidget(view)
    view.resize(620, 190)
    with qtbot.waitExposed(view):
        view.show()
    yield Looker(view, document, qtbot)
    view.shut_down()


def trained(document: NetworkDocument, seed: int = 9) -> None:
    """Give the network other weights than those that it began with."""
    document.edit("Run", edits.with_weights, initial_weights(NETWORK, seed), 100)


def test_it_says_what_to_do_while_nothing_is_looked_at(hand: Looker):
    assert hand.view.currentIndex() == 0
    hand.document.look(hover=Spot(PICTURE, 0, 3, 3))
    assert hand.view.currentIndex() == 0, "a pixel of the picture sees itself"


def test_the_maps_are_the_gradients_before_and_now(hand: Looker):
    trained(hand.document)
    spot = Spot(CONV2, 2, 3, 3)
    hand.document.look(pinned=spot)
    before, now = hand.settle()
    state = hand.document.state
    pictures = prepared(state.picture)[None]
    for heat, weights in ((before, initial_weights(NETWORK, 1)), (now, state.weights)):
        *_, expected = effective(NETWORK, weights, spot, pictures)
        np.testing.assert_array_equal(heat.values, expected)
        assert heat.region == Box(8, 8, 23, 23)
    assert hand.reads("network.field.unit") == "conv2, channel 2, (3, 3)"
    assert hand.words.startswith("In theory it sees 16 × 16 pixels. 95 % of the gradient lay in ")


def test_without_a_pixel_it_is_the_strongest_of_the_layer(hand: Looker):
    hand.document.look(chosen=CONV1)
    hand.settle()
    output = hand.document.outputs[CONV1]
    assert output is not None
    channel, row, column = np.unravel_index(output.argmax(), output.shape)
    words = f"conv1, channel {channel}, ({row}, {column})"
    assert hand.reads("network.field.unit") == words
    assert hand.words.endswith("Nothing is learned yet.")
    hand.document.look(hover=Spot(FC, 3))
    hand.settle()
    assert hand.reads("network.field.unit") == "fc, number 3"
    hand.document.look(hover=None)
    hand.settle()
    assert hand.reads("network.field.unit") == words


def test_operations_are_part_of_now(hand: Looker):
    hand.document.look(pinned=Spot(CONV2, 2, 3, 3))
    for out in range(4):
        hand.document.edit(
            f"Zeros {out}", operations.with_replacement, Target(CONV2, 2, out), "zeros"
        )
    before, now = hand.settle()
    assert before.values is not None and before.values.any() and before.square is not None
    assert now.values is not None and not now.values.any()
    assert now.note and not before.note and "silent now" in hand.words


def test_a_silent_unit_says_so(hand: Looker):
    output = hand.document.outputs[RELU1]
    assert output is not None
    channel, row, column = (int(i[0]) for i in np.nonzero(output == 0))
    hand.document.look(pinned=Spot(RELU1, channel, row, column))
    before, now = hand.settle()
    assert before.note == now.note == "No pixel moves it: a ReLU keeps it at 0"
    assert "it is silent" in hand.words


def test_the_mean_is_over_many_digits(hand: Looker, digits: Digits):
    hand.document.look(pinned=Spot(FC, 1))
    hand.settle()
    hand.click("network.field.mean")
    heat = hand.settle()[1]
    pictures = np.stack([prepared(image[None]) for image in digits.test_images[:MANY]])
    *_, expected = effective(NETWORK, hand.document.state.weights, Spot(FC, 1), pictures)
    np.testing.assert_array_equal(heat.values, expected)


def test_who_does_not_see_it_lets_it_rest(hand: Looker):
    hand.document.look(chosen=CONV1)
    hand.settle()
    hand.view.hide()
    asked = QSignalSpy(hand.view._background.found)
    hand.document.look(pinned=Spot(CONV1, 1, 2, 2))
    trained(hand.document)
    assert not hand.view._background.is_busy and asked.count() == 0
    hand.view.show()
    hand.settle()
    assert hand.reads("network.field.unit") == "conv1, channel 1, (2, 2)"


def test_who_does_not_see_it_keeps_no_other_network(hand: Looker):
    hand.document.look(chosen=CONV1)
    hand.settle()
    gone = weakref.ref(hand.document.state)
    hand.view.hide()
    hand.document.look(chosen=CONV2)
    assert gone() is not None, "it would be asked for the same again"
    hand.document.show(replace(hand.document.state, seed=5, weights=initial_weights(NETWORK, 5)))
    gc.collect()
    assert gone() is None


def test_only_the_latest_of_many_pixels_counts(hand: Looker):
    for column in range(20):
        hand.document.look(hover=Spot(CONV1, 0, 2, column))
    hand.settle()
    assert hand.reads("network.field.unit") == "conv1, channel 0, (2, 19)"


def test_behind_a_break_there_is_nothing_to_look_at(hand: Looker):
    hand.document.edit("Remove", edits.removed, FC - 1)
    hand.document.look(chosen=FC - 1)
    assert hand.view.currentIndex() == 0
    state = hand.document.state
    assert looked_at(state, hand.document.outputs) is None
    assert looked_at(state, ()) is None


@pytest.mark.parametrize("mode", THEMES)
def test_it_is_drawn_in_both_themes(hand: Looker, mode: str):
    theme.set_mode(mode)
    trained(hand.document)
    hand.document.look(chosen=FC)
    hand.settle()
    first = hand.view.grab().toImage()
    hand.document.look(chosen=CONV1)
    hand.settle()
    assert hand.view.grab().toImage() != first
