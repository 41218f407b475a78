"""Goes back to the moments of a run that have been recorded."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.drawing.palette import GRID
from explorer.ui.training.past.moment_slider import MomentSlider
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label

WIDE = 58 * GRID
"""Pixels from which on there is room for everything."""


class TimeMachine(QWidget):
    """A slider over the steps of a run, to sit under its curve, and what can be done from there.

    The newest moment counts as now.
    """

    moment_chosen = Signal(object)
    """The step of the moment that the user has gone to, None for now."""
    continue_wanted = Signal()
    """Go on from the chosen moment with the settings of the run."""
    fork_wanted = Signal()
    """Begin another run at the chosen moment, or where the run is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: tuple[int, ...] = ()
        self._total = 0
        self._per_epoch = 0
        self._alive = True
        self._moment: int | None = None
        self._curve: tuple[float, float, int, int] | None = None
        self._newest = 0

        self._slider = MomentSlider()
        self._slider.setObjectName("train.moment")
        self._slider.setAccessibleName(self.tr("Moment of the run"))
        self._text = Label("", "caption")
        self._text.setObjectName("train.moment_text")
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._now = tool_button("train.now", self.tr("Now"), "last", text=self.tr("Now"), size=16)
        self._continue = tool_button(
            "train.continue", self.tr("Continue"), "play", text=self.tr("Continue"), size=16
        )
        self._fork = tool_button(
            "train.fork", self.tr("Fork"), "fork", text=self.tr("Fork"), size=16
        )

        self._buttons = self._now, self._continue, self._fork

        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(self._text, 1)
        for button in self._buttons:
            row.addWidget(button)
        self._track = QHBoxLayout()
        self._track.addWidget(self._slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._track)
        layout.addLayout(row)

        self._slider.pointed.connect(self._point)
        self._slider.walked.connect(self._walk)
        self._slider.sliderReleased.connect(self._place)
        self._now.clicked.connect(self._go_to_now)
        self._continue.clicked.connect(self.continue_wanted)
        self._fork.clicked.connect(self.fork_wanted)
        self._show()

    @property
    def moment(self) -> int | None:
        """The step that is looked at; None for now."""
        return self._moment

    def show_steps(self, steps: Sequence[int], total: int, per_epoch: int = 0) -> None:
        """Offer the moments of a run; the one that is chosen stays, whether it is among them.

        Parameters
        ----------
        steps
            The recorded steps, ascending; none of them for nothing to go back to, which is now.
        total
            Steps of the whole run.
        per_epoch
            Steps of an epoch, where epochs are to be told.
        """
        if not steps:
            self._slider.setSliderDown(False)
            self._moment = None
            self._newest = 0
        self._steps, self._total, self._per_epoch = tuple(steps), total, per_epoch
        self._show()

    def set_moment(self, step: int | None) -> None:
        """Go to a step, or to now, without a signal."""
        self._moment = step
        self._show()

    def set_alive(self, alive: bool) -> None:
        """Tell whether the run goes on or may do so by itself, as in a pause.

        When it has ended, it can be continued from its newest moment.
        """
        self._alive = alive
        self._show()

    def line_up(self, first: float, last: float, left: int, right: int, newest: int = 0) -> None:
        """Put every step where the curve above has it.

        Parameters
        ----------
        first, last
            The steps at the edges of the curve; before this is called, 0 and the last of the run.
        left, right
            How many pixels of this widget lie beyond these edges.
        newest
            The last step of the curve, where now is: later than the newest recorded moment.
        """
        self._curve = first, last, left, right
        self._newest = newest
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words of the buttons out where there is no room for them."""
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        wanted = (
            style.ToolButtonTextBesideIcon if self.width() >= WIDE else style.ToolButtonIconOnly
        )
        for button in self._buttons:
            button.setToolButtonStyle(wanted)
        self._place()

    # What the user does

    @Slot(int)
    def _point(self, step: int) -> None:
        after = bisect_left(self._steps, step)
        near = self._steps[max(after - 1, 0) : after + 1]
        self._choose(min(near, key=lambda recorded: abs(recorded - step)))

    @Slot(int)
    def _walk(self, by: int) -> None:
        here = self._steps[-1] if self._moment is None else self._moment
        # A moment that is recorded no more lies between two others.
        place = bisect_right(self._steps, here) - 1 if by > 0 else bisect_left(self._steps, here)
        self._choose(self._steps[min(max(place + by, 0), len(self._steps) - 1)])

    @Slot()
    def _go_to_now(self) -> None:
        self._choose(self._steps[-1])

    def _choose(self, step: int) -> None:
        moment = None if step == self._steps[-1] else step
        changed = moment != self._moment
        self._moment = moment
        self._show()
        self._slider.setValue(step)
        if changed:
            self.moment_chosen.emit(moment)

    # What is shown

    @Slot()
    def _place(self) -> None:
        """Bring the slider up to date, except that nothing moves under the user's hand."""
        here = self._moment
        if here is None:
            here = max(self._steps[-1], self._newest) if self._steps else 0
        if not self._slider.isSliderDown():
            self._slider.setRange(*self._range())
            self._slider.setValue(here)
        self._slider.show_moments(self._steps)

    def _range(self) -> tuple[int, int]:
        """Put the slider under the curve, and return the steps at its ends."""
        if self._curve is None:
            return 0, max(self._total, 1)
        first, last, left, right = self._curve
        half = self._slider.half_handle()
        self._track.setContentsMargins(max(0, left - half), 0, max(0, right - half), 0)
        # Where the curve goes on to the edge of the card, the handle cannot follow it.
        per_pixel = (last - first) / max(1, self.width() - left - right)
        low = round(first + per_pixel * max(0, half - left))
        return low, max(round(last - per_pixel * max(0, half - right)), low + 1)

    def _show(self) -> None:
        self._place()
        there_is_one = bool(self._steps)
        is_now = self._moment is None
        may_continue = there_is_one and not (is_now and self._alive)
        nothing = self.tr("Nothing is recorded yet: press Start.")
        self._slider.setEnabled(there_is_one)
        self._enable(self._now, not is_now)
        self._enable(self._continue, may_continue)
        self._enable(self._fork, there_is_one)
        set_help(
            self.tr(
                "Go back to an earlier moment of this run, and see the kernels, the maps, the "
                "confusion and the answer to your drawing as they were. A click in the curves does "
                "the same.\n"
                "The small ticks below are the recorded moments; of those close by only one is "
                "drawn.\n"
                "← and → go from one recorded moment to the next, Home to the first, End to now."
            )
            if there_is_one
            else nothing,
            self._slider,
        )
        set_help(
            self.tr("Show the network as it is now")
            if not is_now
            else self.tr("You see the network as it is now."),
            self._now,
        )
        set_help(self._about_continuing(may_continue) if there_is_one else nothing, self._continue)
        set_help(
            self.tr(
                "Begin another run at this moment with the settings at the left, and compare the "
                "curves"
            )
            if there_is_one
            else nothing,
            self._fork,
        )
        self._text.setText(self._words() if there_is_one else nothing)

    def _enable(self, button: QToolButton, enabled: bool) -> None:
        if button.hasFocus() and not enabled:
            # The keyboard stays here, and does not pass on to Fork.
            self._slider.setFocus()
        button.setEnabled(enabled)

    def _about_continuing(self, may_continue: bool) -> str:
        if not may_continue:
            return self.tr("Go back to an earlier moment first: now the run goes on by itself.")
        if self._moment is None and self._steps[-1] >= self._total:
            return self.tr(
                "The run is complete: train for as many epochs again, as another run where the "
                "learning rate followed a schedule"
            )
        return self.tr("Train on from this moment with the settings of this run")

    def _words(self) -> str:
        if self._moment is None:
            return self.tr("now")
        words = self.tr("step {step:,} of {total:,}").format(step=self._moment, total=self._total)
        if self._per_epoch:
            epochs = self._moment / self._per_epoch
            words += self.tr(" · epoch {epochs:.1f}").format(epochs=epochs)
        return words
