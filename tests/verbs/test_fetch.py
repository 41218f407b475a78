"""The download on the command line, from a server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.data.digits import load
from explorer.verbs import fetch
from tests.file_server import serving
from tests.small_digits import few_digits, write_folder


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a small set, which `fetch mnist` will ask for."""
    folder = tmp_path / "served"
    folder.mkdir()
    write_folder(few_digits(), folder)
    with serving(folder) as remote:
        monkeypatch.setattr(fetch, "remote_set", lambda name: remote)
        yield folder


def test_the_set_comes_and_can_be_trained_on(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    target = tmp_path / "new" / "place"
    assert main(["fetch", "mnist", str(target)]) == 0
    output = capsys.readouterr()
    assert output.out == f"300 training and 250 test images are in {target}\n"
    assert len(output.err.splitlines()) == 4
    assert (load(target).test_images == few_digits().test_images).all()


def test_what_does_not_come_is_one_line(
    served: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (served / "t10k-images-idx3-ubyte").unlink()
    assert main(["fetch", "mnist", str(tmp_path / "place")]) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "the server answered 404" in output.err.splitlines()[-1]


def test_only_known_sets(capsys: pytest.CaptureFixture[str]):
    assert main(["fetch", "cifar10", "."]) == 2
    assert "fashion-mnist" in capsys.readouterr().err
