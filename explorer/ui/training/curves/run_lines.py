"""The lines of one run in both plots: made once, and given new data only where there are some."""

from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from explorer.drawing.palette import Palette
from explorer.training.curve_table import CurveTable
from explorer.training.history import SMOOTHING, thin
from explorer.training.smoothing import Smoother
from explorer.ui.training.curves.extent import LEAST_LOSS, SAMPLE, Extent, Need, highest, lowest
from explorer.ui.training.curves.plot import Plot
from explorer.ui.training.curves.trace import Trace

Numbers = npt.NDArray[np.float64]

MOST_POINTS: Final = 600
RAW_OPACITY: Final = 0.35
SYMBOLS: Final = (
    ("o", "●", "○"),
    ("s", "■", "□"),
    ("t1", "▲", "△"),
    ("d", "◆", "◇"),
    ("t", "▼", "▽"),
    ("star", "★", "☆"),
    ("t2", "▶", "▷"),
    ("t3", "◀", "◁"),
)
"""For each place the mark of a test: as pyqtgraph calls it, and as letters for another run and for
the chosen one, which is hollow."""
SYMBOL_SIZE: Final = 9
POINTED: Final = 4 / 3
"""Marks with points fill less of their square."""
OTHERS: Final = 2 / 3
"""Of the size of marks: those of the runs that are not chosen."""
ROUND: Final = ("o", "s")
MOST_MARKS: Final = 12
"""Tests that have a mark in each plot; more of them hide the lines."""
LEAST_RATE: Final = 1e-12
"""The scale of the learning rates is logarithmic, and zero lies down here."""
NOTHING: Final = np.empty(0)


LOWER: Final = ("accuracy", "lr")
"""What the lower plot can show."""
MOST_SMOOTHING: Final = 0.99
"""Beyond it the curve says nothing about the last hundred steps."""


@dataclass(frozen=True)
class View:
    """What of the runs is shown.

    Attributes
    ----------
    axis
        One of `explorer.ui.training.curves.trace.AXES`.
    smoothing
        From 0 (off) to `MOST_SMOOTHING`.
    lower
        What the second plot shows, one of `LOWER`.
    """

    axis: str = "step"
    log: bool = False
    smoothing: float = SMOOTHING
    lower: str = "accuracy"


