"""A slider over the steps of a run, with a mark for every moment that can be gone back to."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, Qt, QWheelEvent
from PySide6.QtWidgets import QAbstractSlider, QStyle, QStyleOptionSlider, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.theme import theme
from explorer.ui.widgets.slider import Slider

MARK = 4
"""Pixels: the height of a mark."""
EVERY = 4
"""Pixels from one mark to the next at least, so that they are a clean row."""
FIRST, LAST = -1_000_000, 1_000_000
"""Further than any run has moments."""

_Action = QAbstractSlider.SliderAction


class MomentSlider(Slider):
    """It says where the user points; whoever owns it says where the handle goes.

    The handle takes no place by itself, for between two moments there is none.
    """

    pointed = Signal(int)
    """The step under the pointer while the button is down."""
    walked = Signal(int)
    """By how many moments the keyboard or the wheel goes on or back; ``FIRST`` and ``LAST``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._moments: tuple[int, ...] = ()
        self._grip = 0
        self.setFixedHeight(24 + GRID)
        self.actionTriggered.connect(self._walk)

    def show_moments(self, moments: Sequence[int]) -> None:
        """Mark the moments that there are."""
        if tuple(moments) != self._moments:
            self._moments = tuple(moments)
            self.update()

    def half_handle(self) -> int:
        """Return how many pixels the first and the last step lie within the slider."""
        self.ensurePolished()
        return self._handle().width() // 2

    def _handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )

    def _point(self, x: int) -> None:
        width = self._handle().width()
        step = QStyle.sliderValueFromPosition(
            self.minimum(), self.maximum(), x - self._grip - width // 2, self.width() - width
        )
        self.pointed.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the handle, or point to a moment."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x = event.position().toPoint().x()
        handle = self._handle()
        on_handle = handle.left() <= x <= handle.right()
        # Held at its edge it must not jump.
        self._grip = x - handle.left() - handle.width() // 2 if on_handle else 0
        self.setSliderDown(True)
        if not on_handle:
            self._point(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point to another moment."""
        if self.isSliderDown():
            self._point(event.position().toPoint().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the handle."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go from moment to moment, if this slider has the keyboard."""
        if self.hasFocus() and event.angleDelta().y():
            self.walked.emit(1 if event.angleDelta().y() > 0 else -1)
        else:
            event.ignore()

    @Slot(int)
    def _walk(self, action: int) -> None:
        page = max(1, len(self._moments) // 10)
        by = {
            _Action.SliderSingleStepAdd.value: 1,
            _Action.SliderSingleStepSub.value: -1,
            _Action.SliderPageStepAdd.value: page,
            _Action.SliderPageStepSub.value: -page,
            _Action.SliderToMinimum.value: FIRST,
            _Action.SliderToMaximum.value: LAST,
        }.get(action)
        # Qt has moved the handle already, though nobody has heard of it yet.
        self.setSliderPosition(self.value())
        if by is not None:
            self.walked.emit(by)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slider, and the marks below it."""
        super().paintEvent(event)
        palette = theme.current()
        painter = QPainter(self)
        bottom = self.height()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.control if self.isEnabled() else palette.border))
        painter.drawRects([QRect(x, bottom - MARK, 1, MARK) for x in self._marks()])
        painter.end()

    def _marks(self) -> list[int]:
        """Return where there are moments, in pixels; those close by as one."""
        half = self.half_handle()
        low, high = self.minimum(), self.maximum()
        length = self.width() - 2 * half
        places = {
            QStyle.sliderPositionFromValue(low, high, step, length) // EVERY
            for step in self._moments
            if low <= step <= high
        }
        return [half + EVERY * place for place in sorted(places)]
