"""How long the gradient of each layer is: a bar and its past per layer, on one log scale."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, isfinite, log10
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from explorer.core.cell import number
from explorer.drawing.boards import font
from explorer.drawing.palette import GRID, SMALL, Palette

translate = QCoreApplication.translate

VANISHING: Final = 1e-3
"""Share of the longest gradient of all layers below which one counts as vanishing."""
EXPLODING: Final = 100.0
"""Length from which a gradient counts as exploding; where one clips, it is mostly to 1 … 10."""
FEWEST_DECADES: Final = 3
MOST_DECADES: Final = 8

LINE: Final = 14
GAP: Final = GRID // 2
BAR: Final = GRID
LOWEST: Final = GRID + GRID // 2
HIGHEST: Final = 20 * GRID
"""Height of the past of a layer, where there is room for so much."""
SHARE: Final = 0.58
"""Of the width, for the bar; the rest is for the past."""
LONGEST: Final = 36 * GRID
"""Pixels of a bar in a wide place: it says no more there, and the past does."""

Verdict = Literal["", "none", "frozen", "vanishing", "exploding"]
ALARMS: Final = ("vanishing", "exploding")
NOTHING: Final = ("none", "frozen")


@dataclass(frozen=True, eq=False)
class Norms:
    """The lengths of the gradients of some layers, now and before.

    Attributes
    ----------
    steps
        When they were measured, int (n,).
    values
        One column per layer, float (n, layers); 0 where a layer had none.
    frozen
        The layers that do not learn.
    """

    names: tuple[str, ...]
    steps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    frozen: frozenset[str] = frozenset()

    @property
    def present(self) -> npt.NDArray[np.float64]:
        """The newest ones, (layers,)."""
        newest: npt.NDArray[np.float64] = self.values[-1]
        return newest

    @cached_property
    def decades(self) -> tuple[int, int]:
        """The powers of ten between which all of them lie, as far as there is room."""
        measured = self.values[np.isfinite(self.values) & (self.values > 0)]
        if measured.size == 0:
            return -FEWEST_DECADES + 1, 1
        high = ceil(log10(float(measured.max())))
        low = min(floor(log10(float(measured.min()))), high - FEWEST_DECADES)
        return max(low, high - MOST_DECADES), high

    def verdict(self, index: int) -> Verdict:
        """Return what is to be said of the gradient of a layer, by its number."""
        length = float(self.present[index])
        if self.names[index] in self.frozen:
            return "frozen"
        if length == 0:
            return "none"
        if not isfinite(length) or length >= EXPLODING:
            return "exploding"
        known = self.present[np.isfinite(self.present)]
        return "vanishing" if length < VANISHING * float(known.max()) else ""

    def place(self, lengths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return where lengths are on the scale, from 0 to 1; NaN where there is none."""
        low, high = self.decades
        with np.errstate(divide="ignore", invalid="ignore"):
            places = (np.log10(np.where(lengths > 0, lengths, np.nan)) - low) / (high - low)
        places = np.where(np.isnan(lengths), 1.0, places)
        return np.asarray(places.clip(0, 1))


def height_of(layers: int) -> int:
    """Return how high the rows and the scale below them are at least."""
    return round(layers * _row(layers, 0)) + LINE


def _row(layers: int, height: float) -> float:
    """Return the height of a row where all of them have a place of `height`."""
    around = LINE + GAP
    each = (height - LINE) / layers if layers else 0.0
    return min(max(each, around + LOWEST), around + HIGHEST)


