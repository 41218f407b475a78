"""Which network is trained: one with a name, or one of the user's own."""

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QWidget

from explorer.core.network.naming import network_named
from explorer.core.network.presets import PRESETS
from explorer.training.anatomy import layers_of
from explorer.training.settings import NETWORK_NAMES
from explorer.ui.sentences import translated
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.help import set_help

LONGEST_SOURCE: Final = 400
"""Characters of a network's source that are shown at most."""


class NetworkChoice(Choice):
    """All networks that have a name, and the last one without that was set."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("train.network", self.tr("Network"), parent=parent)
        self._own = ""
        self._offer()
        self.changed.connect(self._explain)

    def set_value(self, value: str) -> None:
        """Choose a network without a signal; one that has no name becomes a further entry."""
        if value not in NETWORK_NAMES and value != self._own:
            self._own = value
            self._offer()
        super().set_value(value)
        self._explain()

    def _offer(self) -> None:
        items = [(name, name) for name in NETWORK_NAMES]
        if self._own:
            text = self.tr("Own network ({count} layers)")
            count = len(network_named(self._own).layers)
            items.append((self._own, text.format(count=count)))
        self.set_items(items)
        for row, (name, _) in enumerate(items):
            self.setItemData(row, self._about(name), Qt.ItemDataRole.ToolTipRole)
        self._explain()

    @Slot()
    def _explain(self) -> None:
        set_help(self._about(self.value()), self)

    def _about(self, network: str) -> str:
        """Return what a network is, and how many parameters it has with ten classes."""
        count = sum(count for _, count in layers_of(network))
        parameters = self.tr("{count:,} parameters.").format(count=count)
        if network in PRESETS:
            preset = PRESETS[network]
            return f"{translated(preset.title)}. {translated(preset.hint)} {parameters}"
        source = network if len(network) <= LONGEST_SOURCE else f"{network[:LONGEST_SOURCE]} …"
        return f"{source}. {parameters}"
