"""A long, busy time: train, fork, go back, switch pages, drag sliders; memory and warnings watched.

Once a minute everything comes to rest and the memory is measured: what a run needs while it works
depends on its batch size, and says nothing about what stays behind.
"""

import argparse
import gc
import random
import time

import psutil
from PySide6.QtCore import QPoint, Qt, QtMsgType, qInstallMessageHandler
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


def at_rest(shown: MainWindow, process: psutil.Process) -> float:
    """Return the MiB in use when no run goes on, on a Lab that stands still."""
    control(shown, QAbstractButton, "go.training").click()
    training = training_page(shown)
    training.transport.stop.emit()
    turn_until(lambda: training.runs.live is None)
    for run in training.runs:
        training.director.remove(run)
    training.director.forget()
    control(shown, QAbstractButton, "go.network").click()
    network = network_page(shown)
    network.undo_stack.clear()
    network.document.end_gesture()
    network.document.show(network_edits.with_preset(network.document.state, "compact"))
    control(shown, QAbstractButton, "go.lab").click()
    lab = lab_page(shown)
    lab.document.show(edits.from_preset("digit_edges"))
    lab.player.set_playing(False)
    turn(3000)
    gc.collect()
    resting: float = process.memory_info().rss / 2**20
    lab.player.set_playing(True)
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
    resting: list[float] = []
    with window("training") as shown:
        while (elapsed := time.monotonic() - began) < options.minutes * 60:
            act(shown, chance)
            actions += 1
            turn(chance.randint(20, 200))
            most = max(most, process.memory_info().rss / 2**20)
            if elapsed >= REST_EVERY * (len(resting) + 1):
                resting.append(at_rest(shown, process))
                forgotten.update(forgotten_items())
                print(
                    f"{elapsed:6.0f} s  {resting[-1]:7.1f} MiB at rest, {most:7.1f} at most, "
                    f"{actions} actions",
                    flush=True,
                )
    qInstallMessageHandler(usual)
    print(f"{actions} actions, {len(warnings)} warnings from Qt {sorted(set(warnings))[:5]}")
    print(f"{len(errors)} errors that nobody handled {sorted(set(errors))[:5]}")
    print(f"{len(forgotten)} items of layouts that Qt deleted and PySide did not {forgotten or ''}")
    later = resting[SETTLED_SECONDS // REST_EVERY - 1 :]
    if later:
        print(
            f"memory at rest: {later[0]:.1f} MiB after {SETTLED_SECONDS} s, "
            f"{max(later):.1f} MiB at most since ({max(later) / later[0] - 1:+.1%})"
        )


if __name__ == "__main__":
    main()
