"""A long, busy time: train, fork, go back, switch pages, drag sliders; memory and warnings watched.

Once a minute everything comes to rest and the memory is measured: what a run needs while it works
depends on its batch size, and says nothing about what stays behind. Of the pages of libraries that
have been read from their files the system can take any back; the rest is the process's own.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import random
import sys
import time
from dataclasses import dataclass

import psutil
from PySide6.QtCore import QPoint, Qt, QThread, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QSlider, QWidget

from explorer.core.network import edits as network_edits
from explorer.ui.application import failures
from explorer.ui.lab import edits
from explorer.ui.main_window import MainWindow
from explorer.ui.network.page import NetworkPage
from tests.benchmarks.app import (
    control,
    lab_page,
    network_page,
    training_page,
    turn,
    turn_until,
    window,
)
from tests.leaks import forgotten_items

SETTLED_SECONDS = 300
"""The memory at rest after this time is compared with all later ones."""
REST_EVERY = 60
TIDIED_MS = 3000
"""So long after the last work the pages have given back what is free."""
MENUS = (
    *("open", "source.copy.more", "train.open", "train.export", "train.export_curves"),
    *("network.open", "network.export", "network.add"),
)
"""They drop down and stay there."""


def act(shown: MainWindow, chance: random.Random) -> None:
    """Do one thing that a hand could do."""
    if chance.random() < 0.08:
        control(
            shown, QAbstractButton, chance.choice(["go.lab", "go.network", "go.training"])
        ).click()
        return
    page = shown.current_page()
    if isinstance(page, NetworkPage) and chance.random() < 0.3:
        canvas = page.canvas
        at = QPoint(chance.randrange(canvas.width()), chance.randrange(canvas.height()))
        QTest.mouseMove(canvas, at)
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=at)
        return
    wanted: type[QWidget] = chance.choices([QSlider, QAbstractButton, QComboBox], [6, 2, 1])[0]
    found: list[QWidget] = page.findChildren(wanted)
    usable = [
        widget
        for widget in found
        if widget.isVisible() and widget.isEnabled() and widget.objectName() not in MENUS
    ]
    if not usable:
        return
    widget = chance.choice(usable)
    if isinstance(widget, QSlider):
        widget.setValue(chance.randint(widget.minimum(), widget.maximum()))
    elif isinstance(widget, QComboBox):
        # The other data are downloaded, or chosen in a dialog, which waits for a hand.
        last = 0 if widget.objectName() == "train.data" else widget.count() - 1
        # Titles of groups cannot be chosen.
        entries = [i for i in range(last + 1) if widget.itemData(i) is not None]
        widget.setCurrentIndex(chance.choice(entries))
    elif isinstance(widget, QAbstractButton):
        widget.click()


@dataclass(frozen=True)
class Rest:
    """MiB that the process has: all of them, its own, and those that malloc has given out."""

    resident: float
    own: float
    given: float

    @classmethod
    def now(cls) -> Rest:
        """Measure."""
        info = psutil.Process().memory_info()
        # Linux alone tells which pages can be read from a file again.
        own = info.rss - getattr(info, "shared", 0)
        return cls(info.rss / 2**20, own / 2**20, given_out() / 2**20)

    def __str__(self) -> str:
        return f"{self.resident:7.1f} MiB at rest ({self.own:.1f} own, {self.given:.1f} given out)"


class MallInfo(ctypes.Structure):
    """What mallinfo2(3) returns."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def given_out() -> int:
    """Return the bytes that glibc's malloc has given out, 0 with other C libraries.

    Where the memory grows and they do not, it is holes between blocks that grow.
    """
    if sys.platform != "linux":
        return 0
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return 0
    library.mallinfo2.restype = MallInfo
    info = library.mallinfo2()
    return int(info.uordblks + info.hblkhd)


def come_to_rest(shown: MainWindow) -> None:
    """Show little on every page, throw away what can be undone, and wait until all is done."""
    control(shown, QAbstractButton, "go.training").click()
    training = training_page(shown)
    training.transport.stop.emit()
    turn_until(lambda: training.runs.live is None)
    for run in training.runs:
        training.director.remove(run)
    control(shown, QAbstractButton, "go.network").click()
    network = network_page(shown)
    network.undo_stack.clear()
    network.document.end_gesture()
    network.document.show(network_edits.with_preset(network.document.state, "compact"))
    control(shown, QAbstractButton, "go.lab").click()
    lab = lab_page(shown)
    lab.undo_stack.clear()
    lab.document.show(edits.from_preset("digit_edges"))
    lab.player.set_playing(False)
    threads = [*shown.findChildren(QThread), *training.director.workers]
    turn_until(lambda: not any(thread.isRunning() for thread in threads))
    gc.collect()
    training.director.forget()
    turn(TIDIED_MS)


def at_rest(shown: MainWindow) -> Rest:
    """Return the memory when no run goes on, on a Lab that stands still."""
    come_to_rest(shown)
    resting = Rest.now()
    lab_page(shown).player.set_playing(True)
    return resting


def main() -> None:
    """Act for the given time and print memory, warnings and how much was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for ask in ("getOpenFileName", "getSaveFileName"):
        setattr(QFileDialog, ask, lambda *given: ("", ""))  # they would wait for a hand
    warnings: list[str] = []
    forgotten: set[str] = set()
    errors: list[str] = []
    failures.reported.connect(errors.append)
    usual = qInstallMessageHandler(None)

    def note(kind: QtMsgType, context: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and "plugin does not support" not in message:
            warnings.append(message)

    qInstallMessageHandler(note)
    chance, process = random.Random(options.seed), psutil.Process()
    began, actions, most = time.monotonic(), 0, 0.0
    resting: list[Rest] = []
    with window("training") as shown:
        while (elapsed := time.monotonic() - began) < options.minutes * 60:
            act(shown, chance)
            actions += 1
            turn(chance.randint(20, 200))
            most = max(most, process.memory_info().rss / 2**20)
            if elapsed >= REST_EVERY * (len(resting) + 1):
                resting.append(at_rest(shown))
                forgotten.update(forgotten_items())
                print(
                    f"{elapsed:6.0f} s  {resting[-1]}, {most:7.1f} at most, {actions} actions",
                    flush=True,
                )
    qInstallMessageHandler(usual)
    print(f"{actions} actions, {len(warnings)} warnings from Qt {sorted(set(warnings))[:5]}")
    print(f"{len(errors)} errors that nobody handled {sorted(set(errors))[:5]}")
    print(f"{len(forgotten)} items of layouts that Qt deleted and PySide did not {forgotten or ''}")
    later = resting[SETTLED_SECONDS // REST_EVERY - 1 :]
    if later:
        print(f"memory at rest after {SETTLED_SECONDS} s, and at most since:")
        print(growth("all", [rest.resident for rest in later]))
        print(growth("own", [rest.own for rest in later]))


def growth(what: str, readings: list[float]) -> str:
    """Say how far the later readings lie above the first."""
    first, highest, last = readings[0], max(readings), readings[-1]
    return (
        f"  {what}: {first:.1f} MiB, {highest:.1f} at most ({highest / first - 1:+.1%}), "
        f"{last:.1f} at the end ({last / first - 1:+.1%})"
    )


if __name__ == "__main__":
    main()
