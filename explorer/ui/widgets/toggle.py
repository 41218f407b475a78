"""A switch for what is either on or off."""

from PySide6.QtCore import (
    Property,
    QEasingCurve,
    QPoint,
    QPropertyAnimation,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.theme import theme
from explorer.ui.widgets.help import set_help

_TRACK = QSize(36, 20)


class Toggle(QCheckBox):
    """A line with its name on the left and the switch on the right; all of it can be pressed.

    Parameters
    ----------
    name : str
        Object name.
    label : str
        What stands on the left.
    explanation : str
        Explanation on hover and by F1.
    hue : str
        Colour of the switch when it is on: the name of a colour in `Palette`.
    """

    changed = Signal(bool)
    """The new state, when the user (or a script in the user's place) has changed it."""

    def __init__(
        self,
        name: str,
        label: str,
        explanation: str = "",
        hue: str = "accent",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(label, parent)
        self._hue = hue
        self._position = 0.0
        self._slide = QPropertyAnimation(self, b"position", self)
        self._slide.setDuration(120)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        set_help(explanation, self)
        self.toggled.connect(self._toggled)

    def value(self) -> bool:
        """Return whether it is on."""
        return self.isChecked()

    def set_value(self, value: bool) -> None:
        """Switch without a signal."""
        if value != self.isChecked():
            with QSignalBlocker(self):
                self.setChecked(value)
            self._move_knob(value)

    def sizeHint(self) -> QSize:
        """Return the room for the label, a gap and the switch."""
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        width = text.width() + 2 * GRID + _TRACK.width()
        return QSize(width, max(text.height(), 4 * GRID))

    def minimumSizeHint(self) -> QSize:
        """Return the same as `sizeHint`: the label is never cut off."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Take a press anywhere in the line."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the label, the track and the knob."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.text if self.isEnabled() else colours.disabled))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), flags | Qt.TextFlag.TextShowMnemonic, self.text())

        track = QRectF(self._track())
        off = colours.muted if self.underMouse() else colours.control
        track_colour = getattr(colours, self._hue) if self.isChecked() else off
        painter.setBrush(QColor(track_colour if self.isEnabled() else colours.border))
        painter.setPen(Qt.PenStyle.NoPen)
        frame = track
        if self.hasFocus():
            painter.setPen(QPen(QColor(colours.text), 2))
            frame = track.adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)

        knob = QRectF(0, 0, track.height() - 6, track.height() - 6)
        travel = track.width() - track.height()
        knob.moveCenter(track.center())
        knob.moveLeft(track.left() + 3 + travel * self._position)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.surface if self.isEnabled() else colours.disabled))
        painter.drawEllipse(knob)
        painter.end()

    def _track(self) -> QRect:
        track = QRect(QPoint(0, 0), _TRACK)
        track.moveCenter(self.rect().center())
        track.moveRight(self.rect().right())
        return track

    @Slot(bool)
    def _toggled(self, value: bool) -> None:
        self._move_knob(value)
        self.changed.emit(value)

    def _move_knob(self, value: bool) -> None:
        self._slide.stop()
        if self.isVisible():
            self._slide.setEndValue(float(value))
            self._slide.start()
        else:
            self._set_position(float(value))

    def _get_position(self) -> float:
        return self._position

    def _set_position(self, position: float) -> None:
        self._position = position
        self.update()

    position = Property(float, _get_position, _set_position)
    """Where the knob is, from 0 (off) to 1 (on); runs behind the value for a moment."""
