"""A run as the bytes of its file."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from explorer import __version__
from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.training import files
from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.errors import SaveError
from explorer.training.events import Change
from explorer.training.history import History
from explorer.training.record import Record
from explorer.training.runfile import form
from explorer.training.tensors import packed


def save_run(record: Record, checkpoint: Checkpoint, path: Path) -> None:
    """Write a run to a file, which is then either complete or as it was before.

    Parameters
    ----------
    record
        What was asked for and what came of it so far.
    checkpoint
        Where the run is, or where it was at a step that is to be kept.
    path
        What lies there is replaced in one go, after everything has been written.

    Raises
    ------
    SaveError
        When the file could not be written, the weights are no numbers any more, or the run is too
        long for a file; what lay there before is still there.
    """
    files.write(path, to_bytes(record, checkpoint))


def to_bytes(record: Record, checkpoint: Checkpoint) -> bytes:
    """Return what ``save_run`` writes: the bytes of a safetensors file.

    The record must not grow meanwhile: where another thread goes on with the run, give it a copy.

    Raises
    ------
    SaveError
        When the weights are no numbers any more, or the run is too long for a file.
    """
    numbers = [*checkpoint.weights.values(), *checkpoint.moments.values()]
    if not all(np.isfinite(array).all() for array in numbers):
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training",
                "The run was not saved, for some weights are no finite numbers any more; save it "
                "as it was at an earlier step.",
            )
        )
    history = record.history
    start = _start(record, checkpoint)
    run = {
        "settings": dataclasses.asdict(record.settings),
        "checkpoint": _as_values(checkpoint),
        "start": None if start is None else _as_values(start),
        "history": {
            "first_step": history.first_step,
            "epochs": [dataclasses.asdict(epoch) for epoch in history.epochs],
            "changes": [_as_change(change) for change in history.changes],
            "norm_layers": [name for name, _ in history.norms[0].norms] if history.norms else [],
        },
    }
    data = packed(
        {
            **_arrays(checkpoint, record.settings.optimizer),
            **_arrays(start, record.settings.optimizer, form.START),
            **_series(history),
        },
        {
            "format": form.FORMAT,
            "version": str(form.version_for(record.settings.network)),
            "network": record.settings.network,
            "application": f"cnn-explorer {__version__}",
            "run": json.dumps(run, allow_nan=False),
        },
    )
    if len(data) > form.MOST_BYTES:
        raise SaveError(
            QT_TRANSLATE_NOOP(
                "training",
                "The run was not saved, for it is too long for a file; export its weights instead.",
            )
        )
    return data


def _start(record: Record, checkpoint: Checkpoint) -> Checkpoint | None:
    """Return the moment before the first step, where the history has kept it."""
    first = next(iter(record.history.checkpoints), None)
    if first is None or first.step != record.history.first_step or first.step == checkpoint.step:
        return None
    return first


def _arrays(checkpoint: Checkpoint | None, optimizer: str, prefix: str = "") -> dict[str, Array]:
    if checkpoint is None:
        return {}
    own = form.own_moments(checkpoint, optimizer)
    moments = {f"{form.MOMENTS}{name}": array for name, array in own.items()}
    return {f"{prefix}{name}": array for name, array in {**checkpoint.weights, **moments}.items()}


def _as_values(checkpoint: Checkpoint) -> dict[str, Any]:
    values = {
        field.name: getattr(checkpoint, field.name)
        for field in dataclasses.fields(checkpoint)
        if field.name not in ("weights", "moments")
    }
    return {**values, "frozen": sorted(checkpoint.frozen)}


def _as_change(change: Change) -> dict[str, Any]:
    value = list(change.value) if isinstance(change.value, tuple) else change.value
    return {"step": change.step, "name": change.name, "value": value}


def _series(history: History) -> dict[str, Array]:
    losses = history.losses
    first, last = history.first_step, history.first_step + len(losses)
    timed = np.unique(np.linspace(first, last, form.MOST_TIMES).astype(np.int64))
    # A gradient may have burst in the very step that ended the run.
    norms = [entry for entry in history.norms if np.isfinite([v for _, v in entry.norms]).all()]
    return {
        form.LOSSES: losses.astype(np.float64),
        form.TIMED_STEPS: timed,
        form.TIMES: np.maximum.accumulate(history.seconds_at(timed)),
        form.NORM_STEPS: np.array([entry.step for entry in norms], np.int64),
        form.NORMS: np.array([[v for _, v in entry.norms] for entry in norms], np.float64),
    }
