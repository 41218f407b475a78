"""An earlier moment, looked at again, is what it was then."""

import subprocess
import sys
import threading
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training.at_a_time import BATCH
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import CheckpointError
from explorer.training.events import Answered
from explorer.training.examine import Past, examine, kernels_at
from explorer.training.reports import Answer, Kernels
from explorer.training.settings import NETWORK_NAMES, Settings

CPU = torch.device("cpu")


@dataclass
class Moment:
    """What a run told of itself when a checkpoint was made."""

    checkpoint: Checkpoint
    kernels: tuple[Kernels, ...]
    answer: Answer
    answered: Answered | None


def moments(settings: Settings, digits: Digits) -> list[Moment]:
    """Train to the end, and return every moment at which there was an event."""
    run = Run(settings, digits, CPU)
    found = []
    for event in run:
        answered = event if isinstance(event, Answered) else None
        answer = run.answer(digits.test_images[3])
        found.append(Moment(run.checkpoint(), run.kernels(), answer, answered))
    return found


def last(
    settings: Settings, checkpoint: Checkpoint, digits: Digits, wants_answers: bool = True
) -> Past:
    *_, past = examine(settings, checkpoint, digits, digits.test_images[3], wants_answers)
    return past


@pytest.mark.parametrize("network", NETWORK_NAMES)
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_it_is_what_it_was_then(network: str, dropout: float, digits: Digits):
    settings = Settings(network, device="cpu", epochs=2, seed=3, dropout=dropout)
    for then in moments(settings, digits):
        # The run itself has answered the test images at the end of each epoch only.
        past = last(settings, then.checkpoint, digits, wants_answers=then.answered is not None)
        assert past.step == then.answer.step
        assert past.answer is not None
        np.testing.assert_array_equal(past.answer.probabilities, then.answer.probabilities)
        for mine, theirs in zip(past.answer.maps, then.answer.maps, strict=True):
            assert mine.layer == theirs.layer
            np.testing.assert_array_equal(mine.values, theirs.values)
        for was, is_now in zip(then.kernels, past.kernels, strict=True):
            assert (was.layer, was.step) == (is_now.layer, is_now.step)
            np.testing.assert_array_equal(was.values, is_now.values)
            np.testing.assert_array_equal(was.bias, is_now.bias)
        if then.answered is not None:
            assert past.answered is not None
            assert past.answered.epoch == then.answered.epoch
            assert past.answered.step == then.answered.step
            assert past.answered.answers.dtype == np.uint8
            assert past.answered.confidences.dtype == np.float32
            np.testing.assert_array_equal(past.answered.answers, then.answered.answers)
            np.testing.assert_array_equal(past.answered.confidences, then.answered.confidences)


def test_the_beginning_of_a_run_can_be_looked_at(digits: Digits):
    settings = Settings(device="cpu", seed=5)
    run = Run(settings, digits, CPU)
    expected = run.answer(digits.test_images[3])
    past = last(settings, run.checkpoint(), digits)
    assert past.answer is not None
    assert past.answered is not None
    np.testing.assert_allclose(past.answer.probabilities, expected.probabilities, atol=1e-6)
    assert (past.step, past.answered.epoch) == (0, 0)


def test_the_kernels_come_first_and_there_are_many_places_to_give_up(digits: Digits):
    settings = Settings(device="cpu")
    checkpoint = Run(settings, digits, CPU).checkpoint()
    seen = list(examine(settings, checkpoint, digits, digits.test_images[0], wants_answers=True))
    assert (seen[0].answer, seen[0].answered) == (None, None)
    assert len(seen[0].kernels) == 2
    assert seen[1].answer is not None
    assert all(past is seen[1] for past in seen[1:-1])
    assert seen[-1].answered is not None
    assert seen[-1].answer is seen[1].answer
    assert len(seen) == 3 + -(-len(digits.test_images) // BATCH)


def test_nothing_is_worked_out_that_nobody_wants(digits: Digits):
    settings = Settings(device="cpu")
    checkpoint = Run(settings, digits, CPU).checkpoint()
    (kernels,) = examine(settings, checkpoint, digits)
    assert (kernels.answer, kernels.answered) == (None, None)
    _, answer = examine(settings, checkpoint, digits, digits.test_images[0])
    assert answer.answered is None
    *_, answered = examine(settings, checkpoint, digits, wants_answers=True)
    assert answered.answer is None
    assert answered.answered is not None


def test_it_leaves_gradients_and_chance_alone(digits: Digits):
    settings = Settings(device="cpu", dropout=0.5)
    checkpoint = Run(settings, digits, CPU).checkpoint()
    before = torch.random.get_rng_state()
    for _ in examine(settings, checkpoint, digits, digits.test_images[0], wants_answers=True):
        assert torch.is_grad_enabled()
        assert torch.equal(torch.random.get_rng_state(), before)


def test_a_run_that_begins_at_the_same_time_has_the_weights_of_its_seed(digits: Digits):
    settings = Settings(device="cpu", seed=9)
    run = Run(settings, digits, CPU)
    checkpoint, expected = run.checkpoint(), run.kernels()[0].values
    over = threading.Event()

    def look_back() -> None:
        while not over.is_set():
            last(settings, checkpoint, digits)

    thread = threading.Thread(target=look_back)
    thread.start()
    try:
        for _ in range(60):
            begun = Run(settings, digits, CPU).kernels()[0].values
            np.testing.assert_array_equal(begun, expected)
    finally:
        over.set()
        thread.join()


def test_a_moment_of_another_network_is_refused(digits: Digits):
    checkpoint = Run(Settings("lenet5", device="cpu"), digits, CPU).checkpoint()
    looking = examine(Settings("compact", device="cpu"), checkpoint, digits, digits.test_images[0])
    assert next(looking).kernels
    with pytest.raises(CheckpointError, match="network"):
        next(looking)


def test_kernels_need_no_torch():
    said = """
import sys
import numpy as np
from explorer.training.checkpoint import Checkpoint
from explorer.training.examine import kernels_at
weights = {"conv1.weight": np.ones((2, 1, 3, 3), np.float32), "fc.weight": np.ones((2, 4))}
(kernels,) = kernels_at("compact", Checkpoint(4, weights))
assert (kernels.layer, kernels.step, kernels.bias) == ("conv1", 4, None)
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0


def test_kernels_are_those_of_the_convolutions(digits: Digits):
    run = Run(Settings("classic", device="cpu"), digits, CPU)
    kernels = kernels_at(run.settings.network, run.checkpoint())
    assert [(k.layer, k.values.shape) for k in kernels] == [
        ("conv1", (10, 1, 5, 5)),
        ("conv2", (20, 10, 5, 5)),
    ]
