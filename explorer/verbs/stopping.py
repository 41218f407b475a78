"""Ctrl+C, and the system's wish to end, as something to ask for between two events of a run."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Wish:
    """Whether somebody wants it to stop.

    Attributes
    ----------
    signal
        What was sent first; None as long as nothing has been.
    """

    signal: int | None = None


@contextlib.contextmanager
def wish_to_stop() -> Iterator[Wish]:
    """Hold back the first signal, so that the batch that is worked on is brought to its end.

    A second one ends it at once, by a ``KeyboardInterrupt``. What the process ignores, as in the
    background of a shell, it goes on to ignore.
    """
    wish = Wish()

    def hold_back(number: int, frame: FrameType | None) -> None:
        if wish.signal is not None:
            raise KeyboardInterrupt
        wish.signal = number

    before = {}
    # Python lets no other thread set it.
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, hold_back)
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
