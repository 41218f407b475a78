"""The button that adds a layer, with a menu of all that there are."""

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.core.layers import MODULE_GROUPS
from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.sentences import translated
from explorer.ui.widgets.help import set_help


class AddButton(QToolButton):
    """A tool button; it only tells what is wished for."""

    chosen = Signal(str)
    """torch's name of a kind of layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("network.add")
        self.setText(self.tr("Add layer"))
        self.setAccessibleName(self.tr("Add layer"))
        self.setIcon(icon("plus"))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFixedHeight(4 * GRID)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_help(
            self.tr("Put a layer behind the chosen one, or at the end, set to fit there."), self
        )
        self._menu = QMenu(self)
        self._menu.setObjectName("network.add.menu")
        for title, kinds in MODULE_GROUPS:
            group = self._menu.addMenu(translated(title))
            first_word = title.source.split()[0].lower()  # stays as it is in every language
            group.setObjectName(f"network.add.{first_word}")
            for kind in kinds:
                action = group.addAction(kind.__name__)
                action.setObjectName(f"network.add.{kind.__name__}")
                action.setData(kind.__name__)

        self._menu.triggered.connect(self._triggered)
        self.clicked.connect(self._open)

    @Slot()
    def _open(self) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())
