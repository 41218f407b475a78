"""A long, busy time: train, restart, switch pages, drag sliders; memory and warnings watched."""

import argparse
import random
import time

import psutil
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QWidget

from explorer.ui.main_window import MainWindow
from tests.benchmarks.app import control, turn, window

SETTLED_SECONDS = 120
"""The most memory after this time is compared with the most until then."""


def act(shown: MainWindow, chance: random.Random) -> None:
    """Do one thing that a hand could do."""
    if chance.random() < 0.08:
        control(shown, QAbstractButton, chance.choice(["go.lab", "go.training"])).click()
        return
    page = shown.current_page()
    wanted: type[QWidget] = chance.choices([QSlider, QAbstractButton, QComboBox], [6, 2, 1])[0]
    found: list[QWidget] = page.findChildren(wanted)
    usable = [widget for widget in found if widget.isVisible() and widget.isEnabled()]
    if not usable:
        return
    widget = chance.choice(usable)
    if isinstance(widget, QSlider):
        widget.setValue(chance.randint(widget.minimum(), widget.maximum()))
    elif isinstance(widget, QComboBox):
        # The last entry of the data opens a dialog, which waits for a hand.
        last = widget.count() - (2 if widget.objectName() == "train.data" else 1)
        widget.setCurrentIndex(chance.randint(0, last))
    elif isinstance(widget, QAbstractButton):
        widget.click()


def main() -> None:
    """Act for the given time and print memory, warnings and how much was done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings: list[str] = []
    usual = qInstallMessageHandler(None)

    def note(kind: QtMsgType, context: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and "plugin does not support" not in message:
            warnings.append(message)

    qInstallMessageHandler(note)
    chance, process = random.Random(options.seed), psutil.Process()
    began, settled, highest, actions, reported = time.monotonic(), 0, 0, 0, 0.0
    with window("training") as shown:
        while (elapsed := time.monotonic() - began) < options.minutes * 60:
            act(shown, chance)
            actions += 1
            turn(chance.randint(20, 200))
            memory = process.memory_info().rss
            if elapsed < SETTLED_SECONDS:
                settled = max(settled, memory)
            else:
                highest = max(highest, memory)
            if elapsed - reported >= 30:
                reported = elapsed
                print(f"{elapsed:6.0f} s  {memory / 2**20:7.1f} MiB  {actions} actions", flush=True)
    qInstallMessageHandler(usual)
    print(f"{actions} actions, {len(warnings)} warnings from Qt {sorted(set(warnings))[:5]}")
    if highest:
        print(
            f"most memory: {settled / 2**20:.1f} MiB in the first {SETTLED_SECONDS} s, "
            f"{highest / 2**20:.1f} MiB after that ({highest / settled - 1:+.1%})"
        )


if __name__ == "__main__":
    main()
