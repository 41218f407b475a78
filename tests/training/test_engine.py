"""The run as a plain generator, against a loop as the textbooks write it."""

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from explorer.data.digits import Digits, load
from explorer.training import optimizers, transfer
from explorer.training.engine import Run
from explorer.training.errors import DeviceError, SettingsError
from explorer.training.events import Answered, Evaluated, Evaluating, Event, Failed, Step
from explorer.training.networks import build
from explorer.training.pixels import normalise
from explorer.training.settings import NETWORK_NAMES, OPTIMIZERS, Settings

CPU = torch.device("cpu")


def all_losses(events: list[Event]) -> list[float]:
    return [loss for event in events if isinstance(event, Step) for loss in event.losses]


def optimizer_of_torch(settings: Settings, parameters: Any) -> torch.optim.Optimizer:
    rates: dict[str, Any] = {"lr": settings.lr, "weight_decay": settings.weight_decay}
    match settings.optimizer:
        case "adam":
            return torch.optim.Adam(parameters, **rates)
        case "adamw":
            return torch.optim.AdamW(parameters, **rates)
    nesterov = settings.optimizer == "nesterov"
    return torch.optim.SGD(parameters, momentum=settings.momentum, nesterov=nesterov, **rates)


def textbook(settings: Settings, digits: Digits, lr_after: dict[int, float]) -> list[float]:
    """Train in the plainest way: one image after another, in the order of the memory."""
    from torchvision import transforms

    prepare = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    images = torch.stack([prepare(image[:, :, None]) for image in digits.train_images])
    labels = torch.tensor(digits.train_labels, dtype=torch.long)
    network = build(settings.network, settings.seed)
    criterion = F.nll_loss if settings.network == "classic" else F.cross_entropy
    optimizer = optimizer_of_torch(settings, network.parameters())
    shuffler = torch.Generator().manual_seed(settings.seed)
    losses: list[float] = []
    for _ in range(settings.epochs):
        order = torch.randperm(len(images), generator=shuffler)
        for batch in order.split(settings.batch_size):
            if len(losses) in lr_after:
                optimizer.param_groups[0]["lr"] = lr_after[len(losses)]
            loss = criterion(network(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_the_losses_are_those_of_the_textbook(network: str, digits: Digits):
    settings = Settings(network, device="cpu", epochs=3, seed=4)
    losses = all_losses(list(Run(settings, digits, CPU)))
    assert len(losses) == 3 * 5
    assert losses == pytest.approx(textbook(settings, digits, {}), rel=1e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_is_that_of_the_textbook(optimizer: str, digits: Digits):
    settings = Settings(
        device="cpu", epochs=2, optimizer=optimizer, lr=0.003, momentum=0.9, weight_decay=0.01
    )
    losses = all_losses(list(Run(settings, digits, CPU)))
    assert losses == pytest.approx(textbook(settings, digits, {}), rel=1e-3)


def test_a_schedule_is_followed(digits: Digits):
    settings = Settings(device="cpu", epochs=3, schedule="cosine", lr=0.05)
    rates = [0.05 * (1 + math.cos(math.pi * step / 15)) / 2 for step in range(15)]
    losses = all_losses(list(Run(settings, digits, CPU)))
    expected = textbook(settings, digits, dict(enumerate(rates)))
    assert losses == pytest.approx(expected, rel=1e-3)


def test_a_new_learning_rate_counts_from_the_next_step(digits: Digits):
    settings = Settings(device="cpu", epochs=2)
    run = Run(settings, digits)
    losses: list[float] = []
    for event in run:
        losses += all_losses([event])
        if run.step == 4:
            run.lr = 0.1
    changed = textbook(settings, digits, {4: 0.1})
    assert losses == pytest.approx(changed, rel=1e-4)
    # The loss of a step is measured before it: the change shows in the step after the next.
    unchanged = textbook(settings, digits, {})
    assert losses[:5] == pytest.approx(unchanged[:5], rel=1e-4)
    assert losses[5] != pytest.approx(unchanged[5], rel=1e-3)


def test_a_new_momentum_counts_too_even_if_there_was_none(digits: Digits):
    def losses(change_to: float | None) -> list[float]:
        run = Run(Settings(device="cpu", epochs=2, momentum=0, lr=0.1), digits)
        found: list[float] = []
        for event in run:
            found += all_losses([event])
            if run.step == 3 and change_to is not None:
                run.momentum = change_to
        return found

    plain, changed = losses(None), losses(0.9)
    assert plain[:5] == changed[:5]
    assert plain[5:] != changed[5:]


def test_a_run_refuses_what_no_run_can_have(digits: Digits):
    run = Run(Settings(device="cpu"), digits)
    with pytest.raises(SettingsError):
        run.lr = 0
    with pytest.raises(SettingsError):
        run.momentum = 1
    with pytest.raises(SettingsError):
        run.weight_decay = -1
    assert (run.lr, run.momentum) == (0.01, 0.5)


def test_the_same_seed_gives_the_same_bits(digits: Digits):
    def train(seed: int) -> tuple[list[float], Evaluated, list[torch.Tensor]]:
        run = Run(Settings(device="cpu", epochs=2, seed=seed), digits)
        torch.rand(1)  # what others draw from the global generator must not matter
        events = list(run)
        last = events[-1]
        assert isinstance(last, Evaluated)
        return all_losses(events), last, list(run.network.state_dict().values())

    first, same, other = train(0), train(0), train(1)
    assert first[0] == same[0] and first[0] != other[0]
    assert first[1].test_loss == same[1].test_loss
    assert all(map(torch.equal, first[2], same[2]))


def test_training_leaves_the_global_state_of_torch_alone(digits: Digits):
    state = torch.get_rng_state()
    for _ in Run(Settings(device="cpu", epochs=1), digits):
        assert torch.is_grad_enabled(), "whoever iterates has their own gradients"
    assert torch.equal(torch.get_rng_state(), state)


def test_the_events_come_in_order(digits: Digits):
    events = list(Run(Settings(device="cpu", epochs=2, batch_size=100), digits))
    steps = [event for event in events if isinstance(event, Step)]
    assert [(event.epoch, event.step) for event in steps] == [
        (1, 1), (1, 2), (1, 3), (2, 4), (2, 5), (2, 6),
    ]  # fmt: skip
    assert all(len(event.losses) == 1 for event in steps), "on a CPU each loss is read at once"
    epoch = [Step] * 3 + [Evaluating] * 2 + [Answered, Evaluated]
    assert [type(event) for event in events] == epoch * 2
    looked = [(event.done, event.total) for event in events if isinstance(event, Evaluating)]
    assert looked == [(200, 250), (250, 250)] * 2


def test_the_evaluation_is_right(digits: Digits):
    run = Run(Settings(device="cpu", epochs=2), digits)
    events = list(run)
    found = [event for event in events if isinstance(event, Evaluated)]
    images = torch.tensor(digits.test_images).float() / 255
    labels = torch.tensor(digits.test_labels).long()
    with torch.no_grad():
        output = run.network(((images - 0.1307) / 0.3081)[:, None])
    assert found[-1].test_loss == pytest.approx(F.cross_entropy(output, labels).item(), rel=1e-4)
    assert found[-1].test_accuracy == (output.argmax(1) == labels).double().mean().item()
    for epoch, event in enumerate(found):
        losses = all_losses(events)[5 * epoch : 5 * epoch + 5]
        mean = np.average(losses, weights=[64, 64, 64, 64, 44])
        assert event.train_loss == pytest.approx(mean)
        assert event.images_per_second == pytest.approx(300 / event.seconds)
    assert sum(event.seconds for event in found) == pytest.approx(run.training_seconds)
    assert run.step == run.total_steps == 10 and run.images_seen == 600
    answered = [event for event in events if isinstance(event, Answered)][-1]
    assert answered.answers.tolist() == output.argmax(1).tolist()
    assert answered.confidences == pytest.approx(output.softmax(1).max(1).values.numpy(), rel=1e-4)


@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_a_picture_is_answered_between_two_steps(network: str, digits: Digits):
    run = Run(Settings(network, device="cpu", epochs=1), digits)
    picture = digits.test_images[0]
    x = normalise(torch.tensor(picture)[None])
    for _ in run:
        answer = run.answer(picture)
        with torch.no_grad():
            run.network.eval()
            expected = run.network(x)[0].softmax(0)
            first = run.network[0](x)[0]
            run.network.train()
        assert answer.step == run.step
        assert answer.picture is picture
        assert answer.probabilities == pytest.approx(expected.numpy(), rel=1e-4, abs=1e-7)
        # Far quicker than approx with so many numbers.
        np.testing.assert_allclose(answer.maps[0].values, first.numpy(), rtol=5e-5, atol=5e-7)
        names = [name for name, _ in run.network.named_children()]
        # Behind the flattening there are no maps.
        assert [maps.layer for maps in answer.maps] == names[: names.index("flatten")]


def test_to_look_at_pictures_does_not_change_the_run(digits: Digits):
    settings = Settings(device="cpu", epochs=2)
    plain = all_losses(list(Run(settings, digits)))
    run = Run(settings, digits)
    watched: list[float] = []
    for event in run:
        watched += all_losses([event])
        mode = run.network.training
        run.answer(digits.test_images[run.step])
        assert run.network.training == mode
    assert watched == plain


def test_losses_that_are_read_together_are_the_same(digits: Digits):
    settings = Settings(device="cpu", epochs=2, batch_size=32)
    at_once = all_losses(list(Run(settings, digits)))
    run = Run(settings, digits)
    run._read_interval = math.inf  # an accelerator's is finite
    events = list(run)
    assert all_losses(events) == at_once
    counts = [len(event.losses) for event in events if isinstance(event, Step)]
    assert counts == [1, *[0] * 8, 9] * 2


def test_a_batch_larger_than_the_set_is_the_whole_set(digits: Digits):
    run = Run(Settings(device="cpu", epochs=1, batch_size=60_000), digits)
    assert run.total_steps == 1
    events = list(run)
    last = events[-1]
    assert isinstance(last, Evaluated) and last.train_loss == all_losses(events)[0]


@pytest.mark.parametrize("read_interval", [0.0, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_and_keeps_what_was(
    digits: Digits, read_interval: float
):
    run = Run(Settings("classic", device="cpu", batch_size=1, lr=100), digits)
    run._read_interval = read_interval
    events = list(run)
    last = events[-1]
    assert isinstance(last, Failed)
    assert "lower learning rate" in last.reason and "100" in last.reason
    assert last.reason.endswith(".") and "\n" not in last.reason
    losses = all_losses(events)
    assert len(losses) == last.step == run.step > 0
    assert all(map(math.isfinite, losses))


def test_a_device_that_cannot_hold_the_network_is_refused_at_once(
    digits: Digits, caplog: pytest.LogCaptureFixture
):
    # torch knows the name, but no build that is handed out can do anything there.
    with pytest.raises(DeviceError, match=r"^vulkan stopped working \(.*choose the CPU\.$"):
        Run(Settings(epochs=1), digits, torch.device("vulkan"))
    assert "Traceback" in caplog.text


def test_a_device_that_fails_on_the_way_ends_the_run_with_a_sentence(
    digits: Digits, caplog: pytest.LogCaptureFixture
):
    run = Run(Settings(epochs=1), digits, CPU)
    run.device = torch.device("vulkan")
    last = list(run)[-1]
    assert isinstance(last, Failed)
    assert last.reason.startswith("vulkan stopped working (") and "choose the CPU" in last.reason
    assert "Traceback" in caplog.text


def test_an_epoch_of_which_nobody_knows_how_long_it_took_has_no_speed(digits: Digits):
    settings = Settings(device="cpu", epochs=1)
    run = Run(settings, digits, CPU)
    for event in run:
        if isinstance(event, Step) and run.step == run.total_steps:
            break
    start = replace(run.checkpoint(), epoch_seconds=0.0)
    assert not start.is_tested
    last = list(Run(settings, digits, CPU, start))[-1]
    assert isinstance(last, Evaluated)
    assert (last.seconds, last.images_per_second) == (0.0, 0.0)


class Readable(TorchDispatchMode):
    """Lets the device meta be read, as zeros: another device, which every machine has."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._to_copy.default and args[0].device.type == "meta":
            return torch.zeros(args[0].shape)
        return func(*args, **(kwargs or {}))


def test_numbers_on_two_devices_become_arrays():
    # Where torch has no single kernel for Adam, it counts the steps on the CPU.
    parameters = {"a": torch.zeros(2, 3, device="meta"), "b": torch.zeros(4, device="meta")}
    tensors = {**parameters, **optimizers.build("adam", parameters).moments()}
    assert {tensor.device.type for tensor in tensors.values()} == {"cpu", "meta"}
    tensors["steps/b"].fill_(7)
    with Readable():
        arrays = transfer.as_arrays(tensors)
    assert list(arrays) == list(tensors)
    assert {name: array.shape for name, array in arrays.items()} == {
        name: tuple(tensor.shape) for name, tensor in tensors.items()
    }
    assert (arrays["steps/a"], arrays["steps/b"]) == (0, 7)


def test_a_run_can_be_left_in_the_middle(digits: Digits):
    run = Run(Settings(device="cpu"), digits)
    events = iter(run)
    list(itertools.islice(events, 3))
    events.close()
    assert list(events) == [] and run.step == 3


def test_a_run_runs_once(digits: Digits):
    run = Run(Settings(device="cpu", epochs=1), digits)
    next(iter(run))
    with pytest.raises(RuntimeError, match="make a new one"):
        next(iter(run))


def test_the_kernels_are_a_copy_that_changes_with_training(digits: Digits):
    run = Run(Settings(device="cpu"), digits)
    first, second = run.kernels()
    assert (first.layer, second.layer, first.step) == ("conv1", "conv2", 0)
    assert first.bias is not None and first.bias.shape == (10,)
    assert first.values.shape == (10, 1, 5, 5) and second.values.shape == (20, 10, 5, 5)
    before = first.values
    assert before.dtype == np.float32
    kept = before.copy()
    next(iter(run))
    after = run.kernels()[0].values
    assert run.kernels()[0].step == 1
    assert after.flags.c_contiguous and after.flags.owndata
    assert np.array_equal(before, kept) and not np.array_equal(before, after)


def test_normalised_images_have_the_bits_of_torchvision(digits: Digits):
    from torchvision import transforms

    prepare = transforms.Compose(
        [transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
    )
    images = digits.train_images[:5]
    expected = torch.stack([prepare(image[:, :, None]) for image in images])
    assert torch.equal(normalise(torch.tensor(images)), expected)


@pytest.mark.slow
def test_compact_learns_the_bundled_digits():
    events = list(Run(Settings(device="cpu", epochs=2), load("bundled")))
    last = events[-1]
    assert isinstance(last, Evaluated) and last.epoch == 2
    assert last.test_accuracy >= 0.88
