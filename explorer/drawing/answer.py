"""A network's answer: bars for the probabilities of the classes, and the highest one in words."""

from collections.abc import Sequence
from math import floor, isfinite
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.drawing.boards import font, width_of
from explorer.drawing.palette import BODY, GRID, HEADING, SMALL, Palette

WORDS: Final = 3 * GRID
LINE: Final = 2 * GRID - 2
"""Height of each line, where the words need two."""
LABEL: Final = 2 * GRID
MOST_FOR_NAMES: Final = 0.65
"""Of the width: what is left for the bars still tells them apart."""
DIGITS: Final = tuple("0123456789")
NOISE: Final = 1e-3
"""So much, of a tenth of a per cent, a number may lack because it is a float32."""
MOST_BARS: Final = 12
"""So many classes are drawn all, in their order; of more the surest only."""
SUREST: Final = 10
THINNEST: Final = 2.0
"""Width of the bar of a class that is out of the question, so that it is seen as a bar."""

Probabilities = npt.NDArray[np.float32]


def in_words(probabilities: Probabilities, names: Sequence[str] = DIGITS) -> str:
    """Return the name of the likeliest class and how likely it is: ``"7 · 98.2 %"``."""
    if not np.isfinite(probabilities).all():
        return "NaN"
    likeliest = int(probabilities.argmax())
    return f"{names[likeliest]} · {percent(float(probabilities[likeliest]))}"


def percent(share: float) -> str:
    """Return a share with one decimal, and never more than it is: 0.9999 is ``"99.9 %"``."""
    if not isfinite(share):
        return "NaN"
    rounded = floor(share * 1000 + NOISE) / 10
    return "100 %" if rounded >= 100 else f"{rounded:.1f} %"


def what_is_seen(probabilities: Probabilities) -> tuple[object, ...]:
    """Return what is the same of two answers that are drawn alike: a bar has pixels."""
    thousandths = np.floor(probabilities.astype(np.float64) * 1000 + NOISE)
    first = int(np.nan_to_num(probabilities).argmax())
    return first, shown_classes(probabilities), thousandths.tolist()


def shown_classes(probabilities: Probabilities) -> list[int]:
    """Return the classes that have a bar, from top to bottom."""
    if len(probabilities) <= MOST_BARS:
        return list(range(len(probabilities)))
    surest = np.argsort(-np.nan_to_num(probabilities), kind="stable")[:SUREST]
    return [int(number) for number in surest]


def draw_answer(
    painter: QPainter,
    probabilities: Probabilities,
    palette: Palette,
    place: QRectF,
    names: Sequence[str] = DIGITS,
) -> None:
    """Draw the words, and below them the bars in equal rows, the highest one in another colour.

    Where there are too many classes for all to have a bar, those are on top that are the likeliest.
    """
    painter.setPen(QColor(palette.text))
    middle = Qt.AlignmentFlag.AlignVCenter
    lines, type_ = fitted(in_words(probabilities, names), place.width())
    painter.setFont(type_)
    head = max(WORDS, len(lines) * LINE)
    for number, words in enumerate(lines):
        line = QRectF(place.left(), place.top(), place.width(), head / len(lines))
        line.translate(0, number * line.height())
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, words)
    shares = np.nan_to_num(probabilities).clip(0, 1).tolist()
    highest = shares.index(max(shares)) if np.isfinite(probabilities).all() else None
    shown = shown_classes(probabilities)
    row = (place.height() - head) / len(shown)
    bold, plain = font(SMALL, QFont.Weight.DemiBold), font(SMALL)
    longest = max(width_of(name, bold) for name in names) + GRID
    before = min(max(longest, LABEL), place.width() * MOST_FOR_NAMES)
    room = place.width() - before
    for line_number, number in enumerate(shown):
        name, share = names[number], shares[number]
        top = place.top() + head + line_number * row
        first = number == highest
        painter.setFont(bold if first else plain)
        painter.setPen(QColor(palette.accent if first else palette.muted))
        label = QRectF(place.left(), top, before - GRID // 2, row)
        if width_of(name, bold) > label.width():
            name = QFontMetricsF(bold).elidedText(name, Qt.TextElideMode.ElideRight, label.width())
        painter.drawText(label, middle | Qt.AlignmentFlag.AlignLeft, name)
        thick = max(row - GRID // 2, 2.0)
        track = QRectF(place.left() + before, top + (row - thick) / 2, room, thick)
        painter.fillRect(track, QColor(palette.sunken))
        track.setWidth(max(share * room, THINNEST))
        painter.fillRect(track, QColor(palette.accent if first else palette.control))


def fitted(words: str, width: float) -> tuple[list[str], QFont]:
    """Return the words in the largest type that they fit in, on two lines where none will do."""
    for size in (HEADING, BODY, SMALL):
        type_ = font(size, QFont.Weight.DemiBold)
        if width_of(words, type_) <= width:
            return [words], type_
    return [
        QFontMetricsF(type_).elidedText(part, Qt.TextElideMode.ElideRight, width)
        for part in words.split(" · ")
    ], type_
