"""Compares torch's numbers with our own arithmetic beside the window: of the latest task only."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QThread, Signal, Slot

from explorer.core.arithmetic import Proof, gather, proving
from explorer.core.layers import Array, Layer
from explorer.training.memory import give_back_memory
from explorer.ui.behind import Behind


@dataclass(frozen=True, eq=False)
class Claim:
    """What torch says that `layer` makes of an input, to be compared with our own arithmetic.

    Attributes
    ----------
    input
        Shape (C, H, W).
    weight, bias
        Shapes ``layer.weight_shape`` and (out_channels,), or None.
    output
        Shape (C_out, out_h, out_w).
    """

    layer: Layer
    input: Array
    weight: Array | None
    bias: Array | None
    output: Array


class Prover(QObject):
    """Proves one claim at a time in a thread of its own, which lives no longer than the work.

    A new claim takes the place of the one before, which is given up wherever it is.
    """

    proven = Signal(object)
    """The `Proof` of the latest claim. Nothing is said about any other."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest: Claim | None = None
        self._occupied = False
        """From the start of the thread until its end has been heard of."""
        self._thread = _Comparison(self)
        self._thread.finished.connect(self._on_finished)

    @property
    def is_busy(self) -> bool:
        """Whether the proof of a claim is still to come."""
        return self._latest is not None

    def prove(self, claim: Claim) -> None:
        """Begin with `claim`, or do so as soon as the one before has been given up."""
        self._latest = claim
        if self._occupied:
            self._thread.requestInterruption()
        else:
            self._start(claim)

    def give_up(self) -> None:
        """Let no proof come any more."""
        self._latest = None
        self._thread.requestInterruption()

    def wait(self) -> None:
        """Give up, and return when the thread has ended."""
        self.give_up()
        self._thread.wait()

    def _start(self, claim: Claim) -> None:
        self._occupied = True
        self._thread.claim = claim
        # Where the system knows the difference, the window goes first.
        self._thread.start(QThread.Priority.LowPriority)

    @Slot()
    def _on_finished(self) -> None:
        self._thread.wait()
        self._occupied = False
        claim, result = self._thread.claim, self._thread.result
        self._thread.claim = self._thread.result = None
        if self._latest is None:
            return
        if claim is not self._latest:
            self._start(self._latest)
            return
        self._latest = None
        if isinstance(result, Exception):
            raise result
        self.proven.emit(result)


class _Comparison(Behind):
    """Looks between two pieces of the work whether it is still wanted."""

    nice = 15

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.claim: Claim | None = None
        self.result: Proof | Exception | None = None

    def work(self) -> None:
        try:
            self._compare()
        except Exception as error:  # noqa: BLE001 - the window's thread raises it again
            self.result = error
        # All that was made for it is free by now, but still in the pool of this thread.
        give_back_memory()

    def _compare(self) -> None:
        claim = self.claim
        assert claim is not None
        windows = gather(claim.layer, claim.input)
        for proof in proving(claim.layer, windows, claim.weight, claim.bias, claim.output):
            self.result = proof
            if self.isInterruptionRequested():
                return
