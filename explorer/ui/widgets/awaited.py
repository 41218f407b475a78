"""A place for what is not there yet: a sentence says what to do until it is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.ui.widgets.label import Label


class Awaited(QStackedWidget):
    """Shows `sentence`, and `content` in its place once there is something to see.

    Parameters
    ----------
    sentence : str
        What to do so that something comes.
    content : QWidget
        What shows it then.
    """

    def __init__(self, sentence: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = Label(sentence, "muted", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self._sentence)
        self.addWidget(content)

    def say(self, sentence: str) -> None:
        """Show a sentence in place of the content."""
        self._sentence.setText(sentence)
        self.setCurrentIndex(0)

    def set_there(self, there: bool) -> None:
        """Show the content, or the sentence where it is not there."""
        self.setCurrentIndex(int(there))
