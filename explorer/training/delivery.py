"""What of a run's events goes into the mailbox, and how often."""

import math
import time
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from explorer.training.checkpoints import EARLY_SHARE
from explorer.training.events import Answered, Evaluated, Evaluating, Event, Step
from explorer.training.mailbox import Mailbox
from explorer.training.pace import Pace
from explorer.training.reports import Progress

if TYPE_CHECKING:
    from explorer.training.engine import Run

PUBLISH_INTERVAL: Final = 0.25
"""Seconds between two pictures: it looks fluid for weights, and more would slow the training."""
CHECKPOINT_INTERVAL: Final = 0.25
"""Seconds between two moments to which the run can be brought back, at most."""


class Delivery:
    """Carries a run's events into a mailbox, on the thread that iterates over the run."""

    def __init__(self, run: "Run", mailbox: Mailbox) -> None:
        self._run = run
        self._mailbox = mailbox
        total = len(run.digits.train_images) * run.settings.epochs
        self._pace = Pace(total, run.images_seen, run.training_seconds)
        self._epoch = run.step // run.steps_per_epoch
        self._epochs_before = self._epoch
        self._evaluation_before = run.evaluation_seconds
        self._changes_told = 0
        self._kept = -CHECKPOINT_INTERVAL
        self._kept_step = -1
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
                self._mailbox.add_losses(losses, self._run.training_seconds)
                self._pace.note(self._run.images_seen, self._run.training_seconds)
                step = self._run.step
                if step - self._kept_step >= max(1, step // EARLY_SHARE):
                    self._keep()
            case Evaluating(done=done, total=total):
                self._evaluated = done / total
            case Answered():
                self._mailbox.put_answered(event)
            case Evaluated():
                self._mailbox.add_epoch(event)
                self._keep()
        for change in self._run.changes[self._changes_told :]:
            self._mailbox.add_change(change)
            self._changes_told += 1
        turned = was_testing != (self._evaluated is not None)
        if turned or time.perf_counter() - self._published >= PUBLISH_INTERVAL:
            self.publish()

    def look_at(self, picture: npt.NDArray[np.uint8]) -> None:
        """Deliver what the network makes of a picture, now and again and again."""
        self._picture = picture
        self._mailbox.put_answer(self._run.answer(picture))

    def publish(self) -> None:
        """Deliver the kernels, the gradients and the progress as they are now."""
        # Late, because it loads torch.
        from explorer.training.devices import held_memory

        self._published = time.perf_counter()
        kernels = self._run.kernels()
        # Between the step that ruins the weights and the loss that shows it.
        if all(np.isfinite(layer.values).all() for layer in kernels):
            self._mailbox.put_kernels(kernels)
            if self._published - self._kept >= CHECKPOINT_INTERVAL:
                self._keep()
        if self._run.step > 0:
            self._mailbox.add_norms(self._run.gradient_norms())
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
                device_memory=held_memory(self._run.device),
            )
        )

    def keep_last(self) -> None:
        """Deliver the moment at which the run rests, if it has not been delivered."""
        if self._kept_step != self._run.step:
            self._keep()

    def _keep(self) -> None:
        self._kept, self._kept_step = time.perf_counter(), self._run.step
        # A history that ends before one of its moments could not be brought back to it.
        self._mailbox.add_losses(self._run.read_losses(), self._run.training_seconds)
        checkpoint = self._run.checkpoint()
        is_finite = all(np.isfinite(array).all() for array in checkpoint.weights.values())
        if is_finite and math.isfinite(checkpoint.epoch_loss):
            self._mailbox.add_checkpoint(checkpoint)

    def _seconds_left(self) -> float | None:
        training = self._pace.seconds_left
        epochs_done = self._run.step // self._run.steps_per_epoch
        tested = epochs_done - self._epochs_before
        if training is None or tested == 0:
            return training
        one_evaluation = (self._run.evaluation_seconds - self._evaluation_before) / tested
        return training + one_evaluation * (self._run.settings.epochs - epochs_done)
