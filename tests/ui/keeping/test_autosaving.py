"""A run that a crash has ended is there again; with real files in a temporary folder."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.training.autosave import ASIDE, Autosave, find_unfinished
from explorer.training.checkpoint import Checkpoint
from explorer.training.history import History
from explorer.training.record import Record
from explorer.training.runfile import open_run, to_bytes
from explorer.ui.keeping.autosaving import Autosaving, home
from tests.training.kept import PLAIN, a_run, same, trained
from tests.ui.hand import Hand

PATIENCE = 10_000


class Keeper(Hand):
    """A window with nothing but the offer."""

    def __init__(self, folder: Path, qtbot: QtBot) -> None:
        page = QWidget()
        qtbot.addWidget(page)
        super().__init__(page)
        self.qtbot = qtbot
        self.autosaving = Autosaving(folder)
        self.resumed: list[tuple[Record, Checkpoint]] = []
        self.failed: list[str] = []
        self.autosaving.resumed.connect(self.on_resumed)
        self.autosaving.failed.connect(self.failed.append)
        layout = QVBoxLayout(page)
        layout.addWidget(self.autosaving.line)
        layout.addStretch(1)
        page.resize(520, 120)
        page.show()

    def on_resumed(self, record: Record, checkpoint: Checkpoint) -> None:
        self.resumed.append((record, checkpoint))

    @property
    def offer(self) -> str:
        """What the line tells in full, on hover and to a screen reader."""
        line = self.autosaving.line
        return line.accessibleDescription() if line.text() else ""

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.autosaving.is_busy, timeout=PATIENCE)

    def look(self) -> str:
        self.autosaving.look()
        self.wait()
        return self.offer


Start = Callable[[], Keeper]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "unfinished"


@pytest.fixture
def start(app: QApplication, qtbot: QtBot, folder: Path) -> Iterator[Start]:
    """A function that opens another window."""
    open_ones: list[Keeper] = []

    def begin() -> Keeper:
        open_ones.append(Keeper(folder, qtbot))
        return open_ones[-1]

    yield begin
    for keeper in open_ones:
        keeper.autosaving.shut_down()
        vars(keeper).clear()


def crash(folder: Path, until: int = 10, epochs: int = 3) -> Path:
    """Leave a run behind, as a process does that ends in the middle of it."""
    autosave = Autosave(folder)
    run = a_run(until) if epochs == 3 else trained(replace(PLAIN, epochs=epochs), until)
    autosave.write(to_bytes(*run))
    autosave._lock.release()
    return autosave.path


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.safetensors"))


def test_where_nothing_was_left_nothing_is_said(start: Start):
    keeper = start()
    assert keeper.look() == ""
    assert not keeper.autosaving.line.isVisible() and not keeper.failed


def test_it_is_written_after_every_epoch_and_goes_with_the_end(start: Start, folder: Path):
    keeper = start()
    record = Record(PLAIN, History())
    keeper.autosaving.begin(record)
    record.history = trained(until=4)[0].history
    keeper.autosaving.keep()
    keeper.wait()
    assert not files(folder), "no epoch has ended"
    for until in (6, 10):
        record.history = a_run(until)[0].history
        keeper.autosaving.keep()
        keeper.wait()
        (path,) = files(folder)
        kept, checkpoint = open_run(path)
        assert len(kept.history.epochs) == until // 5
        assert checkpoint.step >= kept.history.epochs[-1].step and checkpoint.is_tested
    written = path.stat().st_mtime_ns
    keeper.autosaving.keep()
    keeper.wait()
    assert path.stat().st_mtime_ns == written
    keeper.autosaving.drop()
    keeper.wait()
    assert not list(folder.iterdir())
    keeper.autosaving.keep()
    keeper.wait()
    assert not list(folder.iterdir())


def test_it_waits_for_the_moment_after_the_test(start: Start, folder: Path):
    keeper = start()
    record = Record(PLAIN, History())
    keeper.autosaving.begin(record)
    record.history.epochs.append(a_run(5)[0].history.epochs[0])
    keeper.autosaving.keep()
    untested = Checkpoint(5, a_run(5)[1].weights, is_tested=False)
    record.history.checkpoints.add(untested)
    keeper.autosaving.keep()
    assert not keeper.autosaving.is_busy
    record.history = a_run(5)[0].history
    keeper.autosaving.keep()
    keeper.wait()
    assert same(open_run(files(folder)[0])[1], a_run(5)[1])


def test_what_a_crash_has_left_is_offered_and_resumed(start: Start, folder: Path):
    path = crash(folder)
    keeper = start()
    offer = keeper.look()
    assert offer.startswith("A run of compact was interrupted in epoch 3 of 3 (today, ")
    keeper.click("train.unfinished.resume")
    assert not keeper.autosaving.line.isVisible()
    ((record, checkpoint),) = keeper.resumed
    assert same(checkpoint, a_run(10)[1])
    assert path.exists(), "until the run has come to its end"
    # What becomes of it is kept in the same file.
    again = Record(record.settings, History(checkpoint))
    keeper.autosaving.begin(again, record)
    again.history = trained(until=15, start=checkpoint)[0].history
    keeper.autosaving.keep()
    keeper.wait()
    assert files(folder) == [path] and open_run(path)[1].step == 15
    keeper.autosaving.drop()
    keeper.wait()
    assert not list(folder.iterdir())


def test_another_run_does_not_take_the_file_of_the_resumed_one(start: Start, folder: Path):
    path = crash(folder)
    keeper = start()
    keeper.look()
    keeper.click("train.unfinished.resume")
    another = Record(PLAIN, History())
    keeper.autosaving.begin(another)
    another.history = a_run(5)[0].history
    keeper.autosaving.keep()
    keeper.wait()
    assert len(files(folder)) == 2 and open_run(path)[1].step == 10


@pytest.mark.parametrize(
    ("epochs", "line", "about"),
    [
        (1, "Run of one epoch not saved.", "A run of compact over one epoch has not been saved ("),
        (2, "Run of 2 epochs not saved.", "A run of compact over 2 epochs has not been saved ("),
    ],
)
def test_a_complete_run_is_offered_with_its_epochs(
    epochs: int, line: str, about: str, start: Start, folder: Path
):
    crash(folder, 5 * epochs, epochs)
    keeper = start()
    assert keeper.look().startswith(about)
    assert keeper.autosaving.line.text() == line


def test_a_complete_run_that_was_opened_and_saved_is_offered_no_more(start: Start, folder: Path):
    crash(folder, 15)
    keeper = start()
    assert keeper.look().startswith("A run of compact over 3 epochs has not been saved (today, ")
    keeper.click("train.unfinished.resume")
    ((record, _),) = keeper.resumed
    keeper.autosaving.drop_run(record)
    keeper.wait()
    assert not list(folder.iterdir())


def test_a_run_that_begins_again_keeps_its_file_until_the_next_epoch(start: Start, folder: Path):
    keeper = start()
    record = Record(PLAIN, History())
    keeper.autosaving.begin(record)
    for until in (10, 15):
        record.history = a_run(until)[0].history
        keeper.autosaving.keep()
        keeper.wait()
        (path,) = files(folder)
        assert open_run(path)[1].step == until
        keeper.autosaving.begin(record, record)
        keeper.autosaving.keep()
        keeper.wait()
        assert files(folder) == [path] and open_run(path)[1].step == until


def test_what_is_discarded_is_gone_and_an_older_one_is_offered(start: Start, folder: Path):
    old, new = crash(folder, 5), crash(folder, 10)
    yesterday = datetime.now() - timedelta(days=1)
    os.utime(old, (yesterday.timestamp(),) * 2)
    keeper = start()
    assert "epoch 3 of 3 (today" in keeper.look()
    keeper.click("train.unfinished.discard")
    keeper.wait()
    assert not new.exists() and old.exists()
    assert f"epoch 2 of 3 (yesterday, {yesterday:%H:%M})" in keeper.offer
    keeper.click("train.unfinished.discard")
    keeper.wait()
    assert keeper.offer == "" and not keeper.autosaving.line.isVisible()
    assert not list(folder.iterdir())


def test_of_long_ago_the_date_is_told(start: Start, folder: Path):
    path = crash(folder)
    os.utime(path, (time.mktime((2025, 3, 31, 18, 40, 0, 0, 0, -1)),) * 2)
    keeper = start()
    offer = keeper.look()
    assert "18:40)" in offer and "31" in offer and "day" not in offer


def test_an_offer_that_nobody_answers_is_made_again(start: Start, folder: Path):
    crash(folder)
    first = start()
    assert first.look()
    second = start()
    assert not second.look(), "the other window has it"
    first.autosaving.shut_down()
    assert start().look()


def test_an_offer_can_be_put_off_until_the_next_start(start: Start, folder: Path):
    path = crash(folder)
    keeper = start()
    offer = keeper.look()
    assert keeper.autosaving.line.text() == "Run interrupted in epoch 3 of 3."
    keeper.click("train.unfinished.close")
    assert not keeper.autosaving.line.isVisible() and path.exists()
    assert keeper.look() == "" and not keeper.resumed
    keeper.autosaving.shut_down()
    assert start().look() == offer


def test_a_run_that_goes_on_is_not_offered_to_another_window(start: Start, folder: Path):
    first, second = start(), start()
    record = Record(PLAIN, History())
    first.autosaving.begin(record)
    record.history = a_run(5)[0].history
    first.autosaving.keep()
    first.wait()
    assert files(folder)
    assert not second.look()
    # Each window has a file of its own.
    other = Record(PLAIN, History())
    second.autosaving.begin(other)
    other.history = a_run(10)[0].history
    second.autosaving.keep()
    second.wait()
    assert len(files(folder)) == 2
    second.autosaving.drop()
    second.wait()
    assert len(files(folder)) == 1


def test_the_run_before_is_kept_no_more_when_another_begins(start: Start, folder: Path):
    keeper = start()
    for until in (5, 10):
        record = Record(PLAIN, History())
        keeper.autosaving.begin(record)
        record.history = a_run(until)[0].history
        keeper.autosaving.keep()
    keeper.wait()
    (path,) = files(folder)
    assert open_run(path)[1].step == 10


def test_when_the_window_closes_the_epoch_is_there(start: Start, folder: Path):
    keeper = start()
    record = Record(PLAIN, History())
    keeper.autosaving.begin(record)
    record.history = a_run(5)[0].history
    keeper.autosaving.keep()
    record.history = a_run(10)[0].history
    keeper.autosaving.keep()
    keeper.autosaving.shut_down()
    assert [open_run(path)[1].step for path in files(folder)] == [10]


def test_a_window_that_closes_while_it_looks_leaves_the_run_to_others(start: Start, folder: Path):
    crash(folder)
    keeper = start()
    keeper.autosaving.look()
    keeper.autosaving.shut_down()
    found = find_unfinished(folder)
    assert found is not None and found.unfinished is not None
    found.unfinished.release()


def test_a_damaged_file_is_told_and_put_aside(start: Start, folder: Path):
    path = crash(folder)
    path.write_bytes(path.read_bytes()[:1000])
    keeper = start()
    assert keeper.look() == ""
    (sentence,) = keeper.failed
    assert ASIDE in sentence
    assert not path.exists() and path.with_name(f"{ASIDE}{path.name}").exists()


def test_where_nothing_can_be_kept_it_is_said_once(start: Start, folder: Path):
    folder.write_text("a file where the folder should be")
    keeper = start()
    assert keeper.look() == ""
    record = Record(PLAIN, History())
    keeper.autosaving.begin(record)
    for until in (5, 10):
        record.history = a_run(until)[0].history
        keeper.autosaving.keep()
        keeper.wait()
    (sentence,) = keeper.failed
    assert "save it yourself" in sentence
    keeper.autosaving.drop()
    keeper.wait()
    assert folder.is_file()


def test_its_folder_is_the_user_s_own(app: QApplication):
    kind = QStandardPaths.StandardLocation.AppDataLocation
    assert home().parent == Path(QStandardPaths.writableLocation(kind))
