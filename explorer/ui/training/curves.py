"""The live curves: training loss raw and smoothed, test loss and test accuracy per epoch."""

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsItem, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID, SMALL, Palette
from explorer.training.history import History, thin
from explorer.ui.theme import font, theme
from explorer.ui.training.extent import Extent
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.label import Label

MOST_POINTS = 600
RAW_OPACITY = 0.35


class NumberAxis(pg.AxisItem):
    """An axis whose numbers stay short however large they are."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Write no more digits than the ticks differ in."""
        return [f"{value:g}".replace("-", "−") for value in values]


class Curves(QWidget):
    """Two plots over the same steps; items are made once and only ever get new data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._extent = Extent()
        self._following = True
        self._epochs = 0

        self.loss = self._plot("train.loss_plot", self.tr("loss"))
        self.accuracy = self._plot("train.accuracy_plot", self.tr("test accuracy in per cent"))
        self.accuracy.setLabel("bottom", self.tr("batches"))
        self.accuracy.setXLink(self.loss)
        self._raw = self.loss.plot()
        self._smooth = self.loss.plot(antialias=False)
        self._smooth.curve.setSegmentedLineMode("on")
        self._test_loss = self.loss.plot(symbol="o", symbolSize=8)
        self._test_accuracy = self.accuracy.plot(symbol="o", symbolSize=8)

        self._keys = {
            "accent": Label(self.tr("● training, every batch and smoothed"), "caption"),
            "padding": Label(self.tr("● test"), "caption"),
        }
        self._accuracy_key = Label(self.tr("● test, per cent, after every epoch"), "caption")
        self._follow = tool_button(
            "train.follow", self.tr("Show the whole run"), "zoom-fit", size=16
        )
        loss_card = Card(self.tr("Loss"))
        accuracy_card = Card(self.tr("Accuracy"))
        for label in self._keys.values():
            loss_card.add_to_header(label)
        loss_card.add_to_header(self._follow)
        accuracy_card.add_to_header(self._accuracy_key)
        loss_card.body.addWidget(self.loss)
        accuracy_card.body.addWidget(self.accuracy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(loss_card, 3)
        layout.addWidget(accuracy_card, 2)

        self._follow.clicked.connect(self.follow)
        for plot in (self.loss, self.accuracy):
            plot.getViewBox().sigRangeChangedManually.connect(self._user_moved)
        theme.changed.connect(self._dress)
        self._dress(theme.current())
        self.clear()

    def _plot(self, name: str, label: str) -> pg.PlotWidget:
        plot = pg.PlotWidget(axisItems={"left": NumberAxis("left")})
        plot.setObjectName(name)
        plot.setAccessibleName(label)
        plot.setMenuEnabled(False)
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.setMinimumHeight(12 * GRID)
        plot.hideButtons()
        plot.disableAutoRange()
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setStyle(tickFont=font(SMALL), tickLength=-4)
            axis.enableAutoSIPrefix(False)
            # A curve that moves would have them drawn anew, number by number.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        plot.getAxis("left").setWidth(6 * GRID)
        return plot

    def clear(self) -> None:
        """Begin anew with empty axes."""
        for item in (self._raw, self._smooth, self._test_loss, self._test_accuracy):
            item.setData([], [])
        self._epochs = 0
        self._extent = Extent()
        self.follow()

    def follow(self) -> None:
        """Show the whole run again, after the user has moved or zoomed a plot."""
        self._following = True
        self._follow.hide()
        self._show_extent()

    def show_history(self, history: History) -> None:
        """Draw the curves of a run."""
        losses = history.losses
        self._raw.setData(*thin(losses, MOST_POINTS))
        self._smooth.setData(*thin(history.smoothed, MOST_POINTS // 2))
        accuracies = [100 * epoch.test_accuracy for epoch in history.epochs]
        if len(accuracies) != self._epochs:
            # Only then, for each new curve makes its plot draw everything.
            self._epochs = len(accuracies)
            steps = [epoch.step for epoch in history.epochs]
            self._test_loss.setData(steps, [epoch.test_loss for epoch in history.epochs])
            self._test_accuracy.setData(steps, accuracies)
        extent = self._extent.grown(len(losses), losses, accuracies)
        if extent != self._extent:
            self._extent = extent
            if self._following:
                self._show_extent()

    def _show_extent(self) -> None:
        extent = self._extent
        self.loss.setRange(xRange=(0, extent.steps), yRange=(0, extent.loss), padding=0)
        self.accuracy.setYRange(extent.accuracy, 100, padding=0.04)

    def _user_moved(self) -> None:
        self._following = False
        self._follow.show()

    def _dress(self, palette: Palette) -> None:
        raw = QColor(palette.accent)
        raw.setAlphaF(RAW_OPACITY)
        self._raw.setPen(pg.mkPen(raw, width=1))
        self._smooth.setPen(pg.mkPen(palette.accent, width=2))
        for item, colour in (
            (self._test_loss, palette.padding),
            (self._test_accuracy, palette.success),
        ):
            item.setPen(pg.mkPen(colour, width=1))
            item.setSymbolBrush(colour)
            item.setSymbolPen(palette.surface)
        for plot in (self.loss, self.accuracy):
            plot.setBackground(palette.surface)
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(palette.border)
                axis.setTextPen(palette.muted)
        for hue, label in self._keys.items():
            label.setStyleSheet(f"color: {getattr(palette, hue)}")
        self._accuracy_key.setStyleSheet(f"color: {palette.success}")
