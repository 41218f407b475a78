"""The one place that holds what the Lab shows, and that undoes its changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from explorer.core.arithmetic import Evaluation, evaluate
from explorer.core.scene import LabState

GESTURE_MS = 700
"""Edits of one kind closer together than this are undone as one."""
UNDO_LIMIT = 500
"""Steps that are kept: each holds two inputs and their weights."""


class LabDocument(QObject):
    """Holds the current `LabState` and what torch made of it.

    Until torch is loaded (see `use_torch`), ``evaluation`` is empty and the rest works already;
    if it cannot be (see `do_without_torch`), it stays so.
    """

    changed = Signal(object, object)
    """(new, old) state, after every change; ``evaluation`` is that of the new one."""
    evaluated = Signal()
    """Whether there are torch's numbers is known now; later ones come with `changed`."""

    def __init__(self, state: LabState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_LIMIT)
        self._state = state
        self._evaluation = Evaluation()
        self._torch = False
        self._waiting = True
        self._since_edit = QElapsedTimer()
        self._since_edit.start()

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

        Parameters
        ----------
        what
            Names the kind of edit to the user; one kind in quick succession becomes one step.
        """
        new = change(self._state, *args, **named)
        if new is self._state:
            return
        # After an undo a new step begins, or it would take along what was left standing.
        merge = self._since_edit.restart() < GESTURE_MS and not self.undo_stack.canRedo()
        self.undo_stack.push(_Edit(self, what, self._state, new, merge))

    def look(self, **changes: Any) -> None:
        """Change step, pin or hover: where one looks, which is not undone."""
        self.show(dataclasses.replace(self._state, **changes))

    def show(self, new: LabState) -> None:
        """Make `new` the current state."""
        old, self._state = self._state, new
        if self._torch and not new.computes_as(old):
            self._evaluate()
        self.changed.emit(new, old)

    def _evaluate(self) -> None:
        state = self._state
        self._evaluation = evaluate(state.layer, state.input, state.weight, state.bias)


class _Edit(QUndoCommand):
    def __init__(
        self, document: LabDocument, what: str, old: LabState, new: LabState, merge: bool
    ) -> None:
        super().__init__(what)
        self._document = document
        # The pointer will be elsewhere by then.
        self._old, self._new = (dataclasses.replace(state, hover=None) for state in (old, new))
        self._merge = merge

    def id(self) -> int:
        return hash(self.text()) & 0x7FFFFFFF

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or not other._merge or other.text() != self.text():
            return False
        self._new = other._new
        return True

    def redo(self) -> None:
        self._document.show(self._new)

    def undo(self) -> None:
        self._document.show(self._old)
