"""A hand at a page: finds controls by their object names, then clicks, drags, chooses and types."""

from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from explorer.ui.widgets.slider import Slider

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


class Hand:
    """Does to a page what a user can do, and reads what a user can read."""

    def __init__(self, widget: QWidget) -> None:
        self.widget = widget

    def find(self, kind: type[W], name: str) -> W:
        """Return the control of that name which can be seen."""
        (found,) = (w for w in self.widget.findChildren(kind, name) if w.isVisibleTo(self.widget))
        return found

    def reads(self, name: str) -> str:
        return self.find(QLabel, name).text()

    def may_click(self, name: str) -> bool:
        return self.find(QAbstractButton, name).isEnabled()

    def click(self, name: str) -> None:
        assert self.may_click(name)
        QTest.mouseClick(self.find(QAbstractButton, name), LEFT)

    def slide(self, name: str, value: int) -> None:
        """Take the handle of a slider to where `value` is."""
        slider = self.find(Slider, name)
        QTest.mousePress(slider, LEFT, pos=place_of(slider, slider.value()))
        QTest.mouseMove(slider, place_of(slider, value))
        QTest.mouseRelease(slider, LEFT, pos=place_of(slider, value))

    def type_into(self, name: str, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        """Replace what stands in the box of a parameter and press `end`."""
        box = self.find(QAbstractSpinBox, f"{name}.box")
        box.setFocus()
        box.selectAll()
        QTest.keyClicks(box, text)
        if end is not None:
            QTest.keyClick(box, end)

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


def place_of(slider: Slider, value: int) -> QPoint:
    """Return the point of a slider that stands for `value`."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    part = QStyle.SubControl.SC_SliderHandle
    handle = slider.style().subControlRect(QStyle.ComplexControl.CC_Slider, option, part, slider)
    room = slider.width() - handle.width()
    x = QStyle.sliderPositionFromValue(slider.minimum(), slider.maximum(), value, room)
    return QPoint(x + handle.width() // 2, slider.height() // 2)
