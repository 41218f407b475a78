"""The names of the classes, in the user's language."""

from explorer.core.text import Text
from explorer.data.classes import numerals
from explorer.data.digits import Digits
from explorer.ui.sentences import translated


def named(digits: Digits) -> tuple[str, ...]:
    """Return what each label stands for: ``"7"`` or ``"Sneaker"``."""
    if digits.are_digits:
        return digits.classes
    return tuple(translated(Text(name, context="data")) for name in digits.classes)


def names_for(digits: Digits | None, count: int) -> tuple[str, ...]:
    """Return a name for each of so many answers: mere numbers where the set has other classes."""
    names = () if digits is None else named(digits)
    return names if len(names) == count else numerals(count)


def numbered(digits: Digits) -> tuple[str, ...]:
    """Return the same with the number that stands for it in pictures: ``"7 Sneaker"``."""
    return tuple(
        name if name == str(label) else f"{label} {name}"
        for label, name in enumerate(named(digits))
    )
