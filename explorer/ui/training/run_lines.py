"""The lines of one run in both plots: made once, and given new data only where there are some."""

from dataclasses import dataclass
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
from explorer.ui.training.extent import LEAST_LOSS, Extent
from explorer.ui.training.plot import Plot
from explorer.ui.training.trace import Trace

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
POINTED_SIZE: Final = 12
"""Marks with points fill less of their square."""
ROUND: Final = ("o", "s")
NOTHING: Final = np.empty(0)


@dataclass(frozen=True)
class View:
    """What of the runs is shown.

    Attributes
    ----------
    axis
        One of `explorer.ui.training.trace.AXES`.
    smoothing
        From 0 (off) to below 1.
    lower
        What the second plot shows, ``"accuracy"`` or ``"lr"``.
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
        self._test = loss.plot(name=f"test.{place}", symbol=self._symbol)
        self._accuracy = lower.plot(name=f"accuracy.{place}", symbol=self._symbol)
        self._lr = lower.plot(name=f"lr.{place}", antialias=False)
        self._items = (self._raw, self._smooth, self._test, self._accuracy, self._lr)

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
            self._trace = None
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
        if before is None or before.chosen != trace.chosen:
            self.dress(palette)
        another = before is None or before.history is not history
        if another or view.smoothing != self._smoother.amount:
            self._smoother = Smoother(view.smoothing)
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
        self._accuracy.setVisible(view.lower == "accuracy")
        self._lr.setVisible(view.lower == "lr")
        return any(changed)

    def grown(self, extent: Extent, view: View) -> Extent:
        """Return an extent that holds the run as well; all that is drawn has its extremes."""
        if self._trace is None:
            return extent
        raw, smooth, test, accuracy, lr = (_data(item) for item in self._items)
        if view.log:
            raw, smooth, test = 10**raw, 10**smooth, 10**test
        last = self._trace.along(view.axis, np.array([self._trace.history.last_step]))
        return extent.grown(
            float(last[0]),
            np.concatenate((raw, smooth, test)),
            np.concatenate((smooth, test)),
            accuracy.tolist(),
            float(lr[np.isfinite(lr)].max(initial=0.0)),
        )

    def dress(self, palette: Palette) -> None:
        """Take the colours of a theme: bold if it is the one that was chosen."""
        chosen = self._trace is not None and self._trace.chosen
        colour = palette.runs[self._place]
        faint = QColor(colour)
        faint.setAlphaF(RAW_OPACITY)
        self._raw.setPen(pg.mkPen(faint, width=1))
        for line in (self._smooth, self._lr):
            line.setPen(pg.mkPen(colour, width=2 if chosen else 1))
        for item in (self._test, self._accuracy):
            item.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DotLine))
            item.setSymbolBrush(palette.surface if chosen else colour)
            item.setSymbolPen(
                pg.mkPen(colour if chosen else palette.surface, width=2 if chosen else 1)
            )
            item.setSymbolSize(SYMBOL_SIZE if self._symbol in ROUND else POINTED_SIZE)
        for item in self._items:
            item.setZValue(10 * chosen + (0 if item is self._raw else 1))

    def _is_new(self, name: str, *key: object) -> bool:
        if self._drawn.get(name) == key:
            return False
        self._drawn[name] = key
        return True

    def _show_losses(self, trace: Trace, view: View) -> bool:
        # Where nothing is smoothed, the bold line shows every batch by itself.
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
        self._test.setData(*_known(x, _scaled(losses, view)))
        accuracies = np.array([100 * epoch.test_accuracy for epoch in epochs], np.float64)
        self._accuracy.setData(*_known(x, accuracies))
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
        self._lr.setData(*_known(trace.along(view.axis, steps), trace.lr(steps)))
        return True


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
