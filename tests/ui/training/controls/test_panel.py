"""The settings of a run: what is fixed while it goes on, what may change, and where data are."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.data.digits import load
from explorer.training.engine import Run
from explorer.training.events import Step
from explorer.training.settings import Settings
from explorer.ui.training.controls.data_field import FOLDER
from tests.ui.training.hand import Trainer

FIXED = ("network", "data", "device", "epochs", "batch_size", "seed", "optimizer", "schedule")
SETS = ["Bundled digits", "MNIST ↓", "Fashion-MNIST ↓", "KMNIST ↓"]
OPEN = ("lr", "momentum", "weight_decay")


def usable(hand: Trainer) -> set[str]:
    return {name for name in (*FIXED, *OPEN) if hand.find(QWidget, f"train.{name}").isEnabled()}


def test_it_begins_with_the_textbook(at_digits: Trainer):
    assert at_digits.page.controls.settings() == Settings()


def test_settings_are_what_was_set(at_digits: Trainer):
    at_digits.choose("train.network", "classic")
    at_digits.choose("train.device", "cpu")
    at_digits.slide("train.epochs", 20)
    at_digits.type_into("train.batch_size", "100")
    at_digits.type_into("train.seed", "5")
    at_digits.type_into("train.lr", "0.05")
    at_digits.type_into("train.momentum", "0.9")
    at_digits.type_into("train.weight_decay", "0.0005")
    at_digits.choose("train.optimizer", "nesterov")
    at_digits.choose("train.schedule", "one_cycle")
    settings = at_digits.page.controls.settings()
    assert 18 <= settings.epochs <= 22
    assert settings == Settings(
        network="classic",
        device="cpu",
        epochs=settings.epochs,
        batch_size=100,
        seed=5,
        lr=0.05,
        momentum=0.9,
        optimizer="nesterov",
        weight_decay=0.0005,
        schedule="one_cycle",
    )


def test_a_label_looks_as_closed_as_its_field(at_digits: Trainer):
    labels = {label.text(): label for label in at_digits.page.controls.findChildren(QLabel)}
    at_digits.page.controls.set_running(True)
    for name in ("Network", "Data", "Device", "Start from", "Epochs", "Optimizer", "Schedule"):
        assert not labels[name].isEnabled(), name
    at_digits.page.controls.set_running(False)
    assert all(labels[name].isEnabled() for name in ("Network", "Data", "Device", "Optimizer"))


def test_adam_has_no_use_for_the_momentum(at_digits: Trainer):
    for optimizer, has_use in (("adam", False), ("nesterov", True), ("adamw", False)):
        at_digits.choose("train.optimizer", optimizer)
        assert ("momentum" in usable(at_digits)) == has_use


@pytest.mark.parametrize("settings", [Settings(), Settings("classic", "bundled", "cpu", 3, 7, 1.0)])
def test_settings_can_be_shown(at_digits: Trainer, settings: Settings):
    at_digits.page.controls.show_settings(settings)
    assert at_digits.page.controls.settings() == settings


def test_what_is_fixed_is_closed_until_the_run_is_over(at_digits: Trainer, qtbot: QtBot):
    assert usable(at_digits) == {*FIXED, *OPEN}
    at_digits.click("train.start")
    assert usable(at_digits) == set(OPEN)
    at_digits.wait_until_started()
    at_digits.click("train.pause")
    at_digits.wait_for("Paused")
    assert usable(at_digits) == set(OPEN)
    at_digits.click("train.stop")
    at_digits.wait_for("Stopped")
    qtbot.waitUntil(lambda: usable(at_digits) == {*FIXED, *OPEN})
    at_digits.click("train.start")
    assert usable(at_digits) == set(OPEN)
    at_digits.click("train.reset")
    assert usable(at_digits) == {*FIXED, *OPEN}


@pytest.mark.parametrize("button", ["train.start", "train.batch", "train.epoch"])
def test_what_has_been_typed_counts_without_return(at_few: Trainer, button: str):
    at_few.type_into("train.epochs", "1", end=None)
    at_few.type_into("train.batch_size", "150", end=None)
    at_few.click(button)
    at_few.wait_for("Paused" if button == "train.batch" else "Finished", 1)
    assert at_few.progress == (0.5 if button == "train.batch" else 1)


def test_what_may_change_at_any_time_reaches_the_run(at_few: Trainer, few: Path):
    run = Run(Settings(data=str(few), device="cpu"), load(few))
    events = iter(run)

    def expected(count: int) -> list[float]:
        return [loss for _ in range(count) for loss in step(next(events))]

    def step(event: object) -> tuple[float, ...]:
        assert isinstance(event, Step)
        return event.losses

    def train(*counts: int) -> None:
        for count in counts:
            at_few.click("train.batch")
            at_few.wait_for("Paused", count)

    at_few.choose("train.device", "cpu")
    train(1)
    wanted = expected(1)
    at_few.type_into("train.lr", "0.5")
    train(2)
    run.lr = 0.5
    wanted += expected(1)
    at_few.type_into("train.momentum", "0.95")
    train(3)
    run.momentum = 0.95
    wanted += expected(1)
    at_few.type_into("train.weight_decay", "0.1")
    train(4, 5)
    run.weight_decay = 0.1
    wanted += expected(2)
    events.close()
    assert at_few.losses.tolist() == pytest.approx(wanted, rel=1e-5)


def test_the_learning_rate_can_be_dragged_while_it_trains(at_digits: Trainer):
    at_digits.click("train.start")
    at_digits.wait_until_started(3)
    # The smallest learning rate of all, and no momentum: the weights stand almost still.
    at_digits.slide("train.momentum", 0)
    at_digits.slide("train.lr", 0)
    settings = at_digits.page.controls.settings()
    assert (settings.lr, settings.momentum) == (0.0001, 0)
    steps = len(at_digits.losses)
    at_digits.wait_until_started(steps + 3)
    assert at_digits.losses[-1] == pytest.approx(at_digits.losses[steps - 1], rel=0.5)


def test_the_folder_of_the_command_line_is_listed_and_chosen(at_few: Trainer, few: Path):
    assert at_few.data_offered() == [*SETS, few.name, "Folder …"]
    assert at_few.page.controls.settings().data == str(few)
    at_few.click("train.start")
    at_few.wait_until_started()
    assert at_few.reads("train.device_used").startswith("300 training and 200 test images")


def test_one_may_go_back_and_forth_between_the_folder_and_the_bundled_digits(
    at_few: Trainer, few: Path
):
    at_few.choose("train.data", "bundled")
    assert at_few.page.controls.settings().data == "bundled"
    at_few.choose("train.data", str(few))
    assert at_few.page.controls.settings().data == str(few)


def answer(folder: Path | None) -> None:
    """Choose a folder in the dialog that is about to open, or press Escape."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    if folder is None:
        dialog.reject()
    else:
        dialog.setDirectory(str(folder))
        dialog.done(QDialog.DialogCode.Accepted)


def choose_folder(hand: Trainer, folder: Path | None) -> None:
    QTimer.singleShot(50, lambda: answer(folder))
    field = hand.page.controls.data.choice
    field.setFocus()
    field.setCurrentIndex(field.findData(FOLDER))


def test_a_folder_can_be_chosen(at_digits: Trainer, few: Path):
    assert at_digits.data_offered() == [*SETS, "Folder …"]
    choose_folder(at_digits, few)
    assert at_digits.page.controls.settings().data == str(few)
    assert at_digits.data_offered() == [*SETS, few.name, "Folder …"]
    assert at_digits.page.controls.data.choice.currentText() == few.name


def test_choosing_no_folder_leaves_the_data_alone(at_few: Trainer, few: Path):
    choose_folder(at_few, None)
    assert at_few.page.controls.settings().data == str(few)
    assert at_few.page.controls.data.value() == str(few)


def test_every_field_has_a_name_and_an_explanation(at_digits: Trainer):
    for name in (*FIXED, *OPEN):
        field = at_digits.find(QWidget, f"train.{name}")
        assert field.accessibleName()
        assert field.toolTip()
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus
