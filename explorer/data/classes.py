"""What the labels of a data set stand for: digits, clothes, Japanese letters, or mere numbers."""

import hashlib
from pathlib import Path
from typing import Final

from explorer.core.text import QT_TRANSLATE_NOOP

DIGITS: Final = tuple("0123456789")
CLOTHES: Final = (
    QT_TRANSLATE_NOOP("data", "T-shirt"),
    QT_TRANSLATE_NOOP("data", "Trousers"),
    QT_TRANSLATE_NOOP("data", "Pullover"),
    QT_TRANSLATE_NOOP("data", "Dress"),
    QT_TRANSLATE_NOOP("data", "Coat"),
    QT_TRANSLATE_NOOP("data", "Sandal"),
    QT_TRANSLATE_NOOP("data", "Shirt"),
    QT_TRANSLATE_NOOP("data", "Sneaker"),
    QT_TRANSLATE_NOOP("data", "Bag"),
    QT_TRANSLATE_NOOP("data", "Boot"),
)
LETTERS: Final = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
"""Hiragana, in Latin letters, which every font has."""

_SETS: Final = {
    "bb300cfdad3c16e7a12a480ee83cd310": CLOTHES,  # as it is downloaded
    "0d30e22e447f3c33dab9ed536400ac01": CLOTHES,  # as Debian packs it
    "15d484375f8d13e6eb1aabb0c3f46965": CLOTHES,  # unpacked
    "7320c461ea6c1c855c0b718fb2a4b134": LETTERS,  # as it is downloaded
}
"""By the MD5 of the file with the labels of the test images."""

_LARGEST: Final = 20_000
"""Bytes of such a file at most; others need not be read."""


def numerals(count: int) -> tuple[str, ...]:
    """Return the names of so many classes of which nothing but their numbers is known."""
    return tuple(map(str, range(count)))


def class_names(labels: Path, count: int = len(DIGITS)) -> tuple[str, ...]:
    """Return the names of the classes of a data set.

    All sets have the same files with the same names, so the set is known by what is in one of
    them. The names are numbers where it is not one that is known for certain.

    Parameters
    ----------
    labels
        The file with the labels of the test images, plain or ``.gz``. Where a plain one is unknown,
        the one that it was unpacked from is looked at, if it lies beside it.
    count
        How many classes the set has.

    Returns
    -------
    tuple
        In English; those of digits are ``"0"`` to ``"9"``.
    """
    if count != len(DIGITS):
        return numerals(count)
    for path in (labels, labels.with_name(f"{labels.name}.gz")):
        try:
            if path.stat().st_size > _LARGEST:
                continue
            checksum = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        except OSError:
            continue
        if checksum in _SETS:
            return _SETS[checksum]
    return DIGITS
