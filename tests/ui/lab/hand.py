"""A hand at the Lab: finds controls by their object names, then clicks, drags and types."""

from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QSpinBox,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from explorer.core.geometry import Pair
from explorer.core.scene import BoardName, LabState
from explorer.ui.lab.page import LabPage
from explorer.ui.widgets.slider import Slider
from explorer.ui.widgets.toggle import Toggle

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


class Hand:
    """Does to a page what a user can do, and reads what a user can read."""

    def __init__(self, page: LabPage) -> None:
        self.page = page
        self.canvas = page.canvas

    @property
    def state(self) -> LabState:
        return self.page.document.state

    def find(self, kind: type[W], name: str) -> W:
        """Return the control of that name which can be seen: rows are built anew at times."""
        (found,) = (w for w in self.page.findChildren(kind, name) if w.isVisibleTo(self.page))
        return found

    def reads(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def click(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isEnabled()
        where = QPoint(button.width() - 12, button.height() // 2)
        inside = where if isinstance(button, Toggle) else button.rect().center()
        QTest.mouseClick(button, LEFT, pos=inside)

    def slide(self, name: str, value: int) -> None:
        """Press a slider where `value` is, and let go."""
        slider = self.find(Slider, name)
        QTest.mouseClick(slider, LEFT, pos=place_of(slider, value))
        assert slider.value() == value

    def type_into(self, name: str, text: str) -> None:
        box = self.find(QSpinBox, f"{name}.box")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        QTest.keyClick(box, Qt.Key.Key_Return)

    def choose(self, name: str, value: str) -> None:
        """Open a list and click on one of its lines."""
        field = self.find(QComboBox, name)
        field.showPopup()
        lines = field.view()
        index = field.model().index(field.findData(value), 0)
        assert index.isValid()
        lines.scrollTo(index)
        QTest.mouseClick(lines.viewport(), LEFT, pos=lines.visualRect(index).center())
        assert not lines.isVisible()

    def key(self, key: Qt.Key, on: QWidget | None = None) -> None:
        QTest.keyClick(on or self.page, key)

    def rect(self, board: BoardName, cell: Pair) -> QRectF:
        """Return where a cell is on the canvas at the moment."""
        found = getattr(self.canvas.layout_now, board)
        return QRectF(found.cell_rect(*cell))

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


def place_of(slider: Slider, value: int) -> QPoint:
    """Return the point of a slider that stands for `value`."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    handle = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider)
    room = slider.width() - handle.width()
    x = QStyle.sliderPositionFromValue(slider.minimum(), slider.maximum(), value, room)
    return QPoint(x + handle.width() // 2, slider.height() // 2)
