"""The one place that holds what the Lab shows, and that undoes its changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.core.arithmetic import Evaluation, Proof, evaluate
from explorer.core.scene import LabState
from explorer.training.memory import give_back_holes
from explorer.ui.lab.prover import Claim, Prover
from explorer.ui.steps import Steps

UNDO_LIMIT = 200
"""Steps that are kept."""
UNDO_BYTES = 16 * 2**20
"""Numbers that they may hold together: with large pictures there are fewer steps."""
LARGE = 2**20
"""Bytes of numbers whose memory is worth giving back when they are gone."""
TIDY_MS = 2000
AT_ONCE = 1_000_000
"""Multiplications or comparisons of cells that are proven within a change, in about 1 ms."""
AT_ONCE_CELLS = 128 * 128
"""Cells of a channel of the input up to which that holds: to look through more takes longer."""
REST_MS = 100
"""A larger proof begins when nothing has changed for so long: beside a moving slider it would take
the memory's and the processor's time from the picture, only to be given up."""


class LabDocument(QObject):
    """Holds the current `LabState` and what torch made of it.

    Until torch is loaded (see `use_torch`), ``evaluation`` is empty and the rest works already;
    if it cannot be (see `do_without_torch`), it stays so. The proof of a large output comes later
    than the output itself, see `is_proving`.
    """

    changed = Signal(object, object)
    """(new, old) state, after every change; ``evaluation`` is that of the new one."""
    evaluated = Signal()
    """Whether there are torch's numbers is known now; later ones come with `changed`."""
    proven = Signal()
    """``evaluation.proof`` has come after the rest of the evaluation."""

    def __init__(self, state: LabState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = Steps(self.show, UNDO_LIMIT, UNDO_BYTES, self)
        self._state = state
        self._evaluation = Evaluation()
        self._torch = False
        self._waiting = True
        self._is_telling = False
        self._tidy = QTimer(self, interval=TIDY_MS, singleShot=True)
        self._tidy.timeout.connect(give_back_holes)
        self._prover = Prover(self)
        self._prover.proven.connect(self._on_proven)
        self._claim: Claim | None = None
        """What is to be proven after a rest."""
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._begin_proof)

    @property
    def state(self) -> LabState:
        """What is shown."""
        return self._state

    @property
    def evaluation(self) -> Evaluation:
        """What torch makes of it."""
        return self._evaluation

    @property
    def has_torch(self) -> bool:
        """Whether numbers can be computed yet."""
        return self._torch

    @property
    def waits_for_torch(self) -> bool:
        """Whether numbers may still come."""
        return self._waiting

    @property
    def is_proving(self) -> bool:
        """Whether the proof of what is shown is still to come; `proven` will tell."""
        return self._claim is not None or self._prover.is_busy

    def shut_down(self) -> None:
        """Give up the proof that is still to come, and wait until nothing runs any more."""
        self._drop_proof()
        self._tidy.stop()
        self._prover.wait()

    def use_torch(self) -> None:
        """Start to compute: torch has been imported."""
        self._torch, self._waiting = True, False
        self._evaluate()
        self.evaluated.emit()

    def do_without_torch(self) -> None:
        """Wait no longer: torch cannot be imported."""
        self._waiting = False
        self.evaluated.emit()

    def edit(self, what: str, change: Callable[..., LabState], *args: Any, **named: Any) -> None:
        """Apply ``change(state, *args, **named)`` as a step that can be undone.

        What is asked for while `changed` is being told is passed over: nobody has wished for it. A
        box that is hidden then takes what was half typed in it.

        Parameters
        ----------
        what
            Names the kind of edit to the user; one kind in quick succession becomes one step.
        """
        new = self._state if self._is_telling else change(self._state, *args, **named)
        if new is self._state:
            return
        self.undo_stack.take(what, self._state, new)

    def look(self, **changes: Any) -> None:
        """Change step, pin or hover: where one looks, which is not undone."""
        self.show(dataclasses.replace(self._state, **changes))

    def show(self, new: LabState) -> None:
        """Make `new` the current state."""
        old, self._state = self._state, new
        if self._torch and not new.computes_as(old):
            self._evaluate()
        outer, self._is_telling = self._is_telling, True
        self.changed.emit(new, old)
        self._is_telling = outer

    def _evaluate(self) -> None:
        state, at_once = self._state, _is_proven_at_once(self._state)
        numbers = state.layer, state.input, state.used_weight, state.bias
        self._drop_proof()
        output = self._evaluation.output
        if output is not None and output.nbytes + state.input.nbytes >= LARGE:
            self._tidy.start()
        if state.too_large is not None:
            self._evaluation = Evaluation()
            return
        self._evaluation = evaluate(*numbers, with_proof=at_once)
        if self._evaluation.output is not None and not at_once:
            self._claim = Claim(*numbers, self._evaluation.output)
            self._rest.start()

    def _drop_proof(self) -> None:
        self._claim = None
        self._rest.stop()
        self._prover.give_up()

    @Slot()
    def _begin_proof(self) -> None:
        claim, self._claim = self._claim, None
        assert claim is not None
        self._prover.prove(claim)

    @Slot(object)
    def _on_proven(self, proof: Proof) -> None:
        self._evaluation = dataclasses.replace(self._evaluation, proof=proof)
        self.proven.emit()


def _is_proven_at_once(state: LabState) -> bool:
    """Tell whether nobody will notice how long the proof takes."""
    vertical, horizontal = state.axes
    each = vertical.kernel * horizontal.kernel * len(state.read_channels)
    multiplications = state.windows * state.output_channels * each
    return multiplications <= AT_ONCE and state.input[0].size <= AT_ONCE_CELLS
