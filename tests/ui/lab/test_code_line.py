"""A line of PyTorch is typed, pasted, mistyped, taken back and copied."""

from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.core.arithmetic import evaluate
from explorer.core.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    MaxPool2d,
)
from explorer.core.reader import LONGEST
from explorer.core.scene import LabState
from explorer.core.source import source
from explorer.ui.lab import edits
from explorer.ui.lab.code_line import COPIED_MS, MOST_LINES, MOST_WEIGHTS, CodeLine
from explorer.ui.lab.document import LabDocument
from explorer.ui.theme import theme
from explorer.ui.widgets.notice import Notice
from tests.ui.hand import LEFT

PASTED = "nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)"
PLAIN = Conv2d(1, 1, (3, 3))
NARROWEST = 248
"""Width of the card in the smallest window."""
CONTROL = Qt.KeyboardModifier.ControlModifier


class Page(QWidget):
    """Stands around the line as the Lab does: with a document, undo, and its own use for Esc."""

    def __init__(self) -> None:
        super().__init__()
        self.escapes = 0
        self.document = LabDocument(edits.with_layer(edits.from_preset("numbers"), PLAIN), self)
        self.code = CodeLine()
        self.elsewhere = QLineEdit()
        layout = QVBoxLayout(self)
        layout.addWidget(self.code)
        layout.addWidget(self.elsewhere)
        layout.addStretch(1)
        for keys, slot in (
            ("Ctrl+Z", self.document.undo_stack.undo),
            ("Ctrl+Shift+Z", self.document.undo_stack.redo),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(slot)
            self.addAction(action)
        self.code.show_state(self.document.state)
        self.code.entered.connect(self._enter)
        self.document.changed.connect(self.code.show_state)

    def _enter(self, layer: Layer) -> None:
        self.document.edit("code", edits.with_layer, layer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.escapes += event.key() == Qt.Key.Key_Escape


class CodeHand:
    """Types in the field, pastes, copies, and reads what stands there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.code = page.code
        self.entered = QSignalSpy(page.code.entered)
        self.field: QPlainTextEdit = self.child(QPlainTextEdit, "source")
        self.menu: QMenu = self.child(QMenu)

    def child(self, kind: Any, *name: str) -> Any:
        return self.code.findChild(kind, *name)  # type: ignore[arg-type]  # a name or none

    @property
    def state(self) -> LabState:
        return self.page.document.state

    def layer(self) -> Layer:
        return self.state.layer

    def layers(self) -> list[Layer]:
        return [self.entered.at(i)[0] for i in range(self.entered.count())]

    def set_layer(self, layer: Layer) -> None:
        """Change the layer from elsewhere."""
        self.page.document.edit("slider", edits.with_layer, layer)

    def rest(self) -> None:
        while self.code.is_behind:
            QApplication.processEvents()

    def settle(self) -> None:
        for _ in range(3):  # each layout tells the one around it
            QApplication.processEvents()

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.field, key, held)

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z, CONTROL)

    def redo(self) -> None:
        self.key(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.field, text)

    def take(self, piece: str) -> None:
        """Select a piece of the text, to type over it."""
        cursor = self.field.textCursor()
        start = self.code.text().index(piece)
        cursor.setPosition(start)
        cursor.setPosition(start + len(piece), cursor.MoveMode.KeepAnchor)
        self.field.setTextCursor(cursor)

    def paste(self, text: str, over_all: bool = True) -> None:
        QApplication.clipboard().setText(text)
        if over_all:
            self.key(Qt.Key.Key_A, CONTROL)
        self.key(Qt.Key.Key_V, CONTROL)

    def write(self, text: str) -> None:
        """Type a text over all and press Enter."""
        self.key(Qt.Key.Key_A, CONTROL)
        self.type(text)
        self.key(Qt.Key.Key_Return)

    def leave(self) -> None:
        QTest.mouseClick(self.page.elsewhere, LEFT)

    def marked(self) -> list[str]:
        return [selection.cursor.selectedText() for selection in self.field.extraSelections()]

    def problem(self) -> str:
        notice: Notice = self.child(Notice, "source.problem")
        assert notice.isVisible() == bool(notice.text())
        return notice.text()

    def offers(self) -> dict[str, QAction]:
        """Open the menu of the copy button and return what can be seen there."""
        QTest.mouseClick(self.child(QToolButton, "source.copy.more"), LEFT)
        assert self.menu.isVisible()
        return {
            action.objectName().rpartition(".")[2]: action
            for action in self.menu.actions()
            if action.isVisible()
        }

    def choose(self, name: str) -> str:
        """Choose from the menu and return what is on the clipboard then."""
        action = self.offers()[name]
        QTest.mouseClick(self.menu, LEFT, pos=self.menu.actionGeometry(action).center())
        assert not self.menu.isVisible()
        return QApplication.clipboard().text()


@pytest.fixture
def hand(app: QApplication, qtbot: QtBot) -> CodeHand:
    page = Page()
    qtbot.addWidget(page)
    page.resize(300, 400)
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    made = CodeHand(page)
    made.field.setFocus()
    return made


# ------------------------------------------------------------------------------------------ reading


def test_a_pasted_line_becomes_the_layer_after_a_rest(hand: CodeHand):
    hand.paste(PASTED)
    assert hand.layers() == []
    hand.rest()
    assert hand.layers() == [Conv2d(3, 16, (3, 3), (2, 2), (1, 1))]
    assert hand.layer() == hand.layers()[0]
    assert hand.problem() == ""


def test_typing_over_a_number_is_read(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("kernel_size=5")
    hand.rest()
    assert hand.layers() == [PLAIN.with_(kernel_size=(5, 5))]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_enter_reads_at_once_and_breaks_no_line(
    hand: CodeHand, key: Qt.Key, held: Qt.KeyboardModifier
):
    hand.take("kernel_size=3")
    hand.type("kernel_size=7")
    hand.key(key, held)
    assert hand.layers() == [PLAIN.with_(kernel_size=(7, 7))]
    assert not hand.code.is_behind
    assert hand.field.blockCount() == 1


def test_the_own_spelling_and_the_caret_stay_until_the_field_is_left(hand: CodeHand):
    spelled = "torch.nn.MaxPool2d( kernel_size = (2,2) )"
    hand.write(spelled)
    assert hand.layers() == [MaxPool2d((2, 2))]
    hand.key(Qt.Key.Key_Left)
    caret = hand.field.textCursor().position()
    hand.page.document.look(step=1.0)
    assert (hand.code.text(), hand.field.textCursor().position()) == (spelled, caret)
    hand.leave()
    assert hand.code.text() == "nn.MaxPool2d(kernel_size=2)"
    assert hand.entered.count() == 1


def test_another_spelling_of_the_same_layer_is_no_news(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, (3, 3), stride=1)")
    assert hand.layers() == []
    assert hand.code.text() == "nn.Conv2d(1, 1, (3, 3), stride=1)"


def test_leaving_reads_what_was_just_typed(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("4")
    hand.key(Qt.Key.Key_Tab)
    assert hand.layers() == [Conv2d(1, 1, (4, 4))]
    assert hand.code.text() == "nn.Conv2d(1, 1, kernel_size=4)"
    assert "\t" not in hand.code.text()
    assert hand.child(QToolButton, "source.copy").hasFocus()


def test_a_layer_is_told_once(hand: CodeHand):
    hand.write(PASTED)
    hand.key(Qt.Key.Key_Return)
    hand.leave()
    assert hand.entered.count() == 1


# ----------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("line", "piece", "said"),
    [
        ("nn.Conv2d(1, 1, kernl_size=3)", "kernl_size", "did you mean kernel_size?"),
        ("nn.Conv2(1, 1, 3)", "Conv2", "did you mean"),
        ("nn.Conv2d(1, 1, 3, stride=0)", "0", "stride must be at least 1."),
        ("nn.Conv2d(1, 1)", ")", "kernel_size is missing."),
        ("nn.Conv2d(1, 1, n)", "n", "Write a number here"),
        ("", "", "Write a layer"),
    ],
)
def test_a_mistake_is_marked_where_it_is(hand: CodeHand, line: str, piece: str, said: str):
    before = hand.state
    hand.key(Qt.Key.Key_A, CONTROL)
    hand.key(Qt.Key.Key_Delete)
    hand.type(line)
    hand.rest()
    assert hand.marked() == [piece]
    assert said in hand.problem()
    assert hand.state is before
    assert hand.layers() == []
    assert hand.code.text() == line


def test_the_mark_stands_right_behind_characters_of_two_units(hand: CodeHand):
    hand.paste("nn.Conv2d(1, 1, '😀😀', strid=2)")
    hand.rest()
    assert hand.marked() == ["strid"]


def test_a_mended_mistake_is_gone(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, kernl_size=5)")
    assert hand.problem()
    hand.take("kernl")
    hand.type("kernel")
    hand.rest()
    assert (hand.problem(), hand.marked()) == ("", [])
    assert hand.layers() == [Conv2d(1, 1, (5, 5))]


def test_escape_brings_the_line_back_and_then_belongs_to_the_page(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, oops")
    assert hand.problem()
    hand.key(Qt.Key.Key_Escape)
    assert hand.code.text() == source(PLAIN)
    assert (hand.problem(), hand.marked()) == ("", [])
    assert hand.page.escapes == 0
    hand.key(Qt.Key.Key_Escape)
    assert hand.page.escapes == 1
    assert hand.field.hasFocus()
    assert hand.layers() == []


def test_escape_gives_up_what_was_not_read_yet(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("7")
    hand.key(Qt.Key.Key_Escape)
    assert not hand.code.is_behind
    assert (hand.code.text(), hand.layers()) == (source(PLAIN), [])


def test_a_field_that_is_left_shows_the_layer_as_it_is(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, oops")
    hand.leave()
    assert hand.code.text() == source(PLAIN)
    assert (hand.problem(), hand.marked(), hand.layers()) == ("", [], [])


def test_another_window_or_a_menu_in_between_costs_nothing(hand: CodeHand, qtbot: QtBot):
    hand.write("nn.Conv2d(1, 1, oops")
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    assert not hand.field.hasFocus()
    assert hand.code.text() == "nn.Conv2d(1, 1, oops"
    assert hand.problem()


def test_the_sentence_can_be_clicked(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, kernl_size=3)")
    notice = hand.child(Notice, "source.problem")
    (said,) = (label for label in notice.findChildren(QLabel) if label.text())
    QTest.mouseClick(said, LEFT)
    assert hand.field.hasFocus()
    assert hand.problem() == said.text()


@pytest.mark.parametrize("mistaken", ["MaxPool2d(z)", "Conv2(1, 1, 3)", "Linear(2, 3)"])
def test_the_sentence_is_all_that_moves_the_layout(hand: CodeHand, mistaken: str):
    hand.write("nn.MaxPool2d(2)")
    hand.settle()
    height, field = hand.code.height(), hand.field.geometry()
    hand.write(f"nn.{mistaken}")
    hand.settle()
    notice = hand.child(Notice, "source.problem")
    assert hand.field.geometry() == field
    assert hand.code.height() <= height + notice.height() + 4
    # Every line of it can be read.
    (label,) = (label for label in notice.findChildren(QLabel) if label.text())
    assert label.height() >= label.heightForWidth(label.width())


# ----------------------------------------------------------------------------------- from elsewhere


def test_showing_is_no_wish(hand: CodeHand):
    for layer in (MaxPool2d((2, 2)), Conv2d(3, 16, (3, 3)), PLAIN):
        hand.set_layer(layer)
        assert hand.code.text() == source(layer)
        assert not hand.code.is_behind
    assert hand.layers() == []


def test_a_change_from_elsewhere_wins_over_what_is_half_typed(hand: CodeHand):
    hand.key(Qt.Key.Key_End)
    hand.key(Qt.Key.Key_Backspace)
    hand.type(", stride=")
    hand.rest()
    assert hand.problem()
    hand.type("2")
    hand.set_layer(MaxPool2d((3, 3)))
    assert hand.code.text() == "nn.MaxPool2d(kernel_size=3)"
    assert not hand.code.is_behind
    assert (hand.problem(), hand.marked(), hand.layers()) == ("", [], [])


def test_a_step_of_the_animation_leaves_what_is_half_typed(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("kernel_size=")
    hand.page.document.look(step=1.0)
    assert hand.code.text() == "nn.Conv2d(1, 1, kernel_size=)"
    hand.type("5")
    hand.rest()
    assert hand.layers() == [Conv2d(1, 1, (5, 5))]


def test_the_same_layer_from_elsewhere_leaves_the_spelling(hand: CodeHand):
    hand.paste("MaxPool2d(2)")
    hand.set_layer(MaxPool2d((2, 2)))
    assert hand.code.text() == "MaxPool2d(2)"
    hand.rest()
    assert hand.layers() == []


# --------------------------------------------------------------------------------------------- undo


def test_undo_is_the_field_s_while_there_is_typing_and_the_page_s_after(hand: CodeHand):
    hand.write("nn.MaxPool2d(2)")
    hand.type("x")
    hand.rest()
    assert hand.problem()
    hand.undo()
    hand.rest()
    assert (hand.code.text(), hand.problem()) == ("nn.MaxPool2d(2)", "")
    assert hand.layer() == MaxPool2d((2, 2))
    hand.undo()
    assert hand.layer() == PLAIN
    assert hand.code.text() == source(PLAIN)
    hand.redo()
    assert hand.layer() == MaxPool2d((2, 2))
    assert hand.code.text() == "nn.MaxPool2d(kernel_size=2)"
    assert hand.entered.count() == 1


def test_a_shown_line_is_nothing_to_undo_in_the_field(hand: CodeHand):
    hand.set_layer(MaxPool2d((2, 2)))
    hand.undo()
    assert hand.layer() == PLAIN
    hand.undo()
    assert hand.code.text() == source(PLAIN)


# ------------------------------------------------------------------------------------------- pastes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029"])
def test_line_breaks_become_spaces(hand: CodeHand, end: str):
    lines = ("self.conv1 = nn.Conv2d(", "    in_channels=3,  # colours", "    out_channels=16,")
    hand.paste(end.join((*lines, "    kernel_size=3,", ")  # first", "")))
    assert hand.code.text() == (
        "self.conv1 = nn.Conv2d( in_channels=3, out_channels=16, kernel_size=3, ) # first"
    )
    hand.rest()
    assert hand.layers() == [Conv2d(3, 16, (3, 3))]


def test_a_piece_is_pasted_where_the_caret_is(hand: CodeHand):
    hand.key(Qt.Key.Key_End)
    hand.key(Qt.Key.Key_Left)
    hand.paste(",\n stride=2", over_all=False)
    hand.rest()
    assert hand.layers() == [Conv2d(1, 1, (3, 3), (2, 2))]


@pytest.mark.parametrize("piece", ["x", "nn.Conv2d(1, 1, 3)\n", " ", "\n", "#", "(", "😀"])
def test_a_huge_paste_is_refused_in_a_sentence(hand: CodeHand, piece: str):
    before = hand.state
    hand.paste(piece * 1_000_000)
    assert len(hand.code.text()) <= LONGEST + 1
    hand.paste("x" * 5_000, over_all=False)
    assert len(hand.code.text()) <= LONGEST + 1
    hand.rest()
    assert hand.problem()
    assert hand.state is before
    hand.key(Qt.Key.Key_Escape)
    assert hand.code.text() == source(PLAIN)


@pytest.mark.parametrize("pasted", ["", "\0", "\ud800", "nn.Conv2d(1, 1, 3)\0", "<b>bold</b>"])
def test_odd_characters_do_no_harm(hand: CodeHand, pasted: str):
    hand.paste(pasted)
    hand.rest()
    hand.key(Qt.Key.Key_Escape)
    assert hand.code.text() == source(PLAIN)


# ------------------------------------------------------------------------------------------- copies


def test_the_button_copies_the_line_and_says_so(hand: CodeHand, qtbot: QtBot):
    button: QToolButton = hand.child(QToolButton, "source.copy")
    plain = button.grab().toImage()
    hand.write("MaxPool2d(2)")
    QTest.mouseClick(button, LEFT)
    assert QApplication.clipboard().text() == hand.code.text() == "MaxPool2d(2)"
    assert hand.field.hasFocus()
    assert button.grab().toImage() != plain
    QTest.mouseMove(hand.page, QPoint(1, 1))
    qtbot.waitUntil(lambda: button.grab().toImage() == plain, timeout=COPIED_MS + 5_000)


def test_a_mistake_is_not_copied(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("oops")
    QTest.mouseClick(hand.child(QToolButton, "source.copy"), LEFT)
    assert QApplication.clipboard().text() == source(PLAIN)
    assert "oops" in hand.code.text()


def test_the_menu_copies_the_line(hand: CodeHand):
    assert hand.choose("line") == source(PLAIN)


def test_the_menu_copies_what_was_just_typed(hand: CodeHand):
    hand.take("kernel_size=3")
    hand.type("kernel_size=2")
    assert "kernel_size=2" in hand.choose("script")


def test_the_scripts_run(hand: CodeHand):
    hand.set_layer(Conv2d(1, 1, (3, 3), (2, 2)))
    script = hand.choose("script")
    assert "layer = nn.Conv2d(1, 1, kernel_size=3, stride=2)" in script
    assert "copy_" not in script
    weighted = hand.choose("weights")
    assert "layer.weight.copy_" in weighted
    assert "layer.bias.copy_" in weighted
    made: dict[str, Any] = {}
    exec(weighted, made)
    assert made["y"].shape == (1, 1, *hand.state.output_size)
    for name, used in (("weight", hand.state.used_weight), ("bias", hand.state.bias)):
        assert used is not None
        assert getattr(made["layer"], name).tolist() == used.tolist()


@pytest.mark.parametrize("layer", [Conv2d(2, 3, (2, 3)), ConvTranspose2d(2, 3, (3, 2), (2, 1))])
def test_a_flipped_script_computes_what_the_screen_shows(hand: CodeHand, layer: Layer):
    hand.set_layer(layer)
    note = hand.child(QLabel, "source.flip")
    assert not note.isVisible()
    plain = hand.choose("weights")
    hand.page.document.edit("flip", edits.with_flip, True)
    script = hand.choose("weights")
    assert note.isVisible() and "flipped" in note.text()
    assert "layer.weight.flip(-2, -1)" in script and "flip" not in plain
    made: dict[str, Any] = {}
    exec(script, made)
    with torch.no_grad():
        found = made["layer"](torch.from_numpy(hand.state.input.copy())[None])[0]
    state = hand.state
    shown = evaluate(state.layer, state.input, state.used_weight, state.bias).output
    assert shown is not None
    assert np.allclose(found.numpy(), shown, rtol=1e-5, atol=1e-4)
    assert "flip(-2, -1)" in hand.choose("script")
    hand.set_layer(MaxPool2d((2, 2)))
    assert not note.isVisible()


def test_without_weights_there_are_none_to_copy(hand: CodeHand):
    assert list(hand.offers()) == ["line", "script", "weights"]
    hand.set_layer(MaxPool2d((2, 2)))
    hand.menu.close()
    assert list(hand.offers()) == ["line", "script"]
    hand.menu.close()


def test_too_many_weights_are_not_copied(hand: CodeHand):
    hand.set_layer(Conv2d(64, MOST_WEIGHTS // 64, (3, 3)))
    action = hand.offers()["weights"]
    assert not action.isEnabled()
    assert action.text() == "Too many weights to copy"
    hand.menu.close()


def test_the_menu_leaves_what_is_half_typed(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, oops")
    assert hand.choose("line") == source(PLAIN)
    assert hand.code.text() == "nn.Conv2d(1, 1, oops"


# -------------------------------------------------------------------------------------------- looks


def test_the_field_is_as_high_as_its_text_up_to_a_limit(hand: CodeHand):
    heights = []
    for words in range(1, 9):
        hand.paste("abcdefghijklmnop, " * words)
        QApplication.processEvents()
        heights.append(hand.field.height())
        lines = round(hand.field.document().size().height())
        scrolls = hand.field.verticalScrollBar().maximum() > 0
        assert scrolls == (lines > MOST_LINES)
    assert heights == sorted(heights)
    assert len(set(heights)) == MOST_LINES
    hand.page.resize(900, 400)
    QApplication.processEvents()
    assert hand.field.height() < heights[-1]


@pytest.mark.parametrize(
    "layer",
    [
        ConvTranspose2d(1, 1, (2, 2), (2, 2), output_padding=(1, 1)),
        Conv2d(3, 8, (5, 5), padding=(2, 2), padding_mode="replicate", bias=False),
        MaxPool2d((2, 2), return_indices=True, ceil_mode=True),
        AvgPool2d((2, 2), padding=(1, 1), count_include_pad=False),
        AdaptiveAvgPool2d((3, 3)),
    ],
    ids=str,
)
def test_lines_break_at_spaces_alone(hand: CodeHand, layer: Layer):
    hand.page.resize(NARROWEST + 22, 400)
    hand.set_layer(layer)
    hand.settle()
    assert hand.code.width() == NARROWEST
    lines = hand.field.document().firstBlock().layout()
    text = hand.code.text()
    starts = [lines.lineAt(i).textStart() for i in range(1, lines.lineCount())]
    assert [text[start - 1] for start in starts] == len(starts) * [" "]
    assert len(starts) < MOST_LINES and hand.field.verticalScrollBar().maximum() == 0


def test_the_mark_follows_the_theme(hand: CodeHand):
    hand.write("nn.Conv2d(1, 1, kernl_size=3)")
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        (selection,) = hand.field.extraSelections()
        form = selection.format
        assert form.underlineColor().name() == theme.current().error
        assert form.underlineStyle() == form.UnderlineStyle.WaveUnderline
        assert hand.marked() == ["kernl_size"]


def test_a_screen_reader_hears_what_it_is_about(hand: CodeHand):
    assert hand.field.accessibleName() == "PyTorch code"
    assert hand.field.accessibleDescription()
    for name in ("source.copy", "source.copy.more"):
        assert hand.child(QToolButton, name).accessibleName()


def test_nothing_is_shown_before_there_is_a_state(app: QApplication, qtbot: QtBot):
    page = Page()
    qtbot.addWidget(page)
    page.code = CodeLine(page)
    page.show()
    empty = CodeHand(page)
    QTest.mouseClick(empty.child(QToolButton, "source.copy"), LEFT)
    assert list(empty.offers()) == ["line", "script"]
    empty.menu.close()
    empty.key(Qt.Key.Key_Escape)
    assert empty.code.text() == ""
