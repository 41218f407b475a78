"""The button that chooses between the light theme, the dark theme and the desktop's."""

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help

_PICTURES = {"system": "contrast", "light": "sun", "dark": "moon"}


class ThemeButton(QToolButton):
    """A tool button with a menu; it only tells what is wished for."""

    chosen = Signal(str)
    """One of `explorer.ui.theme.MODES`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("theme")
        self.setAccessibleName(self.tr("Theme"))
        self._menu = QMenu(self)
        group = QActionGroup(self)
        self._actions: dict[str, QAction] = {}
        for mode, text in self._texts().items():
            action = group.addAction(icon(_PICTURES[mode]), text)
            action.setObjectName(f"theme.{mode}")
            action.setCheckable(True)
            action.setData(mode)
            self._actions[mode] = action
        self._menu.addActions(group.actions())
        self._show_mode(theme.mode())

        group.triggered.connect(self._triggered)
        self.clicked.connect(self._open)
        theme.mode_changed.connect(self._show_mode)

    @Slot(str)
    def _show_mode(self, mode: str) -> None:
        self._actions[mode].setChecked(True)
        self.setIcon(icon(_PICTURES[mode], "muted"))
        set_help(self.tr("Theme: {mode}").format(mode=self._texts()[mode]), self)

    @Slot()
    def _open(self) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        height = self._menu.sizeHint().height()
        self._menu.popup(self.mapToGlobal(QPoint(self.width() + GRID, self.height() - height)))

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())

    def _texts(self) -> dict[str, str]:
        return {
            "system": self.tr("Like the desktop"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }
