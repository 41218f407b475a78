"""The live curves of one or several runs: losses above, accuracy or learning rate below."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.drawing.chart import Chart
from explorer.drawing.palette import GRID, Palette
from explorer.training.curve_table import csv_bytes
from explorer.ui.theme import theme
from explorer.ui.training import plot_export
from explorer.ui.training.crosshair import Crosshair
from explorer.ui.training.curves_bar import CurvesBar
from explorer.ui.training.curves_export import CurvesExport
from explorer.ui.training.extent import FIRST, Extent
from explorer.ui.training.marks import ChangeMarks, MomentLine
from explorer.ui.training.plot import Plot
from explorer.ui.training.reading import Reading, plain, read, rich
from explorer.ui.training.run_lines import SYMBOLS, RunLines, symbol
from explorer.ui.training.trace import Trace
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.label import Label

REACH = 0.012
"""Of the axis: how near to a mark the crosshair has to be for it to be told."""


class Curves(QWidget):
    """Two plots over the same axis; items are made once and only ever get new data.

    Parameters
    ----------
    below : QWidget, optional
        To be put right under the upper plot.
    """

    moment_chosen = Signal(int)
    """The step to which the user drags the line of the time machine."""
    failed = Signal(str)
    """Why the curves could not be saved."""
    saved = Signal(str)
    """The name of the file in which the curves have been saved."""

    lined_up = Signal(float, float, int, int)
    """The steps of the chosen run at both edges of the upper plot, and the pixels beyond them."""

    def __init__(self, below: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._below = below
        self._extent = Extent()
        self._following = True
        self._given: tuple[Trace, ...] = ()
        self._runs: dict[int, RunLines] = {}
        self._moment: int | None = None
        self._pointer: float | None = None

        self.loss = Plot("train.loss_plot", self.tr("loss"))
        self.accuracy = Plot("train.accuracy_plot", self.tr("test accuracy in per cent"))
        self.accuracy.setXLink(self.loss)
        plots = self.loss, self.accuracy
        self._crosshair = Crosshair(plots)
        self._line = MomentLine(plots, self)
        self._marks = ChangeMarks(plots)
        self._bar = CurvesBar()
        self._view = self._bar.view()
        self._export = CurvesExport(self)
        self._bar.add(self._export.button)
        self._lower_key = Label("", "caption")
        self._follow = tool_button(
            "train.follow", self.tr("Show the whole run"), "zoom-fit", size=16
        )
        self._place()

        self._follow.clicked.connect(self.follow)
        self._bar.changed.connect(self._change_view)
        self._line.dragged.connect(self._drag_moment)
        self._line.dropped.connect(self._show_marks)
        self._export.wanted.connect(self._save)
        self._export.failed.connect(self.failed)
        self._export.saved.connect(self.saved)
        for plot in plots:
            plot.getViewBox().sigRangeChangedManually.connect(self._user_moved)
            plot.pointed.connect(self._point_at)
            plot.left.connect(self._point_nowhere)
        self.loss.getViewBox().sigXRangeChanged.connect(self._line_up)
        self.loss.getViewBox().sigResized.connect(self._line_up)
        theme.changed.connect(self._dress)
        self._dress(theme.current())
        self._name_axes()
        self.show_traces(())

    def _place(self) -> None:
        loss_card = Card(self.tr("Loss"))
        loss_card.add_to_header(self._follow)
        loss_card.add_to_header(self._bar)
        loss_card.body.setSpacing(GRID // 2)
        loss_card.body.addWidget(self.loss, 1)
        if self._below is not None:
            loss_card.body.addWidget(self._below)
        lower_card = Card()
        lower_card.add_to_header(self._bar.lower_curves)
        lower_card.add_to_header(self._lower_key)
        lower_card.add_to_header(QWidget())
        lower_card.add_to_header(self._bar.axis)
        lower_card.body.addSpacing(GRID // 2)
        lower_card.body.addWidget(self.accuracy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(loss_card, 3)
        layout.addWidget(lower_card, 2)

    def follow(self) -> None:
        """Show the runs as a whole again, after the user has moved or zoomed a plot."""
        self._following = True
        self._follow.hide()
        self._show_extent()

    def show_traces(self, traces: Sequence[Trace]) -> None:
        """Draw these runs and no others; cheap where little has changed.

        Without any the axes are as they were at the beginning.
        """
        before = [_looks(trace) for trace in self._traces]
        self._given = tuple(traces)
        others = [_looks(trace) for trace in self._traces] != before
        palette = theme.current()
        shown = {trace.place: trace for trace in self._traces}
        extent = self._extent
        if others:
            self._name_lines()
            extent = Extent(right=FIRST[self._view.axis])
        for place, lines in self._runs.items():
            if place not in shown:
                lines.clear()
        for place, trace in shown.items():
            if place not in self._runs:
                self._runs[place] = RunLines(self.loss, self.accuracy, place)
            if self._runs[place].show(trace, self._view, palette) or others:
                extent = self._runs[place].grown(extent, self._view)
        self._show_marks()
        if not self._given:
            self._extent = extent
            self.follow()
        elif extent != self._extent:
            self._extent = extent
            if self._following:
                self._show_extent()
        # Along the axis of time it changes with every step.
        self._line_up()
        self._show_reading()

    def show_moment(self, step: int | None) -> None:
        """Show at which step of the chosen run the time machine stands, if it is anywhere."""
        self._moment = step
        self._show_marks()

    def wait(self) -> None:
        """Return when no file is being written any more."""
        self._export.wait()

    @property
    def _traces(self) -> list[Trace]:
        """Those that are drawn."""
        return [trace for trace in self._given if trace.visible]

    @property
    def _chosen(self) -> Trace | None:
        return next((trace for trace in self._given if trace.chosen), None)

    def _show_extent(self) -> None:
        extent, log = self._extent, self._view.log
        losses = (np.log10(extent.low), np.log10(extent.loss)) if log else (0, extent.loss)
        self.loss.setRange(xRange=(0, extent.right), yRange=losses, padding=0)
        if self._view.lower == "lr":
            self.accuracy.setYRange(0, 1.1 * extent.lr or 1.0, padding=0)
        else:
            self.accuracy.setYRange(extent.accuracy, 100, padding=0.04)

    @Slot()
    def _show_marks(self) -> None:
        trace, axis = self._chosen, self._view.axis
        if trace is None:
            self._line.show_at(None)
            self._marks.show_at([])
            return
        changed = np.array([change.step for change in trace.history.changes], np.float64)
        places = trace.along(axis, changed)
        self._marks.show_at(places[np.isfinite(places)].tolist())
        if self._moment is None:
            self._line.show_at(None)
        else:
            place = float(trace.along(axis, np.array([self._moment]))[0])
            self._line.show_at(place if np.isfinite(place) else None)

    @Slot()
    def _change_view(self) -> None:
        before, self._view = self._view, self._bar.view()
        if self._view.axis != before.axis:
            self._extent = replace(self._extent, right=FIRST[self._view.axis])
        self._name_axes()
        self.show_traces(self._given)
        if replace(before, smoothing=0) != replace(self._view, smoothing=0):
            # What was looked at has other numbers now.
            self.follow()
        self._name_lines()

    @Slot(float)
    def _drag_moment(self, x: float) -> None:
        trace = self._chosen
        if trace is not None:
            self.moment_chosen.emit(trace.step_at(self._view.axis, x))

    @Slot()
    def _line_up(self) -> None:
        """Tell where the steps of the chosen run lie on the screen."""
        trace = self._chosen
        if trace is None:
            return
        (low, high), _ = self.loss.viewRange()
        box = self.loss.getViewBox()
        place = box.mapRectToScene(box.boundingRect())
        first, last = (trace.place_of(self._view.axis, x) for x in (low, high))
        if first is not None and last is not None:
            right = self.loss.width() - round(place.right())
            self.lined_up.emit(first, last, round(place.left()), right)

    @Slot()
    def _user_moved(self) -> None:
        self._following = False
        self._follow.show()

    # Reading

    @Slot(float)
    def _point_at(self, x: float) -> None:
        self._pointer = x
        self._show_reading()

    @Slot()
    def _point_nowhere(self) -> None:
        self._pointer = None
        self._crosshair.hide()

    def _show_reading(self) -> None:
        if self._pointer is None:
            return
        (low, high), _ = self.loss.viewRange()
        reach = REACH * (high - low)
        chosen: Reading | None = None
        others: list[Reading] = []
        for trace in self._traces:
            lines = self._runs[trace.place]
            reading = read(lines, self._view.axis, self._pointer, reach)
            if reading is not None and trace.chosen:
                chosen = reading
            elif reading is not None and reading.is_there:
                others.append(reading)
        words = [] if chosen is None else plain(chosen, self._view.smoothing > 0)
        self._crosshair.show_at(self._pointer, rich(words, others, theme.current()))

    # Names and colours

    def _name_axes(self) -> None:
        bottom = {
            "step": self.tr("batches"),
            "epoch": self.tr("epochs"),
            "time": self.tr("seconds of training"),
        }
        self.accuracy.setLabel("bottom", bottom[self._view.axis])
        self.loss.numbers.set_logarithmic(self._view.log)
        accuracy = self._view.lower == "accuracy"
        said = self.tr("test accuracy in per cent") if accuracy else self.tr("learning rate")
        self.accuracy.setAccessibleName(said)

    def _name_lines(self) -> None:
        """Say what the lines and marks of the chosen run are."""
        chosen = self._chosen
        mark = SYMBOLS[0][2] if chosen is None else symbol(chosen)
        colour = theme.current().runs[0 if chosen is None else chosen.place]
        losses = self.tr("━ training   {symbol} test").format(symbol=mark)
        self.loss.show_key(losses, colour)
        tested = self.tr("{symbol} test, per cent").format(symbol=mark)
        self._lower_key.setText(tested if self._view.lower == "accuracy" else "")
        self._lower_key.setStyleSheet(f"color: {colour}")

    @Slot(object)
    def _dress(self, palette: Palette) -> None:
        for lines in self._runs.values():
            lines.dress(palette)
        for plot in (self.loss, self.accuracy):
            plot.dress(palette)
        for part in (self._crosshair, self._line, self._marks):
            part.dress(palette)
        self._name_lines()

    # Files

    @Slot(str)
    def _save(self, path: str) -> None:
        """Have the curves written as they are now, in the format that the end of the name says."""
        suffix = path.rsplit(".", 1)[-1].lower()
        if suffix == "csv":
            tables = [self._runs[trace.place].table() for trace in self._traces]
            self._export.write(path, partial(csv_bytes, tables))
        else:
            draw = plot_export.svg if suffix == "svg" else plot_export.png
            self._export.write(path, partial(draw, self._chart(), theme.current()))

    def _chart(self) -> Chart:
        lower = {"accuracy": self.tr("Accuracy in per cent"), "lr": self.tr("Learning rate")}
        runs, marks = theme.current().runs, self._marks.places
        axis = self.accuracy.getAxis("bottom").labelText
        return Chart(
            key=[(f"{symbol(trace)} {trace.name}", runs[trace.place]) for trace in self._traces],
            panels=[
                plot_export.panel(self.loss, self.tr("Loss"), "", marks),
                plot_export.panel(self.accuracy, lower[self._view.lower], axis, marks),
            ],
            width=self.loss.width(),
        )


def _looks(trace: Trace) -> tuple[str, int, bool]:
    return trace.name, trace.place, trace.chosen
