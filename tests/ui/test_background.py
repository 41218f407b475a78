"""Work beside the window: the latest wish wins, and nothing is left at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.background import Background


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.shut_down()


def test_what_is_found_arrives_in_the_windows_thread(background: Background, qtbot: QtBot) -> None:
    found: list[object] = []
    threads: set[int] = set()
    background.found.connect(found.append)
    background.found.connect(lambda _: threads.add(threading.get_ident()))

    def work() -> Iterator[object]:
        threads.add(-1 if threading.get_ident() == here else 0)
        yield 1
        yield 2

    here = threading.get_ident()
    with qtbot.waitSignal(background.ended, timeout=60_000):
        background.ask(work)
    assert found[-1] == 2
    assert threads == {0, here}
    assert not background.is_busy


def test_a_new_wish_takes_the_place_of_the_one_before(background: Background, qtbot: QtBot) -> None:
    found: list[object] = []
    background.found.connect(found.append)
    steps = 0

    def endless() -> Iterator[object]:
        nonlocal steps
        while True:
            steps += 1
            time.sleep(0.001)
            yield None

    background.ask(endless)
    qtbot.waitUntil(lambda: steps > 3, timeout=60_000)
    with qtbot.waitSignal(background.ended, timeout=60_000):
        background.ask(lambda: iter(["other"]))
    assert found[-1] == "other"


def test_an_error_is_told_in_a_line(background: Background, qtbot: QtBot) -> None:
    def work() -> Iterator[object]:
        yield 1
        raise RuntimeError("first line\nsecond line")

    with qtbot.waitSignal(background.failed, timeout=60_000) as failed:
        background.ask(work)
    assert failed.args == ["first line"]


def test_nothing_comes_of_what_is_given_up(background: Background, qtbot: QtBot) -> None:
    found: list[object] = []
    background.found.connect(found.append)
    gate = threading.Event()

    def work() -> Iterator[object]:
        gate.wait(5)
        yield 1

    background.ask(work)
    background.give_up()
    gate.set()
    background.shut_down()
    qtbot.wait(20)
    assert found == []
