"""In the place of a run that has been removed: the offer to bring it back."""

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from explorer.drawing.palette import GRID, RADIUS
from explorer.ui.theme import font, theme
from explorer.ui.training.runs.run_chip import BUTTON_WIDTH, HEIGHT, LEAST_WIDTH
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help


class RestoreChip(QWidget):
    """As large as the chip of a run; where that had its cross, there is nothing to be hit."""

    wanted = Signal()
    """The run is to come back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.removed")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = self._text = ""
        self.undo = tool_button("train.removed.undo", self.tr("Undo"), "undo", size=14)
        self.undo.setText(self.tr("Undo"))
        self.undo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.undo.setMaximumWidth(16777215)
        self.undo.setMinimumWidth(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, BUTTON_WIDTH + 3, 0)
        row.addStretch(1)
        row.addWidget(self.undo)
        self.undo.clicked.connect(self._on_clicked)
        self.hide()

    def show_name(self, name: str) -> None:
        """Say which run has gone."""
        self._name = name
        self._text = self.tr("Removed {name}").format(name=name)
        self.setAccessibleName(self._text)
        set_help(self._text, self)
        self.undo.setAccessibleName(self.tr("Undo: bring {name} back").format(name=name))
        set_help(self.tr("Bring {name} back").format(name=name), self.undo)
        self.update()

    def sizeHint(self) -> QSize:
        """Return one line."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return as little as a chip needs."""
        return QSize(LEAST_WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a dashed frame, and the text before the button."""
        palette = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(palette.border), 1, Qt.PenStyle.DashLine))
        frame = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS - 2, RADIUS - 2)
        painter.setPen(QColor(palette.muted))
        plain = font()
        painter.setFont(plain)
        place = QRect(GRID, 0, self.undo.x() - GRID - GRID // 2, self.height())
        text = self._text
        if painter.fontMetrics().horizontalAdvance(text) > place.width():
            # Its name alone is shorter, and crossed out it says the same.
            plain.setStrikeOut(True)
            painter.setFont(plain)
            text = painter.fontMetrics().elidedText(
                self._name, Qt.TextElideMode.ElideRight, place.width()
            )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit()
