"""A hand without a plan at the Network page: takes any control and does to it what a hand might."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidget,
)

from explorer.core.network.presets import PRESETS, TRAINABLE
from explorer.core.network.source import sequential
from explorer.core.network.state import PICTURE, Spot
from explorer.ui.main_window import MainWindow
from explorer.ui.network.page import NetworkPage
from explorer.ui.network.stack.layer_row import LayerRow
from explorer.ui.network.surgery.numbers import KernelNumbers
from explorer.ui.theme import theme
from explorer.ui.training.page import TrainingPage
from explorer.ui.widgets.drawing_pad import DrawingPad
from explorer.ui.widgets.slider import Slider
from tests.ui.hand import LEFT, place_of
from tests.ui.lab import nonsense

Key, Modifier = Qt.Key, Qt.KeyboardModifier
KEYS = (
    *(Key.Key_Space, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home),
    *(Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab),
    *(Key.Key_Plus, Key.Key_Minus, Key.Key_0, Key.Key_7, Key.Key_Return, Key.Key_Enter),
    *(Key.Key_F2, Key.Key_Delete, Key.Key_Backspace, Key.Key_Comma, Key.Key_X, Key.Key_F1),
)
MOVES = ((Key.Key_Up, Modifier.AltModifier), (Key.Key_Down, Modifier.AltModifier))
COPIES = ((Key.Key_C, Modifier.ControlModifier), (Key.Key_V, Modifier.ControlModifier))
RESTS_MS = (0, 10, 60, 300)
"""The last is longer than the code waits for the next letter."""
NARROW, WIDE = (1024, 700), (1700, 1100)
CODE = (
    *(sequential(PRESETS[name].network) for name in TRAINABLE),
    "nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2704, 10))",
    "nn.Sequential(nn.Conv2d(1, 4, 3), nn.Linear(9, 9), nn.Conv2d(7, 2, 30), nn.Flatten())",
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 1), nn.Softmax(dim=0), nn.Linear(1, 64))",
    "nn.Sequential(nn.Conv2d(1, 8, 28), nn.BatchNorm2d(8), nn.Dropout2d(0.5), nn.Flatten())",
    "nn.Sequential(nn.Conv2d(1, 6, 3, groups=4), nn.ConvTranspose2d(6, 2, 3, output_padding=5))",
    "nn.Sequential(nn.AdaptiveAvgPool2d((3, None)), nn.LPPool2d(1.5, 2), nn.Softmax(dim=1))",
    "nn.Sequential(nn.MaxPool2d(40))",
    "nn.Sequential(nn.Conv2d(1, 1, 5, padding=9, padding_mode='circular'), nn.Tanh())",
    "nn.Sequential(nn.Flatten(), nn.Linear(784, 32768), nn.Linear(32768, 32768))",
    "nn.Sequential(nn.Conv2d(1, 512, 3), nn.ConvTranspose2d(512, 512, 9, stride=50))",
    f"nn.Sequential({'nn.Conv2d(1, 1, 3, padding=1), ' * 40}nn.Flatten(), nn.Linear(784, 10))",
    f"nn.Sequential({'nn.ReLU(), ' * 101})",
    f"{'nn.Sequential(' * 60}nn.ReLU(){')' * 60}",
    f"{'nn.Sequential(' * 3000}nn.ReLU()",
    "nn.Sequential(nn.ReLU()," + " " * 20_000 + ")",
    "nn.Sequential(nn.\uff32\uff45\uff2c\uff35(), nn.Conv2d(\u0661, 1, 3))",
    "nn.Sequential(nn.ReLU() \u202e, nn.Tanh()\u2066)",
    "nn.Sequential(OrderedDict([('a.b', nn.ReLU())]))",
    "nn.Sequential(*[nn.ReLU() for _ in range(10**9)])",
    "nn.Sequential(nn.Linear(10**9, 10**9))",
    "nn.Sequential(nn.Conv2d(1, 1, kernel_size=1e400))",
    "nn.Sequential(nn.ReLU(",
    "nn.Sequential()",
    *nonsense.CODE,
)


class Monkey:
    """Does one thing at random with every call of `act`.

    Parameters
    ----------
    seed
        Decides what it does; what time brings, such as a training run, comes on top.
    folder
        For the files that it opens.
    """

    def __init__(self, window: MainWindow, page: NetworkPage, seed: int, folder: Path) -> None:
        self.window, self.page = window, page
        self.random = Random(seed)
        self.folder = folder
        self.done: list[str] = []
        """What it has done, the latest last."""
        self.trained = 0
        """Runs that it has begun."""

    def act(self) -> None:
        """Do one thing, and come back to the page."""
        deeds: dict[Callable[[], None], float] = {
            self.point: 16,
            self.press_a_button: 12,
            self.turn_a_slider: 10,
            self.choose_a_layer: 10,
            self.choose: 6,
            self.choose_a_preset: 3,
            self.type_a_number: 10,
            self.type_into_a_kernel: 6,
            self.add_a_layer: 6,
            self.change_the_order: 6,
            self.drag_a_layer: 5,
            self.write_code: 6,
            self.press_keys: 10,
            self.undo_or_redo: 8,
            self.roll: 5,
            self.draw: 4,
            self.open_a_picture: 3,
            self.open_in_the_lab: 3,
            self.train: 1.5,
            self.turn_the_page: 1.5,
            self.turn_a_tab: 3,
            self.resize: 1.5,
            self.change_the_theme: 0.4,
            self.wait: 4,
        }
        (deed,) = self.random.choices([*deeds], [*deeds.values()])
        self.done.append(deed.__name__)
        deed()
        self.use_the_menu()
        self.come_back()

    def say(self, what: object) -> None:
        """Add to what is known of the latest deed."""
        self.done[-1] += f" {what!r}"

    def any_of(self, *kinds: type[QWidget]) -> QWidget | None:
        """Return a named control of these kinds that can be used now."""
        named = {
            widget.objectName(): widget
            for widget in self.page.findChildren(QWidget)
            if isinstance(widget, kinds)
            and widget.objectName()
            and not widget.objectName().startswith("qt_")
            and widget.isVisible()
            and widget.isEnabled()
        }
        found = named[self.random.choice(sorted(named))] if named else None
        self.say(found.objectName() if found else None)
        return found

    def somewhere(self, widget: QWidget) -> QPoint:
        x, y = (self.random.randrange(max(n, 1)) for n in (widget.width(), widget.height()))
        return QPoint(x, y)

    # Controls

    def press_a_button(self) -> None:
        button = self.any_of(QAbstractButton)
        if isinstance(button, QAbstractButton):
            QTest.mouseClick(button, LEFT)

    def turn_a_slider(self) -> None:
        slider = self.any_of(Slider)
        if not isinstance(slider, Slider):
            return
        how = self.random.choice(["click", "drag", "key"])
        if how == "key":
            slider.setFocus()
            QTest.keyClick(slider, self.random.choice(KEYS[:8]))
            return
        at = place_of(slider, self.random.randint(slider.minimum(), slider.maximum()))
        QTest.mousePress(slider, LEFT, pos=at)
        if how == "drag":
            QTest.mouseMove(slider, self.somewhere(slider))
        QTest.mouseRelease(slider, LEFT, pos=at)

    def choose(self) -> None:
        # By keys: a list that has dropped down waits for a hand.
        field = self.any_of(QComboBox)
        if isinstance(field, QComboBox):
            field.setFocus()
            for _ in range(self.random.randrange(1, 4)):
                if field.isVisible():
                    QTest.keyClick(field, self.random.choice([Key.Key_Up, Key.Key_Down]))

    def choose_a_preset(self) -> None:
        field = self.page.findChild(QComboBox, "network.preset")
        assert isinstance(field, QComboBox)
        field.setFocus()
        for _ in range(self.random.randrange(1, 8)):  # faster than anything can be computed
            QTest.keyClick(field, self.random.choice([Key.Key_Up, Key.Key_Up, Key.Key_Down]))

    def type_a_number(self) -> None:
        box = self.any_of(QAbstractSpinBox)
        if not isinstance(box, QAbstractSpinBox):
            return
        box.setFocus()
        box.selectAll()
        numbers = ("1", "2", "3", "4", "8", "10", "16", "64", "512", "4096")
        self.type_text(box, self.random.choice([*numbers, *numbers, *nonsense.NUMBERS]))
        self.end_typing(box)

    def type_into_a_kernel(self) -> None:
        numbers = self.page.findChild(KernelNumbers)
        assert isinstance(numbers, KernelNumbers)
        if not numbers.isVisible():
            return
        numbers.setFocus()
        if self.random.random() < 0.3:
            QGuiApplication.clipboard().setText(nonsense.any_text(self.random))
            QTest.keyClick(numbers, Key.Key_V, Modifier.ControlModifier)
            return
        keys = (Key.Key_Return, Key.Key_4, Key.Key_Minus, Key.Key_Delete, Key.Key_Down)
        for key in self.random.sample(keys, 2):
            QTest.keyClick(numbers, key)
        editor = self.page.findChild(QLineEdit, "network.kernel.editor")
        if isinstance(editor, QLineEdit) and editor.isVisible():
            self.type_text(editor, self.random.choice(nonsense.NUMBERS))
            self.end_typing(editor)

    def type_text(self, on: QWidget, text: str) -> None:
        """Send the letters one by one, those that no keyboard of QTest has as well."""
        self.say(text[:20])
        for letter in text[:60]:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(on, QKeyEvent(kind, 0, Modifier.NoModifier, letter))

    def end_typing(self, on: QWidget) -> None:
        end = self.random.choice(
            [Key.Key_Return, Key.Key_Return, Key.Key_Tab, Key.Key_Escape, None]
        )
        if end is not None and on.isVisible():
            QTest.keyClick(on, end)

    def press_keys(self) -> None:
        rows = [row for row in self.page.findChildren(LayerRow) if row.isVisible()]
        row = self.random.choice(rows) if rows else self.page
        target = self.random.choice([self.page, self.page.canvas, row, QApplication.focusWidget()])
        key, how = self.random.choice([*((key, Modifier.NoModifier) for key in KEYS), *COPIES])
        target = target or self.page
        self.say((target.objectName(), key.name))
        QTest.keyClick(target, key, how)

    # The stack of layers

    def row(self) -> LayerRow | None:
        rows = [row for row in self.page.findChildren(LayerRow) if row.isVisible()]
        found = self.random.choice(rows) if rows else None
        self.say(found.place if found else None)
        return found

    def choose_a_layer(self) -> None:
        if (row := self.row()) is not None:
            QTest.mouseClick(row, LEFT)

    def add_a_layer(self) -> None:
        button = self.page.findChild(QAbstractButton, "network.add")
        assert isinstance(button, QAbstractButton)
        if not button.isEnabled():
            return
        QTest.mouseClick(button, LEFT)
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            groups = [action for action in menu.actions() if action.menu() is not None]
            group = self.random.choice(groups).menu()
            assert isinstance(group, QMenu)
            action = self.random.choice([a for a in group.actions() if not a.isSeparator()])
            self.say(action.text())
            if action.isEnabled():
                action.trigger()

    def change_the_order(self) -> None:
        row = self.row()
        if row is None:
            return
        row.setFocus()
        ways = (
            *MOVES,
            (Key.Key_D, Modifier.ControlModifier),
            (Key.Key_Delete, Modifier.NoModifier),
        )
        key, how = self.random.choice(ways)
        self.say(key.name)
        QTest.keyClick(row, key, how)

    def drag_a_layer(self) -> None:
        row = self.row()
        if row is None:
            return
        to = self.somewhere(self.page.stack)
        where = row.mapFrom(self.page.stack, to)
        QTest.mousePress(row, LEFT, pos=row.rect().center())
        QTest.mouseMove(row, (row.rect().center() + where) / 2)
        QTest.mouseMove(row, where)
        if self.random.random() < 0.2:
            QTest.keyClick(row, Key.Key_Escape)
        QTest.mouseRelease(row, LEFT, pos=where)

    def write_code(self) -> None:
        self.page.tabs.setCurrentWidget(self.page.code)
        field = self.page.findChild(QPlainTextEdit, "network.code")
        assert isinstance(field, QPlainTextEdit)
        field.setFocus()
        if self.random.random() < 0.9:
            field.selectAll()
        text = self.random.choice(CODE)
        self.say(text[:60])
        if self.random.random() < 0.8:
            QGuiApplication.clipboard().setText(text)
            field.paste()
        else:
            self.type_text(field, text[-60:])
        QTest.qWait(self.random.choice(RESTS_MS))

    def undo_or_redo(self) -> None:
        keys = self.random.choice([(Key.Key_Z,), (Key.Key_Z,), (Key.Key_Y,)])
        on = self.random.choice([self.page, self.page.canvas, QApplication.focusWidget()])
        for key in keys * self.random.choice([1, 1, 2, 3, 12]):
            QTest.keyClick(on or self.page, key, Modifier.ControlModifier)

    # The picture

    def point(self) -> None:
        canvas, layout = self.page.canvas, self.page.canvas.layout_now
        at = self.somewhere(canvas)
        outputs = self.page.document.outputs
        # A hand points at what it sees, which may be the network of a moment ago.
        drawn = len(outputs) if layout is None else len(layout.columns) - 1
        place = self.random.randrange(PICTURE, min(len(outputs), drawn))
        output = None if place == PICTURE else outputs[place]
        if layout is not None and output is not None and self.random.random() < 0.7:
            channels, *sides = output.shape
            h, w = [1, 1, *sides][-2:]  # a row of numbers lies on one line
            spot = Spot(place, *map(self.random.randrange, (channels, h, w)))
            area = layout.spot_rect(spot)
            if area is not None:
                at = canvas.view().point(area.center()).toPoint()
                self.say(spot)
        QTest.mouseMove(canvas, at)
        press = self.random.choice([None, None, QTest.mouseClick, QTest.mouseDClick])
        if press is not None and canvas.rect().contains(at):
            press(canvas, LEFT, Modifier.NoModifier, at)

    def roll(self) -> None:
        canvas = self.page.canvas
        at = self.somewhere(canvas)
        notches = self.random.choice([-5, -1, 0.25, 1, 5, 40])
        event = QWheelEvent(
            QPointF(at),
            QPointF(canvas.mapToGlobal(at)),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            Modifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas, event)
        QTest.mousePress(canvas, LEFT, pos=at)
        QTest.mouseMove(canvas, self.somewhere(canvas))
        QTest.mouseRelease(canvas, LEFT, pos=self.somewhere(canvas))

    def draw(self) -> None:
        pad = self.any_of(DrawingPad)
        if pad is None:
            return
        button = self.random.choice([LEFT, LEFT, Qt.MouseButton.RightButton])
        QTest.mousePress(pad, button, pos=self.somewhere(pad))
        QTest.mouseMove(pad, self.somewhere(pad))
        QTest.mouseRelease(pad, button, pos=self.somewhere(pad))

    def open_a_picture(self) -> None:
        button = self.page.findChild(QAbstractButton, "network.picture.open")
        assert isinstance(button, QAbstractButton)
        QTest.mouseClick(button, LEFT)

    def answer(self) -> tuple[str, str]:
        """Stand in for the dialog that asks for a file."""
        path = self.folder / "thin.png"
        if not path.exists():
            for name, sides in (("thin.png", (3000, 1)), ("dot.png", (1, 1))):
                image = QImage(*sides, QImage.Format.Format_RGB32)
                image.fill(Qt.GlobalColor.darkCyan)
                assert image.save(str(self.folder / name))
        mine = nonsense.any_file(self.random, self.folder)
        chosen = self.random.choice([path, self.folder / "dot.png", mine, mine, None])
        self.say(chosen and chosen.name)
        return (str(chosen) if chosen else "", "")

    # Elsewhere

    def open_in_the_lab(self) -> None:
        button = self.page.here.open
        if button.isVisible() and button.isEnabled():
            QTest.mouseClick(button, LEFT)

    def train(self) -> None:
        """Train the network that is shown, see the run begin, and come back to follow it."""
        button = self.page.weights.train
        if not button.isEnabled() or not button.isVisible():
            return
        QTest.mouseClick(button, LEFT)
        training = self.window.current_page()
        assert isinstance(training, TrainingPage)
        for name in ("train.stop", "train.start"):
            found = training.findChild(QAbstractButton, name)
            assert isinstance(found, QAbstractButton)
            if found.isEnabled() and found.isVisible():
                self.say(name)
                QTest.mouseClick(found, LEFT)
                self.trained += name == "train.start"
        QTest.qWait(self.random.choice(RESTS_MS))
        self.window.show_page("network")
        if self.page.weights.follow.isEnabled():
            self.say("follow")
            QTest.mouseClick(self.page.weights.follow, LEFT)
        QTest.qWait(self.random.choice(RESTS_MS))

    def turn_the_page(self) -> None:
        self.window.show_page(self.random.choice(["lab", "training"]))
        QTest.qWait(self.random.choice(RESTS_MS[:3]))

    def turn_a_tab(self) -> None:
        self.page.tabs.setCurrentIndex(self.random.randrange(self.page.tabs.count()))

    def resize(self) -> None:
        width, height = (
            self.random.randint(low, high) for low, high in zip(NARROW, WIDE, strict=True)
        )
        self.window.resize(width, height)

    def change_the_theme(self) -> None:
        theme.set_mode(self.random.choice(["light", "dark", "system"]))

    def wait(self) -> None:
        QTest.qWait(self.random.choice(RESTS_MS))

    def use_the_menu(self) -> None:
        """Take something from a menu that has opened, or let it go."""
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            for _ in range(self.random.randrange(1, 6)):
                QTest.keyClick(menu, Key.Key_Down)
            QTest.keyClick(menu, self.random.choice([Key.Key_Return, Key.Key_Escape]))
        while (menu := QApplication.activePopupWidget()) is not None:
            menu.close()

    def come_back(self) -> None:
        if self.window.current_page() is not self.page:
            self.done.append(f"come back from {self.window.current_page().objectName()}")
            self.window.show_page("network")
