"""A card that opens and closes."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from explorer.ui.icons import icon
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.label import Label


class Fold(Card):
    """A titled surface whose content is shown on demand.

    Parameters
    ----------
    name : str
        Object name of the button that opens it.
    title : str
        The heading.
    content : QWidget
        What is shown while it is open.
    """

    def __init__(
        self, name: str, title: str, content: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent)
        self._content = content
        self._summary = Label("", "caption")
        self._summary.setObjectName(f"{name}.summary")
        self.button = tool_button(name, title, "chevron-right", checkable=True, size=16)
        self.add_to_header(self._summary)
        self.add_to_header(self.button)
        self.body.addWidget(content)
        self.title.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.toggled.connect(self._show)
        self._show(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open and close by a press anywhere on the header line."""
        if event.position().y() <= self.button.geometry().bottom():
            self.button.toggle()

    def open(self) -> None:
        """Show the content, and bring it into sight where it is shown already."""
        if self.button.isChecked():
            self._come_into_sight()
        self.button.setChecked(True)

    def summarise(self, words: str) -> None:
        """Say on the header line, which is seen always, how matters stand inside."""
        self._summary.setText(words)
        self.button.setAccessibleDescription(words)

    @Slot(bool)
    def _show(self, opened: bool) -> None:
        self._content.setVisible(opened)
        self.button.setIcon(icon("chevron-down" if opened else "chevron-right"))
        if opened:
            QTimer.singleShot(0, self, self._come_into_sight)

    @Slot()
    def _come_into_sight(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self)
