"""Moves the step while the Lab plays."""

from math import inf

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from explorer.ui.lab.document import LabDocument

FRAME_MS = 16
HOLD_AT_END = 1.5
"""Seconds for which the finished output stands before it starts again."""
SPEEDS = (0.5, 1, 2, 4, 8, 16, 32, 64, 128)
"""Cells per second."""
UNHURRIED = ((36, 2), (200, 8), (inf, 16))
"""(steps at most, cells per second) until a speed has been chosen."""


class Player(QObject):
    """Plays the document: the step advances with the clock, whatever the frame rate is."""

    playing_changed = Signal(bool)
    speed_changed = Signal(float)

    def __init__(self, document: LabDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chosen_speed: float | None = None
        self._playing = False
        self._shown = True
        self._held = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)

    @property
    def playing(self) -> bool:
        """Whether the step moves by itself."""
        return self._playing

    @property
    def speed(self) -> float:
        """Cells per second: the chosen speed, or one that can be followed."""
        if self._chosen_speed is not None:
            return self._chosen_speed
        steps = self._document.state.steps
        return next(speed for most, speed in UNHURRIED if steps <= most)

    def set_speed(self, speed: float) -> None:
        """Choose how many cells the window moves in a second."""
        self._chosen_speed = speed
        self.speed_changed.emit(speed)

    def set_playing(self, playing: bool) -> None:
        """Start or stop; at the end it starts over, and what was held is let go."""
        if playing == self._playing:
            return
        self._playing = playing
        if playing:
            self._held = 0.0
            state = self._document.state
            step = 0.0 if state.step >= self._last else state.step
            if state.pins or step != state.step:
                self._document.look(step=step, pins=())
        else:
            # Not between two cells: what is written belongs to one.
            self._document.look(step=float(int(self._document.state.step)))
        self._set_timer()
        self.playing_changed.emit(playing)

    def set_shown(self, shown: bool) -> None:
        """Let the window stand while nobody can see it, and go on from there."""
        self._shown = shown
        self._set_timer()

    def go(self, step: float) -> None:
        """Stop at a step, kept within what there is."""
        self.set_playing(False)
        self._document.look(step=float(min(max(step, 0), self._last)), pins=(), hover=None)

    def first(self) -> None:
        """Stop at the first cell."""
        self.go(0)

    def previous(self) -> None:
        """Stop one cell earlier."""
        step = min(self._document.state.step, self._last)
        self.go(int(step) if step > int(step) else int(step) - 1)

    def next(self) -> None:
        """Stop at the next cell."""
        self.go(int(self._document.state.step) + 1)

    def last(self) -> None:
        """Stop at the last cell."""
        self.go(self._last)

    @property
    def _last(self) -> int:
        return max(self._document.state.steps - 1, 0)

    def _set_timer(self) -> None:
        if self._playing and self._shown:
            self._clock.start()
            self._timer.start()
        else:
            self._timer.stop()

    def _advance(self) -> None:
        seconds = min(self._clock.restart() / 1000, 0.25)
        state = self._document.state
        if state.focus is not None or not self._document.has_torch or not state.fits:
            return
        if state.step < self._last:
            self._held = 0.0
            self._document.look(step=min(state.step + seconds * self.speed, float(self._last)))
            return
        self._held += seconds
        if self._held >= HOLD_AT_END:
            self._held = 0.0
            self._document.look(step=0.0)
