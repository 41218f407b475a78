"""Making other files of a kept run."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.cli import main
from explorer.training.runfile import save_run
from explorer.training.weights import opened
from tests.training.kept import a_run


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "run.safetensors"
    save_run(*a_run(), path)
    return path


@pytest.mark.parametrize("name", ["w.pt", "w.PTH", "w.safetensors"])
def test_weights(name: str, kept: Path, capsys: pytest.CaptureFixture[str]):
    path = kept.with_name(name)
    assert main(["export", str(kept), str(path)]) == 0
    assert capsys.readouterr().out == f"{path} holds the weights\n"
    found = opened(path).fitting("compact")
    _, checkpoint = a_run()
    assert all(np.array_equal(found[key], array) for key, array in checkpoint.weights.items())


def test_a_script(kept: Path, capsys: pytest.CaptureFixture[str]):
    path = kept.with_name("again.py")
    assert main(["export", str(kept), str(path)]) == 0
    assert capsys.readouterr().out == f"{path} holds the run\n"
    compile(path.read_text(encoding="utf-8"), path, "exec")


@pytest.mark.parametrize(
    ("run", "file", "hint"),
    [
        ("run.safetensors", "w.onnx", "must end in .pt, .pth, .safetensors or .py"),
        ("run.safetensors", "missing/w.pt", "choose another place"),
        ("missing", "w.pt", "does not exist"),
        (".", "w.pt", "is not a file"),
    ],
)
def test_what_cannot_be_done(
    run: str, file: str, hint: str, kept: Path, capsys: pytest.CaptureFixture[str]
):
    folder = kept.parent
    assert main(["export", str(folder / run), str(folder / file)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and hint in said.err and said.err.count("\n") == 1
    assert list(folder.iterdir()) == [kept]


@pytest.mark.skipif(sys.platform == "win32", reason="no file there has such a name")
def test_a_name_is_shown_and_not_obeyed(kept: Path, capsys: pytest.CaptureFixture[str]):
    path = kept.with_name("\x1b[2Jw.pt")
    assert main(["export", str(kept), str(path)]) == 0
    assert path.exists()
    assert capsys.readouterr().out == f"{kept.parent}/\\x1b[2Jw.pt holds the weights\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_name_that_the_terminal_cannot_write(
    encoding: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["export", str(kept), str(tmp_path / "gr日.pt")]) == 0
    out.seek(0)
    assert "gr\\u65e5.pt" in out.read()


@pytest.mark.parametrize("by", ["name", "spelling", "link", "hard link", "link as source"])
def test_the_run_itself_is_never_written_over(
    by: str, kept: Path, capsys: pytest.CaptureFixture[str]
):
    run, file = kept, kept
    before = kept.read_bytes()
    other = kept.with_name("other.safetensors")
    if by == "spelling":
        (kept.parent / "folder").mkdir()
        file = kept.parent / "folder" / ".." / kept.name
    elif by == "hard link":
        other.hardlink_to(kept)
        file = other
    elif by != "name":
        try:
            other.symlink_to(kept)
        except OSError:
            pytest.skip("links are not allowed here")
        run, file = (other, kept) if by == "link as source" else (kept, other)
    assert main(["export", str(run), str(file)]) == 2
    said = capsys.readouterr()
    assert "is the run itself" in said.err and said.out == "" and said.err.count("\n") == 1
    assert kept.read_bytes() == before


def test_logs(kept: Path, capsys: pytest.CaptureFixture[str]):
    pytest.importorskip("tensorboardX")
    folder = kept.with_name("logs")
    assert main(["export", str(kept), str(folder), "--tensorboard"]) == 0
    assert str(folder) in capsys.readouterr().out and len(list(folder.iterdir())) == 1


def test_logs_without_the_package(
    kept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    assert main(["export", str(kept), str(kept.with_name("logs")), "--tensorboard"]) == 2
    said = capsys.readouterr().err
    assert "pip install tensorboardX" in said and said.count("\n") == 1
