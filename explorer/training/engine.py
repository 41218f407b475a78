"""The run: a generator that trains a network, to be read from top to bottom.

It yields after every batch, and every yield is a place to pause, to stop, to change the learning
rate or to look at the weights. It knows no window and no thread.
"""

import itertools
import math
import time
from collections.abc import Generator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.core.text import Text
from explorer.data.digits import Digits
from explorer.training import insight, networks, optimizers, schedules
from explorer.training.at_a_time import at_a_time, looked_at
from explorer.training.called import called
from explorer.training.captured import stepper_for
from explorer.training.checkpoint import Checkpoint
from explorer.training.devices import choose, give_back
from explorer.training.errors import CheckpointError, DeviceError
from explorer.training.events import Answered, Change, Evaluated, Evaluating, Event, Failed, Step
from explorer.training.failures import diverged, never_finite, too_few, trouble_with
from explorer.training.learnable import needing_company
from explorer.training.memory import keep_freed_memory
from explorer.training.optimizers import Rates
from explorer.training.reports import Answer, GradientNorms, Kernels
from explorer.training.settings import Settings, check_lr, check_momentum, check_weight_decay
from explorer.training.shapes import check_classes, check_frozen, layers
from explorer.training.transfer import as_arrays

READ_INTERVAL: Final = 0.05
"""Seconds between two readings of the losses from an accelerator."""


