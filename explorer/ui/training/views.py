"""The card in the middle of the right column: one of several views into the network."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from explorer.core.layers import Array
from explorer.data.digits import Digits
from explorer.drawing.palette import GRID
from explorer.training.events import Answered
from explorer.training.reports import Answer
from explorer.ui.training.confusion_view import ConfusionView
from explorer.ui.training.kernels import KernelGallery
from explorer.ui.training.maps import MapView
from explorer.ui.training.mistakes import MistakeView
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice


class Views(Card):
    """Keeps the newest of everything, and shows it to the one view that can be seen."""

    digit_chosen = Signal(int)
    """The number of a test image that the user wants to look at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._weight: Array | None = None
        self._answer: Answer | None = None
        self._digits: Digits | None = None
        self._answered: Answered | None = None

        self._choice = Choice(
            "train.view",
            self.tr("View"),
            [
                ("kernels", self.tr("First layer: kernels")),
                ("maps", self.tr("Maps of every layer")),
                ("confusion", self.tr("Confusion matrix")),
                ("mistakes", self.tr("Surest mistakes")),
            ],
            self.tr(
                "What is shown of the network while it learns: the kernels of its first layer, "
                "what every layer makes of the digit below, which test digits it takes for which, "
                "and those that it is wrong about and yet sure of."
            ),
        )
        self.kernels = KernelGallery()
        self.maps = MapView()
        self.confusion = ConfusionView()
        self.mistakes = MistakeView()
        self._pages: dict[str, tuple[QWidget, Callable[[], None]]] = {
            "kernels": (self.kernels, self._show_kernels),
            "maps": (self.maps, self._show_maps),
            "confusion": (self.confusion, self._show_confusion),
            "mistakes": (self.mistakes, self._show_mistakes),
        }
        self._stale: set[str] = set()
        self._stack = QStackedWidget()
        for page, _ in self._pages.values():
            self._stack.addWidget(page)
        self._choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.body.setContentsMargins(0, GRID + GRID // 2, 0, 0)
        self.add_to_header(self._choice)
        self.body.addWidget(self._stack)

        self._choice.changed.connect(self._switch)
        self.confusion.chosen.connect(self.digit_chosen)
        self.mistakes.chosen.connect(self.digit_chosen)

    def clear(self) -> None:
        """Show nothing of any run."""
        self._weight = self._answer = self._digits = self._answered = None
        self._renew(*self._pages)

    def show_kernels(self, weight: Array) -> None:
        """Take the kernels of the first layer, (out_channels, in_channels, h, w)."""
        self._weight = weight
        self._renew("kernels")

    def show_answer(self, answer: Answer | None) -> None:
        """Take the answer to the picture that is looked at; None where there is no picture."""
        self._answer = answer
        self._renew("maps")

    def show_digits(self, digits: Digits) -> None:
        """Take the digits that the answers are about."""
        self._digits = digits

    def show_answered(self, answered: Answered) -> None:
        """Take the answers to all test digits."""
        self._answered = answered
        self._renew("confusion", "mistakes")

    def _renew(self, *names: str) -> None:
        self._stale.update(names)
        self._show()

    @Slot(str)
    def _switch(self, name: str) -> None:
        self._stack.setCurrentWidget(self._pages[name][0])
        self._show()

    def _show(self) -> None:
        """Show what is new, where it can be seen."""
        name = self._choice.value()
        if name in self._stale:
            self._stale.remove(name)
            self._pages[name][1]()

    def _show_kernels(self) -> None:
        self.kernels.show_kernels(self._weight)

    def _show_maps(self) -> None:
        self.maps.show_answer(self._answer)

    def _show_confusion(self) -> None:
        self._show_answers(self.confusion)

    def _show_mistakes(self) -> None:
        self._show_answers(self.mistakes)

    def _show_answers(self, view: ConfusionView | MistakeView) -> None:
        if self._digits is None or self._answered is None:
            view.clear()
        else:
            view.show_answers(self._digits, self._answered)
