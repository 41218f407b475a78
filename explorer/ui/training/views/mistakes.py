"""The test digits that the network gets wrong, those first of which it was surest."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.digits import Digits
from explorer.drawing.palette import GRID
from explorer.training.events import Answered
from explorer.training.metrics import surest
from explorer.ui.training.views.thumbnails import Thumbnails, thumbnails
from explorer.ui.widgets.awaited import Awaited
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

MOST = 120


class MistakeView(Awaited):
    """A gallery, and how many mistakes there are altogether."""

    chosen = Signal(int)
    """The number of the test image that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        content = QWidget()
        super().__init__("", content, parent)
        self._count = Label("", "caption")
        self._count.setObjectName("train.mistakes.count")
        self._gallery = Thumbnails("train.mistakes", self.tr("The surest mistakes"))
        set_help(
            self.tr("The digits that the network gets wrong. Click one to look at it."), self._count
        )
        # It scrolls: the card has as much room as there is, and not more.
        self._gallery.setMinimumHeight(1)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self._count)
        column.addWidget(self._gallery, 1)
        self._gallery.chosen.connect(self.chosen)
        self.clear()

    def clear(self) -> None:
        """Say what to do."""
        self.say(self.tr("The mistakes are found after every epoch: press One epoch or Start."))

    def show_answers(self, digits: Digits, answered: Answered) -> None:
        """Show the mistakes among the answers to the test images."""
        wrong = digits.test_labels != answered.answers
        numbers = surest(answered.confidences, wrong).tolist()
        if not numbers:
            self.say(self.tr("No mistake: all test digits are recognised."))
            return
        text = self.tr("{wrong:,} of {all:,} are wrong, the surest first")
        self._count.setText(text.format(wrong=len(numbers), all=len(wrong)))
        self._gallery.show_items(thumbnails(digits, answered, numbers[:MOST]))
        self.set_there(True)
