"""From launch to the first picture and to the first playing frame, against ``import torch``."""

import argparse
import statistics
import subprocess
import sys
import time

CHILD = """
from tests.benchmarks.app import window
from PySide6.QtWidgets import QApplication

with window("lab") as shown:
    page = shown.current_page()

    def painted():
        if not painted.seen:
            painted.seen = True
            print("picture", flush=True)
        if page.document.state.step > 0:
            print("playing", flush=True)
            QApplication.exit(0)

    painted.seen = False
    page.canvas.painted.connect(painted)
    QApplication.exec()
"""


def launch() -> tuple[float, float]:
    """Return the seconds to the first picture and to the first frame in which it plays."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        times = [time.perf_counter() - began for _ in zip(range(2), child.stdout, strict=False)]
    return times[0], times[1]


def import_torch() -> float:
    """Return the seconds of a Python that does nothing but import torch."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure in turn and print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    launch(), import_torch()
    rounds = [(*launch(), import_torch()) for _ in range(options.rounds)]
    picture, playing, torch = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"first picture {picture:.2f} s, playing {playing:.2f} s, import torch {torch:.2f} s")
    print(f"playing / import torch = {playing / torch:.2f}")


if __name__ == "__main__":
    main()
