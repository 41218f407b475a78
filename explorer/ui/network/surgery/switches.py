"""Whether a layer learns, and whether it works at all."""

from typing import cast

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.core.network import edits
from explorer.core.network.running import Off
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.toggle import Toggle

ON = "on"


class Switches(QWidget):
    """Of the chosen layer: frozen or not, on or off."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document

        self.freeze = Toggle(
            "network.freeze",
            self.tr("Frozen: it does not learn"),
            self.tr("The next training leaves the weights of this layer as they are."),
        )
        self.off = Choice("network.off", self.tr("What the layer puts out"))
        row = FieldRow(
            self.tr("Gives"),
            self.off,
            self.tr(
                "What comes out of the layer: what it computes; what goes into it, as if it were "
                "not there, where the shapes agree; or nothing but zeros."
            ),
            label_width=6 * GRID,
        )

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(row)
        layout.addWidget(self.freeze)

        self.freeze.changed.connect(self._freeze)
        self.off.changed.connect(self._switch)

    def show_state(self, state: NetworkState) -> None:
        """Show the switches of the chosen layer; there is one."""
        assert state.chosen is not None
        place, name = state.places[state.chosen], state.network.names[state.chosen]
        items = [(ON, self.tr("what it computes"))]
        off = state.off.get(name)
        if place.input == place.output or off == "identity":
            items.append(("identity", self.tr("off: its input, unchanged")))
        items.append(("zeros", self.tr("off: only zeros")))
        self.off.set_items(items)
        self.off.set_value(off or ON)
        self.freeze.setVisible(name in state.network.learning)
        self.freeze.set_value(name in state.frozen)

    @Slot(bool)
    def _freeze(self, frozen: bool) -> None:
        self._edit(self.tr("Freeze"), edits.with_frozen, frozen)

    @Slot(str)
    def _switch(self, value: str) -> None:
        off = None if value == ON else cast(Off, value)
        self._edit(self.tr("Switch off"), edits.switched, off)

    def _edit(self, what: str, change: object, value: object) -> None:
        state = self._document.state
        if state.chosen is not None:
            self._document.end_gesture()
            name = state.network.names[state.chosen]
            self._document.edit(what, change, name, value)  # type: ignore[arg-type]
