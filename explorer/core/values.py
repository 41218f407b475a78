"""The numbers of input, kernel and bias by hand: read from text, written as text, and changed."""

import dataclasses
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.core.geometry import AnyAxis, Pair
from explorer.core.kernels import drawn
from explorer.core.layers import Array
from explorer.core.scene import OWN, BoardName, Focus, LabState
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

LARGEST_SIDE: Final = 512
"""Rows and columns that a block of numbers has at most."""
LONGEST: Final = LARGEST_SIDE * LARGEST_SIDE * 32
"""Characters of a block that are read at most."""
BRIGHTEST: Final = 255
"""Largest random number of a picture."""
LARGEST_DIGIT: Final = 9
"""Largest random number of any other input."""
TOO_LARGE: Final = (2 - 2**-24) * 2.0**127
"""Smallest number that float32 rounds to infinity."""

Places = np.ndarray[Any, np.dtype[np.integer[Any]]]
"""Where numbers stand in the flat order of an array."""

_NUMBER: Final = re.compile(
    r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE
)
_SIGNS: Final = str.maketrans({"−": "-", "∞": "inf", ",": "."})
# What printouts have around the brackets: weight = np.array( ... , dtype=float32)
_BEFORE: Final = re.compile(r"\s*(Parameter containing:\s*)?([\w.]+\s*=\s*)?([a-z_.]+\s*\(\s*)?")
_BEHIND: Final = re.compile(r"\s*(,\s*[a-z_]+=[^,=()\[\]]*)*,?\s*\)?\s*[,;]?\s*")
_ROW: Final = re.compile(r"\[([^\[\]]*)\]")


class ValuesError(ValueError):
    """A text that holds no numbers as they are needed: one sentence that says what to do.

    Attributes
    ----------
    meaning
        The sentence; ``str()`` of the error gives it in English.
    """

    def __init__(self, meaning: Text) -> None:
        super().__init__(str(meaning))
        self.meaning = meaning


def parse_number(line: str) -> float:
    """Return the number that somebody has typed.

    A decimal comma, the minus of the screen and the words ``inf`` and ``nan`` are understood.

    Raises
    ------
    ValuesError
        For everything else, and for numbers that float32 cannot hold.
    """
    word = line.strip()
    plain = _NUMBER.fullmatch(word) is not None  # most are, and translating takes longest
    word = word if plain else word.translate(_SIGNS)
    if not plain and _NUMBER.fullmatch(word) is None:
        raise ValuesError(
            text(QT_TRANSLATE_NOOP("core", "Write a number such as 3, −2.5 or 1e-3."))
        )
    number = float(word)
    if abs(number) >= TOO_LARGE and "inf" not in word.lower():
        meaning = QT_TRANSLATE_NOOP(
            "core", "Write a number between −3.4e38 and 3.4e38: float32 holds no larger ones."
        )
        raise ValuesError(text(meaning))
    return number


def format_number(value: float) -> str:
    """Return the shortest text that gives the same float32 when it is read again."""
    return str(np.float32(value)).removesuffix(".0")


def parse_block(block: str) -> Array:
    """Return the table of numbers that somebody has copied somewhere.

    It may come from a spreadsheet (cells between tabs or semicolons, where a comma is a decimal
    one), from a text (numbers between commas or blanks) or from a printout of Python, numpy or
    torch. Nothing is ever executed.

    Returns
    -------
    numpy.ndarray
        float32, shape (rows, columns).

    Raises
    ------
    ValuesError
        Where anything is no number, rows differ in length, or it is more than can be shown.
    """
    if len(block) > LONGEST:
        meaning = QT_TRANSLATE_NOOP("core", "Copy at most {limit} characters at once.")
        raise ValuesError(text(meaning, limit=LONGEST))
    if "..." in block or "…" in block:
        meaning = QT_TRANSLATE_NOOP(
            "core", "Print all numbers before you copy them: this printout is shortened."
        )
        raise ValuesError(text(meaning))
    rows = _rows(block)
    if not rows or rows == [[]]:
        raise ValuesError(text(QT_TRANSLATE_NOOP("core", "Copy some numbers first.")))
    shape = len(rows), max(map(len, rows))
    if max(shape) > LARGEST_SIDE:
        meaning = QT_TRANSLATE_NOOP(
            "core", "Copy at most {limit} × {limit} numbers: these are {rows} × {columns}."
        )
        raise ValuesError(text(meaning, limit=LARGEST_SIDE, rows=shape[0], columns=shape[1]))
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            meaning = QT_TRANSLATE_NOOP(
                "core",
                "Give every row the same length: row 1 has {first} numbers, row {row} has {count}.",
            )
            raise ValuesError(text(meaning, first=len(rows[0]), row=index + 1, count=len(row)))
    return np.array(
        [[_cell(word, (i, j)) for j, word in enumerate(row)] for i, row in enumerate(rows)],
        np.float32,
    )