class Run:
    """One training run, from its first step to its last.

    Iterating over it trains; to begin again, make a new one.

    Parameters
    ----------
    settings
        What to do.
    digits
        What to learn, and what to test on.
    device
        Where; by default what ``settings.device`` asks for.
    start
        Where an earlier run was: this one goes on from there, with the rates and the frozen layers
        of that moment. What of the network is not in it begins as the seed says.

    Attributes
    ----------
    network
        It holds what has been learned so far.
    steps_per_epoch, total_steps
        The last batch of an epoch may be smaller than the others.
    step
        Steps taken so far.
    training_seconds, evaluation_seconds
        Time spent in either so far; what happens between two events does not count.
    changes
        What was set anew in the course of the run, in order.
    at_a_time
        How many images are looked at in one go where nothing is learned from them.
    steps_note
        What the user should know of how the steps are taken, if there is anything.

    Raises
    ------
    DeviceError
        When a device was asked for by name and does not work, or cannot hold the network.
    CheckpointError
        When ``start`` belongs to another network, or is further than this run goes.
    SettingsError
        When the network cannot tell the classes of the digits apart.
    """

    def __init__(
        self,
        settings: Settings,
        digits: Digits,
        device: torch.device | None = None,
        start: Checkpoint | None = None,
    ) -> None:
        self.settings = settings
        self.digits = digits
        self.device = choose(settings.device).device if device is None else device
        self.network = networks.build(
            settings.network, settings.seed, settings.dropout, digits.class_count
        )
        described = networks.described(settings.network, digits.class_count)
        self._needing_company = needing_company(described)
        self.at_a_time = at_a_time(described, self.device)
        self._smallest_batch = settings.batch_size
        """What a batch comes down to before the memory counts as used up."""
        self.steps_per_epoch = math.ceil(len(digits.train_images) / settings.batch_size)
        self.total_steps = self.steps_per_epoch * settings.epochs
        self.step = self._began_at = 0
        self.training_seconds = 0.0
        self.evaluation_seconds = 0.0
        self.changes: list[Change] = []
        self.steps_note: Text | None = None
        self._lr = settings.lr
        self._momentum = settings.momentum
        self._weight_decay = settings.weight_decay
        self._frozen: frozenset[str] = frozenset()
        self._chance = torch.Generator()
        self._read_interval = 0.0 if self.device.type == "cpu" else READ_INTERVAL
        self._begun = False
        self._is_tested = True
        self._epoch_loss = 0.0
        self._epoch_began_at = 0.0
        self._unread: list[tuple[Tensor, int]] = []
        """The losses of steps that nobody has read yet, and of how many images each is."""
        self._has_diverged = False
        if start is not None:
            self._go_on_from(start)

        try:
            self._optimizer = self._settled({} if start is None else start.moments)
        except (RuntimeError, MemoryError) as error:
            trouble = trouble_with(error, self.device, images=0)
            if trouble is None:
                raise
            raise DeviceError(trouble) from error

    @property
    def images_seen(self) -> int:
        """Training images learned from so far, each counted once per epoch."""
        epochs, steps = divmod(self.step, self.steps_per_epoch)
        return epochs * len(self.digits.train_images) + steps * self.settings.batch_size

    @property
    def lr(self) -> float:
        """The learning rate that was set; a new one counts from the next step on."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._note("lr", self._lr, check_lr(value))
        self._lr = check_lr(value)

    @property
    def momentum(self) -> float:
        """The momentum; a new one counts from the next step on."""
        return self._momentum

    @momentum.setter
    def momentum(self, value: float) -> None:
        self._note("momentum", self._momentum, check_momentum(value))
        self._momentum = check_momentum(value)

    @property
    def weight_decay(self) -> float:
        """The weight decay; a new one counts from the next step on."""
        return self._weight_decay

    @weight_decay.setter
    def weight_decay(self, value: float) -> None:
        self._note("weight_decay", self._weight_decay, check_weight_decay(value))
        self._weight_decay = check_weight_decay(value)

    @property
    def frozen(self) -> frozenset[str]:
        """The names of the layers that do not learn; others count from the next step on."""
        return self._frozen

    @frozen.setter
    def frozen(self, names: frozenset[str]) -> None:
        if names != self._frozen:
            self._freeze(names)
            self.changes.append(Change(self.step, "frozen", tuple(sorted(names))))

    def _freeze(self, names: frozenset[str]) -> None:
        names = check_frozen(self.settings.network, names)
        for name in layers(self.settings.network):
            self.network.get_submodule(name).requires_grad_(name not in names)
        self.network.train(self.network.training)
        self._frozen = names

    def _note(self, name: str, old: float, new: float) -> None:
        if new != old:
            self.changes.append(Change(self.step, name, new))

    @property
    def scheduled_lr(self) -> float:
        """The learning rate of the next step: what the schedule makes of ``lr``."""
        return self.lr * schedules.factor(
            self.settings.schedule, self.step, self.total_steps, self.steps_per_epoch
        )

    def kernels(self) -> tuple[Kernels, ...]:
        """Return what every convolution has learned, from the first one on.

        To be called between two events, by the thread that iterates.
        """
        return insight.kernels(self.network, self.step)

    def gradient_norms(self) -> GradientNorms:
        """Return how long the gradients of the last step are, layer by layer.

        To be called between two events, by the thread that iterates.
        """
        return insight.gradient_norms(self.network, self.step)

    def checkpoint(self) -> Checkpoint:
        """Return everything from which another run can go on.

        To be called between two events, by the thread that iterates.
        """
        state = self.network.state_dict()
        arrays = as_arrays({**state, **self._optimizer.moments()})
        weights = {name: arrays.pop(name) for name in state}
        unread = math.fsum(
            loss * count
            for loss, (_, count) in zip(self._unread_losses(), self._unread, strict=True)
        )
        return Checkpoint(
            step=self.step,
            weights=weights,
            moments=arrays,
            lr=self._lr,
            momentum=self._momentum,
            weight_decay=self._weight_decay,
            frozen=self._frozen,
            is_tested=self._is_tested,
            epoch_loss=self._epoch_loss + unread,
            training_seconds=self.training_seconds,
            epoch_seconds=self.training_seconds - self._epoch_began_at,
            evaluation_seconds=self.evaluation_seconds,
        )

    def _settled(self, moments: Mapping[str, npt.NDArray[Any]]) -> optimizers.Optimizer:
        """Bring the network to the device, and return its optimizer there."""
        self.network.to(self.device)
        if self.device.type == "cpu":
            keep_freed_memory()
            # It makes the convolutions faster. The images need no change: with one channel both
            # orders are the same.
            self.network.to(memory_format=torch.channels_last)
        for layer in self.network.children():
            if isinstance(layer, networks.SeededDropout | networks.SeededDropout2d):
                layer.generator = self._chance
        optimizer = optimizers.build(self.settings.optimizer, dict(self.network.named_parameters()))
        optimizer.load({name: torch.tensor(array) for name, array in moments.items()})
        return optimizer

    def _go_on_from(self, start: Checkpoint) -> None:
        if not 0 <= start.step <= self.total_steps:
            raise CheckpointError(
                f"The run has been trained for {start.step:,} steps and is to end after "
                f"{self.total_steps:,}; choose more epochs."
            )
        own = self.network.state_dict()
        check_classes(self.settings.network, start.weights, self.digits.class_count)
        for name, array in start.weights.items():
            if name not in own or own[name].shape != array.shape:
                raise CheckpointError(
                    f"'{name}' with the shape {array.shape} does not belong to the network "
                    f"'{called(self.settings.network)}'; choose the network that it was trained "
                    "with."
                )
            own[name].copy_(torch.tensor(array))
        self._freeze(start.frozen)
        self.step = self._began_at = start.step
        self._lr, self._momentum = check_lr(start.lr), check_momentum(start.momentum)
        self._weight_decay = check_weight_decay(start.weight_decay)
        self._is_tested = start.is_tested
        self._epoch_loss = start.epoch_loss
        self.training_seconds = start.training_seconds
        self.evaluation_seconds = start.evaluation_seconds
        self._epoch_began_at = start.training_seconds - start.epoch_seconds

    def answer(self, picture: npt.NDArray[np.uint8]) -> Answer:
        """Show the network a picture, uint8 (28, 28), as it is now.

        To be called between two events, by the thread that iterates, or when the run is over.
        """
        return insight.answer(self.network, self.step, picture)

    def __iter__(self) -> Generator[Event, None, None]:
        """Train; the last event is ``Evaluated`` after the last epoch, or ``Failed``."""
        if self._begun:
            raise RuntimeError("a Run can be iterated over once; make a new one")
        self._begun = True
        trouble: str | None = None
        try:
            yield from self._train()
        except (RuntimeError, MemoryError) as error:
            trouble = trouble_with(error, self.device, self._smallest_batch)
            if trouble is None:
                raise
        # Out here the traceback is gone, and with it the tensors that it held.
        if trouble is not None:
            give_back(self.device)
            yield Failed(self.step, trouble)

    def _train(self) -> Generator[Event, None, None]:
        device, batch_size = self.device, self.settings.batch_size

        # The whole data set lives on the device, one byte per pixel; a batch is an index.
        images = torch.tensor(self.digits.train_images, device=device)  # (N, 28, 28) uint8
        labels = torch.tensor(self.digits.train_labels, device=device).long()  # (N,)
        test_images = torch.tensor(self.digits.test_images, device=device)  # (M, 28, 28) uint8
        test_labels = torch.tensor(self.digits.test_labels, device=device).long()  # (M,)

        smallest = len(images) % batch_size or batch_size
        if self.step < self.total_steps and (alone := self._cannot_learn_from(smallest)):
            yield Failed(self.step, alone)
            return

        learn = stepper_for(
            self.network, self._optimizer, images, labels, self.settings, self._chance
        )

        # On the CPU whatever the device, so that a seed gives the same batches everywhere.
        shuffler = torch.Generator().manual_seed(self.settings.seed)
        epochs_done, steps_done = divmod(self.step, self.steps_per_epoch)
        if not self._is_tested and steps_done == 0:
            # What it goes on from had no time for it.
            epochs_done, steps_done = epochs_done - 1, self.steps_per_epoch

        for epoch in range(1, self.settings.epochs + 1):
            self.network.train()
            self._smallest_batch = batch_size
            # Drawn for the epochs that have been as well: the next order depends on the last.
            order = torch.randperm(len(images), generator=shuffler).to(device)  # (N,)
            if epoch <= epochs_done:
                continue
            last_read = -math.inf

            for batch in order.split(batch_size)[steps_done:]:
                if alone := self._cannot_learn_from(len(batch)):
                    # A layer that was frozen when the run began learns again.
                    if losses := self.read_losses():
                        yield Step(epoch, self.step, losses)
                    yield Failed(self.step, alone)
                    return
                began = time.perf_counter()
                self._is_tested = True
                # From the step alone, so that a run that goes on from here draws the same.
                self._chance.manual_seed((self.settings.seed * 1_000_003 + self.step) % 2**63)
                loss = learn(batch, Rates(self.scheduled_lr, self.momentum, self.weight_decay))
                self.steps_note = learn.note
                self.step += 1

                # Reading a number makes an accelerator wait, so there it is done now and then.
                self._unread.append((loss, len(batch)))
                losses = ()
                is_last = self.step == epoch * self.steps_per_epoch
                if is_last or began - last_read >= self._read_interval:
                    losses = self.read_losses()
                    last_read = time.perf_counter()
                self._is_tested = not is_last
                self.training_seconds += time.perf_counter() - began

                if self._has_diverged:
                    bad = self._unread[0][0].item()
                    self.step -= len(self._unread)
                    if losses:
                        yield Step(epoch, self.step, losses)
                    yield Failed(self.step, self._diverged("The loss", bad), diverged=True)
                    return
                yield Step(epoch, self.step, losses)

            steps_done = 0
            seconds = self.training_seconds - self._epoch_began_at
            test_loss, accuracy = yield from self._evaluate(test_images, test_labels, epoch)
            if not math.isfinite(test_loss):
                yield Failed(self.step, self._diverged("The test loss", test_loss), diverged=True)
                return
            train_loss = self._epoch_loss / len(images)
            self._is_tested = True
            self._epoch_loss, self._epoch_began_at = 0.0, self.training_seconds
            yield Evaluated(
                epoch=epoch,
                step=self.step,
                train_loss=train_loss,
                test_loss=test_loss,
                test_accuracy=accuracy,
                seconds=seconds,
                # An epoch of another run, of which that run did not say how long it took.
                images_per_second=len(images) / seconds if seconds > 0 else 0.0,
            )

    def _diverged(self, what: str, value: float) -> str:
        if self.step == self._began_at:
            return never_finite(what, value)
        return diverged(what, value, self.lr)

    def _cannot_learn_from(self, count: int) -> str | None:
        """Return why so many images are too few for a batch, if they are."""
        learning = [name for name in self._needing_company if name not in self._frozen]
        return too_few(learning[0], self.settings.batch_size) if count == 1 and learning else None

    def _unread_losses(self) -> list[float]:
        if len(self._unread) == 1:
            return [self._unread[0][0].item()]
        losses: list[float] = []
        if self._unread:
            losses = torch.stack([loss for loss, _ in self._unread]).tolist()
        return losses

    def read_losses(self) -> tuple[float, ...]:
        """Return the losses that nobody has read, up to the first that is no finite number.

        They follow those of the last ``Step``, and no ``Step`` to come has them. To be called
        between two events, by the thread that iterates.
        """
        found = self._unread_losses()
        losses = tuple(itertools.takewhile(math.isfinite, found))
        for loss, (_, count) in zip(losses, self._unread, strict=False):
            self._epoch_loss += loss * count
        del self._unread[: len(losses)]
        self._has_diverged = bool(self._unread)
        return losses

    def _evaluate(
        self, images: Tensor, labels: Tensor, epoch: int
    ) -> Generator[Event, None, tuple[float, float]]:
        """Return mean loss and accuracy over images (M, 28, 28) with labels (M,)."""
        self.network.eval()
        size, self._smallest_batch = self.at_a_time, 1
        loss = torch.zeros((), device=images.device)
        hits = torch.zeros((), device=images.device, dtype=torch.long)
        answers: list[Tensor] = []
        confidences: list[Tensor] = []
        done = 0
        while done < len(images):
            began = time.perf_counter()
            output, size = looked_at(self.network, images[done:], size)  # (B, K)
            y = labels[done : done + len(output)]  # (B,)
            loss += self.network.loss(output, y, reduction="sum")
            confidence, answer = self.network.probabilities(output).max(1)  # (B,) each
            hits += (answer == y).sum()
            answers.append(answer)
            confidences.append(confidence)
            done += len(output)
            self.evaluation_seconds += time.perf_counter() - began
            yield Evaluating(epoch, self.step, done, len(images))
        began = time.perf_counter()
        means = loss.item() / len(images), hits.item() / len(images)
        answered = Answered(
            epoch,
            self.step,
            torch.cat(answers).to(torch.uint8).cpu().numpy(),
            torch.cat(confidences).cpu().numpy(),
        )
        self.evaluation_seconds += time.perf_counter() - began
        yield answered
        return means
