"""A decimal parameter on a straight or a logarithmic slider."""

from math import log10

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.number_box import DecimalBox
from explorer.ui.widgets.slider import Slider

NOTCHES = 400
"""Positions of the slider; the box holds numbers between them as well."""


class DecimalRow(QWidget):
    """A label and a box for a decimal number, and a slider below them.

    Parameters
    ----------
    name : str
        Object name of the slider; the box is called ``<name>.box``.
    label : str
        What stands on the left.
    minimum, maximum : float
        The bounds, both included.
    decimals : int
        Digits behind the point.
    logarithmic : bool
        Whether equal ways on the slider are equal factors; `minimum` is above zero then.
    explanation : str
        Explanation on hover and by F1.
    """

    changed = Signal(float)
    """The new number, when the user has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        minimum: float,
        maximum: float,
        decimals: int,
        *,
        logarithmic: bool = False,
        explanation: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bounds = minimum, maximum
        self._logarithmic = logarithmic
        self.label = QLabel(label)
        self.slider = Slider()
        self.slider.setRange(0, NOTCHES)
        self.slider.setPageStep(NOTCHES // 10)
        self.box = self._new_box(minimum, maximum, decimals)
        self.label.setBuddy(self.slider)
        for widget, object_name in ((self.slider, name), (self.box, f"{name}.box")):
            widget.setObjectName(object_name)
            widget.setAccessibleName(label)
        set_help(explanation, self.label, self.slider, self.box)

        heading = QHBoxLayout()
        heading.addWidget(self.label, 1)
        heading.addWidget(self.box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(heading)
        layout.addWidget(self.slider)

        self.slider.valueChanged.connect(self._slid)
        self.box.valueChanged.connect(self._typed)

    def value(self) -> float:
        """Return the number in the box."""
        return self.box.value()

    def set_value(self, value: float) -> None:
        """Show `value`, or the bound next to it, without a signal."""
        with QSignalBlocker(self.box):
            self.box.setValue(value)
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._notch(self.box.value()))

    def _new_box(self, minimum: float, maximum: float, decimals: int) -> DecimalBox:
        return DecimalBox(minimum, maximum, decimals, 10.0**-decimals)

    def _notch(self, value: float) -> int:
        low, high, at = (self._scaled(number) for number in (*self._bounds, value))
        return round(NOTCHES * (at - low) / (high - low))

    def _scaled(self, value: float) -> float:
        return log10(value) if self._logarithmic else value

    def _unscaled(self, at: float) -> float:
        return float(10.0**at) if self._logarithmic else at

    @Slot(int)
    def _slid(self, notch: int) -> None:
        low, high = (self._scaled(number) for number in self._bounds)
        at = low + (high - low) * notch / NOTCHES
        with QSignalBlocker(self.box):
            self.box.setValue(self._unscaled(at))
        self.changed.emit(self.box.value())

    @Slot(float)
    def _typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._notch(value))
        self.changed.emit(value)
