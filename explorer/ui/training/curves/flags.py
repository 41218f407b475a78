"""Small flags at the top of a plot, and arrows where a curve goes beyond it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.ui.theme import font
from explorer.ui.training.curves.plot import Plot

ROWS: Final = 2
MOST: Final = 15 * GRID
"""Pixels of the longest text of a flag that stands for itself; what is longer is cut."""
ARROW: Final = QPolygonF([QPointF(0, 0), QPointF(4.5, 6), QPointF(-4.5, 6)])
COUNT: Final = 3 * GRID
"""Pixels for the number of others."""
CLOSE: Final = 6
"""Pixels between two arrows of which only the first is drawn."""


@dataclass(frozen=True)
class Flag:
    """A text at a place on the axis, in a colour: of a run, by its place, or that of changes."""

    x: float
    text: str
    place: int | None = None


@dataclass(frozen=True)
class Placed:
    """A flag in its row, what is written on it, and how many others it stands for."""

    flag: Flag
    rect: QRectF
    text: str
    others: int = 0


def place_flags(
    flags: Sequence[tuple[float, Flag]], metrics: QFontMetricsF, area: QRectF, key_left: float
) -> list[Placed]:
    """Put flags at pixels into rows; one that has no room is counted by the one before it.

    Parameters
    ----------
    key_left
        From here on the first row belongs to the key of the plot.
    """
    height = metrics.height() + 2
    free = [area.left()] * ROWS
    placed: list[Placed] = []
    last_row = 0
    for at, flag in sorted(flags, key=lambda pair: pair[0]):
        text = metrics.elidedText(flag.text, Qt.TextElideMode.ElideRight, MOST)
        width = metrics.horizontalAdvance(text) + GRID
        left = min(at, area.right() - width)
        for row in range(ROWS):
            end = key_left - COUNT if row == 0 else area.right() + 1
            if left >= free[row] and left + width <= end:
                top = area.top() + GRID + row * (height + 2)
                # Room for the number of others that it may have to stand for.
                free[row] = left + width + COUNT
                last_row = row
                placed.append(Placed(flag, QRectF(left, top, width, height), text))
                break
        else:
            # Where there is room for none at all, there is none to count it either.
            if placed:
                reach = key_left if last_row == 0 else area.right()
                placed[-1] = _counted(placed[-1], flag, metrics, reach)
                free[last_row] = placed[-1].rect.right() + COUNT
    return placed


def _counted(last: Placed, flag: Flag, metrics: QFontMetricsF, reach: float) -> Placed:
    """Let a flag speak for one more: of many small ways the last is where they led to.

    Where a curve has gone off the scale after a change, that is why.
    """
    if flag.place is not None and last.flag.place is None:
        flag = last.flag
    others = f" +{last.others + 1}"
    room = reach - last.rect.left() - GRID - metrics.horizontalAdvance(others)
    text = metrics.elidedText(flag.text, Qt.TextElideMode.ElideRight, room) + others
    rect = QRectF(last.rect)
    rect.setWidth(metrics.horizontalAdvance(text) + GRID)
    return Placed(flag, rect, text, last.others + 1)


class Flags(QWidget):
    """Lies over a plot and lets the pointer through."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self._plot = plot
        self._flags: tuple[Flag, ...] = ()
        self._arrows: tuple[Flag, ...] = ()
        self._palette: Palette | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.getViewBox().sigRangeChanged.connect(self._moved)
        plot.getViewBox().sigResized.connect(self._moved)

    @property
    def texts(self) -> list[str]:
        """What the flags say that can be seen, those of the arrows included."""
        return [placed.text for placed in self._placed()]

    @property
    def arrows(self) -> tuple[Flag, ...]:
        """Where curves go beyond the top."""
        return self._arrows

    def show_flags(self, flags: Sequence[Flag], arrows: Sequence[Flag]) -> None:
        """Show these in the stead of those before; an arrow without a text is only an arrow."""
        if (tuple(flags), tuple(arrows)) != (self._flags, self._arrows):
            self._flags, self._arrows = tuple(flags), tuple(arrows)
            self.update()

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme."""
        self._palette = palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows, and the flags below them."""
        palette = self._palette
        if palette is None or not (self._flags or self._arrows):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        area, drawn = self._area(), -float("inf")
        for arrow in sorted(self._arrows, key=lambda arrow: arrow.x):
            at = self._pixel(arrow.x)
            if area.left() <= at <= area.right() and at - drawn >= CLOSE:
                drawn = at
                painter.setPen(QPen(QColor(palette.surface), 1))
                painter.setBrush(QColor(self._colour(arrow, palette)))
                painter.drawPolygon(ARROW.translated(at, area.top()))
        for placed in self._placed():
            colour = QColor(self._colour(placed.flag, palette))
            rect = placed.rect
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.surface))
            painter.drawRect(rect)
            if placed.flag.place is None:
                painter.setBrush(colour)
                painter.drawRect(QRectF(rect.left(), rect.top(), 2, rect.height()))
            painter.setPen(colour if placed.flag.place is not None else QColor(palette.text))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, placed.text)
        painter.end()

    @Slot()
    def _moved(self) -> None:
        self.resize(self._plot.size())
        self.update()

    def _colour(self, flag: Flag, palette: Palette) -> str:
        return palette.warning if flag.place is None else palette.runs[flag.place]

    def _area(self) -> QRectF:
        box = self._plot.getViewBox()
        return QRectF(self._plot.mapFromScene(box.sceneBoundingRect()).boundingRect())

    def _pixel(self, x: float) -> float:
        (low, high), _ = self._plot.viewRange()
        area = self._area()
        return area.left() + (x - float(low)) / float(high - low) * area.width()

    def _placed(self) -> list[Placed]:
        area = self._area()
        flags = [*self._flags, *(arrow for arrow in self._arrows if arrow.text)]
        pixels = [(self._pixel(flag.x), flag) for flag in flags]
        seen = [(at, flag) for at, flag in pixels if area.left() <= at <= area.right()]
        return place_flags(seen, QFontMetricsF(font(SMALL)), area, self._plot.key_left)
