"""Moves the boards of the canvas from one layout to the next."""

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QStyle, QWidget

from explorer.drawing.layout import Layout
from explorer.drawing.transition import between

DURATION_MS: Final = 180
FRAME_MS: Final = 16
MOST_CELLS: Final = 300_000
"""Of input and output: to draw more of them takes so long that they do not glide."""


class Gliding(QObject):
    """Knows how far the boards have come; where they lie then is a function of that alone."""

    moved = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._origin: Layout | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    @property
    def is_active(self) -> bool:
        """Whether the boards are on their way."""
        return self._origin is not None

    def begin(self, origin: Layout, end: Layout) -> None:
        """Set out from where everything lies, unless the way is too hard or not wanted."""
        self.stop()
        if self._is_wanted() and _cells(end) <= MOST_CELLS:
            self._origin = origin
            self._timer.start()

    def stop(self) -> None:
        """Be there."""
        self._origin = None
        self._clock.invalidate()
        self._timer.stop()

    def towards(self, end: Layout) -> Layout:
        """Return where everything lies at the moment.

        The clock starts with the first frame, which has gone a frame's way already.
        """
        if self._origin is None:
            return end
        if not self._clock.isValid():
            self._clock.start()
        share = min((self._clock.elapsed() + FRAME_MS) / DURATION_MS, 1.0)
        return between(self._origin, end, 1 - (1 - share) ** 3)

    def _is_wanted(self) -> bool:
        style, hint = self._widget.style(), QStyle.StyleHint.SH_Widget_Animation_Duration
        return self._widget.isVisible() and style.styleHint(hint, None, self._widget) > 0

    def _advance(self) -> None:
        if self._clock.isValid() and self._clock.elapsed() >= DURATION_MS:
            self.stop()
        self.moved.emit()


def _cells(layout: Layout) -> int:
    boards = layout.input if layout.output is None else (*layout.input, layout.output)
    return sum(board.shape[0] * board.shape[1] for board in boards)
