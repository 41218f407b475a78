"""A network's answer: a bar for the probability of each digit, and the highest one in words."""

from math import floor, isfinite
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from explorer.drawing.boards import font
from explorer.drawing.palette import GRID, HEADING, SMALL, Palette

WORDS: Final = 3 * GRID
LABEL: Final = 2 * GRID
NOISE: Final = 1e-3
"""So much, of a tenth of a per cent, a number may lack because it is a float32."""
THINNEST: Final = 2.0
"""Width of the bar of a digit that is out of the question, so that it is seen as a bar."""

Probabilities = npt.NDArray[np.float32]


def in_words(probabilities: Probabilities) -> str:
    """Return the likeliest digit and how likely it is: ``"7 · 98.2 %"``."""
    if not np.isfinite(probabilities).all():
        return "NaN"
    digit = int(probabilities.argmax())
    return f"{digit} · {percent(float(probabilities[digit]))}"


def percent(share: float) -> str:
    """Return a share with one decimal, and never more than it is: 0.9999 is ``"99.9 %"``."""
    if not isfinite(share):
        return "NaN"
    rounded = floor(share * 1000 + NOISE) / 10
    return "100 %" if rounded >= 100 else f"{rounded:.1f} %"


def draw_answer(
    painter: QPainter, probabilities: Probabilities, palette: Palette, place: QRectF
) -> None:
    """Draw the words, and below them the bars in equal rows, the highest one in another colour."""
    painter.setPen(QColor(palette.text))
    painter.setFont(font(HEADING, QFont.Weight.DemiBold))
    line = QRectF(place.left(), place.top(), place.width(), WORDS)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, in_words(probabilities))
    shares = np.nan_to_num(probabilities).clip(0, 1).tolist()
    highest = shares.index(max(shares)) if np.isfinite(probabilities).all() else None
    row = (place.height() - WORDS) / len(shares)
    room = place.width() - LABEL
    for digit, share in enumerate(shares):
        top = place.top() + WORDS + digit * row
        first = digit == highest
        painter.setFont(font(SMALL, QFont.Weight.DemiBold if first else QFont.Weight.Normal))
        painter.setPen(QColor(palette.accent if first else palette.muted))
        label = QRectF(place.left(), top, LABEL - GRID // 2, row)
        painter.drawText(label, middle | Qt.AlignmentFlag.AlignLeft, str(digit))
        thick = max(row - GRID // 2, 2.0)
        track = QRectF(place.left() + LABEL, top + (row - thick) / 2, room, thick)
        painter.fillRect(track, QColor(palette.sunken))
        track.setWidth(max(share * room, THINNEST))
        painter.fillRect(track, QColor(palette.accent if first else palette.control))
