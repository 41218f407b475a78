"""The page with data of another number of classes than ten."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from explorer.training.runfile import open_run
from explorer.ui.training.views.confusion import ConfusionBoard
from explorer.ui.widgets.answer_bars import AnswerBars
from tests.small_digits import few_digits, few_of, write_folder
from tests.ui.training.hand import PATIENCE, SEVEN, Trainer

Open = Callable[..., Trainer]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Folders of digits, by the number of their classes."""
    made = {}
    for classes in (5, 10, 26):
        made[classes] = tmp_path_factory.mktemp(f"of_{classes}_")
        digits = few_digits() if classes == 10 else few_of(classes)
        write_folder(digits, made[classes])
    return made


def finish(hand: Trainer, epochs: int = 3) -> None:
    hand.page.controls.epochs.set_value(epochs)
    hand.click("train.start")
    hand.wait_for("Finished")
    hand.qtbot.waitUntil(hand.page.controls.network.isEnabled, timeout=PATIENCE)


def choose_folder(hand: Trainer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    hand.choose("train.data", "…")


def wait_for_count(hand: Trainer, classes: int) -> None:
    data = hand.page.controls.data
    hand.qtbot.waitUntil(lambda: data.class_count() == classes, timeout=PATIENCE)


def wait_for_board(hand: Trainer, classes: int) -> None:
    (board,) = hand.page.findChildren(ConfusionBoard)
    hand.qtbot.waitUntil(
        lambda: board.isVisibleTo(hand.page) and len(board.matrix()) == classes, timeout=PATIENCE
    )


@pytest.mark.parametrize("classes", [5, 26])
def test_everything_is_shown_for_as_many_classes(
    open_page: Open, folders: dict[int, Path], classes: int
):
    hand = open_page(folders[classes])
    wait_for_count(hand, classes)
    parameters = 5280 + 321 * classes
    origin = hand.page.controls.origin.choice
    assert f"All {parameters:,} parameters begin anew." in origin.toolTip()
    finish(hand)
    assert f"250 test images of {classes} classes" in hand.reads("train.device_used")
    hand.wait_for_answer()
    bars = hand.find(AnswerBars, "train.answer")
    assert bars.accessibleDescription().count("%") == min(classes, 10)
    hand.draw(SEVEN)
    hand.wait_for_answer()

    hand.view("confusion")
    board = hand.board()
    assert board.matrix().shape == (classes, classes)
    assert board.matrix().sum() == 250
    hand.click_cell(classes - 1, 1)
    said = "Digit" if classes == 5 else "Class"
    assert hand.reads("train.confusion.digit") == f"{said} {classes - 1}"
    board.setFocus()
    for _ in range(70):
        QTest.keyClick(board, Qt.Key.Key_Right)
        QTest.keyClick(board, Qt.Key.Key_Down)
    QTest.keyClick(board, Qt.Key.Key_Return)
    last = classes - 1
    assert hand.reads("train.confusion.which").startswith(f"True {last}, answered {last}: ")
    hand.view("mistakes")
    assert hand.gallery("train.mistakes").items()


def test_another_number_of_classes_asks_for_a_new_last_layer(
    open_page: Open, folders: dict[int, Path], monkeypatch: pytest.MonkeyPatch
):
    hand = open_page(folders[10])
    finish(hand, 1)
    hand.choose("train.origin", "run 1")
    assert hand.may_click("train.new_head") and not hand.page.controls.origin.new_head()
    choose_folder(hand, folders[5], monkeypatch)
    wait_for_count(hand, 5)
    assert not hand.may_click("train.new_head") and hand.page.controls.origin.new_head()
    assert hand.reads("train.origin.line") == (
        "conv1, conv2 keep what they learned; fc has to begin anew, for the 5 classes of the "
        "data: 5,280 of 6,885 parameters are old."
    )
    finish(hand, 3)
    assert hand.message == ""
    ten, five = (run.record for run in hand.page.runs.all)
    assert (ten.class_count, five.class_count) == (10, 5)
    assert hand.page.history().epochs[-1].test_accuracy > 0.4

    # Back to the ten, and the first run beside the second.
    choose_folder(hand, folders[10], monkeypatch)
    wait_for_count(hand, 10)
    hand.choose("train.origin", "run 2")
    assert not hand.may_click("train.new_head")
    hand.choose("train.origin", "run 1")
    assert hand.may_click("train.new_head")
    for number, classes in ((0, 10), (1, 5)):
        hand.page.director.choose(hand.page.runs.all[number])
        hand.wait_for_answer()
        hand.view("confusion")
        wait_for_board(hand, classes)


def test_a_fork_to_other_classes_works(
    open_page: Open, folders: dict[int, Path], monkeypatch: pytest.MonkeyPatch
):
    hand = open_page(folders[10])
    finish(hand, 1)
    choose_folder(hand, folders[26], monkeypatch)
    wait_for_count(hand, 26)
    hand.page.director.fork()
    hand.wait_for("Finished")
    assert hand.message.startswith("With other data or another batch size a fork counts from")
    assert hand.page.runs.all[-1].record.class_count == 26


def test_a_run_is_opened_with_its_classes(
    open_page: Open, folders: dict[int, Path], tmp_path: Path
):
    hand = open_page(folders[5])
    finish(hand, 2)
    path = tmp_path / "five.safetensors"
    hand.page.keeping.save_file(str(path))
    hand.qtbot.waitUntil(path.exists, timeout=PATIENCE)
    answers = hand.page.runs.all[0].answered
    assert answers is not None and open_run(path)[0].class_count == 5

    other = open_page()
    other.page.keeping.open_file(str(path))
    other.qtbot.waitUntil(lambda: len(other.page.runs.all) == 1, timeout=PATIENCE)
    assert other.reads("train.device_used") == "This run was opened from a file."
    wait_for_count(other, 5)
    other.view("confusion")
    wait_for_board(other, 5)
    labels = few_of(5).test_labels
    assert other.board().matrix().trace() == np.sum(answers.answers == labels)


def test_a_run_whose_classes_are_gone_is_told_in_a_sentence(
    open_page: Open, folders: dict[int, Path], tmp_path: Path
):
    gone = tmp_path / "gone"
    gone.mkdir()
    write_folder(few_of(5), gone)
    hand = open_page(gone)
    finish(hand, 1)
    path = tmp_path / "five.safetensors"
    hand.page.keeping.save_file(str(path))
    hand.qtbot.waitUntil(path.exists, timeout=PATIENCE)
    for file in gone.iterdir():
        file.unlink()
    gone.rmdir()
    other = open_page()
    other.page.keeping.open_file(str(path))
    other.qtbot.waitUntil(lambda: "does not exist" in other.message, timeout=PATIENCE)
    other.qtbot.wait(200)
    assert "does not exist" in other.message
    assert other.page.runs.all[0].digits is None, "the bundled ones have ten classes"
