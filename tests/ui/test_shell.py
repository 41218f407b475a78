"""The window without its pages: rail, keys, memory, and what happens when something breaks."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication, QUndoCommand, QUndoStack
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMenu,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.drawing.palette import DARK, LIGHT
from explorer.ui.application import catch_failures, create_application
from explorer.ui.main_window import PAGES, MainWindow
from explorer.ui.theme import theme
from explorer.ui.widgets.number_box import NumberBox

Open = Callable[..., MainWindow]


class Page(QWidget):
    """A page with everything that the window looks for."""

    def __init__(self, data: str) -> None:
        super().__init__()
        self.data = data
        self.undo_stack = QUndoStack(self)
        self.ended = 0
        self.plain = QLabel("plain")
        self.box = NumberBox(0, 9)
        self.box.setObjectName("box")
        self.box.setToolTip("What the box does.")
        layout = QVBoxLayout(self)
        layout.addWidget(self.plain)
        layout.addWidget(self.box)

    def shut_down(self) -> None:
        self.ended += 1


class Edit(QUndoCommand):
    """Counts how often it is done."""

    def __init__(self) -> None:
        super().__init__("edit")
        self.done = 0

    def redo(self) -> None:
        self.done += 1

    def undo(self) -> None:
        self.done -= 1


def plain_page(data: str) -> QWidget:
    return QLabel(data)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield create_application([])
    theme.set_mode("system")


@pytest.fixture
def ini(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def open_window(app: QApplication, qtbot: QtBot, ini: QSettings) -> Open:
    def make(pages: object = None, **options: object) -> MainWindow:
        chosen = pages or {"lab": Page, "training": plain_page}
        window = MainWindow(chosen, **{"settings": ini, **options})  # type: ignore[arg-type]
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    return make


def button(window: MainWindow, name: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def test_the_product_has_its_pages():
    assert list(PAGES) == ["lab", "network", "training"]


def test_there_is_one_application(app: QApplication):
    assert create_application(["again"]) is app
    assert app.organizationName() == "cnn-explorer"
    assert app.applicationDisplayName() == "CNN Explorer"


def test_pages_are_made_when_they_are_first_shown(open_window: Open):
    made: list[str] = []

    def factory(data: str) -> QWidget:
        made.append(data)
        return QLabel(data)

    window = open_window({"lab": plain_page, "training": factory}, data="folder")
    assert made == []
    button(window, "go.training").click()
    button(window, "go.lab").click()
    button(window, "go.training").click()
    assert made == ["folder"]
    assert window.current_page().objectName() == "page.training"
    assert window.windowTitle() == "Training"


def test_the_rail_shows_the_page_and_names_its_buttons(open_window: Open):
    window = open_window()
    assert button(window, "go.lab").isChecked()
    window.show_page("training")
    assert button(window, "go.training").isChecked()
    assert not button(window, "go.lab").isChecked()
    for name in ("go.lab", "go.training", "theme"):
        assert button(window, name).accessibleName()
        assert button(window, name).toolTip()


def test_keys_change_the_page(open_window: Open):
    window = open_window()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page().objectName() == "page.training"
    QTest.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.current_page().objectName() == "page.lab"


def test_the_keyboard_belongs_to_the_page(open_window: Open):
    window = open_window()
    assert QApplication.focusWidget() is window.current_page()
    QTest.mouseClick(button(window, "go.training"), Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is window.current_page()


def test_who_tabs_along_the_rail_stays_there(open_window: Open):
    window = open_window()
    training = button(window, "go.training")
    training.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(training, Qt.Key.Key_Space)
    assert window.current_page().objectName() == "page.training"
    assert QApplication.focusWidget() is training


@pytest.mark.parametrize("redo", [(Qt.Key.Key_Z, True), (Qt.Key.Key_Y, False)])
@pytest.mark.parametrize("from_box", [False, True])
def test_undo_and_redo_reach_the_page(open_window: Open, redo: tuple[Qt.Key, bool], from_box: bool):
    window = open_window()
    page = window.current_page()
    assert isinstance(page, Page)
    edit = Edit()
    page.undo_stack.push(edit)
    target = page.box if from_box else page
    target.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(target, Qt.Key.Key_Z, control)
    assert edit.done == 0
    key, shift = redo
    QTest.keyClick(target, key, control | Qt.KeyboardModifier.ShiftModifier if shift else control)
    assert edit.done == 1


def test_undo_takes_back_typing_first(open_window: Open):
    window = open_window()
    page = window.current_page()
    assert isinstance(page, Page)
    edit = Edit()
    page.undo_stack.push(edit)
    page.box.setFocus()
    page.box.selectAll()
    QTest.keyClicks(page.box, "7")
    QTest.keyClick(page.box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.box.text() == "0"
    assert edit.done == 1


def test_undo_without_a_stack_does_nothing(open_window: Open):
    window = open_window(page="training")
    window.undo()
    window.redo()


@pytest.mark.qt_log_ignore("This plugin does not support raise")  # tool tips, offscreen
def test_f1_explains_what_has_the_keyboard_or_is_pointed_at(open_window: Open):
    window = open_window()
    page = window.current_page()
    assert isinstance(page, Page)
    QCursor.setPos(page.box.mapToGlobal(page.box.rect().center()))
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert "What the box does." in QToolTip.text()
    QToolTip.hideText()

    QCursor.setPos(page.plain.mapToGlobal(QPoint(1, 1)))
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert "press F1" in QToolTip.text()
    QToolTip.hideText()

    page.box.setFocus()
    QTest.keyClick(page.box, Qt.Key.Key_F1)
    assert "What the box does." in QToolTip.text()
    QToolTip.hideText()
    QTest.qWait(400)  # the tip fades


def test_state_is_remembered(open_window: Open, ini: QSettings):
    window = open_window()
    window.setGeometry(40, 50, 700, 600)  # smaller than allowed: grows to the minimum
    window.resize(window.minimumSize())
    place = window.geometry()
    window.show_page("training")
    window.rail.theme_button.chosen.emit("dark")
    assert theme.current() is DARK
    window.close()
    theme.set_mode("light")

    again = open_window()
    assert theme.mode() == "dark"
    assert again.current_page().objectName() == "page.training"
    assert again.geometry() == place


def test_what_is_asked_for_at_the_start_is_not_remembered(open_window: Open, ini: QSettings):
    window = open_window(page="training", theme_mode="dark")
    assert theme.current() is DARK
    assert window.current_page().objectName() == "page.training"
    window.close()
    assert theme.mode() == "dark"
    open_window(page="lab")
    assert theme.mode() == "system"


def test_a_maximized_window_comes_back_maximized(open_window: Open):
    window = open_window()
    window.showMaximized()
    window.close()
    assert open_window().isMaximized()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[window]\nplace=1 2 3\npage=nowhere\ntheme=pink\nmaximized=perhaps\n",
        "[window]\nplace=99999 99999 1280 800\n",
        "[window]\nplace=-4000 -4000 1280 800\n",
        "[window]\nplace=@Rect(1 2 3 4)\npage=@ByteArray(\\0)\ntheme=@Variant(\\0\\0)\n",
        "[window]\nplace=1, 2, 3\npage=lab, training\ntheme=@Invalid()\n",
        "[window]\nplace=999999999999999999999 0 1280 800\n",
        "\x00\x01\xff garbage ][ = = \n[[[",
    ],
)
def test_damaged_settings_do_not_prevent_the_start(open_window: Open, tmp_path: Path, text: str):
    path = tmp_path / "damaged.ini"
    path.write_text(text, "latin-1")
    window = open_window(settings=QSettings(str(path), QSettings.Format.IniFormat))
    assert window.current_page().objectName() == "page.lab"
    assert theme.mode() == "system"
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.intersects(window.geometry())
    assert window.width() >= window.minimumWidth()


def test_settings_may_be_a_folder(open_window: Open, tmp_path: Path):
    window = open_window(settings=QSettings(str(tmp_path), QSettings.Format.IniFormat))
    window.close()


def test_it_can_be_used_at_the_smallest_size(open_window: Open):
    window = open_window()
    screen = QGuiApplication.primaryScreen().availableSize()
    assert window.minimumWidth() == min(1024, screen.width())
    assert window.minimumHeight() == min(700, screen.height())
    assert window.minimumSizeHint().width() <= 1024


def test_the_theme_menu_switches(open_window: Open, ini: QSettings):
    window = open_window()
    menu = window.rail.theme_button.findChild(QMenu)
    assert isinstance(menu, QMenu)
    actions = {action.objectName(): action for action in menu.actions()}
    actions["theme.dark"].trigger()
    assert theme.current() is DARK
    assert actions["theme.dark"].isChecked()
    actions["theme.light"].trigger()
    assert theme.current() is LIGHT
    assert ini.value("window/theme") == "light"


def test_closing_shuts_every_page_down_once(open_window: Open):
    window = open_window({"lab": Page, "training": Page})
    window.show_page("training")
    pages = [window.page("lab"), window.page("training")]
    window.close()
    QApplication.instance().aboutToQuit.emit()  # type: ignore[union-attr]
    assert [page.ended for page in pages if isinstance(page, Page)] == [1, 1]


def test_a_page_that_cannot_shut_down_does_not_keep_the_window_open(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
):
    logged: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: logged.append(error))

    class Broken(QWidget):
        def shut_down(self) -> None:
            raise RuntimeError("no end")

    window = open_window({"lab": lambda data: Broken(), "training": Page})
    page = window.page("training")
    assert window.close()
    assert isinstance(page, Page)
    assert page.ended == 1
    assert [str(error) for error in logged] == ["no end"]


def test_a_page_that_cannot_be_made_leaves_the_others(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
):
    logged: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: logged.append(error))

    def broken(data: str) -> QWidget:
        raise ImportError("No module named 'pyqtgraph'")

    window = open_window({"lab": plain_page, "training": broken})
    window.show_page("training")
    assert len(logged) == 1
    texts = [label.text() for label in window.current_page().findChildren(QLabel)]
    assert any("No module named 'pyqtgraph'" in text for text in texts)
    window.show_page("lab")
    assert window.current_page().objectName() == "page.lab"


def test_an_error_in_a_slot_is_logged_and_shown(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    logged: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: logged.append(error))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    window = open_window()
    catch_failures()

    def slip() -> None:
        raise ZeroDivisionError("division by zero")

    QTimer.singleShot(0, slip)
    qtbot.waitUntil(window.notice.isVisible)
    assert "division by zero (ZeroDivisionError)" in window.notice.text()
    assert window.notice.kind() == "error"
    assert len(logged) == 1
    close = window.notice.findChild(QAbstractButton, "window.notice.close")
    assert isinstance(close, QAbstractButton)
    close.click()
    assert not window.notice.isVisible()


def test_an_error_in_a_thread_is_logged_and_shown(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    logged: list[BaseException | None] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", lambda args: logged.append(args.exc_value))
    window = open_window()
    catch_failures()

    def slip() -> None:
        raise ValueError("in the thread\nwith a second line")

    thread = threading.Thread(target=slip)
    thread.start()
    thread.join()
    qtbot.waitUntil(window.notice.isVisible)
    assert "in the thread (ValueError)" in window.notice.text()
    assert len(logged) == 1


def test_an_error_while_painting_does_not_end_the_process(own_settings: Path):
    script = """
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from explorer.ui.application import create_application
app = create_application(["test"])
class Broken(QWidget):
    def paintEvent(self, event):
        painter = QPainter(self)
        raise ValueError("no picture")
