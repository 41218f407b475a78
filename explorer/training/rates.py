"""The learning rate of each step of a run, told from what was set and when; free of torch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.training import schedules
from explorer.training.events import Change
from explorer.training.settings import Settings


def lr_at(
    settings: Settings,
    changes: Sequence[Change],
    steps: Sequence[int] | npt.NDArray[Any],
    total_steps: int,
    steps_per_epoch: int,
) -> npt.NDArray[np.float64]:
    """Return the learning rate that each of these steps was taken with.

    Parameters
    ----------
    settings
        The learning rate at the beginning and its schedule.
    changes
        What was set in the course of the run, by step.
    steps
        Steps counted from 1, (S,), whole numbers.

    Returns
    -------
    ndarray
        (S,), the same numbers to the last bit as the run itself computes.
    """
    taken = np.asarray(steps, np.int64) - 1
    set_at = [change.step for change in changes if change.name == "lr"]
    values = [settings.lr, *(change.value for change in changes if change.name == "lr")]
    rates = np.array(values, np.float64)[np.searchsorted(set_at, taken, side="right")]
    if not schedules.is_spread(settings.schedule):
        return rates
    # By the function of the engine, so that there is one truth.
    shares = (
        schedules.factor(settings.schedule, step, total_steps, steps_per_epoch)
        for step in taken.tolist()
    )
    return rates * np.fromiter(shares, np.float64, len(taken))
