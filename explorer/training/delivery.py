"""What of a run's events goes into the mailbox, and how often."""

import time
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from explorer.training.events import Answered, Evaluated, Evaluating, Event, Step
from explorer.training.mailbox import Mailbox
from explorer.training.pace import Pace
from explorer.training.reports import Progress

if TYPE_CHECKING:
    from explorer.training.engine import Run

PUBLISH_INTERVAL: Final = 0.1
"""Seconds between two pictures: ten a second look fluid for weights."""


class Delivery:
    """Carries a run's events into a mailbox, on the thread that iterates over the run."""

    def __init__(self, run: "Run", mailbox: Mailbox) -> None:
        self._run = run
        self._mailbox = mailbox
        self._pace = Pace(len(run.digits.train_images) * run.settings.epochs)
        self._epoch = 0
        self._evaluated: float | None = None
        self._published = -PUBLISH_INTERVAL
        self._picture: npt.NDArray[np.uint8] | None = None

    def take(self, event: Event) -> None:
        """Deliver the event, and a picture of the run when the last one is old enough.

        Where the tests begin and end there is one at once, for they may be over very soon.
        """
        was_testing, self._evaluated = self._evaluated is not None, None
        match event:
            case Step(epoch=epoch, losses=losses):
                self._epoch = epoch
                self._mailbox.add_losses(losses)
                self._pace.note(self._run.images_seen, self._run.training_seconds)
            case Evaluating(done=done, total=total):
                self._evaluated = done / total
            case Answered():
                self._mailbox.put_answered(event)
            case Evaluated():
                self._mailbox.add_epoch(event)
        turned = was_testing != (self._evaluated is not None)
        if turned or time.perf_counter() - self._published >= PUBLISH_INTERVAL:
            self.publish()

    def look_at(self, picture: npt.NDArray[np.uint8]) -> None:
        """Deliver what the network makes of a picture, now and again and again."""
        self._picture = picture
        self._mailbox.put_answer(self._run.answer(picture))

    def publish(self) -> None:
        """Deliver the kernels and the progress as they are now."""
        self._published = time.perf_counter()
        kernels = self._run.kernels()
        # Between the step that ruins the weights and the loss that shows it.
        if np.isfinite(kernels).all():
            self._mailbox.put_kernels(kernels)
        if self._picture is not None:
            self._mailbox.put_answer(self._run.answer(self._picture))
        self._mailbox.put_progress(
            Progress(
                epoch=self._epoch,
                epochs=self._run.settings.epochs,
                step=self._run.step,
                total_steps=self._run.total_steps,
                images_per_second=self._pace.images_per_second,
                seconds_left=self._seconds_left(),
                evaluated=self._evaluated,
            )
        )

    def _seconds_left(self) -> float | None:
        training = self._pace.seconds_left
        epochs_done = self._run.step // self._run.steps_per_epoch
        if training is None or epochs_done == 0:
            return training
        one_evaluation = self._run.evaluation_seconds / epochs_done
        return training + one_evaluation * (self._run.settings.epochs - epochs_done)
