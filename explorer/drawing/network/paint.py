"""The picture of a network: what stands still, and over it what depends on where a hand points."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.drawing.network.bars import draw_bars
from explorer.drawing.network.columns import draw_column
from explorer.drawing.network.headers import draw_headers
from explorer.drawing.network.images import Images
from explorer.drawing.network.layout import arrange
from explorer.drawing.network.light import draw_light
from explorer.drawing.network.links import draw_ribbons
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.network.sheet import Sheet
from explorer.drawing.network.view import View
from explorer.drawing.palette import GRID, RADIUS, Palette


def sheet_of(
    painter: QPainter,
    scene: FlowScene,
    size: QSizeF,
    view: View,
    palette: Palette,
    images: Images | None = None,
) -> Sheet:
    """Return a scene laid out for a place, to be painted."""
    layout = arrange(scene, size.width(), size.height())
    return Sheet(painter, scene, layout, view, size, palette, images or Images())


def paint_still(sheet: Sheet) -> None:
    """Paint what does not depend on where a hand points."""
    painter = sheet.painter
    painter.fillRect(QRectF(0, 0, sheet.size.width(), sheet.size.height()), _ground(sheet))
    painter.save()
    painter.setClipRect(sheet.body)
    _draw_chosen(sheet)
    draw_ribbons(sheet)
    for column in sheet.columns():
        draw_column(sheet, column)
        draw_bars(sheet, column)
    painter.restore()
    draw_headers(sheet)


def paint_light(sheet: Sheet) -> None:
    """Paint what depends on where a hand points."""
    sheet.painter.save()
    sheet.painter.setClipRect(sheet.body)
    draw_light(sheet)
    sheet.painter.restore()


def _ground(sheet: Sheet) -> QColor:
    return QColor(sheet.palette.surface)


def _draw_chosen(sheet: Sheet) -> None:
    """Draw a ground behind the layer that is chosen."""
    chosen = sheet.scene.chosen
    if chosen is None or not 0 <= chosen < len(sheet.scene.places):
        return
    column = sheet.layout.column(chosen)
    area = sheet.view.rect(column.area.adjusted(-GRID / 2, -GRID / 2, GRID / 2, 0))
    painter = sheet.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(sheet.palette.accent_soft))
    painter.drawRoundedRect(area, RADIUS, RADIUS)
