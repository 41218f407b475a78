"""Reads and writes files beside the window, one after the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from explorer.training.errors import FileError
from explorer.training.memory import give_back_memory
from explorer.ui.behind import STACK_SIZE

PATIENCE_MS = 200
"""What takes no longer needs no words."""


@dataclass(frozen=True, eq=False)
class Job:
    """Something to be done with a file.

    Attributes
    ----------
    about
        What it is about: a newer job about the same takes its place, whether it has begun or not.
    words
        What is said while it takes a while; nothing where that is nobody's business.
    do
        Called in a thread of its own; raises `FileError` where it cannot be done.
    done
        Called in the window's thread with what `do` has returned.
    failed
        Called in the window's thread with the error.
    must
        Whether it has to be done even when the window is closed meanwhile.
    """

    about: str
    words: str
    do: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[FileError], None]
    must: bool = False


class FileWorker(QObject):
    """Does one job at a time in a thread of its own, which lives no longer than the work.

    Of jobs about the same only the newest is heard of; what has begun is brought to its end.
    """

    busy = Signal(str)
    """It takes a while; with the words of the job."""
    idle = Signal()
    """All jobs are done."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Job] = []
        self._current: Job | None = None
        """From the start of the thread until its end has been heard of."""
        self._heard = True
        """Whether somebody still wants to know what comes of the present job."""
        self._thread = _Doing(self)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._tell)
        self._thread.finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether there is something to be done."""
        return self._current is not None

    def begin(self, job: Job) -> None:
        """Do it as soon as what was asked for before is done."""
        self._waiting = [other for other in self._waiting if other.about != job.about]
        self._waiting.append(job)
        if self._current is None:
            self._next()
        elif self._current.about == job.about:
            self._heard = False

    def finish(self) -> None:
        """Do what must be done, forget the rest, and come back when the thread has ended.

        Nothing is heard of any of it; what must be done and cannot be is logged.
        """
        self._thread.wait()
        begun, result = self._thread.job, self._thread.result
        if begun is not None and begun.must and isinstance(result, Exception):
            self._note_failure(begun, result)
        waiting, self._waiting = self._waiting, []
        self._heard = False
        self._patience.stop()
        for job in waiting:
            if job.must:
                try:
                    job.do()
                except FileError as error:
                    self._note_failure(job, error)

    @staticmethod
    def _note_failure(job: Job, error: Exception) -> None:
        logging.getLogger(__name__).error("%s: %s", job.words or job.about, error)

    def _next(self) -> None:
        self._current = self._waiting.pop(0)
        self._heard = True
        self._thread.job = self._current
        self._patience.start()
        self._thread.start()

    @Slot()
    def _tell(self) -> None:
        if self._current is not None and self._current.words:
            self.busy.emit(self._current.words)

    @Slot()
    def _on_finished(self) -> None:
        self._thread.wait()
        job, result = self._thread.job, self._thread.result
        self._thread.job = self._thread.result = self._current = None
        self._patience.stop()
        assert job is not None
        heard = self._heard
        if self._waiting:
            self._next()
        else:
            self.idle.emit()
        if not heard:
            return
        if isinstance(result, FileError):
            job.failed(result)
        elif isinstance(result, Exception):
            raise result
        else:
            job.done(result)


class _Doing(QThread):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)
        self.job: Job | None = None
        self.result: Any = None

    def run(self) -> None:
        assert self.job is not None
        try:
            self.result = self.job.do()
        except Exception as error:  # noqa: BLE001 - the window's thread raises it again
            self.result = error
        # A long run takes some megabytes while it is packed or unpacked.
        give_back_memory()
