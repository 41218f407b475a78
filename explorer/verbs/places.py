"""Where the files of ``train`` go: no two of them to one place."""

import argparse
from itertools import combinations
from typing import Final

from explorer.training.errors import SettingsError
from explorer.training.files import is_same

_PLACES: Final = {
    "save": "--save",
    "resume": "--resume",
    "origin": "--from",
    "weights_out": "--weights-out",
}


def check_places(options: argparse.Namespace) -> None:
    """Refuse files of which one would replace another.

    A run that goes on may well be kept where it was.

    Raises
    ------
    SettingsError
        When two options name one file.
    """
    given = [(name, path) for name in _PLACES if (path := getattr(options, name)) is not None]
    for (one, path), (two, other) in combinations(given, 2):
        if (one, two) != ("save", "resume") and is_same(path, other):
            raise SettingsError(
                f"{_PLACES[one]} and {_PLACES[two]} name the same file, '{other}', and what it "
                "holds would be lost; give one of them another name."
            )
