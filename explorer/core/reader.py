"""PyTorch source text to layer: read with ast, never executed."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from explorer.core.layers import OPERATIONS, Layer, LayerError
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

LONGEST: Final = 2_000
"""Characters that are read at most."""

Place = tuple[int, int]
"""Where a piece of the text starts and ends, counted in characters."""

_IGNORED: Final = ("device", "dtype", "inplace")
"""Arguments of torch that leave the picture alone; they are read where they are None."""


class ReadError(ValueError):
    """A line that makes no layer: one sentence, and the piece of the text that it is about.

    Attributes
    ----------
    meaning
        The sentence; ``str()`` of the error gives it in English.
    start, end
        The piece, in characters of the text as it was given: ``text[start:end]``.
    """

    def __init__(self, meaning: Text, place: Place) -> None:
        super().__init__(str(meaning))
        self.meaning = meaning
        self.start, self.end = place


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

    operation: type[Layer]
    arguments: dict[str, Any]
    places: dict[str, Place]
    place: Place

    def layer(self) -> Layer:
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


def read(line: str) -> Layer:
    """Return the layer that a line of PyTorch makes.

    The line may be as people paste it: with ``torch.nn.``, ``nn.`` or neither, arguments by
    position or by name, a name in front (``self.conv1 = ...``), a comma, a semicolon or a comment
    behind.

    Raises
    ------
    ReadError
        For all else, with the place of the mistake.
    """
    return read_call(line).layer()


def read_call(line: str) -> Call:
    """Return what is written in a line of PyTorch, as `read` does, but let every value pass.

    Raises
    ------
    ReadError
        For what is no single call of a known layer with its own arguments, written as numbers,
        pairs, True, False, None or words in quotes.
    """
    return _Reader(line).call()


class _Reader:
    def __init__(self, line: str) -> None:
        self.line = line
        self.offset = len(line) - len(line.lstrip())
        self.code = line.strip()
        # Python ends a line at these three; str.splitlines knows more.
        self.starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", self.code))]

    def call(self) -> Call:
        node = self._only_call(self._parsed())
        operation = self._operation(node.func)
        values = self._values(node, operation)
        arguments, places = {}, {}
        for name, value in values.items():
            kept, place = self._literal(value, _words(operation, name)), self._place(value)
            if name not in _IGNORED:
                arguments[name], places[name] = kept, place
            elif kept is not None:
                meaning = QT_TRANSLATE_NOOP(
                    "core", "{name} makes no difference here: leave it out or write None."
                )
                raise ReadError(text(meaning, name=name), place)
        for field in dataclasses.fields(operation):
            if field.default is dataclasses.MISSING and field.name not in arguments:
                end = self._place(node)[1]
                meaning = QT_TRANSLATE_NOOP("core", "{name} is missing.")
                raise ReadError(text(meaning, name=field.name), (end - 1, end))
        return Call(operation, arguments, places, self._place(node))

    def _parsed(self) -> ast.Module:
        whole = (self.offset, max(self.offset + len(self.code), min(1, len(self.line))))
        if len(self.line) > LONGEST:
            meaning = QT_TRANSLATE_NOOP("core", "Write one layer in at most {limit} characters.")
            raise ReadError(text(meaning, limit=LONGEST), (LONGEST, len(self.line)))
        # Null bytes, and halves of a character that cannot be encoded.
        if broken := re.search("[\0\ud800-\udfff]", self.line):
            meaning = QT_TRANSLATE_NOOP("core", "This character cannot be read: take it out.")
            raise ReadError(text(meaning), broken.span())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about escapes in strings
                return ast.parse(self.code)
        except SyntaxError as error:
            reason = error.msg if error.msg.endswith("?") else f"{error.msg}."
            meaning = QT_TRANSLATE_NOOP("core", "Python cannot read this: {reason}")
            raise ReadError(text(meaning, reason=reason), self._syntax_place(error)) from None
        except (RecursionError, MemoryError):  # Python's parser says it in both ways
            meaning = QT_TRANSLATE_NOOP("core", "This is nested too deeply: write plain numbers.")
            raise ReadError(text(meaning), whole) from None

    def _only_call(self, tree: ast.Module) -> ast.Call:
        if not tree.body:
            raise ReadError(_wanted(), (0, len(self.line)))
        statement, *more = tree.body
        node = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if not isinstance(target, ast.Name | ast.Attribute):
                raise ReadError(_wanted(), self._place(target))
        rest: list[ast.expr] | list[ast.stmt] = more
        if isinstance(node, ast.Tuple) and node.elts and not more:  # a comma behind
            node, *rest = node.elts
        if rest:
            place = _around(map(self._place, rest))
            raise ReadError(text(QT_TRANSLATE_NOOP("core", "Write one layer only.")), place)
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) in OPERATIONS:
            meaning = QT_TRANSLATE_NOOP("core", "Add the arguments in parentheses.")
            raise ReadError(text(meaning), self._place(node))
        if not isinstance(node, ast.Call):
            raise ReadError(_wanted(), self._place(node or statement))
        return node

    def _operation(self, node: ast.expr) -> type[Layer]:
        name = _name(node)
        if name is None:
            raise ReadError(_wanted(), self._place(node))
        if name in OPERATIONS:
            return OPERATIONS[name]
        start, end = self._place(node)
        near = _nearest(name, OPERATIONS)
        if near is None:
            meaning = QT_TRANSLATE_NOOP(
                "core", "There is no layer {name} here; write one of {all}."
            )
            meant = text(meaning, name=name, all=", ".join(OPERATIONS))
        else:
            meaning = QT_TRANSLATE_NOOP(
                "core", "There is no layer {name} here; did you mean {near}?"
            )
            meant = text(meaning, name=name, near=near)
        raise ReadError(meant, (max(start, end - len(name)), end))

    def _values(self, node: ast.Call, operation: type[Layer]) -> dict[str, ast.expr]:
        """Return the arguments by their names."""
        names = [field.name for field in dataclasses.fields(operation)]
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                raise ReadError(_starred(), self._place(argument))
        if len(node.args) > len(names):
            meaning = QT_TRANSLATE_NOOP(
                "core", "These are too many arguments: {operation} takes {count}."
            )
            meant = text(meaning, operation=operation.__name__, count=len(names))
            raise ReadError(meant, _around(map(self._place, node.args[len(names) :])))
        values = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            place = self._place(keyword)
            name = keyword.arg
            if name is None:
                raise ReadError(_starred(), place)
            place = (place[0], place[0] + len(self.line[slice(*place)].split("=")[0].rstrip()))
            if name in values:
                meaning = QT_TRANSLATE_NOOP("core", "{name} is given twice.")
                raise ReadError(text(meaning, name=name), place)
            if name not in names and name not in _IGNORED:
                raise ReadError(_unknown(name, names, operation), place)
            values[name] = keyword.value
        return values

    def _literal(self, node: ast.expr, words: tuple[str, ...], *, inside: bool = False) -> Any:
        """Return the value of a number, a word, a constant, or a tuple or list of them."""
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.UnaryOp(
                op=ast.USub() | ast.UAdd() as sign,
                operand=ast.Constant(value=int() | float() as value),
            ) if not isinstance(value, bool):
                return -value if isinstance(sign, ast.USub) else value
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if not inside:
                return tuple(self._literal(part, words, inside=True) for part in parts)
            case ast.Name(id=name) if name in words:
                meaning = QT_TRANSLATE_NOOP("core", "Put {name} in quotes.")
                raise ReadError(text(meaning, name=name), self._place(node))
            case ast.Name(id=name) if name.capitalize() in ("True", "False", "None"):
                meaning = QT_TRANSLATE_NOOP("core", "Write {right} with a capital letter.")
                raise ReadError(text(meaning, right=name.capitalize()), self._place(node))
        meaning = QT_TRANSLATE_NOOP(
            "core", "Write a number here: nothing is computed or looked up."
        )
        raise ReadError(text(meaning), self._place(node))

    def _place(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        start = self._position(node.lineno, node.col_offset)
        end = self._position(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return start, max(start, end)

    def _position(self, line: int, column: int) -> int:
        """Return the character at a place that ast gives: a line from 1 and a byte from 0."""
        start = self.starts[line - 1]
        return self.offset + start + len(self.code[start:].encode()[:column].decode())

    def _syntax_place(self, error: SyntaxError) -> Place:
        """Return where Python stumbled; it counts lines and characters from 1."""
        last = len(self.starts)
        lines = (error.lineno or 1, error.end_lineno or 0)
        columns = (error.offset or 1, error.end_offset or 0)
        limit = len(self.code)
        start, end = (
            min(self.starts[min(max(line, 1), last) - 1] + max(column, 1) - 1, limit)
            for line, column in zip(lines, columns, strict=True)
        )
        start = min(start, max(limit - 1, 0))
        end = end if end > start else min(start + 1, limit)
        return self.offset + start, self.offset + end


def _name(node: ast.expr) -> str | None:
    """Return what follows ``torch.nn.``, ``nn.`` or nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="nn"), attr=name):
            return name
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id="torch"), attr="nn"), attr=name):
            return name
    return None


