"""A titled surface that holds what belongs together."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.label import Label


class Card(QFrame):
    """A rounded surface with an optional heading.

    Parameters
    ----------
    title : str
        The heading; without one the card has no header line until `add_to_header` is used.

    Attributes
    ----------
    body : QVBoxLayout
        Where the content goes.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = Label(title, "heading")
        self.title.setVisible(bool(title))
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)

        self._header = QHBoxLayout()
        self._header.setSpacing(GRID // 2)
        self._header.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID + GRID // 2 if title else 0)
        layout.addLayout(self._header)
        layout.addLayout(self.body, 1)

    def add_to_header(self, widget: QWidget) -> None:
        """Put a control at the right end of the header line."""
        self._header.addWidget(widget)
