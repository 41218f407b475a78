"""What the network answered before it was changed, worked out beside the window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal, Slot

from explorer.core.network.answering import gives, probabilities
from explorer.core.network.preparing import prepared
from explorer.core.network.running import Runner
from explorer.core.network.state import NetworkState
from explorer.ui.background import Background
from explorer.ui.network.document import NetworkDocument
from explorer.ui.network.surgery.testing import has_learned_as, is_changed

Shares = npt.NDArray[np.float32]


class LearnedAnswer(QObject):
    """The answer to the picture with the weights as they were learned, and nothing switched off."""

    changed = Signal()

    def __init__(self, document: NetworkDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._of: NetworkState | None = None
        """What the answer is to, or will be."""
        self._answer: Shares | None = None
        self._background = Background(self)
        self._background.found.connect(self._take)

    def answer(self) -> Shares | None:
        """Return it, (K,); None where the network is as it was learned, and until it is known."""
        return self._answer

    def shut_down(self) -> None:
        """Return when nothing runs any more."""
        self._background.shut_down()

    def refresh(self) -> None:
        """Ask again if the state of the document wants another answer."""
        state = self._document.state
        is_wanted = (
            is_changed(state)
            and self._document.has_torch
            and state.is_complete
            and self._document.refusal is None
            and state.classes is not None
        )
        if not is_wanted:
            self._background.give_up()
            self._of = self._answer = None
            return
        if self._of is not None and _answers_as(state, self._of):
            return
        self._of, self._answer = state, None
        self._background.ask(lambda: _answered(state))

    @Slot(object)
    def _take(self, answer: Shares | None) -> None:
        self._answer = answer
        self.changed.emit()


def _answers_as(state: NetworkState, other: NetworkState) -> bool:
    return has_learned_as(state, other) and state.picture is other.picture


def _answered(state: NetworkState) -> Iterator[Shares | None]:
    runner = Runner(state.network)
    runner.load(state.weights)
    output = None
    for output in runner.outputs(prepared(state.picture)):  # noqa: B007 - the last one counts
        yield None
    yield None if output is None else probabilities(output, gives(state.places))
