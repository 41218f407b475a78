"""What a training run has learned, for the other pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.core.layers import Array

if TYPE_CHECKING:
    from explorer.data.digits import Digits
    from explorer.training.checkpoint import Checkpoint


@dataclass(frozen=True, eq=False)
class LearnedNetwork:
    """A network with all its weights, as a run had them after a step.

    Attributes
    ----------
    network
        What ``Settings.network`` holds: a name, or the source of an own network.
    digits
        What it learns, as far as they are there.
    """

    network: str
    checkpoint: Checkpoint
    digits: Digits | None


class Learned(QObject):
    """What the run that is shown has learned, or the one that was; use `learned`.

    Attributes
    ----------
    kernels
        Of the first layer, float32 (out_channels, 1, h, w); None before the first run.
    network
        The whole of it, a few times a second; None likewise.
    """

    changed = Signal()
    network_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.kernels: Array | None = None
        self.network: LearnedNetwork | None = None

    def offer(self, kernels: Array) -> None:
        """Let everybody know what the first layer has learned so far."""
        self.kernels = kernels
        self.changed.emit()

    def offer_network(self, network: str, checkpoint: Checkpoint, digits: Digits | None) -> None:
        """Let everybody know what all layers have learned so far."""
        last, new = self.network, LearnedNetwork(network, checkpoint, digits)
        if (
            last is None
            or last.checkpoint is not checkpoint
            or last.digits is not digits
            or last.network != network
        ):
            self.network = new
            self.network_changed.emit()


learned = Learned()
"""The one instance."""
