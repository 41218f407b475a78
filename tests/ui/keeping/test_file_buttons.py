"""The three buttons: real clicks, real files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.training.checkpoint import Checkpoint
from explorer.training.record import Record
from explorer.training.runfile import open_run, save_run
from explorer.ui import recent
from explorer.ui.keeping.file_buttons import Keeping
from tests.training.kept import a_run, same
from tests.ui.hand import LEFT, Hand

PATIENCE = 30_000
"""Milliseconds, for the sake of torch, which some of it has to load."""


class Dialogs:
    """Stand for the ones that ask for a file, and give the next of `answers`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[Path | str] = []
        self.proposals: list[Path] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self.ask)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", self.ask)

    def ask(self, _parent: object, _title: str, proposal: str, _filter: str) -> tuple[str, str]:
        self.proposals.append(Path(proposal))
        return str(self.answers.pop(0)), ""


class Keeper(Hand):
    """A hand at the buttons, in a page of their own."""

    def __init__(self, page: QWidget, keeping: Keeping, qtbot: QtBot) -> None:
        super().__init__(page)
        self.keeping, self.qtbot = keeping, qtbot
        self.opened: list[tuple[Record, Checkpoint]] = []
        self.weights: list[tuple[Checkpoint, str, str]] = []
        self.told: list[str] = []
        self.failed: list[str] = []
        self.saved: list[str] = []
        keeping.opened.connect(self.on_opened)
        keeping.weights_opened.connect(self.on_weights)
        keeping.told.connect(self.told.append)
        keeping.failed.connect(self.failed.append)
        keeping.saved.connect(self.saved.append)

    def on_opened(self, record: Record, checkpoint: Checkpoint) -> None:
        self.opened.append((record, checkpoint))

    def on_weights(self, checkpoint: Checkpoint, network: str, name: str) -> None:
        self.weights.append((checkpoint, network, name))

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: not self.keeping._worker.is_busy, timeout=PATIENCE)

    def pick(self, menu: str, text: str) -> None:
        """Click on a button and on the line of its menu that begins so."""
        self.click(menu)
        shown = self.find(QMenu, f"{menu}.menu")
        (action,) = (action for action in shown.actions() if action.text().startswith(text))
        QTest.mouseClick(shown, LEFT, pos=shown.actionGeometry(action).center())
        assert not shown.isVisible()


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> Dialogs:
    return Dialogs(monkeypatch)


@pytest.fixture
def hand(app: QApplication, qtbot: QtBot, dialogs: Dialogs) -> Iterator[Keeper]:
    page = QWidget()
    qtbot.addWidget(page)
    keeping = Keeping(page)
    layout = QVBoxLayout(page)
    layout.addWidget(keeping)
    layout.addWidget(QPushButton("something else"))
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    hand = Keeper(page, keeping, qtbot)
    yield hand
    keeping.shut_down()
    vars(hand).clear()


@pytest.fixture
def with_run(hand: Keeper) -> Keeper:
    hand.keeping.set_run(*a_run())
    return hand


