"""The page as a whole: read-outs, illegal settings and their repair, with torch and without."""

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.core.scene import Focus
from explorer.ui.lab import edits
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow
from explorer.ui.theme import theme
from explorer.ui.widgets.notice import Notice
from tests.ui.lab.conftest import shown
from tests.ui.lab.hand import LabHand, plain

CONTROL = Qt.KeyboardModifier.ControlModifier


def notice(hand: LabHand, name: str = "problem") -> Notice:
    hand.read_on()
    found = hand.page.findChild(Notice, name)
    assert isinstance(found, Notice)
    return found


def repairs(hand: LabHand) -> list[str]:
    hand.read_on()
    QApplication.processEvents()
    buttons = [b for b in hand.page.findChildren(QPushButton) if b.isVisible()]
    return sorted(b.objectName() for b in buttons if b.objectName().startswith("repair."))


def test_the_first_sum_is_written_out_term_by_term(hand: LabHand):
    text = plain(hand.reads("cell_arithmetic"))
    assert text == "3·1 + 4·2 + 6·3 + 2·4 + 4·5 + 6·6 + 1·7 + 6·8 + 7·9 = 211"


def test_the_read_outs_follow_the_window(hand: LabHand, qtbot: QtBot):
    hand.click("next")
    qtbot.waitUntil(lambda: plain(hand.reads("cell_arithmetic")).endswith("= 295"))
    hand.click("last")
    qtbot.waitUntil(lambda: plain(hand.reads("cell_arithmetic")).endswith("= 169"))


SUMS = {
    "numbers_padding": "0·1 + 0·2 + 0·3 + 0·4 + 3·5 + 4·6 + 0·7 + 2·8 + 4·9 = 91",
    "small": "1·1 + 2·2 + 0·1 + 0·0 + 1·1 + 2·0 + 1·2 + 2·1 + 1·0 = 10",
    "small_pool": "max(1, 2, 0, 0, 1, 2, 1, 2, 1) = 2",
    "max_pool": "max(3, 4, 2, 4) = 4",
    "avg_pool": "(3 + 4 + 2 + 4) ÷ 4 = 3.25",
}


def test_every_kind_of_sum_is_written_out(hand: LabHand):
    for preset, written in SUMS.items():
        hand.choose("preset", preset)
        assert plain(hand.reads("cell_arithmetic")) == written


def test_formula_proof_and_code_follow_the_sliders(hand: LabHand):
    hand.slide("padding.h", 1)
    hand.slide("stride.h", 2)
    assert plain(hand.reads("shape_formula")).replace("\xa0", " ") == (
        "⌊(5 + 2·1 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3"
    )
    assert hand.reads("output_shape") == "1 × 1 × 3 × 3"
    assert notice(hand, "proof").kind() == "success"
    assert "(cells:\xa09)" in notice(hand, "proof").text()
    assert hand.code() == "nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=1, bias=False)"


def test_both_axes_have_a_formula_where_they_differ(hand: LabHand):
    hand.click("padding.link")
    hand.slide("padding.w", 2)
    lines = plain(hand.reads("shape_formula")).split("\n")
    assert [line[0] for line in lines] == ["h", "w"]
    assert [line[-1] for line in lines] == ["3", "7"]


def test_the_colours_of_the_formula_follow_the_theme(hand: LabHand):
    for mode in ("dark", "light"):
        theme.set_mode(mode)
        assert theme.current().kernel_size in hand.reads("shape_formula")


ILLEGAL = {
    "kernel": ("numbers", {"kernel_size": (7, 7)}, "spans 7 cells"),
    "dilated": ("numbers", {"dilation": (3, 3)}, "spans 7 cells"),
    "padding": ("max_pool", {"padding": (2, 2)}, "more than half"),
    "mean": ("avg_pool", {"padding": (0, 2)}, "more than half"),
    "reflect": ("numbers", {"padding": (5, 5), "padding_mode": "reflect"}, "Reflecting 5 cells"),
    "circular": ("numbers", {"padding": (6, 6), "padding_mode": "circular"}, "around"),
}


