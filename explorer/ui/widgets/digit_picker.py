"""Chooses one of the test digits: by its number, the next one, the one before, any."""

import random

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.number_box import NumberBox


class DigitPicker(QWidget):
    """Shut until it knows how many digits there are.

    Parameters
    ----------
    page : str
        What the object names begin with.
    """

    chosen = Signal(int)
    """The number of a digit, when the user has chosen one, even if it was the last one before."""

    def __init__(self, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._previous = tool_button(
            f"{page}.digit.previous", self.tr("Previous test digit"), "previous", size=16
        )
        self._box = NumberBox(0, 0)
        self._box.setObjectName(f"{page}.digit")
        self._box.setAccessibleName(self.tr("Test digit"))
        name = Label(self.tr("Test digit"), "caption")
        name.setBuddy(self._box)
        set_help(
            self.tr(
                "The number of an image of the test set, to be looked at in place of a drawing."
            ),
            name,
            self._box,
        )
        self._next = tool_button(f"{page}.digit.next", self.tr("Next test digit"), "next", size=16)
        self._random = tool_button(
            f"{page}.digit.random", self.tr("Any test digit"), "random", size=16
        )

        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 4)
        row.addWidget(name, 1)
        for widget in (self._previous, self._box, self._next, self._random):
            row.addWidget(widget)

        self._box.valueChanged.connect(self.chosen)
        self._box.lineEdit().returnPressed.connect(self._choose_again)
        self._previous.clicked.connect(self._choose_previous)
        self._next.clicked.connect(self._choose_next)
        self._random.clicked.connect(self._choose_any)
        self.set_count(0)

    def value(self) -> int:
        """Return the number that is shown."""
        return self._box.value()

    def set_value(self, number: int) -> None:
        """Show a number without a signal."""
        with QSignalBlocker(self._box):
            self._box.setValue(number)

    def set_count(self, count: int) -> None:
        """Open it for so many digits, without a signal, or shut it for none."""
        with QSignalBlocker(self._box):
            self._box.setMaximum(max(count - 1, 0))
        for widget in (self._previous, self._box, self._next, self._random):
            widget.setEnabled(count > 0)

    @Slot()
    def _choose_again(self) -> None:
        self.chosen.emit(self.value())

    @Slot()
    def _choose_previous(self) -> None:
        self._choose((self.value() - 1) % (self._box.maximum() + 1))

    @Slot()
    def _choose_next(self) -> None:
        self._choose((self.value() + 1) % (self._box.maximum() + 1))

    @Slot()
    def _choose_any(self) -> None:
        self._choose(random.randint(0, self._box.maximum()))

    def _choose(self, number: int) -> None:
        self.set_value(number)
        self.chosen.emit(number)