def test_with_nothing_to_save_it_says_what_to_do(hand: Keeper):
    assert hand.may_click("train.open")
    for name in ("train.save", "train.export"):
        assert not hand.may_click(name)
    assert "start a run" in hand.keeping.save.toolTip()
    assert "start a run" in hand.keeping.export.toolTip()
    QTest.keyClick(hand.widget, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    hand.keeping.set_run(a_run()[0], None)
    assert not hand.may_click("train.save")
    hand.keeping.set_run(*a_run())
    assert hand.may_click("train.save") and hand.may_click("train.export")
    assert "start a run" not in hand.keeping.save.toolTip()


def test_the_first_time_it_asks_and_then_it_saves_there_again(
    with_run: Keeper, dialogs: Dialogs, tmp_path: Path
):
    path = tmp_path / "mine.safetensors"
    dialogs.answers = [path]
    with_run.click("train.save")
    with_run.wait()
    assert dialogs.proposals == [Path.home() / "compact-15.safetensors"]
    assert with_run.told[-1] == "Saved as mine.safetensors."
    assert with_run.saved == [str(path)] and not with_run.failed
    assert same(open_run(path)[1], a_run()[1])
    assert "mine.safetensors" in with_run.keeping.save.toolTip()
    path.unlink()
    with_run.click("train.save")
    with_run.wait()
    assert path.exists() and len(dialogs.proposals) == 1
    # Another run has a file of its own.
    dialogs.answers = [tmp_path / "other"]
    with_run.keeping.set_run(*a_run(10))
    with_run.click("train.save")
    with_run.wait()
    assert dialogs.proposals[-1] == tmp_path.resolve() / "compact-10.safetensors"
    assert open_run(tmp_path / "other.safetensors")[1].step == 10
    assert open_run(path)[1].step == 15


def test_the_keyboard_saves(with_run: Keeper, dialogs: Dialogs, tmp_path: Path):
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    one, two = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    dialogs.answers = [one, two]
    other = with_run.widget.findChild(QPushButton)
    assert other is not None
    other.setFocus()
    QTest.keyClick(other, Qt.Key.Key_S, control)
    with_run.wait()
    QTest.keyClick(other, Qt.Key.Key_S, control)
    with_run.wait()
    assert one.exists() and len(dialogs.proposals) == 1
    QTest.keyClick(other, Qt.Key.Key_S, control | shift)
    with_run.wait()
    assert two.exists() and with_run.saved == [str(one), str(one), str(two)]
    dialogs.answers = [two]
    QTest.keyClick(other, Qt.Key.Key_O, control)
    with_run.wait()
    assert len(with_run.opened) == 1


def test_nothing_is_saved_where_no_name_is_given(with_run: Keeper, dialogs: Dialogs):
    dialogs.answers = ["", "", "", ""]
    with_run.click("train.save")
    for text in ("Weights as state_dict", "Weights as safetensors", "Python script"):
        with_run.pick("train.export", text)
    assert not with_run.keeping._worker.is_busy
    assert not with_run.told and not with_run.failed


def test_a_file_whose_name_was_cut_short_is_not_replaced_unasked(
    with_run: Keeper, dialogs: Dialogs, tmp_path: Path
):
    (tmp_path / "mine.safetensors").write_text("precious")
    dialogs.answers = [tmp_path / "mine", ""]
    with_run.click("train.save")
    assert dialogs.proposals[1] == tmp_path / "mine.safetensors"
    assert not with_run.keeping._worker.is_busy
    assert (tmp_path / "mine.safetensors").read_text() == "precious"


def test_a_saved_run_is_opened_and_saved_there_again(
    hand: Keeper, dialogs: Dialogs, tmp_path: Path
):
    path = tmp_path / "run.safetensors"
    save_run(*a_run(), path)
    dialogs.answers = [path]
    hand.pick("train.open", "Open a run or weights")
    hand.wait()
    ((record, checkpoint),) = hand.opened
    assert same(checkpoint, a_run()[1]) and record.history.last_step == 15
    assert hand.told[-1] == "Opened run.safetensors."
    hand.keeping.set_run(record, checkpoint)
    before = path.stat().st_mtime_ns
    hand.click("train.save")
    hand.wait()
    assert path.stat().st_mtime_ns > before and len(dialogs.proposals) == 1


def test_files_of_late_are_offered(with_run: Keeper, dialogs: Dialogs, tmp_path: Path):
    dialogs.answers = [tmp_path / "of & late.safetensors"]
    with_run.click("train.save")
    with_run.wait()
    with_run.pick("train.open", "of && late")
    with_run.wait()
    assert with_run.opened[0][1].step == 15
    assert not recent.read(QSettings()).paths, "the Lab has a list of its own"


@pytest.mark.parametrize(
    ("text", "suffix"),
    [("Weights as state_dict", ".pt"), ("Weights as safetensors", ".safetensors")],
)
def test_exported_weights_are_opened_as_weights(
    with_run: Keeper, dialogs: Dialogs, tmp_path: Path, text: str, suffix: str
):
    dialogs.answers = [tmp_path / "digits", tmp_path / f"digits{suffix}"]
    with_run.pick("train.export", text)
    with_run.wait()
    assert dialogs.proposals == [Path.home() / f"compact-15-weights{suffix}"]
    assert with_run.told[-1] == f"Exported as digits{suffix}."
    assert not with_run.saved, "weights are not the run"
    with_run.keeping.set_network("lenet5")
    with_run.pick("train.open", "Open a run or weights")
    with_run.wait()
    ((checkpoint, network, name),) = with_run.weights
    assert (checkpoint.step, network, name) == (0, "compact", f"digits{suffix}")
    assert not with_run.opened
    if suffix == ".pt":
        state = torch.load(tmp_path / "digits.pt", weights_only=True)
        assert set(state) == set(a_run()[1].weights)


def test_the_script_is_one(with_run: Keeper, dialogs: Dialogs, tmp_path: Path):
    dialogs.answers = [tmp_path / "again.py"]
    with_run.pick("train.export", "Python script")
    with_run.wait()
    assert with_run.told[-1] == "Exported as again.py."
    text = (tmp_path / "again.py").read_text("utf-8")
    compile(text, "again.py", "exec")
    assert "import torch" in text


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"hello",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"lr", b"lx", 1),
        lambda data: b"PK\x03\x04" + data,
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence_and_forgotten(
    hand: Keeper, tmp_path: Path, damage: Callable[[bytes], bytes]
):
    path = tmp_path / "run.safetensors"
    save_run(*a_run(), path)
    hand.keeping.open_file(str(path))
    hand.wait()
    assert len(hand.opened) == 1
    path.write_bytes(damage(path.read_bytes()))
    hand.keeping.open_file(str(path))
    hand.wait()
    (sentence,) = hand.failed
    assert "run.safetensors" in sentence and sentence.endswith(".")
    assert len(hand.opened) == 1 and not hand.weights
    assert hand.told[-1] == ""
    assert not recent.read(QSettings(), recent.TRAINING).paths


