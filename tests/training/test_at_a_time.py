"""Many images are looked at in batches that the memory has room for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training import at_a_time, networks
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.events import Answered, Evaluated, Evaluating, Event, Failed
from explorer.training.examine import examine
from explorer.training.networks import DigitNetwork
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.verbs.evaluate import evaluated

CPU, CUDA = torch.device("cpu"), torch.device("cuda:0")

LARGE = (
    "nn.Sequential(nn.Conv2d(1, 2000, 3), nn.ReLU(), nn.MaxPool2d(26), nn.Flatten(), "
    "nn.Linear(2000, 10))"
)


class Narrow:
    """A memory with room for a few images in a network that only answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.room = 10**6
        self.tried: list[int] = []
        whole = DigitNetwork.forward

        def forward(network: DigitNetwork, images: torch.Tensor) -> torch.Tensor:
            if not network.training:
                self.tried.append(len(images))
                if len(images) > self.room:
                    torch.empty(10**14)  # which no memory has room for
            output: torch.Tensor = whole(network, images)
            return output

        monkeypatch.setattr(DigitNetwork, "forward", forward)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Narrow:
    return Narrow(monkeypatch)


def end_of(settings: Settings, digits: Digits) -> tuple[list[Event], Answered, Evaluated]:
    events = list(Run(settings, digits, CPU))
    answered, last = events[-2:]
    assert isinstance(answered, Answered) and isinstance(last, Evaluated)
    return events, answered, last


@pytest.mark.parametrize("room", [1, 7, 100, 199])
def test_what_comes_out_does_not_depend_on_the_room(room: int, digits: Digits, memory: Narrow):
    settings = Settings("compact", device="cpu", epochs=2)
    _, wide, expected = end_of(settings, digits)
    memory.room = room
    memory.tried.clear()
    events, narrow, found = end_of(settings, digits)
    assert found.test_accuracy == expected.test_accuracy
    assert found.test_loss == pytest.approx(expected.test_loss, rel=1e-5)
    np.testing.assert_array_equal(narrow.answers, wide.answers)
    np.testing.assert_allclose(narrow.confidences, wide.confidences, rtol=1e-4)
    # Once an epoch it is found out how many there is room for.
    refused = [count for count in memory.tried if count > room]
    assert refused == sorted(refused[: len(refused) // 2], reverse=True) * 2
    told = [event.done for event in events if isinstance(event, Evaluating)]
    assert told[-1] == len(digits.test_images) and max(np.diff([0, *told])) <= room


def test_an_earlier_moment_finds_its_room_as_well(digits: Digits, memory: Narrow):
    settings = Settings("compact", device="cpu", epochs=1)
    checkpoint = Run(settings, digits, CPU).checkpoint()

    def answered() -> Answered:
        *_, past = examine(settings, checkpoint, digits, wants_answers=True)
        assert past.answered is not None
        return past.answered

    wide = answered()
    memory.room = 30
    narrow = answered()
    np.testing.assert_array_equal(narrow.answers, wide.answers)
    np.testing.assert_allclose(narrow.confidences, wide.confidences, rtol=1e-4)


def test_without_room_for_one_image_the_run_ends_with_a_remedy(digits: Digits, memory: Narrow):
    memory.room = 0
    last = list(Run(Settings("compact", device="cpu"), digits, CPU))[-1]
    expected = "The memory of cpu is used up; close other programs, or choose a smaller network."
    assert last == Failed(last.step, expected)
    assert memory.tried == [200, 100, 50, 25, 13, 7, 4, 2, 1]
    weights = dict(Run(Settings("compact", device="cpu"), digits, CPU).checkpoint().weights)
    assert evaluated("compact", weights, digits, CPU) == expected


def test_another_error_is_no_lack_of_memory(digits: Digits, monkeypatch: pytest.MonkeyPatch):
    network = networks.build("compact", 0)
    tried = []

    def broken(images: torch.Tensor) -> torch.Tensor:
        tried.append(len(images))
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(network, "forward", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        at_a_time.looked_at(network, torch.tensor(digits.test_images), 200)
    assert tried == [200]


@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_the_named_networks_are_shown_as_many_as_are_fast(name: str):
    network = networks.described(name)
    assert at_a_time.at_a_time(network, CPU) == at_a_time.BATCH
    assert at_a_time.at_a_time(network, CUDA) == at_a_time.ACCELERATED_BATCH


def test_a_large_network_is_shown_less(digits: Digits, memory: Narrow):
    network = networks.described(LARGE)
    assert 1 < at_a_time.at_a_time(network, CPU) < 50
    assert 50 < at_a_time.at_a_time(network, CUDA) < 200
    few = replace(
        digits,
        train_images=digits.train_images[:1],
        train_labels=digits.train_labels[:1],
        test_images=digits.test_images[:30],
        test_labels=digits.test_labels[:30],
    )
    start = Checkpoint(1, Run(Settings(LARGE), few, CPU).checkpoint().weights, is_tested=False)
    assert isinstance(list(Run(Settings(LARGE, epochs=1), few, CPU, start))[-1], Evaluated)
    assert memory.tried == [at_a_time.at_a_time(network, CPU), 30 - memory.tried[0]]