def format_block(values: Array) -> str:
    """Return `values`, shape (rows, columns), with tabs between the cells, for a spreadsheet.

    `parse_block` reads exactly the same float32 numbers again.
    """
    return "\n".join("\t".join(map(format_number, row)) for row in values.astype(np.float32))


def _cell(word: str, at: Pair) -> float:
    try:
        return parse_number(word)
    except ValuesError:
        row, column = at[0] + 1, at[1] + 1
    if not word.strip():
        meaning = QT_TRANSLATE_NOOP(
            "core", "Put a number into row {row}, column {column}: nothing stands there."
        )
        raise ValuesError(text(meaning, row=row, column=column))
    meaning = QT_TRANSLATE_NOOP(
        "core", "Put a number into row {row}, column {column}: “{word}” is none that float32 holds."
    )
    shown = word.strip()
    shown = shown if len(shown) <= 20 else f"{shown[:19]}…"
    raise ValuesError(text(meaning, row=row, column=column, word=shown))


def _rows(block: str) -> list[list[str]]:
    """Return the words of `block`, row by row."""
    if "[" not in block and block.lstrip().startswith("("):
        block = block.translate(str.maketrans("()", "[]"))
    if "[" in block or "]" in block:
        return [_words(row, index) for index, row in enumerate(_bracketed(block))]
    lines = block.splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    for separator in "\t;":
        if separator in block:
            return [line.split(separator) for line in lines]
    return [_words(line, index) or [""] for index, line in enumerate(lines)]


def _words(row: str, index: int) -> list[str]:
    """Return what stands between the commas of a row, or between its blanks."""
    row = row.strip()
    if "," not in row:
        return row.split()
    words = [word.strip() for word in row.removesuffix(",").split(",")]
    # 0,5 1,5 may be two numbers or four.
    if any(len(word.split()) > 1 for word in words):
        meaning = QT_TRANSLATE_NOOP(
            "core",
            "Separate the numbers of row {row} by commas or by blanks, not by both; where commas "
            "are decimal, by tabs or semicolons.",
        )
        raise ValuesError(text(meaning, row=index + 1))
    return words


def _bracketed(block: str) -> list[str]:
    """Return the insides of the innermost brackets, which have to be the rows of one table."""
    start, end = block.find("["), block.rfind("]") + 1
    body, rows = block[start:end], _ROW.findall(block)
    # The brackets around the rows, each of which leaves a mark.
    outline = re.sub(r"[\s,]", "", _ROW.sub("|", body))
    around = _BEFORE.fullmatch(block[:start]) and _BEHIND.fullmatch(block[end:])
    if re.fullmatch(r"[\[\]|]+", outline) and outline.count("|") == len(rows) and around:
        if re.fullmatch(r"(\[*)\|+(\]*)", outline):
            if outline.count("[") == outline.count("]"):
                return rows
        elif "][" in outline:
            meaning = QT_TRANSLATE_NOOP(
                "core", "Copy the rows of one channel: these brackets hold several."
            )
            raise ValuesError(text(meaning))
    meaning = QT_TRANSLATE_NOOP(
        "core", "Copy the whole printout, brackets included, such as [[1, 2], [3, 4]]."
    )
    raise ValuesError(text(meaning))


def editable(state: LabState, focus: Focus) -> bool:
    """Tell whether a number can be typed there: in a real cell of the input, or in the kernel."""
    return _place(state, focus) is not None


def value_at(state: LabState, focus: Focus) -> float | None:
    """Return the number of an editable cell, None for any other."""
    place = _place(state, focus)
    array = _array(state, focus.board)
    return None if place is None or array is None else float(array.flat[place])


def with_value(state: LabState, focus: Focus, value: float) -> LabState:
    """Write a number into a cell; `state` itself where that changes nothing."""
    return with_block(state, focus, np.full((1, 1), value, np.float32))


def with_block(state: LabState, focus: Focus, block: Array) -> LabState:
    """Write `block`, shape (rows, columns), with its top left number in the cell of `focus`.

    What sticks out of the board is left away; `state` itself where nothing changes.
    """
    cells, at = _cells(state, focus.board, focus.channel), _real(state, focus)
    if cells is None or at is None:
        return state
    places = cells[at[0] :, at[1] :][: block.shape[0], : block.shape[1]]
    return _with_numbers(state, focus.board, places, block[: places.shape[0], : places.shape[1]])


def with_fill(state: LabState, board: BoardName, channel: int | None, value: float) -> LabState:
    """Write one number into all cells of a channel, of all channels for None.

    On the kernel a channel is the slice that meets this input channel; None is every weight of the
    layer. `state` itself where nothing changes.
    """
    cells = _cells(state, board, channel)
    return state if cells is None else _with_numbers(state, board, cells, np.float32(value))


