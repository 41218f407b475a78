"""What the weights of the next run are at its beginning: new ones, or those of an earlier run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.data.digits import CLASSES
from explorer.drawing.palette import GRID
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field_row import FieldRow
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.toggle import Toggle

NEW: Final = ""
"""Value of the entry that starts from nothing."""


@dataclass(frozen=True)
class Origin:
    """Something that a run can start from.

    Attributes
    ----------
    key
        What the page knows it by; not empty.
    text
        What the user reads, such as "lr 0.1, step 4,690".
    has_head
        Whether it has a last layer that fits; if not, there has to be a new one.
    """

    key: str
    text: str
    has_head: bool = True


class OriginField(QWidget):
    """A list of what can be started from, a switch for the last layer, and what will come of it."""

    changed = Signal()
    """The user has made another choice."""

    def __init__(self, label_width: int = 8 * GRID, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: dict[str, Origin] = {}
        self._layers: list[tuple[str, int]] = []
        self._frozen: frozenset[str] = frozenset()
        self._classes = CLASSES
        self._head = ""
        self._wanted = False
        """What the user has made of the switch, whether or not it counts at the moment."""
        self.choice = Choice(
            "train.origin",
            self.tr("Start from"),
            [(NEW, self.tr("New weights"))],
            self.tr(
                "New weights are drawn by the seed. Those of an earlier run, or of a file, know "
                "something already: train them further, or on other data."
            ),
        )
        self._about = self.choice.toolTip()
        self.head = Toggle("train.new_head", self.tr("New last layer"))
        self._line = Label("", "caption", wrap=True)
        self._line.setObjectName("train.origin.line")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(FieldRow(self.tr("Start from"), self.choice, label_width=label_width))
        layout.addWidget(self.head)
        layout.addWidget(self._line)

        self.choice.changed.connect(self._on_chosen)
        self.head.changed.connect(self._on_switched)
        self._tell()

    def value(self) -> str:
        """Return the key of what is started from, `NEW` for new weights."""
        return self.choice.value()

    def new_head(self) -> bool:
        """Return whether the last layer begins anew while the others keep their weights."""
        entry = self._entries.get(self.value())
        return entry is not None and (self._wanted or not entry.has_head)

    def set_value(self, key: str) -> None:
        """Choose an entry without a signal; `NEW` where there is none of this key."""
        self.choice.set_value(key if key in self._entries else NEW)
        self._tell()

    def set_entries(self, entries: Sequence[Origin]) -> None:
        """Offer these after new weights, without a signal; the choice stays if it is among them."""
        if list(self._entries.values()) == list(entries):
            return
        self._entries = {entry.key: entry for entry in entries}
        listed = [(entry.key, entry.text) for entry in entries]
        self.choice.set_items([(NEW, self.tr("New weights")), *listed])
        self._tell()

    def set_layers(
        self, layers: Sequence[tuple[str, int]], classes: int = CLASSES, head: str | None = None
    ) -> None:
        """Tell what the network has.

        Parameters
        ----------
        layers : sequence of (str, int)
            Of each layer with parameters the name and how many it has, the first one first.
        classes : int
            How many the data has, and its last layer tells apart.
        head : str, optional
            The name of that layer, where it is not the last of them.
        """
        head = head or (layers[-1][0] if layers else "")
        if (self._layers, self._classes, self._head) != (list(layers), classes, head):
            self._layers, self._classes, self._head = list(layers), classes, head
            self._tell()

    def set_frozen(self, frozen: frozenset[str]) -> None:
        """Tell which layers do not learn, by their names."""
        if self._frozen != frozen:
            self._frozen = frozen
            self._tell()

    @Slot(str)
    def _on_chosen(self, _key: str) -> None:
        self._tell()
        self.changed.emit()

    @Slot(bool)
    def _on_switched(self, new: bool) -> None:
        self._wanted = new
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        """Bring the switch and the sentence in line with the choice."""
        entry = self._entries.get(self.value())
        # With new weights every layer is new: nothing to be said or switched.
        self.head.setVisible(entry is not None)
        self.head.setEnabled(entry is not None and entry.has_head)
        self.head.set_value(self.new_head())
        if entry is None or entry.has_head:
            reason = self.tr(
                "The last layer forgets what it has learned and the others keep it: for data with "
                "other classes."
            )
        else:
            reason = self.tr(
                "Has to be: what you start from has no last layer for the {classes} classes of "
                "the data."
            ).format(classes=self._classes)
        set_help(reason, self.head)
        sentence = self._sentence()
        lines = [self._learning(), *([] if entry is None else [sentence])]
        self._line.setText("\n".join(line for line in lines if line))
        self._line.setVisible(bool(self._line.text()))
        set_help(f"{self._about}\n\n{sentence}".strip(), self.choice)

    def _learning(self) -> str:
        """Return how many of the parameters learn, where not all of them do."""
        frozen = [name for name, _ in self._layers if name in self._frozen]
        if not frozen:
            return ""
        text = self.tr("{names} frozen: {learning:,} of {every:,} parameters learn.")
        return text.format(
            names=", ".join(frozen),
            learning=sum(count for name, count in self._layers if name not in self._frozen),
            every=self._every(),
        )

    def _sentence(self) -> str:
        is_new = self.new_head()
        kept = [layer for layer in self._layers if not (is_new and layer[0] == self._head)]
        if not self._layers:
            return ""
        if not self.value():
            return self.tr("All {every:,} parameters begin anew.").format(every=self._every())
        if not self.new_head():
            text = self.tr("All {every:,} parameters keep what they learned.")
        elif self._entries[self.value()].has_head:
            text = self.tr(
                "{names} keep what they learned ({old:,} of {every:,} parameters); {head} begins "
                "anew."
            )
        else:
            text = self.tr(
                "{names} keep what they learned; {head} has to begin anew, for the {classes} "
                "classes of the data: {old:,} of {every:,} parameters are old."
            )
        return text.format(
            names=", ".join(name for name, _ in kept),
            head=self._head,
            old=sum(count for _, count in kept),
            every=self._every(),
            classes=self._classes,
        )

    def _every(self) -> int:
        return sum(count for _, count in self._layers)
