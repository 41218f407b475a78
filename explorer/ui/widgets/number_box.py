"""Boxes to type a number in: flat, forgiving, deaf to the wheel while the panel scrolls."""

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLocale, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QValidator,
)
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QToolTip, QWidget

from explorer.drawing.palette import RADIUS
from explorer.ui.theme import theme
from explorer.ui.widgets.calm_wheel import CalmWheel

if TYPE_CHECKING:

    class _Base(CalmWheel, QAbstractSpinBox):
        pass

else:
    # Two Qt classes among the bases of one widget crash PySide.
    _Base = CalmWheel

Judgement = tuple[QValidator.State, str, int]
"""Whether a text will do, the text, and where the cursor stands in it."""


class _Box(_Base):
    """What both boxes have in common."""

    def prepare(self) -> None:
        self.calm()
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFixedHeight(28)
        # One change for "12", not one for "1" and one for "12".
        self.setKeyboardTracking(False)
        # Digits grouped by a comma could not be told from a pair.
        self.setGroupSeparatorShown(False)
        self.setLocale(QLocale.c())

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the page unless there is typing to take back."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo)
            redo = event.matches(QKeySequence.StandardKey.Redo)
            if (undo or redo) and not self.lineEdit().isModified():
                event.ignore()
                return False
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame; a style sheet would misplace the text of a box without arrows."""
        colours = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = colours.control if self.underMouse() and self.isEnabled() else colours.border
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(QColor(colours.accent if self.hasFocus() else edge), width))
        painter.setBrush(QColor(colours.surface if self.hasFocus() else colours.window))
        inset = width / 2
        frame = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(frame, RADIUS - 2 - inset, RADIUS - 2 - inset)
        painter.end()


class NumberBox(_Box, QSpinBox):
    """A box for a whole number; what is typed out of range becomes the nearest bound.

    It says so, and what the bounds are.
    """

    def __init__(self, minimum: int, maximum: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prepare()
        self.setRange(minimum, maximum)
        self.setFixedWidth(56)

    def validate(self, text: str, position: int) -> Judgement:
        """Let any number be typed; a broken one is rounded when the box is left."""
        if re.fullmatch(r"-?\d*([.,]\d*)?", text, re.ASCII) is None:
            return QValidator.State.Invalid, text, position
        number = _rounded(text)
        if number is None or re.search("[.,]", text):
            return QValidator.State.Intermediate, text, position
        return _judge(number, self.minimum(), self.maximum()), text, position

    def fixup(self, text: str) -> str:
        """Return the nearest number that fits, or the last value for no number."""
        number = _rounded(text)
        if number is None:
            return str(self.value())
        kept = min(max(number, self.minimum()), self.maximum())
        if kept != number and self.isVisible():
            # A tip goes with the focus, which may be on its way to another box.
            QTimer.singleShot(0, self, self._explain)
        return str(kept)

    @Slot()
    def _explain(self) -> None:
        """Say why the number is another than the one that was typed."""
        said = self.tr("Only {smallest} to {largest} can be set here.")
        bounds = said.format(smallest=self.minimum(), largest=self.maximum())
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), bounds, self)


class DecimalBox(_Box, QDoubleSpinBox):
    """A box for a decimal number; takes ``0.001``, ``0,001`` and ``1e-3`` in every language."""

    def __init__(
        self,
        minimum: float,
        maximum: float,
        decimals: int = 4,
        step: float = 0.01,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.prepare()
        self.setDecimals(decimals)
        self.setRange(minimum, maximum)
        self.setSingleStep(step)
        self.setFixedWidth(88)

    def validate(self, text: str, position: int) -> Judgement:
        """Let any number be typed."""
        if re.fullmatch(r"-?\d*[.,]?\d*(e-?\d{0,2})?", text, re.ASCII) is None:
            return QValidator.State.Invalid, text, position
        return _judge(_decimal(text), self.minimum(), self.maximum()), text, position

    def fixup(self, text: str) -> str:
        """Return the nearest bound for a number out of range, or the last value for no number."""
        number = _decimal(text)
        if number is None:
            number = self.value()
        return self.textFromValue(min(max(number, self.minimum()), self.maximum()))

    def valueFromText(self, text: str) -> float:
        """Read powers of ten too."""
        number = _decimal(text)
        return self.value() if number is None else round(number, self.decimals())


def _judge(number: float | None, minimum: float, maximum: float) -> QValidator.State:
    if number is not None and minimum <= number <= maximum:
        return QValidator.State.Acceptable
    return QValidator.State.Intermediate


def _rounded(text: str) -> int | None:
    number = _decimal(text)
    return None if number is None else round(number)


def _decimal(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
