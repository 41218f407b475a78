"""How late the window is while it trains, and how long a Lab slider takes to the repaint."""

import argparse
import itertools
import time

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QSlider

from tests.benchmarks.app import (
    control,
    lab_page,
    percentile,
    training_page,
    turn,
    turn_until,
    window,
)

TICK_MS = 16
VIEW_MS = 1000
"""How long each view is shown."""


def lateness(seconds: float) -> list[float]:
    """Return by how many milliseconds each tick of a 16 ms timer came late while training.

    A digit is looked at, and all views take turns.
    """
    late: list[float] = []
    with window("training") as shown:
        page = training_page(shown)
        page.controls.epochs.set_value(50)
        page.transport.start.emit()
        turn_until(lambda: page.history().last_step > 20)
        page.looking.look_at_digit(0)
        view = control(shown, QComboBox, "train.view")
        next_view = itertools.cycle(range(view.count()))
        changer = QTimer(interval=VIEW_MS)
        changer.timeout.connect(lambda: view.setCurrentIndex(next(next_view)))
        changer.start()
        clock = QElapsedTimer()
        timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: late.append(clock.nsecsElapsed() / 1e6 - TICK_MS))
        timer.timeout.connect(clock.restart)
        clock.start()
        timer.start()
        turn(round(seconds * 1000))
        timer.stop()
        changer.stop()
    return late


def repaints(changes: int) -> list[float]:
    """Return the milliseconds from each move of a Lab slider to the end of the repaint."""
    taken: list[float] = []
    with window("lab") as shown:
        page = lab_page(shown)
        turn_until(lambda: page.document.has_torch)
        page.player.set_playing(False)
        sliders = [
            control(shown, QSlider, name)
            for name in ("kernel_size.h", "padding.h", "stride.h", "dilation.h")
        ]
        loop = QEventLoop()
        page.canvas.painted.connect(loop.quit)
        turn(300)
        for number in range(changes):
            slider = sliders[number % len(sliders)]
            value = slider.minimum() + (number // len(sliders)) % 4
            if value == slider.value():
                continue
            began = time.perf_counter()
            slider.setValue(value)
            loop.exec()
            taken.append((time.perf_counter() - began) * 1000)
            turn(30)
    return taken


def main() -> None:
    """Measure both and print their percentiles."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--changes", type=int, default=400)
    options = parser.parse_args()
    moved = repaints(options.changes)
    print(
        f"slider to repaint, {len(moved)} moves: median {percentile(moved, 0.5):.1f} ms, "
        f"p95 {percentile(moved, 0.95):.1f} ms, worst {max(moved):.1f} ms"
    )
    late = lateness(options.seconds)
    print(
        f"16 ms timer while training, {len(late)} ticks: median {percentile(late, 0.5):.1f} ms, "
        f"p99 {percentile(late, 0.99):.1f} ms, worst {max(late):.1f} ms late"
    )


if __name__ == "__main__":
    main()
