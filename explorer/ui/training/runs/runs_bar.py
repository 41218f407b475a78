"""The runs that are shown together: the legend of the curves, and where one of them is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QScrollArea, QSizePolicy, QWidget

from explorer.drawing.palette import GRID
from explorer.training.naming import differing
from explorer.ui.training.curves.trace import Trace
from explorer.ui.training.runs.restore_chip import RestoreChip
from explorer.ui.training.runs.run_chip import HEIGHT, LEAST_WIDTH, RunChip
from explorer.ui.training.runs.run_words import explanation

GAP = GRID // 2
PITCH = HEIGHT + GAP
"""From the top of a row to that of the next."""
NOTCH = 120
"""What Qt counts for a notch of the wheel."""
MOST_ROWS = 2
LOW = 95 * GRID
"""Pixels of a page that has room for one row only, for the sake of the curves."""
FEWEST_COLUMNS = 2
ROOMY_WIDTH = 35 * GRID
"""What a chip gets at most for the sake of its name; a tip has the rest of it."""
SCROLL_BAR = 10
"""Pixels, as the style sheet has it."""
OFFER_MS = 8_000
"""How long a removed run is offered back; longer while the pointer or the keyboard is here."""


class RunsBar(QScrollArea):
    """A chip for each run, side by side in as many rows as it takes; no room while there is none.

    Where they do not all fit it scrolls, by whole rows, and follows the chosen run.
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
        self._most_rows = MOST_ROWS
        self._gap = 0
        """Where the run was that has been removed last."""
        self._followed: tuple[object, ...] = ()
        """What was so when the chosen run was brought into sight last."""
        self._follows_offer = False
        """Whether the run that is offered back is kept in sight, and not the chosen one."""
        self._turned = 0
        """What the wheel has turned of a notch."""
        content = QWidget()
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.setWidget(content)
        self._offer = RestoreChip(content)
        self._offer_time = QTimer(self, interval=OFFER_MS, singleShot=True)
        self._offer.wanted.connect(self._restore)
        self._offer_time.timeout.connect(self._end_offer)
        scrolled = self.verticalScrollBar()
        scrolled.setSingleStep(PITCH)
        scrolled.valueChanged.connect(self._snap)
        # Only then the rows are where they belong.
        scrolled.rangeChanged.connect(self._scroll)
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
        names = frozenset(trace.name for trace in traces)
        for chip, trace in zip(self._chips, traces, strict=True):
            chip.show_trace(trace, explanation(trace, told), names - {trace.name})
        self._arrange()
        self.setVisible(bool(self._cells()))
        self._follow_chosen()

    def fit(self, page_height: int) -> None:
        """Take no more rows than a page of this height has to spare."""
        most_rows = 1 if page_height < LOW else MOST_ROWS
        if most_rows != self._most_rows:
            self._most_rows, self._columns = most_rows, 0
            self._arrange()
            self._scroll()

    def offer_back(self, number: int, name: str) -> None:
        """Offer for a while to bring back the run that is being removed, in its place.

        Others stay where they are as long as the offer stands, so that a second click does not hit
        the next of them. May be called before the runs without it are shown, or after.
        """
        self._gap = next(
            (place for place, trace in enumerate(self._shown) if trace.number == number), self._gap
        )
        self._offer.show_name(name)
        self._offer.show()
        self._offer_time.start()
        self._columns = 0
        self._arrange()
        self.show()
        # A run that has made room was the first, and the chosen one is the last.
        self._follows_offer = True
        self._scroll()

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
        self._follows_offer = False
        self._offer.hide()
        self._grid.removeWidget(self._offer)
        self._columns = 0
        self._arrange()
        self._scroll()
        self.setVisible(bool(self._chips))

    @Slot()
    def _restore(self) -> None:
        self._take_offer_away()
        self.restore_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put as many chips side by side as there is room for."""
        super().resizeEvent(event)
        self._arrange()
        self._follow_chosen()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go on by a row with each notch."""
        self._turned += event.angleDelta().y()
        notches = int(self._turned / NOTCH)
        self._turned -= notches * NOTCH
        scrolled = self.verticalScrollBar()
        scrolled.setValue(scrolled.value() - notches * PITCH)
        event.accept()

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
        self._put_in_tab_order()
        rows = -(-count // columns)
        shown = min(rows, self._most_rows)
        self.setFixedHeight(shown * PITCH - GAP)

    def _put_in_tab_order(self) -> None:
        """Let the Tab key come here behind what was made before: new chips would be the last."""
        before: QWidget = self._offer.undo
        for chip in self._chips:
            for part in (chip, chip.eye, chip.cross):
                self.setTabOrder(before, part)
                before = part

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

    def _follow_chosen(self) -> None:
        """Scroll to the chosen run where something has moved: else one may look at others.

        While a run is offered back that has to stay where it is, until the user chooses another.
        """
        chosen = next((trace.record for trace in self._shown if trace.chosen), None)
        follows = chosen, self._columns, tuple(trace.name for trace in self._shown)
        if follows != self._followed:
            self._followed = follows
            self._scroll()

    @Slot()
    def _scroll(self) -> None:
        """Bring the row into sight that is followed."""
        chosen = next((chip for chip in self._chips if chip.isChecked()), None)
        followed = self._offer if self._follows_offer else chosen
        if followed is not None:
            self._grid.activate()
            scrolled = self.verticalScrollBar()
            top = self._cells().index(followed) // max(self._columns, 1) * PITCH
            lowest = top + HEIGHT - self.height()
            scrolled.setValue(max(min(scrolled.value(), top), lowest))

    @Slot(int)
    def _snap(self, value: int) -> None:
        """Have no row cut in half."""
        self.verticalScrollBar().setValue(round(value / PITCH) * PITCH)

    @Slot()
    def _on_clicked(self) -> None:
        chip = self.sender()
        assert isinstance(chip, RunChip)
        self._follows_offer = False
        self.chosen.emit(chip.number)