def test_a_file_that_is_gone_and_a_folder_are_refused(hand: Keeper, tmp_path: Path):
    hand.keeping.open_file(str(tmp_path / "gone.pt"))
    hand.wait()
    hand.keeping.open_file(str(tmp_path))
    hand.wait()
    assert "does not exist" in hand.failed[0] and "not a file" in hand.failed[1]


def test_where_nothing_can_be_written_it_says_so(
    with_run: Keeper, dialogs: Dialogs, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file"
    dialogs.answers = [folder / "run", folder / "weights", folder / "again"]
    with_run.click("train.save")
    with_run.wait()
    with_run.pick("train.export", "Weights as state_dict")
    with_run.wait()
    with_run.pick("train.export", "Python script")
    with_run.wait()
    assert len(with_run.failed) == 3 and not with_run.saved
    assert all("choose another place" in sentence for sentence in with_run.failed)
    # It is asked again: the file is not where it should have been.
    dialogs.answers = [tmp_path / "run"]
    with_run.click("train.save")
    with_run.wait()
    assert with_run.saved == [str(tmp_path / "run.safetensors")]


def test_of_two_files_in_a_row_the_second_one_is_opened(hand: Keeper, tmp_path: Path):
    for until in (10, 15):
        save_run(*a_run(until), tmp_path / f"{until}.safetensors")
        hand.keeping.open_file(str(tmp_path / f"{until}.safetensors"))
    hand.wait()
    assert [checkpoint.step for _, checkpoint in hand.opened] == [15]


def test_what_is_being_saved_when_the_window_closes_is_there(with_run: Keeper, tmp_path: Path):
    for name in ("one", "two", "three"):
        with_run.keeping.save_file(str(tmp_path / name))
    with_run.keeping.shut_down()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "one.safetensors",
        "three.safetensors",
        "two.safetensors",
    ]


def dropped(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_a_file_can_be_dropped(hand: Keeper, tmp_path: Path):
    path = tmp_path / "run.safetensors"
    save_run(*a_run(), path)
    actions, button = Qt.DropAction.CopyAction, LEFT
    for data, taken in (
        (dropped(tmp_path / "picture.png"), False),
        (QMimeData(), False),
        (dropped(tmp_path / "picture.png", path), True),
    ):
        no_keys = Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(5, 5), actions, data, button, no_keys)
        enter.ignore()
        hand.keeping.drag_enter(enter)
        assert enter.isAccepted() == taken
        drop = QDropEvent(QPoint(5, 5), actions, data, button, no_keys)
        drop.ignore()
        hand.keeping.drop(drop)
        assert drop.isAccepted() == taken
    hand.wait()
    assert len(hand.opened) == 1


@pytest.mark.parametrize(
    ("name", "taken"),
    [("a.safetensors", True), ("a.PT", True), ("a.pth", True), ("a.png", False), ("pt", False)],
)
def test_it_knows_its_files_by_their_names(hand: Keeper, name: str, taken: bool):
    assert hand.keeping.accepts(name) == taken
