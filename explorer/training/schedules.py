"""How the learning rate goes on from the first step of a run to the last."""

import math
from collections.abc import Callable
from typing import Final

DROPS: Final = 3
"""The step schedule cuts a run into so many equal parts, with whole epochs each."""
DROP: Final = 0.1
"""What is left of the learning rate from one part to the next."""
WARM_UP: Final = 0.3
"""The part of a run in which one-cycle goes up."""
BEGIN, END = 1 / 25, 1 / 25 / 10_000
"""Where one-cycle begins and ends, as shares of the highest learning rate."""


def is_spread(schedule: str) -> bool:
    """Tell whether the learning rate of a step depends on how many epochs there are to be."""
    return schedule != "constant"


def factor(schedule: str, step: int, total_steps: int, steps_per_epoch: int) -> float:
    """Return the share of the set learning rate that counts in a step.

    The schedules are those of ``torch.optim.lr_scheduler``: ``StepLR`` (by epoch),
    ``CosineAnnealingLR`` down to zero and ``OneCycleLR`` (by step).

    Parameters
    ----------
    schedule
        One of ``explorer.training.settings.SCHEDULES``.
    step
        How many steps have been taken, from 0 to ``total_steps - 1``.
    """
    return _SCHEDULES[schedule](step, total_steps, steps_per_epoch)


def _constant(step: int, total_steps: int, steps_per_epoch: int) -> float:
    return 1.0


def _step(step: int, total_steps: int, steps_per_epoch: int) -> float:
    epochs = math.ceil(total_steps / steps_per_epoch)
    part = math.ceil(epochs / DROPS)
    return DROP ** (step // steps_per_epoch // part)


def _cosine(step: int, total_steps: int, steps_per_epoch: int) -> float:
    return _blend(1.0, 0.0, step / total_steps)


def _one_cycle(step: int, total_steps: int, steps_per_epoch: int) -> float:
    top, last = WARM_UP * total_steps - 1, total_steps - 1
    if step <= top:
        return _blend(BEGIN, 1.0, step / top)
    return _blend(1.0, END, (step - top) / (last - top)) if last > top else 1.0


def _blend(start: float, end: float, way: float) -> float:
    """Go from `start` (way 0) to `end` (way 1) along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * way)) / 2


_SCHEDULES: Final[dict[str, Callable[[int, int, int], float]]] = {
    "constant": _constant,
    "step": _step,
    "cosine": _cosine,
    "one_cycle": _one_cycle,
}
