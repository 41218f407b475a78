"""torch comes beside the window, once, or says why it does not."""

import os
import subprocess
import sys
from pathlib import Path

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


def test_one_may_wait_at_any_time(qtbot: QtBot):
    loader = TorchLoader()
    loader.wait()
    loader.start()
    loader.wait()
    loader.wait()


def test_a_torch_that_is_broken_says_why_in_one_line(tmp_path: Path):
    (tmp_path / "torch.py").write_text("raise OSError('libcudart.so: cannot open\\nand more')")
    script = """
from PySide6.QtCore import QCoreApplication
from explorer.ui.torch_loader import TorchLoader
app = QCoreApplication([])
loader = TorchLoader()
loader.ready.connect(app.quit)
loader.failed.connect(lambda reason: (print(reason), app.quit()))
loader.start()
app.exec()
"""
    here = os.pathsep.join((str(tmp_path), *sys.path))
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": here},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["OSError: libcudart.so: cannot open"]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one core for all threads")
def test_only_the_thread_of_the_window_is_held_to_one_core():
    script = """
from threading import Thread
from PySide6.QtCore import QCoreApplication
from explorer.ui.torch_loader import TorchLoader
app = QCoreApplication([])
loader = TorchLoader()
loader.ready.connect(app.quit)
loader.failed.connect(app.quit)
loader.start()
app.exec()
import torch
counts = [torch.get_num_threads()]
later = Thread(target=lambda: counts.append(torch.get_num_threads()))
later.start()
later.join()
print(*counts)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"},
    )
    assert done.stdout.split() == ["1", "2"], done.stderr


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