@pytest.mark.parametrize(("preset", "settings", "meaning"), ILLEGAL.values(), ids=ILLEGAL)
def test_an_illegal_setting_is_explained_and_every_repair_repairs(
    hand: LabHand, preset: str, settings: dict[str, object], meaning: str
):
    page = hand.page
    page.document.show(edits.from_preset(preset))
    legal = page.document.state
    for name, value in settings.items():
        page.document.edit(name, edits.with_parameter, name, value)
    broken = page.document.state
    assert not broken.fits
    message = notice(hand)
    assert message.isVisible() and message.kind() == "warning"
    assert meaning in message.text()
    refusal = page.document.evaluation.refusal
    assert refusal
    assert f"PyTorch says: {refusal}" in message.text()
    assert hand.reads("output_shape") == "does not fit"
    assert not notice(hand, "proof").isVisible()
    offered = repairs(hand)
    assert offered
    for name in offered:
        hand.click(name)
        assert hand.state.fits, name
        assert not message.isVisible()
        assert repairs(hand) == []
        assert page.document.evaluation.output is not None
        hand.click("undo")
        assert repairs(hand) == offered
        assert message.isVisible()
    for _ in settings:
        hand.click("undo")
    assert hand.state.layer == legal.layer
    assert not message.isVisible()


def test_a_drag_through_illegal_settings_keeps_up(hand: LabHand):
    for size in range(1, 12):
        hand.slide("kernel_size.h", size)
        hand.canvas.repaint()
        assert notice(hand).isVisible() == (size > 5)
        assert len(repairs(hand)) <= 3


def test_undo_and_redo_are_enabled_when_there_is_something(hand: LabHand):
    undo, redo = hand.find(QAbstractButton, "undo"), hand.find(QAbstractButton, "redo")
    assert (undo.isEnabled(), redo.isEnabled()) == (False, False)
    hand.slide("padding.h", 1)
    assert (undo.isEnabled(), redo.isEnabled()) == (True, False)
    hand.click("undo")
    assert (undo.isEnabled(), redo.isEnabled()) == (False, True)


def test_before_torch_everything_can_be_touched(early: LabHand, qtbot: QtBot):
    page = early.page
    assert page.document.waits_for_torch
    assert early.reads("output_shape") == "1 × 1 × 26 × 26"
    assert early.reads("cell_arithmetic") == ""
    early.press("output", (1, 1))
    assert early.reads("trace").startswith("Held, Esc lets go: Output (1, 1)")
    early.key(Qt.Key.Key_Escape)
    early.click("next")
    assert early.state.step == 1
    early.slide("kernel_size.h", 5)
    assert early.reads("output_shape") == "1 × 1 × 24 × 24"
    early.choose("preset", "numbers")
    early.slide("kernel_size.h", 9)
    assert notice(early).isVisible()
    assert "PyTorch says" not in notice(early).text()
    early.click("repair.0")
    early.click("undo")
    early.click("undo")
    assert early.state.fits
    early.canvas.repaint()
    early.click("first")

    page.document.use_torch()
    assert plain(early.reads("cell_arithmetic")).endswith("= 211")
    assert notice(early, "proof").kind() == "success"


def test_it_does_not_move_before_there_are_numbers(early: LabHand, qtbot: QtBot):
    QTest.qWait(60)
    assert early.state.step == 0
    early.page.document.use_torch()
    qtbot.waitUntil(lambda: early.state.step > 0)


def test_an_illegal_setting_from_before_torch_gets_torchs_words(early: LabHand):
    early.page.document.edit("padding", edits.with_operation, "MaxPool2d")
    early.page.document.edit("padding", edits.with_parameter, "padding", (5, 5))
    early.page.document.use_torch()
    assert "PyTorch says: " in notice(early).text()


def test_a_torch_that_cannot_be_imported_is_told_and_stays_told(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "torch", None)
    hand = LabHand(shown(qtbot))
    qtbot.waitUntil(lambda: notice(hand).isVisible())
    assert notice(hand).kind() == "error"
    assert "PyTorch could not be imported (ModuleNotFoundError:" in notice(hand).text()
    assert "cnn-explorer doctor" in notice(hand).text()
    hand.slide("padding.h", 2)
    assert "PyTorch could not be imported" in notice(hand).text()
    hand.type_into("input.h", "3")
    hand.slide("kernel_size.h", 11)
    assert notice(hand).kind() == "warning"
    hand.click("repair.0")
    assert "PyTorch could not be imported" in notice(hand).text()
    assert "being loaded" not in " ".join(
        label.text() for label in hand.page.explanation.findChildren(type(hand.page.trace))
    )
    hand.hover("output", (0, 0))
    hand.canvas.repaint()


