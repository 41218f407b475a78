"""The parameters of the chosen layer, opened in place below its row, and what to do with it."""

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.core.layers import Module, Parameter
from explorer.core.network import edits
from explorer.core.network.stack import MOST_LAYERS
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.sentences import translated
from explorer.ui.theme import theme
from explorer.ui.widgets.buttons import tool_button
from explorer.ui.widgets.parameter_rows import ParameterRows
from explorer.ui.widgets.toggle import Toggle

SLIDER_CHANNELS = 64
MOST_TYPED = 4096
"""More would take a second to draw with the first digit that is typed too much."""


class LayerEditor(QWidget):
    """The rows of the Lab for one layer of the network, a switch and four buttons."""

    rebuilt = Signal()
    """There are other controls now."""
    move_wanted = Signal(int)
    """The layer is to go so many places down, or up where it is negative."""
    duplicate_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._kind: type[Module] | None = None
        self._rows = ParameterRows("network.", channels=SLIDER_CHANNELS, typed=MOST_TYPED)
        self._freeze = Toggle(
            "network.freeze",
            self.tr("Frozen"),
            self.tr(
                "A frozen layer keeps its weights when the network is trained; the gradient goes "
                "through it to the layers before."
            ),
        )
        self._up = self._button("up", self.tr("Move up"), "arrow-up", "Alt+Up")
        self._down = self._button("down", self.tr("Move down"), "arrow-down", "Alt+Down")
        self._twice = self._button("duplicate", self.tr("Duplicate"), "copy", "Ctrl+D")
        self._remove = self._button("remove", self.tr("Remove"), "trash", "Del")

        # The list scrolls before anything in here is squeezed.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        buttons.addWidget(self._up)
        buttons.addWidget(self._down)
        buttons.addStretch(1)
        buttons.addWidget(self._twice)
        buttons.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._rows)
        layout.addWidget(self._freeze)
        layout.addLayout(buttons)

        self._rows.changed.connect(self._set)
        self._freeze.changed.connect(self._set_frozen)
        self._up.clicked.connect(lambda: self.move_wanted.emit(-1))
        self._down.clicked.connect(lambda: self.move_wanted.emit(1))
        self._twice.clicked.connect(self.duplicate_wanted)
        self._remove.clicked.connect(self.remove_wanted)

    def _button(self, name: str, label: str, picture: str, keys: str) -> Any:
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        return tool_button(f"network.{name}", label, picture, f"{label} ({shown})", size=18)

    def show_layer(self, state: NetworkState, place: int) -> None:
        """Show the layer at a place of the network, without a signal."""
        layer = state.network.layers[place]
        if type(layer) is not self._kind:
            self._kind = type(layer)
            self._rows.set_kind(self._kind)
            self.rebuilt.emit()
        shape = state.places[place].input
        sides = (shape[1], shape[2]) if shape is not None and len(shape) == 3 else (1, 1)
        self._rows.show_values(layer, sides)
        self._rows.setHidden(not layer.parameters())
        self._freeze.setHidden(not layer.weight_shapes())
        self._freeze.set_value(state.network.names[place] in state.frozen)
        self._up.setEnabled(place > 0)
        count = len(state.network.layers)
        self._down.setEnabled(place + 1 < count)
        self._twice.setEnabled(count < MOST_LAYERS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar on the left, which ties all of it to the row above."""
        painter = QPainter(self)
        painter.fillRect(0, 0, 2, self.height() - GRID // 2, QColor(theme.current().accent))
        painter.end()

    @Slot(object, object)
    def _set(self, about: Parameter, value: Any) -> None:
        state = self._document.state
        # A press that takes the focus from a box may bring another layer before it counts.
        if state.chosen is None or about not in state.network.layers[state.chosen].parameters():
            return
        what = translated(about.label)
        self._document.edit(what, edits.with_parameter, state.chosen, about.name, value)

    @Slot(bool)
    def _set_frozen(self, frozen: bool) -> None:
        state = self._document.state
        if state.chosen is not None:
            name = state.network.names[state.chosen]
            what = self.tr("Freeze {layer}") if frozen else self.tr("Let {layer} learn")
            self._document.edit(what.format(layer=name), edits.with_frozen, name, frozen)
