"""One parameter in one line: its name, a slider and a box with the number."""

from PySide6.QtCore import QSignalBlocker, QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.widgets.slider import Slider

NARROW = 29 * GRID
"""Width of a row below which its label goes on in a second line, for the slider to be of use."""
NARROW_LABEL = 9 * GRID
QWIDGETSIZE_MAX = 16_777_215
"""Qt's word for no limit."""


class ParameterRow(QWidget):
    """A label, a slider and a number box which agree as far as the slider reaches.

    Parameters
    ----------
    name : str
        Object name of the slider; the box is called ``<name>.box``.
    label : str
        What stands on the left.
    minimum, maximum : int
        The bounds, both included.
    explanation : str
        What it does, its range and why the limit is where it is; shown on hover and by F1.
    hue : str
        Colour of the slider, one of `explorer.drawing.palette.HUES`; empty for the accent colour.
    accessible_name : str
        What a screen reader says, where `label` alone would not do.
    label_width : int
        Smallest width of the label in pixels, so that the sliders of a panel stand in line.
    """

    changed = Signal(int)
    """The new value, when the user (or a script in the user's place) has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        minimum: int,
        maximum: int,
        explanation: str = "",
        hue: str = "",
        *,
        accessible_name: str = "",
        label_width: int = 13 * GRID,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.label = QLabel(label)
        self.slider = Slider(hue)
        self.box = NumberBox(minimum, maximum)
        self._wide_label: int | None = None
        """Smallest width of the label before it was made narrow."""
        self.label.setMinimumWidth(label_width)
        self.label.setBuddy(self.slider)
        self.slider.setRange(minimum, maximum)
        for widget, object_name in ((self.slider, name), (self.box, f"{name}.box")):
            widget.setObjectName(object_name)
            widget.setAccessibleName(accessible_name or label)
        self.set_help(explanation)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.label)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.box)

        self.slider.valueChanged.connect(self._moved)
        self.box.valueChanged.connect(self._moved)

    def value(self) -> int:
        """Return the number shown."""
        return self.box.value()

    def set_value(self, value: int) -> None:
        """Show `value`, or the bound next to it, without a signal."""
        for widget in (self.slider, self.box):
            with QSignalBlocker(widget):
                widget.setValue(value)

    def set_range(self, minimum: int, maximum: int, typed: int | None = None) -> None:
        """Set the bounds without a signal; a value outside moves to the nearest one.

        Parameters
        ----------
        typed : int or None
            What may be typed at most, where that is more than the slider reaches.
        """
        for widget, most in ((self.slider, maximum), (self.box, typed or maximum)):
            with QSignalBlocker(widget):
                widget.setRange(minimum, most)

    def set_help(self, text: str) -> None:
        """Set the explanation of all three parts."""
        set_help(text, self.label, self.slider, self.box)

    def minimumSizeHint(self) -> QSize:
        """Return the width of a row with a label in two lines."""
        return QSize(20 * GRID, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        narrow = event.size().width() < NARROW
        if narrow and self._wide_label is None:
            self._wide_label = self.label.minimumWidth()
            self.label.setMinimumWidth(min(self._wide_label, NARROW_LABEL))
            if self.label.sizeHint().width() > NARROW_LABEL:
                self.label.setWordWrap(True)
                self.label.setMaximumWidth(NARROW_LABEL)
        elif not narrow and self._wide_label is not None:
            self.label.setWordWrap(False)
            self.label.setMaximumWidth(QWIDGETSIZE_MAX)
            self.label.setMinimumWidth(self._wide_label)
            self._wide_label = None
        super().resizeEvent(event)

    @Slot(int)
    def _moved(self, value: int) -> None:
        self.set_value(value)
        self.changed.emit(value)
