"""A network asked for every test image, against torch, and what changes between two times."""

import subprocess
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explorer.core.layers import (
    Conv2d,
    Flatten,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
    Softmax,
)
from explorer.core.network import Network
from explorer.core.network.presets import PRESETS
from explorer.core.network.running import Weights, initial_weights
from explorer.data.digits import Digits
from explorer.training.engine import Run
from explorer.training.pixels import normalise
from explorer.training.settings import Settings
from explorer.training.transfer import as_arrays
from explorer.training.trial import BATCH, Shift, Trial, difference, trial

COMPACT = PRESETS["compact"].network
ENDS: dict[str, tuple[Module, ...]] = {
    "scores": (),
    "logarithms": (LogSoftmax(1),),
    "probabilities": (Softmax(1),),
}


def small(*end: Module) -> Network:
    layers = (Conv2d(1, 4, (5, 5)), ReLU(), MaxPool2d((4, 4)), Flatten(), Linear(144, 10))
    return Network((*layers, *end))


def last(network: Network, weights: Weights, digits: Digits, **off: str) -> Trial:
    *_, found = trial(network, weights, off, digits.test_images, digits.test_labels)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("end", ENDS)
def test_it_answers_as_torch_does(end: str, digits: Digits):
    network = small(*ENDS[end])
    weights = initial_weights(network, 3)
    module = torch.nn.Sequential(*(layer.as_torch() for layer in small().layers))
    for tensor, array in zip(module.state_dict().values(), weights.values(), strict=True):
        tensor.copy_(torch.from_numpy(array))
    with torch.no_grad():
        scores = module(normalise(torch.from_numpy(digits.test_images)))
    labels = torch.from_numpy(digits.test_labels.astype(np.int64))
    found = last(network, weights, digits)
    assert found.is_complete and found.total == len(digits.test_images)
    np.testing.assert_array_equal(found.answers, scores.argmax(1).numpy())
    assert found.loss == pytest.approx(float(F.cross_entropy(scores, labels)), rel=1e-5)
    assert found.accuracy == pytest.approx(float((scores.argmax(1) == labels).float().mean()))
    assert found.confusion.shape == (10, 10) and found.confusion.sum() == found.total
    assert found.confusion.trace() == found.right.sum()


def test_a_learned_network_is_as_good_as_its_run_says(digits: Digits):
    run = Run(Settings("compact", device="cpu", epochs=1, seed=1), digits, torch.device("cpu"))
    events = list(run)
    accuracy = next(e.test_accuracy for e in reversed(events) if hasattr(e, "test_accuracy"))
    found = last(COMPACT, as_arrays(run.network.state_dict()), digits)
    assert found.accuracy == pytest.approx(accuracy, abs=1e-6)


def test_there_is_a_place_to_give_up_after_every_batch(digits: Digits):
    network = small()
    weights = initial_weights(network, 0)
    found = list(trial(network, weights, {}, digits.test_images, digits.test_labels))
    assert [each.seen for each in found] == [BATCH, 250]
    assert not found[0].is_complete and found[0].confusion.sum() == BATCH


def test_a_switched_off_layer_counts(digits: Digits):
    network = small()
    weights = initial_weights(network, 0)
    silent = last(network, weights, digits, fc="zeros")
    assert not silent.answers.any() and silent.loss == pytest.approx(np.log(10), rel=1e-5)


def test_a_network_with_too_few_answers_is_refused(digits: Digits):
    network = small().with_classes(4)
    with pytest.raises(ValueError, match="4"):
        last(network, initial_weights(network, 0), digits)


def test_more_answers_than_labels_are_fine(digits: Digits):
    network = small().with_classes(12)
    assert last(network, initial_weights(network, 0), digits).confusion.shape == (12, 12)


def told(labels: list[int], answers: list[int]) -> Trial:
    return Trial(np.array(labels, np.uint8), np.array(answers, np.uint8), 0.0, 10)


def test_the_difference_says_what_moved():
    labels = [4, 4, 4, 7, 1, 1]
    before = told(labels, [4, 4, 9, 7, 1, 2])
    after = told(labels, [9, 9, 4, 1, 1, 3])
    found = difference(before, after)
    assert found.became_right.tolist() == [2] and found.became_wrong.tolist() == [0, 1, 3]
    assert found.worst == Shift(4, 4, 9, 2) and found.best == Shift(4, 9, 4, 1)
    np.testing.assert_array_equal(found.cells, after.confusion - before.confusion)
    assert found.cells.sum() == 0 and found.cells[4, 9] == 1 and found.cells[1, 2] == -1


def test_the_same_answers_make_no_difference():
    one = told([1, 2], [1, 3])
    found = difference(one, one)
    assert not found.cells.any() and not len(found.became_right) and not len(found.became_wrong)
    assert found.worst is None and found.best is None


def test_without_a_wish_torch_is_not_imported():
    code = "import sys, explorer.training.trial; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
