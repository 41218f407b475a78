"""Training in the terminal with files: what is kept, what goes on, and what begins with it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.cli import main
from explorer.training.checkpoint import Checkpoint
from explorer.training.engine import Run
from explorer.training.errors import SaveError
from explorer.training.runfile import open_run, save_run
from explorer.training.script import as_script
from explorer.training.settings import Settings
from explorer.training.weights import opened
from explorer.verbs import keeping, train
from explorer.verbs.assignment import begin
from tests.small_digits import few_digits, write_folder
from tests.training.kept import same, trained


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("digits")
    write_folder(few_digits(), folder)
    return ["--data", str(folder), "--device", "cpu"]


def epochs(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def timeless(epoch: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in epoch.items() if k not in ("seconds", "images_per_second")}


@pytest.mark.parametrize("optimizer", ["nesterov", "adam"])
def test_a_run_goes_on_as_if_it_had_never_stopped(
    optimizer: str, few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run = ["train", *few, "--json", "--optimizer", optimizer, "--momentum", "0.9"]
    run += ["--dropout", "0.2", "--shift", "1", "--noise", "0.1"]
    whole, parts = str(tmp_path / "whole"), str(tmp_path / "parts")
    assert main([*run, "--epochs", "4", "--save", whole]) == 0
    at_once = epochs(capsys)
    assert main([*run, "--epochs", "2", "--save", parts]) == 0
    assert main(["train", "--resume", parts, "--epochs", "3", "--json"]) == 0
    assert main(["train", "--resume", parts, "--epochs", "4", "--json"]) == 0
    assert list(map(timeless, epochs(capsys))) == list(map(timeless, at_once))
    (one, end), (other, same_end) = open_run(Path(whole)), open_run(Path(parts))
    assert np.array_equal(one.history.losses, other.history.losses)
    assert one.settings == other.settings
    assert same(
        replace(end, training_seconds=0.0, evaluation_seconds=0.0),
        replace(same_end, training_seconds=0.0, evaluation_seconds=0.0),
    )


def test_a_run_goes_on_in_another_file(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["train", *few, "--epochs", "1", "--save", str(first)]) == 0
    before = first.read_bytes()
    going_on = ["train", "--resume", str(first), "--epochs", "2"]
    assert main([*going_on, "--save", str(second), "--threads", "1"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in out] == ["epoch", "1", "epoch", "2"]
    assert first.read_bytes() == before
    assert [epoch.epoch for epoch in open_run(second)[0].history.epochs] == [1, 2]


def test_a_run_of_the_window_stopped_within_an_epoch_goes_on(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    record, checkpoint = trained(until=8)
    record = replace(record, settings=replace(record.settings, data=few[1]))
    # Saved as it was earlier than its last step.
    earlier = record.history.checkpoints.nearest(7)
    path = tmp_path / "run"
    save_run(record, earlier, path)
    assert main(["train", "--resume", str(path), "--json"]) == 0
    whole, end = trained(until=15)
    opened, moment = open_run(path)
    assert np.array_equal(opened.history.losses, whole.history.losses)
    assert opened.history.changes == whole.history.changes
    assert all(np.array_equal(moment.weights[name], end.weights[name]) for name in end.weights)
    assert [epoch["epoch"] for epoch in epochs(capsys)] == [2, 3]
    assert checkpoint.step == 8


@pytest.mark.parametrize(
    ("more", "hint"),
    [
        ([], "has ended after 1 epoch; let it go on with more"),
        (["--epochs", "0"], "from 1 to 1,000"),
        (["--epochs", "2", "--data", "bundled"], "leave --data out, or begin another run"),
    ],
)
def test_what_cannot_go_on_is_refused(
    more: list[str],
    hint: str,
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    path = tmp_path / "run"
    assert main(["train", *few, "--epochs", "1", "--save", str(path)]) == 0
    before = path.read_bytes()
    capsys.readouterr()
    assert main(["train", "--resume", str(path), *more]) == 2
    said = capsys.readouterr()
    assert said.out == "" and hint in said.err and said.err.count("\n") == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["weights.pt", "weights.pth", "weights.safetensors", "run"])
def test_weights_go_from_one_run_to_another(
    name: str, few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given, tuned = tmp_path / name, tmp_path / "tuned"
    option = "--save" if name == "run" else "--export"
    learn = ["train", *few, "--epochs", "1", "--network", "classic", option, str(given)]
    assert main(learn) == 0
    assert str(given) in capsys.readouterr().err
    begin = ["train", *few, "--epochs", "1", "--from", str(given)]
    assert main([*begin, "--freeze", "conv1, fc1", "--new-head", "--save", str(tuned)]) == 0
    assert capsys.readouterr().err.startswith("classic on cpu")
    old, new = opened(given).fitting("classic"), opened(tuned).fitting("classic")
    kept = {key for key in old if np.array_equal(old[key], new[key])}
    assert kept == {"conv1.weight", "conv1.bias", "fc1.weight", "fc1.bias"}
    record, _ = open_run(tuned)
    (change,) = record.history.changes
    assert (change.step, change.value) == (0, ("conv1", "fc1"))
    # All that the run began with is in its file, so that it can be done again.
    assert "START" in as_script(record)


def test_another_network_is_named(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "weights.pt"
    assert main(["train", *few, "--epochs", "1", "--export", str(path)]) == 0
    capsys.readouterr()
    assert main(["train", *few, "--from", str(path), "--network", "lenet5"]) == 2
    said = capsys.readouterr().err
    assert "the network 'compact', not of 'lenet5'" in said and said.count("\n") == 1


def test_a_head_of_another_size_is_left_out(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "letters.pt"
    assert main(["train", *few, "--epochs", "1", "--export", str(path)]) == 0
    state = torch.load(path, weights_only=True)
    state["fc.weight"], state["fc.bias"] = torch.zeros(26, 320), torch.zeros(26)
    torch.save(state, path)
    capsys.readouterr()
    assert main(["train", *few, "--epochs", "1", "--from", str(path)]) == 2
    said = capsys.readouterr().err
    assert "not for the 10 classes of the data; add --new-head" in said and said.count("\n") == 1
    assert main(["train", *few, "--epochs", "1", "--from", str(path), "--new-head"]) == 0


def test_a_full_disk_does_not_end_the_run(
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    folder = tmp_path / "kept"
    folder.mkdir()
    path = folder / "run"
    saved = save_run

    def save(*arguments: Any) -> None:
        saved(*arguments)
        # The disk goes away after the first epoch.
        path.unlink()
        folder.rmdir()
        monkeypatch.setattr(keeping, "save_run", saved)

    monkeypatch.setattr(keeping, "save_run", save)
    weights = tmp_path / "weights.pt"
    files = ["--save", str(path), "--weights-out", str(weights)]
    assert main(["train", *few, "--epochs", "3", "--json", *files]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3
    _, _, warning, second, third, where, last = said.err.splitlines()
    assert warning.startswith(f"'{path}' cannot be written") and "tries again" in warning
    assert second.startswith("epoch 2 of 3 is done") and third == "epoch 3 of 3 is done"
    assert where == f"The weights are in {weights}" and weights.exists()
    assert last.startswith(f"cnn-explorer: error: '{path}' cannot be written")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("--save", "--weights-out"),
        ("--resume", "--weights-out"),
        ("--from", "--weights-out"),
        ("--save", "--from"),
    ],
)
def test_no_file_takes_the_place_of_another(
    one: str, two: str, few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "run.safetensors"
    (tmp_path / "folder").mkdir()
    other = tmp_path / "folder" / ".." / path.name
    before = b""
    if one != "--save" or two == "--from":
        assert main(["train", *few, "--epochs", "1", "--save", str(path)]) == 0
        before = path.read_bytes()
        capsys.readouterr()
    assert main(["train", "--epochs", "2", one, str(path), two, str(other)]) == 2
    said = capsys.readouterr()
    assert "name the same file" in said.err and one in said.err and two in said.err
    assert said.out == "" and said.err.count("\n") == 1
    assert path.exists() == bool(before) and (not before or path.read_bytes() == before)


def test_a_run_may_be_kept_where_it_was(few: list[str], tmp_path: Path):
    path = str(tmp_path / "run")
    assert main(["train", *few, "--epochs", "1", "--save", path]) == 0
    assert main(["train", "--resume", path, "--save", path, "--epochs", "2"]) == 0


@pytest.mark.parametrize("fails_at", [1, 12])
def test_a_device_that_fails_late_loses_the_moment_alone(
    fails_at: int,
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    healthy = Run.checkpoint

    def fail(run: Run) -> Checkpoint:
        if run.step >= fails_at:
            run.device = torch.device("cuda")
            raise RuntimeError("CUDA error: unspecified launch failure\nmore about it")
        return healthy(run)

    monkeypatch.setattr(Run, "checkpoint", fail)
    monkeypatch.setattr(keeping, "PAUSE", 0)
    path, weights = tmp_path / "run", tmp_path / "weights.pt"
    files = ["--save", str(path), "--weights-out", str(weights)]
    assert main(["train", *few, "--epochs", "4", *files]) == 1
    said = capsys.readouterr().err
    *_, before, last = said.splitlines()
    assert last == (
        "cnn-explorer: error: cuda stopped working (CUDA error: unspecified launch failure); "
        "start CNN Explorer again, or choose the CPU."
    )
    assert "Traceback" not in said
    if fails_at == 1:
        assert before == "Nothing new is kept, for the run ended within its first batches."
        assert not list(tmp_path.iterdir())
    else:
        assert f"The run up to batch 11 of 20 is in {path}" in said
        assert open_run(path)[1].step == 11 and weights.exists()


def test_a_device_that_fails_before_the_first_batch(
    few: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def fail(*arguments: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(train, "begin", fail)
    assert main(["train", *few, "--epochs", "1"]) == 2
    said = capsys.readouterr().err
    assert "The memory of cpu is used up" in said and said.count("\n") == 1


def test_no_memory_for_the_digits(
    few: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def fail(source: str) -> None:
        raise MemoryError

    monkeypatch.setattr(train, "load", fail)
    assert main(["train", *few]) == 1
    assert capsys.readouterr().err == (
        "cnn-explorer: error: the memory is used up; close other programs.\n"
    )


def doom(at_step: int, strike: Callable[[], float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the loss of one batch multiplied by what `strike` returns, in the runs to come."""

    def doomed(*arguments: Any) -> Any:
        training, record = begin(*arguments)
        take = training.network.loss

        def loss(*given: Any, **named: Any) -> Any:
            return take(*given, **named) * (strike() if training.step == at_step else 1)

        monkeypatch.setattr(training.network, "loss", loss)
        return training, record

    monkeypatch.setattr(keeping, "PAUSE", 0)
    monkeypatch.setattr(train, "begin", doomed)


