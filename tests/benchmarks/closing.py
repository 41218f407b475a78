"""Starts a run and closes the window at a random moment, again and again; the slowest close counts.

A thread that is left over or an abort ends the process, and with it the count.
"""

import argparse
import random
import threading
import time

from PySide6.QtWidgets import QAbstractButton

from tests.benchmarks.app import control, training_page, turn, window

LONGEST_WAIT = 1500
"""Milliseconds between the start and the close, at most."""
FIRST = ("train.start", "train.start", "train.start", "train.batch", "train.epoch")
SECOND = ("train.pause", "train.stop", "train.reset", "train.fork", "go.lab", None, None, None)


def cycle(chance: random.Random) -> float:
    """Open, start, do something or nothing, close; return the seconds of the close."""
    with window("training") as shown:
        page = training_page(shown)
        control(shown, QAbstractButton, chance.choice(FIRST)).click()
        for name in (chance.choice(SECOND), chance.choice(SECOND)):
            turn(chance.randint(0, LONGEST_WAIT // 2))
            if name is not None:
                button = control(shown, QAbstractButton, name)
                if button.isEnabled():
                    button.click()
        began = time.perf_counter()
        shown.close()
        seconds = time.perf_counter() - began
        left = [worker for worker in page.director.workers if not worker.isFinished()]
        assert not left, "a worker is left over"
    return seconds


def main() -> None:
    """Go through the cycles and print the slowest close."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    before = _threads()
    times = sorted(cycle(chance) for _ in range(options.cycles))
    print(
        f"{len(times)} cycles: a close takes {times[len(times) // 2]:.3f} s (median), "
        f"{times[-1]:.3f} s at most; {_threads() - before} threads of Python left over"
    )


def _threads() -> int:
    """Count Python's own threads; one of Qt that has run Python stays in its list for ever."""
    return sum(type(thread) is not threading._DummyThread for thread in threading.enumerate())


if __name__ == "__main__":
    main()
