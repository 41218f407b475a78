"""First, back, play, forward, last, a scrub bar over all positions, and the speed."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.core.scene import LabState
from explorer.drawing.palette import GRID
from explorer.ui.icons import icon
from explorer.ui.lab.document import LabDocument
from explorer.ui.lab.player import SPEEDS, Player
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.slider import Slider


class Transport(QWidget):
    """Moves the window or the stamp: by buttons, by the scrub bar, by itself."""

    def __init__(
        self, document: LabDocument, player: Player, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._player = player

        self.first = tool_button("first", self.tr("First cell (Home)"), "first")
        self.previous = tool_button("previous", self.tr("One cell back (←)"), "previous")
        self.play = tool_button("play", self.tr("Play or pause (Space)"), "play")
        self.play.setProperty("kind", "primary")
        self.next = tool_button("next", self.tr("One cell forward (→)"), "next")
        self.last = tool_button("last", self.tr("Last cell (End)"), "last")
        self.step = Slider()
        self.step.setObjectName("step")
        self.step.setAccessibleName(self.tr("Position of the window, or of the stamp"))
        self.step.setToolTip(self.tr("Position of the window, or of the stamp, row by row"))
        self.position = QLabel()
        self.position.setObjectName("position")
        self.position.setMinimumWidth(9 * GRID)
        self.position.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.speed = Slider()
        self.speed.setObjectName("speed")
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setFixedWidth(12 * GRID)
        self.speed.setAccessibleName(self.tr("Speed in cells per second"))
        self.speed.setToolTip(self.speed.accessibleName())
        self.speed_text = QLabel()
        self.speed_text.setMinimumWidth(9 * GRID)
        self.speed_text.setAlignment(self.position.alignment())

        scrub = QHBoxLayout()
        scrub.setSpacing(GRID)
        scrub.addWidget(self.step, 1)
        scrub.addWidget(self.position)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        for button in (self.first, self.previous, self.play, self.next, self.last):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.speed)
        buttons.addSpacing(GRID // 2)
        buttons.addWidget(self.speed_text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.setSpacing(GRID // 2)
        layout.addLayout(scrub)
        layout.addLayout(buttons)

        self.first.clicked.connect(player.first)
        self.previous.clicked.connect(player.previous)
        self.play.clicked.connect(self._toggle)
        self.next.clicked.connect(player.next)
        self.last.clicked.connect(player.last)
        self.step.valueChanged.connect(player.go)
        self.speed.valueChanged.connect(self._choose_speed)
        player.playing_changed.connect(self._on_playing)
        player.speed_changed.connect(self._on_speed)
        document.changed.connect(self._on_changed)
        self._on_playing(player.playing)
        self._on_speed(player.speed)
        self._on_changed(document.state, None)

    def _toggle(self) -> None:
        self._player.set_playing(not self._player.playing)

    def _choose_speed(self, index: int) -> None:
        self._player.set_speed(SPEEDS[index])

    def _on_playing(self, playing: bool) -> None:
        self.play.setIcon(icon("pause" if playing else "play", "on_accent", "on_accent"))

    def _on_speed(self, speed: float) -> None:
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed))
        with QSignalBlocker(self.speed):
            self.speed.setValue(nearest)
        self.speed_text.setText(self.tr("{speed:g} cells/s").format(speed=speed))

    def _on_changed(self, new: LabState, old: LabState | None) -> None:
        same_course = old is not None and new.course == old.course
        if not same_course:
            self._on_speed(self._player.speed)
        if old is not None and same_course and int(new.step) == int(old.step):
            return
        fits = new.fits
        for widget in (self.first, self.previous, self.play, self.next, self.last, self.step):
            widget.setEnabled(fits)
        with QSignalBlocker(self.step):
            self.step.setRange(0, max(new.steps - 1, 0))
            self.step.setPageStep(max(new.course[1], 1))
            self.step.setValue(int(new.step))
        # A step beyond the end, from a longer course, is the last one.
        self.position.setText(f"{self.step.value() + 1} / {new.steps}" if fits else "–")
