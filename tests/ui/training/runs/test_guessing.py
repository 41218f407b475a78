"""The advice fits what may be the reason that nothing is learned."""

import pytest

from explorer.training.augmentation import Augmentation
from explorer.training.settings import Settings
from explorer.ui.training.runs.guessing import advice


@pytest.mark.parametrize(
    ("settings", "fits"),
    [
        (Settings(lr=5), "lower learning rate such as 0.01."),
        (Settings(lr=0.0001), "higher learning rate such as 0.01."),
        (Settings(lr=0.01, optimizer="adam"), "lower learning rate such as 0.001."),
        (Settings(lr=0.001, optimizer="adamw"), "with the recipe Textbook."),
        (Settings(lr=0.01), "with the recipe Textbook."),
        (Settings(lr=0.01, augmentation=Augmentation(rotate=90)), "start again with less of it."),
        (Settings(lr=5, augmentation=Augmentation(noise=1)), "start again with less of it."),
        (Settings(lr=0.01, augmentation=Augmentation(shift=2)), "with the recipe Textbook."),
    ],
)
def test_the_advice_fits_the_settings(settings: Settings, fits: str):
    assert advice(settings, 10).startswith("The network only guesses: one digit in ten")
    assert advice(settings, 10).endswith(fits)


def test_what_is_right_by_chance_depends_on_the_classes():
    assert "one image in 26 is right by chance" in advice(Settings(), 26)