def with_random(state: LabState, board: BoardName, channel: int | None, seed: int) -> LabState:
    """Draw the numbers of a channel, of all channels for None, as `with_fill` understands them.

    Inputs get whole numbers from 0 to 9, pictures to 255; kernels get tenths from -1 to 1. The same
    `seed` gives the same numbers.
    """
    cells = _cells(state, board, channel)
    if cells is None:
        return state
    if board == "kernel":
        return _with_numbers(state, board, cells, drawn(cells.shape, seed))
    largest = BRIGHTEST if state.is_picture else LARGEST_DIGIT
    numbers = np.random.default_rng(seed).integers(0, largest + 1, cells.shape)
    return _with_numbers(state, board, cells, numbers.astype(np.float32))


def with_bias(state: LabState, channel: int, value: float) -> LabState:
    """Set the bias of an output channel; `state` itself where nothing changes."""
    if state.bias is None or not 0 <= channel < len(state.bias):
        return state
    bias = state.bias.copy()
    bias[channel] = value
    same = np.array_equal(bias, state.bias, equal_nan=True)
    return state if same else dataclasses.replace(state, bias=bias)


def neighbour(state: LabState, focus: Focus, dr: int, dc: int) -> Focus:
    """Return the cell `dr` rows down and `dc` columns to the right, never beyond the border.

    On the input only real cells count: padding, and zeros between stretched cells, are passed over.
    """
    (row, column), steps = focus.cell, (dr, dc)
    lines = [_line(state, focus.board, side) for side in (0, 1)]
    if not all(lines):
        return focus
    moved = (_moved(line, at, by) for line, at, by in zip(lines, (row, column), steps, strict=True))
    row, column = moved
    return dataclasses.replace(focus, cell=(row, column))


def _line(state: LabState, board: BoardName, side: int) -> Sequence[int]:
    """Return the rows (0) or columns (1) of a board where one may stop, in order."""
    axis = state.axes[side]
    if board == "input":
        positions = range(axis.first, axis.first + axis.shown)
        return [position for position in positions if _source(axis, position) is not None]
    return range(axis.kernel if board == "kernel" else state.output_size[side])


def _moved(line: Sequence[int], at: int, by: int) -> int:
    # From between two stops the first step goes to the next one.
    index = bisect_right(line, at) - 1 if by > 0 else bisect_left(line, at)
    return line[min(max(index + by, 0), len(line) - 1)]


def _source(axis: AnyAxis, position: int) -> int | None:
    """Return the real cell at `position`; a copy of it in the padding does not count."""
    return None if axis.is_padding(position) else axis.source(position)


def _real(state: LabState, focus: Focus) -> Pair | None:
    """Return the (row, column) of `focus` among the real cells of its board."""
    row: int | None
    column: int | None
    row, column = focus.cell
    if focus.board == "input":
        row, column = (_source(a, p) for a, p in zip(state.axes, focus.cell, strict=True))
        if row is None or column is None:
            return None
    elif not (0 <= row < state.axes[0].kernel and 0 <= column < state.axes[1].kernel):
        return None
    return row, column


def _array(state: LabState, board: BoardName) -> Array | None:
    return {"input": state.input, "kernel": state.weight, "output": None}[board]


def _cells(state: LabState, board: BoardName, channel: int | None) -> Places | None:
    """Return where the real cells of a board stand in its array, shape (..., h, w)."""
    array = _array(state, board)
    if array is None:
        return None
    channels = range(state.channels) if board == "input" else state.read_channels
    places = np.arange(array.size).reshape(array.shape)
    if channel is None:
        return places
    if channel not in channels:
        return None
    if board == "input":
        table: Places = places[channel]
        return table
    if state.flip:
        places = places[:, :, ::-1, ::-1]
    slices = state.layer.kernel_for(places, state.channel)
    one: Places = slices[channels.index(channel)]
    return one


def _place(state: LabState, focus: Focus) -> int | None:
    cells, at = _cells(state, focus.board, focus.channel), _real(state, focus)
    return None if cells is None or at is None else int(cells[at])


def _with_numbers(
    state: LabState, board: BoardName, places: Places, numbers: Array | np.float32
) -> LabState:
    """Write `numbers` to the flat `places` of the board's array."""
    array = _array(state, board)
    assert array is not None
    changed = np.array(array, np.float32)
    changed.flat[places.ravel()] = np.broadcast_to(numbers, places.shape).ravel()
    if np.array_equal(changed, array, equal_nan=True):
        return state
    if board == "kernel":
        return dataclasses.replace(state, kernel=OWN, weight=changed)
    return dataclasses.replace(state, sample=OWN, input=changed, origin=changed)
