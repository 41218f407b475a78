"""A hand at the Training page, and eyes for its curves."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QListView, QProgressBar
from pytestqt.qtbot import QtBot

from explorer.ui.training.page import TrainingPage
from explorer.ui.training.views.confusion import ConfusionBoard
from explorer.ui.training.views.maps import MapBoards
from explorer.ui.training.views.thumbnails import Thumbnails
from explorer.ui.widgets.answer_bars import AnswerBars
from explorer.ui.widgets.digit_pad import DigitPad
from explorer.ui.widgets.drawing_pad import WAIT_MS
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.widgets.seen import Seen
from tests.ui.hand import LEFT, Hand

Numbers = npt.NDArray[np.float64]

SEVEN = ((25, 25), (75, 25), (60, 50), (45, 85))
ONE = ((50, 15), (50, 85))
"""Strokes: (x, y) in per cent of the paper."""

PATIENCE = 30_000
"""Milliseconds for what takes a fraction of a second, were it not for torch and busy neighbours."""


class Trainer(Hand):
    """Starts and stops runs, and looks at what comes out."""

    def __init__(self, page: TrainingPage, qtbot: QtBot) -> None:
        super().__init__(page)
        self.page = page
        self.qtbot = qtbot

    @property
    def losses(self) -> Numbers:
        return self.page.history().losses

    @property
    def progress(self) -> float:
        bar = self.find(QProgressBar, "train.progress")
        return bar.value() / bar.maximum()

    @property
    def message(self) -> str:
        """The notice, or nothing when there is none to be seen."""
        return self.page.notice.text() if self.page.notice.isVisibleTo(self.page) else ""

    def status(self) -> str:
        """Return the first word of the status line."""
        return self.reads("train.status").split()[0].rstrip(".:")

    def wait_for(self, status: str, steps: int = 0) -> None:
        """Let the window live until its status begins with a word, with at least so many losses."""
        self.qtbot.waitUntil(
            lambda: self.status() == status and len(self.losses) >= steps, timeout=PATIENCE
        )

    def wait_until_started(self, steps: int = 1) -> None:
        self.wait_for("Training", steps)

    def wait_until_drawn(self) -> None:
        """Let the window live until its curves, drawn less often than the rest, show all."""
        self.qtbot.waitUntil(
            lambda: (
                len(self.loss_curves()[0]) == len(self.losses)
                and len(self.accuracy_curve()) == len(self.page.history().epochs)
            )
        )

    def rests(self) -> bool:
        """Tell whether nothing moves for a while in which several batches would fit."""
        self.wait_until_drawn()
        self.qtbot.wait(20)  # texts have changed, and with them the layout
        losses, progress, kernels = self.losses, self.progress, self.kernels()
        self.qtbot.wait(150)
        return (
            np.array_equal(self.losses, losses)
            and self.progress == progress
            and np.array_equal(self.kernels(), kernels)
        )

    def loss_curves(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return what is drawn of the chosen run: each batch, smoothed, and the tests."""
        raw, smooth, test = (self._curve(name) for name in ("raw", "smooth", "test"))
        return raw, smooth, test

    def accuracy_curve(self) -> Numbers:
        return self._curve("accuracy")

    def _curve(self, kind: str) -> Numbers:
        """Return the values of one of the curves of the chosen run."""
        curves = self.page.curves
        chosen = [trace.place for trace in self.page.runs.traces() if trace.chosen]
        for plot in (curves.loss, curves.accuracy):
            for item in plot.listDataItems():
                if chosen and item.name() == f"{kind}.{chosen[0]}":
                    y = item.getData()[1]
                    return np.array([] if y is None else y)
        return np.array([])

    def kernels(self) -> npt.NDArray[np.uint8]:
        """Return the picture of the kernels, (height, width, 4)."""
        image = self.page.views.kernels.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pixels = np.frombuffer(image.constBits(), np.uint8)
        return pixels.reshape(image.height(), image.width(), 4).copy()

    def data_offered(self) -> list[str]:
        field = self.find(QComboBox, "train.data")
        return [field.itemText(i) for i in range(field.count())]

    # What is looked at

    def draw(self, points: tuple[tuple[int, int], ...], button: Qt.MouseButton = LEFT) -> None:
        """Take the pen along the points, given in per cent of the paper."""
        pad = self.find(DigitPad, "train.pad")
        first, *others = (
            QPoint(round(x * pad.width() / 100), round(y * pad.height() / 100)) for x, y in points
        )
        QTest.mousePress(pad, button, pos=first)
        for point in others:
            QTest.mouseMove(pad, point)
        QTest.mouseRelease(pad, button, pos=(others or [first])[-1])
        self.qtbot.wait(3 * WAIT_MS)

    def answer(self) -> str:
        """Return the words of the answer; nothing where there is none to be seen."""
        found = self.page.findChildren(AnswerBars, "train.answer")
        return found[0].text() if found[0].isVisibleTo(self.page) else ""

    def seen(self) -> npt.NDArray[np.uint8]:
        return self.find(Seen, "train.seen").picture()

    def wait_for_answer(self, but: str = "") -> str:
        """Let the window live until there is an answer, another one than `but`."""
        self.qtbot.waitUntil(lambda: self.answer() not in ("", but), timeout=PATIENCE)
        return self.answer()

    def wait_for_digit(self, digit: str) -> None:
        """Let the window live until the network answers so."""
        self.qtbot.waitUntil(lambda: self.answer().startswith(f"{digit} · "), timeout=PATIENCE)

    def is_answered(self, picture: npt.NDArray[np.uint8]) -> bool:
        """Tell whether the newest answer is about a picture."""
        answer = self.page.views._answer
        return answer is not None and np.array_equal(answer.picture, picture)

    def type_digit(self, text: str) -> None:
        box = self.find(NumberBox, "train.digit")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    # Views

    def view(self, name: str) -> None:
        self.choose("train.view", name)

    def board(self) -> ConfusionBoard:
        return self.find(ConfusionBoard, "train.confusion")

    def click_cell(self, true: int, answer: int) -> None:
        """Click on a cell of the confusion matrix; -1 stands for the labels."""
        board = self.board()
        place = board.cells().cell(true, answer).center().toPoint()
        QTest.mouseClick(board, LEFT, pos=place)

    def gallery(self, name: str) -> Thumbnails:
        return self.find(Thumbnails, name)

    def click_digit(self, name: str, row: int) -> None:
        """Click on one of the small pictures."""
        gallery: QListView = self.gallery(name)
        place = gallery.visualRect(gallery.model().index(row, 0))
        QTest.mouseClick(gallery.viewport(), LEFT, pos=place.center())

    def maps(self) -> MapBoards:
        return self.find(MapBoards, "train.maps")
