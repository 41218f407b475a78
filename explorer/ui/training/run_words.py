"""What is said about a run in few words and in many: pure functions."""

from collections.abc import Sequence
from dataclasses import fields

from PySide6.QtCore import QCoreApplication

from explorer.training.augmentation import Augmentation
from explorer.training.events import Evaluated
from explorer.training.history import History
from explorer.training.settings import Settings

translate = QCoreApplication.translate


def best(history: History) -> Evaluated | None:
    """Return the test that went best, the first of several; None before the first test."""
    return max(history.epochs, key=lambda epoch: epoch.test_accuracy, default=None)


def accuracy(history: History) -> str:
    """Return the best accuracy of a run as it is written beside its name."""
    found = best(history)
    return "–" if found is None else f"{found.test_accuracy:.1%}"


def differing(several: Sequence[Settings]) -> frozenset[str]:
    """Return the names of the settings that are not the same in all."""
    return frozenset(
        field.name
        for field in fields(Settings)
        if len({getattr(settings, field.name) for settings in several}) > 1
    )


def explanation(name: str, history: History, settings: Settings, told: frozenset[str]) -> str:
    """Return everything about a run, a line each.

    Parameters
    ----------
    told
        The names of the settings in which it differs from other runs; they come first.
    """
    found = best(history)
    lines = [name]
    if found is None:
        lines.append(translate("runs", "Not tested yet."))
    else:
        lines.append(
            translate("runs", "Best test: {share:.2%} right after epoch {epoch}.").format(
                share=found.test_accuracy, epoch=found.epoch
            )
        )
    if history.first_step:
        lines.append(
            translate("runs", "Goes on from step {step:,}.").format(step=history.first_step)
        )
    values = {field.name: _value(getattr(settings, field.name)) for field in fields(settings)}
    if told:
        lines += ["", translate("runs", "Differs in")]
        lines += [f"{name}: {value}" for name, value in values.items() if name in told]
        lines += ["", translate("runs", "As in the others")]
    else:
        lines += ["", translate("runs", "Settings")]
    lines += [f"{name}: {value}" for name, value in values.items() if name not in told]
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, Augmentation):
        strengths = ((f.name, getattr(value, f.name)) for f in fields(value))
        on = [f"{name} {strength:g}" for name, strength in strengths if strength]
        return ", ".join(on) or translate("runs", "off")
    return f"{value:g}" if isinstance(value, float) else str(value)
