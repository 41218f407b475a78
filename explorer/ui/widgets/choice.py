"""A box to choose one of a few named values from."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.help import set_help

MOST_LINES = 16
_CHEVRON = QSize(16, 16)


class Choice(CalmWheel, QComboBox):
    """A drop-down list of (value, text) pairs.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        What a screen reader calls it.
    items : sequence of (str, str)
        The values and what the user reads for them.
    explanation : str
        Explanation on hover and by F1.
    """

    changed = Signal(str)
    """The new value, when the user (or a script in the user's place) has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        items: Sequence[tuple[str, str]] = (),
        explanation: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.calm()
        self.setObjectName(name)
        self.setAccessibleName(label)
        # The longest text must not widen the panel.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(MOST_LINES)
        # The plain delegate, other than the one of combo boxes, heeds the style sheet.
        self.setItemDelegate(QStyledItemDelegate(self))
        self._chevron = icon("chevron-down", "muted")
        set_help(explanation, self)
        self.set_items(items)
        self.currentIndexChanged.connect(self._chosen)

    def value(self) -> str:
        """Return the chosen value, or an empty text when there is none."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose `value` without a signal; a value which is not in the list leaves none chosen."""
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(value))

    def set_items(self, items: Sequence[tuple[str, str]]) -> None:
        """Replace the list without a signal; the chosen value stays if it is still there."""
        before = self.value()
        with QSignalBlocker(self):
            self.clear()
            for value, text in items:
                self.addItem(text, value)
            self.setCurrentIndex(max(self.findData(before), 0 if items else -1))

    def showPopup(self) -> None:
        """Make the list as wide as its longest text."""
        view = self.view()
        view.setMinimumWidth(view.sizeHintForColumn(0) + 5 * GRID)
        if self.count() > self.maxVisibleItems():
            # It says that there is more, which nothing else does.
            view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, shortened to the room it has, and the arrow in the theme's colour."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - _CHEVRON.width() - 3 * GRID
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

        place = QRect(QPoint(0, 0), _CHEVRON)
        place.moveCenter(self.rect().center())
        place.moveRight(self.rect().right() - GRID)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self._chevron.paint(painter, place, Qt.AlignmentFlag.AlignCenter, mode)
        painter.end()

    @Slot(int)
    def _chosen(self, _index: int) -> None:
        self.changed.emit(self.value())
