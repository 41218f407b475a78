"""The live curves of one or several runs: losses above, accuracy or learning rate below."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import isfinite

import numpy as np
from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.drawing.chart import Chart
from explorer.drawing.palette import GRID, Palette
from explorer.training.curve_table import csv_bytes
from explorer.ui.theme import theme
from explorer.ui.training.curves import plot_export, remembered
from explorer.ui.training.curves.crosshair import Crosshair
from explorer.ui.training.curves.curves_bar import CurvesBar
from explorer.ui.training.curves.curves_export import CurvesExport
from explorer.ui.training.curves.extent import Extent, together
from explorer.ui.training.curves.flags import Flag, Flags
from explorer.ui.training.curves.marks import ChangeMarks, MomentLine
from explorer.ui.training.curves.plot import Plot
from explorer.ui.training.curves.reading import Reading, read, rich, short, where
from explorer.ui.training.curves.run_lines import SYMBOLS, RunLines, symbol
from explorer.ui.training.curves.trace import Trace
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.label import Label

REACH = 0.012
"""Of the axis: how near to a mark the crosshair has to be for it to be told."""
HALF_MARK = 6
"""Pixels."""
USUAL_RATES = (-3.0, 0.0)
"""The powers of ten on the axis of the learning rates where there are none."""
FLAGS_APART = 0.1
"""Of the axis: between two places where it is told how far a curve goes beyond the scale."""


class Curves(QWidget):
    """Two plots over the same axis; items are made once and only ever get new data.

    Parameters
    ----------
    below : QWidget, optional
        To be put right under the upper plot.
    """

    moment_chosen = Signal(object)
    """The step to which the user goes by a click or the line of the time machine; None for now."""
    failed = Signal(str)
    """Why the curves could not be saved."""
    saved = Signal(str)
    """The name of the file in which the curves have been saved."""

    lined_up = Signal(float, float, int, int, int)
    """The steps of the chosen run at both edges of the upper plot, the pixels beyond them, and the
    last step of the run."""

    def __init__(self, below: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._below = below
        self._extent = Extent()
        self._following = True
        self._begins_anew = False
        """Whether the axes are for other runs than before."""
        self._settings: QSettings | None = None
        self._given: tuple[Trace, ...] = ()
        self._runs: dict[int, RunLines] = {}
        self._moment: int | None = None
        self._before_click: int | None = None
        self._pointer: float | None = None
        self._reads_lower = False
        """Whether the crosshair is moved in the lower plot."""

        self.loss = Plot("train.loss_plot", self.tr("loss"))
        self.accuracy = Plot("train.accuracy_plot", self.tr("test accuracy in per cent"))
        self.accuracy.setXLink(self.loss)
        plots = self.loss, self.accuracy
        self._flags = Flags(self.loss)
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
        help_ = self.tr(
            "Click: go to that moment of the chosen run. Double click: show the whole run.\n"
            "Drag: move along the axis. Wheel: zoom into it; with Ctrl, or over the numbers at the "
            "left, zoom upright.\n"
            "← and → move the crosshair, with Shift further."
        )
        for plot in plots:
            # No tip on hover: it would lie over what the crosshair says.
            plot.setWhatsThis(help_)
            plot.setAccessibleDescription(help_)
            plot.getViewBox().sigRangeChangedManually.connect(self._user_moved)
            plot.left.connect(self._point_nowhere)
            plot.clicked.connect(self._click)
            plot.whole_wanted.connect(self._show_whole)
        self.loss.pointed.connect(self._point_at)
        self.accuracy.pointed.connect(self._point_below_at)
        self.loss.getViewBox().sigXRangeChanged.connect(self._line_up)
        self.loss.getViewBox().sigYRangeChanged.connect(self._show_flags)
        self.loss.getViewBox().sigResized.connect(self._line_up)
        self.loss.getViewBox().sigResized.connect(self._fit)
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
        self.show_lines(traces)
        self.show_axes()

    def show_lines(self, traces: Sequence[Trace]) -> None:
        """Draw the lines of these runs, on the axes that there are until `show_axes` is called."""
        before = [_looks(trace) for trace in self._traces]
        self._given = tuple(traces)
        shown = {trace.place: trace for trace in self._traces}
        if [_looks(trace) for trace in self._traces] != before:
            self._begins_anew = True
            self._name_lines()
        for place, lines in self._runs.items():
            if place not in shown:
                lines.clear()
        for place, trace in shown.items():
            if place not in self._runs:
                self._runs[place] = RunLines(self.loss, self.accuracy, place)
            self._runs[place].show(trace, self._view, theme.current())
        self._export.offer(any(len(self._runs[place].losses) for place in shown))

    def show_axes(self) -> None:
        """Let the axes, and what stands along them, follow the lines."""
        needs = [self._runs[trace.place].need(self._view) for trace in self._traces]
        start = None if self._begins_anew else self._extent
        known = [need for need in needs if need is not None]
        extent = together(known, self._view.axis, start, self._view.log)
        self._begins_anew = False
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

    def remember_in(self, settings: QSettings) -> None:
        """Be drawn as at the last end, and keep there how it is at this one."""
        self._settings = settings
        self._bar.show_view(remembered.read(settings))

    def show_moment(self, step: int | None) -> None:
        """Show at which step of the chosen run the time machine stands, if it is anywhere."""
        self._moment = step
        self._show_marks()

    def shut_down(self) -> None:
        """Come back when no file is being written any more."""
        if self._settings is not None:
            remembered.remember(self._settings, self._view)
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
        low = -_room(self.loss) * extent.loss
        losses = (np.log10(extent.low), np.log10(extent.loss)) if log else (low, extent.loss)
        self.loss.setRange(xRange=(0, extent.right), yRange=losses, padding=0)
        if self._view.lower == "lr":
            rates = extent.rates if extent.rates[0] < extent.rates[1] else USUAL_RATES
            self.accuracy.setYRange(*rates, padding=_room(self.accuracy))
        else:
            self.accuracy.setYRange(extent.accuracy, 100, padding=_room(self.accuracy))

    @Slot()
    def _fit(self) -> None:
        if self._following:
            self._show_extent()

    @Slot()
    def _show_marks(self) -> None:
        self._show_flags()
        trace, axis = self._chosen, self._view.axis
        if trace is None:
            self._line.show_at(None)
            self._marks.show_at([])
            return
        self._marks.show_at([flag.x for flag in self._changes()])
        if self._moment is None:
            self._line.show_at(None)
        else:
            place = float(trace.along(axis, np.array([self._moment]))[0])
            self._line.show_at(place if np.isfinite(place) else None)

    @Slot()
    def _change_view(self) -> None:
        before, self._view = self._view, self._bar.view()
        if (self._view.axis, self._view.log) != (before.axis, before.log):
            self._extent = together([], self._view.axis, None, self._view.log)
        self._name_axes()
        self.show_traces(self._given)
        if replace(before, smoothing=0) != replace(self._view, smoothing=0):
            # What was looked at has other numbers now.
            self.follow()
        self._name_lines()

    def _changes(self) -> list[Flag]:
        """Return a flag for everything that was set anew in the chosen run."""
        trace = self._chosen
        if trace is None:
            return []
        changes = trace.history.settled
        steps = np.array([change.step for change in changes], np.float64)
        places = trace.along(self._view.axis, steps).tolist()
        return [
            Flag(x, short(change)) for x, change in zip(places, changes, strict=True) if isfinite(x)
        ]

    @Slot()
    def _show_flags(self) -> None:
        """Show what was changed, and where the curves go beyond the top of the scale."""
        (low, high), (_, top) = self.loss.viewRange()
        apart = FLAGS_APART * (high - low)
        peaks = sorted(
            (-y, x, trace.place)
            for trace in self._traces
            if trace.place in self._runs
            for x, y in self._runs[trace.place].above(top)
        )
        arrows: list[Flag] = []
        for height, x, place in peaks:
            loss = 10.0**-height if self._view.log else -height
            # The highest of those close by speaks for all.
            alone = all(abs(x - other.x) > apart for other in arrows if other.text)
            arrows.append(Flag(x, f"↑ {loss:.3g}" if alone else "", place))
        self._flags.show_flags(self._changes(), arrows)

    @Slot(float)
    def _click(self, x: float) -> None:
        """Go to the moment under the pointer."""
        self._before_click = self._moment
        self._drag_moment(x)

    @Slot()
    def _show_whole(self) -> None:
        """Follow again after a double click, whose first half was a click that meant no moment."""
        if self._chosen is not None and self._moment != self._before_click:
            self.moment_chosen.emit(self._before_click)
        self.follow()

    @Slot(float)
    def _drag_moment(self, x: float) -> None:
        trace = self._chosen
        if trace is not None:
            step = trace.step_at(self._view.axis, x)
            self.moment_chosen.emit(step if step < trace.history.last_step else None)

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
            newest = trace.history.last_step
            self.lined_up.emit(first, last, round(place.left()), right, newest)

    @Slot()
    def _user_moved(self) -> None:
        self._following = False
        self._follow.show()

    # Reading

    @Slot(float)
    def _point_at(self, x: float) -> None:
        self._pointer, self._reads_lower = x, False
        self._show_reading()

    @Slot(float)
    def _point_below_at(self, x: float) -> None:
        self._pointer, self._reads_lower = x, True
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
            elif reading is not None:
                others.append(reading)
        known = self._chosen
        epoch_steps = None if known is None else known.epoch_steps
        place = where(self._view.axis, self._pointer, epoch_steps, others) if self._traces else ""
        shown = self._view.lower if self._reads_lower else "loss"
        smooths = self._view.smoothing > 0
        text = rich(chosen, others, place, shown, smooths, theme.current())
        self._crosshair.show_at(self._pointer, text)

    # Names and colours

    def _name_axes(self) -> None:
        bottom = {
            "step": self.tr("steps"),
            "epoch": self.tr("epochs"),
            "time": self.tr("seconds of training"),
        }
        self.accuracy.setLabel("bottom", bottom[self._view.axis])
        self.loss.numbers.set_logarithmic(self._view.log)
        accuracy = self._view.lower == "accuracy"
        # Rates are chosen by factors, and small ones would lie on the axis.
        self.accuracy.numbers.set_logarithmic(not accuracy)
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
        for part in (self._crosshair, self._line, self._marks, self._flags):
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
        runs = theme.current().runs
        flags = [(flag.x, flag.text) for flag in self._changes()]
        marks = [(x, "") for x, _ in flags]
        axis = self.accuracy.getAxis("bottom").labelText
        return Chart(
            key=[(f"{symbol(trace)} {trace.name}", runs[trace.place]) for trace in self._traces],
            panels=[
                plot_export.panel(self.loss, self.tr("Loss"), "", flags),
                plot_export.panel(self.accuracy, lower[self._view.lower], axis, marks),
            ],
            width=self.loss.width(),
        )


def _room(plot: Plot) -> float:
    """Return the share of a plot that half of a mark takes, so that none is cut at the edge."""
    return HALF_MARK / max(float(plot.getViewBox().height()), 8.0 * HALF_MARK)


def _looks(trace: Trace) -> tuple[str, int, bool]:
    return trace.name, trace.place, trace.chosen
