"""Where a session leaves what the window collects, without a signal per batch.

The worker writes whenever it likes and the window drains at its own pace. Numbers are appended, so
none is lost; of pictures and states only the newest is kept.
"""

import threading
from dataclasses import dataclass

from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Answered, Change, Evaluated
from explorer.training.reports import Answer, GradientNorms, Kernels, Progress, Started, Status


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
        Those of every convolution, as they were last.
    answered
        The answers to the test images after the newest epoch.
    answer
        The newest one to the picture that is looked at.
    seconds
        Of training, after the last of ``losses``.
    changes, checkpoints, norms
        All that there were, in order.
    """

    first_step: int
    losses: tuple[float, ...]
    epochs: tuple[Evaluated, ...]
    kernels: tuple[Kernels, ...] | None
    started: Started | None
    progress: Progress | None
    status: Status | None
    answered: Answered | None = None
    answer: Answer | None = None
    seconds: float = 0.0
    changes: tuple[Change, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    norms: tuple[GradientNorms, ...] = ()


class Mailbox:
    """The box between one session and one window; each session gets a box of its own.

    Parameters
    ----------
    first_step
        Steps that were taken before the session's own first.
    """

    def __init__(self, first_step: int = 0) -> None:
        self._lock = threading.Lock()
        self._steps = first_step
        self._seconds = 0.0
        self._losses: list[float] = []
        self._epochs: list[Evaluated] = []
        self._changes: list[Change] = []
        self._checkpoints: list[Checkpoint] = []
        self._norms: list[GradientNorms] = []
        self._kernels: tuple[Kernels, ...] | None = None
        self._started: Started | None = None
        self._progress: Progress | None = None
        self._status: Status | None = None
        self._answered: Answered | None = None
        self._answer: Answer | None = None

    def add_losses(self, losses: tuple[float, ...], seconds: float) -> None:
        """Append the losses of the steps that follow those added before.

        `seconds` of training have passed after the last of them.
        """
        with self._lock:
            self._losses.extend(losses)
            self._seconds = seconds

    def add_epoch(self, evaluated: Evaluated) -> None:
        """Append the result of an epoch."""
        with self._lock:
            self._epochs.append(evaluated)

    def add_change(self, change: Change) -> None:
        """Append what was set anew."""
        with self._lock:
            self._changes.append(change)

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Append a moment of the run."""
        with self._lock:
            self._checkpoints.append(checkpoint)

    def add_norms(self, norms: GradientNorms) -> None:
        """Append the lengths of a step's gradients."""
        with self._lock:
            self._norms.append(norms)

    def put_kernels(self, kernels: tuple[Kernels, ...]) -> None:
        """Replace the kernels; the arrays must not change any more."""
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
                first_step=self._steps + 1,
                losses=tuple(self._losses),
                epochs=tuple(self._epochs),
                kernels=self._kernels,
                started=self._started,
                progress=self._progress,
                status=self._status,
                answered=self._answered,
                answer=self._answer,
                seconds=self._seconds,
                changes=tuple(self._changes),
                checkpoints=tuple(self._checkpoints),
                norms=tuple(self._norms),
            )
            self._steps += len(self._losses)
            for numbers in (
                self._losses,
                self._epochs,
                self._changes,
                self._checkpoints,
                self._norms,
            ):
                numbers.clear()
            self._kernels = self._started = self._progress = self._status = None
            self._answered = self._answer = None
            return mail
