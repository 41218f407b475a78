"""Data with another number of classes than ten, from the engine to its files and back."""

import runpy
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.data.digits import Digits, load
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import CheckpointError
from explorer.training.events import Answered, Evaluated, Failed
from explorer.training.examine import examine
from explorer.training.forking import fine_tuned, fits, forked
from explorer.training.runfile import open_run, save_run
from explorer.training.script import as_script
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.training.shapes import class_count
from tests.small_digits import few_digits, few_of, write_folder
from tests.training.kept import PLAIN, same, trained

QUICK = Settings(device="cpu", epochs=6, lr=0.05, momentum=0.9)
CPU = torch.device("cpu")


def learned(settings: Settings, digits: Digits, start: Checkpoint | None = None) -> Run:
    """Return a run that has come to its end."""
    run = Run(settings, digits, CPU, start)
    assert not [event for event in run if isinstance(event, Failed)]
    return run


def accuracy(settings: Settings, digits: Digits, start: Checkpoint | None = None) -> float:
    *_, last = Run(settings, digits, CPU, start)
    assert isinstance(last, Evaluated)
    return last.test_accuracy


@pytest.mark.parametrize("classes", [2, 5, 26, 27, 64])
@pytest.mark.parametrize("network", NETWORK_NAMES)
def test_a_network_has_an_answer_for_every_class(network: str, classes: int):
    digits = few_of(classes, 64, 40)
    run = Run(replace(QUICK, network=network, epochs=1), digits, CPU)
    events = list(run)
    assert isinstance(events[-1], Evaluated) and np.isfinite(events[-1].test_loss)
    answer = run.answer(digits.test_images[0])
    assert answer.probabilities.shape == (classes,)
    assert answer.probabilities.sum() == pytest.approx(1, abs=1e-5)
    answered = next(event for event in events if isinstance(event, Answered))
    assert answered.answers.max() < classes
    # What is looked at later is what it was.
    *_, past = examine(
        run.settings, run.checkpoint(), digits, digits.test_images[0], wants_answers=True
    )
    assert past.answer is not None and past.answered is not None
    assert np.array_equal(past.answer.probabilities, answer.probabilities)
    assert np.array_equal(past.answered.answers, answered.answers)


def test_all_layers_but_the_last_begin_as_with_ten_classes():
    ten, five = (
        Run(QUICK, digits, CPU).checkpoint().weights for digits in (few_digits(), few_of(5))
    )
    assert all(np.array_equal(ten[n], five[n]) for n in ten if not n.startswith("fc."))
    assert five["fc.weight"].shape == (5, 320)


def test_five_of_the_digits_are_learned():
    assert accuracy(QUICK, few_of(5)) > 0.85


def test_fine_tuning_from_ten_digits_to_five_classes_and_back():
    ten, five = few_digits(), few_of(5)
    first = learned(QUICK, ten).checkpoint()
    frozen = frozenset({"conv1", "conv2"})
    there, start = fine_tuned(
        replace(QUICK, data="five"), first, frozen, new_head=False, classes=five.class_count
    )
    assert "fc.weight" not in start.weights, "a new last layer is the only choice"
    second = learned(there, five, start)
    weights = second.checkpoint().weights
    assert weights["fc.weight"].shape == (5, 320)
    assert np.array_equal(weights["conv2.weight"], first.weights["conv2.weight"])
    back, start = fine_tuned(QUICK, second.checkpoint(), frozen, new_head=False)
    third = learned(back, ten, start).checkpoint()
    assert third.weights["fc.weight"].shape == (10, 320)
    assert np.array_equal(third.weights["conv1.weight"], first.weights["conv1.weight"])
    assert accuracy(there, five, fine_tuned(there, first, frozen, new_head=False, classes=5)[1]) > (
        0.85
    )
    assert accuracy(back, ten, start) > 0.5


def test_a_fork_to_other_classes_begins_with_a_new_last_layer():
    run = Run(QUICK, few_digits(), CPU)
    next(iter(run))
    moment = run.checkpoint()
    _, start = forked(QUICK, replace(QUICK, data="five"), moment, 5, classes=5)
    assert (start.step, fits("compact", start, 5), "fc.bias" in start.weights) == (0, False, False)
    assert "fc.bias" in forked(QUICK, replace(QUICK, data="ten"), moment, 5)[1].weights
    assert forked(QUICK, QUICK, moment, 5, classes=5)[1].weights is moment.weights, "same data"


def test_a_last_layer_for_other_classes_is_refused():
    start = Run(QUICK, few_digits(), CPU).checkpoint()
    with pytest.raises(CheckpointError, match="tell 10 classes apart and the data has 5; choose"):
        Run(QUICK, few_of(5), CPU, start)


@pytest.mark.parametrize("classes", [2, 5, 27, 64])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_comes_back_from_its_file(classes: int, optimizer: str, tmp_path: Path):
    settings = replace(PLAIN, optimizer=optimizer, network="classic")
    record, checkpoint = trained(settings, 12, digits=few_of(classes))
    path = tmp_path / "run.safetensors"
    save_run(record, checkpoint, path)
    again, moment = open_run(path)
    assert same(moment, checkpoint) and again.class_count == record.class_count == classes
    assert class_count("classic", moment.weights) == classes
    gone_on = learned(settings, few_of(classes), moment).checkpoint()
    straight = learned(settings, few_of(classes), checkpoint).checkpoint()
    assert np.array_equal(gone_on.weights["fc2.weight"], straight.weights["fc2.weight"])


@pytest.mark.parametrize("is_tuned", [False, True])
def test_a_script_reproduces_the_losses(
    is_tuned: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    write_folder(few_of(5), tmp_path)
    digits = load(tmp_path)
    assert digits.class_count == 5
    start = None
    if is_tuned:
        first = Run(PLAIN, few_digits(), CPU).checkpoint()
        _, start = fine_tuned(PLAIN, first, frozenset({"conv1"}), new_head=True, classes=5)
    record, _ = trained(PLAIN, 10**6, start, digits)
    script = tmp_path / "again.py"
    script.write_text(as_script(record), encoding="utf-8")
    assert "fc=nn.Linear(320, 5)," in script.read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(script), str(tmp_path)])
    with torch.random.fork_rng(devices=[]):
        runpy.run_path(str(script), run_name="__main__")
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert len(rows) == len(record.history.epochs) == 3
    for row, epoch in zip(rows, record.history.epochs, strict=True):
        assert float(row[1]) == pytest.approx(epoch.train_loss, rel=1e-4)
        assert float(row[2]) == pytest.approx(epoch.test_loss, rel=1e-4)