for side in (300, 200):
    broken = Broken()
    broken.resize(side, side)
    broken.show()
    app.processEvents()
    broken.close()
    del broken
print("alive")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr.count("ValueError: no picture") == 2
    assert done.stdout.strip() == "alive", done.stderr
    assert done.returncode == 0


def test_nothing_slow_is_imported_for_the_window(own_settings: Path):
    script = """
import sys
from PySide6.QtWidgets import QLabel
from explorer.ui.application import create_application
from explorer.ui.main_window import MainWindow
app = create_application(["test"])
window = MainWindow({"lab": QLabel, "training": QLabel})
window.show()
app.processEvents()
slow = {"torch", "torchvision", "pyqtgraph", "superqt", "qtpy", "numpy"} & set(sys.modules)
window.close()
print(sorted(slow))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
    assert done.returncode == 0


def test_a_page_that_cannot_be_as_it_was_is_as_at_the_first_start(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
):
    logged: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: logged.append(error))

    class Forgetful(QWidget):
        def remember_in(self, settings: QSettings) -> None:
            raise ValueError("what is this?")

    window = open_window({"lab": plain_page, "training": lambda data: Forgetful()})
    window.show_page("training")
    assert isinstance(window.current_page(), Forgetful)
    assert [str(error) for error in logged] == ["what is this?"]
