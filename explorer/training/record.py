"""Runs as they are kept beside each other, and the names that tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from explorer.data.digits import CLASSES
from explorer.training.augmentation import Augmentation
from explorer.training.history import History
from explorer.training.settings import Settings
from explorer.training.shapes import class_count

SHORT: Final = {
    "batch_size": "batch",
    "weight_decay": "decay",
    "network": "",
    "optimizer": "",
    "schedule": "",
    "data": "",
    "device": "",
}
"""How a setting is called where there is little room; nothing where its value says it all."""


@dataclass(eq=False)
class Record:
    """A run as a page keeps it, whether it goes on, has ended or was read from a file."""

    settings: Settings
    history: History

    @property
    def class_count(self) -> int:
        """How many classes its network tells apart; ten as long as nothing is known of it."""
        network = self.settings.network
        counts = (class_count(network, moment.weights) for moment in self.history.checkpoints)
        return next((count for count in counts if count is not None), CLASSES)

    @property
    def begins_at(self) -> int:
        """Steps that were taken before the first of this run."""
        return self.history.first_step


def names(records: Sequence[Record]) -> list[str]:
    """Return a name for each run that says in what it differs from the others.

    What all have in common is left out; runs that differ in nothing are numbered.
    """
    told = [
        field.name
        for field in fields(Settings)
        if len({repr(getattr(record.settings, field.name)) for record in records}) > 1
    ]
    forked = any(record.begins_at for record in records)
    found: list[str] = []
    for record in records:
        parts = [_part(name, getattr(record.settings, name)) for name in told]
        if forked and record.begins_at:
            parts.append(f"from {record.begins_at:,}")
        found.append(", ".join(parts) or record.settings.network)
    return [
        f"{name} ({found[: i + 1].count(name)})" if found.count(name) > 1 else name
        for i, name in enumerate(found)
    ]


def _part(name: str, value: object) -> str:
    if isinstance(value, Augmentation):
        return "augmented" if value.is_on else "plain"
    if name == "data" and isinstance(value, str):
        # Of a folder the last part tells it from others.
        value = value.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or value
    word = SHORT.get(name, name)
    number = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{word} {number}".lstrip()