def _nearest(name: str, names: Iterable[str]) -> str | None:
    lowered = {known.lower(): known for known in names}
    found = difflib.get_close_matches(name.lower(), lowered, n=1)
    return lowered[found[0]] if found else None


def _words(operation: type[Layer], name: str) -> tuple[str, ...]:
    """Return the words that parameter `name` may be set to."""
    return next((p.choices + p.words for p in operation.parameters() if p.name == name), ())


def _around(places: Iterable[Place]) -> Place:
    starts, ends = zip(*places, strict=True)
    return min(starts), max(ends)


def _wanted() -> Text:
    return text(QT_TRANSLATE_NOOP("core", "Write a layer, such as nn.Conv2d(1, 1, 3)."))


def _starred() -> Text:
    return text(QT_TRANSLATE_NOOP("core", "Write every argument out: stars are not read."))


def _unknown(name: str, names: list[str], operation: type[Layer]) -> Text:
    near = _nearest(name, names)
    kind = operation.__name__
    if near is None:
        meaning = QT_TRANSLATE_NOOP("core", "{operation} has no {name}; it takes {all}.")
        return text(meaning, operation=kind, name=name, all=", ".join(names))
    meaning = QT_TRANSLATE_NOOP("core", "{operation} has no {name}; did you mean {near}?")
    return text(meaning, operation=kind, name=name, near=near)
