"""Fields that leave the mouse wheel to the panel they are in."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

# Two Qt classes among the bases of one widget crash PySide, so this is none when it runs.
if TYPE_CHECKING:
    _Base = QWidget
else:
    _Base = object


class CalmWheel(_Base):
    """Mix-in: the wheel changes the value only of the control that has the keyboard.

    Put it before the Qt class in the list of bases and call `calm` once in the constructor.
    """

    def calm(self) -> None:
        """Keep the wheel from giving the keyboard to this control."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the scroll area around this control have the wheel unless it has the keyboard."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
