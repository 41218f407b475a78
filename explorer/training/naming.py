"""Names that tell runs from each other; free of torch."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import lru_cache
from itertools import combinations
from typing import Any, Final

from explorer.training.augmentation import Augmentation
from explorer.training.called import called
from explorer.training.record import Record

MOST_PARTS: Final = 3
"""Differences in one name; what it takes to go on from elsewhere is said besides."""

_OPTIMIZERS: Final = {"sgd": "SGD", "nesterov": "Nesterov", "adam": "Adam", "adamw": "AdamW"}
_SCHEDULES: Final = {
    "constant": "constant",
    "step": "steps down",
    "cosine": "cosine",
    "one_cycle": "one cycle",
}


def _folder(data: str) -> str:
    """Return the last part of a folder, which tells it from others."""
    return data.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or data


def _augmented(given: Augmentation) -> str:
    strengths = ((one.name, getattr(given, one.name)) for one in fields(given))
    on = [f"{name} {strength:g}" for name, strength in strengths if strength]
    if not on:
        return "not augmented"
    return on[0] if len(on) == 1 else "augmented"


_RATES: Final = ("lr", "momentum", "weight_decay")
"""Settings with which a run begins that goes on from a moment, whatever its record says."""

_WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "lr": lambda lr: f"lr {lr:g}",
    "optimizer": lambda name: _OPTIMIZERS[name],
    "network": lambda network: str(called(network)),
    "batch_size": lambda count: f"batch {count:,}",
    "schedule": lambda name: _SCHEDULES[name],
    "augmentation": _augmented,
    "frozen": lambda layers: f"{'+'.join(layers)} frozen" if layers else "nothing frozen",
    "dropout": lambda share: f"dropout {share:g}" if share else "no dropout",
    "weight_decay": lambda decay: f"decay {decay:g}" if decay else "no decay",
    "momentum": lambda momentum: f"momentum {momentum:g}",
    "epochs": lambda count: "1 epoch" if count == 1 else f"{count:,} epochs",
    "seed": lambda seed: f"seed {seed}",
    "data": _folder,
    "device": lambda name: f"on {name}",
}
"""What can differ, the most telling first, and how it is called where there is little room."""

Words = tuple[str, ...]


def differing(records: Sequence[Record]) -> frozenset[str]:
    """Return the names of the settings, and "frozen", that are not the same in all.

    One that was changed on the way is another than one that was not.
    """
    if len(records) < 2:
        return frozenset()
    return frozenset(
        name
        for name in _WORDS
        if len({(_value(record, name), changed_to(record, name)) for record in records}) > 1
    )


def changed_to(record: Record, name: str) -> Any:
    """Return what was set last in the middle of a run; None where it is as it was at the start."""
    changes = record.history.changes
    last = next((change.value for change in reversed(changes) if change.name == name), None)
    if isinstance(last, tuple):
        last = tuple(sorted(last))
    return None if last == _value(record, name) else last


def names(records: Sequence[Record]) -> list[str]:
    """Return a name for each run that says in what it differs from the others.

    It says no more than it takes: what all have in common is left out, and so is what the rest of
    a name tells already. What was changed on the way is told with an arrow. Runs that differ in
    nothing are numbered.
    """
    networks = tuple(str(called(record.settings.network)) for record in records)
    if len(records) == 1:
        return list(networks)
    told = tuple(tuple(_word(record, name) for name in _WORDS) for record in records)
    origins = tuple(map(_origin, records))
    return list(_named(told, origins, networks))


def _word(record: Record, name: str) -> str:
    word = _WORDS[name]
    first, last = word(_value(record, name)), changed_to(record, name)
    if last is None:
        return first
    return f"{first} → {word(last) if name == 'frozen' else f'{last:g}'}"


def _value(record: Record, name: str) -> Any:
    if name == "frozen":
        return tuple(sorted(record.frozen_at_start))
    if name in _RATES and record.start is not None:
        return getattr(record.start, name)
    return getattr(record.settings, name)


def _origin(record: Record) -> str:
    """Return where a run began, and an empty text for new weights."""
    if record.begins_at:
        return f"fork at {record.begins_at:,}"
    return "fine-tuned" if record.is_tuned else ""


@lru_cache(maxsize=16)
def _named(runs: tuple[Words, ...], origins: Words, networks: Words) -> Words:
    columns = [i for i in range(len(_WORDS)) if len({words[i] for words in runs}) > 1]
    subsets = [subset for size in range(MOST_PARTS + 1) for subset in combinations(columns, size)]
    keys = [[tuple(words[i] for i in subset) for subset in subsets] for words in runs]
    common = _common(subsets, keys, len(set(runs)))
    shows_origin = len(set(origins)) > 1
    found: list[str] = []
    for key, words, origin, network in zip(keys, runs, origins, networks, strict=True):
        place = _most_telling(key, keys) if common is None else common
        parts = [words[i] for i in subsets[place]]
        if shows_origin and (origin or not parts):
            parts.append(origin or "new weights")
        found.append(", ".join(parts) or network)
    return _numbered(found)


def _common(
    subsets: Sequence[Sequence[int]], keys: Sequence[Sequence[Words]], every: int
) -> int | None:
    """Return which subset tells all runs apart, if there is a short one.

    The same settings in all names read best, as long as there are two of them at the most.
    """
    short = (place for place, subset in enumerate(subsets) if len(subset) < MOST_PARTS)
    return next((place for place in short if len({key[place] for key in keys}) == every), None)


def _most_telling(own: Sequence[Words], keys: Sequence[Sequence[Words]]) -> int:
    """Return which subset fits the fewest runs; of several the first, which is the shortest.

    A long one has to fit a single run to be worth its words.
    """
    fits = [sum(key[place] == each for key in keys) for place, each in enumerate(own)]
    wanted = min(fits)
    if wanted > 1:
        wanted = min(n for n, each in zip(fits, own, strict=True) if len(each) < MOST_PARTS)
    return fits.index(wanted)


def _numbered(found: Sequence[str]) -> Words:
    return tuple(
        f"{name} ({found[: i + 1].count(name)})" if found.count(name) > 1 else name
        for i, name in enumerate(found)
    )
