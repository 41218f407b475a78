"""The history that a run's file tells."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.events import Change, Evaluated
from explorer.training.history import History
from explorer.training.reports import GradientNorms
from explorer.training.retold import retold
from explorer.training.runfile import form
from explorer.training.runfile.arrays import array
from explorer.training.runfile.checks import (
    MisfitError,
    as_list,
    as_names,
    as_number,
    as_object,
    as_whole,
)
from explorer.training.settings import (
    EPOCHS,
    Settings,
    check_lr,
    check_momentum,
    check_weight_decay,
)
from explorer.training.shapes import layers

_EPOCH = tuple(Evaluated.__dataclass_fields__)
_RATES = {"lr": check_lr, "momentum": check_momentum, "weight_decay": check_weight_decay}


def history(
    told: dict[str, Any],
    tensors: Mapping[str, Array],
    settings: Settings,
    checkpoints: Sequence[Checkpoint],
) -> History:
    """Return the history with the numbers of a file.

    Parameters
    ----------
    told
        What its JSON says of it.
    checkpoints
        The moments that it kept, of which the last is where the run was.
    """
    last_kept = checkpoints[-1].step
    first = as_whole(told["first_step"], "history.first_step", 0, last_kept)
    if len(checkpoints) > 1 and checkpoints[0].step != first:
        raise MisfitError(
            "start.step", QT_TRANSLATE_NOOP("training", "is not the first of the history")
        )
    count = len(tensors.get(form.LOSSES, ()))
    losses = array(tensors, form.LOSSES, (count,), "float64")
    last = first + count
    epochs = _epochs(told["epochs"], settings, first, last)
    if epochs and last_kept > epochs[0].step // epochs[0].epoch * settings.epochs:
        raise MisfitError(
            "checkpoint.step", QT_TRANSLATE_NOOP("training", "is beyond the last epoch")
        )
    timed, times = _times(tensors, first, last)

    result = retold(first, losses, timed, times, checkpoints)
    result.epochs.extend(epochs)
    result.changes.extend(_changes(told["changes"], settings, first))
    result.norms.extend(_norms(told["norm_layers"], tensors, settings))
    return result


def _epochs(value: object, settings: Settings, first: int, last: int) -> list[Evaluated]:
    epochs: list[Evaluated] = []
    for i, entry in enumerate(as_list(value, "history.epochs", EPOCHS[1])):
        place = f"history.epochs[{i}]"
        fields = as_object(entry, place, _EPOCH)
        epoch = Evaluated(
            epoch=as_whole(fields["epoch"], f"{place}.epoch", 1, settings.epochs),
            step=as_whole(fields["step"], f"{place}.step", max(first, 1), max(last, 1)),
            train_loss=as_number(fields["train_loss"], f"{place}.train_loss", 0),
            test_loss=as_number(fields["test_loss"], f"{place}.test_loss", 0),
            test_accuracy=as_number(fields["test_accuracy"], f"{place}.test_accuracy", 0, 1),
            seconds=as_number(fields["seconds"], f"{place}.seconds", 0, form.MOST_SECONDS),
            images_per_second=as_number(
                fields["images_per_second"], f"{place}.images_per_second", 0
            ),
        )
        # Every epoch has as many steps as the first.
        if epoch.step % epoch.epoch or (
            epochs
            and (
                epoch.epoch != epochs[-1].epoch + 1
                or epoch.step * epochs[0].epoch != epochs[0].step * epoch.epoch
            )
        ):
            raise MisfitError(
                place, QT_TRANSLATE_NOOP("training", "does not follow the one before")
            )
        epochs.append(epoch)
    return epochs


def _changes(value: object, settings: Settings, first: int) -> list[Change]:
    changes: list[Change] = []
    least = first
    for i, entry in enumerate(as_list(value, "history.changes", form.MOST_NORMS)):
        place = f"history.changes[{i}]"
        fields = as_object(entry, place, ("step", "name", "value"))
        least = as_whole(fields["step"], f"{place}.step", least, form.MOST_STEPS)
        name, given = fields["name"], fields["value"]
        if name == "frozen":
            frozen = as_names(given, f"{place}.value", layers(settings.network))
            changes.append(Change(least, "frozen", frozen))
        elif isinstance(name, str) and name in _RATES:
            changes.append(Change(least, name, _RATES[name](given)))
        else:
            raise MisfitError(f"{place}.name", QT_TRANSLATE_NOOP("training", "cannot be changed"))
    return changes


def _times(tensors: Mapping[str, Array], first: int, last: int) -> tuple[Array, Array]:
    count = len(tensors.get(form.TIMED_STEPS, ()))
    timed = array(tensors, form.TIMED_STEPS, (count,), "int64")
    times = array(tensors, form.TIMES, (count,), "float64")
    grows = (
        0 < count <= form.MOST_TIMES
        and timed[0] == first
        and timed[-1] == last
        and (np.diff(timed) > 0).all()
        and times[0] >= 0
        and (np.diff(times) >= 0).all()
    )
    if not grows:
        raise MisfitError(form.TIMES, QT_TRANSLATE_NOOP("training", "does not go with the losses"))
    return timed, times


def _norms(value: object, tensors: Mapping[str, Array], settings: Settings) -> list[GradientNorms]:
    names = as_names(value, "history.norm_layers", layers(settings.network))
    count = len(tensors.get(form.NORM_STEPS, ()))
    if count > form.MOST_NORMS:
        raise MisfitError(form.NORM_STEPS, QT_TRANSLATE_NOOP("training", "is too long"))
    steps = array(tensors, form.NORM_STEPS, (count,), "int64")
    norms = array(tensors, form.NORMS, (count, len(names)), "float64").tolist()
    return [
        GradientNorms(step, tuple(zip(names, row, strict=True)))
        for step, row in zip(steps.tolist(), norms, strict=True)
    ]
