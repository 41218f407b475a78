"""Thousands of things done at random to the Training page, which has to bear them.

``CNN_EXPLORER_MONKEYS=20`` lets twenty of them at it in place of two.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QMenu,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.training.anatomy import layers_of
from explorer.training.checkpoint import Checkpoint
from explorer.training.runfile import to_bytes
from explorer.training.settings import Settings
from explorer.training.weights import export_weights
from explorer.ui.behind import Behind
from explorer.ui.keeping.autosaving import Autosaving
from explorer.ui.lab.page import LabPage
from explorer.ui.main_window import MainWindow, PageFactory
from explorer.ui.theme import theme
from explorer.ui.training.controls.data_field import DataField
from explorer.ui.training.page import TrainingPage
from explorer.ui.training.runs.shown import MOST
from explorer.ui.widgets.drawing_pad import DrawingPad
from explorer.ui.widgets.slider import Slider
from tests.leaks import settle
from tests.training.kept import trained
from tests.ui.hand import LEFT, place_of
from tests.ui.training.conftest import MakeFolder

MONKEYS = int(os.environ.get("CNN_EXPLORER_MONKEYS", "2"))
DEEDS = int(os.environ.get("CNN_EXPLORER_DEEDS", "80"))
FRAME_EVERY = 4
"""Deeds after which the window draws and its timers run."""
LONGEST = float(os.environ.get("CNN_EXPLORER_LONGEST", "2"))
"""Seconds of computing that one deed may cost, in the window or in a thread it waits for.

