"""A box to choose one of a few named values from."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QIcon, QPaintEvent, QPalette, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QWidget,
)

from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.theme import theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.help import set_help

MOST_LINES = 16
FEWEST_LINES = 4
"""Lines that are shown in the lowest window."""
_CHEVRON = QSize(16, 16)

Items = Sequence[tuple[str | None, str]]
"""The values and what the user reads for them; None stands before the title of a group."""


class Choice(CalmWheel, QComboBox):
    """A drop-down list of (value, text) pairs, in groups where there are titles among them.

    A title cannot be chosen: the keyboard passes over it.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        What a screen reader calls it.
    items : sequence of (str or None, str)
        The values and what the user reads for them; None for the title of a group.
    explanation : str
        Explanation on hover and by F1.
    """

    changed = Signal(str)
    """The new value, when the user (or a script in the user's place) has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        items: Items = (),
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

    def set_items(self, items: Items) -> None:
        """Replace the list without a signal; the chosen value stays if it is still there."""
        before = self.value()
        with QSignalBlocker(self):
            self.clear()
            group = ""
            for value, text in items:
                self.addItem(text, value)
                if value is None:
                    group = text
                    self._make_title(self.count() - 1)
                elif group:
                    spoken = f"{group}: {text}"
                    self.setItemData(self.count() - 1, spoken, Qt.ItemDataRole.AccessibleTextRole)
            first = next((i for i, (value, _) in enumerate(items) if value is not None), -1)
            found = self.findData(before)
            self.setCurrentIndex(first if found < 0 else found)

    def showPopup(self) -> None:
        """Make the list as wide as its longest text, and keep it within the window."""
        # Not before: the list is many widgets, which most choices never show.
        if not isinstance(self.itemDelegate(), _Line):
            self.setItemDelegate(_Line(self))
        view, window = self.view(), self.window()
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + 5 * GRID, window.width()))
        room = (window.height() - 2 * GRID) // max(view.sizeHintForRow(0), 1)
        self.setMaxVisibleItems(max(min(MOST_LINES, room), FEWEST_LINES))
        if self.count() > self.maxVisibleItems():
            # It says that there is more, which nothing else does.
            view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        super().showPopup()
        frame = view.parentWidget()
        if frame is not None:
            frame.move(_inside(frame.geometry(), window.geometry()))

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
        if self.currentData() is not None:  # a script may stand at a title, which is no choice
            self.changed.emit(self.value())

    def _make_title(self, row: int) -> None:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(row)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        item.setFont(bold)


class _Line(QStyledItemDelegate):
    """Paints as the style sheet says, which the delegate of combo boxes does not, and titles."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Give titles a colour that can be read, unlike that of what is disabled."""
        super().initStyleOption(option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            option.palette.setColor(QPalette.ColorRole.Text, QColor(theme.current().muted))


def _inside(place: QRect, around: QRect) -> QPoint:
    """Return where `place` begins once it has been moved into `around`."""
    x = max(around.left(), min(place.left(), around.right() + 1 - place.width()))
    y = max(around.top(), min(place.top(), around.bottom() + 1 - place.height()))
    return QPoint(x, y)