def test_a_posed_page_stands_where_there_is_something_to_see(playing: LabHand):
    assert playing.page.pose()
    assert not playing.page.player.playing
    output = playing.page.document.evaluation.output
    assert output is not None
    assert abs(output[(0, *playing.state.cell)]) > 0


def test_a_page_without_torch_is_not_ready_to_pose(early: LabHand):
    assert not early.page.pose()
    early.page.document.edit("kernel", edits.with_input, size=(1, 1))
    early.page.document.use_torch()
    assert early.page.pose()


def test_every_control_has_a_name_for_those_who_do_not_see_it(hand: LabHand):
    kinds = (QAbstractButton, QSlider, QComboBox, QAbstractSpinBox)
    for name in ("AvgPool2d", "MaxPool2d", "Conv2d"):
        hand.choose("operation", name)
        QApplication.processEvents()
        for widget in hand.page.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, kinds):
                assert widget.objectName(), widget.accessibleName()
                assert widget.accessibleName(), widget.objectName()
    for label in (hand.page.input_shape, hand.page.output_shape):
        assert label.objectName() and label.accessibleName()


def test_the_window_has_undo_and_redo_on_the_keyboard(
    app: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    window = MainWindow(page="lab")
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    page = window.current_page()
    assert isinstance(page, LabPage)
    qtbot.waitUntil(lambda: page.document.has_torch, timeout=30_000)
    hand = LabHand(page)
    hand.leave()
    hand.key(Qt.Key.Key_Space)
    assert not page.player.playing
    before = page.document.state.layer
    hand.slide("padding.h", 3)
    QTest.keyClick(window, Qt.Key.Key_Z, CONTROL)
    assert page.document.state.layer == before
    QTest.keyClick(window, Qt.Key.Key_Y, CONTROL)
    assert page.document.state.layer.setting("padding") == (3, 3)
    hand.press("output", (1, 1))
    hand.key(Qt.Key.Key_Escape, window.focusWidget())
    assert page.document.state.pins == ()


def test_the_window_fits_the_smallest_screen(app: QApplication, qtbot: QtBot):
    window = MainWindow(page="lab")
    qtbot.addWidget(window)
    window.resize(1024, 700)
    window.show()
    page = window.current_page()
    assert isinstance(page, LabPage)
    assert window.size().width() == 1024
    QApplication.processEvents()
    page.document.edit("size", edits.with_operation, "AvgPool2d")
    page.document.edit("size", edits.with_parameter, "padding", (5, 5))
    QApplication.processEvents()
    assert window.size().width() == 1024 and window.size().height() == 700
    assert page.canvas.height() >= 320


def test_hovering_and_drawing_do_not_touch_the_numbers(hand: LabHand):
    evaluation = hand.page.document.evaluation
    hand.hover("output", (1, 1))
    hand.press("input", (1, 1))
    hand.click("next")
    assert hand.page.document.evaluation is evaluation
    assert hand.state.focus != Focus("input", (1, 1))


def test_usage_is_a_word_and_its_counts_are_told(hand: LabHand):
    assert hand.find(QAbstractButton, "usage").text() == "Usage"
    hand.click("usage")
    assert hand.reads("trace") == "Windows per cell: fewest 1 in the corners, most 9 in the middle."
    hand.slide("padding.h", 1)
    assert hand.reads("trace") == "Windows per cell: fewest 4 in the corners, most 9 in the middle."
    hand.click("usage")
    assert hand.reads("trace").startswith("Point at any cell")


@pytest.mark.parametrize("width", [980, 1200, 1700])
@pytest.mark.parametrize("name", ["numbers", "channels", "size_256", "separable_pointwise"])
def test_the_shapes_are_never_cut_off(hand: LabHand, name: str, width: int):
    hand.page.resize(width, 720)
    hand.page.document.show(edits.from_preset(name))
    QApplication.processEvents()
    for label in (hand.page.input_shape, hand.page.output_shape):
        assert label.width() >= label.sizeHint().width()
