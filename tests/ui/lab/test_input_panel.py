"""What goes into the layer: pictures cropped or whole, opened beside the window, and shifted."""

import time
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QSpinBox, QToolTip
from pytestqt.qtbot import QtBot

from explorer.core.layers import Conv2d
from explorer.core.scene import EDITED, OWN, Focus
from explorer.data.pictures import FORMATS, picture
from explorer.ui.lab import edits
from explorer.ui.widgets.slider import Slider
from tests.ui.lab.hand import LabHand

PICTURE = "explorer.ui.lab.input_panel.picture"
"""What the panel reads pictures with."""


@pytest.fixture
def wide(tmp_path: Path) -> str:
    """A colour picture, three times as wide as high, whose middle is white."""
    values = np.zeros((40, 120, 3), np.uint8)
    values[:, 40:80] = 255
    values[:, 80:, 0] = 200
    path = tmp_path / "wide.png"
    Image.fromarray(values).save(path)
    return str(path)


def open_picture(hand: LabHand, path: str) -> None:
    hand.page.parameters.input.take_picture(path)
    hand.wait_for_files()


def test_a_picture_is_cropped_or_whole(hand: LabHand, wide: str):
    open_picture(hand, wide)
    assert hand.state.input.shape == (3, 40, 40)
    assert (hand.state.input == 255).all()
    hand.choose("input.fit", "scale")
    assert hand.state.size == (13, 40)
    assert hand.state.input[0, 0, 0] == 0 and hand.state.input[0, 0, -1] == 200
    hand.click("undo")
    assert hand.state.size == (40, 40)
    assert hand.page.parameters.input.fit.value() == "crop"
    hand.click("redo")
    assert hand.page.parameters.input.fit.value() == "scale"


def test_a_whole_picture_keeps_its_proportions_under_the_sliders(hand: LabHand, wide: str):
    open_picture(hand, wide)
    hand.choose("input.fit", "scale")
    hand.type_into("input.w", "60")
    assert hand.state.size == (20, 60)
    assert hand.find(Slider, "input.h").value() == 20
    hand.type_into("input.h", "10")
    assert hand.state.size == (10, 30)


def test_the_next_picture_comes_in_the_same_way(hand: LabHand, wide: str):
    open_picture(hand, wide)
    hand.choose("input.fit", "scale")
    hand.choose("preset", "max_pool")
    assert not hand.page.parameters.input.fit.isVisible()
    open_picture(hand, wide)
    assert hand.state.size == (21, 64)


def test_a_scene_with_a_whole_picture_comes_back(hand: LabHand, wide: str, tmp_path: Path):
    open_picture(hand, wide)
    hand.choose("input.fit", "scale")
    path = str(tmp_path / "scene.json")
    hand.page.files.save_file(path)
    saved = hand.state
    hand.page.document.show(edits.from_preset("numbers"))
    hand.page.files.open_file(path)
    hand.wait_for_files()
    assert hand.state.fit == "scale" and np.array_equal(hand.state.input, saved.input)
    hand.choose("input.fit", "crop")
    assert hand.state.size == (40, 40)


