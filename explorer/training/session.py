"""A training session: what a worker thread does, and the commands that steer it.

It has no window and no thread of its own. Some thread calls ``run``; any other gives commands,
and collects the mail.
"""

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from explorer.core.text import QT_TRANSLATE_NOOP
from explorer.data.digits import Digits
from explorer.data.errors import DataError
from explorer.data.shared import shared
from explorer.training.checkpoint import Checkpoint
from explorer.training.delivery import Delivery
from explorer.training.errors import CheckpointError, DeviceError, SettingsError
from explorer.training.events import Answered, Evaluated, Evaluating, Event, Failed
from explorer.training.mailbox import Mailbox
from explorer.training.memory import give_back_memory
from explorer.training.reports import Started, Status, status
from explorer.training.settings import Settings, check_lr, check_momentum, check_weight_decay
from explorer.training.shapes import check_frozen

if TYPE_CHECKING:
    from explorer.training.devices import Choice
    from explorer.training.engine import Run

Mode = Literal["on", "batch", "epoch", "paused", "stopped"]

_log = logging.getLogger(__name__)


class Session:
    """One run, from loading the digits to the end, under command.

    It begins paused: give it ``start``, ``one_batch`` or ``one_epoch``, before or after a thread
    has called ``run``. All commands return at once and may come from any thread.

    Parameters
    ----------
    settings
        What to do.
    mailbox
        Where everything goes that the run tells.
    threads
        CPU threads for torch; by default one core stays free.
    start
        Where an earlier run was, to go on from there.
    steps_per_epoch
        Of that run, when this one goes on with the same data; None where they may be others.
    """

    def __init__(
        self,
        settings: Settings,
        mailbox: Mailbox,
        threads: int | None = None,
        start: Checkpoint | None = None,
        steps_per_epoch: int | None = None,
    ) -> None:
        self._settings = settings
        self._mailbox = mailbox
        self._threads = threads
        self._start = start
        self._steps_per_epoch = steps_per_epoch
        self._condition = threading.Condition()
        self._mode: Mode = "paused"
        self._has_trained = False
        """Whether there has been a batch since the last command."""
        rates = settings if start is None else start
        self._lr, self._momentum = rates.lr, rates.momentum
        self._weight_decay = rates.weight_decay
        self._frozen = frozenset[str]() if start is None else start.frozen
        self._said: Status | None = None
        self._picture: npt.NDArray[np.uint8] | None = None
        """What is to be looked at and has not been yet."""

    # Commands

    def start(self) -> None:
        """Train, or train on after a pause, until something else is said."""
        self._command("on")

    resume = start

    def pause(self) -> None:
        """Wait after the batch that is being worked on."""
        self._command("paused")

    def one_batch(self) -> None:
        """Train one batch and pause; the last one of an epoch includes the evaluation.

        An evaluation that a pause has interrupted is finished first.
        """
        self._command("batch")

    def one_epoch(self) -> None:
        """Train to the end of the epoch, evaluate and pause."""
        self._command("epoch")

    def stop(self) -> None:
        """End the session after the batch that is being worked on."""
        self._command("stopped")

    def set_lr(self, lr: float) -> None:
        """Use another learning rate from the next batch on.

        Raises
        ------
        SettingsError
            When it is out of range.
        """
        self._lr = check_lr(lr)

    def set_momentum(self, momentum: float) -> None:
        """Use another momentum from the next batch on.

        Raises
        ------
        SettingsError
            When it is out of range.
        """
        self._momentum = check_momentum(momentum)

    def set_weight_decay(self, weight_decay: float) -> None:
        """Use another weight decay from the next batch on.

        Raises
        ------
        SettingsError
            When it is out of range.
        """
        self._weight_decay = check_weight_decay(weight_decay)

    def set_frozen(self, layers: frozenset[str]) -> None:
        """Let these layers not learn, and all others learn, from the next batch on.

        Raises
        ------
        SettingsError
            When the network has no such layers with weights.
        """
        self._frozen = check_frozen(self._settings.network, layers)

    def look_at(self, picture: npt.NDArray[np.uint8]) -> None:
        """Ask for the network's answer to a picture, uint8 (28, 28), which must not change.

        It comes by mail, again and again while the network learns.
        """
        with self._condition:
            self._picture = picture
            self._condition.notify_all()

    # Work

    def run(self) -> None:
        """Do the work, and return when it is finished, stopped or has failed; raises nothing.

        The last status in the mailbox says which. To be called once, by the thread that is to do
        the work.
        """
        try:
            last = self._work()
        except DataError as error:
            last = Status("failed", str(error), error.meaning)
        except (DeviceError, SettingsError, CheckpointError) as error:
            last = Status("failed", str(error))
        except MemoryError:
            last = status(
                "failed",
                QT_TRANSLATE_NOOP("training", "The memory is used up; close other programs."),
            )
        except Exception as error:  # noqa: BLE001 - the thread's last line
            _log.exception("the training session broke")
            cause = " ".join(f"{type(error).__name__}: {error}".split())
            last = status(
                "failed",
                QT_TRANSLATE_NOOP(
                    "training", "Training broke off ({cause}); run cnn-explorer doctor."
                ),
                cause=cause,
            )
        self._say(last)
        give_back_memory()

    def _work(self) -> Status:
        self._say(status("loading", QT_TRANSLATE_NOOP("training", "Loading the digits.")))
        digits = shared(self._settings.data)
        # Late, because they load torch.
        from explorer.training.devices import choose, give_back
        from explorer.training.threads import thread_count, torch_threads

        with torch_threads(self._threads or thread_count()):
            choice = choose(self._settings.device)
            try:
                return self._train(digits, choice)
            finally:
                give_back(choice.device)

    def _train(self, digits: Digits, choice: "Choice") -> Status:
        """Make the run and follow it; whatever it has on its device is free afterwards."""
        from explorer.training.engine import Run
        from explorer.training.failures import trouble_with

        try:
            run = Run(self._settings, digits, choice.device, self._start)
        except DeviceError as error:
            # The error holds what is on the device, and must not leave this function.
            return Status("failed", str(error))
        if self._steps_per_epoch not in (None, run.steps_per_epoch):
            return status(
                "failed",
                QT_TRANSLATE_NOOP(
                    "training",
                    "The data has another number of images than this run was trained on; fork it, "
                    "and the steps are counted anew.",
                ),
            )
        self._mailbox.put_started(
            Started(
                device=str(choice.device),
                device_label=choice.label,
                device_reason=choice.reason,
                digits=digits,
                steps_per_epoch=run.steps_per_epoch,
                total_steps=run.total_steps,
            )
        )
        try:
            return self._follow(run)
        except (RuntimeError, MemoryError) as error:
            # A GPU tells of its trouble late: where somebody looks at the run, as often as not.
            trouble = trouble_with(error, run.device, self._settings.batch_size)
            if trouble is None:
                raise
            return Status("failed", trouble)

    def _follow(self, run: "Run") -> Status:
        """Iterate over a run as the commands say, and return how it ended."""
        delivery = Delivery(run, self._mailbox)
        accuracy: float | None = None
        with contextlib.closing(iter(run)) as events:
            while self._may_go_on(run, delivery):
                event = next(events, None)
                if event is None:
                    delivery.publish()
                    delivery.keep_last()
                    return _finished(accuracy)
                if isinstance(event, Failed):
                    # Nothing more can be asked of a device that has stopped working.
                    return Status("failed", event.reason)
                delivery.take(event)
                if isinstance(event, Evaluated):
                    accuracy = event.test_accuracy
                self._pause_when_done(event, run)
        delivery.publish()
        delivery.keep_last()
        return status(
            "stopped",
            QT_TRANSLATE_NOOP("training", "Stopped after {step:,} of {total:,} batches."),
            step=run.step,
            total=run.total_steps,
        )

    def _may_go_on(self, run: "Run", delivery: Delivery) -> bool:
        """Wait as long as the session is paused, and return False when it is to stop."""
        mode, picture = self._orders()
        if mode == "paused":
            delivery.publish()
            delivery.keep_last()
            self._say(status("paused", QT_TRANSLATE_NOOP("training", "Paused.")))
        while mode == "paused":
            if picture is not None:
                delivery.look_at(picture)
            mode, picture = self._orders(wait=True)
        if mode == "stopped":
            return False
        if picture is not None:
            delivery.look_at(picture)
        note = run.steps_note
        if note is None:
            self._say(status("running", QT_TRANSLATE_NOOP("training", "Training.")))
        else:
            self._say(Status("running", str(note), note))
        run.lr, run.momentum = self._lr, self._momentum
        run.weight_decay, run.frozen = self._weight_decay, self._frozen
        return True

    def _orders(self, *, wait: bool = False) -> tuple[Mode, npt.NDArray[np.uint8] | None]:
        """Return what to do and what to look at, if anything; it is taken from here.

        Whoever commands waits for the lock, so all work is done without it.

        Parameters
        ----------
        wait
            Whether to wait until there is something else to do than to pause.
        """
        with self._condition:
            if wait:
                self._condition.wait_for(
                    lambda: self._mode != "paused" or self._picture is not None
                )
            picture, self._picture = self._picture, None
            return self._mode, picture

    def _pause_when_done(self, event: Event, run: "Run") -> None:
        """End ``one_batch`` or ``one_epoch`` where the event completes it."""
        if isinstance(event, Evaluating | Answered | Failed) or event.step == run.total_steps:
            return
        was_tested = isinstance(event, Evaluated)
        # The evaluation belongs to the last batch of an epoch.
        between_epochs = event.step % run.steps_per_epoch == 0
        with self._condition:
            self._has_trained = self._has_trained or not was_tested
            ends_batch = self._has_trained and (was_tested or not between_epochs)
            if (self._mode == "batch" and ends_batch) or (self._mode == "epoch" and was_tested):
                self._mode = "paused"

    def _command(self, mode: Mode) -> None:
        with self._condition:
            if self._mode != "stopped":
                self._mode = mode
                self._has_trained = False
                self._condition.notify_all()

    def _say(self, status: Status) -> None:
        if status != self._said:
            self._said = status
            self._mailbox.put_status(status)


def _finished(accuracy: float | None) -> Status:
    """Return the last status of a run that came to its end; None is for no test in between."""
    if accuracy is None:
        return status(
            "finished",
            QT_TRANSLATE_NOOP(
                "training", "The run is at its end already; choose more epochs to go on."
            ),
        )
    return status(
        "finished",
        QT_TRANSLATE_NOOP("training", "Finished: {share:.1f} % of the test images are right."),
        share=100 * accuracy,
    )
