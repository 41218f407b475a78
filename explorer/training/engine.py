"""The run: a generator that trains a network, to be read from top to bottom.

It yields after every batch, and every yield is a place to pause, to stop, to change the learning
rate or to look at the weights. It knows no window and no thread.
"""

import contextlib
import itertools
import math
import time
from collections.abc import Generator
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.data.digits import Digits
from explorer.training import networks, optimizers, schedules
from explorer.training.devices import choose
from explorer.training.events import Answered, Evaluated, Evaluating, Event, Failed, Step
from explorer.training.failures import diverged, trouble_with
from explorer.training.memory import keep_freed_memory
from explorer.training.optimizers import Rates
from explorer.training.reports import Answer, Maps
from explorer.training.settings import Settings, check_lr, check_momentum, check_weight_decay

MEAN: Final = 0.1307
STANDARD_DEVIATION: Final = 0.3081

EVALUATION_BATCH: Final = 200
"""Small enough for the caches of a CPU, where larger ones are slower, and for a prompt stop."""

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

    Raises
    ------
    DeviceError
        When a device was asked for by name and does not work.
    """

    def __init__(
        self, settings: Settings, digits: Digits, device: torch.device | None = None
    ) -> None:
        self.settings = settings
        self.digits = digits
        self.device = choose(settings.device).device if device is None else device
        self.network = networks.build(settings.network, settings.seed)
        self.steps_per_epoch = math.ceil(len(digits.train_images) / settings.batch_size)
        self.total_steps = self.steps_per_epoch * settings.epochs
        self.step = 0
        self.training_seconds = 0.0
        self.evaluation_seconds = 0.0
        self._lr = settings.lr
        self._momentum = settings.momentum
        self._weight_decay = settings.weight_decay
        self._read_interval = 0.0 if self.device.type == "cpu" else READ_INTERVAL
        self._begun = False

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
        self._lr = check_lr(value)

    @property
    def momentum(self) -> float:
        """The momentum; a new one counts from the next step on."""
        return self._momentum

    @momentum.setter
    def momentum(self, value: float) -> None:
        self._momentum = check_momentum(value)

    @property
    def weight_decay(self) -> float:
        """The weight decay; a new one counts from the next step on."""
        return self._weight_decay

    @weight_decay.setter
    def weight_decay(self, value: float) -> None:
        self._weight_decay = check_weight_decay(value)

    @property
    def scheduled_lr(self) -> float:
        """The learning rate of the next step: what the schedule makes of ``lr``."""
        return self.lr * schedules.factor(
            self.settings.schedule, self.step, self.total_steps, self.steps_per_epoch
        )

    def kernels(self) -> npt.NDArray[np.float32]:
        """Return a copy of the first layer's kernels, (10, 1, 5, 5).

        To be called between two events, by the thread that iterates.
        """
        weight = networks.first_weight(self.network)
        copy: npt.NDArray[np.float32] = weight.cpu().numpy().copy(order="C")
        return copy

    @torch.no_grad()
    def answer(self, picture: npt.NDArray[np.uint8]) -> Answer:
        """Show the network a picture, uint8 (28, 28), as it is now.

        To be called between two events, by the thread that iterates, or when the run is over.
        """
        was_training = self.network.training
        self.network.eval()
        x = normalise(torch.tensor(picture, device=self.device).unsqueeze(0))  # (1, 1, 28, 28)
        maps: list[Maps] = []
        for name, out in self.network.stages(x):
            if out.dim() == 4:
                maps.append(Maps(name, out[0].cpu().numpy().copy(order="C")))
        # Log-probabilities stay what they are: their exponentials add up to one already.
        probabilities = out[0].softmax(0).cpu().numpy()
        self.network.train(was_training)
        return Answer(picture, self.step, probabilities, tuple(maps))

    def __iter__(self) -> Generator[Event, None, None]:
        """Train; the last event is ``Evaluated`` after the last epoch, or ``Failed``."""
        if self._begun:
            raise RuntimeError("a Run can be iterated over once; make a new one")
        self._begun = True
        trouble = None
        try:
            yield from self._train()
        except (RuntimeError, MemoryError) as error:
            trouble = trouble_with(error, self.device)
            if trouble is None:
                raise
        # Out here the traceback is gone, and with it the tensors that it held.
        if trouble is not None:
            if self.device.type == "cuda":
                # A device that has stopped working refuses this as well.
                with contextlib.suppress(RuntimeError):
                    torch.cuda.empty_cache()
            yield Failed(self.step, trouble)

    def _train(self) -> Generator[Event, None, None]:
        device, batch_size = self.device, self.settings.batch_size

        # The whole data set lives on the device, one byte per pixel; a batch is an index.
        images = torch.tensor(self.digits.train_images, device=device)  # (N, 28, 28) uint8
        labels = torch.tensor(self.digits.train_labels, device=device).long()  # (N,)
        test_images = torch.tensor(self.digits.test_images, device=device)  # (M, 28, 28) uint8
        test_labels = torch.tensor(self.digits.test_labels, device=device).long()  # (M,)

        network = self.network.to(device)
        if device.type == "cpu":
            keep_freed_memory()
            # It makes the convolutions faster. The images need no change: with one channel both
            # orders are the same.
            network = network.to(memory_format=torch.channels_last)
        optimizer = optimizers.build(self.settings.optimizer, list(network.parameters()))

        # On the CPU whatever the device, so that a seed gives the same batches everywhere.
        shuffler = torch.Generator().manual_seed(self.settings.seed)

        for epoch in range(1, self.settings.epochs + 1):
            network.train()
            order = torch.randperm(len(images), generator=shuffler).to(device)  # (N,)
            epoch_began_at = self.training_seconds
            losses: list[float] = []  # one per batch of this epoch
            unread: list[Tensor] = []
            last_read = -math.inf

            for batch in order.split(batch_size):
                began = time.perf_counter()
                x = normalise(images[batch])  # (B, 1, 28, 28)
                y = labels[batch]  # (B,)
                loss = network.loss(network(x), y)  # scalar
                network.zero_grad()
                loss.backward()
                optimizer.descend(Rates(self.scheduled_lr, self.momentum, self.weight_decay))
                self.step += 1

                # Reading a number makes an accelerator wait, so there it is done now and then.
                unread.append(loss.detach())
                new: list[float] = []
                is_last = self.step == epoch * self.steps_per_epoch
                if is_last or began - last_read >= self._read_interval:
                    new = torch.stack(unread).tolist()
                    unread.clear()
                    last_read = time.perf_counter()
                self.training_seconds += time.perf_counter() - began

                good = tuple(itertools.takewhile(math.isfinite, new))
                losses += good
                if len(good) < len(new):
                    self.step -= len(new) - len(good)
                    if good:
                        yield Step(epoch, self.step, good)
                    yield Failed(self.step, diverged("The loss", new[len(good)], self.lr))
                    return
                yield Step(epoch, self.step, good)

            seconds = self.training_seconds - epoch_began_at
            test_loss, accuracy = yield from self._evaluate(test_images, test_labels, epoch)
            if not math.isfinite(test_loss):
                yield Failed(self.step, diverged("The test loss", test_loss, self.lr))
                return
            last_batch = len(images) - batch_size * (self.steps_per_epoch - 1)
            yield Evaluated(
                epoch=epoch,
                step=self.step,
                train_loss=(sum(losses[:-1]) * batch_size + losses[-1] * last_batch) / len(images),
                test_loss=test_loss,
                test_accuracy=accuracy,
                seconds=seconds,
                images_per_second=len(images) / seconds,
            )

    def _evaluate(
        self, images: Tensor, labels: Tensor, epoch: int
    ) -> Generator[Event, None, tuple[float, float]]:
        """Return mean loss and accuracy over images (M, 28, 28) with labels (M,)."""
        self.network.eval()
        loss = torch.zeros((), device=images.device)
        hits = torch.zeros((), device=images.device, dtype=torch.long)
        answers: list[Tensor] = []
        confidences: list[Tensor] = []
        done = 0
        for x, y in zip(
            images.split(EVALUATION_BATCH), labels.split(EVALUATION_BATCH), strict=True
        ):
            began = time.perf_counter()
            # Closed again before the yield: whoever iterates has their own gradients.
            with torch.no_grad():
                output = self.network(normalise(x))  # (B, 10)
                loss += self.network.loss(output, y, reduction="sum")
                confidence, answer = output.softmax(1).max(1)  # (B,) each
                hits += (answer == y).sum()
            answers.append(answer)
            confidences.append(confidence)
            done += len(x)
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


def normalise(images: Tensor) -> Tensor:
    """Return images (B, 28, 28) of bytes as float32 (B, 1, 28, 28) with MNIST's mean and spread.

    The same operations in the same order as torchvision's ``ToTensor`` and ``Normalize``.
    """
    return images.unsqueeze(1).float().div_(255).sub_(MEAN).div_(STANDARD_DEVIATION)
