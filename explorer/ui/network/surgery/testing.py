"""The work of a test: the network as it was learned and as it is now, on the same images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.core.network.state import NetworkState
from explorer.data.digits import Digits
from explorer.training.trial import Trial, trial


@dataclass(frozen=True, eq=False)
class Tested:
    """A state of the network and what came out so far.

    Attributes
    ----------
    before
        As it was learned.
    after
        As it is now; None as long as it has not begun, and where nothing was changed.
    """

    state: NetworkState
    digits: Digits
    before: Trial | None = None
    after: Trial | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the state is another one than was learned."""
        return is_changed(self.state)

    @property
    def is_complete(self) -> bool:
        """Whether all is known."""
        parts = (self.before, self.after) if self.is_changed else (self.before,)
        return all(part is not None and part.is_complete for part in parts)

    @property
    def progress(self) -> float:
        """The share of the images that were looked at."""
        parts = (self.before, self.after) if self.is_changed else (self.before,)
        seen = sum(0 if part is None else part.seen for part in parts)
        return seen / (len(parts) * max(len(self.digits.test_images), 1))

    def is_of(self, state: NetworkState, digits: Digits | None) -> bool:
        """Tell whether a state would give the very same answers."""
        return (
            digits is self.digits
            and has_learned_as(state, self.state)
            and state.edited is self.state.edited
            and state.off == self.state.off
        )


def is_changed(state: NetworkState) -> bool:
    """Tell whether anything is not as it was learned."""
    return bool(state.edited or state.off)


def has_learned_as(state: NetworkState, other: NetworkState) -> bool:
    """Tell whether both have learned the same."""
    return state.network == other.network and state.weights is other.weights


def testing(state: NetworkState, digits: Digits, known: Trial | None) -> Iterator[Tested]:
    """Test the network as it was learned, unless that is `known`, and as it is now.

    Every yield is a place to give up.
    """
    images, labels = digits.test_images, digits.test_labels
    before = known
    yield Tested(state, digits, before)
    if before is None:
        for before in trial(state.network, state.weights, {}, images, labels):
            yield Tested(state, digits, before)
    if is_changed(state):
        for after in trial(state.network, state.used_weights, state.off, images, labels):
            yield Tested(state, digits, before, after)
