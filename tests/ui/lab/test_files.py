"""Scenes saved and opened from the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from explorer.core.layers import AdaptiveAvgPool2d, Conv2d
from explorer.core.record import FORMAT
from explorer.ui.lab import edits
from tests.ui.lab.hand import LabHand


def test_a_saved_scene_comes_back(hand: LabHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    document = hand.page.document
    document.edit("layer", edits.with_layer, Conv2d(3, 4, (3, 3), padding=(1, 1)))
    document.look(channel=2, step=7.0)
    saved = hand.state
    path = str(tmp_path / "scene")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (path, ""))
    hand.click("save")
    document.edit("other", lambda _: edits.from_preset("max_pool"))
    hand.page.files.open_file(f"{path}.json")
    hand.wait_for_files()
    opened = hand.state
    assert (opened.layer, opened.channel, opened.step) == (saved.layer, 2, 7.0)
    assert np.array_equal(opened.input, saved.input)
    assert opened.weight is not None and saved.weight is not None
    assert np.array_equal(opened.weight, saved.weight)
    hand.click("undo")
    assert hand.page.parameters.preset.value() == "max_pool"


def test_files_of_late_are_offered(hand: LabHand, tmp_path: Path):
    path = tmp_path / "of late.json"
    hand.page.files.save_file(str(path))
    hand.click("open")
    (menu,) = (m for m in hand.page.files.open.findChildren(QMenu) if m.isVisible())
    assert "of late.json" in [action.text() for action in menu.actions()]
    menu.close()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format": "cnn-explorer scene"}'])
def test_a_damaged_file_is_refused_and_nothing_is_lost(hand: LabHand, tmp_path: Path, content: str):
    path = tmp_path / "damaged.json"
    path.write_text(content)
    before = hand.state
    hand.page.files.open_file(str(path))
    hand.wait_for_files()
    assert hand.state is before
    assert hand.page.message.isVisible()
    assert "damaged.json" in hand.page.message.text()


def test_a_folder_that_is_not_there_is_told(hand: LabHand, tmp_path: Path):
    hand.page.files.save_file(str(tmp_path / "nowhere" / "scene.json"))
    assert hand.page.message.isVisible()


class Dialog:
    """Stands for the one that asks where to save, and gives the next of `answers`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.answers = list(answers)
        self.proposals: list[Path] = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", self.ask)

    def ask(self, _parent: object, _title: str, proposal: str, _filter: str) -> tuple[str, str]:
        self.proposals.append(Path(proposal))
        return self.answers.pop(0), ""


@pytest.mark.parametrize(
    ("preset", "name"),
    [
        ("numbers", "Conv2d-3x3.json"),
        ("sobel_row", "Conv2d-1x3.json"),
        ("adaptive_max_pool", "AdaptiveMaxPool2d-3x3.json"),
    ],
)
def test_a_name_is_proposed_in_the_folder_that_was_used_last(
    hand: LabHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, preset: str, name: str
):
    dialog = Dialog(monkeypatch, "", "")
    hand.page.document.show(edits.from_preset(preset))
    hand.click("save")
    assert dialog.proposals[-1] == Path.home() / name
    hand.page.files.save_file(str(tmp_path / "first.json"))
    hand.click("save")
    assert dialog.proposals[-1] == tmp_path.resolve() / name


def test_a_side_that_follows_the_input_has_a_name_too(
    hand: LabHand, monkeypatch: pytest.MonkeyPatch
):
    dialog = Dialog(monkeypatch, "")
    hand.page.document.edit("layer", edits.with_layer, AdaptiveAvgPool2d((None, 2)))
    hand.click("save")
    assert dialog.proposals[-1].name == "AdaptiveAvgPool2d-nx2.json"


@pytest.mark.parametrize(("typed", "made"), [("a", "a.json"), ("a.1", "a.1.json"), ("a.JSON",) * 2])
def test_a_suffix_that_is_missing_is_added(
    hand: LabHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, made: str
):
    Dialog(monkeypatch, str(tmp_path / typed))
    hand.click("save")
    assert [path.name for path in tmp_path.iterdir()] == [made]


def test_no_file_is_replaced_that_the_dialog_has_not_asked_about(
    hand: LabHand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    there = tmp_path / "scene.json"
    there.write_text("mine")
    dialog = Dialog(monkeypatch, str(tmp_path / "scene"), "")
    hand.click("save")
    assert dialog.proposals[1] == there
    assert there.read_text() == "mine"
    Dialog(monkeypatch, str(tmp_path / "scene"), str(there))
    hand.click("save")
    assert there.read_text() != "mine"


def test_a_scene_that_was_opened_ends_the_wish_for_a_size(hand: LabHand, tmp_path: Path):
    path = str(tmp_path / "scene.json")
    hand.page.files.save_file(path)
    hand.click("find")
    hand.page.parameters.solver.h.setValue(9)
    hand.page.files.open_file(path)
    hand.wait_for_files()
    while hand.page.parameters.solver.is_behind:
        QApplication.processEvents()
    assert hand.page.parameters.solver.h.value() == 3


def test_the_picture_is_copied(hand: LabHand):
    hand.click("copy_picture")
    image = QGuiApplication.clipboard().image()
    assert image.size() == hand.canvas.size()


def test_that_a_scene_was_saved_is_said_for_a_moment(hand: LabHand, tmp_path: Path):
    hand.page.files.save_file(str(tmp_path / "kept"))
    message = hand.page.message
    assert (message.kind(), message.text()) == ("success", "Saved as kept.json.")
    hand.page._brief.timeout.emit()
    assert not message.isVisible()


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"format": "shopping list"}, "other.json: this is no scene; choose a file"),
        ({"format": FORMAT, "version": 99}, "other.json: the scene comes from a newer"),
        (
            {"format": FORMAT, "version": 1, "layer": {"type": "Conv3d"}, "input": {}},
            "other.json is damaged, or was changed by hand. At “layer.type”: 'Conv3d' is not",
        ),
    ],
)
def test_why_a_file_is_refused_is_said_in_plain_words(
    hand: LabHand, tmp_path: Path, record: dict[str, object], said: str
):
    (tmp_path / "other.json").write_text(json.dumps(record), "utf-8")
    hand.page.files.open_file(str(tmp_path / "other.json"))
    hand.wait_for_files()
    assert hand.page.message.text().startswith(said)
    hand.click("flip")
    assert not hand.page.message.isVisible()
