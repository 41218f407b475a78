"""Replacing a file in one go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.data.files import part_of, replace


def test_it_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    replace(target, b"old")

    def crash(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="No space"):
        replace(target, b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]
    # What another crash of a process with this number has left is no hindrance.
    part_of(target).write_bytes(b"half")
    replace(target, b"new")
    assert target.read_bytes() == b"new" and list(tmp_path.iterdir()) == [target]


KILLED = """
import os, signal, sys
from pathlib import Path
from explorer.data.files import replace
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
replace(Path(sys.argv[1]), b"half")
"""


def killed_while_writing(target: Path) -> int:
    """Return the number of a process that is gone."""
    command = [sys.executable, "-c", KILLED, str(target)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        process.wait(timeout=60)
    return process.pid


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_what_a_killed_process_has_left_goes_with_the_next_save(tmp_path: Path) -> None:
    target = tmp_path / "run [1].safetensors"
    replace(target, b"old")
    gone = killed_while_writing(target)
    left = tmp_path / f".{target.name}.{gone}.part"
    assert left.exists() and target.read_bytes() == b"old"

    others = [
        tmp_path / f".{target.name}.{os.getppid()}.part",  # that still goes on
        tmp_path / f".{target.name}.1.part",
        tmp_path / f".{target.name}.{gone}.part.bak",
        tmp_path / f".{target.name}.0{gone}.part",
        tmp_path / f".{target.name}.{gone}{10**12}.part",
        tmp_path / f"{target.name}.{gone}.part",
        tmp_path / f".other.safetensors.{gone}.part",
        tmp_path / f".other.{target.name}.{gone}.part",
    ]
    for other in others:
        other.write_bytes(b"somebody's")
    replace(target, b"new")
    assert target.read_bytes() == b"new"
    assert sorted(tmp_path.iterdir()) == sorted([target, *others])


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_what_cannot_be_cleared_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    replace(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_who_may_read_it_stays(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    target.chmod(0o640)
    replace(target, b"new")
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        replace(tmp_path, b"new")
