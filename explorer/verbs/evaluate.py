"""``cnn-explorer evaluate``: what a trained network can do."""

import argparse
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.data.digits import BUNDLED, Digits, load
from explorer.data.errors import DataError
from explorer.training.called import called
from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.errors import CheckpointError, DeviceError, RunFileError, SettingsError
from explorer.training.events import Answered, Evaluated, Failed
from explorer.training.metrics import Counts, confusion, counts
from explorer.training.settings import Settings, check_network
from explorer.training.shapes import class_count
from explorer.verbs.assignment import check_threads
from explorer.verbs.terminal import complain, put, say

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Result:
    """What came out of a test, with the counts of each digit."""

    loss: float
    accuracy: float
    classes: tuple[Counts, ...]


def run(options: argparse.Namespace) -> int:
    """Test as the options say and return the exit code."""
    try:
        check_threads(options.threads)
        Settings(device=options.device)
        asked = None if options.network is None else check_network(options.network)
    except SettingsError as error:
        return _refuse(error, 2)
    try:
        from explorer.training.devices import choose
        from explorer.training.threads import thread_count, torch_threads
        from explorer.training.weights import opened
    except (ImportError, OSError, RuntimeError) as error:
        return _refuse(f"PyTorch cannot be loaded ({error}); run cnn-explorer doctor", 1)
    try:
        held = opened(options.file)
        network = asked or held.network()
        weights = held.fitting(network)
        # Weights alone do not say what they have learned from.
        own = BUNDLED if held.run is None else held.run[0].settings.data
        source = options.data or own
        digits = load(source)
        choice = choose(options.device)
        with torch_threads(options.threads or thread_count()):
            result = evaluated(network, weights, digits, choice.device)
    except (RunFileError, DataError, DeviceError, CheckpointError, SettingsError) as error:
        return _refuse(error, 2)
    if isinstance(result, str):
        return _refuse(result, 1)
    images = len(digits.test_images)
    say(f"{called(network)} on {choice.device} ({choice.label}), {images:,} images to test.")
    if options.json:
        put(json.dumps(_as_values(result, network, source, images, str(choice.device))))
    else:
        for line in _as_table(result):
            put(line)
    return 0


def evaluated(
    network: str, weights: dict[str, Array], digits: Digits, device: "torch.device"
) -> Result | str:
    """Test weights on the test images; a sentence is the reason why it could not be done."""
    from explorer.training.engine import Run

    settings = Settings(network=network, epochs=1)
    # Not every class that the network knows needs to be among the images.
    digits = digits.with_classes(class_count(network, weights) or 0)
    steps = -(-len(digits.train_images) // settings.batch_size)
    # A run of which nothing but the last test is missing. It took a second, for it has a speed.
    at_the_end = Checkpoint(
        steps, weights, is_tested=False, training_seconds=1.0, epoch_seconds=1.0
    )
    matrix = None
    for event in Run(settings, digits, device, at_the_end):
        match event:
            case Failed(reason=reason):
                return reason
            case Answered(answers=answers):
                matrix = confusion(digits.test_labels, answers, digits.class_count)
            case Evaluated(test_loss=loss, test_accuracy=accuracy):
                assert matrix is not None, "the answers come first"
                classes = tuple(counts(matrix, digit) for digit in range(len(matrix)))
                return Result(loss, accuracy, classes)
            case _:
                pass
    raise RuntimeError("the run had no test")


def _as_values(
    result: Result, network: str, source: str, images: int, device: str
) -> dict[str, object]:
    return {
        "network": network,
        "data": source,
        "device": device,
        "images": images,
        "loss": result.loss,
        "accuracy": result.accuracy,
        "classes": [
            {
                "digit": digit,
                "precision": about.precision,
                "recall": about.recall,
                "f1": about.f1,
                "tp": about.tp,
                "fp": about.fp,
                "fn": about.fn,
                "tn": about.tn,
            }
            for digit, about in enumerate(result.classes)
        ],
    }


def _as_table(result: Result) -> list[str]:
    rows = [
        f"{digit:5}  {about.tp + about.fn:6,}  {_share(about.precision)}  {_share(about.recall)}"
        f"  {_share(about.f1)}"
        for digit, about in enumerate(result.classes)
    ]
    return [
        f"loss {result.loss:.4f}, accuracy {result.accuracy:.2%}",
        "digit  images  precision     recall         F1",
        *rows,
    ]


def _share(value: float | None) -> str:
    return f"{'-' if value is None else f'{value:.2%}':>9}"


def _refuse(error: Exception | str, code: int) -> int:
    complain(error)
    return code
