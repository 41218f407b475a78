"""A network as it stands, asked for every test image; free of torch until it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from explorer.core.network.answering import gives
from explorer.core.network.flow import FLOAT_BYTES, flow, total
from explorer.core.network.presets import DIGIT
from explorer.core.network.running import Off, Runner, Weights
from explorer.core.network.stack import Network
from explorer.training.metrics import confusion

BATCH: Final = 200
"""Images between two places to give up, of which there are less of a large network."""
MOST_NUMBERS: Final = 16_000_000
"""That all layers together may make of these images."""
MOST_MULTIPLY_ADDS: Final = 4_000_000_000
"""That all layers together may take for these images."""

Labels = npt.NDArray[np.uint8]
Images = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Trial:
    """What a network has answered to the images so far.

    Attributes
    ----------
    labels
        What the images are, all of them, (N,).
    answers
        To as many of them as were looked at, (M,).
    loss
        The mean over these; NaN where the network gives no numbers.
    classes
        How many answers the network has.
    """

    labels: Labels
    answers: Labels
    loss: float
    classes: int

    @property
    def total(self) -> int:
        """How many images there are."""
        return len(self.labels)

    @property
    def seen(self) -> int:
        """How many of them were looked at."""
        return len(self.answers)

    @property
    def is_complete(self) -> bool:
        """Whether all were."""
        return self.seen == self.total

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which of the images that were looked at are read right, (M,)."""
        return np.asarray(self.labels[: self.seen] == self.answers)

    @property
    def accuracy(self) -> float:
        """The share of those that are read right."""
        return float(self.right.mean()) if self.seen else 0.0

    @cached_property
    def confusion(self) -> Counts:
        """How often each class was answered by each, (K, K), rows are true."""
        return confusion(self.labels[: self.seen], self.answers, self.classes)


def trial(
    network: Network,
    weights: Weights,
    off: Mapping[str, Off],
    images: Images,
    labels: Labels,
) -> Iterator[Trial]:
    """Ask a network on the CPU, in ``eval()``, what it sees in images.

    Every yield is a place to give up.

    Parameters
    ----------
    network
        It takes digits and gives at least as many answers as the labels need.
    weights, off
        As for `explorer.core.network.running.Runner`.
    images, labels
        uint8, (N, 28, 28) and (N,).

    Yields
    ------
    Trial
        With more answers each time.

    Raises
    ------
    ValueError
        When a label is none of the answers.
    RuntimeError, IndexError
        torch's own refusal of the network.
    """
    import torch
    import torch.nn.functional as F

    from explorer.training.pixels import normalise

    runner = Runner(network)
    runner.load(weights)
    given = gives(flow(network, DIGIT), off)
    answers: list[Labels] = []
    lost, seen = 0.0, 0
    size = _batch(network)
    for begin in range(0, len(images), size):
        batch = normalise(torch.tensor(images[begin : begin + size]))  # (B, 1, 28, 28)
        targets = torch.from_numpy(labels[begin : begin + size].astype(np.int64))  # (B,)
        output = batch
        for output in runner.stages(batch, off):  # noqa: B007 - the last one counts
            pass
        if output.ndim != 2 or (len(targets) and int(targets.max()) >= output.shape[1]):
            raise ValueError(f"The network gives {tuple(output.shape[1:])} for these labels.")
        scores = output.log() if given == "probabilities" else output
        loss = F.cross_entropy if given == "scores" else F.nll_loss
        lost += float(loss(scores, targets, reduction="sum"))
        seen += len(targets)
        answers.append(output.argmax(1).numpy().astype(np.uint8))
        yield Trial(labels, np.concatenate(answers), lost / seen, output.shape[1])


def _batch(network: Network) -> int:
    """Return how many images a network is asked for at a time."""
    sums = total(network, DIGIT)
    numbers = sums.activation_bytes // FLOAT_BYTES
    room = min(MOST_NUMBERS // max(numbers, 1), MOST_MULTIPLY_ADDS // max(sums.multiply_adds, 1))
    return min(max(room, 1), BATCH)


@dataclass(frozen=True)
class Shift:
    """So many images of a class that now get another answer than before."""

    true: int
    before: int
    after: int
    count: int


@dataclass(frozen=True, eq=False)
class Difference:
    """What changed from one trial of the same images to another.

    Attributes
    ----------
    cells
        How many more there are in each cell of the confusion, (K, K).
    became_right, became_wrong
        The numbers of the images whose answer became right, or wrong.
    worst, best
        The commonest change among those that became wrong, and among those that became right.
    """

    cells: Counts
    became_right: npt.NDArray[np.int64]
    became_wrong: npt.NDArray[np.int64]
    worst: Shift | None
    best: Shift | None


def difference(before: Trial, after: Trial) -> Difference:
    """Compare two complete trials of the same images."""
    became_right = np.flatnonzero(~before.right & after.right)
    became_wrong = np.flatnonzero(before.right & ~after.right)
    return Difference(
        after.confusion - before.confusion,
        became_right,
        became_wrong,
        _commonest(before, after, became_wrong),
        _commonest(before, after, became_right),
    )


def _commonest(before: Trial, after: Trial, numbers: npt.NDArray[np.int64]) -> Shift | None:
    if not len(numbers):
        return None
    changes = np.stack([before.labels, before.answers, after.answers], axis=1)[numbers]
    kinds, counts = np.unique(changes, axis=0, return_counts=True)
    most = int(counts.argmax())
    true, was, now = kinds[most].tolist()
    return Shift(true, was, now, int(counts[most]))
