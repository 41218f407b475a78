import os
import stat
from pathlib import Path

import pytest

from explorer.training import files
from explorer.training.errors import RunFileError, SaveError


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_bytes(b"something older")
    files.check(path)
    assert path.read_bytes() == b"something older"
    files.write(path, b"new")
    assert files.read(path, 3) == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    files.write(link, b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


@pytest.mark.parametrize("name", ["missing/run", ".", "file/run", "a\0b", "x" * 300])
def test_a_path_that_cannot_be_written_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for attempt in (files.check, lambda path: files.write(path, b"data")):
        with pytest.raises(SaveError) as caught:
            attempt(tmp_path / name)
        assert "\n" not in str(caught.value) and "choose another" in str(caught.value)
        assert caught.value.meaning.context == "training"
    assert [found.name for found in tmp_path.iterdir()] == ["file"]


def test_a_device_file_is_not_replaced() -> None:
    with pytest.raises(SaveError, match="not an ordinary file"):
        files.check(Path(os.devnull))
    with pytest.raises(SaveError, match="not an ordinary file"):
        files.write(Path(os.devnull), b"data")


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_others_may_read_the_file_as_the_user_wishes(tmp_path: Path) -> None:
    path = tmp_path / "run"
    before = os.umask(0o022)
    try:
        files.write(path, b"data")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("missing", "does not exist"),
        (".", "is not a file"),
        ("file/run", "change its permissions or choose another"),
        ("a\0b", "change its permissions or choose another"),
        ("empty", "is empty"),
        ("file", "is larger than 0 MiB"),
    ],
)
def test_what_cannot_be_read_is_refused(name: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "file").write_bytes(b"1234")
    with pytest.raises(RunFileError, match=hint):
        files.read(tmp_path / name, 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(RunFileError, match="is not a file"):
        files.read(pipe, 100)
