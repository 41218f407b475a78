"""Files are read beside the window: the latest wish counts, and the end is clean."""

from collections.abc import Callable
from threading import Event, get_ident
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from explorer.data.errors import DataError
from explorer.ui.reader import Reader, Wish


class Wisher:
    """Wishes for things to be read, and notes what becomes of it."""

    def __init__(self) -> None:
        self.reader = Reader()
        self.taken: list[Any] = []
        self.refused: list[str] = []
        self.opening, self.ended = QSignalSpy(self.reader.opening), QSignalSpy(self.reader.ended)

    def wish(self, read: Callable[[], Any], name: str = "file") -> None:
        self.reader.begin(
            Wish(name, read, self.taken.append, lambda error: self.refused.append(str(error)))
        )

    def settle(self) -> None:
        while self.reader.is_busy:
            QCoreApplication.processEvents()


@pytest.fixture
def wisher(qapp: QCoreApplication) -> Wisher:
    return Wisher()


def test_what_is_read_in_another_thread_is_taken_in_this_one(wisher: Wisher):
    wisher.wish(get_ident)
    assert wisher.taken == [] and wisher.reader.is_busy
    wisher.settle()
    (where,) = wisher.taken
    assert where != get_ident() and wisher.ended.count() == 1


def test_what_is_refused_is_told(wisher: Wisher):
    def refuse() -> None:
        raise DataError("This is no picture.")

    wisher.wish(refuse)
    wisher.settle()
    assert wisher.refused == ["This is no picture."] and wisher.taken == []


def test_a_mistake_of_ours_comes_to_the_window(wisher: Wisher, qtbot: QtBot):
    with qtbot.captureExceptions() as caught:
        wisher.wish(lambda: 1 // 0)
        wisher.settle()
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]
    assert (wisher.taken, wisher.refused) == ([], [])


def test_the_latest_wish_wins(wisher: Wisher):
    go = Event()
    wisher.wish(lambda: go.wait() and "first")
    wisher.wish(lambda: "second")
    wisher.wish(lambda: "third")
    go.set()
    wisher.settle()
    assert wisher.taken == ["third"] and wisher.ended.count() == 1


def test_what_takes_a_while_is_named_and_can_be_given_up(wisher: Wisher, qtbot: QtBot):
    go = Event()
    wisher.wish(lambda: go.wait() and "late", "large.jpg")
    qtbot.waitUntil(lambda: wisher.opening.count() == 1)
    assert wisher.opening.at(0) == ["large.jpg"]
    wisher.reader.give_up()
    assert not wisher.reader.is_busy and wisher.ended.count() == 1
    wisher.wish(lambda: "next")
    go.set()
    wisher.settle()
    assert wisher.taken == ["next"]


def test_at_the_end_nothing_runs_any_more(wisher: Wisher):
    done: list[bool] = []
    wisher.wish(lambda: done.append(True))
    wisher.reader.wait()
    assert done == [True] and not wisher.reader.is_busy
    QCoreApplication.processEvents()
    assert wisher.taken == []
