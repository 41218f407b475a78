"""Python that people paste: parsed with ast, never executed, with the place of each piece."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from typing import Any

from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

Place = tuple[int, int]
"""Where a piece of the text starts and ends, counted in characters."""


class ReadError(ValueError):
    """A text that makes nothing: one sentence, and the piece of the text that it is about.

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


class Pasted:
    """A text as it was given, and what Python makes of it.

    Attributes
    ----------
    body
        The statements.

    Raises
    ------
    ReadError
        For what is no Python, or has more than `longest` characters, which `too_long` refuses.
    """

    def __init__(self, given: str, longest: int, too_long: Text) -> None:
        self._given = given
        # What stands before the code, which may be indented.
        skipped = re.match(r"(?:\s*#[^\r\n]*[\r\n])*\s*", given)
        self._offset = skipped.end() if skipped else 0
        self._code = given[self._offset :].rstrip()
        # Python ends a line at these three; str.splitlines knows more.
        self._starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", self._code))]
        self.body = self._parsed(longest, too_long).body

    def _parsed(self, longest: int, too_long: Text) -> ast.Module:
        given = self._given
        if len(given) > longest:
            raise ReadError(too_long, (longest, len(given)))
        # Null bytes, and halves of a character that cannot be encoded.
        if broken := re.search("[\0\ud800-\udfff]", given):
            meaning = QT_TRANSLATE_NOOP("core", "This character cannot be read: take it out.")
            raise ReadError(text(meaning), broken.span())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about escapes in strings
                return ast.parse(self._code)
        except SyntaxError as error:
            reason = error.msg if error.msg.endswith("?") else f"{error.msg}."
            meaning = QT_TRANSLATE_NOOP("core", "Python cannot read this: {reason}")
            raise ReadError(text(meaning, reason=reason), self._syntax_place(error)) from None
        except (RecursionError, MemoryError):  # Python's parser says it in both ways
            meaning = QT_TRANSLATE_NOOP("core", "This is nested too deeply: write plain numbers.")
            place = (self._offset, max(self._offset + len(self._code), min(1, len(given))))
            raise ReadError(text(meaning), place) from None

    def expression(self, wanted: Text, alone: Text) -> ast.expr:
        """Return the one expression that there is, a name in front and a comma behind left out.

        Lines that import are passed over.

        Raises
        ------
        ReadError
            With `wanted` where there is something else, with `alone` where there is more.
        """
        body = [one for one in self.body if not isinstance(one, ast.Import | ast.ImportFrom)]
        if not body:
            raise ReadError(wanted, (0, len(self._given)))
        statement, *more = body
        node = statement.value if isinstance(statement, ast.Expr | ast.Assign) else None
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if not isinstance(target, ast.Name | ast.Attribute):
                raise ReadError(wanted, self.place(target))
        rest: list[ast.expr] | list[ast.stmt] = more
        if isinstance(node, ast.Tuple) and node.elts and not more:
            node, *rest = node.elts
        if rest:
            raise ReadError(alone, around(map(self.place, rest)))
        if node is None:
            raise ReadError(wanted, self.place(statement))
        return node

    def place(self, node: ast.expr | ast.stmt | ast.keyword) -> Place:
        """Return where `node` stands."""
        start = self._position(node.lineno, node.col_offset)
        end = self._position(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return start, max(start, end)

    def place_of_name(self, keyword: ast.keyword) -> Place:
        """Return where the name of an argument stands, without its value."""
        start, end = self.place(keyword)
        return start, start + len(self._given[start:end].split("=")[0].rstrip())

    def _position(self, line: int, column: int) -> int:
        """Return the character at a place that ast gives: a line from 1 and a byte from 0."""
        start = self._starts[line - 1]
        # A character has one byte at least.
        before = self._code[start : start + column].encode()[:column]
        return self._offset + start + len(before.decode())

    def _syntax_place(self, error: SyntaxError) -> Place:
        """Return where Python stumbled; it counts lines and characters from 1."""
        last = len(self._starts)
        lines = (error.lineno or 1, error.end_lineno or 0)
        columns = (error.offset or 1, error.end_offset or 0)
        limit = len(self._code)
        start, end = (
            min(self._starts[min(max(line, 1), last) - 1] + max(column, 1) - 1, limit)
            for line, column in zip(lines, columns, strict=True)
        )
        start = min(start, max(limit - 1, 0))
        end = end if end > start else min(start + 1, limit)
        return self._offset + start, self._offset + end

    def literal(self, node: ast.expr, words: tuple[str, ...] = (), *, inside: bool = False) -> Any:
        """Return the value of a number, a word, a constant, or a tuple or list of them.

        Parameters
        ----------
        words
            Those that may have been written without their quotes.
        """
        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.UnaryOp(
                op=ast.USub() | ast.UAdd() as sign,
                operand=ast.Constant(value=int() | float() as value),
            ) if not isinstance(value, bool):
                return -value if isinstance(sign, ast.USub) else value
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if not inside:
                return tuple(self.literal(part, words, inside=True) for part in parts)
            case ast.Name(id=name) if name in words:
                meaning = QT_TRANSLATE_NOOP("core", "Put {name} in quotes.")
                raise ReadError(text(meaning, name=name), self.place(node))
            case ast.Name(id=name) if name.capitalize() in ("True", "False", "None"):
                meaning = QT_TRANSLATE_NOOP("core", "Write {right} with a capital letter.")
                raise ReadError(text(meaning, right=name.capitalize()), self.place(node))
        meaning = QT_TRANSLATE_NOOP(
            "core", "Write a number here: nothing is computed or looked up."
        )
        raise ReadError(text(meaning), self.place(node))


def around(places: Iterable[Place]) -> Place:
    """Return the place from the first to the last of some."""
    starts, ends = zip(*places, strict=True)
    return min(starts), max(ends)
