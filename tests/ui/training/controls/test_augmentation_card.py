from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from explorer.data.digits import bundled_test
from explorer.drawing.palette import GRID
from explorer.training.augmentation import Augmentation, examples
from explorer.ui.training.controls.augmentation_card import AugmentationCard, AugmentationStrip
from explorer.ui.widgets.columns import SMALLEST_SIDE
from explorer.ui.widgets.slider import Slider
from tests.ui.hand import Hand
from tests.ui.training.hand import PATIENCE

ON = Augmentation(shift=2, rotate=15, scale=0.1, noise=0.1)


@pytest.fixture
def card(app: QApplication, qtbot: QtBot) -> Iterator[AugmentationCard]:
    card = AugmentationCard()
    qtbot.addWidget(card)
    card.resize(248, 600)
    card.show()
    yield card
    card.shut_down()


@pytest.fixture
def settle(card: AugmentationCard, qtbot: QtBot) -> Callable[[], None]:
    """A function that lets the window live until the preview is there."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not card._reader.is_busy, timeout=PATIENCE)

    return wait


def shown(card: AugmentationCard) -> np.ndarray:
    return Hand(card).find(AugmentationStrip, "train.augmentation_preview").pictures()


def test_it_is_closed_and_off(card: AugmentationCard):
    hand = Hand(card)
    assert card.value() == Augmentation()
    assert hand.reads("train.augmentation.summary") == "off"
    assert not any(slider.isVisible() for slider in card.findChildren(Slider))
    assert not card._reader.is_busy


@pytest.mark.parametrize("name", ["shift", "rotate", "scale", "noise"])
def test_each_slider_turns_it_on(card: AugmentationCard, qtbot: QtBot, name: str):
    hand = Hand(card)
    hand.click("train.augmentation")
    with qtbot.waitSignal(card.changed) as caught:
        hand.slide(f"train.{name}", 400)
    assert caught.args == [card.value()]
    highest = {"shift": 8, "rotate": 90, "scale": 0.5, "noise": 1}[name]
    assert card.value() == Augmentation(**{name: highest})
    assert hand.reads("train.augmentation.summary") == "on"
    hand.type_into(f"train.{name}", "0")
    assert hand.reads("train.augmentation.summary") == "off"


def test_what_is_typed_counts_before_it_is_confirmed(card: AugmentationCard):
    hand = Hand(card)
    hand.click("train.augmentation")
    hand.type_into("train.noise", "0.25", end=None)
    assert card.value() == Augmentation(noise=0.25)


def test_a_script_sets_it_without_a_signal(card: AugmentationCard, qtbot: QtBot):
    with qtbot.assertNotEmitted(card.changed):
        card.set_value(ON)
    assert card.value() == ON
    assert Hand(card).reads("train.augmentation.summary") == "on"


def test_the_preview_shows_what_a_run_gets(card: AugmentationCard, settle: Callable[[], None]):
    digit = bundled_test()[0][0]
    hand = Hand(card)
    hand.click("train.augmentation")
    settle()
    assert np.array_equal(shown(card), [digit] * 8)
    card.set_value(ON)
    settle()
    assert np.array_equal(shown(card), examples(digit, ON, 8, 0))
    other = bundled_test()[0][3]
    card.show_digit(other)
    settle()
    assert np.array_equal(shown(card), examples(other, ON, 8, 0))


def test_others_can_be_drawn(card: AugmentationCard, settle: Callable[[], None]):
    card.set_value(ON)
    hand = Hand(card)
    hand.click("train.augmentation")
    settle()
    before = shown(card)
    hand.click("train.augmentation_again")
    settle()
    assert not np.array_equal(shown(card), before)


def test_of_many_changes_the_last_one_is_shown(card: AugmentationCard, settle: Callable[[], None]):
    hand = Hand(card)
    hand.click("train.augmentation")
    for value in (400, 20, 300, 100):
        hand.slide("train.rotate", value)
    settle()
    assert np.array_equal(shown(card), examples(bundled_test()[0][0], card.value(), 8, 0))


def test_in_a_run_it_is_shut_but_still_shows_others(
    card: AugmentationCard, settle: Callable[[], None]
):
    hand = Hand(card)
    hand.click("train.augmentation")
    card.set_open(False)
    assert not hand.find(Slider, "train.shift").isEnabled()
    hand.click("train.augmentation_again")
    settle()
    card.set_open(True)
    assert hand.find(Slider, "train.shift").isEnabled()


def test_it_may_be_shut_down_in_the_middle(card: AugmentationCard):
    hand = Hand(card)
    hand.click("train.augmentation")
    card.shut_down()
    assert not card._reader.is_busy


def test_its_controls_have_names_and_explanations(card: AugmentationCard):
    for control in (*card.findChildren(QAbstractButton), *card.findChildren(Slider)):
        assert control.accessibleName()
        assert control.toolTip()


def test_it_fits_within_a_card_of_the_narrowest_panel(card: AugmentationCard):
    card.button.click()
    card.set_value(ON)
    assert card.minimumSizeHint().width() <= SMALLEST_SIDE - 4 * GRID - 2