def draw_norms(
    painter: QPainter, norms: Norms, palette: Palette, width: float, height: float
) -> None:
    """Draw a row per layer from the top, and the scale below the bars."""
    row = _row(len(norms.names), height)
    for index, name in enumerate(norms.names):
        place = QRectF(0, round(index * row), width - 1, row - GAP)
        verdict = norms.verdict(index)
        _draw_words(painter, palette, place, name, float(norms.present[index]), verdict)
        bar, past = _halves(place.adjusted(0, LINE, 0, 0))
        colour = QColor(palette.warning if verdict in ALARMS else palette.accent)
        _draw_bar(painter, norms, palette, bar, index, colour)
        painter.fillRect(past, QColor(palette.sunken))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.2))
        for line in _past(norms, index, past.adjusted(1, 2, -1, -2)):
            painter.drawPolyline(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    below = QRectF(0, round(len(norms.names) * row), width - 1, LINE)
    _draw_scale(painter, norms, palette, *_halves(below))


def said(verdict: Verdict) -> str:
    """Return the words of a verdict."""
    words = {
        "": "",
        "none": translate("canvas", "none"),
        "frozen": translate("canvas", "frozen"),
        "vanishing": translate("canvas", "▼ vanishing"),
        "exploding": translate("canvas", "▲ exploding"),
    }
    return words[verdict]


def length(value: float) -> str:
    """Return a length with three digits that count."""
    return number(float(f"{value:.3g}")) if isfinite(value) else number(value)


def _halves(track: QRectF) -> tuple[QRectF, QRectF]:
    """Return the place of the bar and that of the past beside it."""
    middle = round(min(track.width() * SHARE, LONGEST))
    bar = QRectF(track.left(), track.top(), middle - GRID // 2, track.height())
    return bar, track.adjusted(middle + GRID // 2, 0, 0, 0)


def _draw_words(
    painter: QPainter, palette: Palette, place: QRectF, name: str, value: float, verdict: Verdict
) -> None:
    line = QRectF(place.left(), place.top(), place.width(), LINE)
    middle, left, right = (
        Qt.AlignmentFlag.AlignVCenter,
        Qt.AlignmentFlag.AlignLeft,
        Qt.AlignmentFlag.AlignRight,
    )
    painter.setFont(font(SMALL, QFont.Weight.DemiBold))
    painter.setPen(QColor(palette.text))
    painter.drawText(line, middle | left, name)
    beside = painter.fontMetrics().horizontalAdvance(name) + GRID
    if verdict not in NOTHING:
        painter.drawText(line, middle | right, length(value))
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.warning if verdict in ALARMS else palette.muted))
    if verdict in NOTHING:
        painter.drawText(line, middle | right, said(verdict))
    else:
        painter.drawText(line.adjusted(beside, 0, 0, 0), middle | left, said(verdict))


def _draw_bar(
    painter: QPainter,
    norms: Norms,
    palette: Palette,
    track: QRectF,
    index: int,
    colour: QColor,
) -> None:
    """Draw the present length, with a mark at every power of ten."""
    bar = QRectF(track.left(), track.center().y() - BAR / 2, track.width(), BAR)
    painter.fillRect(bar, QColor(palette.sunken))
    share = float(norms.place(norms.present[index : index + 1])[0])
    if share == share and norms.verdict(index) not in NOTHING:
        # One at the very beginning of the scale is not nothing.
        long = max(bar.width() * share, 2)
        painter.fillRect(QRectF(bar.left(), bar.top(), long, bar.height()), colour)
    low, high = norms.decades
    painter.setPen(QPen(QColor(palette.border), 1))
    for decade in range(1, high - low):
        x = round(bar.left() + bar.width() * decade / (high - low))
        painter.drawLine(QPointF(x, bar.top() - 2), QPointF(x, bar.bottom() + 1))


def _past(norms: Norms, index: int, place: QRectF) -> Iterator[QPolygonF]:
    """Return the pieces of the line of a layer; where it had no gradient there is a gap."""
    # More points than pixels are seen by nobody; counted from the end, for the newest is.
    shown = slice(None, None, -max(1, ceil(len(norms.steps) / max(place.width(), 1))))
    steps, values = norms.steps[shown][::-1], norms.values[shown, index][::-1]
    heights = norms.place(values)
    first, last = float(norms.steps[0]), float(norms.steps[-1])
    x = place.left() + (steps - first) * (place.width() / max(last - first, 1))
    y = place.bottom() - heights * place.height()
    known = np.flatnonzero(~np.isnan(heights))
    for piece in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(piece) > 1:
            yield QPolygonF(list(map(QPointF, x[piece].tolist(), y[piece].tolist())))


def _draw_scale(
    painter: QPainter, norms: Norms, palette: Palette, bar: QRectF, past: QRectF
) -> None:
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(font(SMALL))
    painter.setPen(QColor(palette.muted))
    low, high = norms.decades
    painter.drawText(bar, middle | Qt.AlignmentFlag.AlignLeft, power_of_ten(low))
    painter.drawText(bar, middle | Qt.AlignmentFlag.AlignRight, power_of_ten(high))
    painter.drawText(past, middle | Qt.AlignmentFlag.AlignLeft, f"{norms.steps[0]:,}")
    painter.drawText(past, middle | Qt.AlignmentFlag.AlignRight, f"{norms.steps[-1]:,}")


def power_of_ten(exponent: int) -> str:
    """Return ``10⁻³`` for −3."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
