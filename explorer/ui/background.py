"""Work beside the window, of which only the latest wish counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from explorer.training.memory import give_back_holes, give_back_memory
from explorer.ui.behind import Behind

Work = Callable[[], Iterator[object]]
"""Made and iterated over in the thread; between two yields it may be given up."""
TIDY_MS = 2000
"""How long nothing has to be asked until what is free in memory goes back to the system."""


class Background(QObject):
    """Works one wish off at a time, in a thread of its own that lives no longer than the work.

    A new wish takes the place of the one before, which is given up at its next yield.
    """

    found = Signal(object)
    """What the latest wish has yielded; what it yields before that was told is passed over."""
    ended = Signal()
    """The latest wish has come to its end, one way or the other."""
    failed = Signal(str)
    """The latest wish has ended with an error, which says why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wish: Work | None = None
        self._occupied = False
        """From the start of the thread until its end has been heard of."""
        self._thread = _Thread(self)
        self._thread.news.connect(self._tell)
        self._thread.finished.connect(self._on_finished)
        # The thread itself gives back what it has freed, but not what it has found.
        self._tidy = QTimer(self, interval=TIDY_MS, singleShot=True)
        self._tidy.timeout.connect(self._give_back)

    @property
    def is_busy(self) -> bool:
        """Whether there is still something to come."""
        return self._wish is not None

    def ask(self, work: Work) -> None:
        """Have `work` done, now or as soon as the wish before it has been given up."""
        self._wish = work
        self._thread.ask(work)
        self._tidy.start()
        if not self._occupied:
            self._start()

    def give_up(self) -> None:
        """Let nothing come any more."""
        self._wish = None
        self._thread.ask(None)

    def shut_down(self) -> None:
        """Give up, and return when the thread has ended."""
        self.give_up()
        self._tidy.stop()
        self._thread.wait()

    def _start(self) -> None:
        self._occupied = True
        # Where the system knows the difference, the window and the training go first.
        self._thread.start(QThread.Priority.LowPriority)

    @Slot()
    def _give_back(self) -> None:
        if self._occupied:
            self._tidy.start()
        else:
            give_back_holes()

    @Slot()
    def _tell(self) -> None:
        work, found = self._thread.take()
        if work is not None and work is self._wish:
            self.found.emit(found)

    @Slot()
    def _on_finished(self) -> None:
        self._thread.wait()
        self._occupied = False
        # What was found last, if its signal comes after this one.
        self._tell()
        done, error = self._thread.result()
        if self._wish is not None and done is not self._wish:
            self._start()
            return
        # What the work holds may be large.
        self._thread.ask(None)
        if self._wish is None:
            return
        self._wish = None
        if error is not None:
            reason = " ".join(str(error).split("\n", 1)[0].split())
            self.failed.emit(reason or type(error).__name__)
        self.ended.emit()


class _Thread(Behind):
    nice = 15
    news = Signal()
    """There is something to take; comes once, however much is found until it is taken."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._wish: Work | None = None
        self._found: tuple[Work, object] | None = None
        self._done: Work | None = None
        self._error: Exception | None = None

    # For the window's thread

    def ask(self, wish: Work | None) -> None:
        """Let the thread work on a wish, or on none any more."""
        with self._lock:
            self._wish = wish

    def take(self) -> tuple[Work, object] | tuple[None, None]:
        """Return what has been found last, and the wish that it belongs to."""
        with self._lock:
            found, self._found = self._found, None
            return found or (None, None)

    def result(self) -> tuple[Work | None, Exception | None]:
        """Return the last wish that was taken up and what went wrong; the thread is over."""
        done, error = self._done, self._error
        self._done = self._error = None
        return done, error

    # For the thread itself

    def work(self) -> None:
        from explorer.training.threads import use_one_thread

        use_one_thread()
        while (wish := self._next()) is not None:
            self._done, self._error = wish, None
            try:
                for found in wish():
                    if self._wish is not wish:
                        break
                    self._put(wish, found)
            except Exception as error:  # noqa: BLE001 - the window's thread tells of it
                self._error = error
            found = wish = None
        give_back_memory()

    def _next(self) -> Work | None:
        with self._lock:
            return None if self._wish is self._done else self._wish

    def _put(self, wish: Work, found: object) -> None:
        with self._lock:
            is_first = self._found is None
            self._found = wish, found
        if is_first:
            self.news.emit()
