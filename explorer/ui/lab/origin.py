"""The bar above the Lab that says where it has its numbers from, and leads back there."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.scene import LabState, Visit
from explorer.drawing.palette import GRID
from explorer.ui.lab.document import LabDocument
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label


class OriginBar(QFrame):
    """Shows the `Visit` of the state; takes no room while there is none."""

    back_wanted = Signal(str)
    """Name of the page to go back to."""

    def __init__(self, document: LabDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lab.origin")
        self.setProperty("kind", "origin")
        self._document = document
        self._visit: Visit | None = None

        self.back = push_button("lab.back", self.tr("Back"), picture="arrow-left")
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._title = Label("", "group", wrap=True)
        self._title.setObjectName("lab.origin.title")
        self._note = Label("", wrap=True)
        self._note.setObjectName("lab.origin.note")
        self.close_button = tool_button(
            "lab.origin.close",
            self.tr("Close"),
            "close",
            self.tr("Put this line away; what the Lab shows stays."),
            size=16,
        )
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._note)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID * 3 // 4, GRID // 2, GRID * 3 // 4)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

        self.back.clicked.connect(self.go_back)
        self.close_button.clicked.connect(self._put_away)
        document.changed.connect(self._on_changed)

    @Slot()
    def go_back(self) -> None:
        """Ask for the page that all this has come from, if it has come from one."""
        if self._visit is not None:
            self.back_wanted.emit(self._visit.page)

    @Slot()
    def _put_away(self) -> None:
        self._document.look(visit=None)

    @Slot(object, object)
    def _on_changed(self, new: LabState, old: LabState) -> None:
        if new.visit is self._visit:
            return
        self._visit = visit = new.visit
        if visit is not None:
            label = self._label(visit.page)
            self.back.setText(label)
            self.back.setAccessibleName(label)
            set_help(self.tr("Go back to where this was opened (Alt+Left)"), self.back)
            self._title.setText(visit.title)
            self._title.setVisible(bool(visit.title))
            self._note.setText(visit.note)
            self._note.setVisible(bool(visit.note))
        self.setVisible(visit is not None)

    def _label(self, page: str) -> str:
        labels = {
            "training": self.tr("Back to Training"),
            "network": self.tr("Back to the Network"),
        }
        return labels.get(page, self.tr("Back"))
