"""The card that says where the weights come from, and sends the network to the Training page."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.core.network import edits
from explorer.core.network.state import NetworkState
from explorer.drawing.palette import GRID
from explorer.ui.network.document import NetworkDocument
from explorer.ui.widgets.buttons import push_button, tool_button
from explorer.ui.widgets.card import Card
from explorer.ui.widgets.help import set_help
from explorer.ui.widgets.label import Label
from explorer.ui.widgets.toggle import Toggle

SEEDS = 10_000


class WeightsCard(Card):
    """Drawn with a seed, or those of the training run as it learns."""

    follow_wanted = Signal(bool)
    """Whether the page is to show what the training run learns."""
    train_wanted = Signal()
    """The network is to be trained on the Training page."""

    def __init__(self, document: NetworkDocument, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Weights"), parent)
        self._document = document
        self._can_train = False

        self.follow = Toggle(
            "network.follow",
            self.tr("Follow the training run"),
            self.tr(
                "Show the network of the Training page with its weights, live while it learns."
            ),
        )
        self.about = Label("", "caption", wrap=True)
        self.about.setObjectName("network.weights")
        self.draw = tool_button(
            "network.draw",
            self.tr("Draw new weights"),
            "random",
            self.tr("Draw new weights with another seed, as PyTorch does for a new network"),
            size=16,
        )
        self.train = push_button(
            "network.train", self.tr("Train this network"), picture="training", primary=True
        )
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.about, 1)
        row.addWidget(self.draw)
        self.body.addWidget(self.follow)
        self.body.addLayout(row)
        self.body.addWidget(self.train)

        self.follow.changed.connect(self.follow_wanted)
        self.draw.clicked.connect(self._draw_anew)
        self.train.clicked.connect(self.train_wanted)
        document.changed.connect(self._on_changed)
        self.show_following(False, False)
        self._show(document.state)

    def show_following(self, on: bool, possible: bool) -> None:
        """Show whether the training run is followed, and whether there is one to follow."""
        self.follow.set_value(on)
        self.follow.setEnabled(possible)

    def show_trainable(self, refusal: str) -> None:
        """Offer to train the network, or say why it cannot learn digits."""
        self.train.setEnabled(not refusal)
        what = self.tr("Take it to the Training page: with the weights that it has now.")
        set_help(refusal or what, self.train)

    @Slot()
    def _draw_anew(self) -> None:
        seed = (self._document.state.seed + 1) % SEEDS
        self._document.edit(self.tr("New weights"), edits.reinitialised, seed)

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        if (new.origin, new.step, new.seed, bool(new.edited), bool(new.off)) != (
            old.origin,
            old.step,
            old.seed,
            bool(old.edited),
            bool(old.off),
        ):
            self._show(new)

    def _show(self, state: NetworkState) -> None:
        if state.origin == "run" and state.step is not None:
            text = self.tr("Of the training run, after {step} batches.").format(
                step=f"{state.step:,}"
            )
        elif state.origin == "own":
            text = self.tr("Learned before, or from a file. Layers that are new have new weights.")
        else:
            text = self.tr("Untrained: drawn with seed {seed}.").format(seed=state.seed)
        if state.edited or state.off:
            text += " " + self.tr("Some are changed by hand.")
        self.about.setText(text)
