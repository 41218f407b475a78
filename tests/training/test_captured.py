"""Steps that are captured as a CUDA graph: the numbers of plain steps, or plain steps and a note.

What needs a GPU is passed over where there is none.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits
from explorer.training import captured, networks, optimizers
from explorer.training.augmentation import Augmentation
from explorer.training.captured import CapturedStepper, stepper_for
from explorer.training.engine import Run
from explorer.training.events import Evaluated, Step
from explorer.training.optimizers import Rates
from explorer.training.pixels import normalise
from explorer.training.settings import NETWORK_NAMES, OPTIMIZERS, Settings
from explorer.training.stepping import PlainStepper, Stepper

CPU = torch.device("cpu")
needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")

FULL, REST = 64, 44
"""Images in a batch, and in the last one of an epoch."""


class There(torch.Tensor):
    """Images that are on a GPU, as far as anybody asks."""

    device = torch.device("cuda", 0)


class Trained:
    """A network with what it takes to train it, the same each time."""

    def __init__(self, digits: Digits, device: torch.device, optimizer: str = "nesterov") -> None:
        self.device = device
        self.network = networks.build("compact", 0).to(device)
        self.optimizer = optimizers.build(optimizer, dict(self.network.named_parameters()))
        self.plain = PlainStepper(
            self.network,
            self.optimizer,
            torch.tensor(digits.train_images, device=device),
            torch.tensor(digits.train_labels, device=device).long(),
            Settings().augmentation,
            torch.Generator(),
        )

    def captured(self) -> CapturedStepper:
        return CapturedStepper(self.plain, self.network, FULL, self.device)

    def weights(self) -> dict[str, torch.Tensor]:
        return {name: part.cpu() for name, part in self.network.state_dict().items()}

    def gradients(self) -> list[torch.Tensor | None]:
        parts = [parameter.grad for parameter in self.network.parameters()]
        return [None if part is None else part.cpu() for part in parts]


def batch(number: int, count: int, device: torch.device) -> torch.Tensor:
    chance = torch.Generator().manual_seed(number)
    return torch.randperm(300, generator=chance)[:count].to(device)


def test_without_cuda_the_steps_are_plain_to_the_bit_and_a_note_says_why(digits: Digits):
    one, other = Trained(digits, CPU), Trained(digits, CPU)
    stepper = other.captured()
    for number, count in enumerate((FULL, FULL, REST, FULL)):
        rates = Rates(0.05 / (number + 1), 0.9, 0.001)
        chosen = batch(number, count, CPU)
        assert torch.equal(one.plain(chosen, rates), stepper(chosen, rates))
    for name, part in one.weights().items():
        assert torch.equal(part, other.weights()[name])
    note = str(stepper.note)
    assert note.startswith("Training without a CUDA graph") and "\n" not in note
    assert one.plain.note is None


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings(dropout=0.3), replace(Settings(), optimizer="adam")],
    ids=["plain", "dropout", "adam"],
)
def test_only_cuda_is_asked_for_graphs(settings: Settings, digits: Digits):
    trained = Trained(digits, CPU)
    stepper = stepper_for(
        trained.network,
        trained.optimizer,
        torch.tensor(digits.train_images),
        torch.tensor(digits.train_labels),
        settings,
        torch.Generator(),
    )
    assert isinstance(stepper, PlainStepper) and stepper.note is None
    run = Run(replace(settings, device="cpu", epochs=1), digits, CPU)
    assert isinstance(list(run)[-1], Evaluated) and run.steps_note is None


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        (Settings(dropout=0.3), "dropout"),
        (Settings("nn.Sequential(nn.Dropout2d(), nn.Flatten(), nn.Linear(784, 10))"), "dropout"),
        (Settings(augmentation=Augmentation(shift=2)), "the augmentation"),
        (Settings(dropout=0.3, augmentation=Augmentation(noise=0.1)), "the augmentation"),
    ],
)
def test_what_is_drawn_for_every_batch_is_told_to_be_slower(settings: Settings, what: str):
    network = networks.build(settings.network, 0, settings.dropout)
    optimizer = optimizers.build("adam", dict(network.named_parameters()))
    images = torch.zeros(1, 28, 28).as_subclass(There)
    stepper = stepper_for(network, optimizer, images, images, settings, torch.Generator())
    assert isinstance(stepper, PlainStepper)
    assert str(stepper.note) == (
        f"Training without a CUDA graph, which is slower: {what} draws random numbers for every "
        "batch."
    )


@pytest.mark.parametrize(("asked", "usual"), [(64, 64), (299, 299), (300, 300), (4096, 300)])
def test_what_is_captured_is_a_batch_that_comes_up(
    asked: int, usual: int, digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    made: list[int] = []

    def capture(plain: PlainStepper, _network: object, size: int, _device: object) -> PlainStepper:
        made.append(size)
        return plain

    monkeypatch.setattr(captured, "CapturedStepper", capture)
    trained = Trained(digits, CPU)
    images = torch.tensor(digits.train_images).as_subclass(There)
    settings = Settings(batch_size=asked)
    stepper_for(trained.network, trained.optimizer, images, images, settings, torch.Generator())
    assert made == [usual]


class Counting(CapturedStepper):
    """Takes plain steps where there is no GPU, and notes which would have been captured."""

    def __init__(self, trained: Trained) -> None:
        super().__init__(trained.plain, trained.network, FULL, trained.device)
        self.captures: list[Rates] = []

    def _beside(self, batch: torch.Tensor, rates: Rates) -> torch.Tensor:
        return self._plain(batch, rates)

    def _captured(self, rates: Rates) -> Any:
        self.captures.append(rates)
        return object()

    def _replay(self, batch: torch.Tensor) -> torch.Tensor:
        return self._plain(batch, self.captures[-1])


@pytest.mark.parametrize(
    ("optimizer", "captures"),
    [("sgd", [0.9, 0.5]), ("nesterov", [0.9, 0.5]), ("adam", [0.9]), ("adamw", [0.9])],
)
def test_another_momentum_takes_another_graph_only_where_it_plays_a_part(
    optimizer: str, captures: list[float], digits: Digits, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.cuda, "Stream", lambda _device: None)
    one, other = Trained(digits, CPU, optimizer), Trained(digits, CPU, optimizer)
    stepper = Counting(other)
    for number in range(12):
        rates = Rates(0.01, 0.9 if number < 6 else 0.5, 0.0)
        chosen = batch(number, FULL, CPU)
        torch.testing.assert_close(one.plain(chosen, rates), stepper(chosen, rates))
    assert [rates.momentum for rates in stepper.captures] == captures and stepper.note is None


@pytest.fixture
def cuda() -> Iterator[torch.device]:
    """A GPU whose convolutions have the precision of float32, not of TensorFloat-32."""
    before = torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    yield torch.device("cuda", 0)
    torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32 = before


@needs_cuda
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_captured_steps_have_the_numbers_of_plain_ones(
    optimizer: str, digits: Digits, cuda: torch.device
):
    one, other = Trained(digits, cuda, optimizer), Trained(digits, cuda, optimizer)
    stepper = other.captured()
    frozen: list[str] = []
    for number in range(40):
        # A schedule, and at some steps everything else that can change.
        momentum = 0.0 if number < 8 else 0.9
        decay = 0.0 if number < 16 else 0.01
        if number in (24, 32):
            frozen = ["conv1"] if number == 24 else []
            for trained in (one, other):
                for name, layer in trained.network.named_children():
                    layer.requires_grad_(name not in frozen)
        rates = Rates(0.005 * (1 + number % 5), momentum, decay)
        chosen = batch(number, REST if number % 7 == 6 else FULL, cuda)
        losses = one.plain(chosen, rates), stepper(chosen, rates)
        torch.testing.assert_close(*losses, rtol=1e-4, atol=1e-5)
        for mine, theirs in zip(one.gradients(), other.gradients(), strict=True):
            assert (mine is None) == (theirs is None)
            if mine is not None and theirs is not None:
                torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)
    assert stepper.note is None
    for name, part in one.weights().items():
        torch.testing.assert_close(part, other.weights()[name], rtol=1e-3, atol=1e-4)


@needs_cuda
def test_warming_up_and_capturing_leave_no_trace(digits: Digits, cuda: torch.device):
    one, other = Trained(digits, cuda), Trained(digits, cuda)
    stepper = other.captured()
    rates = Rates(0.05, 0.9, 0.0)
    for number in range(captured.WARM_UP + 1):  # the last one is captured and replayed once
        one.plain(batch(number, FULL, cuda), rates)
        stepper(batch(number, FULL, cuda), rates)
    for name, part in one.weights().items():
        torch.testing.assert_close(part, other.weights()[name], rtol=1e-4, atol=1e-6)
    for name, moment in one.optimizer.moments().items():
        torch.testing.assert_close(moment, other.optimizer.moments()[name], rtol=1e-3, atol=1e-5)


@needs_cuda
@pytest.mark.parametrize("kind", [torch.uint8, torch.float32])
def test_pixels_are_those_of_the_cpu(kind: torch.dtype, digits: Digits, cuda: torch.device):
    images = torch.tensor(digits.train_images[:9]).to(kind)
    there = normalise(images.to(cuda))
    assert there.dtype == torch.float32
    torch.testing.assert_close(there.cpu(), normalise(images), rtol=1e-5, atol=1e-6)


@needs_cuda
@pytest.mark.parametrize("kind", [networks.SeededDropout, networks.SeededDropout2d])
def test_every_device_drops_the_same(
    kind: type[networks.SeededDropout | networks.SeededDropout2d], cuda: torch.device
):
    x = torch.rand(64, 32, 12, 12)
    drawn = []
    for device in (CPU, cuda):
        layer = kind(0.4)
        layer.generator = torch.Generator().manual_seed(3)
        # One after the other: what is on its way must not be drawn over.
        drawn.append([layer(x.to(device)) for _ in range(50)])
    for mine, theirs in zip(*drawn, strict=True):
        torch.testing.assert_close(mine, theirs.cpu())


@needs_cuda
def test_a_loss_stays_what_it_was(digits: Digits, cuda: torch.device):
    stepper = Trained(digits, cuda).captured()
    losses = [stepper(batch(number, FULL, cuda), Rates(0.05, 0.9, 0.0)) for number in range(9)]
    told = [loss.item() for loss in losses]
    assert len(set(told)) == 9 and np.isfinite(told).all()


@needs_cuda
@pytest.mark.filterwarnings("ignore")
def test_a_capture_that_fails_is_told_and_the_run_goes_on(digits: Digits, cuda: torch.device):
    class Reading(PlainStepper):
        def __call__(self, batch: torch.Tensor, rates: Rates) -> torch.Tensor:
            loss = super().__call__(batch, rates)
            loss.item()  # which no graph can hold
            return loss

    one, other = Trained(digits, cuda), Trained(digits, cuda)
    other.plain.__class__ = Reading
    stepper: Stepper = other.captured()
    for number in range(captured.WARM_UP + 3):
        rates = Rates(0.05, 0.9, 0.0)
        chosen = batch(number, FULL, cuda)
        torch.testing.assert_close(
            one.plain(chosen, rates), stepper(chosen, rates), rtol=1e-4, atol=1e-5
        )
    assert "it cannot be captured" in str(stepper.note)


@needs_cuda
@pytest.mark.filterwarnings("ignore")
def test_a_capture_that_fails_at_its_end_leaves_the_usual_stream(
    digits: Digits, cuda: torch.device, monkeypatch: pytest.MonkeyPatch
):
    def end_as_torch_2_10(graph: torch.cuda.graph, *about: object) -> None:
        graph.cuda_graph.capture_end()
        raise RuntimeError("the capture could not be ended")

    monkeypatch.setattr(torch.cuda.graph, "__exit__", end_as_torch_2_10)
    usual = torch.cuda.current_stream(cuda)
    stepper = Trained(digits, cuda).captured()
    for number in range(captured.WARM_UP + 3):
        stepper(batch(number, FULL, cuda), Rates(0.05, 0.9, 0.0))
        assert torch.cuda.current_stream(cuda) == usual
    assert "could not be ended" in str(stepper.note)


@needs_cuda
def test_a_batch_of_all_images_is_captured(digits: Digits, cuda: torch.device):
    trained = Trained(digits, cuda)
    stepper = stepper_for(
        trained.network,
        trained.optimizer,
        torch.tensor(digits.train_images, device=cuda),
        torch.tensor(digits.train_labels, device=cuda).long(),
        Settings(batch_size=4096),
        torch.Generator(),
    )
    assert isinstance(stepper, CapturedStepper)
    for number in range(captured.WARM_UP + 2):
        stepper(batch(number, 300, cuda), Rates(0.05, 0.9, 0.0))
    assert stepper._graph is not None and stepper.note is None


@needs_cuda
@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_a_whole_run_agrees_with_the_cpu(network: str, digits: Digits, cuda: torch.device):
    settings = Settings(network, epochs=3, lr=0.05, momentum=0.9, schedule="one_cycle")
    runs = [Run(replace(settings, device=str(cuda)), digits, where) for where in (cuda, CPU)]
    told = [
        [loss for event in run if isinstance(event, Step) for loss in event.losses] for run in runs
    ]
    assert told[0] == pytest.approx(told[1], rel=1e-2, abs=1e-3)
    assert runs[0].steps_note is None
    norms = [dict(run.gradient_norms().norms) for run in runs]
    assert norms[0] == pytest.approx(norms[1], rel=5e-2, abs=1e-2)
