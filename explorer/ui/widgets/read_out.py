"""A result that can be selected and copied."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help


class ReadOut(QWidget):
    """A text of fixed-width characters with a button that copies it.

    Parameters
    ----------
    name : str
        Object name of the label; the button is called ``<name>.copy``.
    label : str
        What a screen reader calls it.
    explanation : str
        Explanation on hover and by F1.
    """

    def __init__(
        self, name: str, label: str, explanation: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._plain = ""
        self.label = QLabel()
        self.label.setObjectName(name)
        self.label.setAccessibleName(label)
        self.label.setProperty("role", "code")
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_help(explanation, self.label)
        self.copy = tool_button(f"{name}.copy", self.tr("Copy"), "copy", size=16)
        self._back = QTimer(self)
        self._back.setSingleShot(True)
        self._back.setInterval(1200)

        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)

        self.copy.clicked.connect(self._copy)
        self._back.timeout.connect(self._show_copy)

    def text(self) -> str:
        """Return the plain text, as it is copied."""
        return self._plain

    def set_text(self, plain: str, rich: str = "") -> None:
        """Show `rich`, or `plain` where there is none; copying gives `plain`."""
        self._plain = plain
        self.label.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
        self.label.setText(rich or plain)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._plain)
        self.copy.setIcon(icon("check", "success"))
        self._back.start()

    @Slot()
    def _show_copy(self) -> None:
        self.copy.setIcon(icon("copy"))
