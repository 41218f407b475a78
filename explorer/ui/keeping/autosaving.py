"""Keeps the run that goes on in a file, and offers what a crash has left."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot

from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import FileError
from explorer.training.events import Evaluated
from explorer.training.record import Record
from explorer.ui.keeping.file_jobs import still
from explorer.ui.keeping.file_worker import FileWorker, Job
from explorer.ui.keeping.unfinished import UnfinishedLine
from explorer.ui.sentences import translated

if TYPE_CHECKING:
    # Late, in its own thread: reading files takes more than the first picture does.
    from explorer.training.autosave import Autosave, Found, Unfinished


def home() -> Path:
    """Return the folder that unfinished runs lie in."""
    kind = QStandardPaths.StandardLocation.AppDataLocation
    return Path(QStandardPaths.writableLocation(kind), "unfinished")


@dataclass(frozen=True, eq=False)
class _Left:
    """What a look into the folder has brought."""

    found: Found | None
    when: datetime | None


class Autosaving(QObject):
    """Writes after every epoch, and takes the file away when the run has come to its end.

    Parameters
    ----------
    folder : Path, optional
        Where unfinished runs lie; `home` if left out.

    Attributes
    ----------
    line
        The offer, to be placed by the page; it takes no room while there is none.
    """

    resumed = Signal(object, object)
    """The user wants to go on with this `Record` from this `Checkpoint`."""
    failed = Signal(str)
    """The run cannot be kept, or one that was left cannot be read; said once for each run."""

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._worker = FileWorker(self)
        self._has_looked = False
        self._brought: list[Unfinished] = []
        """All that was found; filled by the thread."""
        self._offered: Unfinished | None = None
        self._left: WeakKeyDictionary[Record, Autosave] = WeakKeyDictionary()
        """The files of runs that nobody works on: resumed ones that wait, and those that failed."""
        self._record: Record | None = None
        self._autosave: Autosave | None = None
        self._epochs = 0
        self._complained = False
        self.line = UnfinishedLine()
        self.line.resumed.connect(self._on_resumed)
        self.line.discarded.connect(self._on_discarded)

    @property
    def is_busy(self) -> bool:
        """Whether something is being written or looked for."""
        return self._worker.is_busy

    def look(self) -> None:
        """Look for what a crash has left, once; to be called when the page can be seen."""
        if not self._has_looked:
            self._has_looked = True
            self._look()

    def begin(self, record: Record, resumed: Record | None = None) -> None:
        """Keep this run from now on, and the one before no more.

        One that is kept already keeps its file: if it cannot go on, that is all there is.

        Parameters
        ----------
        record
            The run that begins.
        resumed
            The one that the user has wanted to go on with, where this is what becomes of it.
        """
        from explorer.training.autosave import Autosave

        if record is not self._record:
            self.drop()
            left = self._left.pop(resumed, None) if resumed is not None else None
            self._record, self._autosave = record, left or Autosave(self._place())
        self._epochs, self._complained = len(record.history.epochs), False

    def keep(self) -> None:
        """Write the run if an epoch has ended; to be called whenever its history has grown."""
        if self._record is None or self._autosave is None:
            return
        history = self._record.history
        if len(history.epochs) == self._epochs:
            return
        checkpoint = _last(self._record)
        if checkpoint is None or not _goes_with(checkpoint, history.epochs[-1]):
            return  # it comes with the next mail
        self._epochs = len(history.epochs)
        self._begin(
            self._autosave, partial(_write, self._autosave, still(self._record), checkpoint)
        )

    def drop(self) -> None:
        """Take the file away: the run has come to its end, or nobody wants it any more."""
        if self._autosave is not None:
            self._begin(self._autosave, self._autosave.remove)
            self._autosave = self._record = None

    def drop_run(self, record: Record) -> None:
        """Take the file away if it is that of this run."""
        if record is self._record:
            self.drop()
        elif (left := self._left.pop(record, None)) is not None:
            self._begin(left, left.remove)

    def let_go(self, record: Record) -> None:
        """Write this run no more until it begins again, and leave its file for the next start."""
        if record is self._record and self._autosave is not None:
            self._left[record] = self._autosave
            self._autosave = self._record = None

    def shut_down(self) -> None:
        """Write what is to be written, and come back when the thread has ended.

        A run that goes on and an offer that nobody has answered are there at the next start.
        """
        self._worker.finish()
        for unfinished in self._brought:
            unfinished.release()

    def _place(self) -> Path:
        # Asked late: the application's name is part of it.
        return self._folder or home()

    def _begin(self, autosave: Autosave, do: Callable[[], None]) -> None:
        self._worker.begin(
            Job(
                about=str(autosave.path),
                words="",
                do=do,
                done=self._on_done,
                failed=partial(self._on_failed, autosave),
                must=True,
            )
        )

    def _on_done(self, _result: object) -> None:
        """Nothing is to be said about what goes well."""

    def _on_failed(self, autosave: Autosave, error: FileError) -> None:
        if autosave is self._autosave and not self._complained:
            self._complained = True
            self.failed.emit(translated(error.meaning))

    def _look(self) -> None:
        self._worker.begin(
            Job(
                about="look",
                words="",
                do=partial(_find, self._place(), self._brought),
                done=self._on_found,
                failed=self._on_unreadable,
            )
        )

    def _on_found(self, left: _Left) -> None:
        found = left.found
        if found is None:
            return
        if found.unfinished is not None:
            self._offered = found.unfinished
            self.line.offer(found.unfinished.record, left.when)
        for trouble in found.troubles:
            self.failed.emit(translated(trouble))

    def _on_unreadable(self, error: FileError) -> None:
        self.failed.emit(translated(error.meaning))

    @Slot()
    def _on_resumed(self) -> None:
        self.line.clear()
        offered, self._offered = self._offered, None
        if offered is not None:
            from explorer.training.autosave import Autosave

            self._left[offered.record] = Autosave(self._place(), offered)
            self.resumed.emit(offered.record, offered.checkpoint)

    @Slot()
    def _on_discarded(self) -> None:
        self.line.clear()
        offered, self._offered = self._offered, None
        if offered is not None:
            self._worker.begin(
                Job(
                    about=str(offered.path),
                    words="",
                    do=offered.discard,
                    done=self._on_done,
                    failed=self._on_unreadable,
                    must=True,
                )
            )
            # There may be an older one.
            self._look()


def _last(record: Record) -> Checkpoint | None:
    steps = record.history.checkpoints.steps
    return record.history.checkpoints.nearest(steps[-1]) if steps else None


def _goes_with(checkpoint: Checkpoint, epoch: Evaluated) -> bool:
    """Tell whether a run that goes on from there does not begin with the test of that epoch."""
    return checkpoint.step > epoch.step or (checkpoint.step == epoch.step and checkpoint.is_tested)


def _write(autosave: Autosave, record: Record, checkpoint: Checkpoint) -> None:
    from explorer.training.runfile import to_bytes

    autosave.write(to_bytes(record, checkpoint))


def _find(folder: Path, brought: list[Unfinished]) -> _Left:
    from explorer.training.autosave import find_unfinished

    found = find_unfinished(folder)
    when = None
    if found is not None and found.unfinished is not None:
        brought.append(found.unfinished)
        with contextlib.suppress(OSError):
            when = datetime.fromtimestamp(found.unfinished.path.stat().st_mtime)
    return _Left(found, when)
