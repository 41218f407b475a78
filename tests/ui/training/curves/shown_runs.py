"""Runs that nobody has trained, with numbers that are easy to foresee."""

from collections.abc import Sequence

import numpy as np

from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Change, Evaluated
from explorer.training.history import History
from explorer.training.mailbox import Mail
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui.training.curves.panel import Curves
from explorer.ui.training.curves.trace import Trace

SECONDS_PER_STEP = 0.01


def mail(
    losses: Sequence[float],
    first: int = 0,
    epochs: Sequence[Evaluated] = (),
    changes: Sequence[Change] = (),
) -> Mail:
    """Return what a run tells after so many steps from `first` on."""
    seconds = (first + len(losses)) * SECONDS_PER_STEP
    return Mail(
        first + 1,
        tuple(losses),
        tuple(epochs),
        None,
        None,
        None,
        None,
        seconds=seconds,
        changes=tuple(changes),
    )


def history(count: int, epochs: int = 0, first: int = 0, changes: Sequence[Change] = ()) -> History:
    """Return the record of a run that learns evenly."""
    losses = np.geomspace(2.3, 0.1, count).tolist() if count else []
    results = [
        Evaluated(e + 1, first + (e + 1) * count // epochs, 0.5, 0.6, 0.7 + 0.02 * e, 1.0, 1000.0)
        for e in range(epochs)
    ]
    start = None
    if first:
        start = Checkpoint(first, {}, lr=0.01, training_seconds=first * SECONDS_PER_STEP)
    made = History(start)
    made.add(mail(losses, first, results, changes))
    return made


def trace(
    shown: History,
    place: int = 0,
    chosen: bool = True,
    visible: bool = True,
    running: bool = False,
    **settings: object,
) -> Trace:
    """Return a run as the page shows it."""
    record = Record(Settings(**settings), shown)  # type: ignore[arg-type]
    return Trace(f"run {place}", place, record, chosen, None, visible, running)


def drawn(curves: Curves, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a curve that can be seen; none where there is no such curve."""
    for plot in (curves.loss, curves.accuracy):
        for item in plot.listDataItems():
            if item.name() == name and item.isVisible() and item.getData()[0] is not None:
                x, y = item.getData()
                return np.asarray(x), np.asarray(y)
    return np.array([]), np.array([])
