"""Sets of digits that are read once, however many have them at a time."""

import os
from typing import Final
from weakref import WeakValueDictionary

from explorer.data.digits import BUNDLED, Digits, files_of, load

_Key = tuple[str, tuple[tuple[str, int, int], ...]]

_LIVING: Final = WeakValueDictionary[_Key, Digits]()


def shared(source: str | os.PathLike[str] = BUNDLED) -> Digits:
    """Return a set of digits as `load` does, or the very one that somebody still has.

    Eight runs beside each other would hold eight copies of 55 MB. Nobody may write to the arrays.
    Files that have changed are read anew.

    Raises
    ------
    DataError
        As for `load`.
    """
    key = _key(source)
    living = _LIVING.get(key)
    if living is None:
        living = load(source)
        for array in (
            living.train_images,
            living.train_labels,
            living.test_images,
            living.test_labels,
        ):
            array.flags.writeable = False
        living = _LIVING.setdefault(key, living)
    return living


def _key(source: str | os.PathLike[str]) -> _Key:
    """Return what tells a set from others, and from what its files were before."""
    try:
        found = [(path, path.stat()) for path in files_of(source).values()]
    except OSError:
        # Gone since they were found; `load` has the words for it.
        found = []
    return str(source), tuple((str(path), now.st_mtime_ns, now.st_size) for path, now in found)
