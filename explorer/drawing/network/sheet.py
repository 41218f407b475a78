"""What every part of the picture is drawn with."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QPainter

from explorer.core.layers import Array
from explorer.core.network.state import PICTURE
from explorer.drawing.boards import Scale
from explorer.drawing.network.boxes import Boxes
from explorer.drawing.network.images import Images, scale_of, scales_of_picture
from explorer.drawing.network.layout import Column, FlowLayout
from explorer.drawing.network.scene import FlowScene
from explorer.drawing.network.view import View, body
from explorer.drawing.palette import Palette


@dataclass(frozen=True, eq=False)
class Sheet:
    """A scene, how it is looked at, and the painter.

    Attributes
    ----------
    size
        Of the place on the screen, the headers included.
    """

    painter: QPainter
    scene: FlowScene
    layout: FlowLayout
    view: View
    size: QSizeF
    palette: Palette
    images: Images

    @property
    def body(self) -> QRectF:
        """What is left of the place below the headers."""
        return body(self.size)

    @property
    def seen(self) -> QRectF:
        """The area of the layout that can be seen."""
        return self.view.seen(self.body)

    def columns(self) -> list[Column]:
        """Return the columns of which something can be seen."""
        seen = self.seen
        return [
            column
            for column in self.layout.columns
            if column.x + column.width >= seen.left() and column.x <= seen.right()
        ]

    def scales(self, place: int, values: Array) -> tuple[Scale, ...]:
        """Return how the numbers of a layer become colours: one for all maps, or one for each."""
        if place == PICTURE:
            return scales_of_picture(values, self.palette)
        signed = self.scene.signed[place]
        return (scale_of(self.images.limits(values), signed, self.palette),)

    def sharp(self, area: QRectF) -> QRect:
        """Return where an area of the layout is on the screen, its edges on whole pixels."""
        zoom, left, top = self.view.zoom, self.view.left, self.view.top
        x, y = round(area.left() * zoom + left), round(area.top() * zoom + top)
        end, bottom = round(area.right() * zoom + left), round(area.bottom() * zoom + top)
        return QRect(x, y, max(end - x, 1), max(bottom - y, 1))

    def boxes(self, boxes: Boxes) -> list[tuple[int, QRect]]:
        """Return the boxes that can be seen, and where on the screen, edges on whole pixels."""
        zoom = self.view.zoom
        rows, columns = boxes.rows_and_columns(self.seen)
        (down, across), (high, wide) = boxes.steps, (boxes.height * zoom, boxes.width * zoom)
        start, first = boxes.x * zoom + self.view.left, boxes.y * zoom + self.view.top
        sides = []
        for count, begin, step, side in (
            (rows, first, down * zoom, high),
            (columns, start, across * zoom, wide),
        ):
            edges = [(i, begin + i * step) for i in count]
            sides.append([(i, round(at), max(round(at + side) - round(at), 1)) for i, at in edges])
        return [
            (index, QRect(x, y, width, height))
            for row, y, height in sides[0]
            for column, x, width in sides[1]
            if (index := boxes.index(row, column)) < boxes.count
        ]
