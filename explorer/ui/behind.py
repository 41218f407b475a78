"""The threads that work behind the window."""

import os
import sys
import threading

from PySide6.QtCore import QObject, QThread

STACK_SIZE = 16 * 2**20
"""Bytes, as Python's own threads have: what Qt gives is 512 KiB on a Mac."""
NICE = 10
"""How far a thread steps back on Linux: 0 is as the window's, 19 the last of all."""


class Behind(QThread):
    """A thread that lets the window go first; what it has to do stands in `work`.

    Of threads that count the same, one that has slept waits for the end of another's turn: beside
    two busy programs the window came twice as late while a network learned.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setStackSize(STACK_SIZE)

    def start(self, priority: QThread.Priority = QThread.Priority.LowPriority) -> None:
        """Begin; Linux passes over the priority, see `run`."""
        super().start(priority)

    def run(self) -> None:
        """Step back and work; called by Qt in the new thread."""
        if sys.platform == "linux":
            # For the kernel every thread is a process; those that it begins take after it.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        self.work()

    def work(self) -> None:
        """Do what there is to do, in the new thread."""
        raise NotImplementedError
