"""One training step: from the numbers of a batch's images to weights that have moved."""

from typing import Protocol

import torch
from torch import Tensor

from explorer.core.text import Text
from explorer.training.augmentation import Augmentation, augmented
from explorer.training.networks import DigitNetwork
from explorer.training.optimizers import Optimizer, Rates
from explorer.training.pixels import normalise


class Stepper(Protocol):
    """Learns from one batch after another.

    Attributes
    ----------
    note
        A sentence about what the user should know of the way it does so, if there is one.
    """

    note: Text | None

    def __call__(self, batch: Tensor, rates: Rates) -> Tensor:
        """Learn from the images with the numbers ``batch``, (B,), and return their mean loss."""


class PlainStepper:
    """Has torch do one operation after the other, as every textbook does.

    Parameters
    ----------
    images, labels
        All there are: uint8 (N, 28, 28) and int64 (N,), on the network's device.
    augmentation, chance
        What is done to the images first, and where its random numbers come from.

    Attributes
    ----------
    takes_momentum
        Whether that of the rates plays a part.
    """

    def __init__(
        self,
        network: DigitNetwork,
        optimizer: Optimizer,
        images: Tensor,
        labels: Tensor,
        augmentation: Augmentation,
        chance: torch.Generator,
    ) -> None:
        self._network = network
        self._optimizer = optimizer
        self._images = images
        self._labels = labels
        self._augmentation = augmentation
        self._chance = chance
        self.takes_momentum = optimizer.takes_momentum
        self.note: Text | None = None

    def __call__(self, batch: Tensor, rates: Rates) -> Tensor:
        """Learn from the images with the numbers ``batch``, (B,), and return their mean loss."""
        network = self._network
        images = self._images[batch]  # (B, 28, 28)
        if self._augmentation.is_on:
            images = augmented(images, self._augmentation, self._chance)
        x = normalise(images)  # (B, 1, 28, 28)
        y = self._labels[batch]  # (B,)
        loss = network.loss(network(x), y)  # scalar
        network.zero_grad()
        # With every layer frozen there is nothing to learn.
        if loss.requires_grad:
            loss.backward()
            self._optimizer.descend(rates)
        return loss.detach()
