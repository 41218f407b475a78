"""How many CPU threads torch may use.

Only the threads within an operation matter here: a network for digits has no operations that could
run side by side.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread
from typing import Final

import torch

_SETTING: Final = Lock()
"""Held by whoever sets torch's count: it is what threads begin with that come meanwhile."""

_MOST_DIGITS: Final = 3
"""Of a count that is believed: thousands of threads would take all memory."""


def thread_count() -> int:
    """Return how many threads a run gets: one core stays free, for the window or whoever else.

    torch's threads wait for each other by spinning: as soon as one of them has to share its core
    with somebody else, all of them wait. On two cores with busy neighbours two threads have taken
    up to forty times as long for a step as they do alone, and one thread twice as long.

    A count that the user has set in ``OMP_NUM_THREADS`` is kept. It is read from there: the window
    gives torch a single thread for its own.
    """
    asked = _asked(os.environ.get("OMP_NUM_THREADS", ""))
    if asked is not None:
        return asked
    with _SETTING:
        usual = torch.get_num_threads()
    return max(1, min(usual, _usable_cores() - 1))


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Let torch use ``count`` threads in the calling thread, and put the setting back at the end.

    Sums are split among the threads, so float results agree bit for bit only between runs with
    the same count.
    """
    with _SETTING:
        before = torch.get_num_threads()
        torch.set_num_threads(count)
    try:
        yield
    finally:
        with _SETTING:
            torch.set_num_threads(before)


def use_one_thread() -> None:
    """Let torch use one thread in the calling thread from now on, and in no other.

    Every thread has a count of its own, and begins with the one that was set last, whoever set
    it: a run in a thread to come is to begin with the usual one.
    """
    with _SETTING:
        usual = torch.get_num_threads()
        if usual > 1:
            torch.set_num_threads(1)
            restorer = Thread(target=torch.set_num_threads, args=(usual,))
            restorer.start()
            restorer.join()


def _asked(written: str) -> int | None:
    """Return the count in a value of ``OMP_NUM_THREADS``, None where OpenMP takes none from it.

    Source of the format: the OpenMP specification. It is a list, with a count for each level of
    threads within threads; torch has one level.
    """
    first = written.partition(",")[0].strip()
    count = int(first) if first.isascii() and first.isdigit() and len(first) <= _MOST_DIGITS else 0
    return count or None


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
