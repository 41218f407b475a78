"""Switches, lists, buttons, messages, read-outs, cards."""

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import DARK, LIGHT
from explorer.ui.application import create_application
from explorer.ui.theme import theme
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.notice import KINDS, Notice
from explorer.ui.widgets.toggle import Toggle

ITEMS = [("conv", "Conv2d"), ("max", "MaxPool2d"), ("avg", "AvgPool2d")]

# Said offscreen of every window whose content changes its size, and of lists that drop down.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

W = TypeVar("W", bound=QWidget)


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    """A window to put things into."""
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    return window


def put(host: QWidget, widget: W) -> W:
    layout = host.layout()
    assert layout is not None
    layout.addWidget(widget)
    widget.setVisible(not isinstance(widget, Notice))
    return widget


def test_a_toggle_tells_of_the_user_only(host: QWidget):
    toggle = put(host, Toggle("bias", "bias", "Adds a constant."))
    spy = QSignalSpy(toggle.changed)
    toggle.set_value(True)
    assert toggle.value()
    assert spy.count() == 0
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton, pos=QPoint(toggle.width() - 10, 10))
    assert not toggle.value()
    QTest.mouseClick(toggle, Qt.MouseButton.LeftButton, pos=QPoint(4, 10))
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert [spy.at(i)[0] for i in range(spy.count())] == [False, True, False]


def test_the_knob_slides_to_its_end(host: QWidget, qtbot: QtBot):
    toggle = put(host, Toggle("bias", "bias"))
    toggle.click()
    qtbot.waitUntil(lambda: toggle.property("position") == 1.0)


def test_a_toggle_is_painted_in_the_theme(host: QWidget):
    toggle = put(host, Toggle("bias", "bias", hue="stride"))
    toggle.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    toggle.hide()
    toggle.set_value(True)
    for palette in (LIGHT, DARK):
        theme.set_mode(palette.name)
        image = toggle.grab().toImage()
        seen = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
        assert {palette.stride, palette.surface} <= seen


def test_a_choice_tells_of_the_user_only(host: QWidget):
    choice = put(host, Choice("operation", "Operation", ITEMS, "What the layer does."))
    spy = QSignalSpy(choice.changed)
    assert choice.value() == "conv"
    choice.set_value("max")
    assert choice.currentText() == "MaxPool2d"
    assert spy.count() == 0
    QTest.keyClick(choice, Qt.Key.Key_Down)
    assert choice.value() == "avg"
    assert [spy.at(i)[0] for i in range(spy.count())] == ["avg"]


def test_new_items_keep_the_choice_if_they_can(host: QWidget):
    choice = put(host, Choice("operation", "Operation", ITEMS))
    spy = QSignalSpy(choice.changed)
    choice.set_value("max")
    choice.set_items(ITEMS[1:])
    assert choice.value() == "max"
    choice.set_items(ITEMS[:1])
    assert choice.value() == "conv"
    choice.set_items([])
    assert choice.value() == ""
    assert spy.count() == 0


GROUPED: list[tuple[str | None, str]] = [
    ("", "None"),
    (None, "Convolutions"),
    *ITEMS[:1],
    (None, "Pooling"),
    *ITEMS[1:],
    *((f"more{number}", f"More {number}") for number in range(40)),
]


def test_the_keyboard_passes_over_the_titles_of_groups(host: QWidget):
    choice = put(host, Choice("operation", "Operation", GROUPED))
    assert choice.value() == ""
    walked = []
    for _ in range(3):
        QTest.keyClick(choice, Qt.Key.Key_Down)
        walked.append(choice.value())
    assert walked == ["conv", ITEMS[1][0], ITEMS[2][0]]
    QTest.keyClick(choice, Qt.Key.Key_Up)
    QTest.keyClick(choice, Qt.Key.Key_Up)
    assert choice.value() == "conv"
    QTest.keyClick(choice, Qt.Key.Key_P)  # a title begins with it, and cannot be chosen
    assert choice.value() == "conv"


