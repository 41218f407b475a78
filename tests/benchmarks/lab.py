"""The Lab with 3 channels, small and large: slider to finished repaint, and late frames."""

import argparse
import random
import time

from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QSlider

from explorer.core.layers import OPERATIONS
from explorer.core.scene import LabState
from explorer.ui.lab import edits
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow
from tests.benchmarks.app import lab_page, percentile, turn, turn_until, window

SIDES = (28, 512)
CHANNELS, KERNELS = 3, 4
LATE_MS = 25.0
"""Frames come every 16.7 ms: one that is this long after the one before has missed its turn."""
FRAME_MS = 16


def scene(side: int, operation: str) -> LabState:
    """Return the coloured test picture, `side` × `side`, and a layer with a kernel of 3."""
    state = edits.from_preset("numbers")
    state = edits.with_input(state, name="shapes", size=(side, side), channels=CHANNELS)
    state = edits.with_operation(state, operation)
    names = {about.name for about in state.layer.parameters()}
    wished = {"out_channels": KERNELS, "kernel_size": (3, 3), "padding": (1, 1)}
    for name in sorted(names & wished.keys()):
        state = edits.with_parameter(state, name, wished[name])
    return state


def prepared(shown: MainWindow, state: LabState) -> LabPage:
    """Return the Lab, standing still, when all about `state` is on the screen."""
    page = lab_page(shown)
    turn_until(lambda: page.document.has_torch)
    page.player.set_playing(False)
    page.document.show(state)
    turn_until(lambda: not page.document.is_proving)
    turn(500)
    return page


def repaints(state: LabState, changes: int) -> list[float]:
    """Return the milliseconds from each move of a slider to the end of the repaint.

    The sliders of the height jump anywhere; the width follows where it is linked.
    """
    taken: list[float] = []
    chance = random.Random(0)
    with window("lab") as shown:
        page = prepared(shown, state)
        sliders = [
            slider
            for slider in page.parameters.findChildren(QSlider)
            if slider.objectName().endswith(".h") and slider.isEnabled() and slider.isVisible()
        ]
        sliders = [slider for slider in sliders if not slider.objectName().startswith("input")]
        loop = QEventLoop()
        page.canvas.painted.connect(loop.quit)
        while len(taken) < changes:
            slider = chance.choice(sliders)
            value = chance.randint(slider.minimum(), slider.maximum())
            if value == slider.value():
                continue
            began = time.perf_counter()
            slider.setValue(value)
            loop.exec()
            taken.append((time.perf_counter() - began) * 1000)
            turn(30)
    return taken


def intervals(state: LabState, seconds: float) -> list[float]:
    """Return the milliseconds from frame to frame while the window moves over the input."""
    between: list[float] = []
    with window("lab") as shown:
        page = prepared(shown, state)
        clock = QElapsedTimer()
        page.player.first()
        page.player.set_playing(True)
        turn(500)
        clock.start()
        page.canvas.painted.connect(lambda: between.append(clock.nsecsElapsed() / 1e6))
        page.canvas.painted.connect(clock.restart)
        turn(round(seconds * 1000))
        page.player.set_playing(False)
    return between[1:]


def idle(seconds: float) -> list[float]:
    """Return the milliseconds from tick to tick of a timer that nothing keeps from its work."""
    between: list[float] = []
    with window("training"):
        turn(2000)
        clock = QElapsedTimer()
        timer = QTimer(interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: between.append(clock.nsecsElapsed() / 1e6))
        timer.timeout.connect(clock.restart)
        clock.start()
        timer.start()
        turn(round(seconds * 1000))
        timer.stop()
    return between


def _spread(values: list[float]) -> str:
    middle, most = percentile(values, 0.5), percentile(values, 0.95)
    return f"median {middle:.1f} ms, p95 {most:.1f} ms, worst {max(values):.1f} ms"


def _frames(values: list[float]) -> str:
    late = sum(value > LATE_MS for value in values)
    rate = 1000 * len(values) / sum(values)
    return f"{rate:.1f} a second, {late / len(values):.1%} late, {_spread(values)}"


def main() -> None:
    """Measure every size and print the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--operation", choices=tuple(OPERATIONS), default="Conv2d")
    parser.add_argument("--side", type=int, action="append", help="of the input; default: 28, 512")
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    print(f"ticks of an idle window: {_frames(idle(options.seconds / 2))}")
    for side in options.side or SIDES:
        state = scene(side, options.operation)
        named = f"{CHANNELS} × {side} × {side}, {options.operation}"
        moved = repaints(state, options.changes)
        print(f"{named}: slider to repaint, {len(moved)} moves: {_spread(moved)}")
        frames = intervals(state, options.seconds)
        print(f"{named}: frames, {len(frames)} of them: {_frames(frames)}")


if __name__ == "__main__":
    main()
