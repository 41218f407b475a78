"""Numbers typed, pasted and filled on the canvas, as a hand does it."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.core.layers import Conv2d
from explorer.core.reader import read
from explorer.core.scene import OWN, Focus
from explorer.ui.lab import edits
from explorer.ui.widgets.cell_editor import CellEditor
from tests.ui.lab.hand import LabHand

PASTE = (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
COPY = (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)


def editor(hand: LabHand) -> CellEditor:
    return hand.canvas.editing.editor


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_number_typed_over_a_held_cell_takes_its_place(hand: LabHand):
    hand.press("input", (1, 1))
    QTest.keyClicks(hand.canvas, "7")
    assert editor(hand).is_open()
    QTest.keyClicks(editor(hand), ".5")
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    assert hand.state.input[0, 1, 1] == 7.5
    assert hand.state.sample == OWN
    assert hand.state.pins == (Focus("input", (2, 1)),)
    hand.click("undo")
    assert hand.state.input[0, 1, 1] == 4
    assert hand.state.sample == "numbers"


def test_a_double_click_opens_the_cell_with_its_number(hand: LabHand):
    at = hand.point("kernel", (0, 2))
    QTest.mouseDClick(hand.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert editor(hand).text() == "3"
    QTest.keyClicks(editor(hand), "-4")
    QTest.keyClick(editor(hand), Qt.Key.Key_Tab)
    weight = hand.state.weight
    assert weight is not None and weight[0, 0, 0, 2] == -4
    assert hand.state.kernel == OWN


def test_a_turned_kernel_is_edited_where_it_is_seen(hand: LabHand):
    hand.click("flip")
    hand.press("kernel", (0, 0))
    QTest.keyClicks(hand.canvas, "5")
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    weight, used = hand.state.weight, hand.state.used_weight
    assert weight is not None and used is not None
    assert (weight[0, 0, 2, 2], used[0, 0, 0, 0]) == (5, 5)


def test_what_is_copied_from_a_kernel_shown_turned_is_pasted_as_it_was(hand: LabHand):
    hand.page.document.show(edits.from_preset("transposed"))
    hand.page.document.look(stamping=False, pins=(Focus("kernel", (2, 2)),), hover=None)
    QTest.keyClick(hand.canvas, *COPY)
    assert clipboard().split() == ["9", "8", "7", "6", "5", "4", "3", "2", "1"]
    before = hand.state.weight
    QTest.keyClick(hand.canvas, *PASTE)
    assert np.array_equal(hand.state.weight, before)  # type: ignore[arg-type]


def test_what_is_no_number_stays_in_the_box(hand: LabHand):
    before = hand.state.input
    hand.press("input", (0, 0))
    QTest.keyClicks(hand.canvas, "1")
    QTest.keyClicks(editor(hand), "x")
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    assert editor(hand).is_open()
    QTest.keyClick(editor(hand), Qt.Key.Key_Escape)
    assert not editor(hand).isVisible()
    assert hand.state.input is before


def test_arrows_lead_from_cell_to_cell_and_return_begins_without_a_mouse(hand: LabHand):
    hand.canvas.setFocus()
    QTest.keyClick(hand.canvas, Qt.Key.Key_Return)
    assert hand.state.pins == (Focus("output", (0, 0)),)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(hand.canvas, key)
    assert hand.state.pins == (Focus("output", (2, 0)),)
    assert hand.reads("trace").endswith("reads 9 of the input's cells.")


def test_a_block_from_a_spreadsheet_is_laid_from_the_held_cell_on(hand: LabHand):
    QGuiApplication.clipboard().setText("1\t2\n3\t4\n")
    hand.press("input", (3, 4))
    QTest.keyClick(hand.canvas, *PASTE)
    assert hand.state.input[0, 3:, 4].tolist() == [1, 3]
    hand.key(Qt.Key.Key_Escape)
    QTest.keyClick(hand.canvas, *PASTE)
    assert hand.state.input.tolist() == [[[1, 2], [3, 4]]]
    assert hand.state.size == (2, 2)


def test_what_is_no_block_is_refused_in_a_sentence(hand: LabHand):
    before = hand.state
    QGuiApplication.clipboard().setText("no numbers at all")
    QTest.keyClick(hand.canvas, *PASTE)
    assert hand.state is before
    assert hand.page.message.isVisible()


def test_numbers_can_be_copied(hand: LabHand):
    hand.press("kernel", (0, 0))
    QTest.keyClick(hand.canvas, *COPY)
    assert clipboard() == "1\t2\t3\n4\t5\t6\n7\t8\t9"
    hand.press("output", (0, 0))
    QTest.keyClick(hand.canvas, *COPY)
    assert clipboard().split("\n")[0] == "211\t295\t262"


def test_delete_writes_a_zero(hand: LabHand):
    hand.press("input", (0, 0))
    QTest.keyClick(hand.canvas, Qt.Key.Key_Delete)
    assert hand.state.input[0, 0, 0] == 0


@pytest.mark.parametrize("wanted", ["Fill with zeros", "Random numbers", "Fill with this number"])
def test_the_menu_fills_a_board(hand: LabHand, wanted: str):
    hand.canvas.editing.open_menu(Focus("input", (0, 1)), QPoint(10, 10))
    (menu,) = (m for m in hand.canvas.findChildren(QMenu) if m.isVisible())
    (action,) = (a for a in menu.actions() if a.text() == wanted)
    action.trigger()
    menu.close()
    QApplication.processEvents()
    numbers = hand.state.input
    if wanted == "Random numbers":
        assert len(np.unique(numbers)) > 3
    else:
        assert np.unique(numbers).tolist() == [0 if "zeros" in wanted else 4]


def test_padding_is_not_written_on(hand: LabHand):
    hand.page.document.show(edits.from_preset("numbers_padding"))
    hand.press("input", (-1, -1))
    before = hand.state.input
    QTest.keyClicks(hand.canvas, "9")
    assert not editor(hand).is_open()
    assert hand.state.input is before


def test_a_slice_of_a_later_channel_is_edited(hand: LabHand):
    document = hand.page.document
    document.edit("layer", edits.with_layer, Conv2d(4, 4, (3, 3), groups=2, bias=False))
    document.look(channel=3, pins=(Focus("kernel", (1, 1), 3),))
    QTest.keyClicks(hand.canvas, "6")
    QTest.keyClick(editor(hand), Qt.Key.Key_Return)
    weight = hand.state.weight
    assert weight is not None and weight[3, 1, 1, 1] == 6


def test_a_picture_can_be_pasted_and_dropped(hand: LabHand, tmp_path):
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    given = QMimeData()
    given.setImageData(image)
    assert hand.canvas.editing.take(given)
    hand.wait_for_files()
    assert hand.state.sample == "picture"
    assert hand.state.input.shape == (3, 30, 30)
    assert hand.state.layer.weight_shape is not None and hand.state.layer.weight_shape[1] == 3
    assert hand.state.input[0].min() == 255 and hand.state.input[1:].max() == 0
    hand.click("undo")
    file = tmp_path / "red.png"
    assert image.save(str(file))
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(file))])
    assert hand.canvas.editing.take(dropped)
    hand.wait_for_files()
    assert hand.state.channels == 3


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(hand: LabHand, tmp_path):
    file = tmp_path / "no.png"
    file.write_bytes(b"nothing")
    before = hand.state
    hand.page.parameters.input.take_picture(str(file))
    hand.wait_for_files()
    assert hand.state is before
    assert hand.page.parameters.input.notice.isVisible()


def test_another_channel_lets_the_held_weight_go(hand: LabHand):
    document = hand.page.document
    document.edit("layer", edits.with_layer, Conv2d(4, 4, (3, 3), groups=4, bias=False))
    hand.canvas.repaint()
    document.look(pins=(Focus("kernel", (1, 1), 0),))
    thumb = hand.canvas.layout_now.thumbs[3]
    QTest.mouseClick(hand.canvas, Qt.MouseButton.LeftButton, pos=thumb.rect.center().toPoint())
    assert (hand.state.channel, hand.state.pins) == (3, ())
    document.look(pins=(Focus("kernel", (1, 1), 0),))  # a script may still do so
    QGuiApplication.clipboard().setText("as before")
    QTest.keyClick(hand.canvas, *COPY)
    assert clipboard() == "as before"


def test_nothing_and_what_is_elsewhere_cannot_be_taken(hand: LabHand):
    before = hand.state
    assert not hand.canvas.editing.take(None)
    no_files = QMimeData()
    no_files.setData("text/uri-list", b"")
    assert no_files.hasUrls()
    hand.canvas.editing.take(no_files)
    assert "Copy some numbers first" in hand.page.message.text()
    elsewhere = QMimeData()
    elsewhere.setUrls([QUrl("https://example.org/picture.png")])
    hand.canvas.editing.take(elsewhere)
    assert hand.state is before
    assert "Save the picture first" in hand.page.message.text()


@pytest.mark.parametrize(
    "line",
    [
        "Conv2d(1, 1, 2000, padding=1000)",
        "AdaptiveAvgPool2d((3000, 3000))",
        "Conv2d(1, 99, 3)",
        "ConvTranspose2d(1, 8, 3, stride=900)",
    ],
)
def test_what_is_too_large_is_refused_in_a_sentence(hand: LabHand, line: str):
    before = hand.state
    document = hand.page.document
    document.edit("large", edits.with_layer, read(line))
    assert not hand.state.fits and document.evaluation.output is None
    hand.read_on()
    assert hand.page.problem.isVisible()
    hand.click("undo")
    assert hand.state.layer == before.layer
