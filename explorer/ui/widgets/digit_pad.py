"""A pad for digits, which shows those of the test set as well."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QWidget

from explorer.data.digits import IMAGE_SIZE
from explorer.ui.widgets.drawing_pad import DrawingPad

FINER = 4
"""The paper has so many times as many pixels as a digit: a drawing of any size stays sharp."""


class DigitPad(DrawingPad):
    """Paper for a digit; a stroke over one of the test set begins a new drawing in its place."""

    def __init__(self, name: str, label: str, parent: QWidget | None = None) -> None:
        h, w = IMAGE_SIZE
        super().__init__(name, label, (FINER * h, FINER * w), parent=parent)
        self._is_shown = False

    def show_digit(self, image: npt.NDArray[np.uint8]) -> None:
        """Show an image, uint8 (28, 28), without a signal."""
        self.set_value(np.kron(image, np.ones((FINER, FINER))).astype(np.float32))
        self._is_shown = True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take new paper for a stroke over a digit; the eraser works on the digit itself."""
        erases = event.pointerType() == QPointingDevice.PointerType.Eraser
        if self._is_shown and event.button() == Qt.MouseButton.LeftButton and not erases:
            self.set_value(np.zeros(self.grid_size(), np.float32))
        self._is_shown = False
        super().mousePressEvent(event)
