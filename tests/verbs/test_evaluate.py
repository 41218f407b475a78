"""Testing a trained network in the terminal."""

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.data.digits import load
from explorer.training.runfile import open_run
from explorer.training.weights import export_weights, opened
from tests.small_digits import few_digits, write_folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with digits, a run that has learned from them, and its weights alone."""
    folder = tmp_path_factory.mktemp("digits")
    write_folder(few_digits(), folder)
    run, weights = str(folder / "run"), str(folder / "weights.pt")
    learn = ["train", "--data", str(folder), "--device", "cpu", "--epochs", "8", "--lr", "0.05"]
    assert main([*learn, "--dropout", "0.5", "--save", run, "--weights-out", weights]) == 0
    return folder


def test_a_run_is_tested_on_what_it_was_trained_with(
    kept: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["evaluate", str(kept / "run"), "--device", "cpu", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == "compact on cpu (" + said.err[len("compact on cpu (") :]
    assert said.err.endswith("250 images to test.\n")
    found = json.loads(said.out)
    last = open_run(kept / "run")[0].history.epochs[-1]
    assert found["loss"] == last.test_loss and found["accuracy"] == last.test_accuracy
    assert found["data"] == str(kept) and found["images"] == 250 and found["device"] == "cpu"
    labels = load(kept).test_labels
    assert [about["digit"] for about in found["classes"]] == list(range(10))
    for about in found["classes"]:
        assert about["tp"] + about["fn"] == (labels == about["digit"]).sum()
        assert about["tp"] + about["fp"] + about["fn"] + about["tn"] == 250
        if about["tp"]:
            assert about["recall"] == about["tp"] / (about["tp"] + about["fn"])
            assert about["f1"] == pytest.approx(
                2 / (1 / about["precision"] + 1 / about["recall"]), rel=1e-12
            )
    hits = sum(about["tp"] for about in found["classes"])
    assert hits / 250 == found["accuracy"] > 0.3


def test_weights_alone_are_tested_on_what_is_given(kept: Path, capsys: pytest.CaptureFixture[str]):
    weights = str(kept / "weights.pt")
    assert main(["evaluate", weights, "--data", str(kept), "--device", "cpu", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    last = open_run(kept / "run")[0].history.epochs[-1]
    assert found["loss"] == last.test_loss
    assert main(["evaluate", weights, "--device", "cpu", "--threads", "1"]) == 0
    said = capsys.readouterr()
    assert "5,000 images to test" in said.err
    first, header, *rows = said.out.splitlines()
    assert first.startswith("loss ") and "accuracy " in first
    assert header.split() == ["digit", "images", "precision", "recall", "F1"]
    assert [row.split()[0] for row in rows] == list("0123456789")
    assert {len(row) for row in rows} == {len(header)}


def test_a_folder_that_is_gone_is_told(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run = tmp_path / "run"
    run.write_bytes((kept / "run").read_bytes())
    assert main(["evaluate", str(run), "--data", "/no/such/folder"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "does not exist" in said.err and said.err.count("\n") == 1


def test_weights_that_give_no_numbers_are_not_blamed_on_the_learning_rate(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    huge = {name: array * np.float32(1e30) for name, array in opened(kept / "run").arrays.items()}
    path = tmp_path / "huge.pt"
    export_weights(huge, path, "compact")
    assert main(["evaluate", str(path), "--data", "bundled", "--device", "cpu"]) == 1
    said = capsys.readouterr().err
    assert "from the start" in said and "learning rate" not in said
