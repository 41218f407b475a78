"""A run that has not ended, kept so that it is still there after a crash; free of torch.

Every run has a file of its own, and a lock beside it that its process holds. A file whose lock
nobody holds is what a crash has left.
"""

import contextlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.core.text import QT_TRANSLATE_NOOP, Text
from explorer.data.files import parts_of
from explorer.training import files
from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import RunFileError, SaveError
from explorer.training.locks import Lock
from explorer.training.record import Record
from explorer.training.runfile import open_run
from explorer.training.tensors import SUFFIX

PREFIX: Final = "unfinished-"
ASIDE: Final = "damaged-"


@dataclass(frozen=True, eq=False)
class Unfinished:
    """A run that its process did not bring to an end.

    While this process has it, no other one finds it. Give it to ``Autosave`` to go on with it,
    ``discard`` it, or ``release`` it to find it again another time.
    """

    path: Path
    record: Record
    checkpoint: Checkpoint
    lock: Lock

    def discard(self) -> None:
        """Take the file away for good; one that cannot be removed is found again."""
        _remove(self.path, self.lock)

    def release(self) -> None:
        """Leave it for another time, or for another process."""
        self.lock.release()


@dataclass(frozen=True, eq=False)
class Found:
    """What lies in a folder of unfinished runs.

    Attributes
    ----------
    unfinished
        The newest run; older ones are found when it is gone.
    troubles
        A sentence for each file that could not be read, with the name that it has now.
    """

    unfinished: Unfinished | None
    troubles: tuple[Text, ...]


class Autosave:
    """The file of one run that goes on.

    Parameters
    ----------
    folder
        Where unfinished runs lie; it is made with the first of them.
    unfinished
        What was found there, to go on with it in the same file.

    Attributes
    ----------
    path
        The file, which is there once something has been written.
    """

    def __init__(self, folder: Path, unfinished: Unfinished | None = None) -> None:
        if unfinished is None:
            # No other run has this name, in this process or in another.
            self.path = folder / f"{PREFIX}{os.getpid()}-{uuid.uuid4().hex[:12]}{SUFFIX}"
            self._lock = _lock_of(self.path)
        else:
            self.path, self._lock = unfinished.path, unfinished.lock

    def write(self, data: bytes) -> None:
        """Write the bytes of ``runfile.to_bytes``; may be called by any one thread at a time.

        Raises
        ------
        SaveError
            When they cannot be written; what was written before is still there.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Where there are no locks, as on some network drives, it is kept all the same.
            self._lock.take()
        except (OSError, ValueError) as error:
            raise SaveError(
                QT_TRANSLATE_NOOP(
                    "training",
                    "The unfinished run cannot be kept in '{folder}' ({reason}); save it yourself.",
                ),
                folder=self.path.parent,
                reason=getattr(error, "strerror", None) or str(error),
            ) from error
        files.write(self.path, data)

    def remove(self) -> None:
        """Take the file away: the run has come to its end, or nobody wants it any more."""
        _remove(self.path, self._lock)


def find_unfinished(folder: Path) -> Found | None:
    """Return what an earlier process has left in a folder, and None where there is nothing.

    Runs that another process is working on are left alone. A file that cannot be read is moved
    aside, under a name that begins with ``ASIDE``, and never deleted.
    """
    troubles: list[Text] = []
    for path in _newest_first(folder):
        lock = _lock_of(path)
        try:
            if not lock.take():
                continue
        except OSError:
            continue
        _clear_parts(path)
        try:
            record, checkpoint = open_run(path)
        except RunFileError as error:
            # Another process may have finished with it in this very moment.
            if path.exists():
                troubles.append(_put_aside(path, error))
            lock.remove()
            continue
        return Found(Unfinished(path, record, checkpoint, lock), tuple(troubles))
    return Found(None, tuple(troubles)) if troubles else None


def _newest_first(folder: Path) -> list[Path]:
    dated: list[tuple[float, Path]] = []
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{PREFIX}*{SUFFIX}"):
            with contextlib.suppress(OSError):
                dated.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(dated, reverse=True)]


def _put_aside(path: Path, error: RunFileError) -> Text:
    aside = path.with_name(f"{ASIDE}{path.name}")
    try:
        path.replace(aside)
    except OSError:
        return error.meaning
    return Text(
        QT_TRANSLATE_NOOP(
            "training", "An unfinished run cannot be opened and is now '{aside}': {reason}"
        ),
        (("aside", aside), ("reason", error.meaning)),
        "training",
    )


def _lock_of(path: Path) -> Lock:
    return Lock(path.with_suffix(".lock"))


def _clear_parts(path: Path) -> None:
    """Take away what a crash in the middle of writing has left beside a file."""
    with contextlib.suppress(OSError):
        for part, _ in parts_of(path):
            part.unlink(missing_ok=True)


def _remove(path: Path, lock: Lock) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        lock.remove()
    lock.release()
