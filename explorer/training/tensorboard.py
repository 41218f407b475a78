"""A run as logs that TensorBoard shows, by tensorboardX, which need not be installed."""

import time
from pathlib import Path
from typing import Final

import numpy as np

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.training.errors import SaveError
from explorer.training.history import thin
from explorer.training.rates import lr_at
from explorer.training.record import Record

MOST_POINTS: Final = 10_000
"""Of the curve of the training loss, spikes included; TensorBoard itself shows a thousand."""


def write_logs(record: Record, folder: Path) -> None:
    """Write the curves of a run into a folder, for ``tensorboard --logdir``.

    The times are those of training, as if the run had ended just now.

    Raises
    ------
    SaveError
        When tensorboardX is not installed, or the folder cannot be written to.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training",
                "Logs for TensorBoard need the package tensorboardX; install it with "
                "pip install tensorboardX.",
            )
        ) from error
    history = record.history
    places, losses = thin(history.losses, MOST_POINTS)
    steps = history.first_step + places
    began = time.time() - float(history.seconds_at([history.last_step])[0])
    scalars = [("loss/train", steps, losses)]
    if history.epochs:
        last = history.epochs[-1]
        per_epoch = last.step // last.epoch
        settings = record.settings_at_start
        total_steps = per_epoch * settings.epochs
        rates = lr_at(settings, history.changes, steps, total_steps, per_epoch)
        ends = np.array([epoch.step for epoch in history.epochs])
        scalars += [
            ("lr", steps, rates),
            ("loss/test", ends, np.array([epoch.test_loss for epoch in history.epochs])),
            ("accuracy/test", ends, np.array([epoch.test_accuracy for epoch in history.epochs])),
        ]
    try:
        with SummaryWriter(str(folder)) as writer:
            for name, at, values in scalars:
                for step, value, seconds in zip(
                    at.tolist(), values.tolist(), history.seconds_at(at).tolist(), strict=True
                ):
                    writer.add_scalar(name, value, step, walltime=began + seconds)
    except OSError as error:
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training", "'{folder}' cannot be written to ({reason}); choose another place."
            ),
            folder=folder,
            reason=error.strerror or str(error),
        ) from error
