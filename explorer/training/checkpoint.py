"""A run at one moment, as a value; free of torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy.typing as npt

Array = npt.NDArray[Any]
NOTHING: Mapping[str, Array] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything from which a run goes on as if it had never stopped.

    Which images come next needs no place here: the seed and the step say it.

    Attributes
    ----------
    step
        Steps taken when it was made.
    weights
        The network's ``state_dict``.
    moments
        The optimizer's running numbers, as ``"momentum/conv1.weight"``.
    lr, momentum, weight_decay
        As they were set.
    frozen
        The layers that do not learn.
    is_tested
        Whether the test after the last epoch that has ended is over.
    epoch_loss
        Of the epoch that has not ended: the sum of the losses of its images.
    training_seconds, epoch_seconds, evaluation_seconds
        Spent so far on training, on training in this epoch, and on tests.
    """

    step: int
    weights: Mapping[str, Array]
    moments: Mapping[str, Array] = field(default_factory=lambda: NOTHING)
    lr: float = 0.01
    momentum: float = 0.0
    weight_decay: float = 0.0
    frozen: frozenset[str] = frozenset()
    is_tested: bool = True
    epoch_loss: float = 0.0
    training_seconds: float = 0.0
    epoch_seconds: float = 0.0
    evaluation_seconds: float = 0.0

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for part in (self.weights, self.moments) for array in part.values())

    def weights_alone(self) -> "Checkpoint":
        """Return where another run with these weights begins: at step 0, nothing frozen."""
        return Checkpoint(0, self.weights)
