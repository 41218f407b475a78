"""A hand without a plan: takes any control that has a name and does to it what a hand might."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow
from explorer.ui.theme import theme
from explorer.ui.widgets.drawing_pad import DrawingPad
from explorer.ui.widgets.slider import Slider
from tests.ui.hand import LEFT, place_of
from tests.ui.lab import nonsense
from tests.ui.lab.hand import LabHand

Key, Modifier = Qt.Key, Qt.KeyboardModifier
KEYS = (
    *(Key.Key_Space, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home),
    *(Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab),
    *(Key.Key_Plus, Key.Key_Minus, Key.Key_0, Key.Key_7, Key.Key_Return, Key.Key_Enter),
    *(Key.Key_F2, Key.Key_Delete, Key.Key_Backspace, Key.Key_Comma, Key.Key_X, Key.Key_F1),
)
EDITING_KEYS = (Key.Key_C, Key.Key_V, Key.Key_V, Key.Key_X, Key.Key_A)
LARGE = 20_000
"""Numbers of an input or an output with which everything takes long."""
NARROW, WIDE = (1024, 700), (1700, 1100)
RESTS_MS = (0, 10, 160)
"""The last is longer than the code line waits for the next letter."""


class Monkey:
    """Does one thing at random with every call of `act`.

    Parameters
    ----------
    seed
        Decides what it does; what time brings, such as the animation, comes on top.
    folder
        For the files that it opens and saves.
    """

    def __init__(self, window: MainWindow, page: LabPage, seed: int, folder: Path) -> None:
        self.window = window
        self.page = page
        self.hand = LabHand(page)
        self.random = Random(seed)
        self.folder = folder
        self.done: list[str] = []
        """What it has done, the latest last."""

    def act(self) -> None:
        """Do one thing."""
        deeds: dict[Callable[[], None], float] = {
            self.turn_a_slider: 16,
            self.press_a_button: 12,
            self.choose: 8,
            self.type_a_number: 12,
            self.write_code: 6,
            self.point: 16,
            self.press_keys: 14,
            self.type_into_a_cell: 8,
            self.roll: 4,
            self.draw: 3,
            self.paste: 5,
            self.drop: 2,
            self.ask_for_the_menu: 3,
            self.undo_or_redo: 6,
            self.resize: 2,
            self.change_the_theme: 0.4,
            self.wait: 2,
        }
        (deed,) = self.random.choices([*deeds], [*deeds.values()])
        self.done.append(deed.__name__)
        deed()
        self.use_the_menu()
        self.come_back_to_little()

    def say(self, what: object) -> None:
        """Add to what is known of the latest deed."""
        self.done[-1] += f" {what!r}"

    def any_of(self, *kinds: type[QWidget]) -> QWidget | None:
        """Return a named control of these kinds that can be used now."""
        named = {
            widget.objectName(): widget
            for widget in self.page.findChildren(QWidget)
            if isinstance(widget, kinds) and widget.isVisible() and widget.isEnabled()
        }
        found = named[self.random.choice(sorted(named))] if named else None
        self.say(found.objectName() if found else None)
        return found

    def somewhere(self, widget: QWidget) -> QPoint:
        x, y = (self.random.randrange(max(n, 1)) for n in (widget.width(), widget.height()))
        return QPoint(x, y)

    def turn_a_slider(self) -> None:
        slider = self.any_of(Slider)
        assert isinstance(slider, Slider)
        how = self.random.choice(["click", "drag", "key"])
        if how == "key":
            slider.setFocus()
            QTest.keyClick(slider, self.random.choice(KEYS[:8]))
            return
        span = slider.maximum() - slider.minimum()
        # The first of many values are the quick ones.
        value = slider.minimum() + round(span * self.random.random() ** (4 if span > 99 else 1))
        at = place_of(slider, value)
        if how == "drag":
            QTest.mousePress(slider, LEFT, pos=place_of(slider, slider.value()))
            QTest.mouseMove(slider, at)
            QTest.mouseRelease(slider, LEFT, pos=at)
        else:
            QTest.mouseClick(slider, LEFT, pos=at)

    def press_a_button(self) -> None:
        button = self.any_of(QAbstractButton)
        assert button is not None
        QTest.mouseClick(button, LEFT)

    def choose(self) -> None:
        # By keys: a list that has dropped down waits for a hand.
        field = self.any_of(QComboBox)
        assert isinstance(field, QComboBox)
        field.setFocus()
        QTest.keyClick(field, self.random.choice([Key.Key_Up, Key.Key_Down, Key.Key_Down]))
        if self.random.random() < 0.3:
            self.type_text(field, self.random.choice("abcdlmnps"))

    def type_a_number(self) -> None:
        box = self.any_of(QAbstractSpinBox)
        assert isinstance(box, QAbstractSpinBox)
        box.setFocus()
        if self.random.random() < 0.8:
            box.selectAll()
        self.type_text(box, self.random.choice(nonsense.NUMBERS))
        self.end_typing(box)

    def write_code(self) -> None:
        field = self.hand.find(QPlainTextEdit, "source")
        field.setFocus()
        if self.random.random() < 0.8:
            field.selectAll()
        text = self.random.choice(nonsense.CODE)
        if len(text) > 40 or self.random.random() < 0.5:
            QGuiApplication.clipboard().setText(text)
            field.paste()
        else:
            self.type_text(field, text)
        self.say(text[:60])
        self.end_typing(field)

    def type_into_a_cell(self) -> None:
        editor = self.page.canvas.editing.editor
        if not editor.is_open():
            self.page.canvas.setFocus()
            keys = (Key.Key_Return, Key.Key_F2, Key.Key_4, Key.Key_Minus)
            QTest.keyClick(self.page.canvas, self.random.choice(keys))
        if editor.is_open():
            self.type_text(editor, self.random.choice(nonsense.NUMBERS))
            self.end_typing(editor)

    def type_text(self, on: QWidget, text: str) -> None:
        """Send the letters one by one, those that no keyboard of QTest has as well."""
        self.say(text[:20])
        for letter in text[:60]:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(on, QKeyEvent(kind, 0, Modifier.NoModifier, letter))

    def end_typing(self, on: QWidget) -> None:
        ends = (Key.Key_Return, Key.Key_Return, Key.Key_Tab, Key.Key_Escape, Key.Key_Up, None)
        end = self.random.choice(ends)
        if end is not None and on.isVisible():
            QTest.keyClick(on, end)

    def point(self) -> None:
        canvas = self.page.canvas
        at = self.somewhere(canvas)
        QTest.mouseMove(canvas, at)
        press = self.random.choice([None, None, QTest.mouseClick, QTest.mouseDClick])
        if press is not None:
            press(
                canvas, LEFT, self.random.choice([Modifier.NoModifier, Modifier.ShiftModifier]), at
            )

    def press_keys(self) -> None:
        target = self.random.choice([self.page, self.page.canvas, QApplication.focusWidget()])
        key = self.random.choice(KEYS)
        self.say(key.name)
        QTest.keyClick(target or self.page, key)

    def roll(self) -> None:
        at = self.somewhere(self.page.canvas)
        on = self.random.choice([self.page.canvas, self.any_of(Slider, QComboBox)])
        self.hand.wheel(at, self.random.choice([-5, -1, 0.25, 1, 5, 40]), on)
        by = QPoint(self.random.randint(-80, 80), self.random.randint(-80, 80))
        self.hand.drag(at, at + by)

    def draw(self) -> None:
        pad = self.any_of(DrawingPad)
        if pad is None:
            return
        button = self.random.choice([LEFT, Qt.MouseButton.RightButton])
        QTest.mousePress(pad, button, pos=self.somewhere(pad))
        QTest.mouseMove(pad, self.somewhere(pad))
        QTest.mouseRelease(pad, button, pos=self.somewhere(pad))

    def paste(self) -> None:
        given = nonsense.any_mime(self.random, self.folder)
        self.say(given.text()[:20] or given.formats())
        QGuiApplication.clipboard().setMimeData(given)
        target = self.random.choice([self.page.canvas, QApplication.focusWidget()])
        target = target or self.page.canvas
        target.setFocus()
        key = self.random.choice(EDITING_KEYS)
        QTest.keyClick(target, key, Modifier.ControlModifier)

    def drop(self) -> None:
        given: QMimeData = nonsense.any_mime(self.random, self.folder)
        self.say(given.text()[:20] or given.formats())
        canvas, copy = self.page.canvas, Qt.DropAction.CopyAction
        at = self.somewhere(canvas)
        common = (given, LEFT, Modifier.NoModifier)
        enters = QDragEnterEvent(at, copy, *common)
        QApplication.sendEvent(canvas, enters)
        if enters.isAccepted():
            QApplication.sendEvent(canvas, QDropEvent(QPointF(at), copy, *common))

    def ask_for_the_menu(self) -> None:
        canvas = self.page.canvas
        at = self.somewhere(canvas)
        reason = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, at, canvas.mapToGlobal(at)))

    def use_the_menu(self) -> None:
        """Take something from a menu that has opened, or let it go."""
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            for _ in range(self.random.randrange(1, 6)):
                QTest.keyClick(menu, Key.Key_Down)
            chosen = menu.activeAction()
            self.say(chosen.text() if chosen else "")
            QTest.keyClick(menu, self.random.choice([Key.Key_Return, Key.Key_Escape]))
        while (menu := QApplication.activePopupWidget()) is not None:
            menu.close()

    def undo_or_redo(self) -> None:
        keys = self.random.choice([(Key.Key_Z,), (Key.Key_Z,), (Key.Key_Y,)])
        on = self.random.choice([self.page, self.page.canvas, QApplication.focusWidget()])
        for key in keys * self.random.randrange(1, 4):
            QTest.keyClick(on or self.page, key, Modifier.ControlModifier)

    def resize(self) -> None:
        width, height = (
            self.random.randint(low, high) for low, high in zip(NARROW, WIDE, strict=True)
        )
        self.window.resize(width, height)

    def change_the_theme(self) -> None:
        theme.set_mode(self.random.choice(["light", "dark", "system"]))

    def wait(self) -> None:
        QTest.qWait(self.random.choice(RESTS_MS))

    def come_back_to_little(self) -> None:
        """Leave a large input mostly at once: all that one can do there takes its time."""
        document = self.page.document
        output = document.evaluation.output
        large = max(document.state.input.size, 0 if output is None else output.size) > LARGE
        if large and self.random.random() < 0.7:
            self.done.append("come_back_to_little")
            field = self.hand.find(QComboBox, "preset")
            field.setFocus()
            QTest.keyClick(field, Key.Key_End if field.currentIndex() < 3 else Key.Key_Home)

    def answer(self, saving: bool) -> tuple[str, str]:
        """Stand in for the dialog that asks for a file."""
        scenes = [self.folder / f"{number}.json" for number in range(5)]
        chosen = self.random.choice([*scenes, None, nonsense.any_file(self.random, self.folder)])
        # What was damaged on purpose stays so.
        spoiled = saving and chosen is not None and chosen.suffix in (".png", ".json")
        if spoiled and chosen not in scenes:
            chosen = self.folder / "no folder" / "scene.json"
        self.say(chosen)
        return (str(chosen) if chosen else "", "")
