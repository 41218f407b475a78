"""Numbers as text: what somebody has typed or copied is read, and what is shown is written."""

import re
from typing import Final

import numpy as np

from explorer.core.geometry import Pair
from explorer.core.layers import Array
from explorer.core.text import QT_TRANSLATE_NOOP, Text, text

LARGEST_SIDE: Final = 512
"""Rows and columns that a block of numbers has at most."""
LONGEST: Final = LARGEST_SIDE * LARGEST_SIDE * 32
"""Characters of a block that are read at most."""
TOO_LARGE: Final = (2 - 2**-24) * 2.0**127
"""Smallest number that float32 rounds to infinity."""

# What a part has taken it keeps (++): else a long text that is refused in the end would be split in
# every way there is.
_NUMBER: Final = re.compile(
    r"[+-]?((\d++\.?+\d*+|\.\d++)(e[+-]?\d++)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE
)
_SIGNS: Final = str.maketrans({"−": "-", "∞": "inf", ",": "."})
# What printouts have around the brackets: weight = np.array( ... , dtype=float32)
_BEFORE: Final = re.compile(
    r"\s*+(Parameter containing:\s*+)?([\w.]++\s*+=\s*+)?([a-z_.]++\s*+\(\s*+)?"
)
_BEHIND: Final = re.compile(r"\s*+(,\s*+[a-z_]++=[^,=()\[\]]*+)*,?+\s*+\)?+\s*+[,;]?+\s*+")
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
        "core", "Put a number into row {row}, column {column}: “{word}” is no number."
    )
    if _NUMBER.fullmatch(word.strip().translate(_SIGNS)):
        meaning = QT_TRANSLATE_NOOP(
            "core",
            "Put a number into row {row}, column {column}: “{word}” is none that float32 holds.",
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
    filled = [index for index, line in enumerate(lines) if line.strip()]
    lines = lines[filled[0] : filled[-1] + 1] if filled else []
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