class Slow:
    """Stands for a picture that takes as long as a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = Event()

        def slowly(source: str | bytes) -> object:
            self.go.wait()
            return picture(source)

        monkeypatch.setattr(PICTURE, slowly)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


def test_the_window_says_what_it_is_opening_and_goes_on(
    hand: LabHand, wide: str, slow: Slow, qtbot: QtBot
):
    hand.page.parameters.input.take_picture(wide)
    assert not hand.page.opening.isVisible()
    qtbot.waitUntil(hand.page.opening.isVisible)
    assert hand.page.opening.text() == "Opening wide.png …"
    hand.slide("stride.h", 2)
    assert hand.state.layer.setting("stride") == (2, 2)
    slow.go.set()
    hand.wait_for_files()
    assert hand.state.sample == "picture" and hand.state.layer.setting("stride") == (2, 2)
    assert not hand.page.opening.isVisible()


def test_what_is_opening_can_be_given_up(hand: LabHand, wide: str, slow: Slow, qtbot: QtBot):
    hand.page.parameters.input.take_picture(wide)
    qtbot.waitUntil(hand.page.opening.isVisible)
    assert hand.page.opening.close_button.accessibleName() == "Cancel"
    hand.click("opening.close")
    assert not hand.page.opening.isVisible()
    slow.go.set()
    assert not hand.page.parameters.input.reader.is_busy
    assert hand.state.sample == "numbers"


def test_an_input_that_is_chosen_meanwhile_wins(hand: LabHand, wide: str, slow: Slow):
    hand.page.parameters.input.take_picture(wide)
    hand.choose("input", "pool")
    slow.go.set()
    assert not hand.page.parameters.input.reader.is_busy
    assert hand.state.sample == "pool"


def test_a_scene_that_is_opened_later_wins(hand: LabHand, wide: str, slow: Slow, tmp_path: Path):
    path = str(tmp_path / "scene.json")
    hand.page.document.show(edits.from_preset("max_pool"))
    hand.page.files.save_file(path)
    hand.page.document.show(edits.from_preset("numbers"))
    hand.page.parameters.input.take_picture(wide)
    hand.page.files.open_file(path)
    slow.go.set()
    hand.wait_for_files()
    assert edits.matching_preset(hand.state) == "max_pool"


def test_the_window_closes_cleanly_while_a_picture_is_opened(
    hand: LabHand, wide: str, monkeypatch: pytest.MonkeyPatch
):
    done: list[bool] = []

    def slowly(source: str | bytes) -> object:
        time.sleep(0.2)
        done.append(True)
        return picture(source)

    monkeypatch.setattr(PICTURE, slowly)
    hand.page.parameters.input.take_picture(wide)
    hand.page.close()
    assert done == [True]
    QApplication.processEvents()
    assert hand.state.sample == "numbers"


def test_a_refusal_goes_when_another_input_is_chosen(hand: LabHand):
    open_picture(hand, "/nowhere/at all.png")
    notice = hand.page.parameters.input.notice
    assert notice.isVisible() and "does not exist" in notice.text()
    hand.choose("input", "pool")
    assert not notice.isVisible()


def test_a_shift_tells_how_much_has_changed_and_is_undone(hand: LabHand):
    hand.page.document.show(edits.from_preset("shift"))
    hand.click("input.shift")
    assert hand.page.parameters.preset.value() == "shift_moved"
    assert hand.reads("input.shifted") == (
        "Changed: 18 of 36 input cells (50\u00a0%), 0 of 9 output cells (0\u00a0%)."
    )
    hand.click("undo")
    assert hand.page.parameters.preset.value() == "shift"
    assert not hand.page.parameters.input.shifted.isVisible()
    assert hand.page.undo_stack.redoText() == "Shift right"


def test_one_changed_cell_of_many_is_not_rounded_away(hand: LabHand):
    table = np.zeros((1, 20, 20), np.float32)
    table[0, 0, -1] = 1  # leaves the input
    state = edits.with_input(edits.from_preset("numbers"), size=(20, 20))
    hand.page.document.show(state.with_own_numbers(table))
    hand.click("input.shift")
    assert hand.reads("input.shifted").startswith("Changed: 1 of 400 input cells (< 1\u00a0%), ")


def test_what_the_dialog_takes_is_told_before_it_opens(hand: LabHand):
    told = hand.page.parameters.input.open.toolTip().upper()
    assert all(kind in told for kind in FORMATS)


def test_a_digit_that_is_typed_into_keeps_its_look(hand: LabHand):
    hand.page.document.show(edits.from_preset("digit_edges", digit=2))
    hand.page.document.look(pins=(Focus("input", (3, 3)),))
    hand.canvas.setFocus()
    QTest.keyClicks(hand.canvas, "2")
    QTest.keyClicks(hand.canvas.editing.editor, "00")
    QTest.keyClick(hand.canvas.editing.editor, Qt.Key.Key_Return)
    assert hand.state.input[0, 3, 3] == 200
    assert (hand.state.sample, hand.state.is_picture) == (EDITED, True)
    assert hand.find(QComboBox, "input").currentText() == "Changed by hand"


@pytest.mark.parametrize("name", [OWN, EDITED])
def test_numbers_of_ones_own_are_typed_and_not_chosen(hand: LabHand, name: str):
    before = hand.state
    hand.choose("input", name)
    assert hand.state is before
    assert hand.page.parameters.input.sample.value() == "numbers"


def test_a_number_half_typed_counts_when_its_row_goes(hand: LabHand):
    hand.page.document.show(edits.from_preset("transposed"))
    box = hand.find(QSpinBox, "stride.h.box")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "3")
    hand.page.document.edit("code", edits.with_layer, Conv2d(1, 1, (2, 2), bias=False))
    assert isinstance(hand.state.layer, Conv2d)
    assert hand.find(Slider, "stride.h").value() == hand.state.layer.stride[0]


def test_numbers_may_be_as_large_as_pictures(hand: LabHand):
    hand.type_into("input.h", "100")
    assert hand.state.size == (100, 100)
    assert hand.reads("output_shape") == "1 × 1 × 98 × 98"
    hand.type_into("input.h", "999")
    assert hand.state.size == (512, 512)
    QApplication.processEvents()
    assert QToolTip.text() == "Only 1 to 512 can be set here."
    QToolTip.hideText()


def test_a_refusal_goes_with_whatever_succeeds_next(hand: LabHand, tmp_path: Path):
    notice = hand.page.parameters.input.notice
    for succeed in (
        lambda: hand.click("flip"),
        lambda: hand.choose("preset", "small"),
        lambda: hand.page.files.save_file(str(tmp_path / "kept.json")),
    ):
        open_picture(hand, "/nowhere/at all.png")
        assert notice.isVisible()
        succeed()
        assert not notice.isVisible()
