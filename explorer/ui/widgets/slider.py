"""A horizontal slider in the colour of its parameter."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from explorer.ui.widgets.calm_wheel import CalmWheel


class Slider(CalmWheel, QSlider):
    """A slider that jumps to where it is pressed.

    Parameters
    ----------
    hue : str
        One of `explorer.drawing.palette.HUES`, or empty for the accent colour.
    """

    def __init__(self, hue: str = "", parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setProperty("hue", hue)
        self.calm()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the handle under the pointer, where Qt's own handling then takes hold of it."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        x = event.position().toPoint().x()
        if event.button() == Qt.MouseButton.LeftButton and not handle.left() <= x <= handle.right():
            self.setValue(
                QStyle.sliderValueFromPosition(
                    self.minimum(),
                    self.maximum(),
                    x - handle.width() // 2,
                    self.width() - handle.width(),
                    option.upsideDown,
                )
            )
        super().mousePressEvent(event)
