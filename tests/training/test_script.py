import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explorer.training.augmentation import Augmentation
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import SaveError
from explorer.training.history import History
from explorer.training.networks import build
from explorer.training.record import Record
from explorer.training.runfile import from_bytes, to_bytes
from explorer.training.script import as_script
from explorer.training.settings import Settings
from tests.training.kept import PLAIN, a_run, trained

Again = Callable[[Record], None]
MOVED = Augmentation(shift=2, rotate=20, scale=0.2, noise=0.1)


def numbers(out: str) -> list[list[float]]:
    """Return the numbers of the table that a script prints."""
    return [[float(word.rstrip("%")) for word in row.split()] for row in out.splitlines()[1:]]


def compare(rows: list[list[float]], record: Record) -> None:
    """Compare what the script of a run prints with what the run was."""
    epochs = record.history.epochs
    assert [row[0] for row in rows] == [epoch.epoch for epoch in epochs] != []
    for row, epoch in zip(rows, epochs, strict=True):
        assert row[1] == pytest.approx(epoch.train_loss, rel=1e-4)
        assert row[2] == pytest.approx(epoch.test_loss, rel=1e-4)
        assert row[3] == pytest.approx(100 * epoch.test_accuracy, abs=0.41)  # one image of 250


@pytest.fixture
def again(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Again:
    """Run the script of a run, here and now, for torch takes its time to load; and compare."""

    def check(record: Record) -> None:
        path = tmp_path / "again.py"
        text = as_script(record)
        assert "from explorer" not in text and "import explorer" not in text
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", [str(path), str(folder)])
        with torch.random.fork_rng(devices=[]):
            runpy.run_path(str(path), run_name="__main__")
        compare(numbers(capsys.readouterr().out), record)

    return check


def test_it_needs_torch_alone(folder: Path, tmp_path: Path) -> None:
    record, _ = trained(until=10**6)
    path = tmp_path / "again.py"
    path.write_text(as_script(record), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", "-W", "error", str(path), str(folder)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    compare(numbers(ran.stdout), record)
    assert "explorer." not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "settings",
    [
        replace(PLAIN, network="classic", optimizer="nesterov", schedule="cosine", seed=2**63 - 1),
        replace(PLAIN, network="lenet5", optimizer="adam", lr=0.002, schedule="one_cycle"),
        replace(
            PLAIN,
            optimizer="adamw",
            lr=0.003,
            weight_decay=0.1,
            dropout=0.3,
            schedule="step",
            augmentation=MOVED,
            batch_size=50,
        ),
    ],
    ids=lambda settings: f"{settings.network}-{settings.optimizer}-{settings.schedule}",
)
def test_a_script_does_the_run_again(settings: Settings, again: Again) -> None:
    # With the learning rate changed and a layer frozen on the way.
    record, _ = trained(settings, until=10**6)
    assert len(record.history.epochs) == 3 and len(record.history.changes) == 2
    again(record)


def thaw(run: Run) -> None:
    run.frozen = frozenset({"conv1"} if run.step < 8 else ())


def hasten(run: Run) -> None:
    run.frozen = frozenset({"conv1"} if run.step < 12 else ())
    run.momentum = 0.9 if run.step >= 4 else 0.0


@pytest.mark.parametrize("steer", [thaw, hasten])
@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "adam"])
def test_a_layer_that_begins_to_learn_late_does_so_in_the_script(
    optimizer: str, steer: Callable[[Run], None], again: Again
) -> None:
    settings = replace(PLAIN, optimizer=optimizer, momentum=0.9, lr=0.003)
    record, _ = trained(settings, until=10**6, steer=steer)
    assert len(record.history.changes) >= 2
    again(record)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_run_that_goes_on_from_another_carries_its_weights(
    optimizer: str, again: Again, tmp_path: Path
) -> None:
    settings = replace(PLAIN, optimizer=optimizer)
    _, middle = trained(settings, until=7)
    record, checkpoint = trained(settings, until=10**6, start=middle)
    assert record.history.first_step == 7 and len(record.history.epochs) == 2
    again(record)
    # And out of its file.
    opened, _ = from_bytes(to_bytes(record, checkpoint), tmp_path / "run")
    assert as_script(opened) == as_script(record)


def test_a_run_that_left_another_with_another_optimizer(again: Again) -> None:
    _, middle = trained(PLAIN, until=7)
    record, _ = trained(replace(PLAIN, optimizer="adam"), until=10**6, start=middle)
    given = Record(record.settings, History(middle))
    given.history.epochs.extend(record.history.epochs)
    again(given)


def test_given_weights_with_a_new_last_layer(again: Again, tmp_path: Path) -> None:
    state = {key: tensor.numpy() for key, tensor in build("compact", 7).state_dict().items()}
    body = {key: array for key, array in state.items() if not key.startswith("fc")}
    start = Checkpoint(0, body, lr=0.02, momentum=0.9, frozen=frozenset({"conv1"}))
    record, checkpoint = trained(until=10**6, start=start)
    again(record)
    # Where the history knows no more than what was given, the file does neither.
    given = Record(record.settings, History(start))
    opened, _ = from_bytes(to_bytes(given, checkpoint), tmp_path / "run")
    opened.history.epochs.extend(record.history.epochs)
    again(opened)


def test_a_run_without_its_beginning_is_refused() -> None:
    record, _ = a_run()
    history = History(Checkpoint(5, {}))
    history.checkpoints = type(history.checkpoints)()
    with pytest.raises(SaveError, match="goes on from step 5 of another"):
        as_script(Record(record.settings, history))


def test_a_folder_with_a_strange_name_is_no_code(again: Again) -> None:
    record, _ = a_run()
    name = 'a"""\n\'\'\'; raise SystemExit("$seed {0}") # \\ \ud800 \u2028'
    again(Record(replace(record.settings, data=name), record.history))


def test_it_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "again.py"
    record, _ = a_run()
    path.write_text(as_script(record), encoding="utf-8")
    for arguments, hint in (([], "2"), (["--help"], "0"), ([str(tmp_path)], "has no train-images")):
        monkeypatch.setattr(sys, "argv", [str(path), *arguments])
        with pytest.raises(SystemExit, match=hint):
            runpy.run_path(str(path), run_name="__main__")
    said = capsys.readouterr()
    assert said.err.startswith("usage: ") and "FOLDER" in said.err
    assert said.out.startswith("usage: ") and "four files in the form of MNIST" in said.out


def test_it_says_where_to_get_what_it_learned_from() -> None:
    record, _ = a_run()
    for data, is_bundled in (("bundled", True), ("/some/where", False)):
        text = as_script(Record(replace(record.settings, data=data), record.history))
        assert ("cnn-explorer fetch mnist FOLDER" in text) is is_bundled
