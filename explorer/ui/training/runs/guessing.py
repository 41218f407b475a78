"""Whether a network only guesses, and what may help: pure functions of a run."""

from typing import Final

from PySide6.QtCore import QCoreApplication

from explorer.data.digits import CLASSES
from explorer.training.augmentation import HIGHEST, Augmentation
from explorer.training.events import Evaluated
from explorer.training.settings import Settings

USUAL_RATE: Final = {"sgd": 0.01, "nesterov": 0.01, "adam": 0.001, "adamw": 0.001}
"""A learning rate with which most networks learn, for each optimizer."""
FAR_FROM_USUAL: Final = 3
"""So many times the usual rate, or so small a part of it, may be why nothing is learned."""
LEARNED: Final = 1 / 9
"""Of the way from chance to certainty: below it a network has learned next to nothing."""
FAIR_CHANCE: Final = 100
"""Batches after which a network should have learned something."""
FAR_UP: Final = 0.5
"""Of the most augmentation of a kind: from there on an image may be hard to recognise."""

translate = QCoreApplication.translate


def has_learned_something(epoch: Evaluated, classes: int) -> bool | None:
    """Tell whether a network does better than to guess; None where it is too early to say no."""
    if epoch.test_accuracy >= (1 + LEARNED * (classes - 1)) / classes:
        return True
    return False if epoch.step >= FAIR_CHANCE else None


def advice(settings: Settings, classes: int) -> str:
    """Return that a network only guesses among so many classes, and what may help.

    Parameters
    ----------
    settings
        With the rates as they are now.
    """
    if classes == CLASSES:
        guesses = translate(
            "guessing", "The network only guesses: one digit in ten is right by chance."
        )
    else:
        guesses = translate(
            "guessing", "The network only guesses: one image in {classes} is right by chance."
        ).format(classes=classes)
    return f"{guesses} {_help(settings)}"


def _help(settings: Settings) -> str:
    usual = USUAL_RATE[settings.optimizer]
    if _is_far_up(settings.augmentation):
        return translate(
            "guessing",
            "The augmentation changes the images far: reset and start again with less of it.",
        )
    if settings.lr > FAR_FROM_USUAL * usual:
        text = translate(
            "guessing",
            "If the loss does not fall, reset and start again with a lower learning rate such as "
            "{rate:g}.",
        )
    elif settings.lr < usual / FAR_FROM_USUAL:
        text = translate(
            "guessing",
            "If the loss hardly falls, try a higher learning rate such as {rate:g}.",
        )
    else:
        text = translate(
            "guessing",
            "Let it train on. If the loss does not fall, reset and start again with the recipe "
            "Textbook.",
        )
    return text.format(rate=usual)


def _is_far_up(augmentation: Augmentation) -> bool:
    return any(getattr(augmentation, kind) >= FAR_UP * highest for kind, highest in HIGHEST.items())
