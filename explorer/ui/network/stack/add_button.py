"""The button that adds a layer, with a menu of all that there are."""

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.widgets.help import set_help

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "convolution": ("Conv2d", "ConvTranspose2d"),
    "pooling": ("MaxPool2d", "AvgPool2d", "LPPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d"),
    "activation": (
        "ReLU",
        "LeakyReLU",
        "ELU",
        "SiLU",
        "Sigmoid",
        "Tanh",
        "Softmax",
        "LogSoftmax",
    ),
    "normalisation": ("BatchNorm2d", "Dropout", "Dropout2d"),
    "linear": ("Flatten", "Linear"),
}
"""The kinds of layers, in the groups in which they are offered."""


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
        for name, title in self._titles().items():
            group = self._menu.addMenu(title)
            group.setObjectName(f"network.add.{name}")
            for kind in GROUPS[name]:
                action = group.addAction(kind)
                action.setObjectName(f"network.add.{kind}")
                action.setData(kind)

        self._menu.triggered.connect(self._triggered)
        self.clicked.connect(self._open)

    def _titles(self) -> dict[str, str]:
        return {
            "convolution": self.tr("Convolution"),
            "pooling": self.tr("Pooling"),
            "activation": self.tr("Activation"),
            "normalisation": self.tr("Normalisation and dropout"),
            "linear": self.tr("Flatten and linear"),
        }

    @Slot()
    def _open(self) -> None:
        # popup() and not exec(): a script that presses the button must not wait for the menu.
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        self.chosen.emit(action.data())
