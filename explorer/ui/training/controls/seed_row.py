"""The seed of a run, and a die for another one."""

import random

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.number_row import ParameterRow

HIGHEST = 999
"""Of the seeds that are offered; the command line takes any."""


class SeedRow(ParameterRow):
    """The row of a parameter with a button that draws another seed than the present one.

    Parameters
    ----------
    label_width : int
        Room for the label and the button, so that the sliders of a panel stand in line.
    """

    def __init__(self, label_width: int = 13 * GRID, parent: QWidget | None = None) -> None:
        super().__init__(
            "train.seed",
            self.tr("Seed"),
            0,
            HIGHEST,
            self.tr("The same seed begins with the same weights and the same order of images."),
            parent=parent,
        )
        self._new = tool_button(
            "train.new_seed", self.tr("New seed"), "random", self.tr("Draw another seed"), size=16
        )
        line = self.layout()
        assert isinstance(line, QBoxLayout)
        line.insertWidget(1, self._new)
        self.label.setMinimumWidth(label_width - self._new.width() - line.spacing())
        self._new.clicked.connect(self._draw)

    @Slot()
    def _draw(self) -> None:
        # Of all but the present one: the last one stands in its place.
        seed = random.randrange(HIGHEST)
        self.set_value(HIGHEST if seed == self.value() else seed)
        self.changed.emit(self.value())
