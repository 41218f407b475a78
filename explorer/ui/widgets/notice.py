"""A message in place: what happened, and what can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.glyph import Glyph
from explorer.ui.widgets.label import Label

KINDS = ("info", "success", "warning", "error")
"""Each has a colour, an icon of the same name, and a word for those who see neither."""

BUTTONS_IN_A_ROW = 2
"""More would not fit beside the canvas of the smallest window."""


class Notice(QFrame):
    """A line with an icon, a text and buttons; it takes no room while there is nothing to say.

    Parameters
    ----------
    name : str
        Object name; the button that closes it is called ``<name>.close``.
    closable : bool
        Whether the user can put it away.
    compact : bool
        Whether the buttons are beside the text, which has to be short, and not below it.
    """

    closed = Signal()
    """The user has put the message away."""

    def __init__(
        self,
        name: str = "notice",
        *,
        closable: bool = False,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._buttons: list[QPushButton] = []
        self._glyph = Glyph("info", "accent")
        self._text = Label(wrap=True)
        self._text.setMinimumHeight(4 * GRID)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.close_button = tool_button(f"{name}.close", self.tr("Close"), "close", size=16)
        self.close_button.setVisible(closable)

        message = QHBoxLayout()
        message.setSpacing(GRID)
        message.addWidget(self._glyph)
        message.addWidget(self._text, 1)
        self._actions = QGridLayout()
        self._actions.setSpacing(GRID)
        self._are_below = not compact
        if compact:
            message.addLayout(self._actions)
        message.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID + 4, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(message)
        if self._are_below:
            # Where the text begins, which may be long.
            self._actions.setColumnStretch(BUTTONS_IN_A_ROW, 1)
            layout.addLayout(self._actions)
        self.hide()

        self.close_button.clicked.connect(self._closed)

    def text(self) -> str:
        """Return the message, empty when there is none."""
        return self._text.text()

    def kind(self) -> str:
        """Return the kind of the message, one of `KINDS`, or an empty text."""
        return str(self.property("kind") or "")

    def show_message(self, kind: str, text: str) -> None:
        """Show one sentence and take away the buttons of the last message.

        The notice has to be in its layout by then, or it would open a window of its own.

        Raises
        ------
        ValueError
            If `kind` is not one of `KINDS`.
        """
        if kind not in KINDS:
            raise ValueError(f"Choose a kind among {', '.join(KINDS)} instead of {kind!r}.")
        self._take_buttons_away()
        if self.isVisible() and (kind, text) == (self.kind(), self.text()):
            return
        self._glyph.set_icon(kind, "accent" if kind == "info" else kind)
        self._text.setText(text)
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self.setAccessibleName(f"{self._spoken(kind)}: {text}")
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def add_action(
        self, name: str, text: str, slot: Callable[[], object], explanation: str = ""
    ) -> QPushButton:
        """Add a button which does something about it, until the next message."""
        button = push_button(name, text, explanation)
        button.clicked.connect(slot)
        self._buttons.append(button)
        row, column = divmod(self._actions.count(), BUTTONS_IN_A_ROW)
        self._actions.addWidget(button, row, column)
        if self._are_below:
            self._actions.setContentsMargins(self._glyph.width() + GRID, 0, 0, GRID // 2)
        button.show()
        return button

    def clear(self) -> None:
        """Put the message away."""
        self._take_buttons_away()
        self._text.clear()
        self.setProperty("kind", "")
        self.hide()

    @Slot()
    def _closed(self) -> None:
        self.clear()
        self.closed.emit()

    def _take_buttons_away(self) -> None:
        while self._buttons:
            button = self._buttons.pop()
            self._actions.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._actions.setContentsMargins(0, 0, 0, 0)

    def _spoken(self, kind: str) -> str:
        return {
            "info": self.tr("Note"),
            "success": self.tr("Done"),
            "warning": self.tr("Warning"),
            "error": self.tr("Error"),
        }[kind]
