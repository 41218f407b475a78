"""The runs that are shown together: the legend of the curves, and where one of them is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from explorer.drawing.palette import GRID
from explorer.training.naming import differing
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.restore_chip import RestoreChip
from explorer.ui.training.runs.run_chip import HEIGHT, LEAST_WIDTH, RunChip
from explorer.ui.training.runs.run_words import explanation

GAP = GRID // 2
MOST_ROWS = 2
FEWEST_COLUMNS = 2
ROOMY_WIDTH = 35 * GRID
"""What a chip gets at most for the sake of its name; a tip has the rest of it."""
PEEK = GRID + GRID // 2
"""Pixels of the next row that are seen, so that one knows that there is more."""
SCROLL_BAR = 10
"""Pixels, as the style sheet has it."""
OFFER_MS = 8_000
"""How long a removed run is offered back; longer while the pointer or the keyboard is here."""


class RunsBar(QScrollArea):
    """A chip for each run, side by side in as many rows as it takes; no room while there is none.

    The numbers of its signals are places in what was given to `show_runs`.
    """

    chosen = Signal(int)
    """The page is to be about this run."""
    removed = Signal(int)
    """This run is to go."""
    visible_changed = Signal(int, bool)
    """The curves of this run are to be seen, or not."""
    restore_wanted = Signal()
    """The run of which `offer_back` was told last is to come back."""
    offer_ended = Signal()
    """It can come back no more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.runs")
        self.setAccessibleName(self.tr("Runs"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The chips have the keyboard.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._chips: list[RunChip] = []
        self._shown: list[Trace] = []
        self._columns = 0
        self._gap = 0
        """Where the run was that has been removed last."""
        self._chosen: object = None
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.setWidget(content)
        self._offer = RestoreChip(content)
        self._offer_time = QTimer(self, interval=OFFER_MS, singleShot=True)
        self._offer.wanted.connect(self._restore)
        self._offer_time.timeout.connect(self._end_offer)
        self.hide()

    def show_runs(self, traces: Sequence[Trace]) -> None:
        """Show these runs in this order; what has not changed costs next to nothing."""
        told = differing([trace.record for trace in traces])
        count = len(traces)
        self._note_gap(traces)
        if count != len(self._chips):
            self._take_chips_away(count)
            self._add_chips(count)
            self._columns = 0
        for chip, trace in zip(self._chips, traces, strict=True):
            chip.show_trace(trace, explanation(trace, told))
        self._arrange()
        self.setVisible(bool(self._cells()))
        self._keep_chosen_in_sight()

    def offer_back(self, name: str) -> None:
        """Offer for a while to bring back the run that is being removed, in its place.

        Others stay where they are as long as the offer stands, so that a second click does not hit
        the next of them. May be called before the runs without it are shown, or after.
        """
        self._gap = next(
            (place for place, trace in enumerate(self._shown) if trace.name == name), self._gap
        )
        self._offer.show_name(name)
        self._offer.show()
        self._offer_time.start()
        self._columns = 0
        self._arrange()
        self.show()
        # A run that has made room was the first, and the chosen one is the last.
        self._grid.activate()
        self.ensureWidgetVisible(self._offer, 0, 0)

    def _note_gap(self, traces: Sequence[Trace]) -> None:
        """Remember where a run was that is shown no more."""
        left = {id(trace.record) for trace in traces}
        gone = [i for i, trace in enumerate(self._shown) if id(trace.record) not in left]
        if gone:
            self._gap = gone[0]
        self._shown = list(traces)

    def _cells(self) -> list[QWidget]:
        """Return what stands in the rows."""
        cells: list[QWidget] = list(self._chips)
        if not self._offer.isHidden():
            cells.insert(self._gap, self._offer)
        return cells

    @Slot()
    def _end_offer(self) -> None:
        if self.underMouse() or self._offer.undo.hasFocus():
            # Nothing is to move under the pointer.
            self._offer_time.start()
        else:
            self._take_offer_away()
            self.offer_ended.emit()

    def _take_offer_away(self) -> None:
        if self._offer.undo.hasFocus() and self._chips:
            self._chips[min(self._gap, len(self._chips) - 1)].setFocus()
        self._offer_time.stop()
        self._offer.hide()
        self._grid.removeWidget(self._offer)
        self._columns = 0
        self._arrange()
        self.setVisible(bool(self._chips))

    @Slot()
    def _restore(self) -> None:
        self._take_offer_away()
        self.restore_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many chips side by side as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _add_chips(self, count: int) -> None:
        while len(self._chips) < count:
            chip = RunChip(len(self._chips))
            self._chips.append(chip)
            chip.clicked.connect(self._on_clicked)
            chip.removed.connect(self.removed)
            chip.visible_changed.connect(self.visible_changed)

    def _take_chips_away(self, count: int) -> None:
        focused = QApplication.focusWidget()
        while len(self._chips) > count:
            chip = self._chips.pop()
            if self._chips and focused is not None and chip in (focused, focused.parentWidget()):
                # The keyboard stays among the runs.
                self._chips[-1].setFocus()
            self._grid.removeWidget(chip)
            chip.hide()
            chip.deleteLater()

    def _arrange(self) -> None:
        """Divide the width among the chips, and take the height of their rows."""
        cells = self._cells()
        count = len(cells)
        columns = self._best_columns()
        if not count or columns == self._columns:
            return
        for column in range(max(columns, self._columns, self._grid.columnCount())):
            self._grid.setColumnStretch(column, int(column < columns))
        self._columns = columns
        for number, cell in enumerate(cells):
            self._grid.addWidget(cell, number // columns, number % columns)
        rows = -(-count // columns)
        shown = min(rows, MOST_ROWS)
        height = shown * (HEIGHT + GAP) - GAP
        self.setFixedHeight(height + (GAP + PEEK if rows > shown else 0))

    def _best_columns(self) -> int:
        """Return as many as leave room for the names, and two where that is possible at all."""
        width = self.width() + GAP
        widest = max((chip.sizeHint().width() for chip in self._chips), default=0)
        widest = min(widest, ROOMY_WIDTH)
        roomy = min(width // (widest + GAP), len(self._cells()))
        if len(self._cells()) == 1 and 2 * (widest + GAP) > width:
            return 1
        # A single run takes half the width, as it will have when there are two.
        narrow = max((width - SCROLL_BAR) // (LEAST_WIDTH + GAP), 1)
        return min(max(roomy, FEWEST_COLUMNS), narrow)

    def _keep_chosen_in_sight(self) -> None:
        """Scroll to the chosen run, once: the user may look at others afterwards."""
        chosen = next((c for c in self._chips if c.isChecked()), None)
        trace = chosen.trace() if chosen is not None else None
        record = trace.record if trace is not None else None
        if record is not self._chosen:
            self._chosen = record
            if chosen is not None:
                self._grid.activate()
                self.ensureWidgetVisible(chosen, 0, 0)

    @Slot()
    def _on_clicked(self) -> None:
        chip = self.sender()
        assert isinstance(chip, RunChip)
        self.chosen.emit(chip.number)
