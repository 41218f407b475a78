"""Times training on a CUDA device, without a window, and prints the ratios.

Seconds of training, as the engine counts them; the tests after the epochs do not count, nor does
what loads and warms up before.

a: the textbook loop (DataLoader, ToTensor, Normalize, ``loss.item()`` after each batch): one epoch
   of `compact`, times ten.
p: the engine with plain steps, ten epochs.
g: the engine with every step captured as a graph, ten epochs.
g1, g2, g3: the same, with cuDNN trying which of its ways is the fastest; without TensorFloat-32;
   with both.
s: the sprint to 99 %, with the accuracy that it came to.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from unittest.mock import patch

import torch
from torch import Tensor

from explorer.data.digits import Digits, load
from explorer.training.engine import Run
from explorer.training.events import Evaluated, Failed
from explorer.training.networks import DigitNetwork
from explorer.training.optimizers import Optimizer
from explorer.training.presets import RECIPES
from explorer.training.settings import Settings
from explorer.training.stepping import PlainStepper
from tests.benchmarks.textbook import textbook, unpacked

EPOCHS = 10

Times = dict[str, list[float]]


def trained(settings: Settings, digits: Digits, device: torch.device) -> tuple[Run, float, float]:
    """Return a run to its end, its seconds with the tests, and the accuracy.

    Raises
    ------
    RuntimeError
        When it fails.
    """
    run, accuracy = Run(settings, digits, device), 0.0
    torch.cuda.synchronize(device)
    began = time.perf_counter()
    for event in run:
        if isinstance(event, Failed):
            raise RuntimeError(event.reason)
        if isinstance(event, Evaluated):
            accuracy = event.test_accuracy
    return run, time.perf_counter() - began, accuracy


def plain_steps() -> AbstractContextManager[object]:
    """Let the engine take plain steps wherever it is."""

    def plain(
        network: DigitNetwork,
        optimizer: Optimizer,
        images: Tensor,
        labels: Tensor,
        settings: Settings,
        chance: torch.Generator,
    ) -> PlainStepper:
        return PlainStepper(network, optimizer, images, labels, settings.augmentation, chance)

    return patch("explorer.training.engine.stepper_for", plain)


@contextmanager
def cudnn(*, tries: bool = False, tf32: bool = True) -> Iterator[None]:
    """Let cuDNN try all of its ways once for each shape, and round to TensorFloat-32, or not."""
    flags = torch.backends.cudnn
    before = flags.benchmark, flags.allow_tf32
    flags.benchmark, flags.allow_tf32 = tries, tf32
    try:
        yield
    finally:
        flags.benchmark, flags.allow_tf32 = before


CAPTURED: dict[str, dict[str, bool]] = {
    "g": {},
    "g1": {"tries": True},
    "g2": {"tf32": False},
    "g3": {"tries": True, "tf32": False},
}


def main() -> None:
    """Measure in turn, round by round, and print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with the complete MNIST")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        print("There is no CUDA device here, so nothing was measured.")
        return
    device, digits = torch.device(options.device), load(options.data)
    compact = Settings(epochs=EPOCHS, device=options.device)
    sprint = replace(RECIPES["sprint"], device=options.device)
    # The first steps load and choose what all later ones use.
    with plain_steps():
        trained(replace(compact, epochs=1), digits, device)
    for flags in CAPTURED.values():
        with cudnn(**flags):
            trained(replace(compact, epochs=1), digits, device)
    trained(replace(sprint, epochs=1), digits, device)

    whole: Times = {name: [] for name in ("p", *CAPTURED, "s")}
    times: Times = {"a": [], **{name: [] for name in whole}}
    accuracies: list[float] = []
    note = None
    with unpacked(options.data) as folder:
        for seed in range(options.rounds):
            times["a"].append(EPOCHS * textbook(folder, options.device))
            with plain_steps():
                _note(times, whole, "p", *trained(compact, digits, device)[:2])
            for name, flags in CAPTURED.items():
                with cudnn(**flags):
                    run, seconds, _ = trained(compact, digits, device)
                _note(times, whole, name, run, seconds)
                note = note or run.steps_note
            run, seconds, accuracy = trained(replace(sprint, seed=seed), digits, device)
            _note(times, whole, "s", run, seconds)
            accuracies.append(accuracy)
            print({name: round(values[-1], 3) for name, values in times.items()}, flush=True)
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{torch.cuda.get_device_name(device)}, torch {torch.__version__}")
    if note is not None:
        print(note)
    a, p, g, steps = medians["a"], medians["p"], medians["g"], run_steps(compact, digits)
    print(f"{EPOCHS} epochs of compact, batches of 64; a is {EPOCHS} times one epoch:")
    for name, seconds in medians.items():
        tests = f", {statistics.median(whole[name]):.3f} s with the tests" if name in whole else ""
        if name != "s":
            print(f"{name:3} {seconds:7.3f} s, {seconds / steps * 1e6:5.0f} µs a step{tests}")
    others = "   ".join(f"{n} / g = {medians[n] / g:.2f}" for n in CAPTURED if n != "g")
    print(f"a / g = {a / g:.1f}   a / p = {a / p:.1f}   p / g = {p / g:.2f}   {others}")
    shares = ", ".join(f"{accuracy:.2%}" for accuracy in accuracies)
    print(f"sprint: {medians['s']:.3f} s to {shares} with the seeds 0 to {options.rounds - 1}")


def run_steps(settings: Settings, digits: Digits) -> int:
    """Return how many steps a run takes."""
    return -(-len(digits.train_images) // settings.batch_size) * settings.epochs


def _note(times: Times, whole: Times, name: str, run: Run, seconds: float) -> None:
    times[name].append(run.training_seconds)
    whole[name].append(seconds)


if __name__ == "__main__":
    main()
