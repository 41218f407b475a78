"""Looks at earlier moments of a run beside the window: of the latest wish only."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QThread, Signal, Slot

from explorer.data.digits import Digits
from explorer.training.checkpoint import Checkpoint
from explorer.training.errors import CheckpointError, SettingsError
from explorer.training.examine import Past, examine
from explorer.training.memory import give_back_memory
from explorer.training.settings import Settings
from explorer.ui.behind import Behind


@dataclass(frozen=True, eq=False)
class Wish:
    """What somebody wants to see; the attributes are those of ``examine``."""

    settings: Settings
    checkpoint: Checkpoint
    digits: Digits
    picture: npt.NDArray[np.uint8] | None
    wants_answers: bool

    def is_about_the_same(self, other: Wish | None) -> bool:
        """Tell whether the other one has the same answers to the test images."""
        return (
            other is not None
            and self.settings == other.settings
            and self.checkpoint is other.checkpoint
            and self.digits is other.digits
        )


class Examiner(QObject):
    """Works one wish off at a time in a thread of its own, which lives no longer than the work.

    A new wish takes the place of the one before, which is given up wherever it is.
    """

    examined = Signal(object)
    """What is known so far about the latest wish: a `Past`, and a fuller one when there is more.

    Nothing is said about any other wish, and nothing that a newer `Past` has overtaken.
    """
    failed = Signal(str)
    """The latest wish cannot be fulfilled; the sentence says why and what to do."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest: Wish | None = None
        self._occupied = False
        """From the start of the thread until its end has been heard of."""
        self._thread = _Looking(self)
        self._thread.news.connect(self._tell)
        self._thread.finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether there is still something to come."""
        return self._latest is not None

    def examine(
        self,
        settings: Settings,
        checkpoint: Checkpoint,
        digits: Digits,
        picture: npt.NDArray[np.uint8] | None = None,
        wants_answers: bool = False,
    ) -> None:
        """Look at a moment, now or as soon as the one before has been given up.

        Parameters
        ----------
        settings, checkpoint, digits, picture, wants_answers
            As for ``explorer.training.examine.examine``; the picture must not change.
        """
        self._latest = Wish(settings, checkpoint, digits, picture, wants_answers)
        self._thread.ask(self._latest)
        if not self._occupied:
            self._start()

    def give_up(self) -> None:
        """Let nothing come any more."""
        self._latest = None
        self._thread.ask(None)
        if not self._occupied:
            self._thread.forget()

    def shut_down(self) -> None:
        """Give up, and return when the thread has ended."""
        self.give_up()
        self._thread.wait()

    def _start(self) -> None:
        self._occupied = True
        # Where the system knows the difference, the window and the training go first.
        self._thread.start(QThread.Priority.LowPriority)

    @Slot()
    def _tell(self) -> None:
        """Pass on what the thread has found, unless it is about an earlier wish."""
        wish, past = self._thread.take()
        if past is not None and wish is self._latest:
            self.examined.emit(past)

    @Slot()
    def _on_finished(self) -> None:
        self._thread.wait()
        self._occupied = False
        # What was found last, if its signal comes after this one.
        self._tell()
        taken, error = self._thread.taken, self._thread.error
        self._thread.taken = self._thread.error = None
        if self._latest is None:
            self._thread.forget()
            return
        if taken is not self._latest:
            self._start()
            return
        self._latest = None
        if isinstance(error, CheckpointError | SettingsError | MemoryError):
            self.failed.emit(str(error) or self.tr("The memory is used up; close other programs."))
        elif error is not None:
            raise error


class _Looking(Behind):
    """Looks between two pieces of the work whether it is still wanted."""

    nice = 15

    news = Signal()
    """There is something to take; comes once, however much is found until it is taken."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.taken: Wish | None = None
        """The last wish that it took up; like the error to be read when the thread is over."""
        self.error: Exception | None = None
        self._lock = threading.Lock()
        self._wish: Wish | None = None
        self._found: tuple[Wish | None, Past | None] = None, None
        self._known: tuple[Wish, Past] | None = None
        """The last wish that came to its end, and everything that came out of it."""

    # For the window's thread

    def ask(self, wish: Wish | None) -> None:
        """Let the thread work on a wish, or on none any more."""
        with self._lock:
            self._wish = wish

    def take(self) -> tuple[Wish | None, Past | None]:
        """Return what has been found last, and the wish that it belongs to."""
        with self._lock:
            found, self._found = self._found, (None, None)
            return found

    def forget(self) -> None:
        """Let go of the digits and the weights of the last wish; the thread is over."""
        self._known = None

    # For the thread itself

    def work(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - the window's thread raises it again
            self.error = error
        # All that was made for it is free by now, but still in the pool of this thread.
        give_back_memory()

    def _work(self) -> None:
        while (wish := self._next()) is not None:
            self.taken = wish
            if wish.picture is not None or wish.wants_answers:
                self._stay_modest()
            self._look(wish)

    def _next(self) -> Wish | None:
        with self._lock:
            return None if self._wish is self.taken else self._wish

    @staticmethod
    def _stay_modest() -> None:
        """Use one core, whatever others do."""
        from explorer.training.threads import use_one_thread

        use_one_thread()

    def _look(self, wish: Wish) -> None:
        # While somebody draws, the picture changes and the test images do not.
        answered = None
        if self._known is not None and wish.is_about_the_same(self._known[0]):
            answered = self._known[1].answered
        wants_answers = wish.wants_answers and answered is None
        told: Past | None = None
        for past in examine(
            wish.settings, wish.checkpoint, wish.digits, wish.picture, wants_answers
        ):
            if self._wish is not wish:
                return
            if past is not told:
                told = past
                self._put(wish, replace(past, answered=past.answered or answered))
        if told is not None:
            self._known = wish, replace(told, answered=told.answered or answered)

    def _put(self, wish: Wish, past: Past) -> None:
        with self._lock:
            is_first = self._found[1] is None
            self._found = wish, past
        if is_first:
            self.news.emit()
