"""torch comes beside the window, once, or says why it does not."""

import subprocess
import sys

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from explorer.ui.torch_loader import TorchLoader


def test_torch_comes_once_however_often_one_asks(qtbot: QtBot):
    loader = TorchLoader()
    ready = QSignalSpy(loader.ready)
    failed = QSignalSpy(loader.failed)
    for _ in range(3):
        loader.start()
    qtbot.waitUntil(lambda: ready.count() == 1, timeout=30_000)
    loader.start()
    qtbot.wait(20)
    assert (ready.count(), failed.count()) == (1, 0)


def test_a_torch_that_is_missing_is_named(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    loader = TorchLoader()
    ready = QSignalSpy(loader.ready)
    failed = QSignalSpy(loader.failed)
    loader.start()
    qtbot.waitUntil(lambda: failed.count() == 1)
    assert failed.at(0)[0].startswith("ModuleNotFoundError: ")
    assert ready.count() == 0


def test_one_may_wait_for_what_was_never_begun(qtbot: QtBot):
    TorchLoader().wait()


@pytest.mark.usefixtures("own_settings")
def test_the_lab_is_on_the_screen_before_torch_is_imported():
    script = """
import sys
from explorer.ui.application import create_application
from explorer.ui.lab.page import LabPage
app = create_application(["test"])
page = LabPage()
before = "torch" in sys.modules
page.canvas.painted.connect(lambda: print("painted with torch:", "torch" in sys.modules))
page.show()
while not page.document.has_torch:
    app.processEvents()
print("before:", before)
page.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == "painted with torch: False", done.stdout
    assert lines[-1] == "before: False"
