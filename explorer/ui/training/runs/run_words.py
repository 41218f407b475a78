"""What is said about a run in few words and in many: pure functions."""

from PySide6.QtCore import QCoreApplication

from explorer.training.augmentation import Augmentation
from explorer.training.called import called
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.naming import changed_to
from explorer.training.record import Record
from explorer.training.settings import Settings
from explorer.ui.sentences import translated
from explorer.ui.training import figures
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.shown import ShownRun

translate = QCoreApplication.translate


def best(history: History) -> Evaluated | None:
    """Return the test that went best, the first of several; None before the first test."""
    return max(history.epochs, key=lambda epoch: epoch.test_accuracy, default=None)


def accuracy(history: History) -> str:
    """Return the best accuracy of a run as it is written beside its name."""
    found = best(history)
    return "–" if found is None else figures.per_cent(found.test_accuracy, 1)


def said(run: ShownRun) -> str:
    """Return what a run says of itself, in the user's language."""
    assert run.status is not None
    meaning = run.status.meaning
    return run.status.message if meaning is None else translated(meaning)


def number(trace: Trace) -> str:
    """Return the number by which a run is known, which stays when others go."""
    return str(trace.number)


def explanation(trace: Trace, told: frozenset[str]) -> str:
    """Return everything about a run, a line each.

    Parameters
    ----------
    told
        The names of the settings in which it differs from other runs, and "frozen"; they come
        first.
    """
    history = trace.history
    found = best(history)
    lines = [f"{number(trace)}: {trace.name}"]
    if found is None:
        lines.append(translate("runs", "Not tested yet."))
    else:
        lines.append(
            translate("runs", "Best test accuracy: {share}, after epoch {epoch}.").format(
                share=figures.per_cent(found.test_accuracy), epoch=found.epoch
            )
        )
    if history.first_step:
        lines.append(
            translate("runs", "Goes on from step {step:,}.").format(step=history.first_step)
        )
    elif trace.record.is_tuned:
        lines.append(translate("runs", "Fine-tuned: began with weights that had learned already."))
    values = _values(trace.record.settings_at_start, trace.record.frozen_at_start)
    for name, line in values.items():
        values[name] = line + _later(trace.record, name)
    if told:
        lines += ["", translate("runs", "Differs in")]
        lines += [line for name, line in values.items() if name in told]
        lines += ["", translate("runs", "As in the others")]
    else:
        lines += ["", translate("runs", "Settings")]
    lines += [line for name, line in values.items() if name not in told]
    return "\n".join(lines)


def _later(record: Record, name: str) -> str:
    """Return what is to be added where a setting was changed on the way."""
    last = changed_to(record, name)
    if last is None:
        return ""
    if isinstance(last, tuple):
        value = ", ".join(last) or translate("runs", "nothing")
    else:
        value = f"{last:g}"
    return translate("runs", "; later {value}").format(value=value)


def _values(settings: Settings, frozen: frozenset[str]) -> dict[str, str]:
    """Return a line for each setting, by its name."""
    optimizers = {
        "sgd": "SGD",
        "nesterov": translate("runs", "SGD, Nesterov"),
        "adam": "Adam",
        "adamw": "AdamW",
    }
    schedules = {
        "constant": translate("runs", "constant"),
        "step": translate("runs", "steps down"),
        "cosine": translate("runs", "cosine"),
        "one_cycle": translate("runs", "one cycle"),
    }
    bundled = translate("runs", "bundled digits")
    automatic = translate("runs", "automatic")
    written = {
        "lr": (translate("runs", "Learning rate"), f"{settings.lr:g}"),
        "optimizer": (translate("runs", "Optimizer"), optimizers[settings.optimizer]),
        "network": (translate("runs", "Network"), translated(called(settings.network))),
        "batch_size": (translate("runs", "Batch size"), f"{settings.batch_size:,}"),
        "schedule": (translate("runs", "Schedule"), schedules[settings.schedule]),
        "augmentation": (translate("runs", "Augmentation"), _strengths(settings.augmentation)),
        "frozen": (
            translate("runs", "Frozen at the start"),
            ", ".join(sorted(frozen)) or translate("runs", "nothing"),
        ),
        "dropout": (translate("runs", "Dropout"), f"{settings.dropout:g}"),
        "weight_decay": (translate("runs", "Weight decay"), f"{settings.weight_decay:g}"),
        "momentum": (translate("runs", "Momentum"), f"{settings.momentum:g}"),
        "epochs": (translate("runs", "Epochs"), f"{settings.epochs:,}"),
        "seed": (translate("runs", "Seed"), str(settings.seed)),
        "data": (
            translate("runs", "Data"),
            bundled if settings.data == "bundled" else settings.data,
        ),
        "device": (
            translate("runs", "Device"),
            automatic if settings.device == "auto" else settings.device,
        ),
    }
    return {name: f"{label}: {value}" for name, (label, value) in written.items()}


def _strengths(given: Augmentation) -> str:
    strengths = (
        (translate("runs", "shift {value:g}"), given.shift),
        (translate("runs", "rotate {value:g}°"), given.rotate),
        (translate("runs", "scale {value:g}"), given.scale),
        (translate("runs", "noise {value:g}"), given.noise),
    )
    on = [text.format(value=value) for text, value in strengths if value]
    return ", ".join(on) or translate("runs", "off")