class RunLines:
    """Draws whichever run has one of the places.

    Attributes
    ----------
    losses, smoothed
        Of each step, (N,), as far as they are drawn.
    """

    def __init__(self, loss: Plot, lower: Plot, place: int) -> None:
        self._place = place
        self._symbol = SYMBOLS[place][0]
        self._trace: Trace | None = None
        self._smoother = Smoother(SMOOTHING)
        self._drawn: dict[str, tuple[object, ...]] = {}
        self.losses = self.smoothed = NOTHING
        self._raw = loss.plot(name=f"raw.{place}")
        self._smooth = loss.plot(name=f"smooth.{place}", antialias=False)
        # A pen wider than a pixel takes five times as long without it.
        self._smooth.curve.setSegmentedLineMode("on")
        self._test = loss.plot(name=f"test.{place}")
        self._accuracy = lower.plot(name=f"accuracy.{place}")
        self._lr = lower.plot(name=f"lr.{place}", antialias=False)
        self._test_marks = loss.plot(name=f"test_marks.{place}", pen=None, symbol=self._symbol)
        self._marks = lower.plot(name=f"accuracy_marks.{place}", pen=None, symbol=self._symbol)
        self._lines = (self._raw, self._smooth, self._test, self._accuracy, self._lr)
        self._items = (*self._lines, self._test_marks, self._marks)
        self._need: Need | None = None
        self._plain = False

    @property
    def trace(self) -> Trace | None:
        """The run that is drawn, if there is one."""
        return self._trace

    def table(self) -> CurveTable:
        """Return all numbers of the run that is drawn."""
        assert self._trace is not None
        return self._trace.table(self.losses, self.smoothed)

    def clear(self) -> None:
        """Draw nothing any more."""
        if self._trace is not None:
            self._trace = self._need = None
            self._drawn.clear()
            self.losses = self.smoothed = NOTHING
            for item in self._items:
                item.setData(NOTHING, NOTHING)

    def show(self, trace: Trace, view: View, palette: Palette) -> bool:
        """Draw a run, what is new of it or what has to look different, and tell if there was any.

        Each new curve makes its whole plot be drawn again, so nothing else is touched.
        """
        history = trace.history
        before, self._trace = self._trace, trace
        plain = view.smoothing == 0
        if before is None or (before.chosen, self._plain) != (trace.chosen, plain):
            self._plain = plain
            self.dress(palette)
        another = before is None or before.history is not history
        # Each step by itself, of several runs at once, would be a wall.
        amount = view.smoothing if trace.chosen else view.smoothing or SMOOTHING
        if another or amount != self._smoother.amount:
            self._smoother = Smoother(amount)
            self.smoothed = NOTHING
        if another or len(self.losses) != history.last_step - history.first_step:
            self.losses = history.losses
        if len(self.smoothed) != len(self.losses):
            self.smoothed = self._smoother.update(self.losses)

        common = (history, view.axis, trace.epoch_steps)
        loss = (*common, view.log, len(self.losses))
        changed = [
            self._is_new("curves", *loss, view.smoothing, trace.chosen)
            and self._show_losses(trace, view),
            self._is_new("tests", *common, view.log, len(history.epochs))
            and self._show_tests(trace, view),
            view.lower == "lr"
            and self._is_new("lr", *loss, len(history.changes))
            and self._show_lr(trace, view),
        ]
        for item in (self._accuracy, self._marks):
            item.setVisible(view.lower == "accuracy")
        self._lr.setVisible(view.lower == "lr")
        if any(changed):
            self._need = None
        return any(changed)

    def need(self, view: View) -> Need | None:
        """Return what the run needs of the axes; None where there is none."""
        trace = self._trace
        if trace is None:
            return None
        if self._need is None or (self._need.limit is not None) != trace.running:
            history = trace.history
            last, planned = history.last_step, trace.record.settings.epochs
            end = trace.along(view.axis, np.array([last]))[0]
            limit = None
            if trace.running and trace.epoch_steps and view.axis != "time":
                limit = float(trace.along(view.axis, np.array([trace.epoch_steps * planned]))[0])
            elif trace.running:
                limit = inf
            tests = np.array([epoch.test_loss for epoch in history.epochs], np.float64)
            accuracies = [100 * epoch.test_accuracy for epoch in history.epochs]
            rates = _data(self._lr)
            rates = rates[rates > np.log10(LEAST_RATE)]
            self._need = Need(
                Extent(
                    right=float(end),
                    loss=highest(self.losses, tests, view.log),
                    low=min(lowest(self.smoothed[:: 1 + last // SAMPLE]), lowest(tests)),
                    accuracy=min(accuracies, default=100.0),
                    rates=(float(rates.min(initial=inf)), float(rates.max(initial=-inf))),
                ),
                limit,
            )
        return self._need

    def above(self, top: float) -> list[tuple[float, float]]:
        """Return (x, y) of the highest point of every piece of the lines that is above the top."""
        found: list[tuple[float, float]] = []
        for item in (self._smooth, self._test):
            x, y = item.getOriginalDataset()
            if y is None or not len(y):
                continue
            high = np.flatnonzero(y > top)
            for piece in np.split(high, np.flatnonzero(np.diff(high) > 1) + 1):
                if len(piece):
                    at = piece[np.argmax(y[piece])]
                    found.append((float(x[at]), float(y[at])))
        return found

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme: bold if it is the one that was chosen."""
        chosen = self._trace is not None and self._trace.chosen
        colour = palette.runs[self._place]
        faint = QColor(colour)
        faint.setAlphaF(RAW_OPACITY)
        self._raw.setPen(pg.mkPen(faint, width=1))
        # Where nothing is smoothed a bold line would be a bar.
        self._smooth.setPen(pg.mkPen(colour, width=2 if chosen and not self._plain else 1))
        self._lr.setPen(pg.mkPen(colour, width=2 if chosen else 1))
        size = SYMBOL_SIZE * (1 if self._symbol in ROUND else POINTED) * (1 if chosen else OTHERS)
        for item in (self._test, self._accuracy):
            item.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DotLine))
        for item in (self._test_marks, self._marks):
            item.setSymbolBrush(palette.surface if chosen else colour)
            item.setSymbolPen(
                pg.mkPen(colour if chosen else palette.surface, width=2 if chosen else 1)
            )
            item.setSymbolSize(round(size))
        for item in self._items:
            # Each step by itself lies behind all runs.
            item.setZValue(-1 if item is self._raw else 10 * chosen)
        for item in (self._test_marks, self._marks):
            item.setZValue(10 * chosen + 1)

    def _is_new(self, name: str, *key: object) -> bool:
        if self._drawn.get(name) == key:
            return False
        self._drawn[name] = key
        return True

    def _show_losses(self, trace: Trace, view: View) -> bool:
        # Where nothing is smoothed, the line in front shows every step by itself.
        plain = view.smoothing == 0
        first = trace.history.first_step
        for item, values, points in (
            (self._raw, self.losses if trace.chosen and not plain else NOTHING, MOST_POINTS),
            (self._smooth, self.smoothed, MOST_POINTS if plain else MOST_POINTS // 2),
        ):
            steps, kept = thin(values, points)
            item.setData(*_known(trace.along(view.axis, first + steps), _scaled(kept, view)))
        return True

    def _show_tests(self, trace: Trace, view: View) -> bool:
        epochs = trace.history.epochs
        x = trace.along(view.axis, np.array([epoch.step for epoch in epochs], np.float64))
        losses = np.array([epoch.test_loss for epoch in epochs], np.float64)
        accuracies = np.array([100 * epoch.test_accuracy for epoch in epochs], np.float64)
        some = marked(len(epochs))
        for values, line, marks in (
            (_scaled(losses, view), self._test, self._test_marks),
            (accuracies, self._accuracy, self._marks),
        ):
            line.setData(*_known(x, values))
            marks.setData(*_known(x[some], values[some]))
        return True

    def _show_lr(self, trace: Trace, view: View) -> bool:
        history = trace.history
        first, last = history.first_step + 1, history.last_step
        changed = np.array([change.step for change in history.changes], np.int64)
        # On both sides of each change, so that it is a step and no slope.
        steps = np.unique(
            np.concatenate(
                (np.linspace(first, last, MOST_POINTS // 2).astype(np.int64), changed, changed + 1)
            )
        )
        steps = steps[(steps >= first) & (steps <= last)]
        rates = np.log10(np.maximum(trace.lr(steps), LEAST_RATE))
        self._lr.setData(*_known(trace.along(view.axis, steps), rates))
        return True


def marked(count: int) -> list[int]:
    """Return which of so many tests have a mark: at most `MOST_MARKS`, and always the last.

    Those in between stay where they are while more tests come, but for the last.
    """
    every = 1
    while count > every * MOST_MARKS:
        every *= 2
    some = list(range(every - 1, count, every))
    if count and (not some or some[-1] != count - 1):
        if some and count - 1 - some[-1] < every / 2:
            some.pop()
        some.append(count - 1)
    return some


def symbol(trace: Trace) -> str:
    """Return the mark of a run as a letter."""
    return SYMBOLS[trace.place][2 if trace.chosen else 1]


def _scaled(losses: Numbers, view: View) -> Numbers:
    return np.log10(np.maximum(losses, LEAST_LOSS)) if view.log else losses


def _known(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Leave out what has no place, which pyqtgraph would look for anew with every picture."""
    good = np.isfinite(x) & np.isfinite(y)
    return (x, y) if good.all() else (x[good], y[good])


def _data(item: pg.PlotDataItem) -> Numbers:
    # What is drawn now is cut off where it lies far beyond the axes.
    y = item.getOriginalDataset()[1]
    return NOTHING if y is None else np.asarray(y, np.float64)
