"""PyTorch source text to network: read with ast, never executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from explorer.core.calls import Call, Calls, name, starred
from explorer.core.layers import MODULES
from explorer.core.network.stack import MOST_LAYERS, Network
from explorer.core.pasted import Pasted, Place, ReadError, around
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

__all__ = ["LONGEST", "Place", "ReadError", "read_network"]

LONGEST: Final = 20_000
"""Characters that are read at most."""


def read_network(pasted: str) -> Network:
    """Return the network that an ``nn.Sequential`` makes.

    It may be as people paste it: with ``torch.nn.``, ``nn.`` or neither, lines that import in
    front, a name (``self.features = ...``), comments, layers by themselves or with names in an
    ``OrderedDict``. A Sequential inside another is laid flat; names make no difference.

    Raises
    ------
    ReadError
        For all else, with the place of the mistake.
    """
    too_long = QT_TRANSLATE_NOOP("core", "Write one network in at most {limit} characters.")
    return _Reader(Pasted(pasted, LONGEST, text(too_long, limit=LONGEST))).network()


class _Reader:
    def __init__(self, pasted: Pasted) -> None:
        self._pasted = pasted
        self._calls = Calls(pasted, MODULES, _layer_wanted())

    def network(self) -> Network:
        alone = text(QT_TRANSLATE_NOOP("core", "Write one network only."))
        node = self._pasted.expression(_wanted(), alone)
        if not isinstance(node, ast.Call) or name(node.func) != "Sequential":
            raise ReadError(_wanted(), self._pasted.place(node))
        calls = list(self._sequential(node))
        if not calls:
            meaning = QT_TRANSLATE_NOOP("core", "There is no layer in it.")
            raise ReadError(text(meaning), self._pasted.place(node))
        if len(calls) > MOST_LAYERS:
            meaning = QT_TRANSLATE_NOOP(
                "core", "A network has at most {limit} layers here, and this one has {count}."
            )
            meant = text(meaning, limit=MOST_LAYERS, count=len(calls))
            raise ReadError(meant, around(call.place for call in calls[MOST_LAYERS:]))
        return Network(tuple(call.layer() for call in calls))

    def _sequential(self, node: ast.Call) -> Iterator[Call]:
        """Yield what stands in ``nn.Sequential(...)``, one after the other."""
        for keyword in node.keywords:
            meaning = text(QT_TRANSLATE_NOOP("core", "Sequential takes layers, without names."))
            place = self._pasted.place(keyword)
            raise ReadError(starred() if keyword.arg is None else meaning, place)
        match node.args:
            case [ast.Call() as only] if _is_ordered(only.func):
                parts = list(self._named(only))
            case parts:
                pass
        for part in parts:
            if isinstance(part, ast.Starred):
                raise ReadError(starred(), self._pasted.place(part))
            if isinstance(part, ast.Call) and name(part.func) == "Sequential":
                yield from self._sequential(part)
            else:
                yield self._calls.read(part)

    def _named(self, node: ast.Call) -> Iterator[ast.expr]:
        """Yield the layers of an ``OrderedDict``: of its pairs, then those behind a name."""
        seen: set[str] = set()
        match node.args:
            case []:
                pairs: list[tuple[ast.expr, ast.expr]] = []
            case [ast.List(elts=parts) | ast.Tuple(elts=parts)]:
                pairs = [self._pair(part) for part in parts]
            case [ast.Dict(keys=keys, values=values)] if None not in keys:
                pairs = [(key, value) for key, value in zip(keys, values, strict=True) if key]
            case _:
                raise ReadError(_pairs_wanted(), around(map(self._pasted.place, node.args)))
        for key, value in pairs:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                meaning = QT_TRANSLATE_NOOP("core", "Write the name of the layer in quotes.")
                raise ReadError(text(meaning), self._pasted.place(key))
            self._check(key.value, seen, self._pasted.place(key))
            yield value
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ReadError(starred(), self._pasted.place(keyword))
            self._check(keyword.arg, seen, self._pasted.place_of_name(keyword))
            yield keyword.value

    def _pair(self, node: ast.expr) -> tuple[ast.expr, ast.expr]:
        match node:
            case ast.Tuple(elts=[key, value]) | ast.List(elts=[key, value]):
                return key, value
        raise ReadError(_pairs_wanted(), self._pasted.place(node))

    def _check(self, named: str, seen: set[str], place: Place) -> None:
        """Refuse what torch takes for no name of a layer, and one that would replace another."""
        if not named or "." in named:
            meaning = QT_TRANSLATE_NOOP("core", "A name has one character at least and no dot.")
            raise ReadError(text(meaning), place)
        if named in seen:
            meaning = QT_TRANSLATE_NOOP("core", "{name} is given twice.")
            raise ReadError(text(meaning, name=named), place)
        seen.add(named)


def _is_ordered(node: ast.expr) -> bool:
    match node:
        case (
            ast.Name(id="OrderedDict")
            | ast.Attribute(value=ast.Name(id="collections"), attr="OrderedDict")
        ):
            return True
    return False


def _wanted() -> Text:
    meaning = QT_TRANSLATE_NOOP(
        "core", "Write a network, such as nn.Sequential(nn.Conv2d(1, 10, 5), nn.ReLU())."
    )
    return text(meaning)


def _layer_wanted() -> Text:
    return text(QT_TRANSLATE_NOOP("core", "Write a layer here, such as nn.Conv2d(1, 10, 5)."))


def _pairs_wanted() -> Text:
    meaning = QT_TRANSLATE_NOOP("core", 'Write pairs here, such as ("conv", nn.Conv2d(1, 10, 5)).')
    return text(meaning)
