"""Whenever it ends, it ends: no thread stays, no matter what was going on."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.main_window import MainWindow
from explorer.ui.training.page import TrainingPage
from tests.ui.training.conftest import MakeFolder, Open
from tests.ui.training.hand import PATIENCE, Trainer

Reach = Callable[[Trainer], None]


def running(hand: Trainer) -> None:
    hand.click("train.start")
    hand.wait_until_started(3)


def paused(hand: Trainer) -> None:
    hand.click("train.batch")
    hand.wait_for("Paused", 1)


def loading(hand: Trainer) -> None:
    hand.click("train.start")


def stopping(hand: Trainer) -> None:
    running(hand)
    hand.click("train.stop")


def just_reset(hand: Trainer) -> None:
    running(hand)
    hand.click("train.reset")


def just_started_anew(hand: Trainer) -> None:
    just_reset(hand)
    hand.click("train.start")


def started_anew_again_and_again(hand: Trainer) -> None:
    for _ in range(10):
        hand.click("train.start")
        hand.click("train.reset")
    hand.click("train.start")


def idle(hand: Trainer) -> None:
    assert hand.status() == "Ready"


MOMENTS: tuple[Reach, ...] = (
    idle,
    loading,
    running,
    paused,
    stopping,
    just_reset,
    just_started_anew,
    started_anew_again_and_again,
)


@pytest.fixture(params=MOMENTS, ids=lambda reach: reach.__name__)
def reach(request: pytest.FixtureRequest) -> Reach:
    found: Reach = request.param
    return found


# Whether a thread is left over is checked after every test.


def test_the_page_shuts_down(at_digits: Trainer, reach: Reach):
    reach(at_digits)
    at_digits.page.shut_down()
    assert all(worker.isFinished() for worker in at_digits.page.director.workers)
    at_digits.page.shut_down()  # a second time does no harm


def test_the_page_shuts_down_in_the_middle_of_a_test(
    open_page: Open, make_folder: MakeFolder, qtbot: QtBot
):
    hand = open_page(make_folder(64, 5000))
    hand.click("train.start")
    qtbot.waitUntil(lambda: "testing" in hand.reads("train.numbers"), timeout=PATIENCE)
    hand.page.shut_down()


def test_the_page_shuts_down_after_the_end(at_few: Trainer):
    at_few.page.controls.epochs.set_value(1)
    at_few.click("train.start")
    at_few.wait_for("Finished")
    at_few.page.shut_down()


def test_nothing_is_shown_after_the_end(at_digits: Trainer, qtbot: QtBot):
    running(at_digits)
    at_digits.page.shut_down()
    losses = len(at_digits.losses)
    qtbot.wait(100)
    assert len(at_digits.losses) == losses


@pytest.mark.parametrize("reach", [running, started_anew_again_and_again])
def test_closing_the_window_ends_the_run(app: QApplication, qtbot: QtBot, reach: Reach):
    window = MainWindow(page="training", settings=QSettings())
    window.show()
    page = window.current_page()
    assert isinstance(page, TrainingPage)
    hand = Trainer(page, qtbot)
    reach(hand)
    window.close()
    assert all(worker.isFinished() for worker in page.director.workers)
    window.deleteLater()


PROCESS = """
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QLabel

from explorer.ui.application import create_application
from explorer.ui.main_window import MainWindow

moment, way = sys.argv[1:]
app = create_application(["test"])
window = MainWindow(page="training")
window.show()
page = window.current_page()
start = page.findChild(QAbstractButton, "train.start")
status = page.findChild(QLabel, "train.status")


def is_there() -> bool:
    if moment == "before torch":
        return True
    if moment == "while torch is imported":
        return "torch" in sys.modules
    return len(page.history().losses) > 3


def look() -> None:
    if not is_there():
        return
    timer.stop()
    late = moment != "in training" and "torch.nn.functional" in sys.modules
    assert not late, "torch had been imported"
    print(f"ended {moment} while it said: {status.text()}")
    window.close() if way == "close" else app.quit()


timer = QTimer(interval=1)
timer.timeout.connect(look)
QTimer.singleShot(0, start.click)
QTimer.singleShot(1, timer.start)
sys.exit(app.exec())
"""


@pytest.mark.parametrize(
    ("moment", "way"),
    [
        ("before torch", "close"),
        ("while torch is imported", "quit"),
        ("in training", "close"),
    ],
)
def test_the_process_ends_in_silence(moment: str, way: str):
    ran = subprocess.run(
        [sys.executable, "-c", PROCESS, moment, way],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    said = [line for line in ran.stderr.splitlines() if "propagateSizeHints" not in line]
    assert (ran.returncode, said) == (0, [])
    assert ran.stdout.startswith(f"ended {moment}")
