"""How the picture is looked at: zoomed and moved, and the views that show all or one layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.drawing.network.layout import HEADER, FlowLayout
from explorer.drawing.palette import GRID

SMALLEST_ZOOM: Final = 0.2
LARGEST_CELL: Final = 56.0
"""Pixels of a cell to which one can zoom in, however small it is."""
LARGEST_ZOOM: Final = 12.0
"""To which one can zoom in where cells are large."""


@dataclass(frozen=True)
class View:
    """A point of the layout is on the screen where it is times `zoom`, and `left` and `top`."""

    zoom: float = 1.0
    left: float = 0.0
    top: float = HEADER

    def point(self, at: QPointF) -> QPointF:
        """Return where a point of the layout is on the screen."""
        return QPointF(at.x() * self.zoom + self.left, at.y() * self.zoom + self.top)

    def rect(self, area: QRectF) -> QRectF:
        """Return where an area of the layout is on the screen."""
        return QRectF(self.point(area.topLeft()), area.size() * self.zoom)

    def world(self, at: QPointF) -> QPointF:
        """Return the point of the layout that is at a point of the screen."""
        return QPointF((at.x() - self.left) / self.zoom, (at.y() - self.top) / self.zoom)

    def seen(self, area: QRectF) -> QRectF:
        """Return the area of the layout that is in an area of the screen."""
        return QRectF(self.world(area.topLeft()), area.size() / self.zoom)

    def moved(self, by: QPointF) -> View:
        """Return the view with everything elsewhere on the screen."""
        return View(self.zoom, self.left + by.x(), self.top + by.y())

    def zoomed(self, zoom: float, about: QPointF) -> View:
        """Return the view with another zoom, and the point `about` of the screen where it is."""
        ratio = zoom / self.zoom
        left = about.x() - (about.x() - self.left) * ratio
        return View(zoom, left, about.y() - (about.y() - self.top) * ratio)

    def between(self, other: View, share: float) -> View:
        """Return a view on the way to another one."""
        ratio = other.zoom / self.zoom
        # Zooms are even in their steps when they grow by the same factor, and places follow them.
        zoom = self.zoom * ratio**share
        way = share if abs(ratio - 1) < 1e-6 else (zoom - self.zoom) / (other.zoom - self.zoom)
        left = self.left + way * (other.left - self.left)
        return View(zoom, left, self.top + way * (other.top - self.top))


def body(size: QSizeF) -> QRectF:
    """Return what is left of a place below the headers."""
    return QRectF(0, HEADER, size.width(), max(size.height() - HEADER, 1.0))


def largest_zoom(layout: FlowLayout) -> float:
    """Return how far one can zoom in: until the smallest cells can be read."""
    cells = [column.boxes.cell_size for column in layout.columns if column.boxes is not None]
    return max(LARGEST_ZOOM, LARGEST_CELL / min(cells, default=LARGEST_CELL))


def fit_all(layout: FlowLayout, size: QSizeF) -> View:
    """Return the view that shows everything, not larger than it was laid out."""
    return _fitted(QRectF(QPointF(), layout.size), body(size), SMALLEST_ZOOM, 1.0)


def fit_layer(layout: FlowLayout, size: QSizeF, place: int) -> View:
    """Return the view that shows a layer, or the picture, as large as there is room."""
    around = float(GRID)
    area = layout.column(place).area.adjusted(-around, -around, around, around)
    return _fitted(area, body(size), SMALLEST_ZOOM, largest_zoom(layout))


def kept(view: View, layout: FlowLayout, size: QSizeF) -> View:
    """Return the view moved so that the network does not get out of sight."""
    place, whole = body(size), view.rect(QRectF(QPointF(), layout.size))
    left = _within(whole.left(), whole.width(), place.left(), place.width())
    top = _within(whole.top(), whole.height(), place.top(), place.height())
    return view.moved(QPointF(left - whole.left(), top - whole.top()))


def shifted_to_see(view: View, area: QRectF, size: QSizeF) -> View:
    """Return the view moved as little as it takes to see an area of the layout."""
    around = 2.0 * GRID
    there, place = view.rect(area), body(size).adjusted(around, around, -around, -around)
    by = QPointF()
    for low, high, least, most, along in (
        (there.left(), there.right(), place.left(), place.right(), QPointF(1, 0)),
        (there.top(), there.bottom(), place.top(), place.bottom(), QPointF(0, 1)),
    ):
        if low < least:
            by += along * (least - low)
        elif high > most:
            by += along * (most - high)
    return view.moved(by)


def _within(start: float, length: float, low: float, room: float) -> float:
    """Return where something begins that may not leave, or is in the middle if it is smaller."""
    if length <= room:
        return low + (room - length) / 2
    return min(max(start, low + room - length), low)


def _fitted(area: QRectF, place: QRectF, least: float, most: float) -> View:
    zoom = min(place.width() / area.width(), place.height() / area.height(), most)
    zoom = max(zoom, least)
    middle, centre = area.center(), place.center()
    return View(zoom, centre.x() - middle.x() * zoom, centre.y() - middle.y() * zoom)
