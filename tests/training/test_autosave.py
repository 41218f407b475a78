import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from explorer.training.autosave import ASIDE, Autosave, Found, Unfinished, find_unfinished
from explorer.training.errors import SaveError
from explorer.training.runfile import to_bytes
from tests.training.kept import a_run

ROOT = Path(__file__).parents[2]


def left_by(folder: Path, step: int = 15) -> Autosave:
    """Leave a run behind as a crash would."""
    autosave = Autosave(folder)
    record, checkpoint = a_run(step)
    autosave.write(to_bytes(record, checkpoint))
    autosave._lock.release()
    return autosave


def unfinished(folder: Path) -> Unfinished:
    found = find_unfinished(folder)
    assert isinstance(found, Found) and found.unfinished is not None
    return found.unfinished


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    assert find_unfinished(tmp_path) is None
    assert find_unfinished(tmp_path / "missing") is None


def test_what_a_crash_leaves_is_found_and_can_go_on_in_its_file(tmp_path: Path) -> None:
    crashed = left_by(tmp_path / "kept")
    found = unfinished(tmp_path / "kept")
    assert found.path == crashed.path and found.checkpoint.step == 15
    # Nobody else is offered it in the meantime.
    assert find_unfinished(tmp_path / "kept") is None
    again = Autosave(tmp_path / "kept", found)
    again.write(to_bytes(*a_run(10)))
    assert find_unfinished(tmp_path / "kept") is None
    again.remove()
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_run_that_goes_on_is_not_offered(tmp_path: Path) -> None:
    mine, other = Autosave(tmp_path), Autosave(tmp_path)
    for autosave in (mine, other):
        autosave.write(to_bytes(*a_run(15)))
    assert mine.path != other.path
    assert find_unfinished(tmp_path) is None
    mine.remove()
    assert other.path.exists()
    other.remove()
    assert list(tmp_path.iterdir()) == []


def test_another_process_keeps_its_own_and_leaves_it_when_it_dies(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from explorer.training.autosave import Autosave
        autosave = Autosave(Path(sys.argv[1]))
        autosave.write(Path(sys.argv[2]).read_bytes())
        print("written", flush=True)
        sys.stdin.readline()
        """
    )
    source = tmp_path / "source"
    source.write_bytes(to_bytes(*a_run(15)))
    folder = tmp_path / "kept"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder), str(source)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "written\n"
        assert find_unfinished(folder) is None
        process.kill()
        process.wait(60)
    found = unfinished(folder)
    assert found.checkpoint.step == 15
    found.release()
    unfinished(folder).discard()
    assert list(folder.iterdir()) == []


def test_the_newest_comes_first(tmp_path: Path) -> None:
    old, new = left_by(tmp_path, 5), left_by(tmp_path, 10)
    os.utime(old.path, (1, 1))
    first = unfinished(tmp_path)
    assert first.path == new.path
    second = unfinished(tmp_path)
    assert second.path == old.path
    for found in (first, second):
        found.discard()


@pytest.mark.parametrize("content", [b"", b"{}", None])
def test_a_damaged_one_is_told_and_moved_aside(content: bytes | None, tmp_path: Path) -> None:
    good, bad = left_by(tmp_path), left_by(tmp_path)
    data = bad.path.read_bytes()[:-1] if content is None else content
    bad.path.write_bytes(data)
    (tmp_path / f".{bad.path.name}.123.part").write_bytes(b"half")
    found = find_unfinished(tmp_path)
    assert found is not None and found.unfinished is not None
    assert found.unfinished.path == good.path
    found.unfinished.discard()
    (told,) = found.troubles
    assert ASIDE in str(told) and told.context == "training" and "\n" not in str(told)
    (aside,) = tmp_path.iterdir()
    assert aside.name.startswith(ASIDE) and aside.read_bytes() == data
    assert find_unfinished(tmp_path) is None


def test_beside_one_that_is_found_only_what_was_being_written_is_cleared(tmp_path: Path) -> None:
    path = left_by(tmp_path).path
    # Its process may live on for something else, or be another by now: nobody holds the lock.
    part = tmp_path / f".{path.name}.{os.getppid()}.part"
    other = tmp_path / f".{path.name}.mine.part"
    for file in (part, other):
        file.write_bytes(b"half")
    unfinished(tmp_path).discard()
    assert list(tmp_path.iterdir()) == [other]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SaveError, match="save it yourself"):
        Autosave(tmp_path / "file" / "kept").write(b"data")


def test_what_does_not_exist_can_be_removed(tmp_path: Path) -> None:
    Autosave(tmp_path / "missing").remove()
