"""A call that makes a module, as it is written: its kind, its arguments and their places."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from explorer.core.layers import LayerError, Module
from explorer.core.pasted import Pasted, Place, ReadError, around
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

_IGNORED: Final = ("device", "dtype")
"""Arguments of torch that leave the picture alone; they are read where they are None."""


@dataclass(frozen=True)
class Call:
    """A layer as it is written, whose values nobody has judged yet.

    Attributes
    ----------
    operation
        The kind of layer.
    arguments
        The values that are written, by torch's names.
    places
        Where each of them stands.
    place
        Where the call stands.
    """

    operation: type[Module]
    arguments: dict[str, Any]
    places: dict[str, Place]
    place: Place

    def layer(self) -> Module:
        """Return the layer.

        Raises
        ------
        ReadError
            For values that the layer does not take.
        """
        try:
            return self.operation(**self.arguments)
        except LayerError as error:
            # A sentence about two arguments begins with the one to change.
            named = (self.places.get(word) for word in re.findall(r"\w+", str(error)))
            place = next((place for place in named if place), self.place)
            raise ReadError(text("{reason}", reason=str(error)), place) from None


class Calls:
    """Reads calls in a text.

    Parameters
    ----------
    kinds
        The modules that may be made, by name.
    wanted
        What is said where something else stands.
    """

    def __init__(self, pasted: Pasted, kinds: Mapping[str, type[Module]], wanted: Text) -> None:
        self._pasted = pasted
        self._kinds = kinds
        self._wanted = wanted

    def read(self, node: ast.expr) -> Call:
        """Return what `node` makes.

        Raises
        ------
        ReadError
            For what is no call of a known kind with its own arguments, each a number, a pair,
            True, False, None or a word in quotes.
        """
        place = self._pasted.place(node)
        if isinstance(node, ast.Name | ast.Attribute) and name(node) in self._kinds:
            meaning = QT_TRANSLATE_NOOP("core", "Add the arguments in parentheses.")
            raise ReadError(text(meaning), place)
        if not isinstance(node, ast.Call):
            raise ReadError(self._wanted, place)
        operation = self._kind(node.func)
        arguments, places = {}, {}
        for named, value in self._values(node, operation).items():
            kept = self._pasted.literal(value, _words(operation, named))
            if named in _names(operation):
                arguments[named], places[named] = kept, self._pasted.place(value)
            elif kept is not None:
                meaning = QT_TRANSLATE_NOOP(
                    "core", "{name} makes no difference here: leave it out or write None."
                )
                raise ReadError(text(meaning, name=named), self._pasted.place(value))
        for field in dataclasses.fields(operation):
            if field.default is dataclasses.MISSING and field.name not in arguments:
                meaning = QT_TRANSLATE_NOOP("core", "{name} is missing.")
                raise ReadError(text(meaning, name=field.name), (place[1] - 1, place[1]))
        return Call(operation, arguments, places, place)

    def _kind(self, node: ast.expr) -> type[Module]:
        called = name(node)
        start, end = self._pasted.place(node)
        if called is None:
            raise ReadError(self._wanted, (start, end))
        if called in self._kinds:
            return self._kinds[called]
        near = _nearest(called, self._kinds)
        if near is None:
            meaning = QT_TRANSLATE_NOOP(
                "core", "There is no layer {name} here; write one of {all}."
            )
            meant = text(meaning, name=called, all=", ".join(self._kinds))
        else:
            meaning = QT_TRANSLATE_NOOP(
                "core", "There is no layer {name} here; did you mean {near}?"
            )
            meant = text(meaning, name=called, near=near)
        raise ReadError(meant, (max(start, end - len(called)), end))

    def _values(self, node: ast.Call, operation: type[Module]) -> dict[str, ast.expr]:
        """Return the arguments by their names."""
        names = _names(operation)
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise ReadError(starred(), self._pasted.place(argument))
        if len(node.args) > len(names):
            meaning = QT_TRANSLATE_NOOP(
                "core", "These are too many arguments: {operation} takes {count}."
            )
            meant = text(meaning, operation=operation.__name__, count=len(names))
            raise ReadError(meant, around(map(self._pasted.place, node.args[len(names) :])))
        values = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            named = keyword.arg
            if named is None:
                raise ReadError(starred(), self._pasted.place(keyword))
            if named in values:
                meaning = QT_TRANSLATE_NOOP("core", "{name} is given twice.")
                place = self._pasted.place_of_name(keyword)
                raise ReadError(text(meaning, name=named), place)
            if named not in (*names, *_IGNORED):
                place = self._pasted.place_of_name(keyword)
                raise ReadError(_unknown(named, names, operation), place)
            values[named] = keyword.value
        return values


def name(node: ast.expr) -> str | None:
    """Return what follows ``torch.nn.``, ``nn.`` or nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="nn"), attr=name):
            return name
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"), attr="nn"), attr=name):
            return name
    return None


def starred() -> Text:
    """Return what is said of ``*arguments`` and ``**arguments``."""
    return text(QT_TRANSLATE_NOOP("core", "Write every argument out: stars are not read."))


def _names(operation: type[Module]) -> list[str]:
    return [field.name for field in dataclasses.fields(operation)]


def _words(operation: type[Module], named: str) -> tuple[str, ...]:
    """Return the words that parameter `named` may be set to."""
    return next((p.choices + p.words for p in operation.parameters() if p.name == named), ())


def _nearest(called: str, names: Iterable[str]) -> str | None:
    lowered = {known.lower(): known for known in names}
    found = difflib.get_close_matches(called.lower(), lowered, n=1)
    return lowered[found[0]] if found else None


def _unknown(named: str, names: list[str], operation: type[Module]) -> Text:
    near = _nearest(named, names)
    kind = operation.__name__
    if not names:
        meaning = QT_TRANSLATE_NOOP("core", "{operation} takes no arguments.")
        return text(meaning, operation=kind)
    if near is None:
        meaning = QT_TRANSLATE_NOOP("core", "{operation} has no {name}; it takes {all}.")
        return text(meaning, operation=kind, name=named, all=", ".join(names))
    meaning = QT_TRANSLATE_NOOP("core", "{operation} has no {name}; did you mean {near}?")
    return text(meaning, operation=kind, name=named, near=near)
