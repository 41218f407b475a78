"""Takes the canvas of a network from one view to the next."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QStyle, QWidget

from explorer.drawing.network.view import View

DURATION_MS: Final = 220
FRAME_MS: Final = 16


class Gliding(QObject):
    """Knows how far it has come; what is seen then is a function of that alone."""

    moved = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._origin: View | None = None
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    @property
    def is_active(self) -> bool:
        """Whether it is on its way."""
        return self._origin is not None

    def begin(self, origin: View) -> None:
        """Set out from a view, unless that is not wanted."""
        self.stop()
        style, hint = self._widget.style(), QStyle.StyleHint.SH_Widget_Animation_Duration
        if self._widget.isVisible() and style.styleHint(hint, None, self._widget) > 0:
            self._origin = origin
            self._clock.start()
            self._timer.start()

    def stop(self) -> None:
        """Be there."""
        self._origin = None
        self._timer.stop()

    def towards(self, end: View) -> View:
        """Return the view of the moment."""
        if self._origin is None:
            return end
        share = min((self._clock.elapsed() + FRAME_MS) / DURATION_MS, 1.0)
        return self._origin.between(end, 1 - (1 - share) ** 3)

    @Slot()
    def _advance(self) -> None:
        if self._clock.elapsed() >= DURATION_MS:
            self.stop()
        self.moved.emit()
