"""Reads files beside the window: what the latest wish asks for only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from explorer.data.errors import DataError
from explorer.training.memory import give_back_memory
from explorer.ui.behind import STACK_SIZE

PATIENCE_MS = 200
"""What takes no longer needs no words."""


@dataclass(frozen=True, eq=False)
class Wish:
    """Something to be read.

    Attributes
    ----------
    name
        What the user calls it.
    read
        Called in a thread of its own; raises `DataError` where it cannot be read.
    take
        Called in the window's thread with what was read.
    refuse
        Called in the window's thread with the error.
    """

    name: str
    read: Callable[[], Any]
    take: Callable[[Any], None]
    refuse: Callable[[DataError], None]


class Reader(QObject):
    """Grants one wish at a time in a thread of its own, which lives no longer than the work.

    A new wish takes the place of the one before, of which nothing is heard any more.
    """

    opening = Signal(str)
    """It takes a while; with the name of the wish."""
    ended = Signal()
    """Nothing is being read any more, whether it was there or not."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest: Wish | None = None
        self._occupied = False
        """From the start of the thread until its end has been heard of."""
        self._thread = _Reading(self)
        self._patience = QTimer(self, interval=PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._tell)
        self._thread.finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether a wish is still to be granted."""
        return self._latest is not None

    def begin(self, wish: Wish) -> None:
        """Read, or do so as soon as the thread has done with the wish before."""
        self._latest = wish
        self._patience.start()
        if not self._occupied:
            self._start(wish)

    @Slot()
    def give_up(self) -> None:
        """Let nothing come of the wish any more."""
        if self._latest is not None:
            self._end()

    def wait(self) -> None:
        """Give up, and return when the thread has ended: decoding cannot be cut short."""
        self.give_up()
        self._thread.wait()

    def _start(self, wish: Wish) -> None:
        self._occupied = True
        self._thread.wish = wish
        self._thread.start()

    def _end(self) -> None:
        self._latest = None
        self._patience.stop()
        self.ended.emit()

    @Slot()
    def _tell(self) -> None:
        if self._latest is not None:
            self.opening.emit(self._latest.name)

    @Slot()
    def _on_finished(self) -> None:
        self._thread.wait()
        self._occupied = False
        wish, result = self._thread.wish, self._thread.result
        self._thread.wish = self._thread.result = None
        if self._latest is None or wish is None:
            return
        if wish is not self._latest:
            self._start(self._latest)
            return
        self._end()
        if isinstance(result, DataError):
            wish.refuse(result)
        elif isinstance(result, Exception):
            raise result
        else:
            wish.take(result)


class _Reading(QThread):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)
        self.wish: Wish | None = None
        self.result: Any = None

    def run(self) -> None:
        assert self.wish is not None
        try:
            self.result = self.wish.read()
        except Exception as error:  # noqa: BLE001 - the window's thread raises it again
            self.result = error
        # A picture takes hundreds of megabytes while it is unpacked.
        give_back_memory()
