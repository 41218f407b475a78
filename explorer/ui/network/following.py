"""Keeps the Network page beside the training run: its network, and its weights as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.core.network import edits
from explorer.core.network.naming import network_named
from explorer.core.network.presets import DIGIT
from explorer.core.network.stack import Network
from explorer.core.network.state import NetworkState
from explorer.training.checkpoint import Checkpoint
from explorer.training.shapes import class_count
from explorer.ui.learned import LearnedNetwork, learned
from explorer.ui.network.document import NetworkDocument

Show = Callable[[NetworkState, LearnedNetwork], NetworkState]

TOGETHER_MS = 400
"""What comes within this time is shown once: to run and to draw it takes time from the training."""


class Following(QObject):
    """Shows what the run learns as long as it is switched on and the page can be seen.

    Who changes the layers has a network of their own from then on: it switches itself off.
    """

    changed = Signal()
    """Whether the run is followed, or whether there is one at all."""
    digits_changed = Signal(object)
    """The `Digits` of the run that is followed."""

    def __init__(self, document: NetworkDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._is_on = False
        self._is_shown = False
        self._is_kept = False
        self._expected: Network | None = None
        """What was sent to be trained, until a run of it has begun."""
        self._before: Checkpoint | None = None
        """What had been learned by then."""
        self._soon = QTimer(self, interval=TOGETHER_MS, singleShot=True)

        self._soon.timeout.connect(self._take)
        document.changed.connect(self._on_changed)
        learned.network_changed.connect(self._on_learned)

    @property
    def is_on(self) -> bool:
        """Whether the run is followed."""
        return self._is_on

    @property
    def is_possible(self) -> bool:
        """Whether there is a run to follow."""
        return learned.network is not None

    def set_shown(self, shown: bool) -> None:
        """Say whether the page can be seen: nobody draws for nobody."""
        self._is_shown = shown
        if shown:
            self._on_learned()

    def keep_network(self) -> None:
        """Leave what is shown alone until somebody wishes to follow: it is the user's own."""
        self._is_kept = True

    def expect(self, network: Network) -> None:
        """Follow the run that will be of this network: its weights are awaited here."""
        self._expected = network
        self._before = None if learned.network is None else learned.network.checkpoint

    @Slot(bool)
    def set_on(self, on: bool) -> None:
        """Follow the run, as a step that can be undone, or keep what is there."""
        if on == self._is_on:
            return
        found = learned.network
        if on and found is not None:
            self._begin(found, _shown)
        else:
            self._is_on = False
        self.changed.emit()

    def _begin(self, found: LearnedNetwork, show: Show) -> None:
        self._is_on = True
        self._document.end_gesture()
        self._document.edit(self.tr("Follow"), show, found)
        if found.digits is not None:
            self.digits_changed.emit(found.digits)

    @Slot()
    def _on_learned(self) -> None:
        untouched = not self._is_kept and self._document.undo_stack.count() == 0
        if untouched and not self._is_on and self._document.state.origin == "untrained":
            self._is_on = self.is_possible
        self._meet_expected()
        self.changed.emit()
        if self._is_on and self._is_shown:
            self._take_soon()

    def _meet_expected(self) -> None:
        """Begin to follow what was sent to be trained, unless the layers are others by now."""
        found, expected = learned.network, self._expected
        if not self._is_shown or found is None or expected is None:
            return
        if expected != self._document.state.network:
            self._expected = self._before = None
        elif found.checkpoint is not self._before and expected == _network(found):
            self._expected = self._before = None
            if not self._is_on:
                self._begin(found, _trained)

    def _take_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _take(self) -> None:
        found = learned.network
        if not self._is_on or found is None:
            return
        if found.digits is not None:
            self.digits_changed.emit(found.digits)
        state = self._document.state
        if state.weights is not found.checkpoint.weights:
            self._document.show(_shown(state, found))

    @Slot(object, object)
    def _on_changed(self, new: NetworkState, old: NetworkState) -> None:
        found = learned.network
        if not self._is_on or found is None or new.weights is old.weights:
            return
        if new.weights is found.checkpoint.weights:
            return
        # Weights that were drawn because torch has come are no sign of a wish.
        leaves = old.origin == "run" and new.origin != "run"
        if leaves or new.network != _network(found):
            self._is_on = False
            self.changed.emit()
        else:
            # An undo has brought weights of a while ago.
            self._take_soon()


def _network(found: LearnedNetwork) -> Network:
    classes = class_count(found.network, found.checkpoint.weights)
    network = network_named(found.network)
    return network if classes is None else network.with_classes(classes)


def _shown(state: NetworkState, found: LearnedNetwork) -> NetworkState:
    network = _network(found)
    if state.network != network:
        state = edits.with_input(edits.with_network(state, network), DIGIT)
    state = edits.with_weights(state, found.checkpoint.weights, found.checkpoint.step)
    return replace(state, frozen=found.checkpoint.frozen)


def _trained(state: NetworkState, found: LearnedNetwork) -> NetworkState:
    """Show what was sent to be trained: the run began with what was changed by hand."""
    return replace(_shown(state, found), edited={})
