"""The moments of a run that can be gone back to, in bounded memory; free of torch."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from math import log
from typing import Final

from explorer.training.checkpoint import Checkpoint

LIMIT_BYTES: Final = 48 * 2**20
MOST: Final = 300
"""More than a slider has pixels to tell apart; of tiny networks the bytes alone say little."""
EARLY_SHARE: Final = 16
"""Two moments are at most a sixteenth of the steps so far apart while there is room for all."""


class Checkpoints:
    """The checkpoints of one run, spread over all its steps however long it gets.

    When a new one leaves too little room, the one goes whose absence leaves the smallest gap. Up to
    half of them lie the closer the earlier, for most is learned first, and the others evenly. The
    first and the last never go. The end of an epoch goes late: for it only the gap counts that it
    would leave among the ends of epochs.

    Parameters
    ----------
    limit_bytes
        Of all arrays together. Two checkpoints stay even where they need more.
    most
        The largest number of checkpoints, at least 2.
    """

    def __init__(self, limit_bytes: int = LIMIT_BYTES, most: int = MOST) -> None:
        self._limit_bytes = limit_bytes
        self._most = max(most, 2)
        self._steps: list[int] = []
        self._kept: list[Checkpoint] = []
        """In the order of the steps."""
        self._sizes: list[int] = []
        self._nbytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Checkpoint]:
        """Go through them in the order of their steps."""
        return iter(tuple(self._kept))

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self._nbytes

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that can be gone back to, ascending."""
        return tuple(self._steps)

    def add(self, checkpoint: Checkpoint) -> None:
        """Keep another moment; it takes the place of one of the same step."""
        place = bisect_left(self._steps, checkpoint.step)
        if place < len(self._steps) and self._steps[place] == checkpoint.step:
            self._remove(place)
        self._steps.insert(place, checkpoint.step)
        self._kept.insert(place, checkpoint)
        self._sizes.insert(place, checkpoint.nbytes)
        self._nbytes += self._sizes[place]
        while len(self._kept) > 2 and (
            self._nbytes > self._limit_bytes or len(self._kept) > self._most
        ):
            self._remove(self._least_missed())

    def nearest(self, step: int) -> Checkpoint:
        """Return the checkpoint that is closest to a step; of two the earlier one.

        Raises
        ------
        LookupError
            When there is none at all.
        """
        if not self._kept:
            raise LookupError("nothing has been recorded yet")
        after = bisect_left(self._steps, step)
        candidates = range(max(after - 1, 0), min(after + 1, len(self._steps)))
        return self._kept[min(candidates, key=lambda i: abs(self._steps[i] - step))]

    def _least_missed(self) -> int:
        """Return the place of the one whose absence leaves the smallest gap; of two the earlier."""
        steps, last = self._steps, len(self._steps) - 1
        gaps = [steps[i + 1] - steps[i - 1] for i in range(1, last)]
        ends = [i for i in range(1, last) if _is_between_epochs(self._kept[i])]
        for before, end, after in zip([0, *ends], ends, [*ends[1:], last], strict=False):
            gaps[end - 1] = steps[after] - steps[before]
        wanted = _density(len(steps), steps[-1] - steps[0])
        weighed = [gap * wanted(steps[i] - steps[0]) for i, gap in enumerate(gaps, 1)]
        return weighed.index(min(weighed)) + 1

    def _remove(self, place: int) -> None:
        del self._steps[place], self._kept[place]
        self._nbytes -= self._sizes.pop(place)


def _density(count: int, last: int) -> Callable[[int], float]:
    """Return how many of `count` moments there are to be for each step, after so many steps."""
    early = EARLY_SHARE * (1 + log(max(last, EARLY_SHARE) / EARLY_SHARE))
    share, even = min(1.0, count / (2 * early)), count / (2 * max(last, 1))
    return lambda step: share / max(1.0, step / EARLY_SHARE) + even


def _is_between_epochs(checkpoint: Checkpoint) -> bool:
    """Tell whether no image of an unfinished epoch has been learned."""
    return checkpoint.epoch_loss == 0.0
