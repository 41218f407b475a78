"""Upright marks in both plots: the moment of the time machine, and where something was changed."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor

from explorer.drawing.palette import Palette
from explorer.ui.training.curves.plot import Plot

OPACITY = 0.6
"""Of the thin lines, which lie behind the curves."""


class MomentLine(QObject):
    """A line that can be taken along the axis."""

    dragged = Signal(float)
    """Where on the axis the user has taken it."""
    dropped = Signal()
    """The user has let it go."""

    def __init__(self, plots: Sequence[Plot], parent: QObject) -> None:
        super().__init__(parent)
        self._lines = [pg.InfiniteLine(angle=90, movable=True) for _ in plots]
        for plot, line in zip(plots, self._lines, strict=True):
            # Wide enough to be taken hold of, and seen to be something that can be.
            line.addMarker("v", position=1, size=14)
            line.setCursor(Qt.CursorShape.SizeHorCursor)
            line.setZValue(30)
            line.hide()
            plot.addItem(line, ignoreBounds=True)
            line.sigDragged.connect(self._dragged)
            line.sigPositionChangeFinished.connect(self.dropped)

    def show_at(self, x: float | None) -> None:
        """Put it at a place on the axis, or take it away."""
        for line in self._lines:
            line.setVisible(x is not None)
            if x is not None:
                line.setValue(x)

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme."""
        for line in self._lines:
            line.setPen(pg.mkPen(palette.text, width=1, style=Qt.PenStyle.DashLine))
            line.setHoverPen(pg.mkPen(palette.accent, width=2))

    @Slot(object)
    def _dragged(self, line: pg.InfiniteLine) -> None:
        for other in self._lines:
            other.setValue(line.value())
        self.dragged.emit(float(line.value()))


class ChangeMarks:
    """Thin lines where a hyper-parameter was set or a layer was frozen."""

    def __init__(self, plots: Sequence[Plot]) -> None:
        self._ticks = [pg.VTickGroup(yrange=[0, 1]) for _ in plots]
        self.places: list[float] = []
        for plot, ticks in zip(plots, self._ticks, strict=True):
            ticks.setZValue(-2)
            plot.addItem(ticks, ignoreBounds=True)

    def show_at(self, places: list[float]) -> None:
        """Put marks at places on the axis, in the stead of those before."""
        if places != self.places:
            self.places = places
            for ticks in self._ticks:
                ticks.setXVals(places)
                ticks.update()

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme."""
        colour = QColor(palette.warning)
        colour.setAlphaF(OPACITY)
        for ticks in self._ticks:
            ticks.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine))
            ticks.update()
