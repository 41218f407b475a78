"""The named networks, and what to notice about the one that is shown."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from explorer.core.network import edits
from explorer.core.network.presets import PRESETS
from explorer.core.network.state import NetworkState
from explorer.ui.network.document import NetworkDocument
from explorer.ui.sentences import translated
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.label import Label


class NetworkCard(Card):
    """A list of networks with a sentence below."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Network"), parent)
        self._document = document
        self._has_room = True
        self.preset = Choice(
            "network.preset",
            self.tr("Network"),
            self._lines(),
            self.tr("Networks with a name, to begin with."),
        )
        self._hint = Label("", "muted", wrap=True)
        self._hint.setObjectName("network.hint")
        self._hint.setAccessibleName(self.tr("What to notice"))
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)

        self.body.addWidget(self.preset)
        self.body.addWidget(self._hint)

        self.preset.changed.connect(self._choose)
        document.changed.connect(self._on_changed)
        self._show(document.state)

    def make_room(self, has_room: bool) -> None:
        """Leave the sentence out where the page is too low for it."""
        if has_room != self._has_room:
            self._has_room = has_room
            self._hint.setHidden(not has_room)

    def _lines(self) -> list[tuple[str | None, str]]:
        found: list[tuple[str | None, str]] = [("", self.tr("Own network"))]
        to_look_at: list[tuple[str | None, str]] = [(None, self.tr("To look at"))]
        for name, preset in PRESETS.items():
            (found if preset.trains else to_look_at).append((name, translated(preset.title)))
        return found + to_look_at

    @Slot(str)
    def _choose(self, name: str) -> None:
        if name:
            self._document.end_gesture()
            self._document.edit(self.tr("Network"), edits.with_preset, name)
        else:
            # Whatever it is becomes one's own with the first change.
            self._show(self._document.state)

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if new.network is not old.network:
            self._show(new)

    def _show(self, state: NetworkState) -> None:
        named = (name for name, preset in PRESETS.items() if preset.network == state.network)
        name = next(named, "")
        self.preset.set_value(name)
        if name:
            self._hint.setMinimumHeight(0)
            self._hint.setText(translated(PRESETS[name].hint))
        else:
            # The list must not move up under a slider that has just been taken hold of.
            self._hint.setMinimumHeight(self._hint.height() if self._hint.isVisible() else 0)
            self._hint.setText(
                self.tr("A network of your own. Undo, or choose another one, to go back.")
            )
