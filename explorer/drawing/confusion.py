"""A confusion matrix as a board: rows are true digits, columns the answers."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from explorer.core.geometry import Pair
from explorer.drawing.boards import font, width_of
from explorer.drawing.colour import LEVELS, ink, levels, ramp
from explorer.drawing.palette import GRID, SMALL, Palette

LABELS: Final = 2 * GRID
"""Room for the digits at the left and at the top."""
SMALLEST_TYPE: Final = 8
FEW: Final = 9
"""So many mistakes of a kind have the strongest colour at least, for one must look like little."""
NARROWEST: Final = 12
"""A side of a cell in which there is room for two figures; in smaller ones the colour says all."""
THICK: Final = 6
"""A side of a cell that can spare a line between itself and the next one."""

Matrix = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Selection:
    """What is chosen: a cell, or a whole row or column where the other one is None."""

    true: int | None = None
    answer: int | None = None


@dataclass(frozen=True)
class Layout:
    """Where things are on a board of `classes` × `classes` cells that fills a place."""

    width: float
    height: float
    classes: int = 10

    def cell(self, true: int, answer: int) -> QRectF:
        """Return the place of a cell; -1 is that of the labels."""
        left, right = self._side(answer, self.width)
        top, bottom = self._side(true, self.height)
        return QRectF(left, top, right - left, bottom - top)

    def at(self, point: QPointF) -> Pair | None:
        """Return (true, answer) of the cell at a point, -1 for that of a label; None outside."""
        place = self._index(point.y(), self.height), self._index(point.x(), self.width)
        if max(place) >= self.classes or min(point.x(), point.y()) < 0 or place == (-1, -1):
            return None
        return place

    @property
    def is_crowded(self) -> bool:
        """Whether the cells are too small for numbers."""
        return min(self._step(self.width), self._step(self.height)) < NARROWEST

    def every(self, length: float) -> int:
        """Return which labels along a side have room: every first, second, fifth or tenth."""
        step = max(self._step(length), 1e-9)
        return next((n for n in (1, 2, 5, 10) if n * step >= NARROWEST), 20)

    def _step(self, length: float) -> float:
        return (length - 1 - LABELS) / self.classes

    def _side(self, index: int, length: float) -> tuple[float, float]:
        if index < 0:
            return 0.0, float(LABELS)
        step = self._step(length)
        # On whole pixels, so that all lines between the cells are equally sharp.
        return round(LABELS + index * step), round(LABELS + (index + 1) * step)

    def _index(self, at: float, length: float) -> int:
        if at < LABELS:
            return -1
        return int((at - LABELS) / max(self._step(length), 1e-9))


def draw_confusion(
    painter: QPainter,
    matrix: Matrix,
    palette: Palette,
    layout: Layout,
    chosen: Selection | None = None,
    pointed: Pair | None = None,
) -> None:
    """Draw the counts, (K, K), with those on the diagonal, which are right, in another colour.

    Colours grow with the logarithm, so that a single mistake is seen beside a thousand; where there
    is no room for the counts, they stand alone.
    """
    right, wrong = palette.map_count, palette.map_signed[len(palette.map_signed) // 2 :]
    diagonal = np.eye(len(matrix), dtype=bool)
    places = np.where(
        diagonal,
        _levels(matrix, int(matrix.max())),
        _levels(matrix, max(int(matrix[~diagonal].max(initial=0)), FEW)),
    )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    first = layout.cell(0, 0)
    gap = 1 if min(first.width(), first.height()) >= THICK else 0
    for anchors, where in ((wrong, ~diagonal), (right, diagonal)):
        fills, inks = _colours(anchors), ink(anchors)
        painter.setFont(_fitting(int(matrix[where].max()), layout))
        for true, answer in np.argwhere(where).tolist():
            cell, level = layout.cell(true, answer), places[true, answer]
            painter.fillRect(cell.adjusted(0, 0, -gap, -gap), fills[level])
            count = int(matrix[true, answer])
            if count and not layout.is_crowded:
                painter.setPen(inks[level])
                words = str(count)
                if count >= 1000 and width_of(words, painter.font()) > cell.width() - 1:
                    words = f"{count / 1000:.1f}k"
                inside = cell.adjusted(-2, 0, 1, -1)
                painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, words)
    draw_labels(painter, palette, layout, chosen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if pointed is not None:
        painter.setPen(QPen(QColor(palette.text), 1))
        painter.drawRect(layout.cell(*pointed).adjusted(-1, -1, -1, -1))
    if chosen is not None:
        painter.setPen(QPen(QColor(palette.focus_window), 2))
        painter.drawRect(_around(chosen, layout))


@lru_cache
def _colours(anchors: tuple[str, ...]) -> tuple[QColor, ...]:
    return tuple(QColor(*rgb) for rgb in ramp(anchors).tolist())


def _levels(matrix: Matrix, most: int) -> npt.NDArray[np.uint8]:
    shares = np.log1p(matrix) / np.log1p(max(most, 1))
    return np.asarray(levels(shares * (matrix > 0), 0.0, 1.0), np.uint8).clip(0, LEVELS - 1)


def _fitting(most: int, layout: Layout) -> QFont:
    """Return the largest type in which so many fit into a cell, or the smallest that there is."""
    longest = "0" * len(str(most))
    # Whole pixels make some of them a pixel smaller than others.
    cells = [layout.cell(i, i) for i in range(layout.classes)]
    width, height = min(c.width() for c in cells), min(c.height() for c in cells)
    for size in range(SMALL + 1, SMALLEST_TYPE, -1):
        made = font(size)
        wide = width_of(longest, made)
        if wide <= width - 1 and size + 2 <= height:
            return made
    return font(SMALLEST_TYPE)


def draw_labels(
    painter: QPainter, palette: Palette, layout: Layout, chosen: Selection | None = None
) -> None:
    """Draw the numbers of the classes at the left and at the top, as many as have room."""
    for at_left, length, marked in (
        (True, layout.height, None if chosen is None else chosen.true),
        (False, layout.width, None if chosen is None else chosen.answer),
    ):
        every = layout.every(length)
        for digit in range(layout.classes):
            here = digit == marked
            # The label of what is chosen is there in any case, and has its room.
            if not here and (digit % every or (marked is not None and abs(digit - marked) < every)):
                continue
            cell = layout.cell(digit, -1) if at_left else layout.cell(-1, digit)
            place = QRectF(0, 0, LABELS, max(LABELS, cell.height()))
            place.moveCenter(cell.center())
            weight = QFont.Weight.DemiBold if here else QFont.Weight.Normal
            painter.setFont(font(SMALL, weight))
            painter.setPen(QColor(palette.focus_window if here else palette.muted))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(digit))


def _around(chosen: Selection, layout: Layout) -> QRectF:
    last = layout.classes - 1
    first = layout.cell(chosen.true or 0, chosen.answer or 0)
    end = layout.cell(
        last if chosen.true is None else chosen.true,
        last if chosen.answer is None else chosen.answer,
    )
    return first.united(end).adjusted(-1, -1, 0, 0)
