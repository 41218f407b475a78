"""The files that were opened or saved last, from one start to the next."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

MOST: Final = 8

LAB: Final = "lab"
TRAINING: Final = "training"
"""The pages that have files, each with a list of its own."""


@dataclass(frozen=True)
class RecentFiles:
    """The last files, the newest first, none of them twice.

    Attributes
    ----------
    paths
        At most `MOST`, absolute and without links; files that are gone may be among them, for a
        disk that is away now may come back.
    """

    paths: tuple[Path, ...] = ()

    def with_(self, path: str | os.PathLike[str]) -> "RecentFiles":
        """Return the files after one has been opened or saved."""
        resolved = _resolved(path)
        return RecentFiles((resolved, *self.without(resolved).paths)[:MOST])

    def without(self, path: str | os.PathLike[str]) -> "RecentFiles":
        """Return the files without one that could not be opened."""
        # On Windows names differ in their letters' case and are still the same.
        gone = os.path.normcase(_resolved(path))
        return RecentFiles(tuple(kept for kept in self.paths if os.path.normcase(kept) != gone))

    def folder(self) -> Path:
        """Return the folder that was used last, or the user's own where it is gone."""
        last = self.paths[0].parent if self.paths else Path.home()
        return last if _is_folder(last) else Path.home()

    def shown(self) -> list[Path]:
        """Return those that are there at this moment."""
        return [path for path in self.paths if _is_there(path)]


def read(settings: QSettings, page: str = LAB) -> RecentFiles:
    """Return what `settings` hold for a page; whatever is damaged there is left out."""
    value = settings.value(_key(page))
    try:
        names = json.loads(value) if isinstance(value, str) else []
    except (ValueError, RecursionError):
        names = []
    if not isinstance(names, list):
        return RecentFiles()
    found: dict[str, Path] = {}
    for path in map(Path, filter(_is_usable, names)):
        found.setdefault(os.path.normcase(path), path)
    return RecentFiles(tuple(found.values())[:MOST])


def remember(settings: QSettings, recent: RecentFiles, page: str = LAB) -> None:
    """Keep the files of a page; as one text, which also holds names that are not UTF-8."""
    settings.setValue(_key(page), json.dumps([str(path) for path in recent.paths]))


def _key(page: str) -> str:
    return f"{page}/recent"


def _resolved(path: str | os.PathLike[str]) -> Path:
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError, ValueError):  # links that lead in a circle, a zero byte
        return Path(path).absolute()


def _is_usable(name: object) -> bool:
    return isinstance(name, str) and "\0" not in name and Path(name).is_absolute()


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, a folder that may not be entered
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
