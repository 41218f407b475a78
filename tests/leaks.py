"""What is alive: windows, threads and timers, so that a test can be asked what it left behind."""

from __future__ import annotations

import gc
import threading
import time
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QLayout, QLayoutItem, QWidget
from shiboken6 import getAllValidWrappers

GRACE = 2.0
"""Seconds that a thread gets to come to its end."""


@dataclass(frozen=True)
class LeftOver:
    """Everything that should be gone when a test is over."""

    widgets: tuple[QWidget, ...]
    threads: tuple[threading.Thread, ...]
    objects: tuple[QObject, ...]

    @classmethod
    def now(cls, search: bool) -> LeftOver:
        """Look around; ``search`` walks all of PySide's objects for threads and timers."""
        return cls(
            tuple(QApplication.topLevelWidgets()) if QApplication.instance() else (),
            # A thread of Qt's that once called Python stays in the list as a dummy for ever.
            tuple(t for t in threading.enumerate() if not isinstance(t, threading._DummyThread)),
            _running_objects() if search else (),
        )

    def since(self, before: LeftOver) -> list[str]:
        """Describe what is here and was not in ``before``; waits for threads that are ending."""
        names = [f"window {_name(w)}" for w in self.widgets if w not in before.widgets]
        deadline = time.monotonic() + GRACE
        for thread in self.threads:
            if thread not in before.threads:
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    names.append(f"thread {thread.name}")
        for item in self.objects:
            if item in before.objects:
                continue
            if isinstance(item, QThread):
                if not item.wait(max(0, int(1000 * (deadline - time.monotonic())))):
                    names.append(f"running {_name(item)}")
            elif not _has_living_owner(item):
                names.append(f"active {_name(item)}")
        return names


def settle() -> None:
    """Let Qt deliver what is posted, deletions too, which ``processEvents`` leaves for later."""
    if QCoreApplication.instance() is None:
        return
    for _ in range(2):  # a deletion may post another
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def forgotten_items() -> list[str]:
    """Describe what was deleted behind the back of PySide: see `explorer.ui.widgets.layouts`."""
    layouts = (it for it in getAllValidWrappers() if isinstance(it, QLayout))
    return [
        f"{type(item).__name__} of a {type(layout).__name__} in {_name(layout.parentWidget())}"
        for layout in layouts
        for item in gc.get_referents(layout)
        if isinstance(item, QLayoutItem)
        and not isinstance(item, QLayout)
        # It may be in a layout within: PySide gives it to the one that has taken that in.
        and all(it.indexOf(item) < 0 for it in (layout, *layout.findChildren(QLayout)))
    ]


def _running_objects() -> tuple[QObject, ...]:
    # PySide knows its objects by heart; Python's own, 400,000 with torch, take 50 ms to go through.
    found = (it for it in getAllValidWrappers() if isinstance(it, QThread | QTimer))
    return tuple(o for o in found if (o.isActive() if isinstance(o, QTimer) else o.isRunning()))


def _has_living_owner(item: QObject) -> bool:
    """Whether the root above a timer is a window, reported by itself, or the application."""
    parent = item.parent()
    while parent is not None and parent.parent() is not None:
        parent = parent.parent()
    return isinstance(parent, QWidget | QCoreApplication)


def _name(item: QObject | None) -> str:
    return "nothing" if item is None else f"{type(item).__name__} {item.objectName()!r}"
