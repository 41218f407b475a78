"""The one place that holds what the Network page shows, and that undoes its changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.core.layers import Array
from explorer.core.network import edits
from explorer.core.network.preparing import prepared
from explorer.core.network.running import Runner
from explorer.core.network.state import NetworkState
from explorer.ui.background import Background

GESTURE_MS = 700
"""Edits of one kind closer together than this are undone as one."""
UNDO_LIMIT = 100
"""Steps that are kept."""
AT_ONCE = 8_000_000
"""Multiply-adds of a network that is run within a change, in a few milliseconds; larger ones are
run beside the window."""
AT_ONCE_PARAMETERS = 500_000
"""Parameters up to which that holds."""

Outputs = tuple[Array | None, ...]
"""What came out of each layer: (C, H, W) or (F,); None where nothing flows."""


class NetworkDocument(QObject):
    """Holds the current `NetworkState` and what torch makes of its picture.

    Until torch is loaded (see `use_torch`) there are neither weights nor outputs, and the rest
    works already.
    """

    changed = Signal(object, object)
    """(new, old) state, after every change."""
    computed = Signal()
    """``outputs`` are those of the current state."""
    failed = Signal(str)
    """The network could not be run; the sentence says why."""

    def __init__(self, state: NetworkState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self._state = state
        self._outputs: Outputs = (None,) * len(state.network.layers)
        self._torch = False
        self._runner: Runner | None = None
        self._last_edit: _Edit | None = None
        self._is_telling = False
        self._since_edit = QElapsedTimer()
        self._since_edit.start()
        self._background = Background(self)
        self._background.found.connect(self._take_outputs)
        self._background.failed.connect(self.failed)

    @property
    def state(self) -> NetworkState:
        """What is shown."""
        return self._state

    @property
    def outputs(self) -> Outputs:
        """What came out of each layer last; of an earlier state while `is_behind`."""
        return self._outputs

    @property
    def is_behind(self) -> bool:
        """Whether the outputs of the current state are still to come."""
        return self._background.is_busy

    @property
    def has_torch(self) -> bool:
        """Whether numbers can be computed yet."""
        return self._torch

    def use_torch(self) -> None:
        """Start to compute: torch has been imported."""
        self._torch = True
        self.show(self._state)

    def shut_down(self) -> None:
        """Return when nothing runs any more."""
        self._background.shut_down()

    def edit(self, what: str, change: Callable[..., NetworkState], *args: Any) -> None:
        """Apply ``change(state, *args)`` as a step that can be undone.

        What is asked for while `changed` is being told is passed over: nobody has wished for it.

        Parameters
        ----------
        what
            Names the kind of edit to the user; one kind in quick succession becomes one step.
        """
        new = self._state if self._is_telling else change(self._state, *args)
        if new is self._state:
            return
        if self._torch:
            new = edits.completed(new)
        # After an undo a new step begins, or it would take along what was left standing.
        goes_on = self._since_edit.restart() < GESTURE_MS and not self.undo_stack.canRedo()
        last = self._last_edit if self.undo_stack.canUndo() else None
        if goes_on and last is not None and last.what == what:
            last.lead_to(new)
            self.show(new)
        else:
            self._last_edit = _Edit(self, what, self._state, new)
            self.undo_stack.push(self._last_edit)

    def end_gesture(self) -> None:
        """Let the next edit be a step of its own, whatever it is."""
        self._last_edit = None

    def look(self, **changes: Any) -> None:
        """Change what is chosen, pointed at or followed, which is not undone."""
        self.show(dataclasses.replace(self._state, **changes))

    def show(self, new: NetworkState) -> None:
        """Make `new` the current state."""
        old = self._state
        self._state = new = edits.completed(new) if self._torch else new
        computes = new.is_complete and self._torch
        must_run = computes and (not new.computes_as(old) or not self._has_outputs())
        if not new.computes_as(old) and len(self._outputs) != len(new.network.layers):
            self._outputs = (None,) * len(new.network.layers)
        runs_now = must_run and _is_run_at_once(new)
        if runs_now:
            self._background.give_up()
            self._outputs = _last(self._run(new))
        elif must_run:
            self._background.ask(lambda: self._run(new))
        outer, self._is_telling = self._is_telling, True
        self.changed.emit(new, old)
        self._is_telling = outer
        if runs_now:
            self.computed.emit()

    def _has_outputs(self) -> bool:
        return self._background.is_busy or any(one is not None for one in self._outputs)

    def _run(self, state: NetworkState) -> Iterator[Outputs]:
        """Run a state; what comes is fuller each time."""
        runner = self._runner
        if runner is None or runner.network != state.network:
            runner = self._runner = Runner(state.network)
        runner.load(state.used_weights)
        count = len(state.network.layers)
        flowing = count if state.broken is None else state.broken
        outputs: list[Array | None] = [None] * count
        if flowing == 0:
            yield tuple(outputs)
            return
        x = prepared(state.picture)
        for i, output in zip(range(flowing), runner.outputs(x, state.off), strict=False):
            outputs[i] = output
            yield tuple(outputs)

    @Slot(object)
    def _take_outputs(self, outputs: Outputs) -> None:
        if len(outputs) == len(self._state.network.layers):
            self._outputs = outputs
            self.computed.emit()


def _last(outputs: Iterator[Outputs]) -> Outputs:
    found: Outputs = ()
    for found in outputs:  # noqa: B007 - the last one counts
        pass
    return found


def _is_run_at_once(state: NetworkState) -> bool:
    """Tell whether nobody will notice how long the network takes."""
    total = state.total
    return total.multiply_adds <= AT_ONCE and total.parameters <= AT_ONCE_PARAMETERS


class _Edit(QUndoCommand):
    def __init__(
        self, document: NetworkDocument, what: str, old: NetworkState, new: NetworkState
    ) -> None:
        super().__init__(what)
        self.what = what
        self._document = document
        self._old, self._new = _without_pointer(old), _without_pointer(new)

    def lead_to(self, new: NetworkState) -> None:
        """Let the step end somewhere else."""
        self._new = _without_pointer(new)

    def redo(self) -> None:
        self._document.show(self._new)

    def undo(self) -> None:
        self._document.show(self._old)


def _without_pointer(state: NetworkState) -> NetworkState:
    """Return the state for later, when the pointer will be elsewhere."""
    return dataclasses.replace(state, hover=None)
