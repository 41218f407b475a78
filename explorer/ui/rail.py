"""The slim bar at the left: one button per page, and the theme at its foot."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID, SMALL
from explorer.ui.icons import application_icon, icon
from explorer.ui.theme import font, theme
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.theme_button import ThemeButton

WIDTH = 9 * GRID
_PILL = QSize(7 * GRID, 4 * GRID)
_ICON = 3 * GRID


class RailButton(QAbstractButton):
    """A picture over a small label; the page that is open has a pill behind its picture."""

    def __init__(
        self, name: str, label: str, shortcut: QKeySequence, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"go.{name}")
        self.setText(label)
        self.setAccessibleName(label)
        self.setIcon(icon(name, "muted"))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(WIDTH, 8 * GRID)
        self.setFont(font(SMALL, 500))
        keys = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
        set_help(f"{label} ({keys})", self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pill, the picture and the label."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pill = QRectF(0, 0, _PILL.width(), _PILL.height())
        pill.moveCenter(QPointF(self.width() / 2, GRID + _PILL.height() / 2))
        radius = pill.height() / 2
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            painter.setBrush(QColor(colours.accent_soft))
            painter.drawRoundedRect(pill, radius, radius)
        elif self.underMouse():
            painter.setBrush(QColor(colours.hover))
            painter.drawRoundedRect(pill, radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.accent), 2))
            painter.drawRoundedRect(pill.adjusted(1, 1, -1, -1), radius - 1, radius - 1)

        picture = QRectF(0, 0, _ICON, _ICON)
        picture.moveCenter(pill.center())
        state = QIcon.State.On if self.isChecked() else QIcon.State.Off
        self.icon().paint(
            painter,
            picture.toRect(),
            Qt.AlignmentFlag.AlignCenter,
            QIcon.Mode.Normal,
            state,
        )
        painter.setPen(QColor(colours.accent if self.isChecked() else colours.muted))
        label = QRectF(0, pill.bottom() + GRID / 2, self.width(), 2 * GRID)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class Mark(QWidget):
    """The mark of the application at the head of the rail."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = application_icon()
        self.setFixedSize(WIDTH, 8 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the mark."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect().adjusted(0, 14, 0, -14))
        painter.end()


class Rail(QFrame):
    """The pages to choose from.

    Parameters
    ----------
    names : iterable of str
        Names of the pages from top to bottom; each has an icon of its name.
    """

    chosen = Signal(str)
    """The name of the page that the user wants to see."""

    def __init__(self, names: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self._group = QButtonGroup(self)
        self._buttons = {
            name: RailButton(name, self.title(name), QKeySequence(f"Ctrl+{number}"))
            for number, name in enumerate(names, 1)
        }
        self.theme_button = ThemeButton()
        self.theme_button.setIconSize(QSize(20, 20))
        self.theme_button.setFixedSize(5 * GRID, 5 * GRID)
        self.theme_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2 * GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(Mark())
        for button in self._buttons.values():
            self._group.addButton(button)
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self.theme_button, 0, Qt.AlignmentFlag.AlignHCenter)

        self._group.buttonClicked.connect(self._clicked)

    def select(self, name: str) -> None:
        """Show which page is open, without a signal."""
        self._buttons[name].setChecked(True)

    def title(self, name: str) -> str:
        """Return what the user reads for a page."""
        titles = {
            "lab": self.tr("Lab"),
            "network": self.tr("Network"),
            "training": self.tr("Training"),
        }
        return titles[name]

    @Slot(QAbstractButton)
    def _clicked(self, button: QAbstractButton) -> None:
        self.chosen.emit(button.objectName().removeprefix("go."))
