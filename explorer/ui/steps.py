"""What has been done in a document, step by step, so that it can be undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy.typing as npt
from PySide6.QtCore import QElapsedTimer, QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

GESTURE_MS = 700
"""Edits of one kind closer together than this are undone as one."""


class State(Protocol):
    """An immutable state that knows where the pointer is, and its arrays."""

    @property
    def hover(self) -> Any:
        """Where the pointer is, or None."""

    @property
    def arrays(self) -> Iterable[npt.NDArray[Any]]:
        """All that it holds."""


class Steps(QUndoStack):
    """The way from state to state.

    Parameters
    ----------
    show
        Makes a state the current one.
    most
        Steps that are kept.
    most_bytes
        Numbers that they may hold together: with large ones there are fewer steps.

    Attributes
    ----------
    gesture_ms
        As `GESTURE_MS`; negative where every edit is to be a step of its own.
    """

    def __init__(
        self,
        show: Callable[[Any], None],
        most: int,
        most_bytes: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setUndoLimit(most)
        self.most_bytes = most_bytes
        self.gesture_ms = GESTURE_MS
        self._show = show
        self._steps: list[_Step] = []
        """Those of the stack. It is not asked for them: PySide finds its objects by their address,
        where another may lie by now."""
        self._goes_on = False
        self._since_last = QElapsedTimer()
        self._since_last.start()

    def take(self, what: str, old: State, new: State) -> None:
        """Go from one state to another; one kind in quick succession becomes one step.

        Parameters
        ----------
        what
            Names the kind to the user.
        """
        is_quick = self._since_last.restart() < self.gesture_ms
        last = self._steps[-1] if self._steps else None
        # After an undo a new step begins, or it would take along what was left standing.
        goes_on = self._goes_on and is_quick and not self.canRedo()
        if goes_on and last is not None and last.what == what:
            last.lead_to(new)
            self._show(new)
        else:
            self._push(_Step(self._show, what, old, new))
        self._goes_on = True
        self._forget_what_is_too_much()

    def end_gesture(self) -> None:
        """Let the next edit be a step of its own, whatever it is."""
        self._goes_on = False

    def clear(self) -> None:
        """Forget all steps, and let go of what they hold."""
        super().clear()
        self._steps.clear()

    def _push(self, step: _Step) -> None:
        del self._steps[self.index() :]
        self._steps.append(step)
        self.push(step)
        del self._steps[: len(self._steps) - self.count()]

    def _forget_what_is_too_much(self) -> None:
        """Keep the newest steps whose numbers are no more than `most_bytes`."""
        held, kept, seen = 0, 0, set[int]()
        for step in reversed(self._steps):
            held += step.more_bytes(seen)
            if held > self.most_bytes and kept:
                break
            kept += 1
        if kept == len(self._steps):
            return
        copies = [step.copy() for step in self._steps[-kept:]]
        # A stack lets go of its oldest steps only when it is begun anew.
        self.clear()
        for copy in copies:
            self._push(copy)


class _Step(QUndoCommand):
    """One step; Qt's own way to merge two of them never lets go of the second one's numbers."""

    def __init__(self, show: Callable[[Any], None], what: str, old: State, new: State) -> None:
        super().__init__(what)
        self.what = what
        self._show = show
        self._old, self._new = _without_pointer(old), _without_pointer(new)
        self._is_copy = False

    def lead_to(self, new: State) -> None:
        """Let the step end somewhere else."""
        self._new = _without_pointer(new)

    def copy(self) -> _Step:
        """Return the same step, to be pushed without being done once more."""
        copy = _Step(self._show, self.what, self._old, self._new)
        copy._is_copy = True
        return copy

    def more_bytes(self, seen: set[int]) -> int:
        """Return the size of all arrays that are not among those `seen`, and add them there."""
        total = 0
        for state in (self._old, self._new):
            for array in state.arrays:
                if id(array) not in seen:
                    seen.add(id(array))
                    total += array.nbytes
        return total

    def redo(self) -> None:
        if self._is_copy:
            self._is_copy = False
        else:
            self._show(self._new)

    def undo(self) -> None:
        self._show(self._old)


def _without_pointer(state: State) -> State:
    """Return the state for later, when the pointer will be elsewhere."""
    return dataclasses.replace(state, hover=None)  # type: ignore[type-var]
