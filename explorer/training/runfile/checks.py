"""What each value of a run's file has to be; everything else is refused with its place."""

from collections.abc import Collection
from math import inf
from typing import Any

from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.training.checks import number
from explorer.training.tensors import short


class MisfitError(ValueError):
    """A value that no run has; `meaning` is half a sentence that begins with its place."""

    def __init__(self, place: str, source: str, /, **values: object) -> None:
        about = Text(source, tuple(values.items()), "training")
        self.meaning = Text("{place} {about}", (("place", place), ("about", about)), "training")
        super().__init__(str(self.meaning))


def part(fields: dict[str, Any], name: str, place: str, names: Collection[str]) -> dict[str, Any]:
    """Return the object under a name, which has exactly these `names`."""
    return as_object(fields[name], f"{place}.{name}" if place else name, names)


def as_object(value: object, place: str, names: Collection[str]) -> dict[str, Any]:
    """Return an object of JSON that has exactly these `names`."""
    if not isinstance(value, dict):
        raise MisfitError(place, QT_TRANSLATE_NOOP("training", "is not a list of names and values"))
    for name in names:
        if name not in value:
            raise MisfitError(f"{place}.{name}", QT_TRANSLATE_NOOP("training", "is missing"))
    for name in value:
        if name not in names:
            raise MisfitError(
                place, QT_TRANSLATE_NOOP("training", "has an unexpected {name}"), name=short(name)
            )
    return value


def as_list(value: object, place: str, most: int) -> list[Any]:
    """Return a list of JSON with `most` entries at most."""
    if not isinstance(value, list) or len(value) > most:
        raise MisfitError(
            place, QT_TRANSLATE_NOOP("training", "is not a list of at most {most:,}"), most=most
        )
    return value


def as_whole(value: object, place: str, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise MisfitError(
            place,
            QT_TRANSLATE_NOOP("training", "is not a whole number from {least:,} to {most:,}"),
            least=least,
            most=most,
        )
    return value


def as_number(value: object, place: str, least: float = -inf, most: float = inf) -> float:
    """Return a finite number within bounds."""
    found = number(value)
    if found is None or not least <= found <= most:
        raise MisfitError(
            place,
            QT_TRANSLATE_NOOP("training", "is not a number from {least:g} to {most:g}"),
            least=least,
            most=most,
        )
    return found


def as_flag(value: object, place: str) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise MisfitError(place, QT_TRANSLATE_NOOP("training", "is neither true nor false"))
    return value


def as_names(value: object, place: str, known: Collection[str]) -> tuple[str, ...]:
    """Return different names out of those that are `known`."""
    names = as_list(value, place, len(known))
    if not all(isinstance(name, str) and name in known for name in names) or len(set(names)) < len(
        names
    ):
        raise MisfitError(
            place,
            QT_TRANSLATE_NOOP("training", "is not a list of different names out of {names}"),
            names=", ".join(known),
        )
    return tuple(names)