Not by the clock on the wall, which goes on while busy neighbours have the processor.
"""
RESTS_MS = (0, 10, 60, 160, 400)

Key, Modifier = Qt.Key, Qt.KeyboardModifier
KEYS = (
    *(Key.Key_Space, Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Down, Key.Key_Home),
    *(Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab),
    *(Key.Key_Plus, Key.Key_Minus, Key.Key_0, Key.Key_7, Key.Key_Return, Key.Key_Delete),
)
NUMBERS = ("0", "1", "2", "7", "50", "999", "0.01", "0.5", "8", "10", "1e9", "-3", "", "x", "2,5")
WISHES = ("train.start", "train.epoch", "train.batch", "train.fork", "train.continue")


def button(page: TrainingPage, name: str) -> QAbstractButton:
    """Return a button by its name."""
    found = page.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def is_offered(page: TrainingPage, name: str) -> bool:
    """Tell whether a button can be pressed."""
    return button(page, name).isEnabled()


class Monkey:
    """Does one thing at random with every call of `act`; the seed decides what."""

    def __init__(
        self, window: MainWindow, page: TrainingPage, seed: int, folder: Path, files: list[Path]
    ) -> None:
        self.window, self.page = window, page
        self.random = Random(seed)
        self.folder, self.files = folder, files
        self.done: list[str] = []
        """What it has done, the latest last."""

    def act(self) -> None:
        """Do one thing."""
        deeds: dict[Callable[[], None], float] = {
            self.press_a_button: 20,
            self.train: 14,
            self.turn_a_slider: 10,
            self.go_to_a_moment: 10,
            self.choose: 8,
            self.choose_a_run: 6,
            self.type_a_number: 6,
            self.point: 8,
            self.press_keys: 6,
            self.draw: 4,
            self.open: 6,
            self.save: 4,
            self.drop: 1,
            self.turn_the_page: 1,
            self.resize: 1,
            self.change_the_theme: 0.3,
            self.wait: 10,
        }
        (deed,) = self.random.choices([*deeds], [*deeds.values()])
        self.done.append(deed.__name__)
        deed()
        self.use_the_menu()

    def say(self, what: object) -> None:
        self.done[-1] += f" {what!r}"

    def any_of(self, *kinds: type[QWidget]) -> QWidget | None:
        """Return a named control of these kinds that can be used now."""
        named = {
            widget.objectName(): widget
            for widget in self.page.findChildren(QWidget)
            if isinstance(widget, kinds)
            and widget.objectName().startswith("train.")
            and widget.isVisible()
            and widget.isEnabled()
        }
        found = named[self.random.choice(sorted(named))] if named else None
        self.say(found.objectName() if found else None)
        return found

    def somewhere(self, widget: QWidget) -> QPoint:
        x, y = (self.random.randrange(max(n, 1)) for n in (widget.width(), widget.height()))
        return QPoint(x, y)

    def press_a_button(self) -> None:
        if (any_button := self.any_of(QAbstractButton)) is not None:
            QTest.mouseClick(any_button, LEFT)

    def train(self) -> None:
        names = [name for name in WISHES if is_offered(self.page, name)]
        if names:
            name = self.random.choice(names)
            self.say(name)
            QTest.mouseClick(button(self.page, name), LEFT)

    def turn_a_slider(self) -> None:
        slider = self.any_of(Slider)
        if not isinstance(slider, Slider):
            return
        if self.random.random() < 0.3:
            slider.setFocus()
            QTest.keyClick(slider, self.random.choice(KEYS[1:8]))
            return
        at = place_of(slider, self.random.randint(slider.minimum(), slider.maximum()))
        QTest.mousePress(slider, LEFT, pos=at)
        QTest.mouseMove(slider, self.somewhere(slider))
        QTest.mouseRelease(slider, LEFT, pos=at)

    def go_to_a_moment(self) -> None:
        slider = self.page.findChild(Slider, "train.moment")
        assert isinstance(slider, Slider)
        if not slider.isEnabled() or not slider.isVisible():
            return
        at = self.somewhere(slider)
        QTest.mousePress(slider, LEFT, pos=at)
        if self.random.random() < 0.5:
            QTest.mouseMove(slider, self.somewhere(slider))
            QTest.qWait(self.random.choice(RESTS_MS[:3]))
        QTest.mouseRelease(slider, LEFT, pos=at)

    def choose(self) -> None:
        # By keys: a list that has dropped down waits for a hand.
        field = self.any_of(QComboBox)
        if field is not None:
            field.setFocus()
            for _ in range(self.random.randrange(1, 4)):
                QTest.keyClick(field, self.random.choice([Key.Key_Up, Key.Key_Down]))

    def choose_a_run(self) -> None:
        count = len(self.page.runs.all)
        if count:
            name = f"train.run.{self.random.randrange(count)}"
            chip = self.page.findChild(QAbstractButton, name)
            if chip is not None and chip.isVisible():
                self.say(name)
                QTest.mouseClick(chip, LEFT, pos=QPoint(10, chip.height() // 2))

    def type_a_number(self) -> None:
        box = self.any_of(QAbstractSpinBox)
        if not isinstance(box, QAbstractSpinBox):
            return
        box.setFocus()
        box.selectAll()
        text = self.random.choice(NUMBERS)
        self.say(text)
        for letter in text:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(box, QKeyEvent(kind, 0, Modifier.NoModifier, letter))
        end = self.random.choice([Key.Key_Return, Key.Key_Tab, Key.Key_Escape, None])
        if end is not None:
            QTest.keyClick(box, end)

    def point(self) -> None:
        widget = self.any_of(QWidget)
        if widget is None or isinstance(widget, QMenu | QComboBox | QAbstractButton):
            return
        at = self.somewhere(widget)
        target = widget.viewport() if hasattr(widget, "viewport") else widget
        QTest.mouseMove(target, at)
        press = self.random.choice([None, QTest.mouseClick, QTest.mouseDClick])
        if press is not None:
            press(target, LEFT, Modifier.NoModifier, at)

    def press_keys(self) -> None:
        key = self.random.choice(KEYS)
        self.say(key.name)
        QTest.keyClick(QApplication.focusWidget() or self.page, key)

    def draw(self) -> None:
        pad = self.any_of(DrawingPad)
        if pad is not None:
            QTest.mousePress(pad, LEFT, pos=self.somewhere(pad))
            QTest.mouseMove(pad, self.somewhere(pad))
            QTest.mouseRelease(pad, LEFT, pos=self.somewhere(pad))

    def open(self) -> None:
        path = self.random.choice(self.files)
        self.say(path.name)
        self.page.keeping.open_file(str(path))

    def save(self) -> None:
        QTest.keyClick(self.page, Key.Key_S, self.random.choice([
            Modifier.ControlModifier, Modifier.ControlModifier | Modifier.ShiftModifier,
        ]))  # fmt: skip

    def drop(self) -> None:
        data, copy = QMimeData(), Qt.DropAction.CopyAction
        data.setUrls([QUrl.fromLocalFile(str(self.random.choice(self.files)))])
        at = self.somewhere(self.page)
        enters = QDragEnterEvent(at, copy, data, LEFT, Modifier.NoModifier)
        QApplication.sendEvent(self.page, enters)
        if enters.isAccepted():
            event = QDropEvent(QPointF(at), copy, data, LEFT, Modifier.NoModifier)
            QApplication.sendEvent(self.page, event)

    def turn_the_page(self) -> None:
        self.window.show_page("lab")
        QTest.qWait(self.random.choice(RESTS_MS))
        self.window.show_page("training")

    def resize(self) -> None:
        self.window.resize(self.random.randint(1024, 1700), self.random.randint(700, 1100))

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
        if self.window.current_page() is not self.page:  # "open in the Lab"
            self.done.append("come back from the Lab")
            self.window.show_page("training")

    def answer(self, saving: bool) -> tuple[str, str]:
        """Stand in for the dialog that asks for a file."""
        names = ("a.safetensors", "b.safetensors", "c.pt", "d.py", "e.png", "f.csv", "g.svg")
        places = [self.folder / name for name in names]
        places += [self.folder / "no folder" / "a.safetensors", self.folder]
        chosen = self.random.choice([*places, None] if saving else [*self.files, None])
        self.say(chosen)
        return (str(chosen) if chosen else "", "")


def assert_sound(page: TrainingPage) -> None:
    """Check that the parts of what is shown belong together."""
    runs = page.runs
    live = [run for run in runs.all if run.is_live]
    assert len(live) <= 1
    assert len(runs.all) <= MOST
    assert len({run.place for run in runs.all}) == len(runs.all)
    assert runs.chosen is None or runs.chosen in runs.all
    assert runs.moment is None or (runs.chosen is not None and runs.checkpoint() is not None)
    # No other thread goes on learning than that of the live run.
    for worker in page.director.workers:
        mine = bool(live) and worker is live[0].worker
        session = worker.session
        has_ended = session._said is not None and session._said.is_final
        assert mine or worker.isFinished() or has_ended or session._mode == "stopped"
    for run in runs.all:
        own = run.worker
        assert own is None or own in page.director.workers or own.isFinished()
    if live or any(run.worker is not None for run in runs.all):
        assert page.director._timer.isActive()
    # What is offered can be done.
    may = {
        name: is_offered(page, f"train.{name}")
        for name in ("start", "pause", "stop", "batch", "epoch", "reset", "save", "fork", "now")
    }
    assert not may["pause"] or live
    assert not may["stop"] or live
    assert may["reset"] == bool(runs.all) or not runs.chosen
    assert not may["fork"] or runs.checkpoint() is not None
    assert not may["now"] or runs.moment is not None
    assert not may["save"] or runs.checkpoint() is not None
    # The curves and the chips are those of the runs.
    assert len(page.runs_bar._chips) == len(runs.all)
    chosen = [chip.number for chip in page.runs_bar._chips if chip.isChecked()]
    assert chosen == ([] if runs.chosen is None else [runs.all.index(runs.chosen)])
    for run in runs.all:
        history = run.history
        steps = [epoch.step for epoch in history.epochs]
        assert steps == sorted(set(steps)), "an epoch is tested once"
        moments = history.checkpoints.steps
        assert not moments or history.first_step <= moments[0]


REASONS = (
    "grow without bounds",
    "does not exist",
    "holds no MNIST files",
    "choose more epochs",
    "another number of images",  # the files are of runs with fewer digits than they say
)
"""Why a run may fail when everybody does what is offered."""


def assert_failures_are_deserved(page: TrainingPage) -> None:
    """Check that no run has been ended by what the page let the user do."""
    for run in page.runs.all:
        if run.status is not None and run.status.state == "failed":
            assert any(reason in run.status.message for reason in REASONS), run.status.message


def assert_steers_what_it_shows(page: TrainingPage) -> None:
    """Check that the controls that are open in a run say how the run goes on."""
    live, controls = page.runs.live, page.controls
    if not page.runs.is_live or live is None or live.worker is None:
        return
    session = live.worker.session
    assert controls.network.value() == live.record.settings.network
    assert [chip.layer for chip in controls.freezing._chips] == [
        layer for layer, _ in layers_of(live.record.settings.network)
    ]
    assert controls.frozen() == session._frozen
    shown, used = controls.lr.value(), session._lr
    assert shown == pytest.approx(used, rel=0.02), f"the page shows {shown}, the run has {used}"


def assert_at_rest(page: TrainingPage) -> None:
    """Check what is true as soon as all mail has been read."""
    runs = page.runs
    live = runs.live
    assert is_offered(page, "train.stop") == (live is not None)
    assert page.controls.network.isEnabled() != runs.is_live


def make_files(folder: Path, random: Random) -> list[Path]:
    """Return good files and damaged ones."""
    made: list[Path] = []
    for number, settings in enumerate(
        (
            Settings(device="cpu", epochs=3),
            Settings(device="cpu", epochs=2, network="lenet5", optimizer="adam"),
            Settings(device="cpu", epochs=3, network="classic", data=str(folder / "gone")),
            Settings(device="cpu", epochs=1, network="sprint", schedule="one_cycle"),
        )
    ):
        record, checkpoint = trained(settings, until=(5, 10, 7, 3)[number])
        path = folder / f"run{number}.safetensors"
        path.write_bytes(to_bytes(record, checkpoint))
        made.append(path)
        for suffix in (".pt", ".safetensors"):
            weights = folder / f"weights{number}{suffix}"
            export_weights(checkpoint.weights, weights, settings.network)
            made.append(weights)
        headless = {n: a for n, a in checkpoint.weights.items() if not n.startswith("fc")}
        export_weights(Checkpoint(0, headless).weights, folder / f"less{number}.pt", "compact")
        made.append(folder / f"less{number}.pt")
    for path in tuple(made):
        data = bytearray(path.read_bytes())
        for _ in range(random.randrange(1, 6)):
            data[random.randrange(min(len(data), 3000))] = random.randrange(256)
        bad = folder / f"bad-{path.name}"
        bad.write_bytes(data[: random.choice([len(data), len(data) // 2, 100])])
        made.append(bad)
    empty = folder / "empty.safetensors"
    empty.write_bytes(b"")
    return [*made, empty, folder, folder / "missing.pt"]


@pytest.fixture
def window(
    app: QApplication, qtbot: QtBot, few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    # Nothing is asked of any server.
    monkeypatch.setattr(DataField, "_begin", lambda *_: None)
    # The next start is not far away.
    monkeypatch.setattr(Autosaving, "_place", lambda _: tmp_path / "unfinished")
    pages: dict[str, PageFactory] = {"lab": lambda data: LabPage(), "training": TrainingPage}
    window = MainWindow(pages, data=str(few), page="training")
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield window
    window.close()
    window.deleteLater()
    settle()
    # pytest keeps what it has given to a test, and with it pyqtgraph's menus.
    page = window._pages["training"]
    assert isinstance(page, TrainingPage)
    for part in (page.curves.loss, page.curves.accuracy, page.curves, page, window):
        vars(part).clear()
    del page, part


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MONKEYS))
def test_nothing_that_is_done_breaks_the_page(
    window: MainWindow,
    qtbot: QtBot,
    seed: int,
    make_folder: MakeFolder,
    few: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    # The other tests that run meanwhile would leave a thread that steps back next to nothing.
    monkeypatch.setattr(Behind, "nice", 0)
    page = window.current_page()
    assert isinstance(page, TrainingPage)
    files = tmp_path / "files"
    files.mkdir()
    monkey = Monkey(window, page, seed, tmp_path, make_files(files, Random(seed)))
    # The dialogs would wait for a hand.
    for ask, saving in (("getOpenFileName", False), ("getSaveFileName", True)):
        monkeypatch.setattr(QFileDialog, ask, lambda *_, saving=saving: monkey.answer(saving))
    folders = [str(few), str(tmp_path / "no folder"), ""]
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *_: monkey.random.choice(folders)
    )
    slowest = (0.0, "")
    trained_steps = 0
    with qtbot.captureExceptions() as raised:
        for number in range(DEEDS):
            began, waits = time.process_time(), len(monkey.done)
            monkey.act()
            if number % FRAME_EVERY == 0:
                QApplication.processEvents()
            took = time.process_time() - began
            if not any("wait" in deed or "turn_the" in deed for deed in monkey.done[waits:]):
                slowest = max(slowest, (took, str(monkey.done[-1])))
            assert not raised, (number, monkey.done[-8:], raised)
            assert not window.notice.isVisible(), (number, monkey.done[-8:], window.notice.text())
            try:
                assert_sound(page)
                assert_failures_are_deserved(page)
                assert_steers_what_it_shows(page)
            except AssertionError as error:
                raise AssertionError((number, monkey.done[-8:])) from error
            trained_steps = max([trained_steps, *(r.history.last_step for r in page.runs)])
        QTest.qWait(300)
        assert_sound(page)
        assert_at_rest(page)
    assert not raised
    assert not window.notice.isVisible(), window.notice.text()
    assert trained_steps > 5
    assert slowest[0] < LONGEST, slowest
    # Closed at a random moment, by the fixture: no thread may be left over.
    began = time.process_time()
    window.close()
    assert time.process_time() - began < 2 * LONGEST
