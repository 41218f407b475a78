"""The real window for the benchmarks, and ways to let its event loop turn."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QWidget

from explorer.ui.application import create_application
from explorer.ui.garbage import Garbage
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow
from explorer.ui.network.page import NetworkPage
from explorer.ui.training.page import TrainingPage

Control = TypeVar("Control", bound=QWidget)

BETWEEN_LOOKS_MS = 20
"""Each look takes time from what is measured."""


@contextmanager
def window(page: str, data: str = "bundled") -> Iterator[MainWindow]:
    """Give the shown window, with settings of its own, and close it at the end."""
    app = create_application(["benchmark"])
    with TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # unfinished runs are kept there
        settings = QSettings(str(Path(folder, "settings.ini")), QSettings.Format.IniFormat)
        garbage = Garbage(app)
        shown = MainWindow(data=data, page=page, settings=settings)
        shown.resize(1280, 800)
        shown.show()
        try:
            yield shown
        finally:
            shown.close()
            app.processEvents()
            garbage.end()


def training_page(shown: MainWindow) -> TrainingPage:
    """Return the Training page of a window that shows it."""
    page = shown.current_page()
    assert isinstance(page, TrainingPage)
    return page


def lab_page(shown: MainWindow) -> LabPage:
    """Return the Lab of a window that shows it."""
    page = shown.current_page()
    assert isinstance(page, LabPage)
    return page


def network_page(shown: MainWindow) -> NetworkPage:
    """Return the Network page of a window that shows it."""
    page = shown.current_page()
    assert isinstance(page, NetworkPage)
    return page


def control(shown: MainWindow, kind: type[Control], name: str) -> Control:
    """Return a control of the window by its object name."""
    found = shown.findChild(kind, name)
    assert isinstance(found, kind)
    return found


def turn(milliseconds: int) -> None:
    """Let the event loop turn for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def turn_until(condition: Callable[[], bool], seconds: float = 600.0) -> None:
    """Let the event loop turn until `condition` holds.

    Raises
    ------
    TimeoutError
        If it does not come to hold.
    """
    deadline = time.monotonic() + seconds
    loop = QEventLoop()
    looks = QTimer(interval=BETWEEN_LOOKS_MS)
    looks.timeout.connect(loop.quit)
    looks.start()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the window did not come that far")
        loop.exec()


def percentile(values: list[float], share: float) -> float:
    """Return the value that a `share` of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(round(share * (len(ordered) - 1)), len(ordered) - 1)]
