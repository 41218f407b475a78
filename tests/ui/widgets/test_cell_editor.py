"""The line over a cell: what it tells, when it closes, and where it lies."""

import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import DARK, LIGHT
from explorer.ui.application import create_application
from explorer.ui.theme import theme
from explorer.ui.widgets.cell_editor import NARROWEST, CellEditor

Key = Qt.Key
CELL = QRect(100, 80, 56, 56)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@dataclasses.dataclass
class Told:
    """Everything that an editor has told, in order."""

    events: list[tuple[object, ...]]

    def listen(self, editor: CellEditor) -> None:
        editor.committed.connect(lambda *what: self.events.append(what))
        editor.cancelled.connect(lambda: self.events.append(("cancelled",)))
        editor.block_pasted.connect(lambda text: self.events.append(("block", text)))


@pytest.fixture(autouse=True)
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")


class Window(QWidget):
    """A canvas and a line below it."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas, self.other = QWidget(), QLineEdit()
        self.canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(self)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.other)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.resize(400, 300)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def editor(window: Window) -> Iterator[CellEditor]:
    yield CellEditor(window.canvas)
    QToolTip.hideText()


@pytest.fixture
def told(editor: CellEditor) -> Told:
    made = Told([])
    made.listen(editor)
    return made


def put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def test_it_is_hidden_until_it_is_opened(editor: CellEditor):
    assert not editor.isVisible() and not editor.is_open()
    assert editor.objectName() == "cell_editor"
    assert editor.accessibleName() and editor.accessibleDescription()
    editor.open_at(CELL, "7", True)
    assert editor.isVisible() and editor.is_open() and editor.hasFocus()
    assert editor.selectedText() == "7"


def test_typing_replaces_what_is_selected_or_goes_on(editor: CellEditor, told: Told):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "-2,5")
    QTest.keyClick(editor, Key.Key_Return)
    editor.open_at(CELL, "7", False)
    QTest.keyClicks(editor, "5")
    QTest.keyClick(editor, Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    assert told.events == [("-2,5", 1, 0), ("75", 1, 0)]


@pytest.mark.parametrize(
    ("key", "shift", "way"),
    [
        (Key.Key_Return, False, (1, 0)),
        (Key.Key_Return, True, (-1, 0)),
        (Key.Key_Tab, False, (0, 1)),
        (Key.Key_Backtab, True, (0, -1)),
        (Key.Key_Down, False, (1, 0)),
        (Key.Key_Up, False, (-1, 0)),
    ],
)
def test_every_key_goes_its_way(
    editor: CellEditor, told: Told, key: Qt.Key, shift: bool, way: tuple[int, int], window: Window
):
    editor.open_at(CELL, "7", True)
    shifted = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(editor, key, shifted if shift else Qt.KeyboardModifier.NoModifier)
    assert told.events == [("7", *way)]
    assert not editor.isVisible() and not editor.is_open()
    assert window.canvas.hasFocus()


def test_a_listener_may_open_it_at_the_next_cell(editor: CellEditor, told: Told):
    editor.committed.connect(lambda *_: editor.open_at(CELL.translated(56, 0), "8", True))
    editor.open_at(CELL, "7", True)
    QTest.keyClick(editor, Key.Key_Tab)
    assert editor.isVisible() and editor.hasFocus() and editor.selectedText() == "8"
    assert told.events == [("7", 0, 1)]


def test_escape_leaves_the_number(editor: CellEditor, told: Told, window: Window):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "9")
    QTest.keyClick(editor, Key.Key_Escape)
    assert told.events == [("cancelled",)]
    assert not editor.isVisible() and window.canvas.hasFocus()
    editor.cancel()
    assert told.events == [("cancelled",)]


def test_leaving_takes_the_number(editor: CellEditor, told: Told, window: Window):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "9")
    window.other.setFocus(Qt.FocusReason.MouseFocusReason)
    assert told.events == [("9", 0, 0)]
    assert not editor.isVisible() and window.other.hasFocus()


def test_leaving_with_nonsense_changes_nothing(editor: CellEditor, told: Told, window: Window):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "1 2")
    window.other.setFocus(Qt.FocusReason.MouseFocusReason)
    assert told.events == [("cancelled",)]
    assert not editor.isVisible()


def test_hiding_the_canvas_takes_the_number_once(editor: CellEditor, told: Told, window: Window):
    editor.open_at(CELL, "7", True)
    window.canvas.hide()
    assert told.events == [("7", 0, 0)]


@pytest.mark.parametrize("reason", ["PopupFocusReason", "ActiveWindowFocusReason"])
def test_a_menu_and_another_window_leave_it_open(
    editor: CellEditor, told: Told, window: Window, reason: str
):
    editor.open_at(CELL, "7", True)
    window.other.setFocus(Qt.FocusReason[reason])
    assert told.events == [] and editor.is_open()


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Tab, Key.Key_Down])
def test_nonsense_is_marked_and_kept(editor: CellEditor, told: Told, key: Qt.Key):
    editor.open_at(CELL, "7", True)
    usual = editor.accessibleDescription()
    QTest.keyClicks(editor, "1.2.3")
    QTest.keyClick(editor, key)
    assert told.events == [] and editor.isVisible() and editor.hasFocus()
    assert editor.text() == "1.2.3" and editor.property("state") == "error"
    assert editor.accessibleDescription().startswith("Write a number")
    assert "Write a number" in editor.toolTip() and "Write a number" in QToolTip.text()
    QTest.keyClick(editor, Key.Key_Backspace)
    assert editor.property("state") == "" and editor.accessibleDescription() == usual
    QTest.keyClick(editor, Key.Key_Backspace)
    QTest.keyClick(editor, key)
    assert len(told.events) == 1 and told.events[0][0] == "1.2"


def test_it_opens_without_the_mark_of_the_last_time(editor: CellEditor):
    editor.open_at(CELL, "seven", True)
    QTest.keyClick(editor, Key.Key_Return)
    assert editor.property("state") == "error"
    QTest.keyClick(editor, Key.Key_Escape)
    editor.open_at(CELL, "seven", True)
    assert editor.property("state") == ""


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_mark_has_the_colour_of_the_theme(editor: CellEditor, mode: str):
    theme.set_mode(mode)
    colours = {"light": LIGHT, "dark": DARK}[mode]
    editor.open_at(CELL, "seven", True)

    def edge() -> QColor:
        return editor.grab().toImage().pixelColor(1, editor.height() // 2)

    assert edge() == QColor(colours.accent)
    QTest.keyClick(editor, Key.Key_Return)
    assert edge() == QColor(colours.error)


# ------------------------------------------------------------------------------------------ place


def test_it_covers_a_large_cell(editor: CellEditor):
    editor.open_at(CELL, "7", True)
    assert editor.geometry() == CELL


def test_over_a_small_cell_it_is_large_enough_to_read(editor: CellEditor):
    cell = QRect(200, 100, 10, 10)
    editor.open_at(cell, "7", True)
    assert editor.width() >= NARROWEST and editor.height() >= 24
    assert (editor.geometry().center() - cell.center()).manhattanLength() <= 2


def test_it_grows_with_its_text(editor: CellEditor):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "-1.23456789e-05")
    assert editor.width() > editor.fontMetrics().horizontalAdvance(editor.text())
    assert editor.geometry().center().x() == pytest.approx(CELL.center().x(), abs=1)
    QTest.keyClick(editor, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "1")
    assert editor.geometry() == CELL


@pytest.mark.parametrize("corner", [(-5, -5), (395, -5), (-5, 295), (395, 295), (900, 900)])
def test_it_stays_within_its_parent(editor: CellEditor, corner: tuple[int, int], window: Window):
    editor.open_at(QRect(*corner, 10, 10), "-1.2345678e-05", True)
    assert window.canvas.rect().contains(editor.geometry())
    window.canvas.resize(90, 40)
    editor.move_to(QRect(*corner, 10, 10))
    assert window.canvas.rect().contains(editor.geometry())


def test_it_follows_its_cell_and_keeps_what_is_typed(editor: CellEditor):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "12")
    editor.move_to(CELL.translated(30, 20))
    assert editor.geometry() == CELL.translated(30, 20) and editor.text() == "12"


# ---------------------------------------------------------------------------------------- keyboard


@pytest.mark.parametrize("key", ["Esc", "Space", "Left", "Tab", "Return", "Ctrl+Z", "Down", "Home"])
def test_the_shortcuts_of_the_page_wait(editor: CellEditor, window: Window, key: str):
    fired: list[str] = []
    shortcut = QShortcut(QKeySequence(key), window)
    shortcut.activated.connect(lambda: fired.append(key))
    editor.open_at(CELL, "7", False)
    QTest.keySequence(editor, QKeySequence(key))
    assert fired == []


def test_undo_takes_typing_back(editor: CellEditor):
    editor.open_at(CELL, "7", True)
    QTest.keyClicks(editor, "12")
    QTest.keySequence(editor, QKeySequence(QKeySequence.StandardKey.Undo))
    assert editor.text() == "7"


# ------------------------------------------------------------------------------------------- paste


@pytest.mark.parametrize(("copied", "text"), [("0,5", "0,5"), ("3\r\n", "3"), (" -1 ", "-1")])
def test_a_single_number_is_inserted(editor: CellEditor, told: Told, copied: str, text: str):
    put(copied)
    editor.open_at(CELL, "7", True)
    QTest.keySequence(editor, QKeySequence(QKeySequence.StandardKey.Paste))
    assert editor.text() == text and editor.is_open() and told.events == []


@pytest.mark.parametrize("copied", ["1\t2\r\n3\t4", "1\n2", "1 2", "1, 2", "[[1]]", "one two"])
def test_several_cells_are_told(editor: CellEditor, told: Told, copied: str, window: Window):
    put(copied)
    editor.open_at(CELL, "7", True)
    QTest.keySequence(editor, QKeySequence(QKeySequence.StandardKey.Paste))
    assert told.events == [("block", copied)]
    assert not editor.is_open() and window.canvas.hasFocus()


def test_the_menu_pastes_in_the_same_way(editor: CellEditor, told: Told, qtbot: QtBot):
    put("1\t2")
    editor.open_at(CELL, "7", True)
    at = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, editor.mapToGlobal(at))
    QTimer.singleShot(0, editor, lambda: QApplication.sendEvent(editor, event))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    assert editor.is_open()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.objectName() == "edit-paste").trigger()
    menu.close()
    assert told.events == [("block", "1\t2")]
