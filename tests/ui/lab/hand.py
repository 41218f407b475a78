"""A hand at the Lab: what it can do besides is point at the canvas."""

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QTextDocument, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.core.geometry import Pair
from explorer.core.scene import BoardName, Focus, LabState
from explorer.ui.lab.page import LabPage
from tests.ui.hand import LEFT, Hand, W


class LabHand(Hand):
    """Moves over the canvas, clicks, drags and rolls the wheel there."""

    def __init__(self, page: LabPage) -> None:
        super().__init__(page)
        self.page = page
        self.canvas = page.canvas

    @property
    def state(self) -> LabState:
        return self.page.document.state

    def find(self, kind: type[W], name: str) -> W:
        QApplication.processEvents()  # shows the rows of another operation
        return super().find(kind, name)

    def read_on(self) -> None:
        """Wait as a reader does until the words have followed the picture."""
        while self.page.is_behind:
            QApplication.processEvents()

    def wait_for_files(self) -> None:
        """Wait until what was opened is there, or was refused."""
        while self.page.parameters.input.reader.is_busy:
            QApplication.processEvents()

    def reads(self, name: str) -> str:
        self.read_on()
        return super().reads(name)

    def code(self) -> str:
        """Return the line of PyTorch, as it is copied."""
        self.read_on()
        return self.page.explanation.code.text()

    def key(self, key: Qt.Key, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.page, key)

    def rect(self, board: BoardName, cell: Pair) -> QRectF:
        """Return where a cell is on the canvas at the moment."""
        found = self.canvas.place_of(Focus(board, cell))
        assert found is not None
        return QRectF(found)

    def point(self, board: BoardName, cell: Pair) -> QPoint:
        return self.rect(board, cell).center().toPoint()

    def hover(self, board: BoardName, cell: Pair) -> None:
        QTest.mouseMove(self.canvas, self.point(board, cell))

    def press(self, board: BoardName, cell: Pair) -> None:
        """Click on a cell, where the pointer has to be first."""
        self.hover(board, cell)
        QTest.mouseClick(self.canvas, LEFT, pos=self.point(board, cell))

    def leave(self) -> None:
        QTest.mouseMove(self.page.transport, QPoint(3, 3))

    def wheel(self, at: QPoint, notches: float = 1, on: QWidget | None = None) -> None:
        target = on or self.canvas
        event = QWheelEvent(
            QPointF(at),
            QPointF(target.mapToGlobal(at)),
            QPoint(),
            QPoint(0, round(120 * notches)),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)

    def drag(self, start: QPoint, end: QPoint) -> None:
        QTest.mouseMove(self.canvas, start)
        QTest.mousePress(self.canvas, LEFT, pos=start)
        QTest.mouseMove(self.canvas, (start + end) / 2)
        QTest.mouseMove(self.canvas, end)
        QTest.mouseRelease(self.canvas, LEFT, pos=end)


def plain(rich: str) -> str:
    document = QTextDocument()
    document.setHtml(rich)
    return document.toPlainText()
