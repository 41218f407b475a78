"""Jobs one after the other in a thread, of which the newest about the same counts."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.training.errors import FileError, SaveError
from explorer.ui.keeping.file_worker import FileWorker, Job

PATIENCE = 10_000


class Desk:
    """Gives jobs to a worker and notes what comes of them."""

    def __init__(self, worker: FileWorker, qtbot: QtBot) -> None:
        self.worker, self.qtbot = worker, qtbot
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.did: list[str] = []
        self.heard: list[object] = []

    def job(self, name: str, about: str = "", *, must: bool = False, waits: bool = False) -> Job:
        def do() -> str:
            self.begun.set()
            if waits:
                assert self.gate.wait(PATIENCE / 1000)
            if name == "bad":
                raise SaveError("It went {how}.", how="wrong")
            if name == "worse":
                raise RuntimeError("a mistake of ours")
            self.did.append(name)
            return name

        return Job(about or name, f"Doing {name}", do, self.heard.append, self.note, must)

    def note(self, error: FileError) -> None:
        assert QThread.currentThread() is self.worker.thread()
        self.heard.append(str(error))

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.worker.is_busy, timeout=PATIENCE)


@pytest.fixture
def desk(qapp: QApplication, qtbot: QtBot) -> Iterator[Desk]:
    worker = FileWorker()
    desk = Desk(worker, qtbot)
    yield desk
    desk.gate.set()
    worker.finish()


def test_all_jobs_are_done_in_their_order(desk: Desk, qtbot: QtBot):
    with qtbot.waitSignal(desk.worker.idle):
        for name in "abc":
            desk.worker.begin(desk.job(name))
    assert desk.did == desk.heard == ["a", "b", "c"]


def test_an_error_comes_as_a_sentence_and_the_next_job_is_done(desk: Desk):
    desk.worker.begin(desk.job("bad"))
    desk.worker.begin(desk.job("good"))
    desk.wait()
    assert desk.heard == ["It went wrong.", "good"]


def test_a_mistake_is_raised_in_the_thread_of_the_window(desk: Desk, qtbot: QtBot):
    with qtbot.captureExceptions() as raised:
        desk.worker.begin(desk.job("worse"))
        desk.worker.begin(desk.job("good"))
        desk.wait()
    assert [str(error) for _, error, _ in raised] == ["a mistake of ours"]
    assert desk.heard == ["good"]


def test_the_newest_about_the_same_is_the_one_that_is_heard_of(desk: Desk):
    desk.worker.begin(desk.job("first", "file", waits=True))
    assert desk.begun.wait(PATIENCE / 1000)
    desk.worker.begin(desk.job("second", "file"))
    desk.worker.begin(desk.job("other", "other file"))
    desk.worker.begin(desk.job("third", "file"))
    desk.gate.set()
    desk.wait()
    assert desk.did == ["first", "other", "third"], "what has begun is brought to its end"
    assert desk.heard == ["other", "third"]


def test_only_what_takes_a_while_is_talked_of(desk: Desk, qtbot: QtBot):
    said: list[str] = []
    desk.worker.busy.connect(said.append)
    desk.worker.begin(desk.job("slow", waits=True))
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE)
    assert said == ["Doing slow"]
    desk.gate.set()
    desk.wait()


def test_at_the_end_what_must_be_done_is_done(desk: Desk, caplog: pytest.LogCaptureFixture):
    desk.worker.begin(desk.job("begun", waits=True))
    assert desk.begun.wait(PATIENCE / 1000)
    desk.worker.begin(desk.job("bad", "bad", must=True))
    desk.worker.begin(desk.job("save", must=True))
    desk.worker.begin(desk.job("open"))
    threading.Timer(0.05, desk.gate.set).start()
    desk.worker.finish()
    assert desk.did == ["begun", "save"]
    assert [line.levelname for line in caplog.records] == ["ERROR"], "the one that failed"
    assert "Doing bad" in caplog.text
    QApplication.processEvents()
    assert desk.heard == []


def test_work_is_not_done_in_the_thread_of_the_window(desk: Desk):
    found: list[Callable[[], object]] = []

    def do() -> None:
        found.append(QThread.currentThread)
        assert QThread.currentThread() is not desk.worker.thread()

    desk.worker.begin(Job("x", "", do, desk.heard.append, desk.note))
    desk.wait()
    assert len(found) == 1 and desk.heard == [None]
