"""The sum of one output cell as a bill: a row of the kernel to a line, a total to a channel.

What stands where is counted in characters of a fixed width, so that the lines are a pure function
of the numbers and of the width that there is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final, Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication

from explorer.core.cell import Cell, number
from explorer.core.geometry import Token
from explorer.core.layers import Layer

Level = Literal["folded", "short", "whole"]
"""How much of a channel is written: its total alone, without its middle, or all of it."""

SHORT: Final = 8
"""Lines of a channel up to which none of them are ever left out."""

_TAIL: Final = 2
"""Lines that stay at the end of a channel whose middle is left out."""
_INDENT: Final = 2
_ROOMY: Final = 10
"""Lines from which on sum, bias and result have one each."""
_AMOUNT: Final = 8
"""Characters that a total takes, with its sign."""

translate = QCoreApplication.translate


class Piece(NamedTuple):
    """A piece of a line and the character at which it begins."""

    at: int
    text: str
    role: str = ""


class Room(NamedTuple):
    """Characters of the widest term before and behind its multiplication sign."""

    left: int = 0
    right: int = 0

    def grown(self, other: "Room") -> "Room":
        """Return the room for both."""
        return Room(max(self.left, other.left), max(self.right, other.right))


@dataclass(frozen=True)
class Line:
    """A line of the bill.

    Attributes
    ----------
    amount
        The number at the right end, and its sign.
    becomes
        The channel that a click on the line folds or unfolds, and its new level.
    is_open
        Whether the line is the head of a channel whose terms follow; None where it is no head.
    is_total
        Whether the line ends the sum.
    """

    pieces: tuple[Piece, ...]
    amount: tuple[str, str] | None = None
    becomes: tuple[int, Level] | None = None
    is_open: bool | None = None
    is_total: bool = False


@dataclass(frozen=True)
class Ledger:
    """What is written of a cell: the terms, which may be long, and what they come to.

    Attributes
    ----------
    room
        What the widest term takes, at least what was asked for.
    """

    terms: tuple[Line, ...]
    result: tuple[Line, ...]
    room: Room


def ledger(
    layer: Layer,
    cell: Cell,
    columns: int,
    lines: int,
    chosen: dict[int, Level],
    room: Room = Room(),  # noqa: B008 - immutable
) -> Ledger:
    """Return how the number of `cell` comes about, line by line.

    Parameters
    ----------
    columns
        Characters that fit into a line.
    lines
        Lines that there is room for: what takes more is shortened and folded.
    chosen
        How much the user wants to see of a channel, where it is not left to `lines`.
    room
        What terms take at least: the widest of the cells before, so that nothing jumps.
    """
    writer = _Writer(layer, cell, columns, room)
    gist = layer.gist(cell) if len(cell.places) > 1 else ""
    result = tuple(_result(cell, columns, gist, roomy=True))
    brief = tuple(_result(cell, columns, gist, roomy=False))
    while True:
        room = writer.room
        shown = result if lines >= _ROOMY else brief
        written = tuple(writer.terms(lines - len(shown), chosen))
        if writer.room == room:
            return Ledger(written, result if len(written) + len(result) <= lines else shown, room)


class _Writer:
    """Writes the terms; learns on the way how wide the widest is."""

    def __init__(self, layer: Layer, cell: Cell, columns: int, room: Room) -> None:
        self._layer, self._cell, self._columns = layer, cell, columns
        self._opening, self._separator, self._closing = layer.around(cell)
        self._indent = max(_INDENT, len(self._opening))
        self.room = room
        for row in self._rows(next(iter(cell.places.values()), ())):
            self._write(row[:1])

    def terms(self, lines: int, chosen: dict[int, Level]) -> Iterator[Line]:
        """Yield the lines of all channels."""
        places = self._cell.places
        if len(places) == 1:
            ((channel, only),) = places.items()
            rows = self._lines(only)
            yield from self._channel(channel, rows, chosen.get(channel, "short"), lines)
            return
        rows_of = {channel: self._lines(at) for channel, at in places.items()}
        left = lines - len(rows_of)
        fits = sum(map(len, rows_of.values())) <= left
        most = left if fits else SHORT
        for i, (channel, rows) in enumerate(rows_of.items()):
            left -= min(len(rows), SHORT)
            usual: Level = "short" if i == 0 or fits or left >= 0 else "folded"
            level = chosen.get(channel, usual)
            yield from self._folding(channel, rows, level, most, is_first=i == 0)

    def _folding(
        self, channel: int, rows: list[Sequence[int]], level: Level, most: int, is_first: bool
    ) -> Iterator[Line]:
        """Yield the head of a channel with its total, and its terms unless it is folded."""
        name = translate("lab", "channel {channel}").format(channel=channel)
        amount = _signed(self._cell.partial(channel), is_first)
        begin = _INDENT + len(name) + 1
        if len(rows) == len(rows[0]) == 1:
            ((pieces, width),) = self._write(rows[0])
            if begin + width + _AMOUNT <= self._columns:
                moved = (piece._replace(at=piece.at + begin) for piece in pieces)
                yield Line((Piece(_INDENT, name, "muted"), *moved), amount)
                return
        is_open = level != "folded"
        becomes: Level = "folded" if is_open else "short"
        yield Line((Piece(_INDENT, name, "muted"),), amount, (channel, becomes), is_open)
        if is_open:
            yield from self._channel(channel, rows, level, most)

    def _channel(
        self, channel: int, rows: list[Sequence[int]], level: Level, lines: int
    ) -> Iterator[Line]:
        """Yield the terms of a channel, without its middle where it takes more than `lines`."""
        most = max(lines, SHORT)
        is_long = len(rows) > most
        if level == "whole" or not is_long:
            for i in range(len(rows)):
                yield from self._line(rows, i)
            if is_long:
                fewer = Piece(self._indent, translate("lab", "show less"), "link")
                yield Line((fewer,), becomes=(channel, "short"))
            return
        head = most - 1 - _TAIL
        for i in range(head):
            yield from self._line(rows, i)
        left_out = sum(len(row) for row in rows[head:-_TAIL])
        more = translate("lab", "… {count} more").format(count=left_out)
        yield Line((Piece(self._indent, more, "link"),), becomes=(channel, "whole"))
        for i in range(len(rows) - _TAIL, len(rows)):
            yield from self._line(rows, i)

    def _line(self, rows: list[Sequence[int]], index: int) -> Iterator[Line]:
        pieces: list[Piece] = []
        operator, step = self._separator.strip(), self._step
        if index == 0 and self._opening:
            pieces.append(Piece(self._indent - len(self._opening), self._opening))
        elif index > 0 and self._leads:
            pieces.append(Piece(self._indent - 2, operator, "muted"))
        last = index == len(rows) - 1
        for i, (term, width) in enumerate(self._write(rows[index])):
            begin = self._indent + i * step
            if i > 0 and self._leads:
                pieces.append(Piece(begin - 2, operator, "muted"))
            pieces += (piece._replace(at=piece.at + begin) for piece in term)
            if not self._leads and not (last and i == len(rows[index]) - 1):
                pieces.append(Piece(begin + width, operator, "muted"))
        end = pieces[-1].at + len(pieces[-1].text)
        closes = last and bool(self._closing)
        fits = end + len(self._closing) <= self._columns
        if closes and fits:
            pieces.append(Piece(end, self._closing))
        yield Line(tuple(pieces))
        if closes and not fits:
            yield Line((Piece(self._indent, self._closing),))

    @property
    def _leads(self) -> bool:
        """Whether the separator stands before a term, as a plus does and a comma does not."""
        return self._separator.startswith(" ")

    @property
    def _step(self) -> int:
        """Characters from one term of a line to the next."""
        return sum(self.room) + len(self._separator)

    def _rows(self, places: Sequence[int]) -> list[Sequence[int]]:
        """Split the terms of a channel into the rows of the kernel."""
        rows: dict[int, list[int]] = {}
        for i in places:
            rows.setdefault(self._cell.terms[i].tap[1], []).append(i)
        return list(rows.values())

    def _lines(self, places: Sequence[int]) -> list[Sequence[int]]:
        """Split the terms of a channel into lines: rows of the kernel, wrapped evenly."""
        space = self._columns - self._indent + len(self._separator)
        most = max(1, space // max(1, self._step))
        lines: list[Sequence[int]] = []
        for row in self._rows(places):
            parts = -(-len(row) // most)
            each = -(-len(row) // parts)
            lines += (row[start : start + each] for start in range(0, len(row), each))
        return lines

    def _write(self, places: Sequence[int]) -> list[tuple[list[Piece], int]]:
        """Return the pieces of some terms, each counted from its own begin, and the width."""
        return [self._aligned(self._layer.term(self._cell, i)) for i in places]

    def _aligned(self, tokens: tuple[Token, ...]) -> tuple[list[Piece], int]:
        """Return the pieces of a term so that its multiplication sign is below the others."""
        text = "".join(token.text for token in tokens)
        split = text.find("·") + 1 or len(text)
        self.room = self.room.grown(Room(split, len(text) - split))
        at = self.room.left - split
        pieces = []
        for token in tokens:
            pieces.append(Piece(at, token.text, token.role))
            at += len(token.text)
        return pieces, at


def _signed(value: float, is_first: bool = False) -> tuple[str, str]:
    """Return the sign of a summand and its amount."""
    written = number(value)
    if written.startswith("−"):
        return "−", written[1:]
    return "" if is_first else "+", written


def equals(value: float) -> tuple[str, str]:
    """Return a result as it is written, and the sign before it: ≈ where that is rounded.

    Numbers are those of torch, so what counts is whether float32 can tell the two apart.
    """
    written = number(value)
    is_exact = not isfinite(value) or np.float32(written.replace("−", "-")) == np.float32(value)
    return "=" if is_exact else "≈", written


def _result(cell: Cell, columns: int, gist: str, roomy: bool) -> Iterator[Line]:
    """Yield what the terms come to, in one line unless there is room for more."""
    total = equals(cell.result)
    if gist:
        if roomy:
            every = number(sum(part for _, part in cell.partials))
            yield Line((Piece(_INDENT, "Σ", "muted"),), ("", every), is_total=True)
        yield Line((Piece(_INDENT, gist),), total, is_total=not roomy)
        return
    if cell.bias is None:
        yield Line((), total, is_total=True)
        return
    products = sum(part for _, part in cell.partials)
    bias = _signed(cell.bias)
    if roomy:
        name = translate("lab", "sum of products")
        yield Line((Piece(_INDENT, name, "muted"),), _signed(products, True))
        yield Line((Piece(_INDENT, translate("lab", "bias"), "muted"),), bias)
        yield Line((), total, is_total=True)
        return
    values = {"sum": number(products), "sign": bias[0], "bias": bias[1]}
    text = translate("lab", "sum {sum} {sign} bias {bias}").format(**values)
    if _INDENT + len(text) + _AMOUNT + 2 > columns:  # the result is bold
        text = "{sum} {sign} {bias}".format(**values)
    yield Line((Piece(_INDENT, text, "muted"),), total, is_total=True)
