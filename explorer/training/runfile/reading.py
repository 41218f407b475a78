"""The run that a file describes; of what a file says nothing is taken on trust."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.training import files
from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import RunFileError, SettingsError
from explorer.training.record import Record
from explorer.training.runfile import arrays, form, past
from explorer.training.runfile.checks import (
    MisfitError,
    as_flag,
    as_names,
    as_number,
    as_object,
    as_whole,
    part,
)
from explorer.training.settings import Settings, check_lr, check_momentum, check_weight_decay
from explorer.training.shapes import Shape, layers
from explorer.training.tensors import Unpacked, damaged, parsed, unpacked

_SETTINGS = tuple(Settings.__dataclass_fields__)
_AUGMENTATION = tuple(Augmentation.__dataclass_fields__)
_CHECKPOINT = tuple(
    name for name in Checkpoint.__dataclass_fields__ if name not in ("weights", "moments")
)


def open_run(path: Path) -> tuple[Record, Checkpoint]:
    """Read a run from a file.

    Returns
    -------
    record, checkpoint
        What was asked for and what came of it, and the moment that was saved. It is among the
        moments that the history can be brought back to.

    Raises
    ------
    RunFileError
        When the file is missing, may not be read, is too large, or holds no run.
    """
    return from_bytes(files.read(path, form.MOST_BYTES), path)


def from_bytes(data: bytes, path: Path) -> tuple[Record, Checkpoint]:
    """Read a run from the bytes of its file; `path` says in sentences where they come from.

    Raises
    ------
    RunFileError
        When they are no run.
    """
    try:
        found = unpacked(data, path)
        _check_kind(found, path)
        return _run(found)
    except MisfitError as error:
        raise damaged(path, "{about}", about=error.meaning) from error
    except SettingsError as error:
        raise damaged(path, "{about}", about=str(error).rstrip(".")) from error
    except MemoryError as error:
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training", "'{path}' needs more memory than there is; choose another file."
            ),
            path=path,
        ) from error


def is_run(found: Unpacked) -> bool:
    """Tell a run's file, of whatever version, from other files of safetensors."""
    return found.metadata.get("format") == form.FORMAT


def _check_kind(found: Unpacked, path: Path) -> None:
    if not is_run(found):
        raise RunFileError(
            QT_TRANSLATE_NOOP(
                "training",
                "'{path}' holds no run, at most weights; choose a run that was saved here, or "
                "train from these weights.",
            ),
            path=path,
        )
    version = found.metadata.get("version", "")
    if version not in map(str, range(1, form.VERSION + 1)):
        is_number = version.isascii() and version.isdigit() and len(version) < 10
        if is_number and int(version) > form.VERSION:
            raise RunFileError(
                QT_TRANSLATE_NOOP(
                    "training",
                    "'{path}' comes from a newer application; update this one to open it.",
                ),
                path=path,
            )
        raise damaged(path, QT_TRANSLATE_NOOP("training", "its version is not a number"))


def _run(found: Unpacked) -> tuple[Record, Checkpoint]:
    try:
        whole = parsed(found.metadata.get("run", ""))
    except ValueError as error:
        raise MisfitError("run:", "{reason}", reason=" ".join(str(error).split())[:80]) from error
    whole = as_object(whole, "run", ("settings", "checkpoint", "start", "history"))
    asked = part(whole, "settings", "", _SETTINGS)
    settings = _settings(asked)
    # As it is written in the file, which another version may have written another way.
    if found.metadata.get("network") != asked["network"]:
        raise MisfitError(
            "network", QT_TRANSLATE_NOOP("training", "is not the one of the settings")
        )
    shapes = arrays.shapes(found.tensors, settings)
    told = part(whole, "history", "", ("first_step", "epochs", "changes", "norm_layers"))
    names = ["checkpoint"] if whole["start"] is None else ["start", "checkpoint"]
    checkpoints = [
        _checkpoint(part(whole, name, "", _CHECKPOINT), name, found, settings, shapes)
        for name in names
    ]
    history = past.history(told, found.tensors, settings, checkpoints)
    arrays.check_all_known(found.tensors, settings)
    return Record(settings, history), checkpoints[-1]


def _settings(fields: dict[str, Any]) -> Settings:
    augmentation = Augmentation(
        **part(fields, "augmentation", "settings", _AUGMENTATION),
    )
    return Settings(**{**fields, "augmentation": augmentation})


def _checkpoint(
    fields: dict[str, Any],
    place: str,
    found: Unpacked,
    settings: Settings,
    shapes: Mapping[str, Shape],
) -> Checkpoint:
    seconds = {
        name: as_number(fields[name], f"{place}.{name}", 0, form.MOST_SECONDS)
        for name in ("training_seconds", "epoch_seconds", "evaluation_seconds")
    }
    names = as_names(fields["frozen"], f"{place}.frozen", layers(settings.network))
    prefix = form.START if place == "start" else ""
    return Checkpoint(
        step=as_whole(fields["step"], f"{place}.step", 0, form.MOST_STEPS),
        weights=arrays.weights(found.tensors, shapes, prefix),
        moments=arrays.moments(found.tensors, settings, shapes, prefix),
        lr=check_lr(fields["lr"]),
        momentum=check_momentum(fields["momentum"]),
        weight_decay=check_weight_decay(fields["weight_decay"]),
        frozen=frozenset(names),
        is_tested=as_flag(fields["is_tested"], f"{place}.is_tested"),
        epoch_loss=as_number(fields["epoch_loss"], f"{place}.epoch_loss", 0),
        **seconds,
    )
