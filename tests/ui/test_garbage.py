"""Cycles are found in the thread of the window, and nowhere else."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.behind import Behind
from explorer.ui.garbage import LOOK_MS, Garbage


class Knot:
    """Holds itself, and tells where it has been deleted."""

    deleted: list[int]

    def __init__(self, deleted: list[int]) -> None:
        self.myself, self.deleted = self, deleted
        weakref.finalize(self, lambda: deleted.append(threading.get_ident()))


class Making(Behind):
    """Makes so many cycles that Python would look for them, several times."""

    def __init__(self, deleted: list[int]) -> None:
        super().__init__()
        self.deleted = deleted

    def work(self) -> None:
        for _ in range(5 * gc.get_threshold()[0]):
            Knot(self.deleted)


@pytest.fixture
def garbage(qapp: object) -> Iterator[Garbage]:
    made = Garbage()
    yield made
    made.end()
    made.deleteLater()
    assert gc.isenabled()


def make_in_a_thread(deleted: list[int], qtbot: QtBot) -> None:
    thread = Making(deleted)
    with qtbot.waitSignal(thread.finished, timeout=60_000):
        thread.start()
    thread.wait()
    thread.deleteLater()


def test_left_to_itself_python_looks_in_any_thread(qapp: object, qtbot: QtBot):
    deleted: list[int] = []
    make_in_a_thread(deleted, qtbot)
    assert set(deleted) - {threading.get_ident()}
    gc.collect()


def test_what_a_thread_leaves_is_found_by_the_window(garbage: Garbage, qtbot: QtBot):
    deleted: list[int] = []
    make_in_a_thread(deleted, qtbot)
    qtbot.waitUntil(lambda: len(deleted) > gc.get_threshold()[0], timeout=20 * LOOK_MS)
    assert set(deleted) == {threading.get_ident()}
