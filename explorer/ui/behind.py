"""The threads that work behind the window."""

import os
import sys
from abc import abstractmethod
from contextlib import suppress

from PySide6.QtCore import QObject, QThread

STACK_SIZE = 16 * 2**20
"""Bytes, as Python's own threads have: what Qt gives is 512 KiB on a Mac."""
LAST = 19
"""Nobody steps back further."""


class Behind(QThread):
    """A thread that lets the window go first; what it has to do stands in `work`.

    Of threads that count the same, one that has slept waits for the end of another's turn: beside
    two busy programs the window came twice as late while a network learned.

    Attributes
    ----------
    nice
        How far it steps back from the window, on Linux.
    """

    nice = 10

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)

    def run(self) -> None:
        """Step back and work; called by Qt in the new thread."""
        if sys.platform == "linux":
            # Where it is not allowed, everything works all the same. 0 is the calling thread, after
            # which those take that it begins.
            with suppress(OSError):
                here = os.getpriority(os.PRIO_PROCESS, 0)
                os.setpriority(os.PRIO_PROCESS, 0, min(here + self.nice, LAST))
        self.work()

    @abstractmethod
    def work(self) -> None:
        """Do what there is to do, in the new thread."""
