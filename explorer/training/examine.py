"""What a network was at an earlier moment of its run; free of torch until it is asked for answers.

A checkpoint has the weights. Everything else is worked out again from them, on the CPU, in pieces
that are small enough to be given up between two of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.data.digits import Digits
from explorer.training.checkpoint import Checkpoint
from explorer.training.events import Answered
from explorer.training.reports import Answer, Kernels
from explorer.training.settings import Settings
from explorer.training.stages import convolutions_of


@dataclass(frozen=True, eq=False)
class Past:
    """What is known of a network at an earlier step.

    Attributes
    ----------
    kernels
        Of every convolution, from the first one on.
    answer
        To the picture; None where nobody asked for it, or as long as it is not there.
    answered
        To the test images; None likewise.
    """

    step: int
    kernels: tuple[Kernels, ...]
    answer: Answer | None = None
    answered: Answered | None = None


def kernels_at(network: str, checkpoint: Checkpoint) -> tuple[Kernels, ...]:
    """Return what every convolution had learned, from the first one on; takes no time."""
    weights = checkpoint.weights
    return tuple(
        Kernels(name, checkpoint.step, weights[f"{name}.weight"], weights.get(f"{name}.bias"))
        for name in convolutions_of(network)
        if f"{name}.weight" in weights
    )


def examine(
    settings: Settings,
    checkpoint: Checkpoint,
    digits: Digits,
    picture: npt.NDArray[np.uint8] | None = None,
    wants_answers: bool = False,
) -> Iterator[Past]:
    """Find out what a network was at a moment of its run.

    Every yield is a place to give up. It brings the same object again as long as nothing is new.

    Parameters
    ----------
    settings, digits
        Those of the run.
    checkpoint
        The moment.
    picture
        What the network is to look at, uint8 (28, 28), if anything.
    wants_answers
        Whether the test images are to be looked at as well.

    Yields
    ------
    Past
        First with the kernels, then with the answer to the picture, at last with those to the
        test images.

    Raises
    ------
    CheckpointError
        When the checkpoint does not belong to the run.
    """
    past = Past(checkpoint.step, kernels_at(settings.network, checkpoint))
    yield past
    if picture is None and not wants_answers:
        return

    import torch

    from explorer.training.at_a_time import looked_at
    from explorer.training.engine import Run

    run = Run(settings, digits, torch.device("cpu"), checkpoint)
    if picture is not None:
        past = replace(past, answer=run.answer(picture))
        yield past
    if not wants_answers:
        return

    run.network.eval()
    images = torch.tensor(digits.test_images)  # (M, 28, 28)
    answers: list[npt.NDArray[np.uint8]] = []
    confidences: list[npt.NDArray[np.float32]] = []
    done, size = 0, run.at_a_time
    while done < len(images):
        output, size = looked_at(run.network, images[done:], size)  # (B, K)
        confidence, answer = run.network.probabilities(output).max(1)  # (B,) each
        done += len(output)
        answers.append(answer.numpy().astype(np.uint8))
        confidences.append(confidence.numpy())
        yield past
    # In the middle of an epoch it is the one that was being learned.
    epoch = -(-checkpoint.step // run.steps_per_epoch)
    answered = Answered(epoch, run.step, np.concatenate(answers), np.concatenate(confidences))
    yield replace(past, answered=answered)
