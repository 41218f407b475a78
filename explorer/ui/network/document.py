"""The one place that holds what the Network page shows, and that undoes its changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from explorer.core.layers import Array
from explorer.core.network import edits
from explorer.core.network.flow import FLOAT_BYTES
from explorer.core.network.limits import operations, too_large
from explorer.core.network.preparing import prepared
from explorer.core.network.running import Runner, Weights
from explorer.core.network.state import NetworkState
from explorer.core.text import Text
from explorer.training.memory import give_back_holes
from explorer.ui.background import TIDY_MS, Background
from explorer.ui.steps import Steps

UNDO_LIMIT = 100
"""Steps that are kept."""
UNDO_BYTES = 256 * 2**20
"""Numbers that they may hold together: of large networks there are fewer steps."""
AT_ONCE = 8_000_000
"""Operations of a network that is run within a change, in a few milliseconds; larger ones are run
beside the window."""
AT_ONCE_NUMBERS = 1_000_000
"""Numbers that come out of all layers up to which that holds."""
AT_ONCE_PARAMETERS = 500_000
"""Parameters up to which that holds; more are drawn beside the window too."""
LARGE = 2**20
"""Bytes of numbers whose memory is worth giving back when they are gone."""

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
        self.undo_stack = Steps(self.show, UNDO_LIMIT, UNDO_BYTES, self)
        self._state = state
        self._outputs: Outputs = (None,) * len(state.network.layers)
        self._torch = False
        self._runner: Runner | None = None
        self._ran: NetworkState | None = None
        """What the outputs are of, or will be; None where nothing has been run."""
        self._is_telling = False
        self._background = Background(self)
        self._background.found.connect(self._take_outputs)
        self._background.failed.connect(self._fail)
        self._tidy = QTimer(self, interval=TIDY_MS, singleShot=True)
        self._tidy.timeout.connect(give_back_holes)

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

    @property
    def refusal(self) -> Text | None:
        """Why the network is too large to be run, or None."""
        return too_large(self._state.network, self._state.input)

    def use_torch(self) -> None:
        """Start to compute: torch has been imported."""
        self._torch = True
        self.show(self._state)

    def shut_down(self) -> None:
        """Return when nothing runs any more."""
        self._tidy.stop()
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
        new = self._with_weights(new)
        self.undo_stack.take(what, self._state, new)

    def end_gesture(self) -> None:
        """Let the next edit be a step of its own, whatever it is."""
        self.undo_stack.end_gesture()

    def look(self, **changes: Any) -> None:
        """Change what is chosen, pointed at or followed, which is not undone."""
        self.show(dataclasses.replace(self._state, **changes))

    def show(self, new: NetworkState) -> None:
        """Make `new` the current state."""
        old = self._state
        self._state = new = self._with_weights(new)
        is_new = self._ran is None or not new.computes_as(self._ran)
        is_refused = self._torch and too_large(new.network, new.input) is not None
        must_run = self._torch and not is_refused and is_new
        if is_new and _bytes(old, self._outputs) >= LARGE:
            self._tidy.start()
        runs_now = must_run and _is_run_at_once(new)
        if new.network != old.network or new.input != old.input:
            self._outputs = _fitting(self._outputs, new)
        if is_refused:
            self._outputs = (None,) * len(new.network.layers)
            self._background.give_up()
            self._ran = self._runner = None
        elif must_run:
            self._ran = new
        if runs_now:
            self._background.give_up()
            self._outputs = self._run_now(new)
        elif must_run:
            self._background.ask(lambda: self._work(new))
        self._tell(new, old)
        if runs_now or is_refused:
            self.computed.emit()

    def _tell(self, new: NetworkState, old: NetworkState) -> None:
        outer, self._is_telling = self._is_telling, True
        self.changed.emit(new, old)
        self._is_telling = outer

    def _with_weights(self, state: NetworkState) -> NetworkState:
        """Return the state with all its weights, where it takes no time to draw them."""
        is_small = state.total.parameters <= AT_ONCE_PARAMETERS
        return edits.completed(state) if self._torch and is_small else state

    def _run_now(self, state: NetworkState) -> Outputs:
        outputs: Outputs = (None,) * len(state.network.layers)
        try:
            for outputs in self._run(state):  # noqa: B007 - the last one counts
                pass
        except (RuntimeError, ValueError, IndexError, MemoryError) as error:
            self._fail(next(iter(str(error).splitlines()), type(error).__name__))
        return outputs

    def _work(self, state: NetworkState) -> Iterator[tuple[Weights, Outputs]]:
        """Draw the weights that are missing and run a state."""
        state = edits.completed(state)
        yield state.weights, self._outputs
        for outputs in self._run(state):
            yield state.weights, outputs

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
    def _take_outputs(self, found: tuple[Weights, Outputs]) -> None:
        weights, outputs = found
        old = self._state
        if weights is not old.weights:
            self._state = self._ran = dataclasses.replace(old, weights=weights)
            self._tell(self._state, old)
        if len(outputs) == len(self._state.network.layers):
            self._outputs = outputs
            self.computed.emit()

    @Slot(str)
    def _fail(self, reason: str) -> None:
        text = self.tr("The network could not be run: {reason}.")
        self.failed.emit(text.format(reason=reason.rstrip(".")))


def _fitting(outputs: Outputs, state: NetworkState) -> Outputs:
    """Return what can stand for the outputs of a state until they come."""
    shapes = [place.output for place in state.places]
    fitting = [
        output if output is not None and output.shape == shape else None
        for output, shape in zip(outputs, shapes, strict=False)
    ]
    return (*fitting, *[None] * (len(shapes) - len(fitting)))


def _bytes(state: NetworkState, outputs: Outputs) -> int:
    arrays = (*state.weights.values(), *outputs)
    return sum(array.nbytes for array in arrays if array is not None)


def _is_run_at_once(state: NetworkState) -> bool:
    """Tell whether nobody will notice how long the network takes."""
    total = state.total
    return (
        sum(map(operations, state.places)) <= AT_ONCE
        and total.activation_bytes <= AT_ONCE_NUMBERS * FLOAT_BYTES
        and total.parameters <= AT_ONCE_PARAMETERS
    )
