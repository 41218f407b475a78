"""Text in one of the roles of the type scale."""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QLabel, QWidget

from explorer.drawing.palette import BODY, DISPLAY, HEADING, SMALL, TITLE
from explorer.ui.theme import font

ROLES = ("body", "display", "title", "heading", "group", "muted", "caption", "code")
"""What a text can be; the style sheet gives each its size, weight and colour."""
_SIZES = {"display": DISPLAY, "title": TITLE, "heading": HEADING, "body": BODY, "caption": SMALL}


class Label(QLabel):
    """A text that is only read.

    Parameters
    ----------
    text : str
        Plain text.
    role : str
        One of `ROLES`.
    wrap : bool
        Whether long text goes on in the next line.

    Raises
    ------
    ValueError
        If there is no such role.
    """

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        *,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        if role not in ROLES:
            raise ValueError(f"Choose a role among {', '.join(ROLES)} instead of {role!r}.")
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)

    def set_role(self, role: str) -> None:
        """Change the role; see the class for what it can be."""
        if role != self.property("role"):
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)


@lru_cache(maxsize=256)
def width_in(text: str, role: str) -> int:
    """Return the pixels that a text takes in one of the roles that differ in their size."""
    weight = 400 if role in ("body", "caption") else 600
    return QFontMetrics(font(_SIZES[role], weight)).horizontalAdvance(text) + 1
