"""How soon the Network page shows an edit, and what its live maps cost a training.

edit: the milliseconds from a change of a layer of `lenet5` to the end of the repaint that shows its
   maps, shapes and numbers included.
live: the seconds for some batches of `compact` with the Network page in sight, following, in
   relation to those with the Training page in sight, and to those with the Lab standing still.
"""

import argparse
import statistics
import time

from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QAbstractButton

from explorer.core.network import edits
from tests.benchmarks.app import (
    control,
    lab_page,
    network_page,
    percentile,
    training_page,
    turn,
    turn_until,
    window,
)

BATCHES = 1500
"""Of one measurement of the live maps."""


class Painted(QObject):
    """Ends a loop when a widget has been painted."""

    def __init__(self, loop: QEventLoop) -> None:
        super().__init__()
        self._loop = loop

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the paint event be done first."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            watched.event(event)
            self._loop.quit()
            return True
        return False


def edited(changes: int) -> list[float]:
    """Return the milliseconds of each of some edits of `lenet5`."""
    taken: list[float] = []
    with window("network") as shown:
        page = network_page(shown)
        page.document.edit("preset", edits.with_preset, "lenet5")
        turn_until(page.pose)
        turn(500)
        loop = QEventLoop()
        painted = Painted(loop)
        for number in range(changes):
            page.document.end_gesture()
            name, values = (
                ("out_channels", (7, 6)) if number % 2 else ("kernel_size", ((3, 3), (5, 5)))
            )
            page.canvas.installEventFilter(painted)
            began = time.perf_counter()
            page.document.edit(str(number), edits.with_parameter, 0, name, values[number // 2 % 2])
            loop.exec()
            taken.append((time.perf_counter() - began) * 1000)
            turn(20)
    return taken


def live(sight: str) -> float:
    """Return the seconds that some batches take with a page in sight."""
    with window("training") as shown:
        page = training_page(shown)
        page.controls.device.set_value("cpu")
        page.controls.epochs.set_value(50)
        page.transport.start.emit()
        turn_until(lambda: page.history().last_step > 50)
        control(shown, QAbstractButton, f"go.{sight}").click()
        if sight == "lab":
            lab_page(shown).player.set_playing(False)
        turn(1500)
        first = page.history().last_step
        began = time.perf_counter()
        turn_until(lambda: page.history().last_step >= first + BATCHES)
        return time.perf_counter() - began


def main() -> None:
    """Measure both and print the percentiles and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    taken = edited(options.changes)
    print(
        f"edit of lenet5 to repaint, {len(taken)} edits: median {percentile(taken, 0.5):.1f} ms, "
        f"p95 {percentile(taken, 0.95):.1f} ms, worst {max(taken):.1f} ms"
    )
    times: dict[str, list[float]] = {"training": [], "network": [], "lab": []}
    for _ in range(options.rounds):
        for sight, each in times.items():
            each.append(live(sight))
        print({sight: round(each[-1], 2) for sight, each in times.items()}, flush=True)
    training, network, lab = (statistics.median(each) for each in times.values())
    print(
        f"{BATCHES} batches: Training {training:.2f} s, Network {network:.2f} s, Lab {lab:.2f} s; "
        f"Network / Training = {network / training:.3f}, Network / Lab = {network / lab:.3f}"
    )


if __name__ == "__main__":
    main()
