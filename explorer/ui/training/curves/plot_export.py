"""The plots as a picture, in pixels or in lines."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.drawing.chart import Chart, Curve, Panel, Ticks, paint_chart
from explorer.drawing.palette import GRID, Palette
from explorer.ui.training.curves.plot import Plot

SCALE = 2
"""Pixels of a PNG for one of the chart."""


def panel(plot: Plot, title: str, x_label: str, marks: Sequence[tuple[float, str]]) -> Panel:
    """Return what a plot shows, as it is seen at the moment."""
    x_range, y_range = (tuple(ends) for ends in plot.viewRange())
    items = sorted(
        (
            item
            for item in plot.listDataItems()
            if item.isVisible() and item.getOriginalDataset()[0] is not None
        ),
        key=lambda item: item.zValue(),
    )
    return Panel(
        title=title,
        x_range=x_range,
        y_range=y_range,
        x_ticks=_ticks(plot.getAxis("bottom"), x_range),
        y_ticks=_ticks(plot.getAxis("left"), y_range),
        x_label=x_label,
        curves=[_curve(item, plot.backgroundBrush().color()) for item in items],
        marks=marks,
        height=plot.getViewBox().height(),
    )


def png(chart: Chart, palette: Palette) -> bytes:
    """Return a chart as a PNG."""
    image = QImage(chart.size.toSize() * SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    _paint(QPainter(image), chart, palette)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def svg(chart: Chart, palette: Palette) -> bytes:
    """Return a chart as an SVG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(chart.size.toSize())
    generator.setViewBox(QRectF(0, 0, chart.size.width(), chart.size.height()))
    generator.setTitle(" · ".join(panel.title for panel in chart.panels))
    _paint(QPainter(generator), chart, palette)
    return bytes(buffer.data().data())


def _paint(painter: QPainter, chart: Chart, palette: Palette) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_chart(painter, chart, palette)
    painter.end()


def _ticks(axis: pg.AxisItem, ends: tuple[float, float]) -> Ticks:
    """Return the coarsest ticks with their numbers, and the next where there is room for them."""
    lies = axis.orientation == "bottom"
    length = axis.width() if lies else axis.height()
    ticks: list[tuple[float, str]] = []
    for spacing, values in axis.tickValues(*ends, length)[:2]:
        inside = [float(value) for value in values if ends[0] <= value <= ends[1]]
        finer = list(zip(inside, axis.tickStrings(inside, 1.0, spacing), strict=True))
        needed = sum((len(text) + 2) * GRID if lies else 3 * GRID for _, text in ticks + finer)
        if not ticks or needed <= length:
            ticks += finer
    return ticks


def _curve(item: pg.PlotDataItem, ground: QColor) -> Curve:
    """Return a line, or marks that stand alone; those filled with the ground are hollow."""
    x, y = (np.array(values, np.float64) for values in item.getOriginalDataset())
    if item.opts["symbol"] is None:
        pen = item.opts["pen"]
        return Curve(
            x,
            y,
            colour=pen.color().name(),
            width=pen.widthF(),
            opacity=pen.color().alphaF(),
            dotted=pen.style() == Qt.PenStyle.DotLine,
        )
    outline, fill = item.opts["symbolPen"].color(), item.opts["symbolBrush"].color()
    hollow = fill == ground
    return Curve(
        x,
        y,
        colour=(outline if hollow else fill).name(),
        width=0.0,
        symbol=Symbols[item.opts["symbol"]],
        size=item.opts["symbolSize"],
        hollow=hollow,
    )