@pytest.mark.parametrize("pressed", ["mouse", "keys"])
def test_a_title_of_the_open_list_cannot_be_chosen(host: QWidget, pressed: str):
    choice = put(host, Choice("operation", "Operation", GROUPED))
    spy = QSignalSpy(choice.changed)
    choice.showPopup()
    lines = choice.view()
    if pressed == "mouse":
        place = lines.visualRect(choice.model().index(1, 0)).center()
        QTest.mouseClick(lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert choice.value() == "" and spy.count() == 0
    else:
        QTest.keyClick(lines, Qt.Key.Key_Down)
        QTest.keyClick(lines, Qt.Key.Key_Return)
        assert choice.value() == "conv"
    choice.hidePopup()


def test_a_line_is_spoken_with_the_title_of_its_group(host: QWidget):
    choice = put(host, Choice("operation", "Operation", GROUPED))
    spoken = [choice.itemData(row, Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert spoken == [None, None, f"Convolutions: {ITEMS[0][1]}", None]
    assert not choice.model().index(1, 0).flags() & Qt.ItemFlag.ItemIsEnabled


def test_a_list_that_begins_with_a_title_begins_with_the_line_below(host: QWidget):
    choice = put(host, Choice("operation", "Operation", GROUPED[1:]))
    assert choice.value() == "conv"
    choice.set_items(GROUPED[3:])
    assert choice.value() == ITEMS[1][0]


def test_a_long_list_stays_within_the_window(host: QWidget):
    host.resize(400, 260)
    choice = put(host, Choice("operation", "Operation", GROUPED))
    choice.showPopup()
    frame = choice.view().parentWidget()
    assert frame is not None
    assert host.geometry().contains(frame.geometry())
    choice.hidePopup()


def test_a_field_row_names_its_field(host: QWidget):
    choice = Choice("operation", "", ITEMS)
    row = put(host, FieldRow("Operation", choice, "What the layer does."))
    assert choice.accessibleName() == "Operation"
    assert row.label.buddy() is choice
    assert "What the layer does." in choice.toolTip()


def test_buttons_are_named(host: QWidget):
    start = put(host, push_button("train.start", "Start", picture="play", primary=True))
    undo = put(host, tool_button("undo", "Undo", "undo"))
    assert start.accessibleName() == "Start"
    assert start.property("kind") == "primary"
    assert undo.accessibleName() == "Undo"
    assert "Undo" in undo.toolTip()


def test_help_is_wrapped_and_escaped(host: QWidget):
    label = put(host, Label("x"))
    set_help("1 < 2\nand 3 > 2", label)
    assert label.toolTip() == "<qt>1 &lt; 2<br>and 3 &gt; 2</qt>"
    assert label.accessibleDescription() == "1 < 2\nand 3 > 2"
    set_help("", label)
    assert label.toolTip() == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_says_its_kind_in_words_too(host: QWidget, kind: str):
    notice = put(host, Notice())
    assert not notice.isVisible()
    notice.show_message(kind, "What happened.")
    assert notice.isVisible()
    assert notice.kind() == kind
    assert notice.text() == "What happened."
    word, _, rest = notice.accessibleName().partition(": ")
    assert word
    assert rest == "What happened."


def test_a_notice_offers_a_way_out_until_the_next_message(host: QWidget):
    notice = put(host, Notice())
    pressed: list[bool] = []
    notice.show_message("warning", "Too large.")
    notice.add_action("repair.0", "Set padding to 1", lambda: pressed.append(True))
    button = notice.findChild(QPushButton, "repair.0")
    assert isinstance(button, QPushButton)
    assert button.isVisible()
    button.click()
    assert pressed == [True]
    notice.show_message("success", "Done.")
    assert not button.isVisible()
    notice.clear()
    assert not notice.isVisible()
    assert notice.text() == ""


def test_a_notice_of_no_known_kind_is_refused(host: QWidget):
    with pytest.raises(ValueError, match="Choose a kind"):
        put(host, Notice()).show_message("panic", "!")


def test_a_card_shows_its_title(host: QWidget):
    card = put(host, Card("Parameters"))
    assert card.title.text() == "Parameters"
    assert card.title.isVisible()
    assert not put(host, Card()).title.isVisible()


def test_an_unknown_role_is_refused(app: QApplication):
    with pytest.raises(ValueError, match="Choose a role"):
        Label("x", "shout")
