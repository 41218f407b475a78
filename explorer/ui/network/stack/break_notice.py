"""What is said at the layer that does not fit: what it means, torch's own words, the repairs."""

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from explorer.core.layers import Module, Shape
from explorer.core.network import edits
from explorer.core.network.refit import refitted
from explorer.core.network.repair import repairs, torch_reason
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.sentences import translated
from explorer.ui.widgets.glyph import Glyph
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.wrap_button import WrapButton

MOST_REPAIRS: Final = 3
REST_MS: Final = 60
"""Repairs are looked for, and torch is asked, when nothing has changed for so long: a repair tries
many settings, and torch makes the layer, weights and all."""


class BreakNotice(QFrame):
    """A message below the first layer that does not fit."""

    rebuilt = Signal()
    """There are other buttons now."""
    repaired = Signal(int)
    """A button has been pressed, and may be gone; with the place of the layer."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._shown: tuple[Network, Shape] | None = None
        self._refused: tuple[Module, Shape] | None = None
        """What torch is to be asked about."""
        self._offers: dict[WrapButton, Network] = {}
        self._offered: tuple[Network, Shape] | None = None
        """What the offers are for."""
        self._meaning = Label(wrap=True)
        self._meaning.setObjectName("network.break.meaning")
        self._reason = Label("", "caption", wrap=True)
        self._reason.setObjectName("network.break.reason")
        self._all = WrapButton("network.repair.all")
        self._all.set_text(self.tr("Fit all layers"))
        self._buttons = [WrapButton(f"network.repair.{i}") for i in range(MOST_REPAIRS)]
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self.setObjectName("network.break")
        for label in (self._meaning, self._reason):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_help(
            self.tr("Set this layer, and each one behind it that would not fit, to what it gets."),
            self._all,
        )

        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(Glyph("warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self._meaning, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(first)
        layout.addWidget(self._reason)
        for button in (self._all, *self._buttons):
            layout.addWidget(button)

        self._rest.timeout.connect(self._on_rest)
        document.computed.connect(self._ask_torch)
        for button in (self._all, *self._buttons):
            button.clicked.connect(self._repair)

    def show_break(self, state: NetworkState) -> None:
        """Say what does not fit, where something does not."""
        shown = (state.network, state.input)
        if shown == self._shown:
            return
        goes_on = self._refused is not None
        self._shown = shown
        if state.broken is None:
            self._refused = None
            self._rest.stop()
            return
        place = state.places[state.broken]
        assert place.problem is not None and place.input is not None
        self._meaning.setText(translated(place.problem))
        self.setAccessibleName(f"{place.name}: {self._meaning.text()}")
        if self._refused != (place.layer, place.input):
            self._refused = place.layer, place.input
            self._reason.clear()
            self._reason.hide()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._rest.start()
        if not goes_on:
            self._offer()

    @Slot()
    def _on_rest(self) -> None:
        self._offer()
        self._ask_torch()

    def _offer(self) -> None:
        """Look for repairs, unless they are those that are offered."""
        if self._shown is None or self._shown == self._offered:
            return
        self._offered = self._shown
        found = repairs(*self._shown)[:MOST_REPAIRS]
        every = refitted(*self._shown)
        offers = {} if every is None else {self._all: every}
        for button, repair in zip(self._buttons, found, strict=False):
            button.set_text(translated(repair.label))
            offers[button] = repair.network
        have_changed = offers.keys() != self._offers.keys()
        self._offers = offers
        for button in (self._all, *self._buttons):
            button.setHidden(button not in offers)
        if have_changed:
            self.rebuilt.emit()

    @Slot()
    def _ask_torch(self) -> None:
        if self._refused is None or self._reason.text() or not self._document.has_torch:
            return
        reason = torch_reason(*self._refused)
        if reason:
            self._reason.setText(self.tr("PyTorch says: {reason}").format(reason=reason))
            self._reason.show()

    @Slot()
    def _repair(self) -> None:
        button = self.sender()
        assert isinstance(button, WrapButton)
        self._offer()
        place = self._document.state.broken
        self._document.end_gesture()
        self._document.edit(self.tr("Repair"), edits.repaired, self._offers[button])
        self.repaired.emit(place)
