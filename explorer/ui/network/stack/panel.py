"""The left side of the Network page: which network, its layers, and what they come to."""

from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.core.network.stack import MOST_LAYERS
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.stack.add_button import AddButton
from explorer.ui.network.stack.layer_list import BAR, LayerList
from explorer.ui.network.stack.network_card import NetworkCard
from explorer.ui.network.stack.totals import Totals
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.tab_order import follow_layout

ROOMY: Final = 88 * GRID
"""Height from which on there is room for more than the list."""


class StackPanel(QWidget):
    """Sends wishes to the document and shows its state."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network = NetworkCard(document)
        self._add = AddButton()
        self.layers = LayerList(document)
        self._totals = Totals()

        stack = Card(self.tr("Layers"))
        stack.add_to_header(self._add)
        stack.body.addWidget(self.layers, 1)
        stack.body.addWidget(self._totals)
        # The scroll bar lies in the margin of the card.
        around = stack.layout()
        assert around is not None
        margins = around.contentsMargins()
        margins.setRight(margins.right() - BAR)
        around.setContentsMargins(margins)
        self._totals.setContentsMargins(0, 0, BAR, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self._network)
        layout.addWidget(stack, 1)

        self._add.chosen.connect(self.layers.add)
        self.layers.reordered.connect(self._follow)
        self._totals.broken_wanted.connect(self.layers.show_break)
        document.changed.connect(self._on_changed)
        self._show(document.state)
        follow_layout(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave more to the list in a low window."""
        self._network.make_room(event.size().height() >= ROOMY)
        super().resizeEvent(event)

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.network is not old.network or new.input != old.input:
            self._show(new)

    def _show(self, state: NetworkState) -> None:
        self._totals.show_state(state)
        self._add.setEnabled(len(state.network.layers) < MOST_LAYERS)

    @Slot()
    def _follow(self) -> None:
        follow_layout(self)
