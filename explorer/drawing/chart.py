"""Curves over a common axis as a picture: panels one below the other, for files of any format."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)

from explorer.drawing.boards import font
from explorer.drawing.palette import BODY, GRID, SMALL, Palette

Numbers = npt.NDArray[np.float64]
Ticks = Sequence[tuple[float, str]]

LINE: Final = 3 * GRID
"""Height of a line of text."""
LEFT: Final = 7 * GRID
ROWS: Final = 2
"""Of what is written at marks that are close to each other."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through the points (x, y), (P,) each, and a mark at each of them where it has one.

    Attributes
    ----------
    symbol
        The outline of the mark, within a square of side 1 around (0, 0).
    size
        Pixels of that square.
    width
        Pixels of the line; 0 for marks alone.
    hollow
        Whether the mark is an outline only.
    """

    x: Numbers
    y: Numbers
    colour: str
    width: float = 1.0
    opacity: float = 1.0
    dotted: bool = False
    symbol: QPainterPath | None = None
    size: float = 9.0
    hollow: bool = False


@dataclass(frozen=True, eq=False)
class Panel:
    """One pair of axes.

    Attributes
    ----------
    marks
        Where on the axis below something happened, and what in few words.
    height
        Pixels of what is between the axes.
    """

    title: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_ticks: Ticks
    y_ticks: Ticks
    x_label: str
    curves: Sequence[Curve]
    marks: Sequence[tuple[float, str]]
    height: float


@dataclass(frozen=True, eq=False)
class Chart:
    """Panels below a key of (text, colour), `width` pixels wide."""

    key: Sequence[tuple[str, str]]
    panels: Sequence[Panel]
    width: float

    @property
    def size(self) -> QSizeF:
        """Pixels of the whole picture."""
        lines = len(self.key) + sum(2 + bool(panel.x_label) for panel in self.panels)
        height = sum(panel.height for panel in self.panels)
        return QSizeF(self.width, height + LINE * lines + 2 * GRID)


def paint_chart(painter: QPainter, chart: Chart, palette: Palette) -> None:
    """Paint a chart with its upper left corner at (0, 0)."""
    # The last row of pixels may be a part of one only.
    painter.fillRect(QRectF(QPointF(), chart.size).adjusted(0, 0, 1, 1), QColor(palette.surface))
    y = float(GRID)
    for text, colour in chart.key:
        _write(painter, QRectF(2 * GRID, y, chart.width, LINE), text, colour, font(BODY))
        y += LINE
    for panel in chart.panels:
        line = QRectF(2 * GRID, y, chart.width, LINE)
        _write(painter, line, panel.title, palette.text, font(BODY, QFont.Weight.DemiBold))
        area = QRectF(LEFT, y + LINE, chart.width - LEFT - 2 * GRID, panel.height)
        _paint_numbers(painter, panel, area, palette)
        for curve in panel.curves:
            _paint_curve(painter, panel, area, curve, palette)
        _paint_axes(painter, panel, area, palette)
        y += panel.height + LINE * (2 + bool(panel.x_label))


def _paint_numbers(painter: QPainter, panel: Panel, area: QRectF, palette: Palette) -> None:
    ends = np.array(panel.y_range)
    places = _pixels(np.array([value for value, _ in panel.y_ticks]), ends, area.bottom(), -1, area)
    for (_, text), y in zip(panel.y_ticks, places.tolist(), strict=True):
        painter.setPen(QPen(QColor(palette.hover), 1))
        painter.drawLine(QLineF(area.left(), y, area.right(), y))
        line = QRectF(0, y - LINE / 2, area.left() - GRID / 2, LINE)
        _write(painter, line, text, palette.muted, font(SMALL), Qt.AlignmentFlag.AlignRight)
    ends = np.array(panel.x_range)
    below = QRectF(area.left(), area.bottom(), area.width(), LINE)
    places = _pixels(np.array([value for value, _ in panel.x_ticks]), ends, area.left(), 1, area)
    for (_, text), x in zip(panel.x_ticks, places.tolist(), strict=True):
        line = QRectF(x - LEFT, below.top(), 2 * LEFT, LINE)
        _write(painter, line, text, palette.muted, font(SMALL), Qt.AlignmentFlag.AlignHCenter)
    if panel.x_label:
        line = below.translated(0, LINE)
        _write(
            painter, line, panel.x_label, palette.muted, font(SMALL), Qt.AlignmentFlag.AlignHCenter
        )


def _paint_axes(painter: QPainter, panel: Panel, area: QRectF, palette: Palette) -> None:
    painter.setPen(QPen(QColor(palette.control), 1))
    painter.drawLine(area.topLeft(), area.bottomLeft())
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    ends = np.array(panel.x_range)
    places = _pixels(np.array([x for x, _ in panel.marks]), ends, area.left(), 1, area)
    inside = [
        (x, text)
        for x, (_, text) in zip(places.tolist(), panel.marks, strict=True)
        if area.left() <= x <= area.right()
    ]
    painter.setPen(QPen(QColor(palette.warning), 1, Qt.PenStyle.DashLine))
    for x, _ in inside:
        painter.drawLine(QLineF(x, area.top(), x, area.bottom()))
    metrics = QFontMetricsF(font(SMALL))
    height = metrics.height()
    free = [area.left()] * ROWS
    for x, text in inside:
        width = metrics.horizontalAdvance(text)
        left = min(x + GRID / 2, area.right() - width)
        row = next((row for row in range(ROWS) if left >= free[row]), None)
        if text and row is not None:
            free[row] = left + width + GRID
            line = QRectF(left, area.top() + GRID / 2 + row * height, width + 1, height)
            # Neither a curve nor the line of the next one runs through it.
            painter.fillRect(line, QColor(palette.surface))
            _write(painter, line, text, palette.text, font(SMALL))


def _paint_curve(
    painter: QPainter, panel: Panel, area: QRectF, curve: Curve, palette: Palette
) -> None:
    x = _pixels(curve.x, np.array(panel.x_range), area.left(), 1, area)
    y = _pixels(curve.y, np.array(panel.y_range), area.bottom(), -1, area)
    colour = QColor(curve.colour)
    colour.setAlphaF(curve.opacity)
    pen = QPen(colour, curve.width)
    pen.setStyle(Qt.PenStyle.DotLine if curve.dotted else Qt.PenStyle.SolidLine)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for piece in pieces(np.stack((x, y), axis=1), area) if curve.width else []:
        painter.drawPolyline(QPolygonF([QPointF(*point) for point in piece.tolist()]))
    if curve.symbol is None:
        return
    pen = QPen(QColor(curve.colour), 2) if curve.hollow else QPen(QColor(palette.surface), 1)
    painter.setPen(pen)
    painter.setBrush(QColor(palette.surface if curve.hollow else curve.colour))
    larger = QTransform.fromScale(curve.size, curve.size).map(curve.symbol)
    for place in zip(x.tolist(), y.tolist(), strict=True):
        if area.contains(QPointF(*place)):
            painter.drawPath(larger.translated(QPointF(*place)))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def pieces(points: Numbers, area: QRectF) -> list[Numbers]:
    """Cut a line through points (P, 2) at the edges of an area.

    After Liang and Barsky: a segment is inside from the last edge that it enters by to the first
    that it leaves by. A clipping of the painter's would not do, for few readers of SVG know it.

    Returns
    -------
    list of ndarray
        (Q, 2) each, every one within the area.
    """
    start, way = points[:-1], np.diff(points, axis=0)  # (P - 1, 2) each
    low = np.array([area.left(), area.top()]) - start
    high = np.array([area.right(), area.bottom()]) - start
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = low / way, high / way
    still = way == 0
    outside = still & ((low > 0) | (high < 0))
    enter = np.where(still, -np.inf, np.minimum(first, second)).max(axis=1, initial=0.0)
    leave = np.where(still, np.inf, np.maximum(first, second)).min(axis=1, initial=1.0)
    found: list[list[Numbers]] = []
    last = -2  # the segment that came to its own end inside
    for i in np.flatnonzero((enter <= leave) & ~outside.any(axis=1)).tolist():
        begin, end = start[i] + enter[i] * way[i], start[i] + leave[i] * way[i]
        if found and enter[i] == 0 and last == i - 1:
            found[-1].append(end)
        else:
            found.append([begin, end])
        last = i if leave[i] == 1 else -2
    return [np.array(piece) for piece in found]


def _pixels(values: Numbers, ends: Numbers, origin: float, sign: int, area: QRectF) -> Numbers:
    """Return where values lie: right of the origin (sign 1), or above it (sign -1)."""
    length = area.width() if sign > 0 else area.height()
    low, high = ends.tolist()
    places: Numbers = origin + sign * length * (values - low) / ((high - low) or 1.0)
    return places


def _write(
    painter: QPainter,
    line: QRectF,
    text: str,
    colour: str,
    type_: QFont,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setFont(type_)
    painter.setPen(QColor(colour))
    painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, text)
