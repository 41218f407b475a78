"""Times an epoch of `compact` on the CPU in several ways in one run and prints the ratios.

Each is the wall time of one pass over the training images; the test after it does not count.

a: the textbook loop (DataLoader, ToTensor, Normalize, ``loss.item()`` after each batch), with as
   many CPU threads as torch takes by itself.
a': the same with as many threads as the engine takes, which leaves a core to the window.
b: the engine headless, with as many threads as it takes; the mean of one before c and one after.
b2: the same with as many threads as torch takes.
c: as b, in the app, with all there is on the Training page: a digit is looked at, and the views
   take turns.
"""

import argparse
import itertools
import math
import statistics
import time

import torch
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox

from explorer.data.digits import load
from explorer.training.engine import Run
from explorer.training.events import Evaluating
from explorer.training.settings import Settings
from explorer.training.threads import thread_count, torch_threads
from tests.benchmarks.app import control, training_page, turn_until, window
from tests.benchmarks.textbook import textbook, unpacked

VIEW_MS = 500
"""How long each view is shown."""


def headless(data: str, threads: int) -> float:
    """Return the seconds of the first epoch of a run."""
    run = Run(Settings(data=data, epochs=1, device="cpu"), load(data))
    with torch_threads(threads):
        began = time.perf_counter()
        for event in run:
            if isinstance(event, Evaluating):
                break
        return time.perf_counter() - began


def in_the_app(data: str) -> float:
    """Return the same as `headless`, as the page sees it while it shows all that it can."""
    steps = math.ceil(len(load(data).train_images) / 64)
    with window("training", data) as shown:
        page = training_page(shown)
        page.controls.device.set_value("cpu")
        page.controls.epochs.set_value(1)
        view = control(shown, QComboBox, "train.view")
        view.setCurrentIndex(view.findData("maps"))
        next_view = itertools.cycle(range(view.count()))
        changer = QTimer(interval=VIEW_MS)
        changer.timeout.connect(lambda: view.setCurrentIndex(next(next_view)))
        page.transport.start.emit()
        turn_until(lambda: page.history().last_step > 0)
        began = time.perf_counter()
        page.looking.look_at_digit(0)
        changer.start()
        turn_until(lambda: page.history().last_step == steps)
        seconds = time.perf_counter() - began
        changer.stop()
        return seconds


def main() -> None:
    """Measure in turn, round by round, and print the medians of the times and of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with the complete MNIST")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    times: dict[str, list[float]] = {"a": [], "a'": [], "b": [], "b2": [], "c": []}
    with unpacked(options.data) as folder:
        usual, spared = torch.get_num_threads(), thread_count()  # before the window takes one
        for _ in range(options.rounds):
            with torch_threads(usual):
                times["a"].append(textbook(folder))
            with torch_threads(spared):
                times["a'"].append(textbook(folder))
            times["b2"].append(headless(options.data, usual))
            before = headless(options.data, spared)
            times["c"].append(in_the_app(options.data))
            # On both sides of what it is compared with: a machine does not stay equally quick.
            times["b"].append((before + headless(options.data, spared)) / 2)
            print({name: round(values[-1], 2) for name, values in times.items()}, flush=True)
    print(f"threads: a and b2 {usual}, the others {spared}")
    print(", ".join(f"{name} {statistics.median(each):.2f} s" for name, each in times.items()))
    pairs = ("b", "a"), ("b2", "a"), ("b", "a'"), ("c", "b")
    print("   ".join(f"{x} / {y} = {ratio(times[x], times[y]):.3f}" for x, y in pairs))


def ratio(some: list[float], others: list[float]) -> float:
    """Return the median of the ratios of the rounds: what slows a whole round changes none."""
    return statistics.median(x / y for x, y in zip(some, others, strict=True))


if __name__ == "__main__":
    main()
