"""The layers one below the other: chosen, moved, added to and taken away by mouse and keyboard."""

from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.network import edits
from explorer.core.network.stack import MOST_LAYERS
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.stack.break_notice import BreakNotice
from explorer.ui.network.stack.drag import Drag
from explorer.ui.network.stack.layer_editor import LayerEditor
from explorer.ui.network.stack.layer_row import LayerRow
from explorer.ui.network.stack.lines import lines
from explorer.ui.network.stack.steady import Content, Steady
from explorer.ui.widgets.label import Label

BAR: Final = 10
"""Width of the scroll bar, kept free where there is none."""
LEAST_HEIGHT: Final = 20 * GRID
GAP: Final = 2
_STEPS: Final = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LayerList(QScrollArea):
    """Shows the document's network and sends its wishes to the document."""

    reordered = Signal()
    """The controls stand in another order now."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rows: list[LayerRow] = []
        self._current = 0
        """Where the Tab key stops."""
        self._content = Content()
        self._column = QVBoxLayout(self._content)
        self._empty = Label(
            self.tr(
                "No layers yet: the picture comes out as it goes in. Add a layer, or choose a "
                "network above."
            ),
            "muted",
            wrap=True,
        )
        self._empty.setObjectName("network.empty")
        self._editor = LayerEditor(document)
        self._break = BreakNotice(document)
        self._drag = Drag(self, self._content, self._rows)
        self._steady = Steady(self._content, self.verticalScrollBar(), self._editor)
        # Where everything stands is known only when the layouts have heard of it.
        self._reveal = QTimer(self, interval=0, singleShot=True)

        self._column.setContentsMargins(0, 0, BAR, 0)
        self._column.setSpacing(GAP)
        self._order: list[QWidget] = [self._empty, self._break, self._editor]
        for widget in self._order:
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

        self._drag.dropped.connect(self._move)
        self._editor.rebuilt.connect(self.reordered)
        self._break.rebuilt.connect(self.reordered)
        self._break.repaired.connect(self._focus_repaired)
        self._editor.move_wanted.connect(self._move_by)
        self._editor.duplicate_wanted.connect(self._duplicate)
        self._editor.remove_wanted.connect(self._remove)
        self._reveal.timeout.connect(self._come_into_sight)
        self.verticalScrollBar().rangeChanged.connect(self._keep_width)
        document.changed.connect(self._on_changed)
        self._show(document.state)

    def sizeHint(self) -> QSize:
        """Return little: the list takes what the page can spare, and scrolls."""
        return QSize(30 * GRID, LEAST_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return room for a few rows."""
        return QSize(20 * GRID, LEAST_HEIGHT)

    def add(self, kind: str) -> None:
        """Put a new layer behind the chosen one, or at the end."""
        state = self._document.state
        at = len(state.network.layers) if state.chosen is None else state.chosen + 1
        self._document.end_gesture()
        self._document.edit(self.tr("Add {layer}").format(layer=kind), edits.inserted, at, kind)
        self._focus(at)

    def remove_chosen(self) -> None:
        """Take the chosen layer away; the keyboard stays where it is."""
        if (chosen := self._document.state.chosen) is not None:
            self._take_away(chosen)

    @Slot()
    def show_break(self) -> None:
        """Bring what does not fit into sight, with the keyboard at its row."""
        if (broken := self._document.state.broken) is not None:
            self._focus(broken)
            self.ensureWidgetVisible(self._break, 0, GRID // 2)
            self.ensureWidgetVisible(self._rows[broken], 0, GRID // 2)

    # What is shown

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        same = (
            new.network is old.network
            and new.input == old.input
            and new.chosen == old.chosen
            and new.frozen == old.frozen
            and new.off == old.off
            and new.edited is old.edited
        )
        if same:
            return
        self._show(new)
        if not {*map(id, new.network.layers)} & {*map(id, old.network.layers)}:
            # Another network is looked at from its beginning.
            self.verticalScrollBar().setValue(0)
        moved = new.chosen != old.chosen and new.chosen is not None
        if moved and not self._steady.has_keyboard():
            self._reveal.start()

    def _show(self, state: NetworkState) -> None:
        shown = lines(state)
        has_keys = any(row.hasFocus() for row in self._rows)
        fewer = len(shown) < len(self._rows)
        if fewer and has_keys:
            # The keyboard must not go astray with a row.
            self._content.setFocus()
        self._fit_rows(len(shown))
        for row, line in zip(self._rows, shown, strict=True):
            row.show_line(line)
        if state.chosen is not None:
            self._editor.show_layer(state, state.chosen)
        self._break.show_break(state)
        self._arrange(state)
        self._empty.setHidden(bool(shown))
        self._editor.setHidden(state.chosen is None)
        self._break.setHidden(state.broken is None)
        if state.chosen is not None:
            self._set_current(state.chosen)
        if fewer and has_keys:
            self._focus(self._current)

    def _fit_rows(self, count: int) -> None:
        while len(self._rows) > count:
            row = self._rows.pop()
            self._order.remove(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self._rows) < count:
            row = LayerRow(len(self._rows))
            row.clicked.connect(self._on_clicked)
            row.focused.connect(self._on_focused)
            row.key_pressed.connect(self._on_key)
            self._drag.watch(row)
            self._rows.append(row)
        self._set_current(min(self._current, max(0, count - 1)))

    def _arrange(self, state: NetworkState) -> None:
        """Put what is open below its row; what stands where it should is not touched."""
        order: list[QWidget] = [self._empty]
        for i, row in enumerate(self._rows):
            order.append(row)
            order += [self._break] if i == state.broken else []
            order += [self._editor] if i == state.chosen else []
        order += [w for w in (self._break, self._editor) if w not in order]
        if order == self._order:
            return
        for i, widget in enumerate(order):
            if self._column.indexOf(widget) != i:
                self._column.removeWidget(widget)
                self._column.insertWidget(i, widget)
        for row in self._rows:
            row.show()
        self._order = order
        self.reordered.emit()

    @Slot()
    def _come_into_sight(self) -> None:
        chosen = self._document.state.chosen
        if chosen is None:
            return
        row, editor = self._rows[chosen], self._editor
        lowest = editor.geometry().bottom() if editor.isVisible() else row.geometry().bottom()
        margin = GRID // 2
        self.ensureVisible(0, lowest, 0, margin)
        # The row itself comes first, where not all of it has room.
        self.ensureVisible(0, row.geometry().top(), 0, margin)

    @Slot()
    def _keep_width(self) -> None:
        """Keep the rows as wide without a scroll bar as with one."""
        has_bar = self.verticalScrollBar().maximum() > 0
        self._column.setContentsMargins(0, 0, 0 if has_bar else BAR, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the width of the rows."""
        super().resizeEvent(event)
        self._keep_width()

    # The keyboard

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self._rows):
            self._rows[place].setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _focus_repaired(self, place: int) -> None:
        """Let the keyboard go on where the next break is, or at the row that was repaired."""
        broken = self._document.state.broken
        self._focus(min(place, len(self._rows) - 1) if broken is None else broken)

    def _set_current(self, place: int) -> None:
        changed = place != self._current
        self._current = place
        for i, row in enumerate(self._rows):
            row.set_reachable(i == place)
        if changed:
            self.reordered.emit()

    @Slot()
    def _on_focused(self) -> None:
        row = self.sender()
        assert isinstance(row, LayerRow)
        self._set_current(row.place)
        self.ensureWidgetVisible(row, 0, GRID // 2)

    @Slot(object)
    def _on_key(self, event: QKeyEvent) -> None:
        """Take what a row leaves."""
        key, place = Qt.Key(event.key()), self._current
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        event.accept()
        if key in _STEPS and alt:
            self._move(place, place + _STEPS[key])
        elif key in _STEPS and not control:
            self._focus(max(0, min(place + _STEPS[key], len(self._rows) - 1)))
        elif key == Qt.Key.Key_Home and not control:
            self._focus(0)
        elif key == Qt.Key.Key_End and not control:
            self._focus(len(self._rows) - 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove_at(place)
        elif key == Qt.Key.Key_D and control:
            self._duplicate_at(place)
        elif key == Qt.Key.Key_Escape and self._drag.is_on:
            self._drag.cancel()
        else:
            event.ignore()

    # Wishes

    @Slot()
    def _on_clicked(self) -> None:
        row = self.sender()
        assert isinstance(row, LayerRow)
        chosen = self._document.state.chosen
        self._steady.hold(row)
        self._document.look(chosen=None if chosen == row.place else row.place)

    @Slot(int)
    def _move_by(self, steps: int) -> None:
        chosen = self._document.state.chosen
        if chosen is not None:
            self._move(chosen, chosen + steps)

    @Slot(int, int)
    def _move(self, place: int, to: int) -> None:
        network = self._document.state.network
        if not 0 <= to < len(network.layers) or to == place:
            return
        follows = any(row.hasFocus() for row in self._rows)
        self._document.end_gesture()
        what = self.tr("Move {layer}").format(layer=network.names[place])
        self._document.edit(what, edits.moved, place, to)
        if follows:
            self._focus(to)

    @Slot()
    def _duplicate(self) -> None:
        if (chosen := self._document.state.chosen) is not None:
            self._duplicate_at(chosen)

    def _duplicate_at(self, place: int) -> None:
        if len(self._rows) >= MOST_LAYERS:
            return
        self._document.end_gesture()
        name = self._document.state.network.names[place]
        self._document.edit(
            self.tr("Duplicate {layer}").format(layer=name), edits.duplicated, place
        )
        self._focus(place + 1)

    @Slot()
    def _remove(self) -> None:
        if (chosen := self._document.state.chosen) is not None:
            self._remove_at(chosen)

    def _remove_at(self, place: int) -> None:
        self._take_away(place)
        self._focus(min(place, len(self._rows) - 1))

    def _take_away(self, place: int) -> None:
        self._document.end_gesture()
        name = self._document.state.network.names[place]
        self._document.edit(self.tr("Remove {layer}").format(layer=name), edits.removed, place)
