"""Networks without a name in the terminal."""

import json
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.training.runfile import open_run
from tests.small_digits import few_digits, write_folder
from tests.training.own_networks import OWN

NETWORK = OWN["normed"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with digits, a run that has learned from them, and its weights alone."""
    folder = tmp_path_factory.mktemp("digits")
    write_folder(few_digits(), folder)
    learn = ["train", "--data", str(folder), "--device", "cpu", "--epochs", "3", "--lr", "0.05"]
    files = ["--save", str(folder / "run"), "--weights-out", str(folder / "weights.pt")]
    assert main([*learn, "--network", NETWORK, *files]) == 0
    return folder


def test_it_is_trained_and_called_by_its_layers(kept: Path, capsys: pytest.CaptureFixture[str]):
    assert open_run(kept / "run")[0].settings.network == NETWORK
    assert main(["train", "--resume", str(kept / "run"), "--epochs", "4"]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("own network, 6 layers on cpu (")
    assert len(said.out.splitlines()) == 2


def test_it_is_tested(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    told = tmp_path / "weights.safetensors"
    assert main(["export", str(kept / "run"), str(told)]) == 0
    assert main(["export", str(kept / "run"), str(tmp_path / "again.pt")]) == 0
    capsys.readouterr()
    found = []
    for arguments in (
        [str(kept / "run")],
        [str(told)],
        [str(tmp_path / "again.pt"), "--network", NETWORK.replace(" ", "")],
    ):
        assert main(["evaluate", *arguments, "--data", str(kept), "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1] == found[2] and found[0]["network"] == NETWORK


def test_weights_that_do_not_say_their_network_need_to_be_told(
    kept: Path, capsys: pytest.CaptureFixture[str]
):
    weights = str(kept / "weights.pt")
    for arguments, hint in (
        ([], "or say which network it is."),
        (["--network", "compact"], "does not fit the network 'compact'"),
        (["--network", "nn.Sequential(nn.Flatten())"], "No layer has the weights"),
        (["--network", "open('x')"], "network cannot be"),
    ):
        assert main(["evaluate", weights, *arguments]) == 2
        said = capsys.readouterr()
        assert said.out == "" and hint in said.err and said.err.count("\n") == 1
    learn = ["train", "--from", weights, "--data", str(kept), "--epochs", "1"]
    assert main([*learn, "--network", NETWORK, "--freeze", "conv1,norm"]) == 0
    assert main(learn) == 2
