"""Scenes saved and opened from the page."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from explorer.core.layers import Conv2d
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
    assert hand.state is before
    assert hand.page.message.isVisible()
    assert "damaged.json" in hand.page.message.text()


def test_a_folder_that_is_not_there_is_told(hand: LabHand, tmp_path: Path):
    hand.page.files.save_file(str(tmp_path / "nowhere" / "scene.json"))
    assert hand.page.message.isVisible()


def test_the_picture_is_copied(hand: LabHand):
    hand.click("copy_picture")
    image = QGuiApplication.clipboard().image()
    assert image.size() == hand.canvas.size()
