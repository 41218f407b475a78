"""What each value of a record has to be; everything else is refused with its place."""

from collections.abc import Collection
from typing import Any, TypeGuard

from explorer.core.text import QT_TRANSLATE_NOOP, text


class RecordError(ValueError):
    """A record that makes no scene: one sentence, which begins with the place of the mistake.

    Attributes
    ----------
    place
        The names that lead to it, as ``input.values``; empty for the record as a whole.
    meaning
        The sentence without its place.
    is_foreign
        Whether nothing is damaged: the record is of another kind, or of a newer application.
    """

    def __init__(
        self, place: str, source: str, /, is_foreign: bool = False, **values: object
    ) -> None:
        self.is_foreign = is_foreign
        self.place, self.meaning = place, text(source, **values)
        super().__init__(f"{place or 'scene'}: {self.meaning}")


def as_object(value: object, place: str) -> dict[str, Any]:
    """Return an object of JSON, whose names are texts."""
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        meaning = QT_TRANSLATE_NOOP(
            "core", "must be an object: names and values in curly brackets."
        )
        raise RecordError(place, meaning)
    return value


def check_names(
    fields: dict[str, Any], place: str, needed: Collection[str], optional: Collection[str] = ()
) -> None:
    """Refuse an object without the `needed` names, or with others than these and `optional`."""
    for name in needed:
        if name not in fields:
            meaning = QT_TRANSLATE_NOOP("core", "is missing.")
            raise RecordError(f"{place}.{name}" if place else name, meaning)
    for name in fields:
        known(name, [*needed, *optional], place)


def known(word: str, words: Collection[str], place: str) -> str:
    """Return `word` if it is one of `words`."""
    if word not in words:
        meaning = QT_TRANSLATE_NOOP("core", "{word} is not known here; known are {words}.")
        # It may be as long as the file, and hold whatever breaks a line.
        known = ", ".join(dict.fromkeys(words))
        raise RecordError(place, meaning, word=ascii(word[:40]), words=known)
    return word


def is_number(value: object) -> TypeGuard[int | float]:
    """Tell numbers from True and False, which Python takes for some."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_whole(value: object, place: str) -> int:
    """Return a whole number of any length."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be a whole number."))
    return value


def as_flag(value: object, place: str) -> bool:
    """Return True or False."""
    if not isinstance(value, bool):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be true or false."))
    return value


def as_word(value: object, place: str) -> str:
    """Return a text of any length."""
    if not isinstance(value, str):
        raise RecordError(place, QT_TRANSLATE_NOOP("core", "must be a text in quotes."))
    return value
