"""What a network answers to the picture that is looked at."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.data.classes import DIGITS
from explorer.data.digits import CLASSES
from explorer.drawing.answer import (
    MOST_BARS,
    SUREST,
    Probabilities,
    draw_answer,
    in_words,
    percent,
    shown_classes,
    what_is_seen,
)
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help


class AnswerBars(QWidget):
    """Bars, painted in one go: they change several times a second."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._probabilities: Probabilities = np.zeros(CLASSES, np.float32)
        self._seen: tuple[object, ...] = ()
        """What was drawn last."""
        self._names: Sequence[str] = DIGITS
        self._explain()

    def text(self) -> str:
        """Return the name of the likeliest class and how likely it is."""
        return in_words(self._probabilities, self._names)

    def set_names(self, names: Sequence[str]) -> None:
        """Take the names of the classes."""
        if len(names) != len(self._probabilities):
            # What is there is the answer of another network.
            self._probabilities = np.zeros(len(names), np.float32)
            self._seen = ()
        self._names = names
        self._explain()
        self.update()

    def show_probabilities(self, probabilities: Probabilities) -> None:
        """Show float32 (K,), one for each name."""
        self._probabilities = probabilities
        spoken = self.tr("Answer: {words}").format(words=self.text())
        if spoken != self.accessibleName():
            self.setAccessibleName(spoken)
            shown = shown_classes(probabilities)
            lines = (f"{self._names[n]}: {percent(float(probabilities[n]))}" for n in shown)
            self.setAccessibleDescription(", ".join(lines))
        seen = what_is_seen(probabilities)
        if seen != self._seen:
            self._seen = seen
            self.update()

    def _explain(self) -> None:
        count = len(self._names)
        if count == CLASSES:
            text = self.tr(
                "How likely the network takes each digit to be; all ten add up to 100 %."
            )
        elif count <= MOST_BARS:
            text = self.tr("How likely the network takes each class to be; together 100 %.")
        else:
            text = self.tr(
                "How likely the network takes the surest {shown} of the {count} classes to be; all "
                "together add up to 100 %."
            )
        set_help(text.format(shown=SUREST, count=count), self)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        place = QRectF(self.rect())
        draw_answer(painter, self._probabilities, theme.current(), place, self._names)
        painter.end()
