"""Threads that let the window go first."""

import os
import sys

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.behind import Behind
from tests.fresh import printed_by

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads count the same")


class Asking(Behind):
    found: int | None = None

    def work(self) -> None:
        self.found = os.getpriority(os.PRIO_PROCESS, 0)


@linux
def test_the_thread_steps_back_and_the_window_does_not(qapp: object, qtbot: QtBot):
    before = os.getpriority(os.PRIO_PROCESS, 0)
    thread = Asking()
    with qtbot.waitSignal(thread.finished):
        thread.start()
    assert thread.found == min(before + thread.nice, 19)
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
    thread.wait()
    thread.deleteLater()


# In a process of its own, which cannot take back how far it has stepped.
_ALREADY_NICE = """
import os
os.nice(15)
refuse = lambda *_: (_ for _ in ()).throw(PermissionError())
from explorer.ui.behind import Behind
class Asking(Behind):
    def work(self):
        print(os.getpriority(os.PRIO_PROCESS, 0))
for setpriority in (os.setpriority, refuse):
    os.setpriority = setpriority
    thread = Asking()
    thread.start()
    thread.wait()
"""


@linux
def test_it_works_where_everything_is_nice_and_where_nobody_may_be():
    here = min(15 + os.getpriority(os.PRIO_PROCESS, 0), 19)
    assert printed_by(_ALREADY_NICE).split() == ["19", str(here)]
