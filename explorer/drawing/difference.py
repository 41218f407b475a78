"""What two confusion matrices differ in, as a board: more in one colour, fewer in another."""

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.core.geometry import Pair
from explorer.drawing.boards import font
from explorer.drawing.colour import LEVELS, ink, levels, ramp
from explorer.drawing.confusion import FEW, THICK, Layout, Matrix, draw_labels
from explorer.drawing.palette import SMALL, Palette

SMALLEST_TYPE: Final = 8
NARROW: Final = 84
"""Per cent of their width that letters keep where they would not fit otherwise."""


def signed(count: int) -> str:
    """Return a change in words that fit into a cell: ``"+12"``, ``"−1.2k"``, nothing for 0."""
    if not count:
        return ""
    sign, size = "+" if count > 0 else "−", abs(count)
    return f"{sign}{size}" if size < 1000 else f"{sign}{size / 1000:.1f}k"


def draw_difference(
    painter: QPainter,
    cells: Matrix,
    palette: Palette,
    layout: Layout,
    pointed: Pair | None = None,
) -> None:
    """Draw how many more or fewer there are in each cell, (K, K); the diagonal is framed.

    Colours grow with the logarithm, as those of the matrices do, on one scale for both signs.
    """
    anchors = palette.map_signed
    most = max(int(np.abs(cells).max(initial=0)), FEW)
    shares = np.sign(cells) * np.log1p(np.abs(cells)) / np.log1p(most)
    places = levels(shares, -1.0, 1.0).clip(0, LEVELS - 1)
    colours = [QColor(*rgb) for rgb in ramp(anchors).tolist()]
    type_ = _fitting(cells, layout)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(type_)
    first = layout.cell(0, 0)
    gap = 1 if min(first.width(), first.height()) >= THICK else 0
    for (true, answer), count in np.ndenumerate(cells):
        cell, level = layout.cell(true, answer), int(places[true, answer])
        inside = cell.adjusted(0, 0, -gap, -gap)
        painter.fillRect(inside, colours[level])
        if count and not layout.is_crowded:
            painter.setPen(ink(anchors)[level])
            painter.drawText(
                inside.adjusted(-4, 0, 4, 0), Qt.AlignmentFlag.AlignCenter, signed(int(count))
            )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.control), 1))
    for i in range(len(cells)):
        painter.drawRect(layout.cell(i, i).adjusted(-1, -1, -1, -1))
    draw_labels(painter, palette, layout)
    if pointed is not None:
        painter.setPen(QPen(QColor(palette.text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(layout.cell(*pointed).adjusted(-1, -1, -1, -1))


def _fitting(cells: Matrix, layout: Layout) -> QFont:
    """Return the largest type in which the longest change fits, narrowed if need be."""
    longest = max((signed(int(count)) for count in np.unique(cells)), key=len, default="")
    cell: QRectF = layout.cell(0, 0)
    for size in range(SMALL, SMALLEST_TYPE - 1, -1):
        made = font(size)
        if QFontMetricsF(made).horizontalAdvance(longest) <= cell.width() - 2:
            return made
    made = font(SMALLEST_TYPE)
    made.setStretch(NARROW)
    return made
