"""The curves of runs as a table of comma-separated values."""

import csv
import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.training.events import Change, Evaluated
from explorer.training.rates import lr_at
from explorer.training.settings import Settings

Numbers = npt.NDArray[np.float64]

COLUMNS: Final = (
    "run",
    "step",
    "epoch",
    "seconds",
    "train_loss",
    "smoothed",
    "lr",
    "test_loss",
    "test_accuracy",
)
ROWS_AT_ONCE: Final = 1000
"""After so many rows the other threads get a turn."""


@dataclass(frozen=True, eq=False)
class CurveTable:
    """The curves of one run, as they are at the moment.

    Attributes
    ----------
    first_step
        Steps that were taken before the first of these.
    seconds, losses, smoothed
        Of each step, (N,).
    steps_per_epoch
        None as long as it is not known; then there are neither epochs nor, with a schedule,
        learning rates.
    """

    name: str
    settings: Settings
    first_step: int
    seconds: Numbers
    losses: Numbers
    smoothed: Numbers
    epochs: tuple[Evaluated, ...]
    changes: tuple[Change, ...]
    steps_per_epoch: int | None


def known_lr(
    settings: Settings,
    changes: Sequence[Change],
    steps: npt.NDArray[np.int64],
    steps_per_epoch: int | None,
) -> Numbers:
    """Return what `lr_at` does, (S,); not a number where that takes an epoch nobody knows."""
    if steps_per_epoch is None and settings.schedule != "constant":
        return np.full(len(steps), np.nan)
    per_epoch = steps_per_epoch or 1
    return lr_at(settings, changes, steps, per_epoch * settings.epochs, per_epoch)


def csv_bytes(tables: Sequence[CurveTable]) -> bytes:
    """Return a line of `COLUMNS` and one for each step of each run.

    The results of a test stand in the line of the step after which it took place; the epoch is the
    share of the images seen, so that after the first one it is 1.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in tables:
        for rows in _rows(table):
            writer.writerows(rows)
            # A thread that is busy in Python keeps the window waiting.
            time.sleep(0)
    return out.getvalue().encode()


def _rows(table: CurveTable) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of a run, some at a time."""
    tests = {epoch.step: (epoch.test_loss, epoch.test_accuracy) for epoch in table.epochs}
    for begin in range(0, len(table.losses), ROWS_AT_ONCE):
        part = slice(begin, begin + ROWS_AT_ONCE)
        losses = table.losses[part].tolist()
        steps = table.first_step + begin + 1 + np.arange(len(losses))
        epochs = [""] * len(losses)
        if table.steps_per_epoch is not None:
            epochs = [f"{epoch:.6g}" for epoch in (steps / table.steps_per_epoch).tolist()]
        rates = known_lr(table.settings, table.changes, steps, table.steps_per_epoch)
        yield [
            (table.name, step, epoch, f"{seconds:.6f}", loss, f"{smooth:.6g}", rate, *tested)
            for step, epoch, seconds, loss, smooth, rate, tested in zip(
                steps.tolist(),
                epochs,
                table.seconds[part].tolist(),
                losses,
                table.smoothed[part].tolist(),
                ("" if np.isnan(rate) else f"{rate:.6g}" for rate in rates.tolist()),
                (tests.get(step, ("", "")) for step in steps.tolist()),
                strict=True,
            )
        ]
