"""Where a session leaves what the window collects, without a signal per batch.

The worker writes whenever it likes and the window drains at its own pace. Numbers are appended, so
none is lost; of pictures and states only the newest is kept.
"""

import threading
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.training.events import Answered, Evaluated
from explorer.training.reports import Answer, Progress, Started, Status


@dataclass(frozen=True, eq=False)
class Mail:
    """What has arrived since the box was last drained; None or empty where nothing has.

    Attributes
    ----------
    first_step
        The step of ``losses[0]``; the others follow without a gap.
    losses
        The training loss of each step.
    epochs
        One entry per epoch that has ended.
    kernels
        The first layer's kernels, float32 (out_channels, in_channels, h, w).
    answered
        The answers to the test images after the newest epoch.
    answer
        The newest one to the picture that is looked at.
    """

    first_step: int
    losses: tuple[float, ...]
    epochs: tuple[Evaluated, ...]
    kernels: npt.NDArray[np.float32] | None
    started: Started | None
    progress: Progress | None
    status: Status | None
    answered: Answered | None = None
    answer: Answer | None = None


class Mailbox:
    """The box between one session and one window; each session gets a box of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drained_losses = 0
        self._losses: list[float] = []
        self._epochs: list[Evaluated] = []
        self._kernels: npt.NDArray[np.float32] | None = None
        self._started: Started | None = None
        self._progress: Progress | None = None
        self._status: Status | None = None
        self._answered: Answered | None = None
        self._answer: Answer | None = None

    def add_losses(self, losses: tuple[float, ...]) -> None:
        """Append the losses of the steps that follow those added before."""
        with self._lock:
            self._losses.extend(losses)

    def add_epoch(self, evaluated: Evaluated) -> None:
        """Append the result of an epoch."""
        with self._lock:
            self._epochs.append(evaluated)

    def put_kernels(self, kernels: npt.NDArray[np.float32]) -> None:
        """Replace the picture of the kernels; the array must not change any more."""
        with self._lock:
            self._kernels = kernels

    def put_started(self, started: Started) -> None:
        """Leave what the run found when it began."""
        with self._lock:
            self._started = started

    def put_progress(self, progress: Progress) -> None:
        """Replace the progress."""
        with self._lock:
            self._progress = progress

    def put_status(self, status: Status) -> None:
        """Replace the status."""
        with self._lock:
            self._status = status

    def put_answered(self, answered: Answered) -> None:
        """Replace the answers to the test images."""
        with self._lock:
            self._answered = answered

    def put_answer(self, answer: Answer) -> None:
        """Replace the answer to the picture that is looked at."""
        with self._lock:
            self._answer = answer

    def drain(self) -> Mail:
        """Take out everything."""
        with self._lock:
            mail = Mail(
                first_step=self._drained_losses + 1,
                losses=tuple(self._losses),
                epochs=tuple(self._epochs),
                kernels=self._kernels,
                started=self._started,
                progress=self._progress,
                status=self._status,
                answered=self._answered,
                answer=self._answer,
            )
            self._drained_losses += len(self._losses)
            self._losses.clear()
            self._epochs.clear()
            self._kernels = self._started = self._progress = self._status = None
            self._answered = self._answer = None
            return mail
