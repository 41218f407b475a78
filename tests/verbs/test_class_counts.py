"""Training and testing in the terminal with another number of classes than ten."""

import json
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.training.runfile import open_run
from tests.small_digits import few_digits, few_of, write_folder

CPU = ("--device", "cpu")


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with five kinds of digits and a run that has learned them."""
    folder = tmp_path_factory.mktemp("five")
    write_folder(few_of(5), folder)
    learn = ["train", "--data", str(folder), *CPU, "--epochs", "5", "--lr", "0.05"]
    assert main([*learn, "--save", str(folder / "run")]) == 0
    return folder


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ten")
    write_folder(few_digits(), folder)
    return folder


def test_each_class_has_its_row(five: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", str(five / "run"), *CPU, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [about["digit"] for about in found["classes"]] == list(range(5))
    assert found["accuracy"] > 0.8
    assert found["accuracy"] == open_run(five / "run")[0].history.epochs[-1].test_accuracy


def test_a_network_for_fewer_classes_is_not_tested(five: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", str(five / "run"), "--data", "bundled", *CPU]) == 2
    said = capsys.readouterr().err
    assert "tell 5 classes apart and the data has 10" in said and said.count("\n") == 1


def test_a_network_for_more_classes_is_tested_on_some_of_them(
    five: Path, ten: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run = str(tmp_path / "run")
    learn = ["train", "--data", str(ten), *CPU, "--epochs", "5", "--lr", "0.05", "--save", run]
    assert main(learn) == 0
    capsys.readouterr()
    assert main(["evaluate", run, "--data", str(five), *CPU, "--json"]) == 0
    classes = json.loads(capsys.readouterr().out)["classes"]
    assert len(classes) == 10
    assert [about["tp"] + about["fn"] for about in classes[5:]] == [0] * 5


def test_a_run_goes_on_and_gives_its_weights_to_other_classes(
    five: Path, ten: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    run, other = str(five / "run"), str(tmp_path / "other")
    resumed = str(tmp_path / "resumed")
    assert main(["train", "--resume", run, "--epochs", "6", *CPU, "--save", resumed]) == 0
    assert open_run(Path(resumed))[0].class_count == 5
    begin = ["train", "--data", str(ten), *CPU, "--epochs", "1", "--from", run, "--save", other]
    capsys.readouterr()
    assert main(begin) == 2
    said = capsys.readouterr().err
    assert "not for the 10 classes of the data; add --new-head" in said
    assert main([*begin, "--new-head", "--freeze", "conv1"]) == 0
    assert open_run(Path(other))[0].class_count == 10
