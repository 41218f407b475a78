"""Work beside the window: the latest wish wins, and nothing is left at the end."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.background import Background
from tests.fresh import printed_by


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


# In a process of its own: what ran before has a say in what glibc keeps.
_FINDS = """
import numpy as np
import psutil
from explorer.ui.application import create_application

app = create_application(["test"])
from PySide6.QtCore import QEventLoop, QTimer
from explorer.training.memory import keep_freed_memory
from explorer.ui import background as module

def turn(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()

def resident():
    return psutil.Process().memory_info().rss / 2**20

keep_freed_memory()  # as a training run does
module.TIDY_MS = 600
background = module.Background()
found = []
background.found.connect(found.append)
background.ask(lambda: iter([[np.ones(2**17) for _ in range(40)]]))
while background.is_busy:
    turn(20)
before = resident()
found.clear()
turn(1000)
print(before - resident())
background.shut_down()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_what_was_found_is_given_back_when_nobody_has_it_any_more() -> None:
    assert float(printed_by(_FINDS)) > 30, "of 40 MiB"
