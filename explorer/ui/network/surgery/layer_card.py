"""The card that works on the chosen layer: frozen, switched off, its kernels replaced."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from explorer.core.network.operations import MOST_WEIGHTS, opened
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.kernel_editor import KernelEditor
from explorer.ui.network.surgery.switches import Switches
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.label import Label


class LayerCard(Card):
    """What can be done to the layer that is looked at; undo takes it back."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Change a layer"), parent)
        self._document = document
        self._shown: NetworkState | None = None

        self._empty = Label(self.tr("Choose a layer to change it."), "muted", wrap=True)
        self._empty.setObjectName("network.layer.empty")
        words = self.tr("Single kernels can be changed in layers with {most:,} weights at most.")
        self._large = Label(words.format(most=MOST_WEIGHTS), "muted", wrap=True)
        self._large.setObjectName("network.layer.large")
        self._mark = Label("", "caption")
        self._mark.setObjectName("network.layer.mark")
        self.switches = Switches(document)
        self.editor = KernelEditor(document)

        self.add_to_header(self._mark)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.switches)
        column.addWidget(self.editor)
        column.addWidget(self._large)
        self.body.addWidget(self._empty)
        self.body.addWidget(self._content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

        document.changed.connect(self._on_changed)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if not self.isVisible():
            if self._shown is not None and new.network != self._shown.network:
                # They would hold on to all weights of another network.
                self._shown = None
                self.editor.clear()
            return
        self._show()
        pinned = new.pinned
        if pinned is not None and pinned != old.pinned and pinned.place == new.chosen:
            self.editor.follow(pinned.channel)

    def _show(self) -> None:
        state = self._document.state
        if self._shown is not None and _looks_the_same(state, self._shown):
            return
        self._shown = state
        place = state.chosen
        is_there = place is not None and place < len(state.network.layers)
        self._empty.setVisible(not is_there)
        self._content.setVisible(is_there)
        if place is None or not is_there:
            self.title.setText(self.tr("Change a layer"))
            self._mark.setText("")
            self.editor.clear()
            return
        name = state.network.names[place]
        self.title.setText(self.tr("Change {layer}").format(layer=name))
        self._mark.setText(self._summary(state, name))
        self.switches.show_state(state)
        layer = opened(state, place)
        self.editor.setVisible(layer is not None)
        weight = state.weights.get(f"{name}.weight")
        self._large.setVisible(weight is not None and weight.size > MOST_WEIGHTS)
        if layer is None:
            self.editor.clear()
        else:
            self.editor.show_state(state, layer)

    def _summary(self, state: NetworkState, name: str) -> str:
        """Say in a word what is not as it was learned."""
        is_edited = any(full.rpartition(".")[0] == name for full in state.edited)
        words = []
        if name in state.off:
            words.append(self.tr("off"))
        if is_edited:
            words.append(self.tr("changed"))
        if name in state.frozen:
            words.append(self.tr("frozen"))
        return " · ".join(words)


def _looks_the_same(state: NetworkState, other: NetworkState) -> bool:
    return (
        state.network == other.network
        and state.input == other.input
        and state.weights is other.weights
        and state.edited is other.edited
        and state.off == other.off
        and state.frozen == other.frozen
        and state.chosen == other.chosen
    )
