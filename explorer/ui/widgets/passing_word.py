"""What went well, in a word that takes no room from anything and goes by itself."""

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

STAYS_MS = 6000
"""How long it can be read."""
LEAST = 8 * GRID
"""Pixels below which a word with dots says nothing any more."""


class PassingWord(Label):
    """Stands at the right of the room that is left, shortened to it.

    Parameters
    ----------
    name : str
        Object name.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__("", "caption", parent=parent)
        self.setObjectName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._said = ""
        self._stays = QTimer(self, interval=STAYS_MS, singleShot=True)
        self._stays.timeout.connect(self.fall_silent)

    def said(self) -> str:
        """Return the whole sentence, as long as it is there."""
        return self._said

    @Slot(str)
    def say(self, sentence: str) -> None:
        """Show a sentence for a while; an empty one takes away what is there."""
        self._said = sentence
        self._fit()
        self._stays.start()

    @Slot()
    def fall_silent(self) -> None:
        """Take away what is there."""
        self.say("")
        self._stays.stop()

    def minimumSizeHint(self) -> QSize:
        """Ask for no width at all."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the sentence to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width()
        text = self.fontMetrics().elidedText(self._said, Qt.TextElideMode.ElideRight, room)
        self.setText(text if text == self._said or room >= LEAST else "")
        set_help("" if self.text() == self._said else self._said, self)
