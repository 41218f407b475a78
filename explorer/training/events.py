"""What a run tells while it runs; free of torch, so that a window can read it early."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Step:
    """One batch has been learned.

    Attributes
    ----------
    epoch, step
        Both count from 1; ``step`` goes on through all epochs.
    losses
        The losses that were read since the last ``Step``, the mean over the batch each. The last
        one belongs to ``step`` and the others to the steps before it; on an accelerator most
        tuples are empty, since reading a number would make the device wait.
    """

    epoch: int
    step: int
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Evaluating:
    """Some of the test images have been looked at: ``done`` of ``total``."""

    epoch: int
    step: int
    done: int
    total: int


@dataclass(frozen=True)
class Evaluated:
    """An epoch has ended and the test set has been looked at.

    Attributes
    ----------
    train_loss
        Mean over the epoch's training images, each at the moment when it was learned from.
    test_loss, test_accuracy
        Mean over all test images after the epoch; the accuracy is a fraction from 0 to 1.
    seconds, images_per_second
        Of the training alone: neither the evaluation nor a pause counts.
    """

    epoch: int
    step: int
    train_loss: float
    test_loss: float
    test_accuracy: float
    seconds: float
    images_per_second: float


@dataclass(frozen=True, eq=False)
class Answered:
    """What the network answered to each of the M test images; comes before ``Evaluated``.

    Attributes
    ----------
    answers
        The digits, uint8 (M,).
    confidences
        The probability that the network gave to its answer, float32 (M,).
    """

    epoch: int
    step: int
    answers: npt.NDArray[np.uint8]
    confidences: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Change:
    """Something was set anew in the middle of a run.

    Attributes
    ----------
    step
        The last step before it counts.
    name
        What: ``"lr"``, ``"momentum"``, ``"weight_decay"`` or ``"frozen"``.
    value
        The number, or the names of the layers that do not learn, in order.
    """

    step: int
    name: str
    value: float | tuple[str, ...]


@dataclass(frozen=True)
class Failed:
    """The run has ended early, after ``step`` good steps; ``reason`` says why and what to do.

    Attributes
    ----------
    diverged
        Whether a loss was no number any more: the last steps have ruined the weights then, though
        their own losses may have been numbers.
    """

    step: int
    reason: str
    diverged: bool = False


Event = Step | Evaluating | Answered | Evaluated | Failed
