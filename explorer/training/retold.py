"""A history told again from its numbers: read from a file, or cut off at a step; free of torch."""

from collections.abc import Iterable

import numpy as np

from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.checkpoints import Checkpoints
from explorer.training.history import History
from explorer.training.mailbox import Mail


def retold(
    first_step: int,
    losses: Array,
    timed_steps: Array,
    times: Array,
    checkpoints: Iterable[Checkpoint],
) -> History:
    """Return the history of a run that had these losses.

    Parameters
    ----------
    first_step
        Steps that were taken before the run's own first.
    losses
        float64 (N,), one for each step.
    timed_steps, times
        (T,), some of the steps, with ``first_step`` and the last of all among them, and how many
        seconds of training had passed after each.
    checkpoints
        Moments to which the run can be brought back.
    """
    history = History(Checkpoint(first_step, {}, training_seconds=float(times[0])))
    # The one above has no weights that could be gone back to.
    history.checkpoints = Checkpoints()
    for checkpoint in checkpoints:
        history.checkpoints.add(checkpoint)
    for before, after, seconds in zip(timed_steps, timed_steps[1:], times[1:], strict=False):
        part = losses[before - first_step : after - first_step]
        history.add(mail(int(before) + 1, tuple(part.tolist()), float(seconds)))
    return history


def until(history: History, checkpoint: Checkpoint) -> History:
    """Return what of a history came before a checkpoint, for a run that goes on from there.

    An accelerator's last losses may never have been read; the last that is known stands for them.
    """
    first, last = history.first_step, checkpoint.step
    losses = history.losses[: last - first]
    if len(losses) < last - first:
        known = losses if len(losses) else np.zeros(1)
        losses = np.append(losses, np.full(last - first - len(losses), known[-1]))
    timed = np.unique(np.linspace(first, last, 1_000).astype(np.int64))
    kept = [moment for moment in history.checkpoints if moment.step < last]
    result = retold(first, losses, timed, history.seconds_at(timed), [*kept, checkpoint])
    result.epochs.extend(epoch for epoch in history.epochs if epoch.step <= last)
    if not checkpoint.is_tested and result.epochs and result.epochs[-1].step == last:
        result.epochs.pop()
    result.changes.extend(change for change in history.changes if change.step <= last)
    result.norms.extend(entry for entry in history.norms if entry.step <= last)
    return result


def mail(first_step: int, losses: tuple[float, ...], seconds: float) -> Mail:
    """Return a mail that brings losses alone; `seconds` of training passed until the last."""
    return Mail(first_step, losses, (), None, None, None, None, seconds=seconds)