def explode() -> float:
    """Leave a batch with huge weights; only the loss of the next one is no number any more."""
    return 1e30


def test_what_failed_within_an_epoch_goes_on_from_its_last_sound_moment(
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    def use_up() -> float:
        raise torch.OutOfMemoryError("CUDA out of memory")

    path, whole = tmp_path / "run", tmp_path / "whole"
    with monkeypatch.context() as patched:
        doom(7, use_up, patched)
        assert main(["train", *few, "--epochs", "3", "--save", str(path)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-2] == f"The run up to batch 7 of 15 is in {path}"
    assert "memory of cpu is used up" in said[-1]
    assert main(["train", "--resume", str(path)]) == 0
    assert main(["train", *few, "--epochs", "3", "--save", str(whole)]) == 0
    (one, _), (other, _) = open_run(path), open_run(whole)
    assert np.array_equal(one.history.losses, other.history.losses)


@pytest.mark.parametrize("is_full", [False, True])
def test_a_run_that_diverges_stays_as_it_was_tested_last(
    is_full: bool,
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    path, whole, weights = (tmp_path / name for name in ("run", "whole", "weights.pt"))
    with monkeypatch.context() as patched:

        def strike() -> float:
            # There is room on the disk again.
            patched.setattr(keeping, "save_run", save_run)
            return explode()

        def refuse(*arguments: Any) -> None:
            raise SaveError("No space left on device.")

        doom(12, strike, patched)
        if is_full:
            patched.setattr(keeping, "save_run", refuse)
        files = ["--save", str(path), "--weights-out", str(weights)]
        assert main(["train", *few, "--epochs", "3", *files]) == 1
    *_, run, state, last = capsys.readouterr().err.splitlines()
    assert run == f"The run up to epoch 2 is in {path}"
    assert state == f"The weights as of epoch 2 are in {weights}"
    assert "lower learning rate" in last
    record, moment = open_run(path)
    assert moment.step == 10 and moment.is_tested and len(record.history.losses) == 10
    assert all(
        np.array_equal(array, moment.weights[name])
        for name, array in opened(weights).fitting("compact").items()
    )
    assert main(["train", "--resume", str(path)]) == 0
    assert main(["train", *few, "--epochs", "3", "--save", str(whole)]) == 0
    (one, _), (other, _) = open_run(path), open_run(whole)
    assert np.array_equal(one.history.losses, other.history.losses)


def test_a_run_that_diverges_before_its_first_test_is_not_kept(
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    doom(3, explode, monkeypatch)
    files = ["--save", str(tmp_path / "run"), "--weights-out", str(tmp_path / "weights.pt")]
    assert main(["train", *few, "--epochs", "3", *files]) == 1
    *_, kept, last = capsys.readouterr().err.splitlines()
    assert kept == "Nothing new is kept, for the run ended before an epoch was complete."
    assert "lower learning rate" in last and not list(tmp_path.iterdir())


def test_a_layer_that_gives_no_numbers_is_not_blamed_on_the_learning_rate(
    few: list[str], capsys: pytest.CaptureFixture[str]
):
    layers = "nn.Conv2d(1, 2, 3), nn.LPPool2d(3, 4), nn.Flatten(), nn.Linear(72, 10)"
    assert main(["train", *few, "--lr", "1e-9", "--network", f"nn.Sequential({layers})"]) == 1
    said = capsys.readouterr().err
    assert "The loss is nan from the start" in said and "lower" not in said


def test_a_run_finds_its_digits_from_any_folder(
    few: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, path = Path(few[1]), tmp_path / "run"
    monkeypatch.chdir(folder.parent)
    here = ["--data", folder.name, "--device", "cpu"]
    assert main(["train", *here, "--epochs", "1", "--save", str(path)]) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--resume", str(path), "--epochs", "2"]) == 0
    assert Path(open_run(path)[0].settings.data) == folder


@pytest.mark.parametrize("at_step", [7, 9])
def test_a_run_that_diverges_where_it_goes_on_stays_as_it_was(
    at_step: int,
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    path = tmp_path / "run"
    save_run(*trained(Settings(data=few[1], device="cpu", epochs=3), until=7), path)
    before = path.read_bytes()
    doom(at_step, explode, monkeypatch)
    assert main(["train", "--resume", str(path)]) == 1
    *_, kept, last = capsys.readouterr().err.splitlines()
    # What the last batch of an epoch has ruined is found out by the test.
    assert ("The test loss became" in last) == (at_step == 9)
    assert kept == "Nothing new is kept, for the run ended before an epoch was complete."
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("epochs", "spread", "end"),
    [("1", "its only epoch;", "after 1 epoch,"), ("2", "all of its 2 epochs;", "after 2 epochs,")],
)
def test_a_schedule_is_not_spread_anew(
    epochs: str,
    spread: str,
    end: str,
    few: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    path = tmp_path / "run"
    begun = ["train", *few, "--epochs", epochs, "--schedule", "cosine", "--save", str(path)]
    assert main(begun) == 0
    before = path.read_bytes()
    capsys.readouterr()
    assert main(["train", "--resume", str(path), "--epochs", "4"]) == 2
    assert main(["train", "--resume", str(path)]) == 2
    more, ended = capsys.readouterr().err.splitlines()
    assert f"whose schedule, cosine, is spread over {spread} leave" in more and "--from" in more
    assert f"{end} over which its schedule, cosine, was spread" in ended and "--from" in ended
    assert path.read_bytes() == before
    assert main(["train", *few, "--epochs", "1", "--from", str(path)]) == 0


def test_a_run_with_a_schedule_goes_on_to_the_end_that_was_planned(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "run"
    settings = Settings(data=few[1], device="cpu", epochs=3, schedule="one_cycle")
    save_run(*trained(settings, until=8), path)
    assert main(["train", "--resume", str(path), "--epochs", "3"]) == 0
    whole, _ = trained(settings)
    assert np.array_equal(open_run(path)[0].history.losses, whole.history.losses)


def test_other_digits_are_refused_and_the_same_are_not(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder, moved, other = tmp_path / "digits", tmp_path / "moved", tmp_path / "other"
    shutil.copytree(few[1], folder)
    shutil.copytree(few[1], moved)
    other.mkdir()
    digits = few_digits()
    write_folder(replace(digits, train_images=255 - digits.train_images), other)
    path = tmp_path / "run"
    begun = ["train", "--data", str(folder), "--device", "cpu", "--epochs", "1"]
    assert main([*begun, "--save", str(path)]) == 0
    before = path.read_bytes()
    capsys.readouterr()
    more = ["train", "--resume", str(path)]
    assert main([*more, "--epochs", "2", "--data", str(other)]) == 2
    said = capsys.readouterr().err
    assert f"'{other}' are not those in '{folder}'" in said and said.count("\n") == 1
    assert path.read_bytes() == before
    assert main([*more, "--epochs", "2", "--data", str(moved)]) == 0
    assert open_run(path)[0].settings.data == str(moved)
    shutil.rmtree(moved)
    capsys.readouterr()
    assert main([*more, "--epochs", "3", "--data", str(folder)]) == 0
    assert f"not in '{moved}' any more; those in '{folder}' stand" in capsys.readouterr().err


def test_another_number_of_digits_is_refused_where_the_old_ones_are_gone(
    few: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder, path = tmp_path / "digits", tmp_path / "run"
    shutil.copytree(few[1], folder)
    begun = ["train", "--data", str(folder), "--device", "cpu", "--epochs", "1"]
    assert main([*begun, "--save", str(path)]) == 0
    shutil.rmtree(folder)
    capsys.readouterr()
    assert main(["train", "--resume", str(path), "--epochs", "2", "--data", "bundled"]) == 2
    assert "with these digits takes 157" in capsys.readouterr().err
