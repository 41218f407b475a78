"""Words that have to fit."""

from __future__ import annotations

from math import isfinite
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.core.cell import number
from explorer.drawing.boards import font, width_of
from explorer.drawing.palette import SMALL

TINY: Final = 10
"""Pixels of what would not fit otherwise."""

Typed = tuple[str, float]
"""A text, and the pixels of its letters."""


def type_of(pixels: float, bold: bool = False) -> QFont:
    """Return the typeface in a size."""
    return font(pixels, QFont.Weight.DemiBold if bold else QFont.Weight.Normal)


def width(text: str, pixels: float = SMALL, bold: bool = False) -> float:
    """Return how wide a text is."""
    return width_of(text, type_of(pixels, bold))


def fitting(texts: tuple[str, ...], room: float, pixels: float = SMALL) -> Typed:
    """Return the first of `texts` that fits, in small letters if need be, or else nothing."""
    for text in texts:
        for size in (pixels, TINY):
            if width(text, size) <= room:
                return text, size
    return "", pixels


def write(
    painter: QPainter, line: QRectF, text: str, colour: str, pixels: float, bold: bool = False
) -> None:
    """Write a text into the middle of a line; what does not fit in small letters ends in dots."""
    if width(text, pixels, bold) > line.width() + 1:
        pixels = min(pixels, TINY)
    type_ = type_of(pixels, bold)
    if width(text, pixels, bold) > line.width() + 1:
        metrics = QFontMetricsF(type_)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width() + 1)
    painter.setFont(type_)
    painter.setPen(QColor(colour))
    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)


def short(value: float) -> str:
    """Return a number in three digits that count."""
    if value and isfinite(value) and not 1e-3 <= abs(value) < 1e6:
        digits, _, power = f"{value:.0e}".partition("e")
        return f"{digits}e{int(power)}".replace("-", "−")
    return number(float(f"{value:.3g}"))
